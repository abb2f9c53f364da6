import Foundation
import Wayside

extension InterviewView {
    /// In what words a question of the page is put; nothing where the core says no more of it than its label.
    public func prompt(_ question: QuestionView) -> PromptView? {
        prompts.first { $0.part == .question && $0.question == question.reference }
    }

    /// In what words a choice of it is put.
    public func prompt(_ question: QuestionView, choice: String) -> PromptView? {
        prompts.first { $0.part == .choice && $0.question == question.reference && $0.choice == choice }
    }

    /// In what words something is put at a gate.
    public func prompt(_ text: String) -> PromptView? { prompts.first { $0.part == .question && $0.text == text } }
}

extension PromptView {
    /// The same for a worker who does not read what the person reads; nothing where the worker does.
    public func gloss(for worker: String) -> String? {
        let isNeeded = !gloss.isEmpty && gloss != text && languageTag(language) != languageTag(worker)
        return isNeeded ? gloss : nil
    }
}

/// Written on the queue of the core, read once that call is over.
private final class Sound: @unchecked Sendable { var opus: Data? }

extension Shell {
    /// Plays what is said, because somebody asked for it. The next step, whatever it is, ends it.
    public func listen(_ prompt: PromptView) async {
        guard let voice = host.voice, !state.busy else { return }
        let sound = Sound()
        await ask { sound.opus = try $0.session.audio(key: prompt.key) }
        guard let opus = sound.opus else { return }
        do {
            try await voice.play(opus)
        } catch {
            state.problem = Problem(code: "sound")
        }
    }
}
