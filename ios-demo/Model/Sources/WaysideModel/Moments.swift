import Foundation
import Wayside

/// Also in the digits of other scripts, as a keyboard of the phone may give them.
public func number(_ text: String) -> Int? {
    let digits = text.map(\.wholeNumberValue)
    guard (1...6).contains(digits.count), digits.allSatisfy({ $0.map { $0 < 10 } ?? false }) else { return nil }
    return digits.reduce(0) { $0 * 10 + ($1 ?? 0) }
}

/// A day as it is typed, in the calendar it was said in.
public struct DayForm: Equatable, Sendable {
    public var calendar: CalendarSystem
    public var year = "", month = "", day = ""

    /// Of an answer; a form may wish for a calendar, but a day that is there is shown as the instance holds it.
    public init(_ value: String, wished: CalendarSystem) {
        let parts = value.prefix { $0 != "T" }.split(separator: "-").map(String.init)
        calendar = parts.count == 3 ? .gregorian : wished
        if parts.count == 3 { (year, month, day) = (parts[0], parts[1], parts[2]) }
    }

    public var isBlank: Bool { year.isEmpty && month.isEmpty && day.isEmpty }
    public var isComplete: Bool { !year.isEmpty && !month.isEmpty && !day.isEmpty }

    /// The Gregorian day, as the form's instance holds it; nothing while it is not complete, or there is no such day.
    public var gregorian: String? {
        guard let year = number(year), let month = number(month), let day = number(day), (1...13).contains(month),
            (1...31).contains(day)
        else { return nil }
        return gregorianDay(calendar: calendar, year: Int32(year), month: UInt8(month), day: UInt8(day))
    }
}

/// The calendar that a form wishes for by its appearance.
public func wishedCalendar(_ looks: [String]) -> CalendarSystem {
    if looks.contains("ethiopian") || looks.contains("coptic") { return .ethiopian }
    if looks.contains("persian") { return .solarHijri }
    return looks.contains("islamic") ? .lunarHijri : .gregorian
}

/// A time of day as it is typed.
public struct TimeForm: Equatable, Sendable {
    public var hour = "", minute = ""

    public init(_ value: String) {
        let parts = value.split(separator: "T").last.map { $0.split(separator: ":").map(String.init) } ?? []
        if parts.count >= 2 { (hour, minute) = (parts[0], String(parts[1].prefix(2))) }
    }

    public var isBlank: Bool { hour.isEmpty && minute.isEmpty }

    /// As the form's instance holds it, with the offset of where the phone is.
    public func time(offsetMinutes: Int32) -> String? {
        guard let hour = number(hour), hour < 24, let minute = number(minute), minute < 60 else { return nil }
        let offset = abs(Int(offsetMinutes))
        let two = { (number: Int) in number < 10 ? "0\(number)" : "\(number)" }
        return "\(two(hour)):\(two(minute)):00.000\(offsetMinutes < 0 ? "-" : "+")\(two(offset / 60)):\(two(offset % 60))"
    }
}
