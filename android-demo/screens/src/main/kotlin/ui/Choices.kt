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
import androidx.compose.material3.RadioButton
import androidx.compose.material3.Slider
import androidx.compose.material3.Surface
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.text.input.KeyboardType
import androidx.compose.ui.unit.dp
import org.wayside.app.model.InterviewView
import org.wayside.app.model.Scale
import org.wayside.app.model.Shell
import org.wayside.app.model.move
import org.wayside.app.model.prompt
import org.wayside.app.model.ranked
import org.wayside.core.QuestionView

/** More choices than this are searched: nobody scrolls through the villages of a country. */
private const val MANY = 30

@Composable
internal fun ChoiceList(question: QuestionView, view: InterviewView, shell: Shell, many: Boolean = false, onChoose: (String) -> Unit) {
    val chosen = question.value.split(' ').toSet()
    val all = question.choices.map { it.value to it.label }
    val heard: Around = { value, row -> Heard(view.prompt(question, value), "${question.reference}=$value", shell, row) }
    if (all.size <= MANY) return Options(all, chosen, many, question.reference, heard, onChoose)
    val words = LocalWords.current.media
    var part by remember(question.reference) { mutableStateOf("") }
    Field(part, { part = it }, words.find, "", "${question.reference}?")
    val found = all.filter { (_, label) -> label.contains(part.trim(), ignoreCase = true) }
    // What is chosen stays in sight.
    val shown = (all.filter { it.first in chosen } + found.take(MANY)).distinct()
    Options(shown, chosen, many, question.reference, heard, onChoose)
    if (found.size > MANY) Said(words.moreChoices(found.size - MANY))
}

/** What stands around the row of a choice. */
internal typealias Around = @Composable (value: String, row: @Composable () -> Unit) -> Unit

@Composable
internal fun Options(
    options: List<Pair<String, String>>, chosen: Set<String>, many: Boolean, reference: String,
    around: Around = { _, row -> row() }, onChoose: (String) -> Unit,
) = Column(if (many) Modifier else Modifier.selectableGroup(), verticalArrangement = Arrangement.spacedBy(8.dp)) {
    options.forEach { (value, label) ->
        around(value) { Choice(label, value in chosen, many, "$reference=$value") { onChoose(value) } }
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

/** Buttons and no dragging: it works with a thumb, a switch and a screen reader alike. */
@Composable
internal fun RankControl(question: QuestionView, busy: Boolean, shell: Shell) {
    val words = LocalWords.current.media
    val order = ranked(question)
    val labels = question.choices.associate { it.value to it.label }
    order.forEachIndexed { index, value ->
        Column(verticalArrangement = Arrangement.spacedBy(4.dp)) {
            Said("${index + 1}.  ${labels[value] ?: value}")
            Beside {
                val half = Modifier.weight(1f)
                Other(words.up, "${question.reference}^$value", half, !busy && index > 0) { shell.ask { move(question, value, -1) } }
                Other(words.down, "${question.reference}v$value", half, !busy && index < order.lastIndex) {
                    shell.ask { move(question, value, 1) }
                }
            }
        }
    }
    // The order that is shown first is an answer only when somebody says so.
    Choice(words.order, question.value.isNotEmpty(), many = true, tag = tag(question, "order")) {
        shell.ask { move(question, order.first(), 0) }
    }
}

/** A slider, and buttons for each step. Bounds that give no scale leave a field for a number. */
@Composable
internal fun SpanControl(question: QuestionView, view: InterviewView, shell: Shell) {
    val words = LocalWords.current
    val scale = question.bounds?.let { Scale.of(it) }
        ?: return TextControl(question, view, shell, words.questions.number, KeyboardType.Decimal)
    val at = scale.indexOf(view.typed[question.reference] ?: question.value)
    fun give(index: Int) = shell.type(question.reference, scale.text(index.coerceIn(0, scale.steps)))
    Large(at?.let(scale::text) ?: "–")
    Slider(
        at?.toFloat() ?: 0f,
        { give(kotlin.math.round(it).toInt()) },
        Modifier.fillMaxWidth().heightIn(min = touchHeight).testTag(question.reference),
        valueRange = 0f..scale.steps.toFloat(),
        steps = (scale.steps - 1).coerceIn(0, 100),
    )
    Beside {
        val half = Modifier.weight(1f)
        Other(words.media.less, "${question.reference}-", half, at != 0) { give((at ?: 1) - 1) }
        Other(words.media.more, "${question.reference}+", half, at != scale.steps) { give((at ?: -1) + 1) }
    }
    Refused(question, view)
}
