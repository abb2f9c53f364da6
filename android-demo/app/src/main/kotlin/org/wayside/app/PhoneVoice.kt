package org.wayside.app

import android.content.Context
import android.media.AudioAttributes
import android.media.AudioManager
import android.media.MediaDataSource
import android.media.MediaPlayer
import java.io.IOException
import kotlinx.coroutines.CompletableDeferred
import org.wayside.app.model.Voice

/** The system's player over bytes in memory. As in a call: through the earpiece, or what is plugged in. */
class PhoneVoice(context: Context) : Voice {
    private val audio = context.getSystemService(Context.AUDIO_SERVICE) as AudioManager

    /** Completed when what plays now is over, in whatever way. */
    @Volatile private var playing: CompletableDeferred<Boolean>? = null

    override suspend fun play(opus: ByteArray) {
        stop()
        val over = CompletableDeferred<Boolean>()
        playing = over
        val player = MediaPlayer()
        try {
            audio.mode = AudioManager.MODE_IN_COMMUNICATION
            player.setAudioAttributes(SPEECH)
            player.setOnCompletionListener { over.complete(true) }
            player.setOnErrorListener { _, _, _ -> over.complete(false) }
            player.setDataSource(InMemory(opus))
            player.prepare()
            player.start()
            if (!over.await()) throw IOException("cannot be played")
        } finally {
            player.release()
            // Not under one that was begun meanwhile: it would go on through the loudspeaker.
            if (playing === over) audio.mode = AudioManager.MODE_NORMAL
        }
    }

    override fun stop() {
        playing?.complete(true)
    }

    private class InMemory(private val bytes: ByteArray) : MediaDataSource() {
        override fun getSize() = bytes.size.toLong()

        override fun readAt(position: Long, buffer: ByteArray, offset: Int, size: Int): Int {
            if (position >= bytes.size) return -1
            val from = position.toInt()
            val count = minOf(size, bytes.size - from)
            bytes.copyInto(buffer, offset, from, from + count)
            return count
        }

        override fun close() {}
    }

    private companion object {
        val SPEECH: AudioAttributes = AudioAttributes.Builder()
            .setUsage(AudioAttributes.USAGE_VOICE_COMMUNICATION)
            .setContentType(AudioAttributes.CONTENT_TYPE_SPEECH)
            .build()
    }
}
