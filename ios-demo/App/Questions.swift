import SwiftUI
import Wayside
import WaysideModel

struct QuestionBlock: View {
    let shell: Observed
    let words: Words
    let view: InterviewView
    let question: QuestionView

    var body: some View {
        Heard(prompt: view.prompt(question), id: question.reference, shell: shell, words: words) {
            Text(question.label + (question.required ? " *" : ""))
                .font(.title3)
                .frame(maxWidth: .infinity, alignment: .leading)
                .accessibilityAddTraits(.isHeader)
        }
        if !question.hint.isEmpty { Text(question.hint).font(.subheadline) }
        if !question.guidance.isEmpty { Text(question.guidance).font(.subheadline) }
        if question.readOnly {
            Text(question.value)
        } else if question.kind != .note {
            Control(shell: shell, words: words, view: view, question: question)
            WithoutAnswer(shell: shell, words: words, question: question)
        }
    }
}

/// As many instances of a repeat as have a button each.
private let few = 12

struct RepeatButtons: View {
    let shell: Observed
    let words: Words
    let one: RepeatView
    @State private var typed = ""

    private var wanted: Int? { number(typed).flatMap { (1...max(Int(one.count), 1)).contains($0) ? $0 : nil } }

    var body: some View {
        if one.canAdd { other(words.questions.add(one.label), "+") { [one] in try $0.add(one) } }
        // Each is reached at once, and not page by page; of many, by its number.
        if one.count <= few {
            ForEach(Array(0..<Int(one.count)), id: \.self) { index in
                other(words.media.jump(index + 1), "@\(index + 1)") { [one] in try $0.jump(one, to: index + 1) }
            }
        } else {
            TextField(one.label, text: $typed).discreet(.numberPad).accessibilityIdentifier("\(one.reference)@")
            other(words.media.jump(wanted ?? 1), "@go", wanted != nil) { [one, wanted] in if let wanted { try $0.jump(one, to: wanted) } }
        }
        if one.canRemove { other(words.questions.removeLast(one.label), "-") { [one] in try $0.removeLast(one) } }
    }

    private func other(
        _ text: String, _ id: String, _ possible: Bool = true, _ step: @escaping @Sendable (Interview) throws -> Void
    ) -> some View {
        Wide(text: text, id: one.reference + id, main: false, enabled: possible && !shell.state.busy) { shell.ask(step) }
    }
}

/// Not to answer is an answer, in reach of every question. A form that offers it as a choice of its own has it there.
private struct WithoutAnswer: View {
    let shell: Observed
    let words: Words
    let question: QuestionView

    private var noted: String? {
        guard question.value.isEmpty else { return nil }
        switch question.state {
        case .declined: return words.questions.declined
        case .unknown: return words.questions.unknown
        default: return nil
        }
    }

    var body: some View {
        if let noted {
            Text(noted)
            button(words.questions.undo, "undo", .notAsked)
        } else {
            if !offers("declined") { button(words.questions.declines, "declined", .declined) }
            if !offers("unknown") { button(words.questions.doesNotKnow, "unknown", .unknown) }
        }
    }

    private func offers(_ value: String) -> Bool { question.choices.contains { $0.value == value } }

    private func button(_ text: String, _ id: String, _ state: AnswerState) -> some View {
        Wide(text: text, id: "\(question.reference)=\(id)", main: false) { [question] in
            shell.ask { try $0.mark(question, state) }
        }
    }
}
