import SwiftUI
import Wayside
import WaysideModel

/// Stands for a day or a time that is begun and is none: the core refuses it, and the worker sees where.
private let none = "?"

/// A day in the calendar it is said in, a time, or both. The instance holds the Gregorian day, which is shown.
struct WhenControl: View {
    let shell: Observed
    let words: Words
    let view: InterviewView
    let question: QuestionView
    @State private var day: DayForm
    @State private var time: TimeForm
    @State private var isOpen = false

    init(shell: Observed, words: Words, view: InterviewView, question: QuestionView) {
        (self.shell, self.words, self.view, self.question) = (shell, words, view, question)
        let given = view.typed[question.reference] ?? question.value
        _day = State(wrappedValue: DayForm(given, wished: wishedCalendar(looks(question))))
        _time = State(wrappedValue: TimeForm(given))
    }

    private var calendars: [CalendarSystem] { [.gregorian, .ethiopian, .solarHijri, .lunarHijri] }
    // A form that asks for less than a day gets the first one of it.
    private var asksMonth: Bool { !looks(question).contains("year") }
    private var asksDay: Bool { asksMonth && !looks(question).contains("month-year") }

    var body: some View {
        if question.kind != .timeOfDay { dayFields }
        if question.kind != .day {
            HStack(spacing: 12) {
                field(words.media.hour, "hour", $time.hour)
                field(words.media.minute, "minute", $time.minute)
            }
        }
        RefusedText(words: words, view: view, question: question)
    }

    @ViewBuilder private var dayFields: some View {
        // Folded away: most days of a form are said in one calendar.
        Button(name(day.calendar)) { isOpen.toggle() }
            .frame(minHeight: touchHeight)
            .accessibilityIdentifier("\(question.reference)#calendar")
        if isOpen {
            Pick(options: calendars, chosen: day.calendar, id: "\(question.reference)#", label: name) {
                isOpen = false
                day.calendar = $0
                give()
            }
        }
        HStack(spacing: 12) {
            field(words.media.year, "year", $day.year)
            if asksMonth { field(words.media.month, "month", $day.month) }
            if asksDay { field(words.media.day, "day", $day.day) }
        }
        if day.isComplete {
            if let gregorian = day.gregorian {
                if day.calendar != .gregorian { Text(words.media.inGregorian(gregorian)) }
            } else {
                ProblemText(words.media.noSuchDay)
            }
        }
    }

    private func field(_ label: String, _ id: String, _ text: Binding<String>) -> some View {
        let typed = Binding(get: { text.wrappedValue }, set: { text.wrappedValue = $0; give() })
        return TextField(label, text: typed).discreet(.numberPad).accessibilityIdentifier("\(question.reference)#\(id)")
    }

    private func name(_ calendar: CalendarSystem) -> String {
        switch calendar {
        case .gregorian: words.age.gregorian
        case .ethiopian: words.age.ethiopian
        case .solarHijri: words.age.solarHijri
        case .lunarHijri: words.age.lunarHijri
        }
    }

    private func give() {
        if !asksMonth && !day.year.isEmpty { day.month = "1" }
        if !asksDay && !day.year.isEmpty { day.day = "1" }
        shell.core.type(question.reference, value)
    }

    private var value: String {
        let moment = time.time(offsetMinutes: shell.core.host.offsetMinutes())
        switch question.kind {
        case .day: return day.isBlank ? "" : day.gregorian ?? none
        case .timeOfDay: return time.isBlank ? "" : moment ?? none
        default:
            guard let gregorian = day.gregorian, let moment else { return day.isBlank && time.isBlank ? "" : none }
            return "\(gregorian)T\(moment)"
        }
    }
}
