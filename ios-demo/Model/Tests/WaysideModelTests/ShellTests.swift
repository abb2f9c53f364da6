import Foundation
import Wayside
import WaysideLink
import WaysideModel
import XCTest

private let quick = "wayside-b2"
private let adults = "wayside-b3-al"

/// The view models against the real core.
@MainActor
final class ShellTests: XCTestCase {
    private func onField(
        transport: @escaping @Sendable () -> Transport = { HttpTransport() }, _ test: (Field) async throws -> Void
    ) async throws {
        let field = try await Field.enrolled(transport: transport)
        try await field.makeReady()
        try await test(field)
        await field.close()
    }

    func testAWrongSecretStaysAtTheStartAndSaysWhy() async throws {
        try await onField { field in
            await field.shell.lock()
            await field.shell.unlock(secret: "river copper window meadow candle forty")
            XCTAssertEqual(field.shell.state.problem?.code, "vault.wrong_secret")
            guard case .start(let view) = field.shell.state.screen, view.chosen == .worker(folder: "1") else { return XCTFail("not at the start") }
        }
    }

    func testAShutGateCanBeLookedAtAgain() async throws {
        try await onField { field in
            try await field.start(quick)
            await field.shell.ask { try $0.look(.setting, open: false) }
            guard case .look(.setting, refused: true) = try field.view().step else { return XCTFail("not refused") }
            await field.shell.ask { try $0.look(.setting, open: true) }
            guard case .look(.interpreter, refused: false) = try field.view().step else { return XCTFail("not opened") }
            await field.shell.ask { try $0.look(.interpreter, open: true, interpreter: "Amina Bello") }
            XCTAssertEqual(field.problem, "answer.constraint")
            guard case .look(.interpreter, refused: false) = try field.view().step else { return XCTFail("took a name") }
            await field.shell.ask { try $0.look(.interpreter, open: true, interpreter: " INT-4 ") }
            XCTAssertNil(field.problem)
            guard case .urgent = try field.view().step else { return XCTFail("did not take a code") }
        }
    }

    func testANoToTheTalkKeepsNothing() async throws {
        try await onField { field in
            try await field.start(quick)
            try await field.open { if case .consent(.c1) = $0 { true } else { false } }
            await field.shell.ask { try $0.consent(false) }
            guard case .nothingKept = try field.view().step else { return XCTFail("something is kept") }
            await field.shell.showForms()
            XCTAssertEqual(try field.forms().drafts.count, 0)
        }
    }

    func testANoToStatisticsGoesOn() async throws {
        try await onField { field in
            try await field.start(quick)
            try await field.open { if case .consent(.c6) = $0 { true } else { false } }
            await field.shell.ask { try $0.consent(false) }
            guard case .questions = try field.view().step else { return XCTFail("no question") }
        }
    }

    func testAnswersAreSeenAgainAfterGoingBack() async throws {
        try await onField { field in
            try await field.start(quick)
            try await field.open()
            let (unpaid, forced) = (try field.named("unpaid"), try field.named("forced"))
            await field.shell.ask { try $0.choose(unpaid, "yes") }
            await field.shell.ask { try $0.mark(forced, .declined) }
            await field.shell.ask { try $0.forward() }
            XCTAssertEqual(try field.view().position, 2)
            await field.shell.ask { try $0.back() }
            XCTAssertEqual(try field.named("unpaid").value, "yes")
            XCTAssertEqual(try field.named("forced").state, .declined)
        }
    }

    func testWhatIsTypedWaitsAndARefusalStaysWithItsQuestion() async throws {
        try await onField { field in
            try await field.start(quick)
            try await field.open()
            let unpaid = try field.named("unpaid")
            await field.shell.ask { try $0.choose(unpaid, "yes") }
            while (try? field.question("/data/where")) == nil { await field.shell.ask { try $0.forward() } }
            field.shell.type("/data/where", String(repeating: "x", count: 61))
            await field.shell.ask { try $0.forward() }
            XCTAssertEqual(try field.view().refused["/data/where"]?.code, "answer.constraint")
            field.shell.type("/data/where", "the salt pans of Velmora")
            XCTAssertEqual(try field.view().refused, [:])
            await field.shell.ask { try $0.forward() }
            guard case .end = try field.view().step else { return XCTFail("not at the end") }
        }
    }

    func testAChildByItsOwnCalendarIsNotAskedTheQuestionsForAdults() async throws {
        try await onField { field in
            for (calendar, isAdult) in [(CalendarSystem.ethiopian, false), (.gregorian, true)] {
                try await field.start(adults)
                try await field.open(year: 2002, calendar: calendar)
                let blocks = try field.question("/data/blocks")
                await field.shell.ask { try $0.toggle(blocks, "offer") }
                if isAdult {
                    XCTAssertEqual(try field.question("/data/blocks").value, "offer")
                } else {
                    guard case .forAdultsOnly = try field.view().step else { return XCTFail("asked as an adult") }
                }
                await field.shell.stop()
                await field.shell.ask { try $0.discard() }
            }
        }
    }

    func testStopBeforeConsentKeepsNothing() async throws {
        try await onField { field in
            try await field.start(quick)
            await field.shell.ask { try $0.look(.setting, open: true) }
            await field.shell.stop()
            guard case .nothingKept = try field.view().step else { return XCTFail("something is kept") }
        }
    }

    func testADraftGoesOnAfterTheLock() async throws {
        try await onField { field in
            try await field.start(quick)
            try await field.open()
            let unpaid = try field.named("unpaid")
            await field.shell.ask { try $0.choose(unpaid, "yes") }
            await field.shell.lock()
            await field.shell.unlock(secret: secretWords)
            let draft = try XCTUnwrap(try field.forms().drafts.first)
            await field.shell.resume(draft)
            XCTAssertEqual(try field.named("unpaid").value, "yes")
        }
    }

    func testTheVaultRestsWhileTheAppIsInTheBackground() async throws {
        try await onField { field in
            await field.shell.suspend()
            await field.shell.showForms()
            XCTAssertEqual(field.shell.state.problem?.code, "vault.suspended")
            await field.shell.resume()
            await field.shell.showForms()
            XCTAssertNil(field.shell.state.problem)
        }
    }

    func testHandedOverIsNotThatHqHasIt() async throws {
        try await onField { field in
            try await field.start(quick)
            try await field.open()
            await field.shell.stop()
            await field.shell.ask { try $0.finish() }
            guard case .finished = try field.view().step else { return XCTFail("not finished") }
            await field.shell.showQueue()
            XCTAssertEqual(try field.queue().status.waiting, 1)
            await field.shell.sync()
            XCTAssertEqual(try field.queue().sync, .ended(obstacle: nil))
            XCTAssertEqual(try field.queue().status, QueueStatus(waiting: 0, handedOver: 1, hqHasIt: 0, quarantined: 0))

            try Hq.desk("pull")
            await field.shell.sync()
            XCTAssertEqual(try field.queue().status, QueueStatus(waiting: 0, handedOver: 0, hqHasIt: 1, quarantined: 0))
        }
    }

    /// Answers nothing until somebody aborts it.
    private final class DeadLink: Transport, @unchecked Sendable {
        private let ended = DispatchSemaphore(value: 0)

        func exchange(request: WireRequest) throws -> WireResponse {
            _ = ended.wait(timeout: .now() + 60)
            throw TransportError.Cancelled
        }

        func abort() { ended.signal() }
    }

    private final class Switch: @unchecked Sendable {
        private let lock = NSLock()
        private var state = false
        var isOn: Bool {
            get { lock.withLock { state } }
            set { lock.withLock { state = newValue } }
        }
    }

    func testASyncOnADeadLinkCanBeStopped() async throws {
        let dead = Switch()
        try await onField(transport: { dead.isOn ? DeadLink() as Transport : HttpTransport() }) { field in
            await field.shell.showQueue()
            dead.isOn = true
            let sync = Task { await field.shell.sync() }
            try await Task.sleep(nanoseconds: 300_000_000)
            guard case .running = try field.queue().sync else { return XCTFail("not running") }
            field.shell.stopSync()
            await sync.value
            XCTAssertEqual(try field.queue().sync, .ended(obstacle: "cancelled"))
        }
    }
}
