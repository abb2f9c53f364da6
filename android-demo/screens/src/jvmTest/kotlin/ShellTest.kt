package org.wayside.app

import java.io.IOException
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertIs
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue
import org.wayside.app.model.CaptureKind
import org.wayside.app.model.Captured
import org.wayside.app.model.Chosen
import org.wayside.app.model.NoSenses
import org.wayside.app.model.Screen
import org.wayside.app.model.Senses
import org.wayside.app.model.Step
import org.wayside.app.model.Sync
import org.wayside.app.model.back
import org.wayside.app.model.capture
import org.wayside.app.model.choose
import org.wayside.app.model.forward
import org.wayside.app.model.lock
import org.wayside.app.model.mark
import org.wayside.app.model.stopSync
import org.wayside.app.model.sync
import org.wayside.app.model.toggle
import org.wayside.app.model.unlock
import org.wayside.core.AgeBasis
import org.wayside.core.AgeStatement
import org.wayside.core.AnswerState
import org.wayside.core.CalendarSystem
import org.wayside.core.ConsentLine
import org.wayside.core.Gate
import org.wayside.core.Hq
import org.wayside.core.SECRET
import org.wayside.core.Transport
import org.wayside.core.TransportException
import org.wayside.core.WireRequest
import org.wayside.core.WireResponse

private const val QUICK = "wayside-b2"
private const val ADULTS = "wayside-b3-al"

/** A file on a stick that is pulled out while it is read. */
private object BreaksOff : Senses by NoSenses {
    override val kinds = setOf(CaptureKind.FILE)

    override suspend fun capture(kind: CaptureKind, type: String): Captured {
        var pieces = 0
        return Captured("jpg") { if (pieces++ == 0) ByteArray(1000) else throw IOException() }
    }
}

/** The view models against the real core. */
class ShellTest {
    private fun field(transport: () -> Transport = ::HttpTransport, test: (Field) -> Unit) =
        Field(transport).use { it.enrolReady(); test(it) }

    @Test
    fun aWrongSecretStaysAtTheStartAndSaysWhy() = field { field ->
        field.wait(field.shell.lock())
        field.wait(field.shell.unlock("river copper window meadow candle forty"))
        assertEquals("vault.wrong_secret", field.problem)
        assertEquals(Screen.Start(listOf("1"), chosen = Chosen.Worker("1")), field.screen)
    }

    @Test
    fun theFormsSayWhichAreForAdults() = field { field ->
        val forms = assertIs<Screen.Forms>(field.screen).forms.associate { it.id to it.adultsOnly }
        assertEquals(false to true, forms[QUICK] to forms[ADULTS])
    }

    @Test
    fun aShutGateCanBeLookedAtAgain() = field { field ->
        field.start(QUICK)
        assertEquals(Step.Look(Gate.SETTING, refused = false), field.view.step)
        field.ask { look(Gate.SETTING, false) }
        assertEquals(Step.Look(Gate.SETTING, refused = true), field.view.step)
        field.ask { look(Gate.SETTING, true) }
        assertEquals(Step.Look(Gate.INTERPRETER, refused = false), field.view.step)
    }

    @Test
    fun anInterpreterIsNotedByACodeAndNotByAName() = field { field ->
        field.start(QUICK)
        field.ask { look(Gate.SETTING, true) }
        field.ask { look(Gate.INTERPRETER, true, "Amina Bello") }
        assertEquals("answer.constraint", field.problem)
        assertEquals(Step.Look(Gate.INTERPRETER, refused = false), field.view.step)
        field.ask { look(Gate.INTERPRETER, true, " INT-4 ") }
        assertNull(field.problem)
        field.openGates()
        field.ask { choose(field.named("unpaid"), "no") }
        while (field.view.step is Step.Questions) field.ask { forward() }
        field.ask { finish() }
        val report = assertIs<Step.Finished>(field.view.step).report
        field.wait(field.shell.sync())
        Hq.desk("pull")
        assertTrue("\"interpreter\":\"INT-4\"" in Hq.desk("show", report.event).toString())
    }

    @Test
    fun anAgeThatCannotBeIsAskedAgain() = field { field ->
        field.start(QUICK)
        field.openGates { it is Step.Age }
        field.ask { age(AgeStatement.Between(40u, 30u, AgeBasis.STATEMENT)) }
        assertEquals("age.implausible", field.problem)
        assertIs<Step.Age>(field.view.step)
        field.ask { age(AgeStatement.Unknown) }
        assertNull(field.problem)
        assertIs<Step.Explain>(field.view.step)
    }

    @Test
    fun aNoToTheTalkKeepsNothing() = field { field ->
        field.start(QUICK)
        field.openGates { it == Step.Consent(ConsentLine.C1) }
        field.ask { consent(false) }
        assertEquals(Step.NothingKept, field.view.step)
        field.wait(field.shell.showForms())
        assertEquals(0, (field.screen as Screen.Forms).drafts.size)
    }

    @Test
    fun aNoToStatisticsGoesOn() = field { field ->
        field.start(QUICK)
        field.openGates { it == Step.Consent(ConsentLine.C6) }
        field.ask { consent(false) }
        assertIs<Step.Questions>(field.view.step)
    }

    @Test
    fun answersAreSeenAgainAfterGoingBack() = field { field ->
        field.start(QUICK)
        field.openGates()
        field.ask { choose(field.named("unpaid"), "yes") }
        field.ask { mark(field.named("forced"), AnswerState.DECLINED) }
        field.ask { forward() }
        assertEquals(2, field.view.position)
        field.ask { back() }
        assertEquals("yes", field.named("unpaid").value)
        assertEquals(AnswerState.DECLINED, field.named("forced").state)
    }

    @Test
    fun whatIsTypedWaitsForThePageToBeLeftAndARefusalStaysWithItsQuestion() = field { field ->
        field.start(QUICK)
        field.openGates()
        field.ask { choose(field.named("unpaid"), "yes") }
        while ((field.view.step as Step.Questions).questions.none { it.reference == "/data/where" }) field.ask { forward() }
        val at = field.view.position
        field.shell.type("/data/where", "x".repeat(61))
        field.ask { forward() }
        assertEquals(at, field.view.position)
        assertEquals("answer.constraint", field.view.refused["/data/where"]?.code)
        field.shell.type("/data/where", "the salt pans of Velmora")
        assertEquals(emptyMap(), field.view.refused)
        field.ask { forward() }
        assertIs<Step.End>(field.view.step)
    }

    @Test
    fun whatBreaksOffWhileItIsReadIsNoAnswerAndLeavesNothing() = Field(senses = BreaksOff).use { field ->
        field.enrolReady()
        field.start("household")
        field.openGates()
        val photo = "/data/photo"
        repeat(10) { if (photo !in field.names()) field.ask { forward() } }
        field.wait(field.shell.capture(field.question(photo), CaptureKind.FILE))
        assertEquals("answer.attachment", field.problem)
        assertEquals("", field.question(photo).value)
        field.ask { assertEquals(emptyList(), session.files()) }
        assertNull(field.problem)
    }

    @Test
    fun severalChoicesGoInAndOut() = field { field ->
        field.start(ADULTS)
        field.openGates()
        fun blocks() = field.question("/data/blocks")
        field.ask { toggle(blocks(), "work") }
        field.ask { toggle(blocks(), "offer") }
        assertEquals("offer work", blocks().value)
        field.ask { toggle(blocks(), "offer") }
        field.ask { toggle(blocks(), "work") }
        assertEquals("", blocks().value)
        assertEquals(AnswerState.NOT_ASKED, blocks().state)
    }

    @Test
    fun aChildByItsOwnCalendarIsNotAskedTheQuestionsForAdults() = field { field ->
        field.start(ADULTS)
        field.openGates(2002, CalendarSystem.ETHIOPIAN)
        field.ask { toggle(field.question("/data/blocks"), "offer") }
        assertEquals(Step.ForAdultsOnly, field.view.step)
        field.wait(field.shell.stop())
        field.ask { discard() }
        assertEquals(Step.NothingKept, field.view.step)
    }

    @Test
    fun theSameYearInAnotherCalendarIsAnAdult() = field { field ->
        field.start(ADULTS)
        field.openGates(2002, CalendarSystem.GREGORIAN)
        field.ask { toggle(field.question("/data/blocks"), "offer") }
        assertEquals("offer", field.question("/data/blocks").value)
    }

    @Test
    fun stopBeforeConsentKeepsNothing() = field { field ->
        field.start(QUICK)
        field.ask { look(Gate.SETTING, true) }
        field.wait(field.shell.stop())
        assertEquals(Step.NothingKept, field.view.step)
    }

    @Test
    fun stopAfterConsentLeavesTheChoiceToThePerson() = field { field ->
        for (keep in listOf(true, false)) {
            field.start(QUICK)
            field.openGates()
            field.ask { choose(field.named("unpaid"), "yes") }
            field.wait(field.shell.stop())
            assertEquals(Step.End(stopped = true, canFinish = true), field.view.step)
            if (keep) field.ask { finish() } else field.ask { discard() }
            if (keep) assertIs<Step.Finished>(field.view.step) else assertEquals(Step.NothingKept, field.view.step)
        }
        assertEquals(1u, field.queue().status.waiting)
    }

    @Test
    fun aDraftGoesOnAfterTheLock() = field { field ->
        field.start(QUICK)
        field.openGates()
        field.ask { choose(field.named("unpaid"), "yes") }
        field.wait(field.shell.lock())
        assertEquals(Screen.Start(listOf("1"), chosen = Chosen.Worker("1")), field.screen)
        field.wait(field.shell.unlock(SECRET))
        field.wait(field.shell.resume((field.screen as Screen.Forms).drafts.single()))
        assertEquals("yes", field.named("unpaid").value)
    }

    @Test
    fun theLanguageOfTheInterviewChangesAndAnswersStay() = field { field ->
        field.start(QUICK)
        field.openGates()
        field.ask { choose(field.named("unpaid"), "yes") }
        val french = assertNotNull(field.view.languages.find { "(fr)" in it })
        field.ask { language(french) }
        assertEquals("fr", field.view.language)
        assertTrue("travail" in field.named("unpaid").label)
        assertEquals("yes", field.named("unpaid").value)
    }

    @Test
    fun handedOverIsNotThatHqHasIt() = field { field ->
        field.start(QUICK)
        field.openGates()
        field.wait(field.shell.stop())
        field.ask { finish() }
        assertEquals(1u, field.queue().status.waiting)
        field.wait(field.shell.sync())
        val handed = assertIs<Screen.Queue>(field.screen)
        assertEquals(Sync.Ended(null), handed.sync)
        assertEquals(listOf(0u, 1u, 0u), handed.status.run { listOf(waiting, handedOver, hqHasIt) })

        Hq.desk("pull")
        field.wait(field.shell.sync())
        val opened = field.screen as Screen.Queue
        assertEquals(listOf(0u, 0u, 1u), opened.status.run { listOf(waiting, handedOver, hqHasIt) })
    }

    /** Waits for somebody to abort it. */
    private class DeadLink(private val entered: CountDownLatch) : Transport {
        private val ended = CountDownLatch(1)

        override fun exchange(request: WireRequest): WireResponse {
            entered.countDown()
            ended.await(60, TimeUnit.SECONDS)
            throw TransportException.Cancelled()
        }

        override fun abort() = ended.countDown()
    }

    @Test
    fun aSyncOnADeadLinkCanBeStopped() {
        val entered = CountDownLatch(1)
        var dead = false
        field({ if (dead) DeadLink(entered) else HttpTransport() }) { field ->
            field.queue()
            dead = true
            val sync = field.shell.sync()
            assertTrue(entered.await(10, TimeUnit.SECONDS))
            assertIs<Sync.Running>((field.screen as Screen.Queue).sync)
            field.shell.stopSync()
            field.wait(sync)
            assertEquals(Sync.Ended("cancelled"), (field.screen as Screen.Queue).sync)
        }
    }

    @Test
    fun noPathSaysSoAndKeepsEverything() {
        var dead = false
        val nowhere = object : Transport {
            override fun exchange(request: WireRequest): WireResponse = throw TransportException.NoPath()
            override fun abort() = Unit
        }
        field({ if (dead) nowhere else HttpTransport() }) { field ->
            field.start(QUICK)
            field.openGates()
            field.wait(field.shell.stop())
            field.ask { finish() }
            field.queue()
            dead = true
            val sync = field.shell.sync()
            Thread.sleep(300)
            field.shell.stopSync()
            field.wait(sync)
            val queue = field.screen as Screen.Queue
            assertIs<Sync.Ended>(queue.sync)
            assertEquals(1u, queue.status.waiting)
        }
    }
}
