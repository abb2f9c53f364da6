package org.wayside.app

import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertIs
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue
import org.wayside.app.model.FileDone
import org.wayside.app.model.Screen
import org.wayside.app.model.Step
import org.wayside.app.model.Sync
import org.wayside.app.model.Words
import org.wayside.app.model.choose
import org.wayside.app.model.forward
import org.wayside.app.model.lines
import org.wayside.app.model.saveBundle
import org.wayside.app.model.takeBundle
import org.wayside.core.BundleReport
import org.wayside.core.Hq
import org.wayside.core.QueueStatus
import org.wayside.core.RefusedPieces

/** What a person said, and what no file may hold as it is. */
private const val SAID = "the salt pans of Velmora"

/** Records in a file: from one phone to another and to the office and back, against the real core. */
class BundlesTest {
    private val words = Words.of("en").byFile
    private val stick = Stick()

    private fun phone() = Field(senses = stick, saver = stick).also { it.enrolReady() }

    private fun Field.shown() = assertIs<Screen.Queue>(screen)

    private fun Field.status(): QueueStatus = queue().status

    private fun Field.sealOne() {
        start("wayside-b2")
        openGates()
        ask { choose(named("unpaid"), "yes") }
        while (view.step is Step.Questions) {
            if ("/data/where" in names()) shell.type("/data/where", SAID)
            ask { forward() }
        }
        ask { finish() }
        assertNull(problem)
        queue()
    }

    private fun Field.save() {
        wait(shell.saveBundle())
        assertNull(problem)
        assertEquals(listOf(words.saved), words.lines(shown().file!!))
    }

    private fun Field.take(): BundleReport {
        wait(shell.takeBundle())
        assertNull(problem)
        return assertIs<FileDone.Taken>(shown().file).report
    }

    private fun holds(bytes: ByteArray, text: String) = text in bytes.toString(Charsets.ISO_8859_1)

    @Test
    fun aFileGoesThroughAnotherPhoneAndTheOffice() = phone().use { first ->
        first.sealOne()
        first.save()
        assertEquals(listOf(1u, 0u, 0u), first.status().run { listOf(waiting, handedOver, hqHasIt) }, "a file is no hand-over")
        val file = stick.file!!
        assertTrue(holds("x$SAID".encodeToByteArray(), SAID), "the search finds what is there")
        assertFalse(holds(file, SAID))

        phone().use { second ->
            second.queue()
            second.sealed.clear()
            val taken = second.take()
            assertTrue(taken.complete && taken.carried > 0u && taken.refused.isEmpty())
            assertEquals(listOf(words.carriedFor(taken.carried.toInt())), words.lines(second.shown().file!!))
            assertEquals(listOf(0u, taken.carried), second.status().run { listOf(waiting, carried) })
            assertEquals(listOf(false), second.sealed, "what is carried wants to be sent")
            assertEquals(taken.carried, second.take().known, "twice is fine")
            second.save()
        }
        // The office has it from the other phone's file; only its answer changes what the first phone says.
        stick.file = Hq.answerBundle(stick.file!!)
        assertEquals(1u, first.status().waiting)
        val answered = first.take()
        assertTrue(answered.received > 0u)
        assertEquals(words.fromOffice(answered.received.toInt()), words.lines(first.shown().file!!).first())
        assertEquals(listOf(0u, 1u), first.status().run { listOf(waiting, hqHasIt) })
    }

    @Test
    fun aDamagedFileIsRefusedWithWordsAndChangesNothing() = phone().use { first ->
        first.sealOne()
        first.save()
        val file = stick.file!!
        phone().use { second ->
            val before = second.status()
            stick.file = "a shopping list".encodeToByteArray()
            second.wait(second.shell.takeBundle())
            assertEquals("seal.malformed", second.problem)
            assertTrue("Nothing of it was taken." in Words.of("en").problem(second.shell.state.value.problem!!))
            assertEquals(Sync.Idle, second.shown().sync, "sending did not fail: nothing was sent")
            assertEquals(before, second.status())

            stick.file = ByteArray(file.size) { (file[it] + if (it == file.size / 2) 1 else 0).toByte() }
            second.wait(second.shell.takeBundle())
            val report = (second.shown().file as? FileDone.Taken)?.report
            assertTrue(second.problem != null || !report!!.complete || report.refused.isNotEmpty())

            stick.file = file.copyOf(file.size - 9)
            assertFalse(second.take().complete)
            assertEquals(words.cutOff, words.lines(second.shown().file!!).first())
        }
    }

    @Test
    fun aStickThatIsFullOrPulledOutIsSaid() = phone().use { field ->
        field.sealOne()
        stick.breaks = true
        field.wait(field.shell.saveBundle())
        assertEquals("storage.io", field.problem)
        assertNull(stick.file)
        assertNull(field.shown().file)
        stick.file = ByteArray(1)
        field.wait(field.shell.takeBundle())
        assertEquals("storage.io", field.problem)
        stick.breaks = false
        stick.file = ByteArray(64 * 1024 * 1024 + 1)
        field.wait(field.shell.takeBundle())
        assertEquals("carry.full", field.problem)
        assertNotNull(stick.file)
        field.save()
    }

    @Test
    fun whatWasRefusedIsSaidByCode() {
        val report = BundleReport(true, 0u, 2u, 0u, 1u, listOf(RefusedPieces("carry.gap", 3u)))
        val said = words.lines(FileDone.Taken(report))
        assertEquals(listOf(words.carriedFor(2), words.givenUp(1), words.notTaken(3, "carry.gap")), said)
        val empty = BundleReport(true, 0u, 0u, 0u, 0u, emptyList())
        assertEquals(listOf(words.nothing), words.lines(FileDone.Taken(empty)))
    }
}
