package org.wayside.app.model

import org.wayside.core.CalendarSystem
import org.wayside.core.gregorianDay

/** A day as it is typed, in the calendar it was said in. */
data class DayForm(val calendar: CalendarSystem, val year: String = "", val month: String = "", val day: String = "") {
    val isBlank get() = year.isBlank() && month.isBlank() && day.isBlank()
    val isComplete get() = listOf(year, month, day).none(String::isBlank)

    /** The Gregorian day, as the form's instance holds it; nothing while it is not complete, or there is no such day. */
    fun gregorian(): String? {
        val (year, month, day) = listOf(year, month, day).map { number(it) ?: return null }
        if (month !in 1..13 || day !in 1..31) return null
        return gregorianDay(calendar, year, month.toUByte(), day.toUByte())
    }

    companion object {
        /** Of an answer; a form may wish for a calendar, but a day that is there is shown as the instance holds it. */
        fun of(value: String, wished: CalendarSystem): DayForm {
            val parts = value.substringBefore('T').split('-')
            return if (parts.size == 3) DayForm(CalendarSystem.GREGORIAN, parts[0], parts[1], parts[2]) else DayForm(wished)
        }
    }
}

/** The calendar that a form wishes for by its appearance. */
fun wishedCalendar(appearance: List<String>): CalendarSystem = when {
    appearance.any { it == "ethiopian" || it == "coptic" } -> CalendarSystem.ETHIOPIAN
    "persian" in appearance -> CalendarSystem.SOLAR_HIJRI
    "islamic" in appearance -> CalendarSystem.LUNAR_HIJRI
    else -> CalendarSystem.GREGORIAN
}

/** Also in the digits of other scripts, as a keyboard of the phone may give them. */
fun number(text: String): Int? = text.map { it.digitToIntOrNull() ?: return null }
    .takeIf { it.size in 1..6 }?.fold(0) { number, digit -> number * 10 + digit }

/** A time of day as it is typed. */
data class TimeForm(val hour: String = "", val minute: String = "") {
    val isBlank get() = hour.isBlank() && minute.isBlank()

    /** As the form's instance holds it, with the offset of where the phone is. */
    fun time(offsetMinutes: Int): String? {
        val hour = number(hour)?.takeIf { it < 24 } ?: return null
        val minute = number(minute)?.takeIf { it < 60 } ?: return null
        val sign = if (offsetMinutes < 0) '-' else '+'
        val (hours, minutes) = kotlin.math.abs(offsetMinutes).let { it / 60 to it % 60 }
        return "${two(hour)}:${two(minute)}:00.000$sign${two(hours)}:${two(minutes)}"
    }

    private fun two(number: Int) = number.toString().padStart(2, '0')

    companion object {
        fun of(value: String): TimeForm {
            val parts = value.substringAfter('T').split(':')
            return if (':' in value && parts.size >= 2) TimeForm(parts[0], parts[1].take(2)) else TimeForm()
        }
    }
}
