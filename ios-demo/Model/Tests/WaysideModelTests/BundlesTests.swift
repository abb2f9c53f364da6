import Foundation
import Wayside
import WaysideModel
import XCTest

/// What a person said, and what no file may hold as it is.
private let said = "the salt pans of Velmora"

/// A stick: what one phone saves on it, another can take from it. It gives its bytes in pieces, as a real one does.
private final class Stick: Saver, Senses, @unchecked Sendable {
    private let lock = NSLock()
    private var held: Data?
    private var broken = false
    let kinds: Set<CaptureKind> = [.file]

    var file: Data? {
        get { lock.withLock { held } }
        set { lock.withLock { held = newValue } }
    }
    /// It is full, or pulled out while it is read.
    var breaks: Bool {
        get { lock.withLock { broken } }
        set { lock.withLock { broken = newValue } }
    }

    func save(_ name: String, _ bytes: Data) async throws -> Bool {
        if breaks { throw CocoaError(.fileWriteOutOfSpace) }
        file = bytes
        return true
    }

    func capture(_ kind: CaptureKind, type: String) async -> Captured? {
        guard let file else { return nil }
        let left = Left(file)
        return Captured(ending: "bin") { [self] in
            if breaks { throw CocoaError(.fileReadUnknown) }
            return left.next()
        }
    }

    func scan() async -> String? { nil }
    func position() async -> String? { nil }
    func png(_ drawing: Drawing) -> Data? { nil }
}

private final class Left: @unchecked Sendable {
    private var bytes: Data
    init(_ bytes: Data) { self.bytes = bytes }

    func next() -> Data? {
        let piece = bytes.prefix(64 * 1024)
        bytes = bytes.dropFirst(64 * 1024)
        return piece.isEmpty ? nil : Data(piece)
    }
}

/// Records in a file: from one phone to another and to the office and back, against the real core.
@MainActor
final class BundlesTests: XCTestCase {
    private let words = Words.of("en").byFile
    private let stick = Stick()

    private func phone() async throws -> Field {
        let field = try await Field.enrolled(senses: stick, saver: stick)
        try await field.makeReady()
        await field.shell.showQueue()
        return field
    }

    private func sealOne(_ field: Field) async throws {
        try await field.start("wayside-b2")
        try await field.open()
        let unpaid = try field.named("unpaid")
        await field.shell.ask { try $0.choose(unpaid, "yes") }
        while case .questions(_, let questions, _) = try field.view().step {
            if questions.contains(where: { $0.reference == "/data/where" }) { field.shell.type("/data/where", said) }
            await field.shell.ask { try $0.forward() }
        }
        await field.shell.ask { try $0.finish() }
        XCTAssertNil(field.problem)
        await field.shell.showQueue()
    }

    private func save(_ field: Field) async throws {
        await field.shell.saveBundle()
        XCTAssertNil(field.problem)
        guard case .saved = try field.queue().file else { return XCTFail("not saved") }
    }

    private func take(_ field: Field) async throws -> BundleReport {
        await field.shell.takeBundle()
        XCTAssertNil(field.problem)
        guard case .taken(let report) = try field.queue().file else { throw Unfit(what: "nothing taken") }
        return report
    }

    private func lines(_ field: Field) throws -> [String] { words.lines(try XCTUnwrap(try field.queue().file)) }

    private func status(_ field: Field) async throws -> QueueStatus {
        await field.shell.showQueue()
        return try field.queue().status
    }

    func testAFileGoesThroughAnotherPhoneAndTheOffice() async throws {
        let first = try await phone()
        try await sealOne(first)
        try await save(first)
        XCTAssertEqual(try lines(first), [words.saved])
        let before = try await status(first)
        XCTAssertEqual([before.waiting, before.handedOver, before.hqHasIt], [1, 0, 0], "a file is no hand-over")
        let file = try XCTUnwrap(stick.file)
        XCTAssertNotNil(Data("x\(said)".utf8).range(of: Data(said.utf8)), "the search finds what is there")
        XCTAssertNil(file.range(of: Data(said.utf8)))

        let second = try await phone()
        _ = second.sealed.take()
        let taken = try await take(second)
        XCTAssertTrue(taken.complete && taken.carried > 0 && taken.refused.isEmpty)
        XCTAssertEqual(try lines(second), [words.carriedFor(Int(taken.carried))])
        XCTAssertEqual(second.sealed.take(), [false], "what is carried wants to be sent")
        let carries = try await status(second)
        XCTAssertEqual([carries.waiting, carries.carried], [0, taken.carried])
        let again = try await take(second)
        XCTAssertEqual(again.known, taken.carried, "twice is fine")
        try await save(second)
        await second.close()

        // The office has it from the other phone's file; only its answer changes what the first phone says.
        stick.file = try Hq.answerBundle(try XCTUnwrap(stick.file))
        let answered = try await take(first)
        XCTAssertGreaterThan(answered.received, 0)
        XCTAssertEqual(try lines(first).first, words.fromOffice(Int(answered.received)))
        let after = try await status(first)
        XCTAssertEqual([after.waiting, after.hqHasIt], [0, 1])
        await first.close()
    }

    func testADamagedFileIsRefusedWithWordsAndChangesNothing() async throws {
        let first = try await phone()
        try await sealOne(first)
        try await save(first)
        let file = try XCTUnwrap(stick.file)
        let second = try await phone()
        let before = try await status(second)
        stick.file = Data("a shopping list".utf8)
        await second.shell.takeBundle()
        XCTAssertEqual(second.problem, "seal.malformed")
        XCTAssertEqual(try second.queue().sync, .idle, "sending did not fail: nothing was sent")
        let after = try await status(second)
        XCTAssertEqual(after, before)

        stick.file = file.dropLast(9)
        let cut = try await take(second)
        XCTAssertFalse(cut.complete)
        XCTAssertEqual(try lines(second).first, words.cutOff)
        await second.close()
        await first.close()
    }

    func testAStickThatIsFullOrPulledOutIsSaid() async throws {
        let field = try await phone()
        stick.breaks = true
        await field.shell.saveBundle()
        XCTAssertEqual(field.problem, "storage.io")
        XCTAssertNil(stick.file)
        stick.file = Data(count: 1)
        await field.shell.takeBundle()
        XCTAssertEqual(field.problem, "storage.io")
        stick.breaks = false
        stick.file = Data(count: 64 * 1024 * 1024 + 1)
        await field.shell.takeBundle()
        XCTAssertEqual(field.problem, "carry.full")
        try await save(field)
        await field.close()
    }

    func testWhatWasRefusedIsSaidByCode() async {
        let refused = [RefusedPieces(code: "carry.gap", count: 3)]
        let some = BundleReport(complete: true, received: 0, carried: 2, known: 0, released: 1, refused: refused)
        XCTAssertEqual(words.lines(.taken(some)), [words.carriedFor(2), words.givenUp(1), words.notTaken(3, "carry.gap")])
        let none = BundleReport(complete: true, received: 0, carried: 0, known: 0, released: 0, refused: [])
        XCTAssertEqual(words.lines(.taken(none)), [words.nothing])
    }
}
