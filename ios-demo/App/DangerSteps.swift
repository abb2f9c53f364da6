import SwiftUI
import Wayside
import WaysideModel

/// One urgent question. No answer is easier to reach than another.
struct UrgentStep: View {
    let shell: Observed
    let words: Words
    let view: InterviewView
    let question: String

    private var answers: [(FindingState, String)] {
        [
            (.present, words.common.yes), (.observed, words.urgent.seen), (.absent, words.common.no),
            (.unknown, words.questions.doesNotKnow), (.declined, words.questions.declines),
        ]
    }

    var body: some View {
        Heard(prompt: view.prompt(question), id: "urgent", shell: shell, words: words) { Large(question) }
        ForEach(answers, id: \.0) { answer, text in
            Wide(text: text, id: "urgent-\(answer)", main: false, enabled: !shell.state.busy) {
                shell.ask { try $0.urgent(answer) }
            }
        }
    }
}

/// Help comes first: the site's steps, and how long medical help is possible. The core counts the time.
struct DangerStep: View {
    let shell: Observed
    let words: Words
    let danger: DangerView
    let asksHours: Bool
    @State private var hours = ""

    var body: some View {
        Large(words.danger.first)
        ProtocolSteps(words: words, steps: danger.protocol)
        if let hiv = danger.hivMinutesLeft, let contraception = danger.contraceptionMinutesLeft {
            Heading(words.danger.medical)
            Large(hiv < 60 ? words.danger.hivNow : words.danger.hiv(Int(hiv / 60)))
            Large(contraception < 60 ? words.danger.contraceptionNow : words.danger.contraception(Int(contraception / 60)))
        }
        if asksHours {
            TextField(words.danger.hours, text: $hours).discreet(.numberPad).accessibilityIdentifier("hours")
            Wide(text: words.danger.take, id: "take-hours", main: false, enabled: UInt16(hours) != nil && !shell.state.busy) {
                if let hours = UInt16(hours) { shell.ask { try $0.hoursAgo(hours) } }
            }
        }
    }
}

/// The steps of this site, numbered: they are for somebody who has no time to search.
struct ProtocolSteps: View {
    let words: Words
    let steps: [String]

    var body: some View {
        if steps.isEmpty { Large(words.danger.none) }
        ForEach(Array(steps.enumerated()), id: \.offset) { Large("\($0.offset + 1).  \($0.element)") }
    }
}

/// The same steps at any time, whatever is under way.
struct ProtocolScreen: View {
    let shell: Observed
    let words: Words
    let steps: [String]
    let asking: Bool
    let close: @MainActor () -> Void

    var body: some View {
        Page(title: words.danger.title, shell: shell, words: words) {
            EmptyView()
        } content: {
            ProtocolSteps(words: words, steps: steps)
        } below: {
            Wide(text: words.common.back, id: "back", action: close)
            if asking {
                Wide(text: words.danger.end, id: "end-danger", main: false) {
                    close()
                    shell.run { await $0.stop(.danger) }
                }
            }
        }
    }
}
