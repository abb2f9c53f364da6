package org.wayside.app.ui

import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import org.wayside.app.model.AgeForm
import org.wayside.app.model.InterviewView
import org.wayside.app.model.ReferralForm
import org.wayside.app.model.Shell
import org.wayside.app.model.Step
import org.wayside.app.model.back
import org.wayside.app.model.forward
import org.wayside.app.model.refer
import org.wayside.app.model.showQueue
import org.wayside.app.model.toResult

private val wide = Modifier.fillMaxWidth()

/** What a worker has filled in on the screen and not yet given to the core. */
internal class Filled(val age: AgeForm, val understood: Boolean, val referral: ReferralForm, val interpreter: String)

/** What is always in reach below a step of the interview. */
@Composable
internal fun Buttons(view: InterviewView, filled: Filled, busy: Boolean, shell: Shell) {
    val words = LocalWords.current
    when (val step = view.step) {
        is Step.Look -> {
            Main(words.common.yes, "yes", wide, !busy) { shell.ask { look(step.gate, true, filled.interpreter) } }
            Other(words.gates.notNow, "no", wide, !busy) { shell.ask { look(step.gate, false) } }
        }
        is Step.Urgent -> Other(words.common.back, "back", wide, !busy && step.number > 1) { shell.ask { urgentBack() } }
        is Step.Danger -> Other(words.danger.anew, "anew", wide, !busy) { shell.ask { askAnew() } }
        is Step.Age -> {
            val statement = filled.age.statement()
            Main(words.common.next, "next", wide, statement != null && !busy) { statement?.let { shell.ask { age(it) } } }
        }
        is Step.Explain -> Main(words.common.next, "next", wide, filled.understood && !busy) { shell.ask { explained() } }
        // Both answers look alike, here and at the end: the screen must not prefer one.
        is Step.Consent -> YesOrNo(busy) { shell.ask { consent(it) } }
        is Step.Ask -> if (step.possible) {
            YesOrNo(busy) { shell.ask { answer(step.between, it) } }
        } else {
            Main(words.common.next, "no", wide, !busy) { shell.ask { answer(step.between, false) } }
        }
        is Step.Questions -> Halves { half ->
            Other(words.common.back, "back", half, !busy && view.position > 1) { shell.ask { back() } }
            Main(words.common.next, "next", half, !busy) { shell.ask { forward() } }
        }
        is Step.ForAdultsOnly -> Main(words.common.stop, "stop-here", wide) { shell.stop() }
        is Step.NextForm -> {}
        is Step.End -> End(step, busy, shell)
        is Step.Advice -> Main(words.ending.end, "end", wide, !busy) { shell.ask { discard() } }
        is Step.NothingKept -> Main(words.common.done, "done", wide, !busy) { shell.showForms() }
        is Step.Refer -> {
            val ready = !busy && filled.referral.isComplete(step.service)
            YesOrNo(!ready) { shell.ask { refer(step.service, filled.referral, it) } }
        }
        is Step.Referred -> Main(words.common.next, "next", wide, !busy) { shell.ask { toResult() } }
        is Step.Finished -> if (step.offers) {
            Main(words.common.next, "next", wide, !busy) { shell.ask { toOffer() } }
        } else {
            Main(words.common.done, "done", wide, !busy) { shell.showQueue() }
            Other(words.between.another, "another", wide, !busy) { shell.ask { otherForm() } }
        }
    }
}

@Composable
private fun YesOrNo(busy: Boolean, answer: (Boolean) -> Unit) {
    val words = LocalWords.current.common
    Other(words.yes, "yes", wide, !busy) { answer(true) }
    Other(words.no, "no", wide, !busy) { answer(false) }
}

@Composable
private fun End(step: Step.End, busy: Boolean, shell: Shell) {
    val words = LocalWords.current
    if (step.covered) {
        Other(words.ending.keep, "keep", wide, !busy && step.canFinish) { shell.ask { finish() } }
    } else {
        Main(words.between.another, "another", wide, !busy) { shell.ask { otherForm() } }
    }
    Other(words.ending.discard, "discard", wide, !busy) { shell.ask { discard() } }
    if (!step.stopped) Other(words.common.back, "back", wide, !busy) { shell.ask { back() } }
}
