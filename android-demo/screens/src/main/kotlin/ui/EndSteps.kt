package org.wayside.app.ui

import androidx.compose.foundation.text.selection.DisableSelection
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import org.wayside.app.model.Step
import org.wayside.core.FinishReport

/** Keep or keep nothing: the person's wish, said before the button. */
@Composable
internal fun EndStep(step: Step.End) {
    val words = LocalWords.current.ending
    Large(if (step.stopped) words.stopped else words.asked)
    if (!step.canFinish) Problem(words.open)
    Heading(words.keep)
    Said(words.keepMeans)
    Heading(words.discard)
    Said(words.discardMeans)
}

/** What can be offered now. The answers are sealed and cannot be shown any more. */
@Composable
internal fun FinishedStep(report: FinishReport) = DisableSelection {
    val words = LocalWords.current.ending
    Said(words.sealed)
    Heading(words.code)
    Large(report.caseCode)
    if (report.steps.isNotEmpty()) {
        Heading(words.offer)
        report.steps.forEach { step ->
            Said("•  ${step.text}")
            if (step.needsConsent != null) Text(words.consentFirst, style = MaterialTheme.typography.bodyMedium)
        }
    }
    if (report.outcomes.isNotEmpty()) {
        Heading(words.why)
        report.outcomes.forEach { Said(it.text) }
        Said(words.notIdentification)
    }
}
