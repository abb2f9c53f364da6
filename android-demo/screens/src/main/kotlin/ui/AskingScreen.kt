package org.wayside.app.ui

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.unit.dp
import org.wayside.app.model.AgeForm
import org.wayside.app.model.Between
import org.wayside.app.model.InterviewView
import org.wayside.app.model.ReferralForm
import org.wayside.app.model.Shell
import org.wayside.app.model.Step
import org.wayside.app.model.toResult
import org.wayside.app.model.withhold
import org.wayside.app.model.languageTag
import org.wayside.core.ConsentLine
import org.wayside.core.Gate

/** One screen of an interview. What to do in danger, and stop, stand on each of them at the same place; stop asks nothing back. */
@Composable
internal fun AskingScreen(view: InterviewView, busy: Boolean, problem: String?, shell: Shell, showDanger: () -> Unit) {
    val words = LocalWords.current
    val step = view.step
    // Filled in again from nothing at each look: nothing of a person waits on a screen that was left.
    var ageForm by remember(step is Step.Age) { mutableStateOf(AgeForm()) }
    var referral by remember((step as? Step.Refer)?.service) { mutableStateOf(ReferralForm()) }
    var understood by remember(step is Step.Explain, view.language) { mutableStateOf(false) }
    var interpreter by remember((step as? Step.Look)?.gate) { mutableStateOf("") }
    Page(
        id = identity(view),
        title = (step as? Step.Questions)?.heading.orEmpty().ifEmpty { view.title },
        above = when (step) {
            is Step.Questions -> words.questions.screen(view.position, view.of)
            is Step.Urgent -> words.questions.screen(step.number, step.of)
            else -> ""
        },
        corner = {
            Danger(showDanger)
            if (!step.isOver) Corner(words.common.stop, "stop") { shell.stop() }
        },
        busy = busy,
        problem = problem,
        below = { Below { Buttons(view, Filled(ageForm, understood, referral, interpreter), busy, shell) } },
    ) {
        if (!step.isOver) Languages(view, shell)
        if (view.withoutRecord && !step.isOver) Said(words.consent.withoutRecord)
        if (view.long && !step.isOver) Problem(words.between.long)
        when (step) {
            is Step.Look -> Look(step, busy, shell, interpreter) { interpreter = it }
            is Step.Urgent -> UrgentStep(step, view, busy, shell)
            is Step.Danger -> DangerStep(step, busy, shell)
            is Step.Age -> AgeStep(ageForm, step.refused) { ageForm = it }
            is Step.Explain -> ExplainStep(view, step.points, understood, shell) { understood = !understood }
            is Step.Consent -> {
                Said(words.consent.readAloud)
                Large(spoken(step.line))
            }
            is Step.Ask -> Ask(step)
            is Step.Questions -> Questions(step, view, busy, shell)
            is Step.ForAdultsOnly -> Large(words.questions.forAdults)
            is Step.NextForm -> NextFormStep(step, busy, shell)
            is Step.End -> EndStep(step, busy, shell)
            is Step.Advice -> AdviceStep(step)
            is Step.NothingKept -> Large(words.ending.nothingKept)
            is Step.Finished -> FinishedStep(step, busy, shell)
            is Step.Refer -> {
                ReferStep(step.service, referral) { referral = it }
                // Below they would leave a small phone no place for what is asked.
                Small(words.refer.mustNotKnow, "withhold", !busy) { shell.ask { withhold(step.service) } }
                Small(words.common.back, "back", !busy) { shell.ask { toResult() } }
            }
            is Step.Referred -> {
                Large(words.refer.to(step.service.name))
                Said(words.refer.sealed)
            }
        }
    }
}

/** What tells one screen from the next. */
private fun identity(view: InterviewView): Any = view.step.let { step ->
    val part: Any? = when (step) {
        is Step.Look -> step.gate
        is Step.Urgent -> step.number
        is Step.Consent -> step.line
        is Step.Ask -> step.between
        is Step.Refer -> step.service.code
        else -> view.position
    }
    listOf(step::class, part)
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
private fun Look(step: Step.Look, busy: Boolean, shell: Shell, interpreter: String, note: (String) -> Unit) {
    val words = LocalWords.current.gates
    val atInterpreter = step.gate == Gate.INTERPRETER
    Large(if (atInterpreter) words.interpreter else words.setting)
    if (step.refused) Problem(if (atInterpreter) words.notSafe else words.notAlone)
    if (step.refused && atInterpreter) {
        Said(words.remoteMeans)
        // Not below: on a small phone three buttons leave the question no place.
        Other(words.remote, "remote", Modifier.fillMaxWidth(), !busy) { shell.ask { interpretRemotely(interpreter) } }
    }
    if (atInterpreter) Field(interpreter, note, words.code, words.codeHint, "interpreter")
}

@Composable
private fun spoken(line: ConsentLine): String = LocalWords.current.consent.run {
    when (line) {
        ConsentLine.C1 -> talk
        ConsentLine.C2 -> record
        ConsentLine.C5 -> contact
        else -> statistics
    }
}

@Composable
private fun Ask(step: Step.Ask) {
    val words = LocalWords.current
    val spoken = step.between == Between.OFFER || step.between == Between.GO_ON
    if (spoken && step.possible) Said(words.consent.readAloud)
    Large(
        when (step.between) {
            Between.QUICK -> words.between.quick
            Between.OFFER -> if (step.possible) words.between.offer else words.between.later
            Between.GENDER -> words.between.gender
            Between.GO_ON -> words.between.goOn
        },
    )
    if (step.refused) Problem(words.between.first)
}
