import Wayside

/// The three ways in which an age is known.
public enum AgeKind: CaseIterable, Sendable { case year, between, unknown }

/// What a worker fills in at the age gate. No calendar is chosen beforehand: a guess would turn a child into an adult.
public struct AgeForm: Equatable, Sendable {
    public var kind: AgeKind?
    public var year = ""
    public var calendar: CalendarSystem?
    public var low = ""
    public var high = ""

    public init() {}

    /// The statement for the core, once it is complete. Whether it is plausible the core says.
    public func statement() -> AgeStatement? {
        switch kind {
        case .unknown: .unknown
        case .year:
            if let calendar, let year = number(year) {
                .born(calendar: calendar, year: Int32(year), month: nil, day: nil, basis: .statement)
            } else {
                nil
            }
        case .between:
            if let low = number(low).flatMap(UInt8.init(exactly:)), let high = number(high).flatMap(UInt8.init(exactly:)) {
                .between(low: low, high: high, basis: .statement)
            } else {
                nil
            }
        case nil: nil
        }
    }
}
