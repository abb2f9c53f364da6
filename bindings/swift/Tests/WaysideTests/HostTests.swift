import Foundation
import XCTest

@testable import Wayside

private let words = "Stack of Amina, +251 911 000000"
private struct Thrown: Error, CustomStringConvertible { let description = words }

/// What only a host can get wrong.
final class HostTests: XCTestCase {
    private func refused<T>(_ call: () throws -> T, line: UInt = #line) throws -> (code: String, place: Place) {
        do {
            _ = try call()
        } catch let error as FieldError {
            XCTAssertFalse("\(error) \(error.localizedDescription)".contains("Amina"), line: line)
            XCTAssertTrue(recentLog().allSatisfy { !$0.code.contains("Amina") }, line: line)
            guard case .Failed(let code, _, let place) = error else { throw error }
            return (code, place)
        }
        XCTFail("nothing was refused", line: line)
        return ("", .nowhere)
    }

    func testAWrongSecretHasItsCode() throws {
        let device = try Device()
        let refusal = try refused { try device.open(secret: "river copper window meadow candle forty") }
        XCTAssertEqual(refusal.code, "vault.wrong_secret")
        XCTAssertFalse(try device.open().status().device.isEmpty)
    }

    func testAMissingVaultHasItsCode() throws {
        let options = OpenOptions(directory: "/tmp/no-vault-here")
        XCTAssertEqual(try refused { try Vault.open(options: options, secret: secret, keys: MemoryKeys()) }.code, "vault.missing")
        XCTAssertFalse(vaultIsPresent(directory: options.directory))
    }

    func testALostKeyIsNotAWrongSecret() throws {
        let device = try Device()
        XCTAssertEqual(try refused { try device.open(keys: MemoryKeys()) }.code, "vault.key_lost")
        XCTAssertTrue(vaultIsPresent(directory: device.directory))
    }

    private final class ThrowingKeys: KeyStore {
        func level() -> HardwareLevel { .software }
        func create(alias: String) throws { throw Thrown() }
        func mac(alias: String, data: Data) throws -> Data { throw Thrown() }
        func delete(alias: String) throws { throw Thrown() }
        func limitedUse() -> Bool { false }
    }

    func testWordsOfAKeyStoreDoNotCross() throws {
        let device = try Device()
        XCTAssertEqual(try refused { try device.open(keys: ThrowingKeys()) }.code, "keystore.unavailable")
    }

    private final class ThrowingLink: Transport {
        func exchange(request: WireRequest) throws -> WireResponse { throw Thrown() }
        func abort() throws { throw Thrown() }
    }

    func testWordsOfATransportDoNotCross() throws {
        let options = EnrolOptions(directory: "/tmp/no-vault-here", record: try Hq.enrolmentRecord())
        let refusal = try refused {
            try Vault.enrol(options: options, secret: secret, keys: MemoryKeys(), transport: ThrowingLink())
        }
        XCTAssertTrue(refusal.code.hasPrefix("sync."))
        XCTAssertFalse(vaultIsPresent(directory: options.directory))
    }

    private final class ThrowingSteps: ProgressListener, @unchecked Sendable {
        private let lock = NSLock()
        private var count = 0
        var calls: Int { lock.withLock { count } }

        func onProgress(progress: SyncProgress) throws {
            lock.withLock { count += 1 }
            throw Thrown()
        }
    }

    func testAListenerThatThrowsDoesNotStopASync() throws {
        let (device, listener) = (try Device(), ThrowingSteps())
        XCTAssertTrue(try device.sync(listener).complete)
        XCTAssertGreaterThan(listener.calls, 0)
        XCTAssertTrue(recentLog().allSatisfy { !$0.code.contains("Amina") })
    }

    func testAListenerHearsTheSync() throws {
        let (device, listener) = (try Device(), Steps())
        let report = try device.sync(listener)
        XCTAssertTrue(report.complete)
        XCTAssertGreaterThan(report.progress.done, 0)
        XCTAssertEqual(listener.heard.last?.done, report.progress.done)
    }

    /// Answers nothing until somebody aborts it.
    private final class DeadLink: Transport, @unchecked Sendable {
        let entered = DispatchSemaphore(value: 0)
        private let ended = DispatchSemaphore(value: 0)

        func exchange(request: WireRequest) throws -> WireResponse {
            entered.signal()
            _ = ended.wait(timeout: .now() + 60)
            throw TransportError.Cancelled
        }

        func abort() { ended.signal() }
    }

    func testCancelEndsASyncOnADeadLink() throws {
        let (device, token, link) = (try Device(), CancelToken(), DeadLink())
        let vault = device.vault
        let ended = expectation(description: "the call comes back")
        Thread.detachNewThread {
            do {
                _ = try vault.sync(transport: link, cancel: token)
            } catch FieldError.Failed(let code, _, _) where code == "cancelled" {
                ended.fulfill()
            } catch {}
        }
        XCTAssertEqual(link.entered.wait(timeout: .now() + 10), .success)
        token.cancel()
        token.cancel()
        wait(for: [ended], timeout: 5)
        XCTAssertTrue(token.isCancelled())
        XCTAssertTrue(try device.sync().complete, "the vault is as good as before")
    }

    func testClosingTwiceIsFine() throws {
        let device = try Device()
        _ = try device.vault.installBuiltIn()
        try device.makeReady()
        let session = try device.vault.startSession(form: "wayside-b2", language: "en", mode: .interview)
        try session.discard()
        try session.discard()
        device.vault.lock()
        device.vault.lock()
        XCTAssertEqual(try refused { try device.vault.drafts() }.code, "vault.locked")
    }

    func testTheOutboxSyncsWhileTheVaultIsLocked() throws {
        let device = try Device()
        device.vault.lock()
        let outbox = try OutboxSession.open(directory: device.directory)
        XCTAssertTrue(try outbox.sync(transport: Http(), cancel: CancelToken()).complete)
    }

    func testAHostCanDriveASyncItself() throws {
        let (device, http) = (try Device(), Http())
        let session = try device.vault.beginSync()
        var report: SyncReport?
        for _ in 0..<50 where report == nil {
            switch try session.nextStep() {
            case .send(let request):
                try session.complete(requestId: request.id, response: try http.exchange(request: request))
            case .done(let done): report = done
            case .wait: XCTFail("nothing to wait for")
            }
        }
        XCTAssertEqual(report?.complete, true)
        try device.vault.applyReceived()
    }

    func testAFormThatDoesNotParseSaysWhere() throws {
        let device = try Device()
        let refusal = try refused { try device.vault.installForm(xml: "<h:html>\n  <broken\n") }
        XCTAssertTrue(refusal.code.hasPrefix("form."))
        guard case .line(let line, _) = refusal.place else { return XCTFail("no line") }
        XCTAssertGreaterThanOrEqual(line, 1)
        XCTAssertEqual(try device.vault.installBuiltIn().count, try device.vault.forms().count)
    }

    /// The real relay, but for a page of orders that nobody signed: `{1: [{1: 1, 2: h'00'}], 2: false}`.
    private final class ForgedControl: Transport, @unchecked Sendable {
        private let relay = Http()

        func exchange(request: WireRequest) throws -> WireResponse {
            guard request.url.contains("/v1/control") else { return try relay.exchange(request: request) }
            let page = Data([0xa2, 0x01, 0x81, 0xa2, 0x01, 0x01, 0x02, 0x41, 0x00, 0x02, 0xf4])
            return WireResponse(status: 200, contentType: "application/vnd.wayside.v1+cbor", body: page)
        }

        func abort() { relay.abort() }
    }

    func testALogSinkHearsOfAForgedOrderUntilItIsTakenAway() throws {
        let (device, lines) = (try Device(), Lines())
        setLogSink(sink: lines)
        defer { setLogSink(sink: nil) }
        _ = try device.vault.sync(transport: ForgedControl(), cancel: CancelToken(), listener: nil)
        setLogSink(sink: nil)
        let heard = lines.heard
        XCTAssertTrue(heard.contains(LogLine(level: .warning, code: "signature.wrong", number: 1)))
        XCTAssertFalse(heard.contains { $0.level == .info })
        _ = try device.vault.sync(transport: ForgedControl(), cancel: CancelToken(), listener: nil)
        XCTAssertEqual(lines.heard, heard, "what is taken away hears nothing more")
        XCTAssertTrue(recentLog().contains { $0.level == .info })
    }
}
