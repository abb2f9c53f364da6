package org.wayside.app

import java.io.IOException
import org.wayside.app.model.CaptureKind
import org.wayside.app.model.Captured
import org.wayside.app.model.NoSenses
import org.wayside.app.model.Saver
import org.wayside.app.model.Senses

/** A stick: what one phone saves on it, another can take from it. It gives its bytes in pieces, as a real one does. */
class Stick(var file: ByteArray? = null) : Saver, Senses by NoSenses {
    /** It is full, or pulled out while it is read. */
    var breaks = false

    override val kinds = setOf(CaptureKind.FILE)

    override suspend fun save(name: String, bytes: ByteArray): Boolean {
        if (breaks) throw IOException("no space left")
        file = bytes
        return true
    }

    override suspend fun capture(kind: CaptureKind, type: String): Captured? {
        val pieces = file?.asIterable()?.chunked(64 * 1024) { it.toByteArray() }?.iterator() ?: return null
        return Captured("bin") {
            if (breaks) throw IOException("pulled out")
            if (pieces.hasNext()) pieces.next() else null
        }
    }
}
