package org.wayside.app

import java.time.Instant
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertIs
import kotlin.test.assertNull
import kotlin.test.assertTrue
import org.wayside.app.model.ReferralForm
import org.wayside.app.model.Screen
import org.wayside.app.model.Step
import org.wayside.app.model.askForHelp
import org.wayside.app.model.choose
import org.wayside.app.model.closeCase
import org.wayside.app.model.day
import org.wayside.app.model.forward
import org.wayside.app.model.refer
import org.wayside.app.model.request
import org.wayside.app.model.setNext
import org.wayside.app.model.showCase
import org.wayside.app.model.showHelp
import org.wayside.app.model.showWork
import org.wayside.app.model.sync
import org.wayside.app.model.toReferral
import org.wayside.app.model.toResult
import org.wayside.app.model.withhold
import org.wayside.core.CaseRequest
import org.wayside.core.ConsentLine
import org.wayside.core.ErasureReason
import org.wayside.core.Handover
import org.wayside.core.Hq
import org.wayside.core.NextAction
import org.wayside.core.ServiceView
import org.wayside.core.Urgency

/** What a worker keeps of a finished interview, and what is added by its code, against the real core. */
class CasesTest {
    private fun field(test: (Field) -> Unit) = Field().use { it.enrolReady(); test(it) }

    private fun Field.case() = assertIs<Screen.Case>(screen)

    private fun Field.toCase(): Screen.Case {
        quickResult()
        wait(shell.showWork())
        wait(shell.showCase(assertIs<Screen.Work>(screen).items.single().code))
        return case()
    }

    @Test
    fun aCaseHasACodeAndANextStepAndGoesOffTheList() = field { field ->
        val code = field.toCase().item.code
        field.wait(field.shell.setNext(code, NextAction.TALK_AGAIN, 0))
        assertFalse(field.case().noted!!.isSealed)
        assertEquals(NextAction.TALK_AGAIN to true, field.case().item.run { action to isDue })
        field.wait(field.shell.setNext(code, NextAction.CHECK_REFERRAL, 3))
        assertFalse(field.case().item.isDue)
        assertEquals(field.shell.day(Instant.now().plusSeconds(3 * 86_400)), field.shell.day(field.case().item.due))
        field.wait(field.shell.closeCase(code))
        assertEquals(emptyList(), assertIs<Screen.Work>(field.screen).items)
    }

    @Test
    fun whoSaidNotToBeContactedIsNot() = field { field ->
        field.start("wayside-b6")
        field.openGates()
        var said = ""
        while (field.view.step is Step.Questions) {
            val reference = "/data/contact_group/contact"
            if (reference in field.names()) {
                val contact = field.question(reference)
                field.ask { choose(contact, "do_not_contact") }
                said = field.question(reference).value
            }
            field.ask { forward() }
        }
        assertEquals("do_not_contact", said)
        field.ask { finish() }
        field.wait(field.shell.showWork())
        val item = assertIs<Screen.Work>(field.screen).items.single()
        field.wait(field.shell.showCase(item.code))
        field.wait(field.shell.setNext(item.code, NextAction.CONTACT, 3))
        assertEquals("contact.forbidden", field.problem)
        assertEquals(item.action, field.case().item.action)
    }

    @Test
    fun whatIsDueIsSaidWhereTheFormsAre() = field { field ->
        val code = field.toCase().item.code
        field.wait(field.shell.showForms())
        assertEquals(0, assertIs<Screen.Forms>(field.screen).due)
        field.wait(field.shell.setNext(code, NextAction.CHECK_REFERRAL, 0))
        field.wait(field.shell.showForms())
        assertEquals(1, assertIs<Screen.Forms>(field.screen).due)
    }

    @Test
    fun aCorrectionAWithdrawalAndAnErasureAreSealedByCode() = field { field ->
        val code = field.toCase().item.code
        field.sealed.clear()
        field.wait(field.shell.request(code, CaseRequest.Correction(" ")))
        assertEquals("entry.malformed", field.problem)
        field.wait(field.shell.request(code, CaseRequest.Correction("the place was another one")))
        assertTrue(field.case().noted!!.isSealed)
        field.wait(field.shell.request(code, CaseRequest.Withdrawal(ConsentLine.C6, null)))
        field.wait(field.shell.request(code, CaseRequest.Erasure(ErasureReason.PERSON_ASKED)))
        assertEquals(listOf(false, true, true), field.sealed, "the person's own wishes go first")
        assertEquals(4u, field.queue().status.waiting)
    }

    @Test
    fun twoTalksOfOnePersonAreLinkedByTheirCodes() = field { field ->
        val first = field.toCase().item.code
        field.quickResult("no")
        field.wait(field.shell.showCase(first))
        val other = field.case().others.single()
        field.wait(field.shell.request(first, CaseRequest.TalkedAgain(other)))
        assertNull(field.problem)
        assertTrue(field.case().noted!!.isSealed)
    }

    private fun Field.service(code: String): ServiceView =
        assertIs<Step.Finished>(view.step).services.single { it.code == code }

    private val form = ReferralForm(mapOf("needs" to "a doctor"), "to see a doctor", Urgency.DAY, Handover.PHONE)

    @Test
    fun aReferralCarriesWhatThePersonAgreesToAndTheCaseShowsHowItStands() = field { field ->
        field.quickResult()
        val clinic = field.service("clinic")
        field.ask { toReferral(clinic) }
        assertEquals(Step.Refer(clinic), field.view.step)
        assertTrue(form.isComplete(clinic))
        assertFalse(form.copy(fields = mapOf("needs" to " ")).isComplete(clinic))
        field.sealed.clear()
        field.ask { refer(clinic, form, agrees = true) }
        assertNull(field.problem)
        assertEquals(Step.Referred(clinic), field.view.step)
        assertEquals(listOf(true), field.sealed, "a referral does not wait")
        field.ask { toResult() }
        assertIs<Step.Finished>(field.view.step)
        field.wait(field.shell.showWork())
        val item = assertIs<Screen.Work>(field.screen).items.single()
        assertEquals(NextAction.CHECK_REFERRAL, item.action)
        assertEquals(listOf("clinic" to "sent"), item.referrals.map { it.recipient to it.state })
    }

    @Test
    fun aNoToAReferralSendsNothing() = field { field ->
        field.quickResult()
        val clinic = field.service("clinic")
        field.ask { toReferral(clinic) }
        field.ask { refer(clinic, form, agrees = false) }
        assertIs<Step.Finished>(field.view.step)
        assertEquals(1u, field.queue().status.waiting)
    }

    @Test
    fun whoMayInformAuthoritiesIsSaidFirst() = field { field ->
        field.quickResult()
        val house = field.service("women-house")
        assertFalse(form.isComplete(house), "the button waits for the warning")
        field.ask { refer(house, form, agrees = true) }
        assertEquals("referral.warning", field.problem, "and so does the core")
        assertTrue(form.copy(warned = true).isComplete(house))
        field.ask { refer(house, form.copy(warned = true), agrees = true) }
        assertEquals(Step.Referred(house), field.view.step)
    }

    @Test
    fun aNameGoesOnlyWhereItIsKeptWithConsent() = field { field ->
        field.quickResult()
        val clinic = field.service("clinic")
        val named = form.copy(fields = form.fields + ("name" to "N. N."))
        assertFalse(named.isComplete(clinic))
        assertTrue(named.copy(named = true).isComplete(clinic))
        field.ask { refer(clinic, named.copy(named = true), agrees = true) }
        assertNull(field.problem)
        assertEquals(Step.Referred(clinic), field.view.step)
    }

    @Test
    fun aServiceThatMustNotKnowGetsNothing() = field { field ->
        field.quickResult()
        val clinic = field.service("clinic")
        field.ask { withhold(clinic) }
        assertNull(field.problem)
        field.ask { refer(clinic, form, agrees = true) }
        assertEquals("referral.withheld", field.problem)
    }

    @Test
    fun aWorkerAsksToBeCalledAndTheOfficeSeesIt() = field { field ->
        field.wait(field.shell.showHelp())
        field.sealed.clear()
        field.wait(field.shell.askForHelp(true))
        assertTrue(assertIs<Screen.Help>(field.screen).asked)
        assertEquals(listOf(true), field.sealed)
        assertEquals(1u, field.queue().status.waiting)
        field.wait(field.shell.sync())
        Hq.desk("pull")
        field.wait(field.shell.sync())
        assertEquals(1u, assertIs<Screen.Queue>(field.screen).status.hqHasIt)
    }
}
