package org.wayside.app

import android.content.Context
import android.media.AudioAttributes
import android.media.AudioManager
import java.io.IOException
import java.time.Duration
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertTrue
import kotlinx.coroutines.Deferred
import org.junit.Test
import org.robolectric.Shadows.shadowOf
import org.robolectric.shadows.ShadowMediaPlayer

/** What is heard: from memory, through the earpiece, and only as long as it is wanted. */
class VoiceTest : InTheApp() {
    private val voice get() = app.host.voice!!
    private val mode get() = (context.getSystemService(Context.AUDIO_SERVICE) as AudioManager).mode

    private fun opus(number: Int) = "OggS".encodeToByteArray() + ByteArray(20_000) { (it * number).toByte() }

    private fun pass(millis: Long) = shadowOf(android.os.Looper.getMainLooper()).idleFor(Duration.ofMillis(millis))

    private fun play(number: Int): Pair<Deferred<Unit>, Player> = begin { voice.play(opus(number)) } to Player.all.last()

    private val Player.isOver get() = state == ShadowMediaPlayer.State.END

    @Test
    fun aSoundIsPlayedToItsEndFromMemory() {
        val (playing, player) = play(3)
        assertContentEquals(opus(3), player.reads)
        assertTrue(player.isReallyPlaying)
        assertEquals(AudioManager.MODE_IN_COMMUNICATION, mode)
        assertEquals(AudioAttributes.USAGE_VOICE_COMMUNICATION, player.audioAttributes.usage)
        pass(500)
        assertFalse(playing.isCompleted)
        pass(600)
        ended(playing)
        assertTrue(player.isOver)
        assertEquals(AudioManager.MODE_NORMAL, mode)
    }

    @Test
    fun stopEndsItAndNothingIsToldOfAFault() {
        val (playing, player) = play(3)
        pass(200)
        voice.stop()
        ended(playing)
        assertTrue(player.isOver)
        assertEquals(AudioManager.MODE_NORMAL, mode)
        voice.stop()
    }

    /** The earpiece stays chosen: what was begun last would go on through the loudspeaker. */
    @Test
    fun aSecondSoundEndsTheFirst() {
        val (first, one) = play(3)
        pass(200)
        val (second, other) = play(5)
        ended(first)
        assertTrue(one.isOver && other.isReallyPlaying)
        assertEquals(AudioManager.MODE_IN_COMMUNICATION, mode)
        assertContentEquals(opus(5), other.reads)
        pass(1100)
        ended(second)
        assertEquals(AudioManager.MODE_NORMAL, mode)
    }

    @Test
    fun whatCannotBePlayedIsTold() {
        val playing = begin { voice.play("no sound".encodeToByteArray()) }
        assertFailsWith<IOException> { ended(playing) }
        assertTrue(Player.all.single().isOver)
        assertEquals(AudioManager.MODE_NORMAL, mode)
        // In the middle of it.
        val (broken, player) = play(3)
        player.invokeErrorListener(1, 0)
        assertFailsWith<IOException> { ended(broken) }
        assertTrue(player.isOver)
        assertEquals(AudioManager.MODE_NORMAL, mode)
    }

    @Test
    fun whoLeavesHearsNoMore() {
        val (playing, player) = play(3)
        playing.cancel()
        idle()
        assertTrue(player.isOver)
        assertEquals(AudioManager.MODE_NORMAL, mode)
    }
}
