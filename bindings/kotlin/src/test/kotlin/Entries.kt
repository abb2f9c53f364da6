package org.wayside.core

import java.io.File
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.boolean
import kotlinx.serialization.json.int
import kotlinx.serialization.json.intOrNull
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive

/** One entry of an answer file as a call of the session: the same kinds that `wayside device fill` knows. */
object Entries {
    /** Does one entry; files are relative to `folder`. */
    fun apply(session: FormSession, entry: JsonObject, folder: File) {
        when (val kind = entry.keys.intersect(KINDS).single()) {
            "gate" -> gate(session, entry)
            "urgent" -> urgent(session, entry)
            "help_found" -> session.helpFound()
            "remote" -> if ("interpreter" in entry) session.acceptInterpreter(entry.text("interpreter"), true) else session.interpretRemotely()
            "explained" -> session.explained(entry.truth(kind))
            "consent" -> session.consent(consent(entry))
            "rely_on" -> session.relyOn(named(entry.text(kind)), entry.text("reason"))
            "observe" -> session.observeOnly()
            "withhold" -> session.withhold(entry.text(kind), named(entry.text("reason")))
            "gender" -> session.offerGenderChoice(entry.truth(kind))
            "quick" -> session.quickAnswered(entry.truth(kind))
            "offer" -> session.answerOffer(entry.truth(kind))
            "form" -> session.openForm(entry.text(kind))
            "refer" -> session.refer(referral(entry))
            "add_outcomes" -> session.judge(entry.texts(kind), entry.texts("set_aside"), named(entry.text("because")))
            "ref" -> answer(session, entry)
            "add" -> session.addRepeat(entry.text(kind))
            "remove" -> session.removeRepeat(entry.text(kind))
            "attach" -> attach(session, entry, File(folder, entry.text("file")))
            "language" -> session.setLanguage(entry.text(kind))
            "withdraw" -> session.withdraw(enumValueOf(entry.text(kind)))
            "finish" -> session.finish()
            "stop" -> session.stop(StopReason.STOPPED)
        }
    }

    private val KINDS = setOf(
        "gate", "urgent", "help_found", "remote", "explained", "consent", "rely_on", "observe", "withhold", "gender", "quick",
        "offer", "form",
        "add_outcomes", "refer", "ref", "add", "remove", "attach", "language", "withdraw", "finish", "stop",
    )

    private fun attach(session: FormSession, entry: JsonObject, file: File) {
        val (reference, size) = entry.text("attach") to entry["pieces"]?.jsonPrimitive?.int
        if (size == null) session.attach(reference, file.extension, file.readBytes()) else inPieces(session, reference, file, size)
    }

    /** As a recorder hands over what it hears: piece after piece, and what cannot be the answer is taken back. */
    private fun inPieces(session: FormSession, reference: String, file: File, size: Int) {
        val whole = file.readBytes()
        val name = session.beginFile(reference, file.extension)
        for (at in whole.indices step size) {
            val end = minOf(at + size, whole.size)
            check(session.appendFile(name, whole.copyOfRange(at, end)) == end.toULong())
        }
        try {
            session.endFile(name)
        } catch (refused: FieldException) {
            session.cancelFile(name)
            throw refused
        }
        check(session.readFile(name, 1u, whole.size.toUInt()).contentEquals(whole.copyOfRange(1, whole.size)))
    }

    private fun gate(session: FormSession, entry: JsonObject) {
        val (gate, pass) = entry.text("gate") to entry.truth("pass")
        when {
            gate == "age" && pass -> session.setAge(age(entry["age"]))
            "interpreter" in entry -> session.acceptInterpreter(entry.text("interpreter"))
            else -> session.passGate(named(gate), pass)
        }
    }

    private fun urgent(session: FormSession, entry: JsonObject) {
        val answers = entry.texts("urgent").map { named<FindingState>(it) }
        session.urgent(answers, entry["hours_ago"]?.jsonPrimitive?.int?.toUShort())
    }

    private fun answer(session: FormSession, entry: JsonObject) {
        val reference = entry.text("ref")
        when {
            "value" in entry -> session.answer(reference, entry.text("value"))
            else -> session.mark(reference, named(entry.text("state")))
        }
    }

    fun age(age: JsonElement?): AgeStatement {
        if (age == null || age is JsonPrimitive) return AgeStatement.Unknown
        val (kind, body) = age.jsonObject.entries.single()
        val said = body.jsonObject
        val basis = named<AgeBasis>(said.text("basis"))
        return when (kind) {
            "born" -> AgeStatement.Born(
                named(said.text("calendar")), said.number("year"), said.small("month"), said.small("day"), basis,
            )
            "between" -> AgeStatement.Between(said.number("low").toUByte(), said.number("high").toUByte(), basis)
            else -> error("no such age: $kind")
        }
    }

    private fun consent(entry: JsonObject) = ConsentInput(
        enumValueOf(entry.text("consent")),
        named(entry.text("value")),
        entry.text("by").let { if (it == "self") ConsentGiver.PERSON else named(it) },
        named(entry.text("how")),
        entry["recipient"]?.jsonPrimitive?.content,
        entry["data_set"]?.let { entry.texts("data_set") },
    )

    private fun referral(entry: JsonObject) = ReferralInput(
        entry.text("refer"),
        named(entry.text("urgency")),
        Handover.ENCRYPTED_FILE,
        entry.text("wants"),
        entry.getValue("fields").jsonObject.map { (name, value) -> ReferralField(name, value.jsonPrimitive.content) },
        entry.truth("warned"),
    )

}

/** `solar_hijri` names `SOLAR_HIJRI`. */
inline fun <reified T : Enum<T>> named(name: String): T = enumValueOf(name.uppercase())

fun JsonObject.text(name: String): String = getValue(name).jsonPrimitive.content

fun JsonObject.number(name: String): Int = getValue(name).jsonPrimitive.int

private fun JsonObject.truth(name: String): Boolean = getValue(name).jsonPrimitive.boolean

private fun JsonObject.texts(name: String): List<String> = getValue(name).jsonArray.map { it.jsonPrimitive.content }

private fun JsonObject.small(name: String): UByte? = get(name)?.jsonPrimitive?.intOrNull?.toUByte()
