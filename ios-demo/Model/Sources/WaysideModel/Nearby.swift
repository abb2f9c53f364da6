import Foundation
import Wayside

/// The way between two phones in one Wi-Fi, or one in the hotspot of the other. It is never the relay's way, nor the relay's this.
public protocol Nearby: Sendable {
    /// Listens where phones of this network reach it, until it is shut. Throws where this phone is in none.
    func open(_ answer: @escaping @Sendable (CarryRequest) throws -> WireResponse) throws -> Door
    /// A fresh way to a phone of this network for each sync.
    func transport() -> Transport
    /// A text as what a camera reads; nothing where this phone draws none.
    func picture(_ text: String) -> Squares?
}

/// Where phones nearby knock.
public protocol Door: Sendable {
    /// As the other phone has to be told it: numbers, and after the colon the port.
    var address: String { get }
    /// Ends what is under way too: what was not answered does not count as taken.
    func shut()
}

/// Dark and light squares, row after row, `width` of them in each.
public struct Squares: Equatable, Sendable {
    public let width: Int
    private let dark: [Bool]

    public init(width: Int, dark: [Bool]) {
        self.width = width
        self.dark = dark
    }

    public func isDark(_ column: Int, _ row: Int) -> Bool { dark[row * width + column] }
}

/// A phone that carries, as its screen shows it.
public struct Neighbour: Equatable, Sendable {
    public var address: String
    public var code: String

    public init(address: String = "", code: String = "") {
        self.address = address
        self.code = code
    }

    /// Of what a camera read; nothing where it is no such picture.
    public init?(read text: String) {
        let parts = text.trimmingCharacters(in: .whitespacesAndNewlines).components(separatedBy: " ")
        guard parts.count == 2, parts[0].contains(":"), !parts[1].isEmpty,
            parts[1].allSatisfy({ $0.isLetter || $0.isNumber })
        else { return nil }
        self.init(address: parts[0], code: parts[1])
    }

    /// As a hand typed it: groups, capital letters and the digits of other scripts are all one.
    public init(typedAddress: String, code: String) {
        func plain(_ text: String) -> String {
            String(text.filter { !$0.isWhitespace }.map { $0.wholeNumberValue.flatMap { (0...9).contains($0) ? "\($0)".first : nil } ?? $0 })
        }
        self.init(address: plain(typedAddress), code: plain(code).lowercased())
    }

    /// What its picture says: nothing of what it is for.
    public var text: String { "\(address) \(code)" }

    /// The code as a person reads it out.
    public var groups: String {
        stride(from: 0, to: code.count, by: 4).map { String(code.dropFirst($0).prefix(4)) }.joined(separator: " ")
    }
}
