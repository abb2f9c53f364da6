package org.wayside.app

import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertIs
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue
import org.wayside.app.model.Between
import org.wayside.app.model.Screen
import org.wayside.app.model.Step
import org.wayside.app.model.choose
import org.wayside.app.model.forward
import org.wayside.app.model.toggle
import org.wayside.core.ConsentLine
import org.wayside.core.FindingState
import org.wayside.core.Gate
import org.wayside.core.LegalBasis
import org.wayside.core.Missing
import org.wayside.core.StopReason

private const val QUICK = "wayside-b2"
private const val ADULTS = "wayside-b3-al"
private const val PRIVATE = "wayside-b3-as"

/** The whole session with a person in the view models, against the real core: what stands around the forms. */
class SessionTest {
    private fun field(test: (Field) -> Unit) = Field().use { it.enrolReady(); test(it) }

    private fun Field.quickScreen(answer: String) {
        start(QUICK)
        openGates()
        ask { choose(named("unpaid"), answer) }
        while (view.step is Step.Questions) ask { forward() }
    }

    private fun Field.next(form: String) = assertIs<Step.NextForm>(view.step).forms.single { it.id == form }

    @Test
    fun aPhoneThatIsNotReadySaysWhatIsMissingUntilItIs() = Field().use { field ->
        field.enrol()
        val before = assertIs<Screen.Forms>(field.screen)
        assertEquals(listOf(Missing.SERVICES, Missing.TRAINING, Missing.SUPERVISOR), before.missing)
        field.wait(field.shell.start(before.forms.single { it.id == QUICK }))
        assertEquals("session.not_ready", field.problem)
        field.makeReady()
        val after = assertIs<Screen.Forms>(field.screen)
        assertEquals(emptyList(), after.missing)
        assertEquals(3, after.protocol.size)
    }

    @Test
    fun aYesToAnUrgentQuestionIsActedOnAtOnceAndTheQuestionsArePutAnew() = field { field ->
        field.start(QUICK)
        field.openGates { it is Step.Urgent }
        field.ask { urgent(FindingState.ABSENT) }
        assertEquals(2, assertIs<Step.Urgent>(field.view.step).number)
        field.ask { urgentBack() }
        assertEquals(1, assertIs<Step.Urgent>(field.view.step).number)
        field.ask { urgent(FindingState.OBSERVED) }
        val danger = assertIs<Step.Danger>(field.view.step)
        assertEquals(field.view.protocol, danger.danger.protocol)
        assertTrue(danger.danger.protocol.isNotEmpty())
        assertFalse(danger.asksHours, "no medical time is running")
        field.ask { askAnew() }
        assertEquals(1, assertIs<Step.Urgent>(field.view.step).number)
        field.openGates { it is Step.Age }
        assertIs<Step.Age>(field.view.step)
    }

    @Test
    fun theMedicalTimesAreReckonedFromTheHoursThatAreSaid() = field { field ->
        field.start(QUICK)
        field.openGates { it is Step.Urgent }
        repeat(3) { field.ask { urgent(FindingState.UNKNOWN) } }
        field.ask { urgent(FindingState.PRESENT) }
        val unknown = assertIs<Step.Danger>(field.view.step)
        assertEquals(0u to 0u, unknown.danger.run { hivMinutesLeft to contraceptionMinutesLeft })
        assertTrue(unknown.asksHours)
        field.ask { hoursAgo(70u) }
        val known = assertIs<Step.Danger>(field.view.step).danger
        assertTrue(known.hivMinutesLeft!! in 110u..120u && known.contraceptionMinutesLeft!! in 2_990u..3_000u)
    }

    @Test
    fun dangerEndsTheTalkAndLeavesNothingBeforeConsent() = field { field ->
        field.start(QUICK)
        field.openGates { it is Step.Urgent }
        field.wait(field.shell.stop(StopReason.DANGER))
        assertEquals(Step.NothingKept, field.view.step)
    }

    @Test
    fun noYesIsAskedBeforeEverythingIsExplained() = field { field ->
        field.start(QUICK)
        field.openGates { it is Step.Explain }
        assertEquals(8, assertIs<Step.Explain>(field.view.step).points.size)
        field.ask { consent(true) }
        assertEquals("session.consent", field.problem)
        field.ask { explained() }
        assertEquals(Step.Consent(ConsentLine.C1), field.view.step)
    }

    @Test
    fun whoWantsNoRecordGetsAdviceAndNothingIsKept() = field { field ->
        field.start(QUICK)
        field.openGates { it == Step.Consent(ConsentLine.C2) }
        field.ask { consent(false) }
        assertTrue(field.view.withoutRecord)
        field.ask { choose(field.named("unpaid"), "yes") }
        while (field.view.step is Step.Questions) field.ask { forward() }
        val advice = assertIs<Step.Advice>(field.view.step)
        assertEquals(listOf("N6"), advice.advice.outcomes.map { it.id })
        assertTrue(advice.services.isNotEmpty())
        field.ask { discard() }
        assertEquals(Step.NothingKept, field.view.step)
        field.wait(field.shell.showForms())
        assertEquals(0 to 0u, (field.screen as Screen.Forms).run { drafts.size to queue.waiting })
    }

    @Test
    fun aFormThatCannotBePutWithoutARecordIsNot() = field { field ->
        field.start(ADULTS)
        field.openGates { it == Step.Consent(ConsentLine.C2) }
        field.ask { consent(false) }
        assertEquals(Step.NothingKept, field.view.step)
    }

    @Test
    fun theQuickScreenLeadsToTheOfferAndTheOfferToTheDetailedForm() = field { field ->
        field.quickScreen("yes")
        field.ask { finish() }
        val result = assertIs<Step.Finished>(field.view.step)
        assertTrue(result.offers)
        // Who speaks the language of the interview is named first.
        assertEquals(listOf("women-house", "clinic"), result.services.map { it.code })
        field.ask { toOffer() }
        assertEquals(Step.Ask(Between.OFFER, refused = false, possible = true), field.view.step)
        field.ask { answer(Between.OFFER, true) }
        field.ask { openForm(field.next(ADULTS)) }
        field.ask { toggle(field.question("/data/blocks"), "work") }
        field.wait(field.shell.stop())
        field.ask { finish() }
        assertFalse(assertIs<Step.Finished>(field.view.step).offers)
        assertEquals(2u, field.queue().status.waiting)
    }

    @Test
    fun aNoToTheOfferEndsAtTheResult() = field { field ->
        field.quickScreen("yes")
        field.ask { finish() }
        field.ask { toOffer() }
        field.ask { answer(Between.OFFER, false) }
        assertFalse(assertIs<Step.Finished>(field.view.step).offers)
        field.ask { otherForm() }
        field.ask { openForm(field.next(ADULTS)) }
        field.ask { toggle(field.question("/data/blocks"), "work") }
        assertEquals("session.step", field.problem, "who said no is not asked in detail")
    }

    @Test
    fun nothingFoundMeansNoOffer() = field { field ->
        field.quickScreen("no")
        field.ask { finish() }
        assertFalse(assertIs<Step.Finished>(field.view.step).offers)
    }

    @Test
    fun withoutASafeInterpreterTheDetailedConversationWaits() = field { field ->
        field.start(QUICK)
        field.openGates { it == Step.Look(Gate.INTERPRETER, refused = false) }
        field.ask { look(Gate.INTERPRETER, false) }
        field.ask { interpretRemotely() }
        field.openGates()
        field.ask { choose(field.named("unpaid"), "yes") }
        while (field.view.step is Step.Questions) field.ask { forward() }
        field.ask { finish() }
        field.ask { toOffer() }
        assertEquals(Step.Ask(Between.OFFER, refused = false, possible = false), field.view.step)
        field.ask { answer(Between.OFFER, false) }
        assertNull(field.problem)
        assertIs<Step.Finished>(field.view.step)
    }

    @Test
    fun privateMattersWaitForTheChoiceOfWhoAsks() = field { field ->
        field.start(PRIVATE)
        field.openGates { (it as? Step.Ask)?.between == Between.GENDER }
        field.ask { answer(Between.GENDER, false) }
        assertEquals(Step.Ask(Between.GENDER, refused = true, possible = true), field.view.step)
        field.ask { answer(Between.GENDER, true) }
        // Statistics are asked once, before the first question.
        assertEquals(Step.Consent(ConsentLine.C6), field.view.step)
        field.ask { consent(false) }
        assertIs<Step.Questions>(field.view.step)
    }

    @Test
    fun nothingInTheQuickQuestionsEndsADetailedFormBeforeItsFirst() = field { field ->
        field.start(ADULTS)
        field.openGates { (it as? Step.Ask)?.between == Between.QUICK }
        field.ask { answer(Between.QUICK, false) }
        assertTrue(assertIs<Step.End>(field.view.step).stopped)
    }

    @Test
    fun whatIsFoundBeforeTheTalkGoesAlongToTheNextForm() = field { field ->
        field.start("wayside-b0")
        while (field.view.step is Step.Questions) {
            val service = (field.view.step as Step.Questions).questions.find { it.reference == "/data/ready_group/service" }
            service?.let { field.ask { choose(it, "yes") } }
            field.ask { forward() }
        }
        assertFalse(assertIs<Step.End>(field.view.step).covered)
        field.ask { otherForm() }
        field.ask { openForm(field.next(QUICK)) }
        assertEquals(Step.Look(Gate.SETTING, refused = true), field.view.step, field.problem.orEmpty())
    }

    @Test
    fun whatIsSeenOfAPersonIsKeptForAReasonOnly() = field { field ->
        field.start("wayside-b7")
        while (field.view.step is Step.Questions) field.ask { forward() }
        assertFalse(assertIs<Step.End>(field.view.step).covered)
        field.ask { relyOn(LegalBasis.CONTRACT) }
        assertEquals("session.reason", field.problem)
        field.ask { relyOn(LegalBasis.BEST_INTERESTS) }
        assertFalse(assertIs<Step.End>(field.view.step).covered, "of a child, and not for what was seen")
        field.ask { relyOn(LegalBasis.OTHER_INTEREST) }
        assertTrue(assertIs<Step.End>(field.view.step).covered)
    }

    @Test
    fun theStepsForDangerFollowTheLanguageOfTheInterview() = field { field ->
        field.start(QUICK)
        val english = field.view.protocol
        val french = assertNotNull(field.view.languages.find { "(fr)" in it })
        field.openGates { it is Step.Urgent }
        val question = assertIs<Step.Urgent>(field.view.step).question
        field.ask { language(french) }
        assertTrue(field.view.protocol.size == english.size && field.view.protocol != english)
        assertTrue(assertIs<Step.Urgent>(field.view.step).question != question)
    }
}
