package org.wayside.core

import java.io.File
import kotlin.io.path.createTempDirectory
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.int
import kotlinx.serialization.json.jsonPrimitive

/** A worker with every training and no office. */
private const val ROLE = "interviewer trained specialist child_protection"

/** Staff codes of the two who order a wipe together. Their passphrases are the desk's. */
private val OFFICERS = listOf("ko-1", "ko-2")

/** HQ as a person has it: the program `wayside`, called as a process, with the relay and desk started for these tests. */
object Hq {
    private val program = environment("WAYSIDE_BIN")
    private val desk = listOf("--dir", environment("WAYSIDE_DESK_DIR"), "--pin-file", environment("WAYSIDE_DESK_PIN_FILE"))

    init {
        val scenarios = File(environment("WAYSIDE_SCENARIOS"))
        desk("hand-out", "services", File(scenarios, "demo/services.json").path)
        for (form in listOf("forms/household.xml", "forms/shelters.xml")) {
            desk("hand-out", "form", File(scenarios, form).path)
        }
    }

    fun environment(name: String): String = System.getenv(name) ?: error("$name is not set: run `cargo xtask test`")

    /** Runs `wayside desk …` and reads its JSON. */
    fun desk(vararg arguments: String): JsonElement {
        val command = listOf(program, "--json", "desk") + desk + arguments
        val process = ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start()
        val text = process.inputStream.readAllBytes().decodeToString()
        check(process.waitFor() == 0) { "wayside desk ${arguments.first()} failed" }
        return Json.parseToJsonElement(text)
    }

    /** Takes a bundle in and gives back one with what is for its devices. */
    fun answerBundle(bundle: ByteArray): ByteArray {
        val folder = createTempDirectory("wayside").toFile()
        try {
            val came = File(folder, "came").apply { writeBytes(bundle) }
            val goes = File(folder, "goes")
            val taken = desk("bundle", "import", came.path).jsonObject
            val devices = taken.getValue("devices").jsonArray.map { it.jsonPrimitive.content }
            desk("bundle", "export", "--out", goes.path, *devices.toTypedArray())
            return goes.readBytes()
        } finally {
            folder.deleteRecursively()
        }
    }

    /** Hands a file out to one device as a trial, changed at some places, and without the desk's own checks. */
    fun handOut(
        what: String, file: File, changes: List<Pair<JsonArray, JsonElement>>, device: String, said: List<String> = emptyList(),
    ) {
        val folder = createTempDirectory("wayside").toFile()
        try {
            var path = file
            if (changes.isNotEmpty()) {
                path = File(folder, "changed.json")
                val document = Json.parseToJsonElement(file.readText())
                path.writeText(changes.fold(document) { held, (place, value) -> changed(held, place, value) }.toString())
            }
            // The sound beside the file goes along; with a changed one it does not, for the device has it.
            desk("hand-out", what, path.path, "--device", device, "--unchecked", *said.toTypedArray())
        } finally {
            folder.deleteRecursively()
        }
    }

    /** A document with another value at a place; null takes out what is there. */
    private fun changed(document: JsonElement, place: List<JsonElement>, value: JsonElement): JsonElement {
        if (place.isEmpty()) return value
        val (step, rest) = place.first().jsonPrimitive to place.drop(1)
        return when {
            document is JsonObject && rest.isEmpty() && value is JsonNull -> JsonObject(document - step.content)
            document is JsonObject -> JsonObject(document + (step.content to changed(document[step.content] ?: JsonNull, rest, value)))
            document is JsonArray -> JsonArray(document.mapIndexed { at, one -> if (at == step.int) changed(one, rest, value) else one })
            else -> document
        }
    }

    /** A fresh record, as its QR code would carry it. */
    fun enrolmentRecord(role: String? = null): String {
        val folder = createTempDirectory("wayside").toFile()
        try {
            val file = File(folder, "record")
            desk("enrol", "--role", role ?: ROLE, "--site", "SITE-1", "--worker", "W1", "--out", file.path)
            return file.readText().trim()
        } finally {
            folder.deleteRecursively()
        }
    }

    /** What a person does after comparing the words. */
    fun confirm(device: String) {
        desk("pull")
        desk("devices", "confirm", device)
    }

    /** Asks for a device to be wiped, and lets so many officers sign. They get their slots with the first order. */
    fun wipe(device: String, signatures: Int) {
        val slot = arrayOf("--slot-pin-file", environment("WAYSIDE_DESK_PIN_FILE"))
        if (desk("people", "list").jsonArray.isEmpty()) {
            for (officer in OFFICERS) desk("people", "add", officer, "--role", "key-officer", "--kdf", "floor", *slot)
        }
        val number = desk("wipe", "ask", device).jsonObject.getValue("order").toString()
        for (officer in OFFICERS.take(signatures)) {
            desk("wipe", "approve", device, "--order", number, "--as", officer, *slot)
        }
    }
}
