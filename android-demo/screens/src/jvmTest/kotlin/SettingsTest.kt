package org.wayside.app

import java.io.File
import java.util.concurrent.atomic.AtomicInteger
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertIs
import kotlin.test.assertNotEquals
import kotlin.test.assertNull
import kotlin.test.assertTrue
import org.wayside.app.model.Chosen
import org.wayside.app.model.Done
import org.wayside.app.model.Part
import org.wayside.app.model.Screen
import org.wayside.app.model.Step
import org.wayside.app.model.acceptOldCopy
import org.wayside.app.model.changeSecret
import org.wayside.app.model.check
import org.wayside.app.model.choose
import org.wayside.app.model.clearForBorder
import org.wayside.app.model.destroy
import org.wayside.app.model.enrol
import org.wayside.app.model.lock
import org.wayside.app.model.openDecoy
import org.wayside.app.model.sendLocked
import org.wayside.app.model.practise
import org.wayside.app.model.showPhone
import org.wayside.app.model.speak
import org.wayside.app.model.sync
import org.wayside.app.model.unlock
import org.wayside.core.CancelToken
import org.wayside.core.Hq
import org.wayside.core.SECRET

private const val OTHER = "lantern gravel orchard velvet harbour nine"
private const val FORCED = "basket thunder pencil yellow garden four"

/** What a worker sets on the phone, against the real core. */
class SettingsTest {
    private val links = AtomicInteger()

    private fun field(test: (Field) -> Unit) =
        Field({ links.incrementAndGet(); HttpTransport() }).use { it.enrolReady(); test(it) }

    /** Whether everything that waits went, over a link that was really taken. */
    private fun Field.sendsLocked(): Boolean {
        val before = links.get()
        return CancelToken().use { sendLocked(host, it) } && links.get() > before
    }

    private fun Field.done() = assertIs<Screen.Phone>(screen).done

    private fun Field.open(secret: String): Screen {
        wait(shell.lock())
        wait(shell.unlock(secret))
        return screen
    }

    @Test
    fun aNewSecretOpensAndTheOldOneDoesNot() = field { field ->
        field.wait(field.shell.changeSecret("not these words at all today", OTHER, "", false))
        assertEquals("vault.wrong_secret", field.problem)
        field.wait(field.shell.changeSecret(SECRET, OTHER, "", false))
        assertIs<Done.Changed>(field.done())
        assertIs<Screen.Start>(field.open(SECRET))
        assertEquals("vault.wrong_secret", field.problem)
        assertIs<Screen.Forms>(field.open(OTHER))
    }

    @Test
    fun theWordsForDuressShowTheDecoyThatWasFilled() = field { field ->
        field.quickResult()
        field.wait(field.shell.changeSecret(SECRET, OTHER, FORCED, false))
        field.wait(field.shell.openDecoy())
        field.start("wayside-b2")
        field.openGates()
        assertIs<Step.Questions>(field.view.step)
        val decoy = assertIs<Screen.Forms>(field.open(FORCED))
        assertEquals(1, decoy.drafts.size, "the talk that was made up")
        assertEquals(0, decoy.due)
        val own = assertIs<Screen.Forms>(field.open(OTHER))
        assertEquals(0 to 1u, own.drafts.size to own.queue.waiting)
    }

    @Test
    fun theWordsForDuressCanDestroyAndWhatIsSealedStillGoes() = field { field ->
        field.quickResult()
        field.wait(field.shell.changeSecret(SECRET, OTHER, FORCED, true))
        assertIs<Screen.Forms>(field.open(FORCED))
        field.wait(field.shell.lock())
        field.wait(field.shell.unlock(OTHER))
        assertIs<Screen.Start>(field.screen)
        assertTrue(field.sendsLocked())
    }

    @Test
    fun beforeABorderGoesWhatTheOfficeHas() = field { field ->
        field.quickResult()
        field.wait(field.shell.sync())
        Hq.desk("pull")
        field.start("wayside-b2")
        field.openGates()
        field.wait(field.shell.showPhone(Part.BORDER))
        field.wait(field.shell.clearForBorder())
        val report = assertIs<Done.Cleared>(field.done()).report
        assertTrue(report.sync.complete)
        assertEquals(1u to 0u, report.drafts to report.queue.waiting)
        field.wait(field.shell.showPhone())
    }

    @Test
    fun destroyingLeavesNothingToOpenAndTheSealedCanBeSent() = field { field ->
        field.quickResult()
        field.wait(field.shell.destroy())
        assertIs<Screen.Start>(field.screen)
        field.wait(field.shell.unlock(SECRET))
        assertIs<Screen.Start>(field.screen)
        assertTrue(field.problem!!.startsWith("vault."), field.problem)
        assertTrue(field.sendsLocked())
    }

    @Test
    fun practiceIsSaidOnEveryScreenAndSendsNothing() = Field().use { field ->
        field.wait(field.shell.choose(Chosen.Practice))
        field.wait(field.shell.unlock(OTHER))
        assertNull(field.problem)
        assertTrue(field.shell.state.value.practice)
        assertEquals(emptyList(), assertIs<Screen.Forms>(field.screen).missing, "it is ready without an office")
        field.quickResult()
        assertTrue(field.shell.state.value.practice)
        assertEquals(0u, field.queue().status.waiting)
        assertTrue(CancelToken().use { sendLocked(field.host, it) }, "and keeps nobody else's sending waiting")
        assertIs<Screen.Forms>(field.open(OTHER))
        field.wait(field.shell.lock(Chosen.New))
        assertFalse(field.shell.state.value.practice)
        assertTrue(assertIs<Screen.Start>(field.screen).practice)
    }

    @Test
    fun practiceHasWhatTheOfficeSentAndNobodysDraft() = field { field ->
        field.start("wayside-b2")
        field.openGates()
        field.wait(field.shell.showPhone(Part.PRACTICE))
        assertFalse(assertIs<Screen.Phone>(field.screen).practice)
        field.wait(field.shell.practise(OTHER))
        assertNull(field.problem)
        assertTrue(field.shell.state.value.practice)
        val forms = assertIs<Screen.Forms>(field.screen)
        assertEquals(0 to emptyList(), forms.drafts.size to forms.missing)
        field.wait(field.shell.showPhone())
        assertEquals("SITE-1", assertIs<Screen.Phone>(field.screen).device.site)
        field.wait(field.shell.lock(Chosen.Worker("1")))
        field.wait(field.shell.unlock(SECRET))
        assertEquals(1, assertIs<Screen.Forms>(field.screen).drafts.size)
        field.wait(field.shell.showPhone(Part.PRACTICE))
        assertTrue(assertIs<Screen.Phone>(field.screen).practice)
        field.wait(field.shell.practise(SECRET))
        assertEquals("vault.wrong_secret", field.problem)
        assertIs<Screen.Phone>(field.screen)
    }

    @Test
    fun twoWorkersOnOnePhoneDoNotSeeEachOther() = field { field ->
        field.quickResult()
        field.wait(field.shell.lock(Chosen.New))
        field.wait(field.shell.enrol(Hq.enrolmentRecord(), OTHER))
        assertEquals(0u, assertIs<Screen.Forms>(field.screen).queue.waiting)
        field.wait(field.shell.lock())
        val start = assertIs<Screen.Start>(field.screen)
        assertEquals(listOf("1", "2") to Chosen.Worker("2"), start.workers to start.chosen)
        field.wait(field.shell.unlock(SECRET))
        assertEquals("vault.wrong_secret", field.problem)
        field.wait(field.shell.choose(Chosen.Worker("1")))
        field.wait(field.shell.unlock(SECRET))
        assertEquals(1u, assertIs<Screen.Forms>(field.screen).queue.waiting)
    }

    @Test
    fun whatIsSealedGoesWhileEveryVaultIsShut() = field { field ->
        field.quickResult()
        field.wait(field.shell.lock())
        assertTrue(field.sendsLocked())
        Hq.desk("pull")
        assertTrue(field.sendsLocked())
        field.wait(field.shell.unlock(SECRET))
        assertEquals(1u, field.queue().status.hqHasIt)
    }

    @Test
    fun theLanguageOfTheAppIsKeptOutsideTheVault() = field { field ->
        val english = assertIs<Screen.Forms>(field.screen).protocol
        field.wait(field.shell.speak("fr"))
        assertEquals("fr", field.shell.state.value.language)
        field.wait(field.shell.showForms())
        assertNotEquals(english, assertIs<Screen.Forms>(field.screen).protocol)
        field.wait(field.shell.lock())
        assertEquals("fr", field.shell.state.value.language)
    }

    @Test
    fun anOlderCopyIsShownAndGoesOnOnceAPersonSaysSo() = field { field ->
        field.wait(field.shell.lock())
        // A lost head is what an old copy looks like.
        assertTrue(File(field.folder, "vaults/1/head").delete())
        field.wait(field.shell.unlock(SECRET))
        assertTrue(assertIs<Screen.Forms>(field.screen).notices.oldCopy)
        field.wait(field.shell.acceptOldCopy())
        assertNull(field.problem)
        assertFalse(assertIs<Screen.Forms>(field.screen).notices.oldCopy)
        field.quickResult()
        assertNull(field.problem)
    }

    @Test
    fun aLookThroughFindsWhatWasChangedAndSaysWhatWasDone() = field { field ->
        assertIs<Screen.Forms>(field.open(SECRET))
        field.wait(field.shell.check())
        assertTrue(assertIs<Done.Checked>(field.done()).log.any { it.code == "audit.open" })
        field.wait(field.shell.lock())
        val database = File(field.folder, "vaults/1").walk().filter { it.isFile && it.length() > 20_000 }.maxBy { it.length() }
        database.writeBytes(database.readBytes().also { it[it.size / 2] = (it[it.size / 2] + 1).toByte() })
        field.wait(field.shell.unlock(SECRET))
        if (field.screen is Screen.Forms) field.wait(field.shell.check())
        assertTrue(field.problem!!.startsWith("vault."), field.problem)
    }
}
