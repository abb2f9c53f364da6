package org.wayside.app

import android.content.ContentProvider
import android.content.ContentValues
import android.net.Uri
import android.os.Bundle
import android.os.ParcelFileDescriptor
import java.io.File

/** A stick, as the system's choosers show it to an app: documents of a type, in a folder that is not the app's. */
class Stick : ContentProvider() {
    override fun onCreate() = true

    override fun getType(uri: Uri): String? = types[uri.lastPathSegment]

    override fun openFile(uri: Uri, mode: String): ParcelFileDescriptor {
        fault?.let { throw it }
        return ParcelFileDescriptor.open(file(uri), ParcelFileDescriptor.parseMode(mode))
    }

    override fun call(method: String, argument: String?, extras: Bundle?): Bundle? {
        check(method == "android:deleteDocument")
        @Suppress("DEPRECATION") // What replaces it comes with Android 13.
        file(checkNotNull(extras).getParcelable("uri")!!).delete()
        return Bundle.EMPTY
    }

    override fun query(uri: Uri, columns: Array<String>?, where: String?, arguments: Array<String>?, order: String?) = null

    override fun insert(uri: Uri, values: ContentValues?) = null

    override fun delete(uri: Uri, where: String?, arguments: Array<String>?) = 0

    override fun update(uri: Uri, values: ContentValues?, where: String?, arguments: Array<String>?) = 0

    companion object {
        const val AUTHORITY = "org.wayside.stick"
        val types = mutableMapOf<String, String>()

        /** What comes of opening anything. */
        var fault: Exception? = null
        private lateinit var folder: File

        fun reset(place: File) {
            folder = place
            types.clear()
            fault = null
        }

        fun uri(name: String): Uri = Uri.parse("content://$AUTHORITY/document/$name")

        fun file(uri: Uri) = File(folder, checkNotNull(uri.lastPathSegment))

        fun put(name: String, type: String, bytes: ByteArray): Uri = uri(name).also {
            types[name] = type
            file(it).writeBytes(bytes)
        }
    }
}
