package org.wayside.app.model

import java.util.concurrent.atomic.AtomicBoolean
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import kotlinx.coroutines.withContext
import org.wayside.core.CancelToken
import org.wayside.core.DraftView
import org.wayside.core.EnrolOptions
import org.wayside.core.FormSession
import org.wayside.core.FormSummary
import org.wayside.core.OpenOptions
import org.wayside.core.ProgressListener
import org.wayside.core.SessionMode
import org.wayside.core.StopReason
import org.wayside.core.SyncProgress
import org.wayside.core.Vault
import org.wayside.core.vaultIsPresent

/**
 * The way from screen to screen. Every call of the core runs on [io], one after the other; what is shown is in [state].
 *
 * @param language BCP 47 tag of the worker's language, in which a form starts where it has it.
 */
class Shell(
    private val host: Host,
    private val scope: CoroutineScope,
    private val language: String,
    private val io: CoroutineDispatcher = Dispatchers.IO,
) {
    private val shown = MutableStateFlow(ShellState(Screen.Start(vaultIsPresent(host.directory))))
    val state: StateFlow<ShellState> = shown.asStateFlow()

    private val turn = Mutex()
    private val busy = AtomicBoolean()
    private val link = Any()
    private var syncing: CancelToken? = null
    private var vault: Vault? = null

    @Volatile private var interview: Interview? = null

    /** Makes the vault of this device from the text of an enrolment record. */
    fun enrol(record: String, secret: String): Job = act {
        val options = EnrolOptions(host.directory, record.trim(), host.offsetMinutes())
        opened(Vault.enrol(options, secret, host.keys, host.transport()))
    }

    fun unlock(secret: String): Job = act {
        opened(Vault.open(OpenOptions(host.directory, host.offsetMinutes()), secret, host.keys))
    }

    private fun opened(vault: Vault): Screen {
        this.vault = vault
        vault.installBuiltIn()
        return forms(vault)
    }

    fun showForms(): Job = act { forms(open()) }

    private fun forms(vault: Vault) =
        Screen.Forms(vault.forms(), vault.drafts(), vault.queueStatus(), vault.dangerProtocol(language), vault.readiness())

    fun start(form: FormSummary): Job = act { open().run { begin(this, startSession(form.id, language, SessionMode.INTERVIEW)) } }

    fun resume(draft: DraftView): Job = act { open().run { begin(this, resumeSession(draft.id)) } }

    private fun begin(vault: Vault, session: FormSession): Screen {
        interview?.close()
        return Interview(session, vault).also { interview = it }.let { Screen.Asking(it.view()) }
    }

    /** One step of the interview. While another is under way a tap is ignored. */
    fun ask(step: Interview.() -> Unit): Job = act { asking(step) }

    /** Ends the questions whatever else is under way. */
    fun stop(reason: StopReason = StopReason.STOPPED): Job = act(waits = true) { asking { stop(reason) } }

    private fun asking(step: Interview.() -> Unit): Screen {
        val interview = interview ?: return shown.value.screen
        interview.step()
        return Screen.Asking(interview.view())
    }

    /** Holds what is typed. It costs no call of the core, so it is not a step that others wait for. */
    fun type(reference: String, text: String) {
        interview?.type(reference, text)
        shown.update { state ->
            val asking = state.screen as? Screen.Asking ?: return@update state
            val view = asking.view
            state.copy(
                screen = Screen.Asking(view.copy(typed = view.typed + (reference to text), refused = view.refused - reference)),
            )
        }
    }

    fun showQueue(): Job = act { queue(Sync.Idle) }

    private fun queue(sync: Sync): Screen {
        val vault = open()
        return Screen.Queue(vault.status(), vault.queueStatus(), vault.queue(), vault.dangerProtocol(language), sync)
    }

    fun sync(): Job = act {
        CancelToken().use { token ->
            synchronized(link) { syncing = token }
            try {
                running(null)
                val report = open().sync(host.transport(), token, Listener())
                queue(Sync.Ended(report.obstacle ?: if (report.complete) null else "cancelled"))
            } finally {
                synchronized(link) { syncing = null }
            }
        }
    }

    /** Ends a running sync; what was sent stays sent. */
    fun stopSync(): Job = scope.launch(io) { synchronized(link) { syncing?.cancel() } }

    private fun running(progress: SyncProgress?) = shown.update { state ->
        val queue = state.screen as? Screen.Queue ?: return@update state
        state.copy(screen = queue.copy(sync = Sync.Running(progress)))
    }

    /** Comes on the thread of the sync, and must not throw: a thrown `Error` would vanish on its way. */
    private inner class Listener : ProgressListener {
        override fun onProgress(progress: SyncProgress) = running(progress)
    }

    /** Before the system may freeze the app: no write is under way and no file locked. Twice is fine. */
    fun suspend(): Job = act(waits = true) { shown.value.screen.also { vault?.suspend() } }

    fun resume(): Job = act(waits = true) { shown.value.screen.also { vault?.resume() } }

    /** Ends use of the vault now. Drafts stay as they were after the last step. */
    fun lock(): Job {
        stopSync()
        return act(waits = true) {
            interview?.close()
            interview = null
            vault?.let { it.lock(); it.close() }
            vault = null
            Screen.Start(vaultIsPresent(host.directory))
        }
    }

    private fun open(): Vault = vault ?: error("no screen leads here while the vault is shut")

    private fun act(waits: Boolean = false, call: () -> Screen): Job {
        if (!busy.compareAndSet(false, true) && !waits) return Job().apply { complete() }
        shown.update { it.copy(busy = true, problem = null) }
        return scope.launch {
            turn.withLock {
                val outcome = withContext(io) { runCatching(call) }
                outcome.onSuccess { screen -> shown.update { ShellState(screen) } }
                outcome.onFailure { thrown -> shown.update { failed(it, thrown as? Exception ?: throw thrown) } }
                busy.set(false)
            }
        }
    }

    private fun failed(state: ShellState, thrown: Exception): ShellState {
        val problem = Problem.of(thrown)
        val screen = state.screen
        val still = if (screen is Screen.Queue) screen.copy(sync = Sync.Ended(problem.code)) else screen
        return ShellState(still, problem = problem)
    }
}
