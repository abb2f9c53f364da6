package org.wayside.app.model

import org.wayside.core.AnswerState
import org.wayside.core.FieldException
import org.wayside.core.Place
import org.wayside.core.QuestionView
import org.wayside.core.RepeatView

/** Holds what is typed until the page is left. */
fun Interview.type(reference: String, text: String) = typing.type(reference, text)

fun Interview.choose(question: QuestionView, value: String) = answer(question.reference, value)

/** Takes one of several choices in or out. */
fun Interview.toggle(question: QuestionView, value: String) {
    val held = question.value.split(' ').filter(String::isNotEmpty)
    val chosen = if (value in held) held - value else held + value
    // In the order of the form, so that the same choice always reads the same.
    val ordered = question.choices.map { it.value }.filter { it in chosen }
    if (ordered.isEmpty()) mark(question, AnswerState.NOT_ASKED) else answer(question.reference, ordered.joinToString(" "))
}

/** The choices of a ranking in the order that holds now: the form's, until somebody moves one. */
fun ranked(question: QuestionView): List<String> =
    question.value.split(' ').filter(String::isNotEmpty).ifEmpty { question.choices.map { it.value } }

/** Moves one place up or down. */
fun Interview.move(question: QuestionView, value: String, by: Int) {
    val order = ranked(question).toMutableList()
    val at = order.indexOf(value)
    val to = (at + by).coerceIn(order.indices)
    order.add(to, order.removeAt(at))
    answer(question.reference, order.joinToString(" "))
}

/** Acknowledges what was read, or takes that back. */
fun Interview.toggleSeen(question: QuestionView) =
    if (question.value.isEmpty()) answer(question.reference, "OK") else mark(question, AnswerState.NOT_ASKED)

fun Interview.add(repeat: RepeatView) = guarded { show(session.addRepeat(repeat.reference)) }

fun Interview.removeLast(repeat: RepeatView) =
    guarded { show(session.removeRepeat("${repeat.reference}[${repeat.count}]")) }

/** To the first page of an instance, counted from 1. */
fun Interview.jump(repeat: RepeatView, number: Int) {
    if (giveTyped()) show(session.jump("${repeat.reference}[$number]"))
}

/** Puts what was captured into the record, piece by piece: each is in the vault before the next is read. */
fun Interview.attach(question: QuestionView, captured: Captured) = guarded {
    val name = session.beginFile(question.reference, captured.extension)
    try {
        generateSequence { captured.next() }.forEach { session.appendFile(name, it) }
        show(session.endFile(name))
    } catch (e: Exception) {
        // Half a file is no answer; that it cannot be erased now is not what the worker has to hear.
        runCatching { session.cancelFile(name) }
        throw if (e is FieldException) e else FieldException.Failed("answer.attachment", false, Place.Nowhere)
    }
}

/** Puts something small into the record, as a drawing. */
fun Interview.attach(question: QuestionView, extension: String, bytes: ByteArray) = guarded {
    show(session.attach(question.reference, extension, bytes))
}

/** Declined, unknown, or open again. */
fun Interview.mark(question: QuestionView, state: AnswerState) = guarded {
    show(session.mark(question.reference, state))
    typing.settle(question.reference)
}

private fun Interview.answer(reference: String, value: String) = guarded {
    show(session.answer(reference, value))
    typing.settle(reference)
}

/** A form that is not for this person is no slip of the worker's: it is a screen of its own. */
private fun Interview.guarded(call: () -> Unit) = try {
    call()
} catch (e: FieldException.Failed) {
    if (e.code != "session.child_route") throw e
    over = Step.ForAdultsOnly
}

fun Interview.forward() {
    if (giveTyped()) show(session.forward())
}

fun Interview.back() {
    if (giveTyped()) show(session.back())
}

/** Gives the core what was typed. What it refuses stays on the screen with the reason. */
private fun Interview.giveTyped(): Boolean {
    for ((reference, text) in typing.typed) {
        try {
            if (text.isBlank()) guarded { show(session.mark(reference, AnswerState.NOT_ASKED)) } else answer(reference, text)
            typing.settle(reference)
        } catch (e: FieldException.Failed) {
            // An answer before may have closed this question.
            if (e.code == "answer.not_relevant") typing.settle(reference) else typing.refuse(reference, Problem.of(e))
        }
    }
    return typing.refused.isEmpty() && over == null
}
