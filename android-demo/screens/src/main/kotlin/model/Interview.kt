package org.wayside.app.model

import java.util.concurrent.ConcurrentHashMap
import org.wayside.core.AgeStatement
import org.wayside.core.AnswerState
import org.wayside.core.ConsentGiver
import org.wayside.core.ConsentHow
import org.wayside.core.ConsentInput
import org.wayside.core.ConsentLine
import org.wayside.core.ConsentValue
import org.wayside.core.FieldException
import org.wayside.core.FormSession
import org.wayside.core.Gate
import org.wayside.core.PageKind
import org.wayside.core.PageView
import org.wayside.core.QuestionView
import org.wayside.core.RepeatView
import org.wayside.core.StopReason

/**
 * One interview. The core decides what comes next; this holds what is typed and not yet given to it, and which line of
 * consent is asked. Every call blocks and may throw what the core throws.
 */
class Interview(private val session: FormSession) : AutoCloseable {
    // Typing goes on while a step is under way on another thread.
    private val typed = ConcurrentHashMap<String, String>()
    private val refused = ConcurrentHashMap<String, Problem>()
    private var line = ConsentLine.C1
    private var page: PageView = session.page()
    private var stopped = false
    private var over: Step? = null

    fun view(): InterviewView = InterviewView(
        title = page.title,
        step = over ?: step(),
        language = languageTag(page.language),
        languages = page.languages,
        position = page.position.toInt(),
        of = page.of.toInt(),
        typed = typed.toMap(),
        refused = refused.toMap(),
    )

    private fun step(): Step = when (val kind = page.kind) {
        is PageKind.AtGate -> when (kind.gate) {
            Gate.CONSENT -> Step.Consent(line)
            Gate.AGE -> Step.Age(kind.refused)
            else -> Step.Look(kind.gate, kind.refused)
        }
        // Statistics are asked once the record is agreed to, before the first question.
        is PageKind.Questions -> if (line == ConsentLine.C6) Step.Consent(line) else questions(kind)
        is PageKind.End -> Step.End(stopped, page.canFinish)
    }

    private fun questions(kind: PageKind.Questions) = Step.Questions(kind.heading, kind.questions, kind.repeats)

    fun look(gate: Gate, open: Boolean) {
        page = session.passGate(gate, open)
    }

    fun age(age: AgeStatement) {
        page = session.setAge(age)
    }

    /** What the person said to the line that was read to them. */
    fun consent(agrees: Boolean) {
        val value = if (agrees) ConsentValue.YES else ConsentValue.NO
        session.consent(ConsentInput(line, value, ConsentGiver.PERSON, ConsentHow.ORAL, null))
        if (!agrees && line != ConsentLine.C6) return nothingKept()
        val next = when (line) {
            ConsentLine.C1 -> ConsentLine.C2
            ConsentLine.C2 -> ConsentLine.C6
            else -> null
        }
        page = session.page()
        line = next ?: ConsentLine.C1
    }

    fun language(name: String) {
        page = session.setLanguage(name)
    }

    /** Holds what is typed until the page is left. */
    fun type(reference: String, text: String) {
        typed[reference] = text
        refused -= reference
    }

    fun choose(question: QuestionView, value: String) = answer(question.reference, value)

    /** Takes one of several choices in or out. */
    fun toggle(question: QuestionView, value: String) {
        val held = question.value.split(' ').filter(String::isNotEmpty)
        val chosen = if (value in held) held - value else held + value
        // In the order of the form, so that the same choice always reads the same.
        val ordered = question.choices.map { it.value }.filter { it in chosen }
        if (ordered.isEmpty()) mark(question, AnswerState.NOT_ASKED) else answer(question.reference, ordered.joinToString(" "))
    }

    /** Acknowledges what was read, or takes that back. */
    fun toggleSeen(question: QuestionView) =
        if (question.value.isEmpty()) answer(question.reference, "OK") else mark(question, AnswerState.NOT_ASKED)

    fun add(repeat: RepeatView) = guarded { page = session.addRepeat(repeat.reference) }

    fun removeLast(repeat: RepeatView) = guarded { page = session.removeRepeat("${repeat.reference}[${repeat.count}]") }

    /** Declined, unknown, or open again. */
    fun mark(question: QuestionView, state: AnswerState) = guarded {
        page = session.mark(question.reference, state)
        typed -= question.reference
        refused -= question.reference
    }

    private fun answer(reference: String, value: String) = guarded {
        page = session.answer(reference, value)
        refused -= reference
    }

    /** A form that is not for this person is no slip of the worker's: it is a screen of its own. */
    private fun guarded(call: () -> Unit) = try {
        call()
    } catch (e: FieldException.Failed) {
        if (e.code != "session.child_route") throw e
        over = Step.ForAdultsOnly
    }

    fun forward() {
        if (giveTyped()) page = session.forward()
    }

    fun back() {
        if (giveTyped()) page = session.back()
    }

    /** Gives the core what was typed. What it refuses stays on the screen with the reason. */
    private fun giveTyped(): Boolean {
        for ((reference, text) in typed.toMap()) {
            try {
                if (text.isBlank()) guarded { page = session.mark(reference, AnswerState.NOT_ASKED) } else answer(reference, text)
                typed -= reference
            } catch (e: FieldException.Failed) {
                // An answer before may have closed this question.
                if (e.code == "answer.not_relevant") typed -= reference else refused[reference] = Problem.of(e)
            }
        }
        return refused.isEmpty() && over == null
    }

    /** Ends the questions at once. What consent does not cover is gone; the rest waits for the person's wish. */
    fun stop(reason: StopReason = StopReason.STOPPED) {
        typed.clear()
        refused.clear()
        if (over == Step.ForAdultsOnly) over = null
        session.stop(reason)
        if (!session.isStored()) return nothingKept()
        stopped = true
        page = session.page()
    }

    fun finish() {
        over = Step.Finished(session.finish())
    }

    /** Leaves nothing of the interview anywhere. */
    fun discard() = nothingKept()

    private fun nothingKept() {
        session.discard()
        typed.clear()
        over = Step.NothingKept
    }

    override fun close() = session.close()
}
