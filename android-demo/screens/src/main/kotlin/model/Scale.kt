package org.wayside.app.model

import java.math.BigDecimal
import org.wayside.core.Bounds

/** The values of a range, which are exact: a step of 0.1 never becomes 0.30000000000000004. */
class Scale private constructor(private val start: BigDecimal, private val step: BigDecimal, /** How many lie behind the first. */ val steps: Int) {
    fun text(index: Int): String = (start + step * index.toBigDecimal()).stripTrailingZeros().toPlainString()

    /** Where a value stands; nothing for one that is on no step. */
    fun indexOf(text: String): Int? {
        val value = text.toBigDecimalOrNull() ?: return null
        return (0..steps).firstOrNull { (start + step * it.toBigDecimal()).compareTo(value) == 0 }
    }

    companion object {
        /** More steps than a thumb can tell apart. */
        private val MOST = 1_000.toBigDecimal()

        /** Nothing where the bounds give no steps, or too many. */
        fun of(bounds: Bounds): Scale? {
            val (start, end, step) = listOf(bounds.start, bounds.end, bounds.step).map { it.toString().toBigDecimalOrNull() ?: return null }
            if (step.signum() == 0) return null
            val signed = if (end < start) -step.abs() else step.abs()
            val steps = (end - start).divideToIntegralValue(signed)
            return if (steps < 1.toBigDecimal() || steps > MOST) null else Scale(start, signed, steps.toInt())
        }
    }
}
