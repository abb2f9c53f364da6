package org.wayside.app

import android.content.Context
import android.provider.DocumentsContract
import androidx.activity.result.contract.ActivityResultContracts
import java.io.FileNotFoundException
import java.io.IOException
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext
import org.wayside.app.model.Saver

/** The system's own chooser of places: the app asks for no permission to read or write storage. */
class PhoneSaver(private val context: Context, private val asking: Asking) : Saver {
    override suspend fun save(name: String, bytes: ByteArray): Boolean {
        // Registered and launched in the window's own thread.
        val place = withContext(Dispatchers.Main) { asking.ask(ActivityResultContracts.CreateDocument("application/octet-stream"), name) }
        place ?: return false
        val documents = context.contentResolver
        try {
            (documents.openOutputStream(place) ?: throw FileNotFoundException()).use { it.write(bytes) }
        } catch (_: Exception) {
            // Whoever shows the places may fail in words of its own. Half a file would be looked at by whoever takes it in; better none.
            runCatching { DocumentsContract.deleteDocument(documents, place) }
            throw IOException("cannot be written")
        }
        return true
    }
}
