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
import org.wayside.core.DraftView
import org.wayside.core.FormSession
import org.wayside.core.FormSummary
import org.wayside.core.SessionMode
import org.wayside.core.StopReason
import org.wayside.core.Vault

/**
 * The way from screen to screen. Every call of the core runs on [io], one after the other; what is shown is in [state].
 * What is about the vault as a whole is in `Opening.kt`, `Sending.kt`, `Carrying.kt`, `Cases.kt` and `Settings.kt`.
 *
 * @param preferred BCP 47 tag of the phone's language, in which a form starts where it has it and no other was chosen.
 */
class Shell(
    internal val host: Host,
    internal val scope: CoroutineScope,
    private val preferred: String,
    internal val io: CoroutineDispatcher = Dispatchers.IO,
    /** How long this phone listens for one nearby when none comes. */
    internal val patienceMillis: Long = 5 * 60_000,
) {
    /** Of the worker. */
    val language: String get() = host.looks.language ?: preferred

    internal val shown = MutableStateFlow(ShellState(start(host), language))
    val state: StateFlow<ShellState> = shown.asStateFlow()

    internal val turn = Mutex()
    private val busy = AtomicBoolean()
    internal val link = Link()
    internal val opened = Opened()

    fun showForms(): Job = act { forms(vault()) }

    fun start(form: FormSummary): Job = act { vault().run { begin(this, startSession(form.id, language, SessionMode.INTERVIEW), form.id) } }

    fun resume(draft: DraftView): Job = act { vault().run { begin(this, resumeSession(draft.id), draft.form) } }

    private fun begin(vault: Vault, session: FormSession, form: String): Screen {
        opened.interview?.close()
        return Interview(session, vault, form, host.onSealed).also { opened.interview = it }.let { Screen.Asking(it.view()) }
    }

    /** One step of the interview. While another is under way a tap is ignored. */
    fun ask(step: Interview.() -> Unit): Job = act { asking(step) }

    /** Ends the questions whatever else is under way. */
    fun stop(reason: StopReason = StopReason.STOPPED): Job = act(waits = true) { asking { stop(reason) } }

    internal fun asking(step: Interview.() -> Unit): Screen {
        val interview = opened.interview ?: return shown.value.screen
        interview.step()
        return Screen.Asking(interview.view())
    }

    /** Holds what is typed. It costs no call of the core, so it is not a step that others wait for. */
    fun type(reference: String, text: String) {
        opened.interview?.type(reference, text)
        shown.update { state ->
            val asking = state.screen as? Screen.Asking ?: return@update state
            val view = asking.view
            state.copy(
                screen = Screen.Asking(view.copy(typed = view.typed + (reference to text), refused = view.refused - reference)),
            )
        }
    }

    internal fun vault(): Vault = opened.vault ?: error("no screen leads here while the vault is shut")

    /** Does a call of the core and shows the screen it gives. While another is under way it is left out, or waits for it. */
    internal fun act(waits: Boolean = false, call: () -> Screen): Job {
        if (!busy.compareAndSet(false, true) && !waits) return Job().apply { complete() }
        host.voice?.stop()
        shown.update { it.copy(busy = true, problem = null) }
        return scope.launch {
            turn.withLock {
                val outcome = withContext(io) { runCatching { call().also(opened::leave) } }
                outcome.onSuccess { screen -> shown.update { ShellState(screen, language, practice = opened.practice) } }
                outcome.onFailure { thrown -> shown.update { failed(it, thrown as? Exception ?: throw thrown) } }
                busy.set(false)
            }
        }
    }

    private fun failed(state: ShellState, thrown: Exception): ShellState {
        val problem = Problem.of(thrown)
        val screen = state.screen
        val still = if (screen.sync is Sync.Running) screen.with(Sync.Ended(problem.code)) else screen
        return state.copy(screen = still, busy = false, problem = problem)
    }
}

/** What is open. Touched by one call after the other. */
internal class Opened {
    @Volatile var vault: Vault? = null

    /** The worker's own, while the decoy is open to be filled. */
    @Volatile var own: Vault? = null

    @Volatile var interview: Interview? = null

    @Volatile var practice = false

    /** Whose it is, so that the same is offered after the lock. */
    @Volatile var chosen: Chosen? = null

    /** For phones nearby, as long as the screen that says so is shown. */
    @Volatile var carrying: Carrying? = null

    fun leave(screen: Screen) {
        if (screen !is Screen.Carry) stopCarrying()
    }

    fun stopCarrying() {
        carrying?.close()
        carrying = null
    }
}
