package org.wayside.app

import java.io.File
import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.Executors
import kotlin.io.path.createTempDirectory
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.asCoroutineDispatcher
import kotlinx.coroutines.cancel
import kotlinx.coroutines.runBlocking
import org.wayside.app.model.Host
import org.wayside.app.model.Interview
import org.wayside.app.model.InterviewView
import org.wayside.app.model.Nearby
import org.wayside.app.model.NoSenses
import org.wayside.app.model.PlainLooks
import org.wayside.app.model.Saver
import org.wayside.app.model.Screen
import org.wayside.app.model.Senses
import org.wayside.app.model.Shell
import org.wayside.app.model.Step
import org.wayside.app.model.Voice
import org.wayside.app.model.choose
import org.wayside.app.model.enrol
import org.wayside.app.model.forward
import org.wayside.app.model.lock
import org.wayside.app.model.showQueue
import org.wayside.app.model.sync
import org.wayside.core.AgeBasis
import org.wayside.core.AgeStatement
import org.wayside.core.CalendarSystem
import org.wayside.core.FindingState
import org.wayside.core.Hq
import org.wayside.core.MemoryKeys
import org.wayside.core.QuestionView
import org.wayside.core.SECRET
import org.wayside.core.Transport
import org.wayside.core.WorkItem

/** A phone with a shell on it: the real core, the app's own transport, HQ as a process. Only the key store is in memory. */
class Field(
    transport: () -> Transport = ::HttpTransport, language: String = "en", senses: Senses = NoSenses, saver: Saver? = null,
    offsetMinutes: Int = 0, voice: Voice? = null, nearby: Nearby? = null, patienceMillis: Long = 60_000,
) : AutoCloseable {
    val folder: File = createTempDirectory("wayside").toFile()
    private val main = Executors.newSingleThreadExecutor().asCoroutineDispatcher()
    private val scope = CoroutineScope(SupervisorJob() + main)
    val keys = MemoryKeys()
    /** What was asked of the system for sending: whether it was urgent. */
    val sealed = CopyOnWriteArrayList<Boolean>()
    val host = Host(File(folder, "vaults").path, keys, transport, { offsetMinutes }, PlainLooks(), senses, saver, voice, nearby) { sealed += it }
    val shell = Shell(host, scope, language, patienceMillis = patienceMillis)
    val screen: Screen get() = shell.state.value.screen
    val view: InterviewView get() = (screen as Screen.Asking).view
    val problem: String? get() = shell.state.value.problem?.code

    fun enrol() {
        wait(shell.enrol(Hq.enrolmentRecord(), SECRET))
        check(problem == null) { "refused with $problem" }
    }

    /** Enrols, is confirmed by HQ and fetches what HQ hands out: now it is ready for interviews. */
    fun enrolReady() {
        enrol()
        makeReady()
    }

    fun makeReady() {
        Hq.confirm(queue().device.device)
        wait(shell.sync())
        wait(shell.showForms())
    }

    fun queueNow(): Screen.Queue? = screen as? Screen.Queue

    fun wait(job: Job) = runBlocking { job.join() }

    fun ask(step: Interview.() -> Unit) = wait(shell.ask(step))

    fun start(form: String) {
        wait(shell.showForms())
        wait(shell.start((screen as Screen.Forms).forms.single { it.id == form }))
    }

    /**
     * Opens what stands before the questions: nobody in danger, somebody born in this year of the calendar of most of the
     * world, yes to consent, to the quick questions, to the offer and to those who ask. Stops before what `last` says.
     */
    fun openGates(year: Int = 1994, calendar: CalendarSystem = CalendarSystem.GREGORIAN, last: (Step) -> Boolean = { false }) {
        while (!last(view.step)) {
            when (val step = view.step) {
                is Step.Look -> ask { look(step.gate, true) }
                is Step.Urgent -> ask { urgent(FindingState.ABSENT) }
                is Step.Age -> ask { age(AgeStatement.Born(calendar, year, null, null, AgeBasis.STATEMENT)) }
                is Step.Explain -> ask { explained() }
                is Step.Consent -> ask { consent(true) }
                is Step.Ask -> ask { answer(step.between, true) }
                else -> return
            }
            check(problem == null) { "refused with $problem" }
        }
    }

    /** A finished quick screen with this answer to its first question, at its result. */
    fun quickResult(answer: String = "yes") {
        start("wayside-b2")
        openGates()
        ask { choose(named("unpaid"), answer) }
        while (view.step is Step.Questions) ask { forward() }
        ask { finish() }
    }

    /** A question of the page that is shown. */
    fun question(reference: String): QuestionView =
        (view.step as Step.Questions).questions.single { it.reference == reference }

    /** The same by its name alone, which no other of the page has. */
    fun named(name: String): QuestionView =
        (view.step as Step.Questions).questions.single { it.reference.substringAfterLast('/') == name }

    /** What the page that is shown asks. */
    fun names(): List<String> = (view.step as? Step.Questions)?.questions.orEmpty().map { it.reference }

    fun work(): List<WorkItem> = when (val screen = screen) {
        is Screen.Work -> screen.items
        is Screen.Case -> listOf(screen.item)
        else -> emptyList()
    }

    fun queue(): Screen.Queue {
        wait(shell.showQueue())
        return screen as Screen.Queue
    }

    override fun close() {
        wait(shell.lock())
        scope.cancel()
        main.close()
        folder.deleteRecursively()
    }
}
