package org.wayside.app.ui

import androidx.compose.foundation.BorderStroke
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.selection.selectable
import androidx.compose.foundation.selection.selectableGroup
import androidx.compose.foundation.selection.toggleable
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.material3.Checkbox
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.OutlinedTextField
import androidx.compose.material3.RadioButton
import androidx.compose.material3.Surface
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.text.input.KeyboardType
import androidx.compose.ui.unit.dp
import org.wayside.app.model.InterviewView
import org.wayside.app.model.Shell
import org.wayside.core.QuestionKind
import org.wayside.core.QuestionView

/** The control of a question's kind. A kind without one falls back to text: no question is ever hidden for its looks. */
@Composable
internal fun Control(question: QuestionView, view: InterviewView, shell: Shell) {
    val words = LocalWords.current.questions
    when (question.kind) {
        QuestionKind.SELECT_ONE -> ChoiceList(question) { shell.ask { choose(question, it) } }
        QuestionKind.SELECT_MULTIPLE -> {
            Said(words.any)
            ChoiceList(question, many = true) { shell.ask { toggle(question, it) } }
        }
        QuestionKind.YES_NO -> {
            val common = LocalWords.current.common
            Options(listOf("true" to common.yes, "false" to common.no), setOf(question.value), false, question.reference) {
                shell.ask { choose(question, it) }
            }
        }
        QuestionKind.TRIGGER -> Choice(words.seen, question.value == "OK", many = true, tag = tag(question, "OK")) {
            shell.ask { toggleSeen(question) }
        }
        QuestionKind.INTEGER, QuestionKind.DECIMAL, QuestionKind.SPAN ->
            TextControl(question, view, shell, words.number, KeyboardType.Decimal)
        QuestionKind.DAY -> TextControl(question, view, shell, words.day, KeyboardType.Number)
        QuestionKind.TEXT -> TextControl(question, view, shell, "", KeyboardType.Text)
        QuestionKind.ATTACHMENT -> Said(words.notHere)
        QuestionKind.NOTE, QuestionKind.HIDDEN -> {}
        else -> TextControl(question, view, shell, words.written, KeyboardType.Text)
    }
}

internal fun tag(question: QuestionView, value: String) = "${question.reference}=$value"

@Composable
private fun ChoiceList(question: QuestionView, many: Boolean = false, onChoose: (String) -> Unit) {
    val chosen = question.value.split(' ').toSet()
    Options(question.choices.map { it.value to it.label }, chosen, many, question.reference, onChoose)
}

@Composable
private fun Options(
    options: List<Pair<String, String>>, chosen: Set<String>, many: Boolean, reference: String, onChoose: (String) -> Unit,
) = Column(if (many) Modifier else Modifier.selectableGroup(), verticalArrangement = Arrangement.spacedBy(8.dp)) {
    options.forEach { (value, label) ->
        Choice(label, value in chosen, many, "$reference=$value") { onChoose(value) }
    }
}

/** One choice: the whole row answers to a thumb, and says so to a screen reader. */
@Composable
internal fun Choice(label: String, chosen: Boolean, many: Boolean, tag: String, onClick: () -> Unit) {
    val touch = if (many) {
        Modifier.toggleable(chosen, role = Role.Checkbox) { onClick() }
    } else {
        Modifier.selectable(chosen, role = Role.RadioButton, onClick = onClick)
    }
    Surface(
        Modifier.fillMaxWidth().testTag(tag).then(touch),
        shape = RoundedCornerShape(12.dp),
        color = if (chosen) MaterialTheme.colorScheme.secondaryContainer else MaterialTheme.colorScheme.surface,
        border = BorderStroke(1.dp, MaterialTheme.colorScheme.outline),
    ) {
        Row(
            Modifier.heightIn(min = touchHeight).padding(horizontal = 16.dp, vertical = 8.dp),
            horizontalArrangement = Arrangement.spacedBy(12.dp),
            verticalAlignment = Alignment.CenterVertically,
        ) {
            if (many) Checkbox(chosen, null) else RadioButton(chosen, null)
            Text(label, Modifier.weight(1f), style = MaterialTheme.typography.bodyLarge)
        }
    }
}

/** Text goes to the core when the page is left, so that a word half typed is no answer. */
@Composable
private fun TextControl(question: QuestionView, view: InterviewView, shell: Shell, hint: String, keyboard: KeyboardType) {
    val refused = view.refused[question.reference]
    OutlinedTextField(
        view.typed[question.reference] ?: question.value,
        { shell.type(question.reference, it) },
        Modifier.fillMaxWidth().testTag(question.reference),
        isError = refused != null,
        supportingText = if (hint.isEmpty()) null else ({ Text(hint) }),
        keyboardOptions = discreet(keyboard),
    )
    if (refused != null) {
        // The form's own words where it has some: it knows what it wants.
        Problem(question.constraintMessage.ifEmpty { LocalWords.current.problem(refused) })
    }
}
