import SwiftUI
import Wayside
import WaysideModel

/// One screen of an interview. Stop stands on each of them at the same place and asks nothing back.
struct AskingScreen: View {
    let shell: Observed
    let words: Words
    let view: InterviewView
    @State private var ageForm = AgeForm()
    @State private var languagesOpen = false

    private var title: String {
        if case .questions(let heading, _, _) = view.step, !heading.isEmpty { return heading }
        return view.title
    }

    private var above: String {
        if case .questions = view.step { return words.questions.screen(view.position, view.of) }
        return ""
    }

    var body: some View {
        Page(title: title, above: above, shell: shell, words: words) {
            if !view.step.isOver {
                Button(words.common.stop) { shell.run { await $0.stop() } }
                    .frame(minHeight: touchHeight)
                    .accessibilityIdentifier("stop")
            }
        } content: {
            if !view.step.isOver { languages }
            asked
        } below: {
            StepButtons(shell: shell, words: words, view: view, age: ageForm.statement())
        }
    }

    /// The other languages of the form, each called by the form's name of it; folded away until somebody wants one.
    @ViewBuilder private var languages: some View {
        Button(words.common.language) { languagesOpen.toggle() }
            .frame(minHeight: touchHeight)
            .accessibilityIdentifier("language")
        ForEach(view.languages.filter { languagesOpen && languageTag($0) != view.language }, id: \.self) { name in
            Button(String(name.prefix { $0 != "(" })) { shell.ask { try $0.language(name) } }
                .frame(minHeight: touchHeight)
                .accessibilityIdentifier("language-\(languageTag(name))")
        }
    }

    @ViewBuilder private var asked: some View {
        switch view.step {
        case .look(let gate, let refused):
            Large(ask(gate))
            if refused { ProblemText(otherwise(gate)) }
        case .age(let refused): AgeStep(words: words, refused: refused, form: $ageForm)
        case .consent(let line):
            Text(words.consent.readAloud)
            Large(spoken(line))
        case .questions(_, let questions, let repeats):
            ForEach(questions.filter { $0.kind != .hidden }, id: \.reference) { question in
                QuestionBlock(shell: shell, words: words, view: view, question: question)
                Divider()
            }
            ForEach(repeats, id: \.reference) { RepeatButtons(shell: shell, words: words, one: $0) }
        case .forAdultsOnly: Large(words.questions.forAdults)
        case .end(let stopped, let canFinish): EndStep(words: words, stopped: stopped, canFinish: canFinish)
        case .nothingKept: Large(words.ending.nothingKept)
        case .finished(let report): FinishedStep(words: words, report: report)
        }
    }

    private func ask(_ gate: Gate) -> String {
        switch gate {
        case .services: words.gates.services
        case .setting: words.gates.setting
        case .interpreter: words.gates.interpreter
        default: words.gates.danger
        }
    }

    private func otherwise(_ gate: Gate) -> String {
        switch gate {
        case .services: words.gates.noService
        case .setting: words.gates.notAlone
        case .interpreter: words.gates.notSafe
        default: words.gates.inDanger
        }
    }

    private func spoken(_ line: ConsentLine) -> String {
        switch line {
        case .c1: words.consent.talk
        case .c2: words.consent.record
        default: words.consent.statistics
        }
    }
}

/// What is always in reach below a step.
private struct StepButtons: View {
    let shell: Observed
    let words: Words
    let view: InterviewView
    let age: AgeStatement?

    private var ready: Bool { !shell.state.busy }

    var body: some View {
        switch view.step {
        case .look(let gate, _):
            Wide(text: words.common.yes, id: "yes", enabled: ready) { shell.ask { try $0.look(gate, open: true) } }
            Wide(text: words.gates.notNow, id: "no", main: false, enabled: ready) {
                shell.ask { try $0.look(gate, open: false) }
            }
        case .age:
            Wide(text: words.common.next, id: "next", enabled: age != nil && ready) {
                if let age { shell.ask { try $0.setAge(age) } }
            }
        // Both answers look alike, here and at the end: the screen must not prefer one.
        case .consent:
            Wide(text: words.common.yes, id: "yes", main: false, enabled: ready) { shell.ask { try $0.consent(true) } }
            Wide(text: words.common.no, id: "no", main: false, enabled: ready) { shell.ask { try $0.consent(false) } }
        case .questions:
            Wide(text: words.common.next, id: "next", enabled: ready) { shell.ask { try $0.forward() } }
            Wide(text: words.common.back, id: "back", main: false, enabled: ready && view.position > 1) {
                shell.ask { try $0.back() }
            }
        case .forAdultsOnly: Wide(text: words.common.stop, id: "stop-here") { shell.run { await $0.stop() } }
        case .end(let stopped, let canFinish):
            Wide(text: words.ending.keep, id: "keep", main: false, enabled: ready && canFinish) { shell.ask { try $0.finish() } }
            Wide(text: words.ending.discard, id: "discard", main: false, enabled: ready) { shell.ask { try $0.discard() } }
            if !stopped {
                Wide(text: words.common.back, id: "back", main: false, enabled: ready) { shell.ask { try $0.back() } }
            }
        case .nothingKept: Wide(text: words.common.done, id: "done", enabled: ready) { shell.run { await $0.showForms() } }
        case .finished: Wide(text: words.common.done, id: "done", enabled: ready) { shell.run { await $0.showQueue() } }
        }
    }
}
