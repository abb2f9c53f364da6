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

/// Keep or keep nothing: the person's wish, said before the button.
struct EndStep: View {
    let words: Words
    let stopped: Bool
    let canFinish: Bool

    var body: some View {
        Large(stopped ? words.ending.stopped : words.ending.asked)
        if !canFinish { ProblemText(words.ending.open) }
        Heading(words.ending.keep)
        Text(words.ending.keepMeans)
        Heading(words.ending.discard)
        Text(words.ending.discardMeans)
    }
}

/// What can be offered now. The answers are sealed and cannot be shown any more.
struct FinishedStep: View {
    let words: Words
    let report: FinishReport

    var body: some View {
        Text(words.ending.sealed)
        Heading(words.ending.code)
        Large(report.caseCode)
        if !report.steps.isEmpty {
            Heading(words.ending.offer)
            ForEach(report.steps, id: \.id) { step in
                Text("•  \(step.text)")
                if step.needsConsent != nil { Text(words.ending.consentFirst).font(.subheadline) }
            }
        }
        if !report.outcomes.isEmpty {
            Heading(words.ending.why)
            ForEach(report.outcomes, id: \.id) { Text($0.text) }
            Text(words.ending.notIdentification)
        }
    }
}
