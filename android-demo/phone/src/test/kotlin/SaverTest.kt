package org.wayside.app

import android.app.Activity
import android.content.Intent
import java.io.IOException
import java.io.OutputStream
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertTrue
import kotlinx.coroutines.Deferred
import org.junit.Test
import org.robolectric.Shadows.shadowOf

/** The system's chooser of places, and what is written there. */
class SaverTest : InTheApp() {
    private val bytes = ByteArray(100_000) { (it * 7).toByte() }

    private fun saved(answer: Intent?): Deferred<Boolean> {
        val (controller, _) = open()
        val asked = begin { app.host.saver!!.save("data.bin", bytes) }
        val chooser = shadowOf(controller.get()).peekNextStartedActivityForResult().intent
        assertEquals(Intent.ACTION_CREATE_DOCUMENT, chooser.action)
        assertEquals("data.bin", chooser.getStringExtra(Intent.EXTRA_TITLE))
        controller.chose(answer, if (answer == null) Activity.RESULT_CANCELED else Activity.RESULT_OK)
        until("the end of it") { asked.takeIf { it.isCompleted } }
        return asked
    }

    @Test
    fun exactlyTheseBytesStandWherePeopleChose() {
        val place = Stick.uri("data.bin")
        assertTrue(ended(saved(Intent().setData(place))))
        assertContentEquals(bytes, Stick.file(place).readBytes())
    }

    @Test
    fun whoChoosesNoPlaceGetsNoFile() {
        assertFalse(ended(saved(null)))
        assertEquals(emptyList(), elsewhere.root.list()!!.toList())
    }

    /** Half of it would be taken for the whole by whoever finds it. */
    @Test
    fun halfAFileIsTakenAwayAndTold() {
        val place = Stick.uri("data.bin")
        val file = Stick.file(place)
        val whole = Stick.put("beside", "a/b", byteArrayOf(1))
        shadowOf(context.contentResolver).registerOutputStream(place, Full(file.outputStream()))
        assertFailsWith<IOException> { ended(saved(Intent().setData(place))) }
        assertFalse(file.exists())
        assertTrue(Stick.file(whole).exists(), "and nothing else")
    }

    /** Whoever shows the places may say it in words of its own; the app goes on all the same. */
    @Test
    fun whateverAStickSaysItIsToldAsAFault() {
        Stick.fault = SecurityException()
        assertFailsWith<IOException> { ended(saved(Intent().setData(Stick.uri("data.bin")))) }
    }

    /** A stick with room for half. */
    private class Full(private val to: OutputStream) : OutputStream() {
        override fun write(one: Int) = to.write(one)

        override fun write(bytes: ByteArray, offset: Int, length: Int) {
            to.write(bytes, offset, length / 2)
            throw IOException()
        }

        override fun close() = to.close()
    }
}
