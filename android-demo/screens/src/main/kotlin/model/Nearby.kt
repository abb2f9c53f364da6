package org.wayside.app.model

import org.wayside.core.CarryRequest
import org.wayside.core.Transport
import org.wayside.core.WireResponse

/** The way between two phones in one Wi-Fi, or one in the hotspot of the other. It is never the relay's way, nor the relay's this. */
interface Nearby {
    /** Listens where phones of this network reach it, until it is shut. Throws an `IOException` where this phone is in none. */
    fun open(answer: (CarryRequest) -> WireResponse): Door

    /** A fresh way to a phone of this network for each sync. */
    fun transport(): Transport

    /** A text as what a camera reads; nothing where this phone draws none. */
    fun picture(text: String): Squares?
}

/** Where phones nearby knock. */
interface Door : AutoCloseable {
    /** As the other phone has to be told it: numbers, and after the colon the port. */
    val address: String
}

/** Dark and light squares, row after row, [width] of them in each. */
class Squares(val width: Int, private val dark: BooleanArray) {
    fun isDark(column: Int, row: Int) = dark[row * width + column]
}

/** A phone that carries, as its screen shows it. */
data class Neighbour(val address: String, val code: String) {
    /** What its picture says: nothing of what it is for. */
    override fun toString() = "$address $code"

    companion object {
        /** Of what a camera read; nothing where it is no such picture. */
        fun of(text: String): Neighbour? {
            val (address, code) = text.trim().split(' ').takeIf { it.size == 2 } ?: return null
            return Neighbour(address, code).takeIf { ':' in address && code.isNotEmpty() && code.all(Char::isLetterOrDigit) }
        }

        /** As a hand typed it: groups, capital letters and the digits of other scripts are all one. */
        fun typed(address: String, code: String) = Neighbour(plain(address), plain(code).lowercase())

        private fun plain(text: String) = text.filterNot(Char::isWhitespace).map { it.digitToIntOrNull()?.digitToChar() ?: it }.joinToString("")
    }
}
