import SwiftUI
import Wayside
import WaysideModel

/// More choices than this are searched: nobody scrolls through the villages of a country.
private let many = 30

/// The control of a question's kind. An appearance that it has no place for changes nothing, and a kind without a control
/// falls back to text: no question is ever hidden for its looks.
struct Control: View {
    let shell: Observed
    let words: Words
    let view: InterviewView
    let question: QuestionView
    @State private var part = ""

    private var chosen: Set<String> { Set(question.value.split(separator: " ").map(String.init)) }

    var body: some View {
        switch question.kind {
        case .selectOne: choices(many: false) { [question] value in shell.ask { try $0.choose(question, value) } }
        case .selectMultiple:
            Text(words.questions.any)
            choices(many: true) { [question] value in shell.ask { try $0.toggle(question, value) } }
        case .yesNo:
            let both = [ChoiceView(value: "true", label: words.common.yes), ChoiceView(value: "false", label: words.common.no)]
            options(both, many: false) { [question] value in shell.ask { try $0.choose(question, value) } }
        case .trigger:
            ChoiceRow(label: words.questions.seen, chosen: question.value == "OK", many: true, id: "\(question.reference)=OK") {
                [question] in shell.ask { try $0.toggleSeen(question) }
            }
        case .rank: RankControl(shell: shell, words: words, question: question)
        case .span: SpanControl(shell: shell, words: words, view: view, question: question)
        case .day, .timeOfDay, .moment:
            // Begun anew once it is declined, or open again: what is no answer any more is not shown.
            WhenControl(shell: shell, words: words, view: view, question: question).id(question.state)
        case .geopoint, .geotrace, .geoshape: PlaceControl(shell: shell, words: words, view: view, question: question)
        case .attachment: AttachmentControl(shell: shell, words: words, question: question)
        case .barcode:
            if shell.core.host.senses.kinds.contains(.picture) {
                Wide(text: words.media.scan, id: "\(question.reference)=scan", main: false, enabled: !shell.state.busy) { [question] in
                    shell.run { await $0.scanInto(question) }
                }
            }
            TypedText(shell: shell, words: words, view: view, question: question)
        case .integer, .decimal: TypedText(shell: shell, words: words, view: view, question: question, hint: words.questions.number, keyboard: .numbersAndPunctuation)
        case .text: TypedText(shell: shell, words: words, view: view, question: question)
        case .note, .hidden: EmptyView()
        }
    }

    @ViewBuilder private func choices(many isMany: Bool, _ choose: @escaping @MainActor (String) -> Void) -> some View {
        let found = question.choices.filter { part.isEmpty || $0.label.localizedCaseInsensitiveContains(part) }
        if question.choices.count > many {
            TextField(words.media.find, text: $part).discreet().accessibilityIdentifier("\(question.reference)?")
        }
        // What is chosen stays in sight.
        let held = question.choices.filter { chosen.contains($0.value) && question.choices.count > many }
        let rest = found.prefix(many).filter { !held.contains($0) }
        options(held + rest, many: isMany, choose)
        if found.count > many { Text(words.media.moreChoices(found.count - many)) }
    }

    private func options(_ options: [ChoiceView], many: Bool, _ choose: @escaping @MainActor (String) -> Void) -> some View {
        ForEach(options, id: \.value) { option in
            let id = "\(question.reference)=\(option.value)"
            Heard(prompt: view.prompt(question, choice: option.value), id: id, shell: shell, words: words) {
                ChoiceRow(label: option.label, chosen: chosen.contains(option.value), many: many, id: id) {
                    choose(option.value)
                }
            }
        }
    }
}

/// Text goes to the core when the page is left, so that a word half typed is no answer.
struct TypedText: View {
    let shell: Observed
    let words: Words
    let view: InterviewView
    let question: QuestionView
    var hint = ""
    var keyboard = UIKeyboardType.default

    var body: some View {
        let typed = Binding(
            get: { view.typed[question.reference] ?? question.value },
            set: { shell.core.type(question.reference, $0) })
        TextField(hint, text: typed).discreet(keyboard).accessibilityIdentifier(question.reference)
        RefusedText(words: words, view: view, question: question)
    }
}

/// Why the core did not take what was filled in: in the form's own words where it has some, for it knows what it wants.
struct RefusedText: View {
    let words: Words
    let view: InterviewView
    let question: QuestionView

    var body: some View {
        if let refused = view.refused[question.reference] {
            ProblemText(question.constraintMessage.isEmpty ? words.problem(refused) : question.constraintMessage)
        }
    }
}

/// Buttons and no dragging: it works with a thumb, a switch and a screen reader alike.
private struct RankControl: View {
    let shell: Observed
    let words: Words
    let question: QuestionView

    private var order: [String] { ranked(question) }

    var body: some View {
        ForEach(order, id: \.self) { value in
            Text("\((order.firstIndex(of: value) ?? 0) + 1).  \(question.choices.first { $0.value == value }?.label ?? value)")
            HStack(spacing: 12) {
                move(words.media.up, "^", value, -1, order.first != value)
                move(words.media.down, "v", value, 1, order.last != value)
            }
        }
        // The order that is shown first is an answer only when somebody says so.
        ChoiceRow(label: words.media.order, chosen: !question.value.isEmpty, many: true, id: "\(question.reference)=order") {
            [question, order] in shell.ask { try $0.move(question, order.first ?? "", by: 0) }
        }
    }

    private func move(_ text: String, _ id: String, _ value: String, _ by: Int, _ possible: Bool) -> some View {
        Wide(text: text, id: "\(question.reference)\(id)\(value)", main: false, enabled: possible && !shell.state.busy) { [question] in
            shell.ask { try $0.move(question, value, by: by) }
        }
    }
}

/// Buttons for each step of a range. Bounds that give no scale leave a field for a number.
private struct SpanControl: View {
    let shell: Observed
    let words: Words
    let view: InterviewView
    let question: QuestionView

    var body: some View {
        if let scale = question.bounds.flatMap(Scale.init) {
            let at = scale.index(of: view.typed[question.reference] ?? question.value)
            Large(at.map(scale.text) ?? "–")
            HStack(spacing: 12) {
                step(words.media.less, "-", scale, (at ?? 1) - 1, at != 0)
                step(words.media.more, "+", scale, (at ?? -1) + 1, at != scale.steps)
            }
            RefusedText(words: words, view: view, question: question)
        } else {
            TypedText(shell: shell, words: words, view: view, question: question, hint: words.questions.number, keyboard: .numbersAndPunctuation)
        }
    }

    private func step(_ text: String, _ id: String, _ scale: Scale, _ to: Int, _ possible: Bool) -> some View {
        Wide(text: text, id: question.reference + id, main: false, enabled: possible) {
            shell.core.type(question.reference, scale.text(min(max(to, 0), scale.steps)))
        }
    }
}
