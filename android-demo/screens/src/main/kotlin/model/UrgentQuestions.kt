package org.wayside.app.model

import org.wayside.core.FindingState

/**
 * The urgent questions, put one by one. A yes is acted on at once: what was not put then is put when all of them are put
 * anew. In memory only.
 */
internal data class UrgentQuestions(val questions: List<String>, val answers: List<FindingState> = emptyList()) {
    fun step() = Step.Urgent(questions[answers.size], answers.size + 1, questions.size)

    fun with(answer: FindingState) = copy(answers = answers + answer)

    fun back() = copy(answers = answers.dropLast(1))

    /** What the core is to be given, once there is something to give it. */
    fun toAct(): List<FindingState>? {
        val yes = answers.lastOrNull().let { it == FindingState.PRESENT || it == FindingState.OBSERVED }
        if (!yes && answers.size < questions.size) return null
        return answers + List(questions.size - answers.size) { FindingState.NOT_ASKED }
    }
}
