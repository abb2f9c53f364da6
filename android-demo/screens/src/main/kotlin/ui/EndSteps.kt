package org.wayside.app.ui

import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.text.selection.DisableSelection
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import org.wayside.app.model.InterviewView
import org.wayside.app.model.Shell
import org.wayside.app.model.Step
import org.wayside.app.model.prompt
import org.wayside.app.model.showHelp
import org.wayside.app.model.toReferral
import org.wayside.core.LegalBasis
import org.wayside.core.OutcomeView
import org.wayside.core.ServiceView
import org.wayside.core.StepView

/** What has to be explained, and one tick for all of it: a yes is taken only when everything was understood. */
@Composable
internal fun ExplainStep(view: InterviewView, points: List<String>, understood: Boolean, shell: Shell, onTick: () -> Unit) {
    val words = LocalWords.current.consent
    Large(words.explain)
    points.forEachIndexed { index, point -> Heard(view.prompt(point), "point-$index", shell) { Said("•  $point") } }
    Choice(words.explained, understood, many = true, tag = "understood", onClick = onTick)
}

/** The core refuses a form that does not fit this person or this worker, and says why. */
@Composable
internal fun NextFormStep(step: Step.NextForm, busy: Boolean, shell: Shell) {
    val words = LocalWords.current
    Large(words.between.next)
    step.forms.forEach { form ->
        val note = if (form.adultsOnly) words.forms.adultsOnly else ""
        Card(form.title, note, words.forms.start, "next-${form.id}", !busy) { shell.ask { openForm(form) } }
    }
}

/** Keep or keep nothing: the person's wish, said before the button. */
@Composable
internal fun EndStep(step: Step.End, busy: Boolean, shell: Shell) {
    val words = LocalWords.current.ending
    Large(if (step.stopped) words.stopped else words.asked)
    if (step.covered) {
        if (!step.canFinish) Problem(words.open)
        Heading(words.keep)
        Said(words.keepMeans)
    } else {
        Said(words.carries)
        Heading(words.basis)
        val bases = listOf(
            LegalBasis.VITAL_INTEREST to words.vital,
            LegalBasis.BEST_INTERESTS to words.child,
            LegalBasis.OTHER_INTEREST to words.observed,
        )
        bases.forEach { (basis, text) ->
            Other(text, "basis-${basis.name.lowercase()}", Modifier.fillMaxWidth(), !busy) { shell.ask { relyOn(basis) } }
        }
    }
    Heading(words.discard)
    Said(words.discardMeans)
}

/** What can be offered now. The answers are sealed and cannot be shown any more. */
@Composable
internal fun FinishedStep(step: Step.Finished, busy: Boolean, shell: Shell) = DisableSelection {
    val words = LocalWords.current.ending
    Said(words.sealed)
    if (step.report.caseCode.isNotEmpty()) {
        Heading(words.code)
        Large(step.report.caseCode)
    }
    Offers(step.report.steps)
    Services(step.services) { service ->
        Other(LocalWords.current.refer.refer, "refer-${service.code}", Modifier.fillMaxWidth(), !busy) { shell.ask { toReferral(service) } }
    }
    Why(step.report.outcomes)
    Said(LocalWords.current.help.after)
    Small(LocalWords.current.help.ask, "help", !busy) { shell.showHelp() }
}

/** The same for somebody who wants no record. */
@Composable
internal fun AdviceStep(step: Step.Advice) = DisableSelection {
    Said(LocalWords.current.consent.withoutRecord)
    Offers(step.advice.steps)
    Services(step.services)
    Why(step.advice.outcomes)
}

@Composable
private fun Offers(steps: List<StepView>) {
    val words = LocalWords.current.ending
    if (steps.isEmpty()) return
    Heading(words.offer)
    steps.forEach { step ->
        Said("•  ${step.text}")
        if (step.needsConsent != null) Text(words.consentFirst, style = MaterialTheme.typography.bodyMedium)
    }
}

@Composable
private fun Why(outcomes: List<OutcomeView>) {
    val words = LocalWords.current.ending
    if (outcomes.isEmpty()) return
    Heading(words.why)
    outcomes.forEach { Said(it.text) }
    Said(words.notIdentification)
}

/** Those that fit this person, by the directory that HQ signed. Who has to tell the authorities is said before a referral. */
@Composable
private fun Services(services: List<ServiceView>, also: @Composable (ServiceView) -> Unit = {}) {
    val words = LocalWords.current.services
    Heading(words.title)
    if (services.isEmpty()) Said(words.none)
    services.forEach { service ->
        Said("•  ${service.name}")
        val where = service.onFootMinutes?.let { words.onFoot(it.toInt()) }
        val known = listOfNotNull(service.hours, where, words.free.takeIf { service.free })
        Text(known.joinToString(" · "), style = MaterialTheme.typography.bodyMedium)
        val reports = reports(service.reporting)
        if (reports != null) Text(reports, color = MaterialTheme.colorScheme.error, style = MaterialTheme.typography.bodyMedium)
        also(service)
    }
}
