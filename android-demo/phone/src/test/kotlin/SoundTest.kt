package org.wayside.app

import android.Manifest
import android.app.AlertDialog
import android.content.DialogInterface
import android.media.MediaRecorder
import android.view.WindowManager
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue
import kotlinx.coroutines.Deferred
import org.junit.Test
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.robolectric.shadows.ShadowAlertDialog
import org.robolectric.shadows.ShadowMediaRecorder
import org.wayside.app.model.CaptureKind
import org.wayside.app.model.Captured

/** What is said before the microphone: through a pipe into memory, while a window says so, and only as long as it does. */
class SoundTest : InTheApp() {
    /** More than a pipe holds. */
    private val heard = ByteArray(300_000) { (it * 13).toByte() }
    private lateinit var controller: Controller

    private fun record(): Deferred<Captured?> {
        controller = open().first
        shadowOf(app).grantPermissions(Manifest.permission.RECORD_AUDIO)
        return begin { app.host.senses.capture(CaptureKind.SOUND, "audio/*") }
    }

    private fun dialog(): AlertDialog = until("the window that says so") { ShadowAlertDialog.getLatestAlertDialog()?.takeIf { it.isShowing } }

    private fun tap(button: Int) {
        dialog().getButton(button).performClick()
        idle()
    }

    private val microphone get() = Microphone.last!!

    private fun isOff() = microphone.state == ShadowMediaRecorder.STATE_RELEASED && !microphone.isOpen

    @Test
    fun whatIsKeptIsWhatWasHeard() {
        val asked = record()
        assertTrue(dialog().window!!.attributes.flags and WindowManager.LayoutParams.FLAG_SECURE != 0, "nobody pictures it")
        assertEquals(MediaRecorder.AudioSource.MIC, microphone.audioSource)
        assertEquals(MediaRecorder.OutputFormat.AAC_ADTS, microphone.outputFormat)
        assertNull(microphone.outputPath, "no file")
        microphone.hears(heard)
        tap(DialogInterface.BUTTON_POSITIVE)
        val captured = assertNotNull(ended(asked))
        assertEquals("aac", captured.extension)
        assertContentEquals(heard, generateSequence(captured.next).toList().reduce(ByteArray::plus))
        assertTrue(isOff())
    }

    @Test
    fun whatIsBrokenOffIsNothing() {
        val asked = record()
        microphone.hears(heard)
        tap(DialogInterface.BUTTON_NEGATIVE)
        assertNull(ended(asked))
        assertTrue(isOff())
    }

    @Test
    fun whereNothingWasHeardThereIsNothingToKeep() {
        val asked = record()
        tap(DialogInterface.BUTTON_POSITIVE)
        assertNull(ended(asked))
        assertTrue(isOff())
    }

    /** A call has it, or another app. */
    @Test
    fun aMicrophoneThatDoesNotStartGivesNothing() {
        Microphone.busy = true
        val asked = record()
        assertNull(ended(asked))
        assertNull(ShadowAlertDialog.getLatestAlertDialog(), "nothing says that it records")
        assertTrue(isOff())
    }

    @Test
    fun noWindowNoSound() {
        val asked = record()
        microphone.hears(heard)
        controller.pause().stop().destroy()
        assertNull(ended(asked))
        assertTrue(isOff(), "nothing listens on behind a window that is gone")
    }

    @Test
    fun whoGivesItUpIsNotHeardAnyMore() {
        val asked = record()
        microphone.hears(heard)
        asked.cancel()
        until("the microphone to be off") { Unit.takeIf { isOff() } }
        assertNull(ShadowAlertDialog.getLatestAlertDialog()?.takeIf { it.isShowing })
    }

    @Test
    @Config(sdk = [26])
    fun theOldestPhonesRecordToo() = whatIsKeptIsWhatWasHeard()
}
