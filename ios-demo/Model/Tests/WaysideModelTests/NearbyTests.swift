import Foundation
import Wayside
@testable import WaysideLink
import WaysideModel
import XCTest

/// On one machine two phones are near by its own address, which no phone gives to another.
private let loopback: UInt32 = 0x7f00_0001
private let beside = LocalNetwork(at: { loopback }, isNear: { $0 == loopback })

/// A camera that is held before a picture.
private final class Eye: Senses, @unchecked Sendable {
    let kinds: Set<CaptureKind> = [.picture]
    private let sees: String?

    init(_ sees: String?) { self.sees = sees }

    func capture(_ kind: CaptureKind, type: String) async -> Captured? { nil }
    func scan() async -> String? { sees }
    func position() async -> String? { nil }
    func png(_ drawing: Drawing) -> Data? { nil }
}

/// Two phones that stand beside each other, each with the real core, over a real socket; the office as processes.
@MainActor
final class NearbyTests: XCTestCase {
    private let words = Words.of("en")

    private func phone(patience: TimeInterval = 60, senses: Senses = NoSenses()) async throws -> Field {
        let field = try await Field.enrolled(senses: senses, nearby: beside, patience: patience)
        try await field.makeReady()
        return field
    }

    private func carry(_ field: Field) async throws -> CarryView {
        await field.shell.carry()
        XCTAssertNil(field.problem)
        return try shown(field)
    }

    private func shown(_ field: Field) throws -> CarryView {
        guard case .carry(let view) = field.shell.state.screen else { throw Unfit(what: "it does not carry") }
        return view
    }

    private func give(_ field: Field, _ to: Neighbour) async throws -> GiveView {
        await field.shell.showGive()
        await field.shell.give(to: to)
        guard case .give(let view) = field.shell.state.screen else { throw Unfit(what: "nothing is given") }
        return view
    }

    private func obstacle(_ view: GiveView) throws -> String? {
        guard case .ended(let obstacle) = view.sync else { throw Unfit(what: "it is not over") }
        return obstacle
    }

    private func status(_ field: Field) async throws -> QueueStatus {
        await field.shell.showQueue()
        return try field.queue().status
    }

    private func until(_ what: String, _ holds: () throws -> Bool) async throws {
        let end = Date().addingTimeInterval(20)
        while try !holds() {
            if Date() > end { throw Unfit(what: what) }
            try await Task.sleep(nanoseconds: 10_000_000)
        }
    }

    func testWhatIsGivenComesToTheOfficeByTheOtherPhoneAndTheAnswerBackByIt() async throws {
        let owner = try await phone()
        try await owner.quickResult()
        let carrier = try await phone()
        _ = carrier.sealed.take()
        let open = try await carry(carrier)
        let given = try await give(owner, open.at)
        XCTAssertNil(try obstacle(given))
        XCTAssertGreaterThan(given.given, 0)
        XCTAssertEqual(words.given(given), [words.nearby.given(given.given), words.nearby.stays])
        try await until("it is counted on the screen") { try shown(carrier).taken == given.given }
        XCTAssertEqual(carrier.sealed.take(), [false], "what is carried wants to be sent")
        let after = try await status(owner)
        XCTAssertEqual([after.waiting, after.handedOver, after.hqHasIt, after.withNeighbour], [1, 0, 0, 1], "given is not handed over")

        let carries = try await status(carrier)
        XCTAssertEqual(Int(carries.carried), given.given)
        await carrier.shell.sync()
        try Hq.desk("pull")
        await carrier.shell.sync()
        let before = try await status(owner)
        XCTAssertEqual(before.waiting, 1, "the office's word has not come back yet")
        let back = try await give(owner, try await carry(carrier).at)
        XCTAssertGreaterThan(back.received, 0)
        XCTAssertTrue(words.given(back).contains(words.byFile.fromOffice(back.received)))
        let end = try await status(owner)
        XCTAssertEqual([end.waiting, end.handedOver, end.hqHasIt], [0, 0, 1])
        await carrier.close()
        await owner.close()
    }

    func testWithoutTheCodeNothingIsTakenAndWithoutAPhoneThereItIsSaid() async throws {
        let owner = try await phone()
        try await owner.quickResult()
        let carrier = try await phone()
        let open = try await carry(carrier)
        let refused = try await give(owner, Neighbour(address: open.at.address, code: "0123456789abcdef"))
        XCTAssertEqual(try obstacle(refused), "carry.stranger")
        XCTAssertEqual(words.given(refused).first, words.nearby.notAll)
        XCTAssertEqual(try shown(carrier).taken, 0)
        // Typed by hand, in groups and capitals.
        let typed = Neighbour(typedAddress: " \(open.at.address) ", code: open.at.groups.uppercased())
        XCTAssertEqual(typed, open.at)
        XCTAssertEqual(Neighbour(typedAddress: "١٢٧.0.0.1:٨٠", code: "").address, "127.0.0.1:80")
        let given = try await give(owner, typed)
        XCTAssertGreaterThan(given.given, 0)
        await carrier.shell.showForms()
        let gone = try await give(owner, open.at)
        XCTAssertEqual(try obstacle(gone), "sync.no_path", "the screen was left, and the door is shut")
        XCTAssertTrue(words.given(gone).last?.hasPrefix("The phone nearby does not answer.") == true)
        await carrier.close()
        await owner.close()
    }

    func testTheDoorIsShutWithTheLockAndTheAppBehindOthers() async throws {
        let (owner, carrier) = (try await phone(), try await phone())
        try await owner.quickResult()
        let behind = try await carry(carrier)
        await carrier.shell.suspend()
        XCTAssertFalse(try shown(carrier).isOpen)
        let shut = try await give(owner, behind.at)
        XCTAssertEqual(try obstacle(shut), "sync.no_path")
        await carrier.shell.resume()
        let locked = try await carry(carrier)
        XCTAssertNotEqual(locked.at.code, behind.at.code, "each time another code")
        await carrier.shell.lock()
        let gone = try await give(owner, locked.at)
        XCTAssertEqual(try obstacle(gone), "sync.no_path")
        await carrier.close()
        await owner.close()
    }

    func testAfterATimeOfNothingItStopsAndStrangersDoNotKeepItOpen() async throws {
        let (owner, carrier) = (try await phone(), try await phone(patience: 1.5))
        try await owner.quickResult()
        let open = try await carry(carrier)
        let begun = Date()
        while try shown(carrier).isOpen {
            _ = try await give(owner, Neighbour(address: open.at.address, code: "wrong"))
            if Date().timeIntervalSince(begun) > 20 { throw Unfit(what: "strangers keep it open") }
        }
        XCTAssertGreaterThan(Date().timeIntervalSince(begun), 1.4)
        let again = try await give(owner, try await carry(carrier).at)
        XCTAssertGreaterThan(again.given, 0, "and begins again")
        await carrier.close()
        await owner.close()
    }

    func testAPhoneInNoNetworkSaysSo() async throws {
        let field = try await Field.enrolled(nearby: LocalNetwork(at: { nil }, isNear: { _ in true }))
        await field.shell.showQueue()
        await field.shell.carry()
        XCTAssertEqual(field.problem, "nearby.network")
        _ = try field.queue()
        await field.close()
    }

    func testOnlyThePictureOfAPhoneThatCarriesIsTaken() async throws {
        let at = Neighbour(address: "192.168.43.1:4321", code: "0123456789abcdef")
        let field = try Field(senses: Eye(at.text))
        let read = await field.shell.scanNeighbour()
        XCTAssertEqual(read, at)
        for text in ["a shopping list", "bread", "http://example.org", "192.168.43.1:4321 "] {
            let other = try Field(senses: Eye(text))
            let nothing = await other.shell.scanNeighbour()
            XCTAssertNil(nothing)
            XCTAssertEqual(other.problem, "nearby.scan")
        }
    }
}
