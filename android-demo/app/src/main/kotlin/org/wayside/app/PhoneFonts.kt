package org.wayside.app

import android.content.Context
import android.graphics.Typeface
import android.graphics.fonts.Font
import android.os.Build
import androidx.compose.ui.text.font.FontFamily
import java.io.IOException

/** Letters for every language of an interview, also on a phone whose maker left some out. */
object PhoneFonts {
    private val FILES = listOf("NotoSans-Regular.ttf", "NotoSansEthiopic-Regular.ttf", "NotoSansArabic-Regular.ttf")

    /** The phone's own where it is older than Android 10: it cannot search several fonts for a letter there. */
    fun of(context: Context): FontFamily {
        if (Build.VERSION.SDK_INT < Build.VERSION_CODES.Q) return FontFamily.Default
        return try {
            val fonts = FILES.map { Font.Builder(context.assets, it).build() }
            val families = fonts.map { android.graphics.fonts.FontFamily.Builder(it).build() }
            val typeface = Typeface.CustomFallbackBuilder(families.first())
            families.drop(1).forEach { typeface.addCustomFallback(it) }
            FontFamily(typeface.setSystemFallback("sans-serif").build())
        } catch (_: IOException) {
            FontFamily.Default
        }
    }
}
