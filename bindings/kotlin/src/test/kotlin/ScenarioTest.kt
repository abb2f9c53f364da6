package org.wayside.core

import java.io.File
import kotlin.test.Test
import kotlin.test.assertFailsWith
import kotlin.test.assertTrue
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.TestFactory

/** Every scenario holds through the Kotlin package, and a wrong expectation is seen. */
class ScenarioTest {
    private val folder = File(Hq.environment("WAYSIDE_SCENARIOS"))
    private val files = folder.listFiles { file -> file.extension == "json" }.orEmpty().sorted()

    // Playing every file twice takes minutes: all of them with `cargo xtask scenarios --causes`, some with every run.
    private val some = if (System.getenv("WAYSIDE_CAUSES") != null) files else files.filterIndexed { at, _ -> at % 8 == 0 }

    private fun read(file: File) = Json.parseToJsonElement(file.readText()).jsonObject

    @TestFactory
    fun scenarios() = files.map { file ->
        DynamicTest.dynamicTest(file.nameWithoutExtension) { Player(read(file), folder).play() }
    }

    @TestFactory
    fun withoutItsCauseNoneHolds() = some.map { file ->
        DynamicTest.dynamicTest(file.nameWithoutExtension) {
            val red = runCatching { Player(withoutCause(read(file)), folder).play() }.exceptionOrNull()
            assertTrue(red is Differs || red is FieldException, "it holds without what it is about, or something else broke: $red")
        }
    }

    @Test
    fun thereAreScenarios() = assertTrue(files.size >= 69)

    @Test
    fun anotherRefusalIsSeen() {
        val scenario = read(File(folder, "gates-in-order.json"))
        val steps = scenario.getValue("steps").jsonArray.map { it.jsonObject }.map { step ->
            if ("refused" in step) JsonObject(step + ("refused" to JsonPrimitive("session.closed"))) else step
        }
        val error = assertFailsWith<Differs> { Player(JsonObject(scenario + ("steps" to JsonArray(steps))), folder).play() }
        assertTrue(error.message.orEmpty().startsWith("step"))
    }

    /** The same without the last step that was to be done, and not refused, before the last look: what it is about. */
    private fun withoutCause(scenario: JsonObject): JsonObject {
        val steps = scenario.getValue("steps").jsonArray.map { it.jsonObject }
        val lastLook = steps.indexOfLast { "expect" in it }
        val cause = steps.take(lastLook).indexOfLast { "expect" !in it && "refused" !in it }
        return JsonObject(scenario + ("steps" to JsonArray(steps.filterIndexed { index, _ -> index != cause })))
    }
}
