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

    private fun read(file: File) = Json.parseToJsonElement(file.readText()).jsonObject

    @TestFactory
    fun scenarios() = files.map { file ->
        DynamicTest.dynamicTest(file.nameWithoutExtension) { Player(read(file), folder).play() }
    }

    @Test
    fun thereAreScenarios() = assertTrue(files.size >= 20)

    @Test
    fun aMissingCauseIsSeen() = altered { steps -> steps.filterIndexed { index, _ -> index != steps.size - 2 } }

    @Test
    fun anotherRefusalIsSeen() = altered { steps ->
        steps.map { step -> if ("refused" in step) JsonObject(step + ("refused" to JsonPrimitive("session.closed"))) else step }
    }

    private fun altered(change: (List<JsonObject>) -> List<JsonObject>) {
        val scenario = read(File(folder, "gates-in-order.json"))
        val steps = change(scenario.getValue("steps").jsonArray.map { it.jsonObject })
        val error = assertFailsWith<Differs> { Player(JsonObject(scenario + ("steps" to JsonArray(steps))), folder).play() }
        assertTrue(error.message.orEmpty().startsWith("step"))
    }
}
