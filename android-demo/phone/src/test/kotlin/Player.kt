package org.wayside.app

import android.media.MediaDataSource
import android.media.MediaPlayer
import java.io.ByteArrayOutputStream
import java.io.IOException
import org.robolectric.annotation.Implementation
import org.robolectric.annotation.Implements
import org.robolectric.shadows.ShadowMediaPlayer

/** Stands in for the system's player: it reads all of a sound, in pieces as the real one does, and plays it for a second. */
@Implements(MediaPlayer::class)
class Player : ShadowMediaPlayer() {
    private val sound = ByteArrayOutputStream()
    val reads: ByteArray get() = sound.toByteArray()

    @Implementation
    public override fun setDataSource(source: MediaDataSource) {
        super.setDataSource(source)
        val piece = ByteArray(4096 + 2)
        while (true) {
            // Not at the start of what it is given, and past the end once.
            val read = source.readAt(sound.size().toLong(), piece, 1, 4096)
            if (read < 0) break
            sound.write(piece, 1, read)
        }
        check(source.size == sound.size().toLong())
        all += this
    }

    @Implementation
    public override fun prepare() {
        if (!reads.decodeToString(0, minOf(4, reads.size)).startsWith("OggS")) throw IOException("Prepare failed.")
        super.prepare()
    }

    companion object {
        val all = mutableListOf<Player>()

        fun reset() {
            all.clear()
            setMediaInfoProvider { MediaInfo(1000, 0) }
        }
    }
}
