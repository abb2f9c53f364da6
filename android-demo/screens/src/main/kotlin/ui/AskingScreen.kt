package org.wayside.app.ui

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.unit.dp
import org.wayside.app.model.AgeForm
import org.wayside.app.model.InterviewView
import org.wayside.app.model.Shell
import org.wayside.app.model.Step
import org.wayside.app.model.languageTag
import org.wayside.core.ConsentLine
import org.wayside.core.Gate

/** One screen of an interview. Stop stands on each of them at the same place and asks nothing back. */
@Composable
internal fun AskingScreen(view: InterviewView, busy: Boolean, problem: String?, shell: Shell) {
    val words = LocalWords.current
    val over = view.step is Step.End || view.step is Step.NothingKept || view.step is Step.Finished
    // Filled in again from nothing at each look: nothing of a person waits on a screen that was left.
    var ageForm by remember(view.step is Step.Age) { mutableStateOf(AgeForm()) }
    val asking = (view.step as? Step.Questions)?.heading.orEmpty()
    Page(
        id = listOf(view.step::class, (view.step as? Step.Look)?.gate, (view.step as? Step.Consent)?.line, view.position),
        title = asking.ifEmpty { view.title },
        above = if (view.step is Step.Questions) words.questions.screen(view.position, view.of) else "",
        corner = { if (!over) Other(words.common.stop, "stop") { shell.stop() } },
        busy = busy,
        problem = problem,
        below = { Below { Buttons(view, ageForm, busy, shell) } },
    ) {
        if (!over) Languages(view, shell)
        when (val step = view.step) {
            is Step.Look -> Look(step)
            is Step.Age -> AgeStep(ageForm, step.refused) { ageForm = it }
            is Step.Consent -> {
                Said(words.consent.readAloud)
                Large(spoken(step.line))
            }
            is Step.Questions -> Questions(step, view, shell)
            is Step.ForAdultsOnly -> Large(words.questions.forAdults)
            is Step.End -> EndStep(step)
            is Step.NothingKept -> Large(words.ending.nothingKept)
            is Step.Finished -> FinishedStep(step.report)
        }
    }
}

/** The other languages of the form, each called by the form's name of it; folded away until somebody wants one. */
@Composable
private fun Languages(view: InterviewView, shell: Shell) {
    val others = view.languages.filter { languageTag(it) != view.language }
    if (others.isEmpty()) return
    var open by remember(view.language) { mutableStateOf(false) }
    Small(LocalWords.current.common.language, "language") { open = !open }
    if (open) {
        FlowRow(horizontalArrangement = Arrangement.spacedBy(8.dp), verticalArrangement = Arrangement.spacedBy(8.dp)) {
            others.forEach { name ->
                Other(name.substringBefore(" ("), "language-${languageTag(name)}") { shell.ask { language(name) } }
            }
        }
    }
}

@Composable
private fun Small(text: String, tag: String, onClick: () -> Unit) =
    TextButton(onClick, Modifier.heightIn(min = touchHeight).testTag(tag)) { Text(text) }

@Composable
private fun Look(step: Step.Look) {
    val words = LocalWords.current.gates
    val (ask, otherwise) = when (step.gate) {
        Gate.SERVICES -> words.services to words.noService
        Gate.SETTING -> words.setting to words.notAlone
        Gate.INTERPRETER -> words.interpreter to words.notSafe
        else -> words.danger to words.inDanger
    }
    Large(ask)
    if (step.refused) Problem(otherwise)
}

@Composable
private fun spoken(line: ConsentLine): String = LocalWords.current.consent.run {
    when (line) {
        ConsentLine.C1 -> talk
        ConsentLine.C2 -> record
        else -> statistics
    }
}

@Composable
private fun Buttons(view: InterviewView, ageForm: AgeForm, busy: Boolean, shell: Shell) {
    val words = LocalWords.current
    val wide = Modifier.fillMaxWidth()
    when (val step = view.step) {
        is Step.Look -> {
            Main(words.common.yes, "yes", wide, !busy) { shell.ask { look(step.gate, true) } }
            Other(words.gates.notNow, "no", wide, !busy) { shell.ask { look(step.gate, false) } }
        }
        // Both answers look alike, here and at the end: the screen must not prefer one.
        is Step.Consent -> {
            Other(words.common.yes, "yes", wide, !busy) { shell.ask { consent(true) } }
            Other(words.common.no, "no", wide, !busy) { shell.ask { consent(false) } }
        }
        is Step.Questions -> Beside {
            val half = Modifier.weight(1f)
            Other(words.common.back, "back", half, !busy && view.position > 1) { shell.ask { back() } }
            Main(words.common.next, "next", half, !busy) { shell.ask { forward() } }
        }
        is Step.End -> {
            Other(words.ending.keep, "keep", wide, !busy && step.canFinish) { shell.ask { finish() } }
            Other(words.ending.discard, "discard", wide, !busy) { shell.ask { discard() } }
            if (!step.stopped) Other(words.common.back, "back", wide, !busy) { shell.ask { back() } }
        }
        is Step.NothingKept -> Main(words.common.done, "done", wide, !busy) { shell.showForms() }
        is Step.Finished -> Main(words.common.done, "done", wide, !busy) { shell.showQueue() }
        is Step.Age -> {
            val statement = ageForm.statement()
            Main(words.common.next, "next", wide, statement != null && !busy) { statement?.let { shell.ask { age(it) } } }
        }
        is Step.ForAdultsOnly -> Main(words.common.stop, "stop-here", wide) { shell.stop() }
    }
}
