package org.wayside.app.ui

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.selection.selectableGroup
import androidx.compose.material3.OutlinedTextField
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.text.input.KeyboardType
import androidx.compose.ui.unit.dp
import org.wayside.app.model.AgeForm
import org.wayside.app.model.AgeKind
import org.wayside.core.CalendarSystem

/** What is known of the age, in the calendar it was said in. Whether somebody is a child is the core's to say. */
@Composable
internal fun AgeStep(form: AgeForm, refused: Boolean, onChange: (AgeForm) -> Unit) {
    val words = LocalWords.current.age
    Large(words.ask)
    if (refused) Problem(words.unknownMeans)
    val kinds = listOf(AgeKind.YEAR to words.year, AgeKind.BETWEEN to words.between, AgeKind.UNKNOWN to words.unknown)
    Choices(kinds, form.kind, "age") { onChange(form.copy(kind = it)) }
    when (form.kind) {
        AgeKind.YEAR -> {
            NumberField(form.year, words.yearLabel, "year") { onChange(form.copy(year = it)) }
            Heading(words.calendar)
            val calendars = listOf(
                CalendarSystem.GREGORIAN to words.gregorian,
                CalendarSystem.ETHIOPIAN to words.ethiopian,
                CalendarSystem.SOLAR_HIJRI to words.solarHijri,
                CalendarSystem.LUNAR_HIJRI to words.lunarHijri,
            )
            Choices(calendars, form.calendar, "calendar") { onChange(form.copy(calendar = it)) }
        }
        AgeKind.BETWEEN -> {
            NumberField(form.low, words.youngest, "low") { onChange(form.copy(low = it)) }
            NumberField(form.high, words.oldest, "high") { onChange(form.copy(high = it)) }
        }
        AgeKind.UNKNOWN -> Said(words.unknownMeans)
        null -> {}
    }
}

@Composable
private fun <T : Enum<T>> Choices(options: List<Pair<T, String>>, chosen: T?, tag: String, onChoose: (T) -> Unit) =
    Column(Modifier.selectableGroup(), verticalArrangement = Arrangement.spacedBy(8.dp)) {
        options.forEach { (value, label) ->
            Choice(label, value == chosen, many = false, tag = "$tag-${value.name.lowercase()}") { onChoose(value) }
        }
    }

@Composable
internal fun NumberField(value: String, label: String, tag: String, onChange: (String) -> Unit) = OutlinedTextField(
    value, { text -> onChange(text.filter(Char::isDigit).take(4)) },
    Modifier.fillMaxWidth().testTag(tag),
    label = { Text(label) },
    keyboardOptions = discreet(KeyboardType.Number),
    singleLine = true,
)
