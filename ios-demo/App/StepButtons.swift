import SwiftUI
import Wayside
import WaysideModel

/// What is always in reach below a step.
struct StepButtons: View {
    let shell: Observed
    let words: Words
    let view: InterviewView
    let age: AgeStatement?
    let understood: Bool
    let referral: ReferralForm
    let interpreter: String

    private var ready: Bool { !shell.state.busy }

    var body: some View {
        switch view.step {
        case .look(let gate, let refused):
            Wide(text: words.common.yes, id: "yes", enabled: ready) {
                shell.ask { [interpreter] in try $0.look(gate, open: true, interpreter: interpreter) }
            }
            other(words.gates.notNow, "no") { try $0.look(gate, open: false) }
            if refused && gate == .interpreter { other(words.gates.remote, "remote") { [interpreter] in try $0.interpretRemotely(interpreter: interpreter) } }
        case .urgent(_, let number, _): other(words.common.back, "back", number > 1) { $0.urgentBack() }
        case .danger: other(words.danger.anew, "anew") { try $0.askAnew() }
        case .age:
            Wide(text: words.common.next, id: "next", enabled: age != nil && ready) {
                if let age { shell.ask { try $0.setAge(age) } }
            }
        case .explain:
            Wide(text: words.common.next, id: "next", enabled: understood && ready) { shell.ask { try $0.explained() } }
        // Both answers look alike, here and at the end: the screen must not prefer one.
        case .consent:
            other(words.common.yes, "yes") { try $0.consent(true) }
            other(words.common.no, "no") { try $0.consent(false) }
        case .ask(let between, _, let possible):
            if possible { other(words.common.yes, "yes") { try $0.answer(between, true) } }
            other(possible ? words.common.no : words.common.next, "no") { try $0.answer(between, false) }
        case .questions:
            Wide(text: words.common.next, id: "next", enabled: ready) { shell.ask { try $0.forward() } }
            other(words.common.back, "back", view.position > 1) { try $0.back() }
        case .forAdultsOnly: Wide(text: words.common.stop, id: "stop-here") { shell.run { await $0.stop() } }
        case .nextForm: EmptyView()
        case .end(let stopped, let canFinish, let covered): end(stopped, canFinish, covered)
        case .advice: other(words.ending.end, "end") { try $0.discard() }
        case .nothingKept: Wide(text: words.common.done, id: "done", enabled: ready) { shell.run { await $0.showForms() } }
        case .refer(let service):
            let isComplete = referral.isComplete(service)
            other(words.common.yes, "yes", isComplete) { [referral] in try $0.refer(service, referral, agrees: true) }
            other(words.common.no, "no", isComplete) { [referral] in try $0.refer(service, referral, agrees: false) }
        case .referred: Wide(text: words.common.next, id: "next", enabled: ready) { shell.ask { $0.toResult() } }
        case .finished(_, _, let offers):
            if offers {
                Wide(text: words.common.next, id: "next", enabled: ready) { shell.ask { try $0.toOffer() } }
            } else {
                Wide(text: words.common.done, id: "done", enabled: ready) { shell.run { await $0.showQueue() } }
                other(words.between.another, "another") { try $0.otherForm() }
            }
        }
    }

    @ViewBuilder private func end(_ stopped: Bool, _ canFinish: Bool, _ covered: Bool) -> some View {
        if covered {
            other(words.ending.keep, "keep", canFinish) { try $0.finish() }
        } else {
            other(words.between.another, "another") { try $0.otherForm() }
        }
        other(words.ending.discard, "discard") { try $0.discard() }
        if !stopped { other(words.common.back, "back") { try $0.back() } }
    }

    private func other(
        _ text: String, _ id: String, _ possible: Bool = true, _ step: @escaping @Sendable (Interview) throws -> Void
    ) -> some View {
        Wide(text: text, id: id, main: false, enabled: ready && possible) { shell.ask(step) }
    }
}
