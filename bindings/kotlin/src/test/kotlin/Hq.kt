package org.wayside.core

import java.io.File
import kotlin.io.path.createTempDirectory
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive

/** A worker with every training and no office. */
private const val ROLE = "interviewer trained specialist child_protection"

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
}
