package org.wayside.app.model

import org.wayside.core.ConsentLine
import org.wayside.core.FinishReport
import org.wayside.core.Gate
import org.wayside.core.QuestionView
import org.wayside.core.RepeatView

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
    /** Typed and not yet given to the core, by question. In memory only: never in what the system saves of an app. */
    val typed: Map<String, String> = emptyMap(),
    /** Why the core did not take what was typed, by question. */
    val refused: Map<String, Problem> = emptyMap(),
)

/** What is asked of the worker. */
sealed interface Step {
    /** A gate that a worker opens by looking. */
    data class Look(val gate: Gate, val refused: Boolean) : Step

    data class Age(val refused: Boolean) : Step

    /** One line of consent, to be read aloud. */
    data class Consent(val line: ConsentLine) : Step

    data class Questions(
        val heading: String,
        val questions: List<QuestionView>,
        /** What can be there more than once, and be added or taken out here. */
        val repeats: List<RepeatView> = emptyList(),
    ) : Step

    /** The form is for adults, and nothing shows that this person is one. */
    data object ForAdultsOnly : Step

    /** All was asked, or it was stopped. What was said is kept or not, by the person's wish. */
    data class End(val stopped: Boolean, val canFinish: Boolean) : Step

    /** It is over, and nothing of it exists anywhere. */
    data object NothingKept : Step

    /** It is sealed to HQ; this device cannot read it any more. */
    data class Finished(val report: FinishReport) : Step
}
