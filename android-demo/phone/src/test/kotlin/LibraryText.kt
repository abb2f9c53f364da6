package org.wayside.app

import android.content.res.Resources
import org.robolectric.annotation.Implementation
import org.robolectric.annotation.Implements
import org.robolectric.annotation.RealObject
import org.robolectric.shadows.ShadowResources
import org.robolectric.util.reflector.Direct
import org.robolectric.util.reflector.ForType
import org.robolectric.util.reflector.Reflector

/** No resource table is built here, so a text of an androidx archive reads as a dash. The app itself has none on its screens. */
@Implements(Resources::class)
class LibraryText : ShadowResources() {
    @RealObject
    private lateinit var resources: Resources

    @Implementation
    fun getText(id: Int): CharSequence =
        if (id ushr 24 == 0x7f) "–" else Reflector.reflector(Real::class.java, resources).getText(id)

    @ForType(Resources::class)
    interface Real {
        @Direct
        fun getText(id: Int): CharSequence
    }
}
