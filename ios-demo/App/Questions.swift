import SwiftUI
import Wayside
import WaysideModel

struct QuestionBlock: View {
    let shell: Observed
    let words: Words
    let view: InterviewView
    let question: QuestionView

    var body: some View {
        Text(question.label + (question.required ? " *" : "")).font(.title3).accessibilityAddTraits(.isHeader)
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

struct RepeatButtons: View {
    let shell: Observed
    let words: Words
    let one: RepeatView

    var body: some View {
        if one.canAdd {
            Wide(text: words.questions.add(one.label), id: "\(one.reference)+", main: false) { [one] in
                shell.ask { try $0.add(one) }
            }
        }
        if one.canRemove {
            Wide(text: words.questions.removeLast(one.label), id: "\(one.reference)-", main: false) { [one] in
                shell.ask { try $0.removeLast(one) }
            }
        }
    }
}

/// The control of a question's kind. A kind without one falls back to text: no question is ever hidden for its looks.
private struct Control: View {
    let shell: Observed
    let words: Words
    let view: InterviewView
    let question: QuestionView

    private var chosen: Set<String> { Set(question.value.split(separator: " ").map(String.init)) }

    var body: some View {
        switch question.kind {
        case .selectOne: choices(question.choices, many: false) { [question] value in shell.ask { try $0.choose(question, value) } }
        case .selectMultiple:
            Text(words.questions.any)
            choices(question.choices, many: true) { [question] value in shell.ask { try $0.toggle(question, value) } }
        case .yesNo:
            let options = [
                ChoiceView(value: "true", label: words.common.yes), ChoiceView(value: "false", label: words.common.no),
            ]
            choices(options, many: false) { [question] value in shell.ask { try $0.choose(question, value) } }
        case .trigger:
            ChoiceRow(label: words.questions.seen, chosen: question.value == "OK", many: true, id: "\(question.reference)=OK") {
                [question] in shell.ask { try $0.toggleSeen(question) }
            }
        case .integer, .decimal, .span: text(words.questions.number, .numbersAndPunctuation)
        case .day: text(words.questions.day, .numbersAndPunctuation)
        case .text: text("", .default)
        case .attachment: Text(words.questions.notHere)
        case .note, .hidden: EmptyView()
        default: text(words.questions.written, .default)
        }
    }

    private func choices(_ options: [ChoiceView], many: Bool, _ choose: @escaping @MainActor (String) -> Void) -> some View {
        ForEach(options, id: \.value) { option in
            ChoiceRow(
                label: option.label, chosen: chosen.contains(option.value), many: many,
                id: "\(question.reference)=\(option.value)"
            ) {
                choose(option.value)
            }
        }
    }

    /// Text goes to the core when the page is left, so that a word half typed is no answer.
    @ViewBuilder private func text(_ hint: String, _ keyboard: UIKeyboardType) -> some View {
        let typed = Binding(
            get: { view.typed[question.reference] ?? question.value },
            set: { shell.core.type(question.reference, $0) })
        TextField(hint, text: typed).discreet(keyboard).accessibilityIdentifier(question.reference)
        if let refused = view.refused[question.reference] {
            // The form's own words where it has some: it knows what it wants.
            ProblemText(question.constraintMessage.isEmpty ? words.problem(refused) : question.constraintMessage)
        }
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
