package org.wayside.app

import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.assertContentDescriptionEquals
import androidx.compose.ui.test.assertTextEquals
import androidx.compose.ui.test.onAllNodesWithTag
import java.io.File
import java.io.IOException
import java.util.concurrent.CopyOnWriteArrayList
import kotlin.test.Test
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Job
import org.wayside.app.model.Voice
import org.wayside.app.model.forward
import org.wayside.app.model.glossFor
import org.wayside.app.model.languageTag
import org.wayside.app.model.listen
import org.wayside.app.model.lock
import org.wayside.app.model.prompt
import org.wayside.app.model.sync
import org.wayside.core.Hq

/** An ear in place of the phone's: what plays goes on until it is stopped. */
private class Ear : Voice {
    val heard = CopyOnWriteArrayList<ByteArray>()
    var isDeaf = false

    @Volatile private var playing: CompletableDeferred<Unit>? = null
    val isPlaying get() = playing?.isActive == true

    override suspend fun play(opus: ByteArray) {
        if (isDeaf) throw IOException("no such sound")
        heard += opus
        CompletableDeferred<Unit>().also { playing = it }.await()
    }

    override fun stop() {
        playing?.complete(Unit)
    }
}

/** A question is heard in the person's language, from what the office handed out, against the real core. */
@OptIn(ExperimentalTestApi::class)
class HeardTest {
    private val pack = File(Hq.environment("WAYSIDE_SCENARIOS"), "../../core/screening/packs/fr")
    private val ear = Ear()

    /** At the first questions of the quick screen in French, with a worker who reads English. */
    private fun inFrench(test: (Field) -> Unit) = Field(voice = ear).use { field ->
        field.enrolReady()
        Hq.handOut("pack", File(pack, "pack.json"), emptyList(), field.queue().device.device)
        field.wait(field.shell.sync())
        field.start("wayside-b2")
        field.openGates()
        field.ask { language(field.view.languages.first { languageTag(it) == "fr" }) }
        assertNull(field.problem)
        test(field)
    }

    private fun Field.unpaid() = named("unpaid")

    private fun await(what: String, holds: () -> Boolean) {
        val until = System.nanoTime() + 20_000_000_000
        while (!holds()) {
            check(System.nanoTime() < until) { what }
            Thread.sleep(10)
        }
    }

    private fun sound(field: Field, choice: String? = null): ByteArray {
        val question = field.unpaid()
        val prompt = assertNotNull(if (choice == null) field.view.prompt(question) else field.view.prompt(question, choice))
        assertTrue(prompt.hasAudio)
        val count = ear.heard.size
        val playing: Job = field.shell.listen(prompt)
        await("it plays") { ear.heard.size > count && ear.isPlaying }
        assertTrue(playing.isActive)
        return ear.heard.last()
    }

    private fun holding(folder: File, bytes: ByteArray): Set<File> {
        val part = bytes.copyOfRange(bytes.size / 2, bytes.size / 2 + 64).toString(Charsets.ISO_8859_1)
        return folder.walk().filter { it.isFile && part in it.readBytes().toString(Charsets.ISO_8859_1) }.toSet()
    }

    @Test
    fun aQuestionAndItsChoicesAreHeardAndTheNextStepEndsIt() = inFrench { field ->
        val question = sound(field)
        val files = File(pack, "audio").listFiles()!!.toList()
        assertTrue(files.any { it.readBytes().contentEquals(question) }, "it is what was handed out")
        val yes = sound(field, "yes")
        assertTrue(yes.size < question.size && files.any { it.readBytes().contentEquals(yes) })
        assertTrue(ear.isPlaying)
        field.ask { forward() }
        assertFalse(ear.isPlaying, "the next step ends it")
    }

    @Test
    fun locksEndWhatPlaysAndPlayingLeavesNoFile() = inFrench { field ->
        val heard = sound(field)
        val before = holding(field.folder, heard)
        val planted = File(field.folder, "vaults/said.opus").apply { writeBytes(heard) }
        assertEquals(before + planted, holding(field.folder, heard), "the search finds what is there")
        planted.delete()
        assertContentEquals(heard, sound(field))
        assertEquals(before, holding(field.folder, heard))
        field.wait(field.shell.lock())
        assertFalse(ear.isPlaying)
        assertEquals(before, holding(field.folder, heard))
    }

    @Test
    fun aSoundThatCannotBePlayedIsSaid() = inFrench { field ->
        ear.isDeaf = true
        field.wait(field.shell.listen(assertNotNull(field.view.prompt(field.unpaid()))))
        assertEquals("sound", field.problem)
        field.ask { forward() }
        assertNull(field.problem)
    }

    @Test
    fun aWorkerWhoReadsWhatThePersonReadsNeedsNoOtherWords() = inFrench { field ->
        val prompt = assertNotNull(field.view.prompt(field.unpaid()))
        assertTrue(assertNotNull(prompt.glossFor("en")).startsWith("Have you done work on this journey"))
        assertNull(prompt.glossFor("fr"))
    }

    @Test
    fun theButtonStandsBesideTheQuestionAndEachChoice() = inFrench { field ->
        val devices = mapOf(
            "plain" to Device(), "dark" to Device(dark = true), "small-large-letters" to Device(width = 320, height = 568, font = 2f),
        )
        val unpaid = field.unpaid().reference
        for ((name, device) in devices) onPhone(field, device) {
            await("$unpaid-gloss").assertTextEquals(field.view.prompt(field.unpaid())!!.gloss)
            await("$unpaid=yes-play").assertContentDescriptionEquals("Écouter : Oui")
            assertEquals(emptyList(), tooSmall(), name)
            assertEquals(emptyList(), cut(), name)
            picture("heard-$name")
            val count = ear.heard.size
            tap("$unpaid-play")
            ui.waitUntil("it plays", 20_000) { ear.heard.size > count }
        }
    }

    @Test
    fun aPhoneWithoutAVoiceShowsNoButton() = Field().use { field ->
        field.enrolReady()
        field.start("wayside-b2")
        field.openGates()
        val unpaid = field.unpaid().reference
        onPhone(field) {
            await("$unpaid=yes")
            assertTrue(ui.onAllNodesWithTag("$unpaid-play").fetchSemanticsNodes().isEmpty())
            assertTrue(ui.onAllNodesWithTag("$unpaid-gloss").fetchSemanticsNodes().isEmpty())
        }
    }
}
