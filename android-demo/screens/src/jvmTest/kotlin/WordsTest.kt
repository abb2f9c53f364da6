package org.wayside.app

import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertNull
import kotlin.test.assertTrue
import org.wayside.app.model.AgeForm
import org.wayside.app.model.AgeKind
import org.wayside.app.model.Problem
import org.wayside.app.model.Words
import org.wayside.app.model.isRightToLeft
import org.wayside.app.model.languageTag
import org.wayside.core.AgeBasis
import org.wayside.core.AgeStatement
import org.wayside.core.CalendarSystem

class WordsTest {
    @Test
    fun aCodeFindsItsSentenceItsFamilysOrTheLast() {
        val words = Words.of("en-GB")
        assertTrue(words.problem(Problem("age.implausible")).startsWith("This age cannot be right."))
        assertTrue(words.problem(Problem("storage.io")).startsWith("The phone could not save."))
        assertTrue(words.problem(Problem("new.one")).endsWith("Tell your office the code. [new.one]"))
        assertTrue("(30 s)" in words.problem(Problem("vault.wait", 30)))
    }

    @Test
    fun theLanguageOfAnInterviewDecidesWordsAndDirection() {
        assertEquals("fr", languageTag("Français (fr)"))
        assertEquals("en", languageTag("en"))
        assertEquals("Oui", Words.of("fr").common.yes)
        assertEquals("en", Words.of("am").tag)
        assertTrue(isRightToLeft("ar-SD"))
        assertFalse(isRightToLeft("am"))
    }

    @Test
    fun anAgeIsCompleteOnlyWithItsCalendar() {
        val year = AgeForm(AgeKind.YEAR, year = "١٩٩٤")
        assertNull(AgeForm().statement())
        assertNull(year.statement())
        assertEquals(
            AgeStatement.Born(CalendarSystem.GREGORIAN, 1994, null, null, AgeBasis.STATEMENT),
            year.copy(calendar = CalendarSystem.GREGORIAN).statement(),
        )
        assertNull(AgeForm(AgeKind.BETWEEN, low = "30").statement())
        assertNull(AgeForm(AgeKind.BETWEEN, low = "30", high = "300").statement())
        assertEquals(AgeStatement.Unknown, AgeForm(AgeKind.UNKNOWN).statement())
    }
}
