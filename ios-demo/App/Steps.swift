import SwiftUI
import Wayside
import WaysideModel

/// What is known of the age, in the calendar it was said in. Whether somebody is a child is the core's to say.
struct AgeStep: View {
    let words: Words
    let refused: Bool
    @Binding var form: AgeForm

    private var kinds: [(AgeKind, String)] {
        [(.year, words.age.year), (.between, words.age.between), (.unknown, words.age.unknown)]
    }

    private var calendars: [(CalendarSystem, String)] {
        [
            (.gregorian, words.age.gregorian), (.ethiopian, words.age.ethiopian), (.solarHijri, words.age.solarHijri),
            (.lunarHijri, words.age.lunarHijri),
        ]
    }

    var body: some View {
        Large(words.age.ask)
        if refused { ProblemText(words.age.unknownMeans) }
        ForEach(kinds, id: \.0) { kind, label in
            ChoiceRow(label: label, chosen: form.kind == kind, many: false, id: "age-\(kind)") { form.kind = kind }
        }
        switch form.kind {
        case .year:
            TextField(words.age.yearLabel, text: $form.year).discreet(.numberPad).accessibilityIdentifier("year")
            Heading(words.age.calendar)
            ForEach(calendars, id: \.0) { calendar, label in
                ChoiceRow(label: label, chosen: form.calendar == calendar, many: false, id: "calendar-\(calendar)") {
                    form.calendar = calendar
                }
            }
        case .between:
            TextField(words.age.youngest, text: $form.low).discreet(.numberPad).accessibilityIdentifier("low")
            TextField(words.age.oldest, text: $form.high).discreet(.numberPad).accessibilityIdentifier("high")
        case .unknown: Text(words.age.unknownMeans)
        case nil: EmptyView()
        }
    }
}

/// What has to be explained, and one tick for all of it: a yes is taken only when everything was understood.
struct ExplainStep: View {
    let shell: Observed
    let words: Words
    let view: InterviewView
    let points: [String]
    @Binding var understood: Bool

    var body: some View {
        Large(words.consent.explain)
        ForEach(points, id: \.self) { point in
            Heard(prompt: view.prompt(point), id: "point", shell: shell, words: words) { Text("•  \(point)") }
        }
        ChoiceRow(label: words.consent.explained, chosen: understood, many: true, id: "understood") { understood = !understood }
    }
}

/// The core refuses a form that does not fit this person or this worker, and says why.
struct NextFormStep: View {
    let shell: Observed
    let words: Words
    let forms: [FormSummary]

    var body: some View {
        Large(words.between.next)
        ForEach(forms, id: \.id) { form in
            FormRow(
                title: form.title, note: form.adultsOnly ? words.forms.adultsOnly : "", action: words.forms.start,
                id: "next-\(form.id)"
            ) {
                shell.ask { try $0.openForm(form) }
            }
        }
    }
}

/// Keep or keep nothing: the person's wish, said before the button.
struct EndStep: View {
    let shell: Observed
    let words: Words
    let stopped: Bool
    let canFinish: Bool
    let covered: Bool

    private var bases: [(LegalBasis, String)] {
        [
            (.vitalInterest, words.ending.vital), (.bestInterests, words.ending.child),
            (.otherInterest, words.ending.observed),
        ]
    }

    var body: some View {
        Large(stopped ? words.ending.stopped : words.ending.asked)
        if covered {
            if !canFinish { ProblemText(words.ending.open) }
            Heading(words.ending.keep)
            Text(words.ending.keepMeans)
        } else {
            Text(words.ending.carries)
            Heading(words.ending.basis)
            ForEach(bases, id: \.0) { basis, text in
                Wide(text: text, id: "basis-\(basis)", main: false, enabled: !shell.state.busy) {
                    shell.ask { try $0.relyOn(basis) }
                }
            }
        }
        Heading(words.ending.discard)
        Text(words.ending.discardMeans)
    }
}

/// What can be offered now, whom to name, and why. The answers are sealed and cannot be shown any more.
struct ResultParts<Also: View>: View {
    let words: Words
    let steps: [StepView]
    let outcomes: [OutcomeView]
    let services: [ServiceView]
    @ViewBuilder let also: (ServiceView) -> Also

    var body: some View {
        if !steps.isEmpty {
            Heading(words.ending.offer)
            ForEach(steps, id: \.id) { step in
                Text("•  \(step.text)")
                if step.needsConsent != nil { Text(words.ending.consentFirst).font(.subheadline) }
            }
        }
        Heading(words.services.title)
        if services.isEmpty { Text(words.services.none) }
        ForEach(services, id: \.code) { service in
            Text("•  \(service.name)")
            Text(known(service)).font(.subheadline)
            if let reports = words.reports(service.reporting) { ProblemText(reports) }
            also(service)
        }
        if !outcomes.isEmpty {
            Heading(words.ending.why)
            ForEach(outcomes, id: \.id) { Text($0.text) }
            Text(words.ending.notIdentification)
        }
    }

    private func known(_ service: ServiceView) -> String {
        let onFoot = service.onFootMinutes.map { words.services.onFoot(Int($0)) }
        return [service.hours, onFoot, service.free ? words.services.free : nil].compactMap { $0 }.joined(separator: " · ")
    }
}
