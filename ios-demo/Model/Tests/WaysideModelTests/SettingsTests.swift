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
            XCTAssertEqual(outboxes(field.host).count, 1)
            let sent = await SteppedSync.all(outboxes(field.host), over: Link { HttpTransport() })
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
        XCTAssertTrue(outboxes(field.host).isEmpty, "and leaves nothing that could")
        await field.shell.lock(.new)
        XCTAssertFalse(field.shell.state.practice)
        await field.close()
    }

    func testPracticeHasWhatTheOfficeSentAndNobodysDraft() async throws {
        try await onField { field in
            try await field.start("wayside-b2")
            try await field.open()
            await field.shell.showPhone(.practice)
            XCTAssertFalse(try field.phone().practice)
            await field.shell.practise(secret: other)
            XCTAssertNil(field.problem)
            XCTAssertTrue(field.shell.state.practice)
            XCTAssertTrue(try field.forms().drafts.isEmpty)
            await field.shell.showPhone()
            XCTAssertEqual(try field.phone().device.site, "SITE-1")
            await field.shell.lock(.worker(folder: "1"))
            await field.shell.unlock(secret: secretWords)
            XCTAssertEqual(try field.forms().drafts.count, 1)
            await field.shell.showPhone(.practice)
            XCTAssertTrue(try field.phone().practice)
            await field.shell.practise(secret: secretWords)
            XCTAssertEqual(field.problem, "vault.wrong_secret")
        }
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

    func testAnOlderCopyIsShownAndGoesOnOnceAPersonSaysSo() async throws {
        try await onField { field in
            await field.shell.lock()
            // A lost head is what an old copy looks like.
            try FileManager.default.removeItem(at: field.folder.appendingPathComponent("vaults/1/head"))
            await field.shell.unlock(secret: secretWords)
            XCTAssertTrue(try field.forms().notices.oldCopy)
            await field.shell.acceptOldCopy()
            XCTAssertNil(field.problem)
            XCTAssertFalse(try field.forms().notices.oldCopy)
            try await field.quickResult()
            XCTAssertNil(field.problem)
        }
    }

    func testDestroyingWaitsForNothing() async throws {
        let held = Held()
        let field = try await Field.enrolled(transport: { held })
        held.hold()
        let sync = Task { await field.shell.sync() }
        try await until { held.isHolding }
        let destroying = Task { await field.shell.destroy() }
        let vault = "\(field.host.directory)/1"
        let isGone = try await until { !vaultIsPresent(directory: vault) }
        held.release()
        XCTAssertTrue(isGone, "the keys go while a sync hangs")
        await destroying.value
        await sync.value
        await field.close()
    }

    /// Looks again for five seconds at most.
    @discardableResult private func until(_ isSo: () -> Bool) async throws -> Bool {
        for _ in 0..<500 where !isSo() { try await Task.sleep(nanoseconds: 10_000_000) }
        return isSo()
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
            let isDone = await SteppedSync.all([outbox], over: Link { HttpTransport() })
            XCTAssertTrue(isDone)
            let withUnreadable = await SteppedSync.all([nil, outbox], over: Link { HttpTransport() })
            XCTAssertFalse(withUnreadable)
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

/// A link on which a request hangs, deaf to being ended, for as long as it is held.
private final class Held: Transport, @unchecked Sendable {
    private let lock = NSLock()
    private let gate = DispatchSemaphore(value: 0)
    private var holds = false
    private var waiting = false

    var isHolding: Bool { lock.withLock { waiting } }

    func hold() { lock.withLock { holds = true } }

    func release() {
        lock.withLock { holds = false }
        gate.signal()
    }

    func exchange(request: WireRequest) throws -> WireResponse {
        let waits = lock.withLock {
            waiting = holds
            return holds
        }
        if !waits { return try HttpTransport().exchange(request: request) }
        gate.wait()
        throw TransportError.NoPath
    }

    func abort() {}
}
