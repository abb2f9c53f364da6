import Foundation
import Wayside

/// What the platform gives a shell. Everything else is the core's.
public struct Host: Sendable {
    /// A folder of the app's own that backups leave out; each worker's vault is a folder in it.
    public let directory: String
    public let keys: KeyStore
    /// A fresh way to the relay for each sync: an aborted one stays aborted.
    public let transport: @Sendable () -> Transport
    /// Minutes that local time is ahead of UTC.
    public let offsetMinutes: @Sendable () -> Int32
    public let looks: Looks
    public let senses: Senses
    /// Where a file can be put; nothing on a phone that has no chooser of places.
    public let saver: Saver?
    /// What plays the sound of a question; nothing on a phone that cannot.
    public let voice: Voice?
    /// The way to phones that stand beside this one; nothing on a phone that has none.
    public let nearby: Nearby?
    /// Something sealed waits to be sent; urgent is what must not wait for the next regular sending.
    public let onSealed: @Sendable (_ urgent: Bool) -> Void

    public init(
        directory: String, keys: KeyStore, transport: @escaping @Sendable () -> Transport,
        offsetMinutes: @escaping @Sendable () -> Int32, looks: Looks = PlainLooks(), senses: Senses = NoSenses(),
        saver: Saver? = nil, voice: Voice? = nil, nearby: Nearby? = nil,
        onSealed: @escaping @Sendable (_ urgent: Bool) -> Void = { _ in }
    ) {
        self.directory = directory
        self.keys = keys
        self.transport = transport
        self.offsetMinutes = offsetMinutes
        self.looks = looks
        self.senses = senses
        self.saver = saver
        self.voice = voice
        self.nearby = nearby
        self.onSealed = onSealed
    }
}

/// How the app looks from outside, and what it remembers while every vault is shut: nothing about anybody.
public protocol Looks: AnyObject, Sendable {
    /// BCP 47 tag of the language chosen for the app; none follows the phone.
    var language: String? { get set }
    /// Neutral names under which the app can stand among others.
    var faces: [String] { get }
    var face: String { get set }
}

/// In memory only, with one face.
public final class PlainLooks: Looks, @unchecked Sendable {
    private let lock = NSLock()
    private var chosen: String?
    private var worn = "Wayside"
    public let faces = ["Wayside"]

    public init() {}

    public var language: String? {
        get { lock.withLock { chosen } }
        set { lock.withLock { chosen = newValue } }
    }

    public var face: String {
        get { lock.withLock { worn } }
        set { lock.withLock { worn = newValue } }
    }
}

/// What is captured.
public enum CaptureKind: CaseIterable, Sendable { case picture, sound, film, file }

/// Something captured: its bytes come in pieces and lie in no file of this app.
public struct Captured: Sendable {
    /// Letters and digits; the name that somebody else gave the file is not kept.
    public let ending: String
    /// The next piece, nothing at the end. Throws where it breaks off: half a file is no answer.
    public let next: @Sendable () throws -> Data?

    public init(ending: String, next: @escaping @Sendable () throws -> Data?) {
        self.ending = ending
        self.next = next
    }
}

/// Camera, microphone, position. None of it writes a file, and none leaves anything in a gallery.
public protocol Senses: Sendable {
    /// What this phone can capture here.
    var kinds: Set<CaptureKind> { get }
    /// Captures; nothing where the person broke off. `type` is what the form takes, as `image/png`.
    @MainActor func capture(_ kind: CaptureKind, type: String) async -> Captured?
    /// The text of a code that is held before the camera; nothing where the person broke off.
    @MainActor func scan() async -> String?
    /// `latitude longitude altitude accuracy`; nothing where there is none.
    @MainActor func position() async -> String?
    /// What was drawn, as PNG; nothing where this phone makes no picture of it.
    @MainActor func png(_ drawing: Drawing) -> Data?
}

/// A phone that can do none of it: every question can still be declined, and what can be typed is typed.
public struct NoSenses: Senses {
    public let kinds: Set<CaptureKind> = []

    public init() {}

    public func capture(_ kind: CaptureKind, type: String) async -> Captured? { nil }
    public func scan() async -> String? { nil }
    public func position() async -> String? { nil }
    public func png(_ drawing: Drawing) -> Data? { nil }
}

/// Puts a file where a person chooses, in the system's own chooser: on a stick, or on its way to another phone.
public protocol Saver: Sendable {
    /// False where the person broke off. Throws where the file could not be written whole.
    @MainActor func save(_ name: String, _ bytes: Data) async throws -> Bool
}

/// Plays what a person asked to hear, through the earpiece: who stands beside hears nothing. From memory: no file is made of it.
@MainActor
public protocol Voice: Sendable {
    /// To the end of an Opus file, or until `stop`; what played before ends. Throws where it cannot be played here.
    func play(_ opus: Data) async throws
    /// Nothing where nothing plays.
    func stop()
}

/// Strokes of a finger, each a list of points between 0 and 1 of the width and the height.
public struct Drawing: Equatable, Sendable {
    public struct Point: Equatable, Sendable {
        public let x, y: Double

        public init(x: Double, y: Double) {
            self.x = x
            self.y = y
        }
    }

    public private(set) var strokes: [[Point]] = []
    /// Width by height.
    public let ratio: Double

    public init(ratio: Double = 2) { self.ratio = ratio }

    public var isEmpty: Bool { strokes.allSatisfy(\.isEmpty) }

    public mutating func begin(_ x: Double, _ y: Double) { strokes.append([Point(x: x, y: y)]) }

    public mutating func on(_ x: Double, _ y: Double) {
        if strokes.isEmpty { strokes.append([]) }
        strokes[strokes.count - 1].append(Point(x: x, y: y))
    }

    public mutating func clear() { strokes = [] }
}
