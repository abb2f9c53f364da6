package org.wayside.app.ui

import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.material3.OutlinedTextField
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.text.input.KeyboardType
import org.wayside.app.model.DayForm
import org.wayside.app.model.InterviewView
import org.wayside.app.model.Shell
import org.wayside.app.model.TimeForm
import org.wayside.app.model.looks
import org.wayside.app.model.wishedCalendar
import org.wayside.core.CalendarSystem
import org.wayside.core.QuestionView

/**
 * A day in the calendar it is said in; the instance holds the Gregorian one, which is shown. Begun anew, as the controls below,
 * once it is declined, or open again: what is no answer any more is not shown.
 */
@Composable
internal fun DayControl(question: QuestionView, view: InterviewView, shell: Shell) {
    var form by remember(question.reference, question.state) { mutableStateOf(DayForm.of(given(question, view), wishedCalendar(looks(question)))) }
    DayFields(form, question) {
        form = it
        shell.type(question.reference, if (it.isBlank) "" else it.gregorian() ?: NONE)
    }
    Refused(question, view)
}

/** Stands for a day that is begun and is none: the core refuses it, and the worker sees where. */
private const val NONE = "?"

private fun given(question: QuestionView, view: InterviewView) = view.typed[question.reference] ?: question.value

@Composable
private fun DayFields(form: DayForm, question: QuestionView, onChange: (DayForm) -> Unit) {
    val words = LocalWords.current
    val age = words.age
    val looks = looks(question)
    val calendars = listOf(
        CalendarSystem.GREGORIAN to age.gregorian, CalendarSystem.ETHIOPIAN to age.ethiopian,
        CalendarSystem.SOLAR_HIJRI to age.solarHijri, CalendarSystem.LUNAR_HIJRI to age.lunarHijri,
    )
    var open by remember(question.reference) { mutableStateOf(false) }
    // Folded away: most days of a form are said in one calendar.
    Small(calendars.first { it.first == form.calendar }.second, "${question.reference}#calendar") { open = !open }
    if (open) {
        Pick(calendars, form.calendar, "${question.reference}#") {
            open = false
            onChange(form.copy(calendar = it))
        }
    }
    // A form that asks for less than a day gets the first one of it.
    val asksMonth = "year" !in looks
    val asksDay = asksMonth && "month-year" !in looks
    fun change(next: DayForm) = onChange(
        next.copy(month = if (asksMonth || next.year.isBlank()) next.month else "1", day = if (asksDay || next.year.isBlank()) next.day else "1"),
    )
    Beside {
        val part = Modifier.weight(1f)
        Number(form.year, words.media.year, "${question.reference}#year", part) { change(form.copy(year = it)) }
        if (asksMonth) Number(form.month, words.media.month, "${question.reference}#month", part) { change(form.copy(month = it)) }
        if (asksDay) Number(form.day, words.media.day, "${question.reference}#day", part) { change(form.copy(day = it)) }
    }
    if (!form.isComplete) return
    val gregorian = form.gregorian()
    if (gregorian == null) {
        Problem(words.media.noSuchDay)
    } else if (form.calendar != CalendarSystem.GREGORIAN) {
        Said(words.media.inGregorian(gregorian))
    }
}

@Composable
internal fun TimeControl(question: QuestionView, view: InterviewView, shell: Shell) {
    var form by remember(question.reference, question.state) { mutableStateOf(TimeForm.of(given(question, view))) }
    TimeFields(form, question) {
        form = it
        shell.type(question.reference, if (it.isBlank) "" else it.time(shell.host.offsetMinutes()) ?: NONE)
    }
    Refused(question, view)
}

@Composable
private fun TimeFields(form: TimeForm, question: QuestionView, onChange: (TimeForm) -> Unit) {
    val words = LocalWords.current.media
    Beside {
        val half = Modifier.weight(1f)
        Number(form.hour, words.hour, "${question.reference}#hour", half) { onChange(form.copy(hour = it)) }
        Number(form.minute, words.minute, "${question.reference}#minute", half) { onChange(form.copy(minute = it)) }
    }
}

/** A day and a time, of which neither is an answer without the other. */
@Composable
internal fun MomentControl(question: QuestionView, view: InterviewView, shell: Shell) {
    var day by remember(question.reference, question.state) { mutableStateOf(DayForm.of(given(question, view), wishedCalendar(looks(question)))) }
    var time by remember(question.reference, question.state) { mutableStateOf(TimeForm.of(given(question, view))) }
    fun give() {
        val whole = day.gregorian()?.let { date -> time.time(shell.host.offsetMinutes())?.let { "${date}T$it" } }
        shell.type(question.reference, if (day.isBlank && time.isBlank) "" else whole ?: NONE)
    }
    DayFields(day, question) { day = it; give() }
    TimeFields(time, question) { time = it; give() }
    Refused(question, view)
}

@Composable
private fun Number(value: String, label: String, tag: String, modifier: Modifier, onChange: (String) -> Unit) = OutlinedTextField(
    value, { text -> onChange(text.filter(Char::isDigit).take(4)) },
    modifier.fillMaxWidth().testTag(tag),
    label = { Text(label) },
    keyboardOptions = discreet(KeyboardType.Number),
    singleLine = true,
)
