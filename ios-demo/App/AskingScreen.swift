import SwiftUI
import Wayside
import WaysideModel

/// One screen of an interview. What to do in danger, and stop, stand on each of them at the same place; stop asks nothing back.
struct AskingScreen: View {
    let shell: Observed
    let words: Words
    let view: InterviewView
    let showDanger: @MainActor () -> Void
    @State private var ageForm = AgeForm()
    @State private var referral = ReferralForm()
    @State private var understood = false
    @State private var interpreter = ""
    @State private var languagesOpen = false

    private var title: String {
        if case .questions(let heading, _, _) = view.step, !heading.isEmpty { return heading }
        return view.title
    }

    private var above: String {
        switch view.step {
        case .questions: words.questions.screen(view.position, view.of)
        case .urgent(_, let number, let of): words.questions.screen(number, of)
        default: ""
        }
    }

    private var gate: Gate? {
        if case .look(let gate, _) = view.step { return gate }
        return nil
    }

    private var referred: String? {
        if case .refer(let service) = view.step { return service.code }
        return nil
    }

    var body: some View {
        Page(title: title, above: above, shell: shell, words: words) {
            CornerButton(text: words.danger.open, id: "danger", action: showDanger)
            if !view.step.isOver { CornerButton(text: words.common.stop, id: "stop") { shell.run { await $0.stop() } } }
        } content: {
            if !view.step.isOver {
                languages
                if view.withoutRecord { Text(words.consent.withoutRecord) }
                if view.long { ProblemText(words.between.long) }
            }
            asked
        } below: {
            StepButtons(shell: shell, words: words, view: view, age: ageForm.statement(), understood: understood,
                referral: referral, interpreter: interpreter)
        }
        .onChange(of: gate) { _ in interpreter = "" }
        // Filled in again from nothing for each service.
        .onChange(of: referred) { _ in referral = ReferralForm() }
    }

    /// The other languages of the form, each called by the form's name of it; folded away until somebody wants one.
    @ViewBuilder private var languages: some View {
        Button(words.common.language) { languagesOpen.toggle() }
            .frame(minHeight: touchHeight)
            .accessibilityIdentifier("language")
        ForEach(view.languages.filter { languagesOpen && languageTag($0) != view.language }, id: \.self) { name in
            Button(String(name.prefix { $0 != "(" })) {
                // What was explained is to be explained in the language that is understood.
                understood = false
                shell.ask { try $0.language(name) }
            }
                .frame(minHeight: touchHeight)
                .accessibilityIdentifier("language-\(languageTag(name))")
        }
    }

    @ViewBuilder private var asked: some View {
        switch view.step {
        case .look(let gate, let refused):
            Large(gate == .interpreter ? words.gates.interpreter : words.gates.setting)
            if refused { ProblemText(gate == .interpreter ? words.gates.notSafe : words.gates.notAlone) }
            if refused && gate == .interpreter { Text(words.gates.remoteMeans) }
            if gate == .interpreter {
                Text(words.gates.code)
                TextField("", text: $interpreter).discreet().accessibilityIdentifier("interpreter")
                Text(words.gates.codeHint)
            }
        case .urgent(let question, _, _): UrgentStep(shell: shell, words: words, view: view, question: question)
        case .danger(let danger, let asksHours):
            DangerStep(shell: shell, words: words, danger: danger, asksHours: asksHours)
        case .age(let refused): AgeStep(words: words, refused: refused, form: $ageForm)
        case .explain(let points): ExplainStep(shell: shell, words: words, view: view, points: points, understood: $understood)
        case .consent(let line):
            Text(words.consent.readAloud)
            Large(spoken(line))
        case .ask(let between, let refused, let possible):
            if possible && (between == .offer || between == .goOn) { Text(words.consent.readAloud) }
            Large(ask(between, possible))
            if refused { ProblemText(words.between.first) }
        case .questions(_, let questions, let repeats):
            ForEach(questions.filter { $0.kind != .hidden }, id: \.reference) { question in
                QuestionBlock(shell: shell, words: words, view: view, question: question)
                Divider()
            }
            ForEach(repeats, id: \.reference) { RepeatButtons(shell: shell, words: words, one: $0) }
        case .forAdultsOnly: Large(words.questions.forAdults)
        case .nextForm(let forms): NextFormStep(shell: shell, words: words, forms: forms)
        case .end(let stopped, let canFinish, let covered):
            EndStep(shell: shell, words: words, stopped: stopped, canFinish: canFinish, covered: covered)
        case .advice(let advice, let services):
            Text(words.consent.withoutRecord)
            ResultParts(words: words, steps: advice.steps, outcomes: advice.outcomes, services: services) { _ in EmptyView() }
        case .nothingKept: Large(words.ending.nothingKept)
        case .finished(let report, let services, _):
            Text(words.ending.sealed)
            if !report.caseCode.isEmpty {
                Heading(words.ending.code)
                Large(report.caseCode)
            }
            ResultParts(words: words, steps: report.steps, outcomes: report.outcomes, services: services) { service in
                Wide(text: words.refer.refer, id: "refer-\(service.code)", main: false, enabled: !shell.state.busy) {
                    shell.ask { $0.toReferral(service) }
                }
            }
            Text(words.help.after)
            Button(words.help.ask) { shell.run { await $0.showHelp() } }.frame(minHeight: touchHeight).accessibilityIdentifier("help")
        case .refer(let service):
            ReferStep(words: words, service: service, form: $referral)
            // Below they would leave a small phone no place for what is asked.
            small(words.refer.mustNotKnow, "withhold") { try $0.withhold(service) }
            small(words.common.back, "back") { $0.toResult() }
        case .referred(let service):
            Large(words.refer.to(service.name))
            Text(words.refer.sealed)
        }
    }

    private func small(
        _ text: String, _ id: String, _ step: @escaping @Sendable (Interview) throws -> Void
    ) -> some View {
        Button(text) { shell.ask(step) }.frame(minHeight: touchHeight).accessibilityIdentifier(id)
    }

    private func ask(_ between: Between, _ possible: Bool) -> String {
        switch between {
        case .quick: words.between.quick
        case .offer: possible ? words.between.offer : words.between.later
        case .gender: words.between.gender
        case .goOn: words.between.goOn
        }
    }

    private func spoken(_ line: ConsentLine) -> String {
        switch line {
        case .c1: words.consent.talk
        case .c2: words.consent.record
        case .c5: words.consent.contact
        default: words.consent.statistics
        }
    }
}
