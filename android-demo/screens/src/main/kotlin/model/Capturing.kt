package org.wayside.app.model

import kotlinx.coroutines.Job
import kotlinx.coroutines.launch
import org.wayside.core.QuestionKind
import org.wayside.core.QuestionView

/** What can be captured for a question on this phone, by what the form takes and how it wants it. */
fun captures(question: QuestionView, senses: Senses): List<CaptureKind> {
    val type = question.mediaType.substringBefore('/')
    val wanted = when {
        isDrawn(question) -> emptyList()
        type == "image" -> listOf(CaptureKind.PICTURE, CaptureKind.FILE)
        type == "audio" -> listOf(CaptureKind.SOUND, CaptureKind.FILE)
        type == "video" -> listOf(CaptureKind.FILM, CaptureKind.FILE)
        else -> listOf(CaptureKind.FILE)
    }
    // A form that wants it new takes nothing that lay on the phone before.
    val fresh = wanted.filter { it != CaptureKind.FILE || "new" !in looks(question) }
    return fresh.filter { it in senses.kinds }
}

private val DRAWN = setOf("signature", "draw", "annotate")

/** Whether the picture is made with a finger. */
fun isDrawn(question: QuestionView) = question.kind == QuestionKind.ATTACHMENT && looks(question).any { it in DRAWN }

/** The form's wishes for how a question looks, one by one. */
fun looks(question: QuestionView): List<String> = question.appearance.lowercase().split(' ').filter(String::isNotEmpty)

/** Captures and puts it into the record, piece by piece: it never lies in a file. */
fun Shell.capture(question: QuestionView, kind: CaptureKind): Job = scope.launch {
    val captured = host.senses.capture(kind, question.mediaType) ?: return@launch
    act(waits = true) { asking { attach(question, captured) } }.join()
}

fun Shell.sign(question: QuestionView, drawing: Drawing): Job =
    ask { attach(question, "png", host.senses.png(drawing)) }

/** Fills in where the phone is; of a line or an area, one point more than is held. One point alone is no line yet. */
fun Shell.takePosition(question: QuestionView): Job = scope.launch {
    val here = host.senses.position() ?: return@launch
    // As it is now: another point may have come since the tap.
    val typed = (shown.value.screen as? Screen.Asking)?.view?.typed.orEmpty()
    val held = typed[question.reference] ?: question.value
    type(question.reference, if (question.kind == QuestionKind.GEOPOINT) here else withPoint(question.kind, points(held), here))
}

/** The points of a line or an area. */
fun points(text: String): List<String> = text.split(';').map(String::trim).filter(String::isNotEmpty)

private fun withPoint(kind: QuestionKind, held: List<String>, point: String): String {
    // An area ends where it began.
    val closed = kind == QuestionKind.GEOSHAPE && held.size > 3 && held.first() == held.last()
    val points = (if (closed) held.dropLast(1) else held) + point
    return (if (kind == QuestionKind.GEOSHAPE && points.size > 2) points + points.first() else points).joinToString(";")
}

/** Answers with the text of a code before the camera. */
fun Shell.scanInto(question: QuestionView): Job = scope.launch {
    val text = host.senses.scan() ?: return@launch
    act(waits = true) { asking { choose(question, text) } }.join()
}

/** The text of a code before the camera, for the enrolment of this phone. */
fun Shell.scan(found: (String) -> Unit): Job = scope.launch { host.senses.scan()?.let(found) }
