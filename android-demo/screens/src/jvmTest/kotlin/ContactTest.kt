package org.wayside.app

import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.assertIsDisplayed
import androidx.compose.ui.test.onAllNodesWithText
import java.time.Instant
import java.time.ZoneOffset
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertIs
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import org.wayside.app.model.Screen
import org.wayside.app.model.Step
import org.wayside.app.model.Words
import org.wayside.app.model.choose
import org.wayside.app.model.contact
import org.wayside.app.model.forward
import org.wayside.app.model.request
import org.wayside.app.model.showCase
import org.wayside.app.model.showWork
import org.wayside.core.Caller
import org.wayside.core.CaseRequest
import org.wayside.core.Channel
import org.wayside.core.ConsentLine
import org.wayside.core.ContactView
import org.wayside.core.IfOther

/** By which the person knows the caller: nobody sees it before the core has allowed the call. */
private const val WORD = "blue kettle"
private const val STORY = "asks about the shoes"

/** How a person may be contacted again, as it was agreed with them, against the real core. */
@OptIn(ExperimentalTestApi::class)
class ContactTest {
    /** A phone on whose clock it is a little after noon. */
    private fun atNoon(): Field {
        val ahead = 12 - Instant.now().atOffset(ZoneOffset.UTC).hour
        return Field(offsetMinutes = ahead * 60).also { it.enrolReady() }
    }

    private fun Field.case() = assertIs<Screen.Case>(screen)

    /** Agrees on a call at this time of day, where the person says yes to being contacted at all; then to the case. */
    private fun Field.agree(yes: Boolean = true, hours: String = "midday"): String {
        start("wayside-b6")
        openGates { it == Step.Consent(ConsentLine.C5) }
        assertEquals(Step.Consent(ConsentLine.C5), view.step, "asked before the first question")
        ask { consent(yes) }
        val said = mapOf(
            "contact_group/contact" to "yes", "contact_group/channel" to "call", "contact_group/hours" to hours,
            "contact_group_2/who_answers" to "trusted", "contact_group_2/contact_by" to "chosen_gender",
            "contact_group_2/if_other" to "cover",
        )
        while (view.step is Step.Questions) {
            for ((name, value) in said) if ("/data/$name" in names()) ask { choose(question("/data/$name"), value) }
            for ((name, text) in listOf("contact_group/code_word" to WORD, "contact_group_2/cover_story" to STORY)) {
                if ("/data/$name" in names()) shell.type("/data/$name", text)
            }
            ask { forward() }
        }
        ask { finish() }
        assertNull(problem)
        return toCase()
    }

    private fun Field.toCase(): String {
        wait(shell.showWork())
        val code = assertIs<Screen.Work>(screen).items.single().code
        wait(shell.showCase(code))
        return code
    }

    private fun Field.contact(code: String, by: Channel): ContactView? {
        wait(shell.contact(code, by))
        return case().contact
    }

    @Test
    fun aPersonIsContactedOnlyAsAgreedAndNotOnceTheyTakeItBack() = atNoon().use { field ->
        val code = field.agree()
        val agreed = ContactView(Channel.CALL, Caller.CHOSEN_GENDER, WORD, true, IfOther.COVER, STORY)
        assertEquals(agreed, field.contact(code, Channel.CALL))
        assertNull(field.contact(code, Channel.MESSAGE), "what was allowed by telephone is gone from the screen")
        assertEquals("contact.forbidden", field.problem)
        assertNotNull(field.contact(code, Channel.CALL))
        field.wait(field.shell.request(code, CaseRequest.Withdrawal(ConsentLine.C5, null)))
        assertNull(field.contact(code, Channel.CALL))
        assertEquals("contact.forbidden", field.problem)
    }

    @Test
    fun anotherHourIsNotSafe() = atNoon().use { field ->
        assertNull(field.contact(field.agree(hours = "evening"), Channel.CALL))
        assertEquals("contact.forbidden", field.problem)
    }

    @Test
    fun aNoToBeingContactedWinsOverWhatIsFilledIn() = atNoon().use { field ->
        assertNull(field.contact(field.agree(yes = false), Channel.CALL))
        assertEquals("contact.forbidden", field.problem)
    }

    @Test
    fun whereNothingWasAgreedNobodyIsContacted() = atNoon().use { field ->
        field.quickResult()
        val code = field.toCase()
        for (by in Channel.entries) assertNull(field.contact(code, by))
        assertEquals("contact.forbidden", field.problem)
    }

    /** The word stands on the screen only after a yes of the core, and not any more when the way is another. */
    @Test
    fun theScreenShowsTheWordOnlyOnceItIsAllowed() = atNoon().use { field ->
        field.agree()
        for ((name, device) in listOf("plain" to Device(), "small" to Device(width = 320, height = 568), "small-large-letters" to Device(width = 320, height = 568, font = 2f))) {
            onPhone(field, device) {
                fun words() = listOf(WORD, STORY).sumOf { ui.onAllNodesWithText(it, substring = true).fetchSemanticsNodes().size }
                tap("deed-contact")
                tap("by-call")
                assertEquals(0, words())
                tap("do")
                await("notice").assertIsDisplayed()
                assertEquals(2, words())
                assertEquals(1, ui.onAllNodesWithText(Words.of("en").contact.chosenGender).fetchSemanticsNodes().size, "who gets in touch")
                assertEquals(emptyList(), tooSmall(), name)
                assertEquals(emptyList(), cut(), name)
                picture("contact-$name")
                tap("by-message")
                assertEquals(0, words())
                tap("do")
                await("problem")
                assertEquals(0, words())
                tap("by-call")
                assertEquals(0, words(), "asked anew each time")
                tap("back")
                await("deed-contact")
                assertEquals(0, words())
            }
        }
    }
}
