package org.wayside.core

import java.io.File
import kotlin.experimental.xor
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.booleanOrNull
import kotlinx.serialization.json.jsonPrimitive

private const val OURS = "application/vnd.wayside.v1+cbor"

/** What goes wrong on a phone: links that are not the relay's, a silent key store, files that go, a second enrolment. */
object Mishaps {
    fun transport(link: String): Transport = when (link) {
        "relay", "cancelled" -> Http()
        "tampered" -> Tampered()
        "lying" -> Lying()
        else -> Page(link)
    }

    fun token(link: String) = CancelToken().also { if (link == "cancelled") it.cancel() }

    fun keys(withWhat: String, ofTheDevice: KeyStore): KeyStore = when (withWhat) {
        "lost_key" -> MemoryKeys()
        "no_answer" -> SilentKeys { KeyStoreException.Unavailable() }
        "prompt_cancelled" -> SilentKeys { KeyStoreException.UserCancelled() }
        else -> ofTheDevice
    }

    /** Whether the step was one of this kind; it is done then. */
    fun apply(device: Device, kind: String, step: JsonObject, scenarios: File): Boolean {
        if (kind == "enrol") {
            enrol(device, step, scenarios)
            return true
        }
        if (kind !in listOf("lose", "block", "unblock")) return false
        val file = File(device.directory, step.text(kind))
        val aside = File(file.path + ".aside")
        when (kind) {
            "lose" -> check(file.delete())
            // A folder in a file's place makes every write of it fail, and the file itself is kept.
            "block" -> check(file.renameTo(aside) && file.mkdir())
            "unblock" -> check(file.delete() && aside.renameTo(file))
        }
        return true
    }

    private fun enrol(device: Device, step: JsonObject, scenarios: File) {
        val record = when (val which = step.text("enrol")) {
            "fresh" -> Hq.enrolmentRecord()
            "used" -> device.record
            else -> File(scenarios, which).readText()
        }
        val here = step["here"]?.jsonPrimitive?.booleanOrNull ?: false
        val directory = if (here) device.directory else File(device.directory).resolveSibling("another").path
        val secret = step["secret"]?.jsonPrimitive?.content ?: SECRET
        val link = transport(step["over"]?.jsonPrimitive?.content ?: "relay")
        Vault.enrol(EnrolOptions(directory, record), secret, device.keys, link).use { it.lock() }
    }
}

/** Something that is not the relay: a page with this status, or nothing at all. */
private class Page(private val link: String) : Transport {
    private val status = mapOf("portal" to 200, "not_found" to 404, "down" to 503, "odd" to 520, "garbled" to 200)[link]

    override fun exchange(request: WireRequest): WireResponse {
        val status = status ?: throw if (link == "slow") TransportException.Timeout() else TransportException.NoPath()
        val kind = if (link == "garbled") OURS else "text/html"
        return WireResponse(status.toUShort(), kind, null, "<p>ok</p>".encodeToByteArray())
    }

    override fun abort() = Unit
}

/** The real relay, but what it says of what it took is made up. */
private class Lying : Transport {
    private val relay = Http()

    override fun exchange(request: WireRequest): WireResponse =
        if (request.method == HttpMethod.GET) relay.exchange(request) else Page("garbled").exchange(request)

    override fun abort() = relay.abort()
}

/** The real relay, with the last byte of what it hands out changed on the way. */
private class Tampered : Transport {
    private val relay = Http()

    override fun exchange(request: WireRequest): WireResponse {
        val response = relay.exchange(request)
        val body = response.body.copyOf()
        if (body.isNotEmpty()) body[body.lastIndex] = body.last() xor 1
        return response.copy(body = body)
    }

    override fun abort() = relay.abort()
}

/** A key store that answers with nothing but this error. */
private class SilentKeys(private val error: () -> KeyStoreException) : MemoryKeys() {
    override fun mac(alias: String, data: ByteArray): ByteArray = throw error()
}
