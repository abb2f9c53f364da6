package org.wayside.app

import androidx.compose.ui.geometry.Offset
import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.onAllNodesWithTag
import androidx.compose.ui.test.onAllNodesWithText
import androidx.compose.ui.test.performScrollTo
import androidx.compose.ui.test.performTextInput
import androidx.compose.ui.test.performTouchInput
import java.io.File
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertIs
import kotlin.test.assertTrue
import org.wayside.app.model.CaptureKind
import org.wayside.app.model.Captured
import org.wayside.app.model.Drawing
import org.wayside.app.model.Screen
import org.wayside.app.model.Senses
import org.wayside.app.model.Step
import org.wayside.app.model.forward
import org.wayside.app.model.lock
import org.wayside.app.model.sync
import org.wayside.core.AnswerState
import org.wayside.core.Hq
import org.wayside.core.QuestionKind

/** Bytes that lie nowhere but where the app puts them. */
private const val MARK = "the river bends twice before the mill"

/** Senses that give real bytes, in pieces as a camera does. */
private object TestSenses : Senses {
    override val kinds = CaptureKind.entries.toSet()

    override suspend fun capture(kind: CaptureKind, type: String): Captured {
        val pieces = List(3) { "$MARK $kind $it. ".repeat(50).encodeToByteArray() }.iterator()
        return Captured("bin") { if (pieces.hasNext()) pieces.next() else null }
    }

    override suspend fun scan() = "4006381333931"

    override suspend fun position() = "13.4967 39.4753 2084 5"

    override fun png(drawing: Drawing) = Png.of(drawing)
}

/** A form with every control, played by taps on the real core: whatever it wishes for its looks, no question is missing. */
@OptIn(ExperimentalTestApi::class)
class ControlsTest {
    private fun field(test: (Field) -> Unit) {
        Hq.desk("hand-out", "form", File(Hq.environment("WAYSIDE_SCENARIOS"), "forms/controls.xml").path)
        Field(senses = TestSenses).use { it.enrolReady(); test(it) }
    }

    private fun Phone.type(tag: String, text: String) = await(tag).performScrollTo().performTextInput(text)

    private fun Phone.day(name: String, year: Int, month: Int, day: Int?) {
        type("/data/$name#year", "$year")
        type("/data/$name#month", "$month")
        if (day != null) type("/data/$name#day", "$day")
    }

    /** What is done on the page of each question, and what the instance holds then. */
    private val plays: Map<String, Phone.() -> String?> = mapOf(
        "words" to { type("/data/words", "plain words"); "plain words" },
        "odd" to { type("/data/odd", "still here"); "still here" },
        "whole" to { type("/data/whole", "12"); "12" },
        "part" to { type("/data/part", "2.5"); "2.5" },
        "day" to { day("day", 2026, 3, 31); "2026-03-31" },
        // The same day in three calendars: the first of Meskerem 1998, 20 Shahrivar 1384, 7 Sha'ban 1426.
        "day_ethiopian" to { day("day_ethiopian", 1998, 1, 1); "2005-09-11" },
        "day_solar" to { day("day_solar", 1384, 6, 20); "2005-09-11" },
        "day_lunar" to { day("day_lunar", 1426, 8, 7); "2005-09-11" },
        "month" to { day("month", 2026, 3, null); "2026-03-01" },
        "hour" to { type("/data/hour#hour", "9"); type("/data/hour#minute", "05"); "09:05:00.000+00:00" },
        "moment" to {
            day("moment", 2026, 3, 31)
            type("/data/moment#hour", "23")
            type("/data/moment#minute", "59")
            "2026-03-31T23:59:00.000+00:00"
        },
        "one" to { tap("/data/one=b"); "b" },
        "one_minimal" to { tap("/data/one_minimal=c"); "c" },
        "many" to { tap("/data/many=c"); tap("/data/many=a"); "a c" },
        "village" to {
            assertTrue(ui.onAllNodesWithTag("/data/village=v57").fetchSemanticsNodes().isEmpty(), "sixty are searched")
            type("/data/village?", "57")
            tap("/data/village=v57")
            "v57"
        },
        "rank" to { tap("/data/rank^c"); "a c b" },
        "range" to { tap("/data/range+"); tap("/data/range+"); "2" },
        "fine" to { tap("/data/fine+"); tap("/data/fine+"); "2" },
        "seen" to { tap("/data/seen=OK"); "OK" },
        "note" to { await("next"); null },
        "code" to { tap("/data/code=scan"); "4006381333931" },
        "place" to { tap("/data/place=position"); "13.4967 39.4753 2084 5" },
        "way" to { repeat(2) { tap("/data/way=position") }; List(2) { "13.4967 39.4753 2084 5" }.joinToString(";") },
        "field" to { repeat(3) { tap("/data/field=position") }; List(4) { "13.4967 39.4753 2084 5" }.joinToString(";") },
        "picture" to { tap("/data/picture=picture"); kept("picture") },
        "sound" to { tap("/data/sound=sound"); kept("sound") },
        "film" to { tap("/data/film=film"); kept("film") },
        "file" to { tap("/data/file=file"); kept("file") },
        "signature" to {
            await("/data/signature").performScrollTo().performTouchInput {
                down(Offset(width * 0.2f, height * 0.5f))
                repeat(8) { moveBy(Offset(width * 0.07f, if (it % 2 == 0) -height * 0.1f else height * 0.1f)) }
                up()
            }
            tap("/data/signature=keep")
            kept("signature")
        },
    )

    private fun Phone.kept(name: String): String? {
        await("/data/$name=remove")
        return null
    }

    @Test
    fun everyControlTakesItsAnswerAndNothingCapturedLiesInAFile() = field { field ->
        onPhone(field) {
            field.start("controls")
            field.openGates()
            val asked = mutableListOf<String>()
            val files = mutableListOf<String>()
            while (true) {
                val page = field.view.step as? Step.Questions ?: break
                val question = page.questions.firstOrNull() ?: break
                val name = question.reference.substringAfterLast('/')
                ui.waitUntil("$name is shown", 30_000) {
                    ui.onAllNodesWithText(question.label, substring = true).fetchSemanticsNodes().isNotEmpty()
                }
                val play = plays[name] ?: break
                val expected = play()
                asked += name
                picture("control-$name")
                assertEquals(emptyList(), cut(), name)
                assertEquals(emptyList(), tooSmall(), name)
                val at = field.view.position
                tap("next")
                ui.waitUntil("$name is left: ${field.problem} ${field.view.refused}", 30_000) { field.view.position != at }
                tap("back")
                ui.waitUntil("$name again", 30_000) { field.view.position == at }
                val held = field.question(question.reference)
                if (expected != null) assertEquals(expected, held.value, name)
                if (held.kind == QuestionKind.ATTACHMENT) files += held.value
                tap("next")
                ui.waitUntil("behind $name", 30_000) { field.view.position != at }
            }
            assertEquals(plays.keys.toList(), asked)
            assertEquals(5, files.distinct().size)

            // A repeat: added, filled, reached at once, and taken out.
            for (number in 1..2) {
                tap("/data/thing+")
                ui.waitUntil("instance $number", 30_000) { field.isAt(number) || field.count() == number }
                if (!field.isAt(number)) tap("/data/thing@$number")
                type("/data/thing[$number]/name", "lamp")
                tap("next")
                ui.waitUntil("behind instance $number", 30_000) { field.count() == number }
            }
            picture("control-repeat")
            tap("/data/thing@1")
            ui.waitUntil("the first again", 30_000) { field.isAt(1) }
            assertEquals("lamp", field.question("/data/thing[1]/name").value)
            while (field.count() == null) field.ask { forward() }
            tap("/data/thing-")
            ui.waitUntil("one is left", 30_000) { field.count() == 1 }
            while (field.view.step is Step.Questions) field.ask { forward() }

            assertEquals(emptyList(), holding(field.folder), "while it is a draft")
            val planted = File(field.folder, "vaults/gallery.jpg").apply { writeText("x$MARK") }
            assertEquals(listOf(planted), holding(field.folder), "the search finds what is there")
            planted.delete()
            field.ask { finish() }
            assertIs<Step.Finished>(field.view.step, field.problem.orEmpty())
            assertEquals(emptyList(), holding(field.folder), "once it is sealed")
            field.queue()
            field.wait(field.shell.sync())
            // The files go beside the record.
            val status = assertIs<Screen.Queue>(field.screen).status
            assertEquals(0u, status.waiting)
            assertTrue(status.handedOver > 0u)
            field.wait(field.shell.lock())
            assertEquals(emptyList(), holding(field.folder), "when it is locked")
        }
    }

    /** Whether the page of this instance is shown. */
    private fun Field.isAt(number: Int) = names() == listOf("/data/thing[$number]/name")

    /** How many there are, where the page says so. */
    private fun Field.count(): Int? = (view.step as? Step.Questions)?.repeats?.singleOrNull()?.count?.toInt()

    /** Files that hold the bytes as they were captured. */
    private fun holding(folder: File): List<File> =
        folder.walk().filter { it.isFile && MARK in it.readBytes().toString(Charsets.ISO_8859_1) }.toList()

    @Test
    fun aPhoneThatCanCaptureNothingStillAsks() {
        Hq.desk("hand-out", "form", File(Hq.environment("WAYSIDE_SCENARIOS"), "forms/controls.xml").path)
        Field().use { field ->
            field.enrolReady()
            field.start("controls")
            field.openGates()
            onPhone(field) {
                while ("/data/sound" !in field.names()) {
                    val at = field.view.position
                    tap("next")
                    ui.waitUntil("on", 30_000) { field.view.position != at }
                }
                tap("/data/sound=declined")
                ui.waitUntil("noted", 30_000) { field.question("/data/sound").state == AnswerState.DECLINED }
                assertFalse(ui.onAllNodesWithTag("/data/sound=sound").fetchSemanticsNodes().isNotEmpty())
            }
        }
    }
}
