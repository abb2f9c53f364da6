package org.wayside.core

import java.io.File
import java.time.Instant
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.boolean
import kotlinx.serialization.json.contentOrNull
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive

private const val NEW = "harbour lantern gravel orchard violet seven"
private const val DURESS = "pebble marble thunder willow cotton eight"
private val SECRETS = mapOf(
    "wrong_secret" to "river copper window meadow candle forty",
    "new_secret" to NEW,
    "duress" to DURESS,
)
private const val NOON = "2026-11-01T12:00:00Z"

/** The device is not as the scenario expects it. */
class Differs(message: String) : AssertionError(message)

/** What the last sync came to. */
data class Synced(val complete: Boolean, val failed: Boolean, val obstacle: String? = null)

/** One scenario (format: tests/scenarios/README.md) while it is played on a device of its own. */
class Player(private val scenario: JsonObject, private val folder: File) {
    private var now = Instant.parse(scenario["now"]?.jsonPrimitive?.content ?: NOON)
    val device = Device(scenario["role"]?.jsonPrimitive?.content)
    var session: FormSession? = null
        private set
    var report: FinishReport? = null
        private set
    var synced: Synced? = null
        private set

    /** What the last question about stated facts, a day or a calendar came to. */
    var answer: JsonElement = JsonNull
        private set
    var retention: RetentionReport? = null
        private set
    var border: BorderReport? = null
        private set

    /** The bundle that goes from hand to hand. */
    private var bundle = ByteArray(0)
    var taken: BundleReport? = null
        private set

    fun play() = device.use {
        device.open(trainingClock = now)
        device.vault.installBuiltIn()
        if ("device" !in scenario) device.makeReady()
        scenario.getValue("steps").jsonArray.forEachIndexed { index, step -> play("step ${index + 1}", step.jsonObject) }
    }

    private fun play(name: String, step: JsonObject) {
        val wanted = step["refused"]?.jsonPrimitive?.contentOrNull
        val code = try {
            step(JsonObject(step - "refused"))
            null
        } catch (refusal: FieldException.Failed) {
            refusal.code
        } catch (difference: Differs) {
            throw Differs("$name: ${difference.message}")
        }
        if (code != wanted) throw Differs("$name: expected a refusal $wanted, had $code")
    }

    private fun step(step: JsonObject) {
        val vault = device.vault
        val kind = step.keys.first()
        when (kind) {
            "expect" -> Seen(this).check(step.getValue(kind).jsonObject)
            "start" -> session = vault.startSession(
                step.text(kind), step["language"]?.jsonPrimitive?.content ?: "en",
                named(step["mode"]?.jsonPrimitive?.content ?: "interview"),
            )
            "play" -> entries(open(), step.text(kind))
            "jump" -> open().jump(step.text(kind))
            "go" -> if (step.text(kind) == "forward") open().forward() else open().back()
            "finish" -> report = open().finish()
            "discard" -> open().discard()
            "resume" -> {
                val draft = vault.drafts().getOrNull(step.number(kind) - 1)
                session = vault.resumeSession(draft?.id ?: "")
            }
            "open" -> {
                step["now"]?.let { now = Instant.parse(it.jsonPrimitive.content) }
                reopen(step.text(kind))
            }
            "lock" -> vault.lock()
            "suspend" -> if (step.getValue(kind).jsonPrimitive.boolean) vault.suspend() else vault.resume()
            "install" -> {
                val lists = step["lists"]?.jsonArray.orEmpty().map { File(folder, it.jsonPrimitive.content) }
                val brought = lists.map { FormFile(it.name, it.readBytes()) }
                vault.installFormWith(File(folder, step.text(kind)).readText(), brought)
            }
            "sync" -> {
                sync(step.text(kind), { transport, token -> vault.sync(transport, token) }, vault::beginSync)
                vault.applyReceived()
            }
            "sync_locked" -> OutboxSession.open(device.directory).use { outbox ->
                sync(step.text(kind), { transport, token -> outbox.sync(transport, token) }, outbox::beginSync)
            }
            "hand_out" -> {
                val changes = step["set"]?.jsonArray.orEmpty().map { it.jsonArray[0].jsonArray to it.jsonArray[1] }
                val said = step["with"]?.jsonArray.orEmpty().map { it.jsonPrimitive.content }
                Hq.handOut(step.text(kind), File(folder, step.text("file")), changes, vault.status().device, said)
            }
            "bundle" -> carry(step.text(kind))
            "neighbour" -> handOver(step.number(kind), "locked" in step, "stranger" in step)
            "desk" -> when (val order = step.text(kind)) {
                "bundle" -> bundle = Hq.answerBundle(bundle)
                "pull" -> Hq.desk("pull")
                else -> {
                    Hq.desk("pull")
                    when (order) {
                        "wipe", "wipe_once" -> Hq.wipe(vault.status().device, if (order == "wipe") 2 else 1)
                        else -> Hq.desk("devices", order, vault.status().device)
                    }
                }
            }
            "screen" -> answer = Json.parseToJsonElement(screenCase(step.getValue(kind).toString()))
            "date" -> answer = day(step.getValue(kind).jsonObject)
            "count_subsets" -> answer = JsonObject(
                subsetCounts(step.text(kind)).associate { it.dimension to numbers(listOf(it.positive, it.all)) },
            )
            "comparisons" -> answer = JsonArray(
                comparisons().map {
                    numbers(
                        listOf(
                            it.both, it.missed, it.toolOnly, it.neither, it.sensitivity, it.specificity, it.rightWhenFound,
                            it.rightWhenNotFound,
                        ),
                    )
                },
            )
            "ask_back" -> answer = otherCalendar(step.getValue(kind))
            "next" -> vault.setNext(first(), named(step.text(kind)), Instant.parse(step.text("due")))
            "contact" -> answer = contact(vault.contact(first(), named(step.text(kind))))
            "close" -> vault.closeCase(first())
            "request" -> vault.request(first(), request(step))
            "help" -> vault.askForHelp(step.text(kind) == "asked")
            "wipe" -> {
                session = null
                vault.lock()
                wipeVault(device.directory, device.keys)
            }
            else -> if (!keeping(kind, step) && !Mishaps.apply(device, kind, step, folder)) {
                Entries.apply(open(), step, folder)
            }
        }
    }

    /** Whether the step was one that keeps a vault in order; it is done then. */
    private fun keeping(kind: String, step: JsonObject): Boolean {
        val vault = device.vault
        when (kind) {
            "verify" -> vault.verify()
            "files" -> {
                if (step.text(kind) == "image") {
                    vault.suspend()
                    device.copyAside()
                    vault.resume()
                    return true
                }
                session = null
                if (step.text(kind) == "keep") device.keepFiles() else device.putFilesBack()
            }
            "sweep" -> sweepVault(device.directory, device.keys)
            "retention" -> retention = vault.applyRetention()
            "change_secret" -> {
                val duress = step["duress"]?.let { DuressCode(DURESS, it.jsonPrimitive.content == "wipe") }
                vault.changeSecret(SECRET, step["to"]?.jsonPrimitive?.content ?: NEW, device.keys, duress)
            }
            "furnish" -> vault.openDecoy().use { decoy ->
                decoy.startSession(step.text(kind), "en", SessionMode.INTERVIEW).use { entries(it, step.text("play")) }
                decoy.lock()
            }
            "accept_rollback" -> vault.acceptRollback()
            "panic_wipe" -> {
                session = null
                vault.panicWipe(device.keys)
            }
            "border" -> {
                session = null
                border = CancelToken().use { vault.clearForBorder(Http(), it) }
            }
            "train" -> {
                session = null
                device.train(step.text(kind) == "beside", now)
            }
            "worker" -> {
                session = null
                device.worker(step.number(kind), now)
            }
            else -> return false
        }
        return true
    }

    private fun carry(way: String) {
        when (way) {
            "out" -> OutboxSession.open(device.directory).use { bundle = it.exportBundle() }
            "in" -> taken = device.vault.importBundle(bundle)
            "in_locked" -> OutboxSession.open(device.directory).use { taken = it.importBundle(bundle) }
            "cut" -> bundle = bundle.copyOf(bundle.size / 2)
            else -> error("no such way: $way")
        }
    }

    /** To the phone of another worker, which carries. */
    private fun handOver(number: Int, locked: Boolean, stranger: Boolean) {
        val carrying = OutboxSession.open(device.folderOf(number)).use { it.beginCarry() }
        carrying.use {
            val code = if (stranger) "a code of yesterday" else it.code()
            val report = CancelToken().use { token ->
                if (locked) {
                    OutboxSession.open(device.directory).use { outbox ->
                        outbox.syncWithNeighbour(Beside.ADDRESS, code, Beside(it), token)
                    }
                } else {
                    device.vault.syncWithNeighbour(Beside.ADDRESS, code, Beside(it), token)
                }
            }
            synced = Synced(report.complete, report.progress.failures > 0u, report.obstacle)
        }
    }

    private fun contact(view: ContactView) = JsonObject(
        mapOf(
            "channel" to JsonPrimitive(view.channel.name.lowercase()),
            "caller" to JsonPrimitive(view.caller?.name?.lowercase()),
            "code_word" to JsonPrimitive(view.codeWord),
            "trusted_may_answer" to JsonPrimitive(view.trustedMayAnswer),
            "if_other" to JsonPrimitive(view.ifOther.name.lowercase()),
            "story" to JsonPrimitive(view.story),
        ),
    )

    private fun numbers(numbers: List<UInt>) = JsonArray(numbers.map { JsonPrimitive(it.toLong()) })

    private fun day(day: JsonObject): JsonElement {
        val (month, date) = day.number("month").toUByte() to day.number("day").toUByte()
        return JsonPrimitive(gregorianDay(named(day.text("calendar")), day.number("year"), month, date))
    }

    private fun otherCalendar(age: JsonElement): JsonElement {
        val other = open().otherCalendar(Entries.age(age)) ?: return JsonNull
        val calendar = JsonPrimitive(other.calendar.name.lowercase())
        return JsonObject(mapOf("calendar" to calendar, "changes_route" to JsonPrimitive(other.changesRoute)))
    }

    /** Code of the first case in the list; a code that is in no list where there is none. */
    private fun first() = device.vault.workList().firstOrNull()?.code ?: "nobody"

    private fun request(step: JsonObject) = when (val what = step.text("request")) {
        "correction" -> CaseRequest.Correction(step.text("text"))
        "withdrawal" -> CaseRequest.Withdrawal(enumValueOf(step.text("line")), step["recipient"]?.jsonPrimitive?.content)
        "erasure" -> CaseRequest.Erasure(ErasureReason.PERSON_ASKED)
        else -> error("no such request: $what")
    }

    private fun open() = session ?: throw Differs("no interview is open")

    private fun entries(session: FormSession, name: String) {
        val file = File(folder, name)
        Json.parseToJsonElement(file.readText()).jsonArray.forEach {
            Entries.apply(session, it.jsonObject, file.parentFile)
        }
    }

    private fun reopen(with: String) {
        session = null
        device.open(SECRETS[with] ?: SECRET, Mishaps.keys(with, device.keys), now, lock = with != "twice")
    }

    /** Over the relay by itself; over anything else step by step until the engine wants to wait. */
    private fun sync(link: String, whole: (Transport, CancelToken) -> SyncReport, begin: () -> SyncSession) {
        synced = if (link == "relay" || link == "cancelled") {
            val report = Mishaps.token(link).use { whole(Mishaps.transport(link), it) }
            Synced(report.complete, report.progress.failures > 0u, report.obstacle)
        } else {
            begin().use { byHand(it, Mishaps.transport(link)) }
        }
    }

    private fun byHand(session: SyncSession, page: Transport): Synced {
        while (true) {
            when (val step = session.nextStep()) {
                is SyncStep.Send -> try {
                    session.complete(step.request.id, page.exchange(step.request))
                } catch (failure: TransportException) {
                    session.fail(step.request.id, failure)
                }
                is SyncStep.Wait -> return Synced(false, session.progress().failures > 0u)
                is SyncStep.Done -> return Synced(true, session.progress().failures > 0u)
            }
        }
    }
}
