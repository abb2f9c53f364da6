package org.wayside.app.ui

import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.material3.OutlinedTextField
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.text.input.KeyboardType
import org.wayside.app.model.InterviewView
import org.wayside.app.model.Shell
import org.wayside.app.model.choose
import org.wayside.app.model.toggle
import org.wayside.app.model.toggleSeen
import org.wayside.core.QuestionKind
import org.wayside.core.QuestionView

/**
 * The control of a question's kind. An appearance that it has no place for changes nothing, and a kind without a control
 * falls back to text: no question is ever hidden for its looks.
 */
@Composable
internal fun Control(question: QuestionView, view: InterviewView, busy: Boolean, shell: Shell) {
    val words = LocalWords.current.questions
    when (question.kind) {
        QuestionKind.SELECT_ONE -> ChoiceList(question, view, shell) { shell.ask { choose(question, it) } }
        QuestionKind.SELECT_MULTIPLE -> {
            Said(words.any)
            ChoiceList(question, view, shell, many = true) { shell.ask { toggle(question, it) } }
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
        QuestionKind.RANK -> RankControl(question, busy, shell)
        QuestionKind.SPAN -> SpanControl(question, view, shell)
        QuestionKind.INTEGER, QuestionKind.DECIMAL -> TextControl(question, view, shell, words.number, KeyboardType.Decimal)
        QuestionKind.DAY -> DayControl(question, view, shell)
        QuestionKind.TIME_OF_DAY -> TimeControl(question, view, shell)
        QuestionKind.MOMENT -> MomentControl(question, view, shell)
        QuestionKind.BARCODE -> BarcodeControl(question, view, busy, shell)
        QuestionKind.GEOPOINT -> PointControl(question, view, busy, shell)
        QuestionKind.GEOTRACE, QuestionKind.GEOSHAPE -> PointsControl(question, view, busy, shell)
        QuestionKind.ATTACHMENT -> AttachmentControl(question, busy, shell)
        QuestionKind.TEXT -> TextControl(question, view, shell, "", KeyboardType.Text)
        QuestionKind.NOTE, QuestionKind.HIDDEN -> {}
    }
}

internal fun tag(question: QuestionView, value: String) = "${question.reference}=$value"

/** Text goes to the core when the page is left, so that a word half typed is no answer. */
@Composable
internal fun TextControl(question: QuestionView, view: InterviewView, shell: Shell, hint: String, keyboard: KeyboardType) {
    OutlinedTextField(
        view.typed[question.reference] ?: question.value,
        { shell.type(question.reference, it) },
        Modifier.fillMaxWidth().testTag(question.reference),
        isError = question.reference in view.refused,
        supportingText = if (hint.isEmpty()) null else ({ Text(hint) }),
        keyboardOptions = discreet(keyboard),
    )
    Refused(question, view)
}

/** Why the core did not take what was filled in: in the form's own words where it has some, for it knows what it wants. */
@Composable
internal fun Refused(question: QuestionView, view: InterviewView) {
    val refused = view.refused[question.reference] ?: return
    Problem(question.constraintMessage.ifEmpty { LocalWords.current.problem(refused) })
}
