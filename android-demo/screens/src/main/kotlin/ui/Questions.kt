package org.wayside.app.ui

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.foundation.layout.padding
import androidx.compose.material3.HorizontalDivider
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import org.wayside.app.model.InterviewView
import org.wayside.app.model.Shell
import org.wayside.app.model.Step
import org.wayside.app.model.add
import org.wayside.app.model.jump
import org.wayside.app.model.mark
import org.wayside.app.model.number
import org.wayside.app.model.prompt
import org.wayside.app.model.removeLast
import org.wayside.core.AnswerState
import org.wayside.core.QuestionKind
import org.wayside.core.QuestionView
import org.wayside.core.RepeatView

@Composable
internal fun Questions(step: Step.Questions, view: InterviewView, busy: Boolean, shell: Shell) =
    Column(verticalArrangement = Arrangement.spacedBy(24.dp)) {
        step.questions.filter { it.kind != QuestionKind.HIDDEN }.forEachIndexed { index, question ->
            if (index > 0) HorizontalDivider()
            Question(question, view, busy, shell)
        }
        step.repeats.forEach { Repeat(it, shell) }
    }

/** As many instances as have a button each. */
private const val FEW = 12

@Composable
private fun Repeat(repeat: RepeatView, shell: Shell) = Column(verticalArrangement = Arrangement.spacedBy(8.dp)) {
    val words = LocalWords.current.questions
    if (repeat.canAdd) Other(words.add(repeat.label), "${repeat.reference}+") { shell.ask { add(repeat) } }
    // Each is reached at once, and not page by page; of many, by its number.
    val media = LocalWords.current.media
    val count = repeat.count.toInt()
    if (count <= FEW) {
        for (number in 1..count) Other(media.jump(number), "${repeat.reference}@$number") { shell.ask { jump(repeat, number) } }
    } else {
        var typed by remember(repeat.reference) { mutableStateOf("") }
        val number = number(typed)?.takeIf { it in 1..count }
        NumberField(typed, repeat.label.ifEmpty { media.order }, "${repeat.reference}@") { typed = it }
        Other(media.jump(number ?: 1), "${repeat.reference}@go", enabled = number != null) { number?.let { shell.ask { jump(repeat, it) } } }
    }
    if (repeat.canRemove) Other(words.removeLast(repeat.label), "${repeat.reference}-") { shell.ask { removeLast(repeat) } }
}

@Composable
private fun Question(question: QuestionView, view: InterviewView, busy: Boolean, shell: Shell) =
    Column(verticalArrangement = Arrangement.spacedBy(8.dp)) {
        val must = if (question.required) " *" else ""
        Heard(view.prompt(question), question.reference, shell) {
            Text(question.label + must, Modifier.semantics { heading() }, style = MaterialTheme.typography.titleLarge)
        }
        if (question.hint.isNotEmpty()) Text(question.hint, style = MaterialTheme.typography.bodyMedium)
        if (question.guidance.isNotEmpty()) Text(question.guidance, style = MaterialTheme.typography.bodyMedium)
        when {
            question.readOnly -> if (question.value.isNotEmpty()) Said(question.value)
            question.kind == QuestionKind.NOTE -> {}
            else -> {
                Control(question, view, busy, shell)
                WithoutAnswer(question, shell)
            }
        }
    }

/** Not to answer is an answer, in reach of every question. A form that offers it as a choice of its own has it there. */
@Composable
private fun WithoutAnswer(question: QuestionView, shell: Shell) {
    val words = LocalWords.current.questions
    val own = question.choices.map { it.value }
    val noted = when (question.state) {
        AnswerState.DECLINED -> words.declined
        AnswerState.UNKNOWN -> words.unknown
        else -> null
    }
    if (noted != null && question.value.isEmpty()) {
        Said(noted)
        Other(words.undo, tag(question, "undo")) { shell.ask { mark(question, AnswerState.NOT_ASKED) } }
        return
    }
    FlowRow(
        Modifier.padding(top = 4.dp),
        horizontalArrangement = Arrangement.spacedBy(8.dp),
        verticalArrangement = Arrangement.spacedBy(8.dp),
    ) {
        if ("declined" !in own) {
            Other(words.declines, tag(question, "declined")) { shell.ask { mark(question, AnswerState.DECLINED) } }
        }
        if ("unknown" !in own) {
            Other(words.doesNotKnow, tag(question, "unknown")) { shell.ask { mark(question, AnswerState.UNKNOWN) } }
        }
    }
}
