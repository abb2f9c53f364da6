package org.wayside.app.model

import org.wayside.core.AdviceView
import org.wayside.core.ConsentLine
import org.wayside.core.DangerView
import org.wayside.core.FinishReport
import org.wayside.core.FormSummary
import org.wayside.core.Gate
import org.wayside.core.PromptView
import org.wayside.core.QuestionView
import org.wayside.core.RepeatView
import org.wayside.core.ServiceView

/** One screen of an interview. */
data class InterviewView(
    /** Title of the form. */
    val title: String,
    val step: Step,
    /** BCP 47 tag of the language shown; it decides the words and their direction, whatever the phone is set to. */
    val language: String,
    /** The form's names of its languages. */
    val languages: List<String>,
    val position: Int,
    val of: Int,
    /** What to do in danger at this site, step by step. */
    val protocol: List<String>,
    /** The person wants no record: nothing is stored, and there is advice at the end. */
    val withoutRecord: Boolean = false,
    /** The talk has been long; a break is to be offered. */
    val long: Boolean = false,
    /** Typed and not yet given to the core, by question. In memory only: never in what the system saves of an app. */
    val typed: Map<String, String> = emptyMap(),
    /** Why the core did not take what was typed, by question. */
    val refused: Map<String, Problem> = emptyMap(),
    /** In what words the page is put to the person, with the worker's beside them, and whether there is sound for it. */
    val prompts: List<PromptView> = emptyList(),
)

/** A question to the person or the worker between the gates and the form, answered with yes or no. */
enum class Between { QUICK, OFFER, GENDER, GO_ON }

/** What is asked of the worker. */
sealed interface Step {
    /** A gate that a worker opens by looking. */
    data class Look(val gate: Gate, val refused: Boolean) : Step

    /** One of the urgent questions. */
    data class Urgent(val question: String, val number: Int, val of: Int) : Step

    /** Help comes first; the questions wait. */
    data class Danger(val danger: DangerView, /** Hours can be said that the medical times depend on. */ val asksHours: Boolean) :
        Step

    data class Age(val refused: Boolean) : Step

    /** What has to be explained and understood before a yes. */
    data class Explain(val points: List<String>) : Step

    /** One line of consent, to be read aloud. */
    data class Consent(val line: ConsentLine) : Step

    data class Ask(val between: Between, /** It was a no before. */ val refused: Boolean, /** A yes can be taken. */ val possible: Boolean) :
        Step

    data class Questions(
        val heading: String,
        val questions: List<QuestionView>,
        /** What can be there more than once, and be added or taken out here. */
        val repeats: List<RepeatView> = emptyList(),
    ) : Step

    /** The form is for adults, and nothing shows that this person is one. */
    data object ForAdultsOnly : Step

    /** Another form with the same person. */
    data class NextForm(val forms: List<FormSummary>) : Step

    /** All was asked, or it was stopped. What was said is kept or not, by the person's wish. */
    data class End(
        val stopped: Boolean,
        val canFinish: Boolean,
        /** A consent, or a basis that stands in for it, covers what was said. */
        val covered: Boolean = true,
    ) : Step

    /** What a talk without a record came to. */
    data class Advice(val advice: AdviceView, val services: List<ServiceView>) : Step

    /** It is over, and nothing of it exists anywhere. */
    data object NothingKept : Step

    /** It is sealed to HQ; this device cannot read it any more. */
    data class Finished(
        val report: FinishReport,
        val services: List<ServiceView> = emptyList(),
        /** A detailed conversation is to be offered now. */
        val offers: Boolean = false,
    ) : Step

    /** A referral to this service: what goes, and what the person says to it. */
    data class Refer(val service: ServiceView) : Step

    /** It is sealed and on its way. */
    data class Referred(val service: ServiceView) : Step

    /** No question is put any more. */
    val isOver: Boolean
        get() = when (this) {
            is End, is Advice, is NothingKept, is Finished, is Refer, is Referred -> true
            else -> false
        }
}

/** HQ signed it as not about a person: it begins at its questions, and asks nobody for consent. */
val FormSummary.isAboutNobody: Boolean get() = terms?.aboutPerson == false
