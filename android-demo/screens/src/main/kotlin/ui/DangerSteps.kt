package org.wayside.app.ui

import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import org.wayside.app.model.InterviewView
import org.wayside.app.model.Shell
import org.wayside.app.model.Step
import org.wayside.app.model.prompt
import org.wayside.core.FindingState
import org.wayside.core.StopReason

/** One urgent question. No answer is easier to reach than another. */
@Composable
internal fun UrgentStep(step: Step.Urgent, view: InterviewView, busy: Boolean, shell: Shell) {
    val words = LocalWords.current
    Heard(view.prompt(step.question), "urgent", shell) { Large(step.question) }
    val answers = listOf(
        FindingState.PRESENT to words.common.yes,
        FindingState.OBSERVED to words.urgent.seen,
        FindingState.ABSENT to words.common.no,
        FindingState.UNKNOWN to words.questions.doesNotKnow,
        FindingState.DECLINED to words.questions.declines,
    )
    answers.forEach { (answer, text) ->
        Other(text, "urgent-${answer.name.lowercase()}", Modifier.fillMaxWidth(), !busy) { shell.ask { urgent(answer) } }
    }
}

/** Help comes first: the site's steps, and how long medical help is possible. The core counts the time. */
@Composable
internal fun DangerStep(step: Step.Danger, busy: Boolean, shell: Shell) {
    val words = LocalWords.current.danger
    Large(words.first)
    Protocol(step.danger.protocol)
    val hiv = step.danger.hivMinutesLeft
    val contraception = step.danger.contraceptionMinutesLeft
    if (hiv == null || contraception == null) return
    Heading(words.medical)
    Large(if (hiv < 60u) words.hivNow else words.hiv((hiv / 60u).toInt()))
    Large(if (contraception < 60u) words.contraceptionNow else words.contraception((contraception / 60u).toInt()))
    if (step.asksHours) {
        var hours by remember { mutableStateOf("") }
        NumberField(hours, words.hours, "hours") { hours = it }
        val known = hours.toUShortOrNull()
        Other(words.take, "take-hours", Modifier.fillMaxWidth(), known != null && !busy) {
            known?.let { shell.ask { hoursAgo(it) } }
        }
    }
}

/** The steps of this site, numbered: they are for somebody who has no time to search. */
@Composable
private fun Protocol(steps: List<String>) {
    if (steps.isEmpty()) Large(LocalWords.current.danger.none)
    steps.forEachIndexed { index, step -> Large("${index + 1}.  $step") }
}

/** The same steps at any time, whatever is under way. */
@Composable
internal fun ProtocolScreen(steps: List<String>, asking: Boolean, shell: Shell, close: () -> Unit) {
    val words = LocalWords.current
    Page(
        id = "protocol",
        title = words.danger.title,
        below = {
            Below {
                Main(words.common.back, "back", Modifier.fillMaxWidth(), onClick = close)
                if (asking) {
                    Other(words.danger.end, "end-danger", Modifier.fillMaxWidth()) {
                        close()
                        shell.stop(StopReason.DANGER)
                    }
                }
            }
        },
    ) { Protocol(steps) }
}
