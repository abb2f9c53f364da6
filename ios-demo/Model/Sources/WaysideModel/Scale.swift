import Foundation
import Wayside

/// The values of a range, which are exact: a step of 0.1 never becomes 0.30000000000000004.
public struct Scale: Sendable {
    private let start, step: Decimal
    /// How many lie behind the first.
    public let steps: Int

    /// Nothing where the bounds give no steps, or more than a thumb can tell apart.
    public init?(_ bounds: Bounds) {
        guard let start = Decimal(string: "\(bounds.start)"), let end = Decimal(string: "\(bounds.end)"),
            let step = Decimal(string: "\(bounds.step)"), step != 0
        else { return nil }
        let size = step < 0 ? -step : step
        let count = NSDecimalNumber(decimal: (end - start) / size).doubleValue.magnitude.rounded(.down)
        guard (1...1000).contains(count) else { return nil }
        self.start = start
        self.step = end < start ? -size : size
        steps = Int(count)
    }

    public func text(_ index: Int) -> String { "\(start + step * Decimal(index))" }

    /// Where a value stands; nothing for one that is on no step.
    public func index(of text: String) -> Int? {
        guard let value = Decimal(string: text) else { return nil }
        return (0...steps).first { start + step * Decimal($0) == value }
    }
}
