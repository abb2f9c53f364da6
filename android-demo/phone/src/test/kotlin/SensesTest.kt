package org.wayside.app

import android.Manifest
import android.app.Activity
import android.content.Intent
import android.content.pm.PackageManager
import android.graphics.BitmapFactory
import java.io.FileNotFoundException
import java.io.IOException
import java.io.InputStream
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue
import kotlinx.coroutines.Deferred
import org.junit.Test
import org.robolectric.Shadows.shadowOf
import org.wayside.app.model.CaptureKind
import org.wayside.app.model.Captured
import org.wayside.app.model.Drawing

/** What a phone can capture, the system's chooser of files, and what is asked before camera and microphone. */
class SensesTest : InTheApp() {
    private val senses get() = app.host.senses

    @Test
    fun onlyWhatThisPhoneHasIsOffered() {
        fun has(feature: String, there: Boolean) = shadowOf(context.packageManager).setSystemFeature(feature, there)
        has(PackageManager.FEATURE_CAMERA_ANY, false)
        has(PackageManager.FEATURE_MICROPHONE, false)
        assertEquals(setOf(CaptureKind.FILE), senses.kinds)
        has(PackageManager.FEATURE_CAMERA_ANY, true)
        assertEquals(setOf(CaptureKind.FILE, CaptureKind.PICTURE), senses.kinds)
        has(PackageManager.FEATURE_MICROPHONE, true)
        assertEquals(setOf(CaptureKind.FILE, CaptureKind.PICTURE, CaptureKind.SOUND), senses.kinds)
    }

    @Test
    fun aFileComesInPiecesAsTheChooserGaveIt() {
        val (controller, _) = open()
        val bytes = ByteArray(200_000) { (it * 31).toByte() }
        val file = Stick.put("who was there.pdf", "application/pdf", bytes)
        val asked = begin { senses.capture(CaptureKind.FILE, "application/*") }
        val chooser = shadowOf(controller.get()).peekNextStartedActivityForResult().intent
        assertEquals(Intent.ACTION_OPEN_DOCUMENT, chooser.action)
        assertContentEquals(arrayOf("application/*"), chooser.getStringArrayExtra(Intent.EXTRA_MIME_TYPES))
        controller.chose(file.let(Intent()::setData))
        val captured = assertNotNull(ended(asked))
        assertEquals("pdf", captured.extension)
        val pieces = generateSequence(captured.next).toList()
        assertTrue(pieces.size > 3, "no piece is the whole of it")
        assertContentEquals(bytes, pieces.reduce(ByteArray::plus))
    }

    /** What a file is called by others is kept nowhere, and nothing of its type either that a name cannot hold. */
    @Test
    fun theEndingIsLettersAndDigitsOfTheType() {
        val endings = mapOf(
            "image/svg+xml" to "svgxm", "../../etc" to "etc", "a/b/../C d;é" to "d", "audio/3gpp" to "3gpp", "text/" to "bin", "" to "bin",
        )
        val (controller, _) = open()
        for ((type, ending) in endings) {
            val file = Stick.put("$ending.exe", type, byteArrayOf(1))
            assertEquals(ending, assertNotNull(chosen(controller, Intent().setData(file))).extension, type)
        }
        assertEquals("bin", assertNotNull(chosen(controller, Intent().setData(Stick.uri("untyped")))).extension)
    }

    @Test
    fun whoChoosesNothingGivesNothing() {
        val (controller, _) = open()
        assertNull(chosen(controller, null))
        assertNotNull(chosen(controller, Intent().setData(Stick.put("a", "a/b", byteArrayOf(1)))), "and can choose again")
    }

    @Test
    fun aPhoneWithoutAChooserGivesNothing() {
        val (_, _) = open()
        shadowOf(app).checkActivities(true)
        assertNull(ended(begin { senses.capture(CaptureKind.FILE, "") }))
    }

    @Test
    fun withoutAWindowNothingIsAsked() {
        assertNull(ended(begin { senses.capture(CaptureKind.FILE, "") }))
        val (controller, _) = open()
        controller.pause().stop().destroy()
        assertNull(ended(begin { senses.capture(CaptureKind.FILE, "") }), "the one that was open is gone")
        assertNull(ended(begin { senses.capture(CaptureKind.PICTURE, "") }))
        assertNull(ended(begin { senses.position() }))
    }

    @Test
    fun aFileThatCannotBeReadBreaksOff() {
        val (controller, _) = open()
        val file = Stick.put("a", "a/b", ByteArray(100_000))
        val gone = assertNotNull(chosen(controller, Intent().setData(file)))
        Stick.fault = FileNotFoundException()
        assertFailsWith<IOException> { gone.next() }
        // In the middle of it.
        Stick.fault = null
        val source = Broken()
        shadowOf(context.contentResolver).registerInputStream(file, source)
        val broken = assertNotNull(chosen(controller, Intent().setData(file)))
        assertNotNull(broken.next())
        assertFailsWith<IOException> { broken.next() }
        assertTrue(source.closed)
    }

    /** A stick that is pulled out after the first piece. */
    private class Broken : InputStream() {
        private var read = 0
        var closed = false

        override fun read() = throw IOException()

        override fun read(into: ByteArray, offset: Int, length: Int): Int = if (read++ == 0) length else throw IOException()

        override fun close() {
            closed = true
        }
    }

    @Test
    fun cameraAndMicrophoneAreAskedForAndARefusalIsNothing() {
        val (controller, _) = open()
        val captures = mapOf(Manifest.permission.CAMERA to CaptureKind.PICTURE, Manifest.permission.RECORD_AUDIO to CaptureKind.SOUND)
        for ((permission, kind) in captures) {
            val capture = begin { senses.capture(kind, "") }
            assertFalse(capture.isCompleted)
            assertEquals(setOf(permission), controller.answers())
            assertNull(ended(capture), permission)
        }
        val started = generateSequence { shadowOf(controller.get()).nextStartedActivity }
        assertTrue(started.none { it.component?.className == CameraWindow::class.java.name })
        assertNull(Microphone.last)
    }

    @Test
    fun onceAllowedTheCameraOpensAndIsNotAskedForAgain() {
        val (controller, _) = open()
        val first = begin { senses.scan() }
        controller.answers(Manifest.permission.CAMERA)
        assertEquals(CameraWindow::class.java.name, shadowOf(controller.get()).nextStartedActivity.component!!.className)
        first.cancel()
        begin { senses.scan() }
        assertEquals(CameraWindow::class.java.name, shadowOf(controller.get()).nextStartedActivity.component!!.className)
    }

    @Test
    fun filmIsNotTaken() {
        open()
        assertNull(ended(begin { senses.capture(CaptureKind.FILM, "video/*") }))
    }

    @Test
    fun aDrawingBecomesAPicture() {
        val png = senses.png(Drawing(ratio = 2f).begin(0.1f, 0.5f).on(0.9f, 0.5f))
        val picture = assertNotNull(BitmapFactory.decodeByteArray(png, 0, png.size))
        assertEquals(600 to 300, picture.width to picture.height)
        fun dark(x: Int, y: Int) = picture.getPixel(x, y) and 0xff < 0x80
        assertTrue(dark(300, 150) && dark(70, 150))
        assertFalse(dark(300, 100) || dark(30, 150))
    }

    private fun chosen(controller: Controller, answer: Intent?): Captured? {
        val asked: Deferred<Captured?> = begin { senses.capture(CaptureKind.FILE, "") }
        controller.chose(answer, if (answer == null) Activity.RESULT_CANCELED else Activity.RESULT_OK)
        return ended(asked)
    }
}
