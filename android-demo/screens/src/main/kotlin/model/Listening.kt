package org.wayside.app.model

import java.io.IOException
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import org.wayside.core.PromptPart
import org.wayside.core.PromptView
import org.wayside.core.QuestionView

/** In what words a question of the page is put; nothing where the core says no more of it than its label. */
fun InterviewView.prompt(question: QuestionView): PromptView? =
    prompts.find { it.part == PromptPart.QUESTION && it.question == question.reference }

/** In what words a choice of it is put. */
fun InterviewView.prompt(question: QuestionView, choice: String): PromptView? =
    prompts.find { it.part == PromptPart.CHOICE && it.question == question.reference && it.choice == choice }

/** In what words something is put at a gate. */
fun InterviewView.prompt(text: String): PromptView? = prompts.find { it.part == PromptPart.QUESTION && it.text == text }

/** The same for a worker who does not read what the person reads; nothing where the worker does. */
fun PromptView.glossFor(worker: String): String? =
    gloss.takeIf { it.isNotBlank() && it != text && languageTag(language) != languageTag(worker) }

/** Plays what is said, because somebody asked for it. The next step, whatever it is, ends it. */
fun Shell.listen(prompt: PromptView): Job = scope.launch {
    val voice = host.voice ?: return@launch
    var sound: ByteArray? = null
    act { asking { sound = session.audio(prompt.key) } }.join()
    val opus = sound ?: return@launch
    try {
        voice.play(opus)
    } catch (_: IOException) {
        shown.update { it.copy(problem = Problem("sound")) }
    }
}
