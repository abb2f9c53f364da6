package org.wayside.core

import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject

/** What is seen of a device, as the JSON that a scenario expects. */
class Seen(private val player: Player) {
    private val vault = player.device.vault
    private val page = try {
        player.session?.page()
    } catch (_: FieldException) {
        null
    }
    private val questions = (page?.kind as? PageKind.Questions)?.questions.orEmpty()

    fun check(expected: JsonObject) = expected.forEach { (name, wanted) ->
        val seen = json(see(name))
        if (!holds(seen, wanted)) throw Differs("$name: expected $wanted, saw $seen")
    }

    private fun see(name: String): Any? = when (name) {
        "open" -> page != null
        "stored" -> player.session?.isStored() ?: false
        "gate" -> (page?.kind as? PageKind.AtGate)?.gate?.name?.lowercase()
        "waits" -> when (page?.kind) {
            is PageKind.Danger -> "danger"
            is PageKind.Quick -> "quick"
            is PageKind.Offer -> "offer"
            is PageKind.Gender -> "gender"
            is PageKind.GoOn -> "go_on"
            else -> null
        }
        "standing" -> player.session?.standing()?.let(::standing)
        "advice" -> player.session?.advice()?.outcomes.orEmpty().map { it.id }
        "answer" -> player.answer
        "screened" -> player.answer.jsonObject.run {
            mapOf(
                "outcomes" to getValue("outcomes").jsonArray.map { it.jsonObject.text("id") },
                "positive" to positive(this),
                "record" to get("record"),
                "referral" to get("referral"),
            )
        }
        "missing" -> vault.readiness().map { it.name.lowercase() }
        "work" -> vault.workList().map(::work)
        "services" -> player.session?.services(ServiceNeed())?.map { it.code }.orEmpty()
        "at_end" -> page?.kind is PageKind.End
        "can_finish" -> page?.canFinish ?: false
        "language" -> page?.language
        "questions" -> questions.map { it.reference }
        "labels" -> questions.map { it.label }
        "shorts" -> questions.map { it.short }
        "hints" -> questions.associate { it.reference to it.hint }
        "heading" -> (page?.kind as? PageKind.Questions)?.heading
        "values" -> questions.associate { it.reference to it.value }
        "states" -> questions.associate { it.reference to it.state.name.lowercase() }
        "forms" -> vault.forms().size
        "terms" -> vault.forms().associate { form ->
            form.id to form.terms?.run {
                mapOf(
                    "purpose" to purpose, "sensitivity" to sensitivity.name.lowercase(), "days" to days,
                    "about_person" to aboutPerson,
                )
            }
        }
        "drafts" -> vault.drafts().size
        "queue" -> vault.queueStatus().run {
            mapOf(
                "waiting" to waiting, "handed_over" to handedOver, "hq_has_it" to hqHasIt, "quarantined" to quarantined,
                "carried" to carried, "carried_handed_over" to carriedHandedOver,
                "with_neighbour" to withNeighbour,
            )
        }
        "device" -> vault.status().run {
            mapOf("confirmed" to confirmed, "revoked" to revoked, "role" to role, "site" to site, "training" to training)
        }
        "present" -> vaultIsPresent(player.device.directory)
        "sync" -> player.synced?.run { mapOf("complete" to complete, "failed" to failed, "obstacle" to obstacle) }
        "hard" -> player.report?.hard ?: false
        "outcomes" -> player.report?.outcomes.orEmpty().map { it.id }
        "offers" -> player.report?.steps.orEmpty().associate { it.id to true }
        "branches" -> branches()
        "bundle" -> player.taken?.let { taken ->
            mapOf(
                "complete" to taken.complete, "received" to taken.received.toInt(), "carried" to taken.carried.toInt(),
                "known" to taken.known.toInt(), "released" to taken.released.toInt(),
                "refused" to taken.refused.associate { it.code to it.count.toInt() },
            )
        }
        "audit" -> vault.audit().associate { it.code to true }
        "vaults" -> player.device.vaults()
        "content" -> vault.content().associate { it.id to it.version }
        "refused" -> vault.content().mapNotNull { content -> content.refused?.let { content.id to mapOf("code" to it.code, "at" to it.at) } }
            .toMap()
        "prompts" -> page?.prompts.orEmpty().associate { it.key to prompt(it) }
        // Null as well where HQ does not have it.
        "at_hq" -> player.report?.let { runCatching { Hq.desk("show", it.event).jsonObject["screening"] }.getOrNull() }
        "retention" -> player.retention?.run {
            mapOf(
                "expired" to expired, "reading_locked" to readingLocked,
                "old_drafts" to oldDrafts.size, "old_unsent" to oldUnsent.size,
            )
        }
        "border" -> player.border?.run {
            mapOf(
                "complete" to sync.complete, "drafts" to drafts,
                "waiting" to queue.waiting, "hq_has_it" to queue.hqHasIt,
            )
        }
        else -> throw Differs("$name is nothing that can be looked at")
    }

    private fun standing(standing: StandingView): Map<String, Any?> = mapOf(
        "mode" to standing.mode.name.lowercase(),
        "stage" to standing.stage.name.lowercase(),
        "pace" to standing.pace.name.lowercase(),
        "hides_answers" to standing.hidesAnswers,
        "quick_only" to standing.quickOnly,
        "interpreter" to standing.interpreter,
        "script" to standing.script,
        "danger" to (standing.danger != null),
        "protocol" to standing.danger?.protocol,
        "hiv_minutes_left" to standing.danger?.hivMinutesLeft,
        "contraception_minutes_left" to standing.danger?.contraceptionMinutesLeft,
    )

    private fun prompt(prompt: PromptView): Map<String, Any?> = mapOf(
        "text" to prompt.text,
        "language" to prompt.language,
        "fallback" to prompt.fallback.name.lowercase(),
        "draft" to prompt.draft,
        "gloss" to prompt.gloss,
        "audio" to player.session?.audio(prompt.key)?.size,
    )

    private fun work(item: WorkItem): Map<String, Any?> = mapOf(
        "action" to item.action.name.lowercase(),
        "task" to item.task,
        "due" to item.isDue,
        "referrals" to item.referrals.map { mapOf("recipient" to it.recipient, "state" to it.state) },
    )

    private fun branches(): Map<String, String> {
        val explanation = player.report?.explanation ?: return emptyMap()
        return positive(Json.parseToJsonElement(explanation).jsonObject)
    }

    private fun positive(explanation: JsonObject): Map<String, String> {
        val dimensions = explanation.getValue("dimensions").jsonArray
        return dimensions.map { it.jsonObject }.filter { it["branch"] !is JsonNull }
            .associate { it.text("id") to it.text("branch") }
    }
}

private fun json(value: Any?): JsonElement = when (value) {
    null -> JsonNull
    is JsonElement -> value
    is Boolean -> JsonPrimitive(value)
    is Number -> JsonPrimitive(value)
    is UInt -> JsonPrimitive(value.toLong())
    is ULong -> JsonPrimitive(value.toLong())
    is List<*> -> JsonArray(value.map(::json))
    is Map<*, *> -> JsonObject(value.entries.associate { (name, one) -> name.toString() to json(one) })
    else -> JsonPrimitive(value.toString())
}

/** An object has to have what is wanted and may have more; everything else has to be equal. */
private fun holds(seen: JsonElement, wanted: JsonElement): Boolean = when {
    seen is JsonObject && wanted is JsonObject -> wanted.all { (name, one) -> seen[name]?.let { holds(it, one) } ?: false }
    else -> seen == wanted
}
