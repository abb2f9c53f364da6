package org.wayside.app

import java.io.File
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
import org.wayside.core.Hq

class WordsTest {
    @Test
    fun aCodeFindsItsSentenceItsFamilysOrTheLast() {
        val words = Words.of("en-GB")
        assertTrue(words.problem(Problem("age.implausible")).startsWith("This age cannot be right."))
        assertTrue(words.problem(Problem("storage.io")).startsWith("The phone could not save."))
        assertTrue(words.problem(Problem("new.one")).endsWith("Tell your office the code. [new.one]"))
        assertTrue("(30 s)" in words.problem(Problem("vault.wait", 30)))
    }

    /** What a worker can meet must not end in the last sentence, which only says that something went wrong. */
    @Test
    fun everyCodeThatAHostCanCauseHasWordsInEachLanguage() {
        val scenarios = File(Hq.environment("WAYSIDE_SCENARIOS"))
        val codes = Regex("(?m)^\\| `([a-z._]+)` \\|").findAll(File(scenarios, "../../docs/errors.md").readText()).map { it.groupValues[1] }.toList()
        val unreached = Regex("\"([a-z._]+)\":").findAll(File(scenarios, "../unreached.json").readText()).map { it.groupValues[1] }.toSet()
        assertTrue(codes.size > 100 && unreached.size > 50)
        for (words in Words.all) {
            fun hasWords(code: String) = words.problem(Problem(code)).substringBefore(" [") != words.problem(Problem("new.one")).substringBefore(" [")
            assertFalse(hasWords("new.two"))
            assertEquals(emptyList(), codes.filterNot { it in unreached || hasWords(it) }, words.tag)
            for (code in listOf("carry.stranger", "carry.full", "carry.foreign", "carry.gap")) assertTrue(hasWords(code), "${words.tag} $code")
        }
    }

    @Test
    fun betweenTwoPhonesItIsNotTheOfficeThatDoesNotAnswer() {
        for (words in Words.all) for (code in listOf("sync.no_path", "sync.timeout", "sync.impostor", "sync.transient", "carry.full")) {
            val said = words.nearby(Problem(code))
            assertTrue(said != words.problem(Problem(code)) && said.endsWith("[$code]"), "${words.tag} $code")
        }
        Words.of("en").run { assertEquals(problem(Problem("carry.stranger")), nearby(Problem("carry.stranger"))) }
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
