package org.wayside.app.model

import org.wayside.core.AgeBasis
import org.wayside.core.AgeStatement
import org.wayside.core.CalendarSystem

/** The three ways in which an age is known. */
enum class AgeKind { YEAR, BETWEEN, UNKNOWN }

/** What a worker fills in at the age gate. No calendar is chosen beforehand: a guess would turn a child into an adult. */
data class AgeForm(
    val kind: AgeKind? = null,
    val year: String = "",
    val calendar: CalendarSystem? = null,
    val low: String = "",
    val high: String = "",
) {
    /** The statement for the core, once it is complete. Whether it is plausible the core says. */
    fun statement(): AgeStatement? = when (kind) {
        AgeKind.UNKNOWN -> AgeStatement.Unknown
        AgeKind.YEAR -> number(year)?.let { year ->
            calendar?.let { AgeStatement.Born(it, year, null, null, AgeBasis.STATEMENT) }
        }
        AgeKind.BETWEEN -> years(low)?.let { low -> years(high)?.let { AgeStatement.Between(low, it, AgeBasis.STATEMENT) } }
        null -> null
    }

    private fun years(text: String): UByte? = number(text)?.takeIf { it <= UByte.MAX_VALUE.toInt() }?.toUByte()
}
