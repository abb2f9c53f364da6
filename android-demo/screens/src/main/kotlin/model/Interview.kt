package org.wayside.app.model

import org.wayside.core.AgeStatement
import org.wayside.core.ConsentGiver
import org.wayside.core.ConsentHow
import org.wayside.core.ConsentInput
import org.wayside.core.ConsentLine
import org.wayside.core.ConsentValue
import org.wayside.core.FieldException
import org.wayside.core.FindingState
import org.wayside.core.FormSession
import org.wayside.core.FormSummary
import org.wayside.core.Gate
import org.wayside.core.LegalBasis
import org.wayside.core.Mode
import org.wayside.core.Pace
import org.wayside.core.PageKind
import org.wayside.core.PageView
import org.wayside.core.ServiceNeed
import org.wayside.core.Stage
import org.wayside.core.StopReason
import org.wayside.core.Vault

/** The form in which it is agreed how a person may be contacted: before it the person is asked whether they may be at all. */
private const val CONTACT_FORM = "wayside-b6"

/**
 * One session with one person. The core decides what comes next; this holds what is typed and not yet given to it, which
 * urgent question is put and which line of consent is asked. Every call blocks and may throw what the core throws. How a
 * page is answered is in `Answers.kt`, a referral in `Referring.kt`.
 */
class Interview(
    internal val session: FormSession,
    private val vault: Vault,
    form: String,
    internal val onSealed: (urgent: Boolean) -> Unit = {},
) : AutoCloseable {
    internal val typing = Typing()
    private var line = ConsentLine.C1
    private var asksContact = form == CONTACT_FORM
    private var explained = false
    private var page: PageView = session.page()
    private var protocol: List<String> = vault.dangerProtocol(tag())

    /** The urgent questions while they are put, and the answers that the core acts on. */
    private var urgent: UrgentQuestions? = null
    private var acting: List<FindingState>? = null
    private var genderRefused = false
    private var stopped = false

    /** A screen of this shell's own, in place of the core's page. */
    internal var over: Step? = null
    internal var finished: Step.Finished? = null

    init {
        show(page)
    }

    private fun tag() = languageTag(page.language)

    fun view(): InterviewView {
        val standing = session.standing()
        return InterviewView(
            title = page.title,
            step = over ?: step(),
            language = tag(),
            // A form that is sealed has no language to change.
            languages = if (finished == null) page.languages else emptyList(),
            position = page.position.toInt(),
            of = page.of.toInt(),
            protocol = protocol,
            withoutRecord = standing.mode == Mode.ANONYMOUS_ADVICE,
            long = standing.pace == Pace.SUGGEST_STOP,
            typed = typing.typed,
            refused = typing.refused,
            prompts = page.prompts,
        )
    }

    private fun step(): Step = urgent?.step() ?: when (val kind = page.kind) {
        is PageKind.AtGate -> gate(kind)
        is PageKind.Danger -> session.standing().danger?.let { Step.Danger(it, it.hivMinutesLeft != null && acting != null) }
            ?: Step.Look(Gate.DANGER, refused = true)
        is PageKind.Quick -> ask(Between.QUICK)
        is PageKind.Offer -> offer()
        is PageKind.Gender -> ask(Between.GENDER, genderRefused)
        is PageKind.GoOn -> ask(Between.GO_ON)
        is PageKind.Questions -> asked()?.let { Step.Consent(it) } ?: questions(kind)
        is PageKind.End -> end()
    }

    /** The line to be read to the person now. Statistics and contact are asked once the record is agreed to, before the first question. */
    private fun asked(): ConsentLine? = when {
        page.kind !is PageKind.Questions || line == ConsentLine.C6 -> line
        asksContact && session.standing().mode != Mode.ANONYMOUS_ADVICE -> ConsentLine.C5
        else -> null
    }

    private fun gate(kind: PageKind.AtGate): Step = when (kind.gate) {
        Gate.CONSENT -> if (explained) Step.Consent(line) else Step.Explain(session.explanationPoints())
        Gate.AGE -> Step.Age(kind.refused)
        else -> Step.Look(kind.gate, kind.refused)
    }

    private fun ask(between: Between, refused: Boolean = false) = Step.Ask(between, refused, possible = true)

    private fun offer() = Step.Ask(Between.OFFER, refused = false, possible = !session.standing().quickOnly)

    private fun questions(kind: PageKind.Questions) = Step.Questions(kind.heading, kind.questions, kind.repeats)

    private fun end(): Step = when {
        session.standing().mode == Mode.ANONYMOUS_ADVICE && !stopped -> Step.Advice(session.advice(), services())
        else -> Step.End(stopped, page.canFinish, session.isStored())
    }

    private fun services() = session.services(ServiceNeed(languages = listOf(tag())))

    /** Takes the core's next page. The danger gate opens by the urgent questions. */
    internal fun show(next: PageView) {
        page = next
        val atDanger = (next.kind as? PageKind.AtGate)?.gate == Gate.DANGER
        if (atDanger && urgent == null) urgent = UrgentQuestions(session.urgentQuestions())
    }

    /** What was found at a gate; at that of the interpreter with their code, where one is there. */
    fun look(gate: Gate, open: Boolean, interpreter: String = "") = show(
        if (open && interpreter.isNotBlank()) session.acceptInterpreter(interpreter.trim(), false) else session.passGate(gate, open),
    )

    /** An interpreter by telephone, or recorded questions: for the first questions only. */
    fun interpretRemotely(interpreter: String = "") = show(
        if (interpreter.isBlank()) session.interpretRemotely() else session.acceptInterpreter(interpreter.trim(), true),
    )

    /** What was found at the urgent question that is put. */
    fun urgent(answer: FindingState) {
        val next = (urgent ?: return).with(answer)
        val answers = next.toAct()
        if (answers == null) urgent = next else act(answers, null)
    }

    fun urgentBack() {
        urgent = urgent?.back()
    }

    /** How long ago it was, which the medical times depend on. */
    fun hoursAgo(hours: UShort) = acting?.let { act(it, hours) } ?: Unit

    private fun act(answers: List<FindingState>, hoursAgo: UShort?) {
        val next = session.urgent(answers, hoursAgo)
        urgent = null
        acting = answers
        show(next)
    }

    /** The person is safe now: the urgent questions are put anew. */
    fun askAnew() {
        urgent = UrgentQuestions(session.urgentQuestions())
    }

    fun age(age: AgeStatement) = show(session.setAge(age))

    /** Every point was explained and understood. */
    fun explained() {
        session.explained(true)
        explained = true
    }

    /** What the person said to the line that was read to them. */
    fun consent(agrees: Boolean) {
        val asked = asked() ?: return
        val value = if (agrees) ConsentValue.YES else ConsentValue.NO
        session.consent(ConsentInput(asked, value, ConsentGiver.PERSON, ConsentHow.ORAL, null))
        if (!agrees && (asked == ConsentLine.C1 || asked == ConsentLine.C2 && !canAdvise())) return nothingKept()
        when (asked) {
            ConsentLine.C1 -> line = ConsentLine.C2
            ConsentLine.C5 -> asksContact = false
            else -> line = if (asked == ConsentLine.C2 && agrees) ConsentLine.C6 else ConsentLine.C1
        }
        show(session.page())
    }

    /** Whether this form can be put to somebody who wants no record. */
    private fun canAdvise(): Boolean = try {
        session.advice()
        true
    } catch (e: FieldException.Failed) {
        if (!e.code.startsWith("session.")) throw e
        false
    }

    /** Yes or no to what stands between the gates and the form. A no that leaves nothing to ask ends the questions. */
    fun answer(between: Between, yes: Boolean) {
        when (between) {
            Between.QUICK -> session.quickAnswered(yes).let { if (yes) show(it) else stop() }
            Between.OFFER -> offered(yes)
            Between.GENDER -> {
                show(session.offerGenderChoice(yes))
                genderRefused = !yes
            }
            Between.GO_ON -> if (yes) show(session.goOn()) else stop()
        }
    }

    private fun offered(yes: Boolean) {
        session.answerOffer(yes)
        val result = finished?.copy(offers = false)
        finished = result
        when {
            result != null && yes -> otherForm()
            result != null -> over = result
            yes -> show(session.page())
            else -> stop()
        }
    }

    /** After the result: the offer, where it is due. */
    fun toOffer() {
        over = offer()
    }

    /** Another form with the same person: what was found and agreed stays. Those for adults are the detailed ones. */
    fun otherForm() {
        // What is about nobody begins a session of its own, and nothing follows it there.
        val forms = if (session.standing().mode == Mode.ABOUT_NOBODY) emptyList() else vault.forms().filterNot { it.isAboutNobody }
        over = Step.NextForm(forms.sortedByDescending { it.adultsOnly })
    }

    fun openForm(form: FormSummary) {
        val next = session.openForm(form.id)
        asksContact = form.id == CONTACT_FORM
        typing.clear()
        over = null
        finished = null
        stopped = false
        show(next)
    }

    /** Keeps what no consent covers for a reason in law; the core says which form can be kept so. A code, never a story. */
    fun relyOn(basis: LegalBasis) {
        val reason = when (basis) {
            LegalBasis.VITAL_INTEREST -> "life_or_health"
            LegalBasis.BEST_INTERESTS -> "child"
            else -> "seen"
        }
        show(session.relyOn(basis, reason))
    }

    fun language(name: String) {
        show(session.setLanguage(name))
        urgent = urgent?.copy(questions = session.urgentQuestions())
        protocol = vault.dangerProtocol(tag())
    }

    /** Ends the questions at once. What consent does not cover is gone; the rest waits for the person's wish. */
    fun stop(reason: StopReason = StopReason.STOPPED) {
        typing.clear()
        // The form before is sealed, and no other one is open.
        val result = finished
        if (result != null) {
            over = result.copy(offers = false)
            return
        }
        over = null
        urgent = null
        session.stop(reason)
        if (!session.isStored()) return nothingKept()
        stopped = true
        show(session.page())
    }

    fun finish() {
        val report = session.finish()
        onSealed(false)
        finished = Step.Finished(report, services(), session.standing().stage == Stage.OFFER)
        over = finished
    }

    /** Leaves nothing of the interview anywhere. */
    fun discard() = nothingKept()

    private fun nothingKept() {
        session.discard()
        typing.clear()
        urgent = null
        over = Step.NothingKept
    }

    override fun close() = session.close()
}
