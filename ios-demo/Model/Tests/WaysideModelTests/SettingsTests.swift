import Foundation
import Wayside
import WaysideLink
import WaysideModel
import XCTest

private let other = "lantern gravel orchard velvet harbour nine"
private let forced = "basket thunder pencil yellow garden four"

/// What a worker sets on the phone, against the real core.
@MainActor
final class SettingsTests: XCTestCase {
    private func onField(_ test: (Field) async throws -> Void) async throws {
        let field = try await Field.enrolled()
        try await field.makeReady()
        try await test(field)
        await field.close()
    }

    private func open(_ field: Field, _ secret: String) async {
        await field.shell.lock()
        await field.shell.unlock(secret: secret)
    }

    func testANewSecretOpensAndTheOldOneDoesNot() async throws {
        try await onField { field in
            await field.shell.changeSecret(old: secretWords, new: other, duress: "", wipes: false)
            guard case .changed = try field.phone().done else { return XCTFail("not changed") }
            await open(field, secretWords)
            XCTAssertEqual(field.problem, "vault.wrong_secret")
            await open(field, other)
            XCTAssertNoThrow(try field.forms())
        }
    }

    func testTheWordsForDuressShowTheDecoyThatWasFilled() async throws {
        try await onField { field in
            try await field.quickResult()
            await field.shell.changeSecret(old: secretWords, new: other, duress: forced, wipes: false)
            await field.shell.openDecoy()
            try await field.start("wayside-b2")
            try await field.open()
            await open(field, forced)
            XCTAssertEqual(try field.forms().drafts.count, 1, "the talk that was made up")
            await open(field, other)
            XCTAssertEqual(try field.forms().queue.waiting, 1)
            XCTAssertEqual(try field.forms().drafts.count, 0)
        }
    }

    func testBeforeABorderGoesWhatTheOfficeHas() async throws {
        try await onField { field in
            try await field.quickResult()
            await field.shell.showPhone(.border)
            await field.shell.clearForBorder()
            guard case .cleared(let report) = try field.phone().done else { return XCTFail("not cleared") }
            XCTAssertTrue(report.sync.complete)
        }
    }

    func testDestroyingLeavesNothingToOpenAndTheSealedCanBeSent() async throws {
        try await onField { field in
            try await field.quickResult()
            await field.shell.destroy()
            await field.shell.unlock(secret: secretWords)
            XCTAssertTrue(field.problem?.hasPrefix("vault.") ?? false)
            let host = field.host
            let sent = await Task.detached { sendLocked(host, cancel: CancelToken()) }.value
            XCTAssertTrue(sent)
        }
    }

    func testPracticeIsSaidOnEveryScreenAndSendsNothing() async throws {
        let field = try Field()
        await field.shell.choose(.practice)
        await field.shell.unlock(secret: other)
        XCTAssertNil(field.problem)
        XCTAssertTrue(field.shell.state.practice)
        try await field.quickResult()
        await field.shell.showQueue()
        XCTAssertEqual(try field.queue().status.waiting, 0)
        await field.shell.lock(.new)
        XCTAssertFalse(field.shell.state.practice)
        await field.close()
    }

    func testTwoWorkersOnOnePhoneDoNotSeeEachOther() async throws {
        try await onField { field in
            try await field.quickResult()
            await field.shell.lock(.new)
            await field.shell.enrol(record: try Hq.enrolmentRecord(), secret: other)
            XCTAssertEqual(try field.forms().queue.waiting, 0)
            await field.shell.lock()
            guard case .start(let view) = field.shell.state.screen else { return XCTFail("not at the start") }
            XCTAssertEqual(view.workers, ["1", "2"])
            await field.shell.choose(.worker(folder: "1"))
            await field.shell.unlock(secret: secretWords)
            XCTAssertEqual(try field.forms().queue.waiting, 1)
        }
    }

    func testTheLanguageOfTheAppIsKeptOutsideTheVault() async throws {
        try await onField { field in
            await field.shell.speak("fr")
            XCTAssertEqual(field.shell.state.language, "fr")
            await field.shell.lock()
            XCTAssertEqual(field.shell.state.language, "fr")
        }
    }

    func testALookThroughSaysWhatWasDone() async throws {
        try await onField { field in
            await open(field, secretWords)
            await field.shell.check()
            guard case .checked(let log) = try field.phone().done else { return XCTFail("not looked through") }
            XCTAssertTrue(log.contains { $0.code == "audit.open" })
        }
    }

    /// Requests of a sync that is driven step by step, over the app's own transport.
    private struct Link: SteppedLink {
        let transport: @Sendable () -> Transport

        func send(_ request: WireRequest) async throws -> WireResponse {
            try await Task.detached { [transport] in try transport().exchange(request: request) }.value
        }
    }

    func testWhatIsSealedGoesStepByStepWhileTheVaultIsShut() async throws {
        try await onField { field in
            try await field.quickResult()
            await field.shell.lock()
            let outbox = try OutboxSession.open(directory: "\(field.host.directory)/1")
            let nowhere = Link { NoLink() }
            let failed = try await SteppedSync.run(try outbox.beginSync(), over: nowhere, patience: 0)
            XCTAssertFalse(failed, "nothing goes where there is no link")
            let isDone = try await SteppedSync.run(try outbox.beginSync(), over: Link { HttpTransport() })
            XCTAssertTrue(isDone)
            await field.shell.unlock(secret: secretWords)
            await field.shell.showQueue()
            XCTAssertEqual(try field.queue().status.handedOver, 1)
        }
    }
}

private final class NoLink: Transport {
    func exchange(request: WireRequest) throws -> WireResponse { throw TransportError.NoPath }
    func abort() {}
}
