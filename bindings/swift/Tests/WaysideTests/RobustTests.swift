import Foundation
import Wayside
import XCTest

private let planted = "planted panic in the core"

/// The code a call is refused with.
private func code<T>(_ call: () throws -> T) -> String {
    do {
        _ = try call()
        return "none"
    } catch FieldError.Failed(let code, _, _) {
        return code
    } catch {
        return "\(error)"
    }
}

/// What an app lives through: a panic in the core, a peer that never answers, opening and closing all day.
final class RobustTests: XCTestCase {
    private func ready() throws -> Device {
        let device = try Device()
        _ = try device.vault.installBuiltIn()
        try device.makeReady()
        return device
    }

    func testTheSampleOfThePageRuns() throws {
        let device = try ready()
        device.vault.lock()
        let queue = try interview(directory: device.directory, secret: secret, keys: device.keys, network: Http())
        XCTAssertEqual([queue.waiting, queue.handedOver], [0, 1])
    }

    func testAPanicInTheCoreIsABugAndTheAppLives() throws {
        let device = try ready()
        let session = try device.vault.startSession(form: "household", language: "en", mode: .interview)
        XCTAssertEqual(code { try session.setLanguage(language: planted) }, "bug")
        XCTAssertEqual(code { try session.page() }, "bug", "what a panic left half-done is not used again")
        XCTAssertFalse(try device.vault.status().device.isEmpty, "the vault is as good as before")
        XCTAssertEqual(code { try device.vault.dangerProtocol(language: planted) }, "bug")
        XCTAssertEqual(code { try device.vault.status() }, "bug")
        XCTAssertFalse(try device.open().status().device.isEmpty)
        XCTAssertTrue(recentLog().allSatisfy { !$0.code.contains("Amina") })
    }

    private func assertQuick(_ what: String, _ times: [Double]) {
        let median = times.sorted()[times.count / 2]
        print(String(format: "swift: %@ %.1f ms, at most %.1f ms", what, median, times.max() ?? 0))
        XCTAssertLessThan(median, 100, "\(times)")
    }

    func testCancelEndsASyncWithAPeerThatNeverAnswersWithin100Ms() throws {
        let device = try Device()
        var times: [Double] = []
        for _ in 0..<5 {
            let (link, token, ended) = (try Elsewhere(), CancelToken(), DispatchSemaphore(value: 0))
            let vault = device.vault
            let said = Said()
            DispatchQueue.global().async {
                said.code = code { try vault.sync(transport: link, cancel: token) }
                ended.signal()
            }
            link.waitUntilAsked()
            let start = DispatchTime.now().uptimeNanoseconds
            token.cancel()
            XCTAssertEqual(ended.wait(timeout: .now() + 10), .success)
            times.append(Double(DispatchTime.now().uptimeNanoseconds - start) / 1e6)
            XCTAssertEqual(said.code, "cancelled")
        }
        assertQuick("cancel", times)
    }

    func testCancellingATaskEndsItsSync() async throws {
        let device = try Device()
        var times: [Double] = []
        for _ in 0..<5 {
            let (link, vault) = (try Elsewhere(), device.vault)
            let task = Task { try await vault.syncing(over: link) }
            try await blocking { link.waitUntilAsked() }
            let start = DispatchTime.now().uptimeNanoseconds
            task.cancel()
            let result = await task.result
            times.append(Double(DispatchTime.now().uptimeNanoseconds - start) / 1e6)
            XCTAssertThrowsError(try result.get()) { XCTAssertTrue($0 is CancellationError, "\($0)") }
        }
        assertQuick("cancelled task", times)
        let report = try await device.vault.syncing(over: Http())
        XCTAssertTrue(report.complete, "the vault is as good as before")
    }

    /// Microseconds of the quickest of five rounds of calls.
    private func best(_ times: Int, _ call: () throws -> Void) throws -> Double {
        let rounds = try (0..<5).map { _ in
            let start = DispatchTime.now().uptimeNanoseconds
            for _ in 0..<times { try call() }
            return Double(DispatchTime.now().uptimeNanoseconds - start) / 1e3 / Double(times)
        }
        return rounds.min() ?? .infinity
    }

    func testACallCostsMicroseconds() throws {
        let device = try ready()
        let session = try device.vault.startSession(form: "household", language: "en", mode: .interview)
        let folder = URL(fileURLWithPath: try Hq.environment("WAYSIDE_SCENARIOS"))
        let agreed = try Data(contentsOf: folder.appendingPathComponent("entries/household-agreed.json"))
        for entry in try JSONSerialization.jsonObject(with: agreed) as? [Json] ?? [] {
            try Entries.apply(entry, to: session, folder: folder)
        }
        guard case .questions = try session.page().kind else { return XCTFail("no question is shown") }
        let token = CancelToken()
        let call = try best(20_000) { _ = token.isCancelled() }
        let page = try best(500) { _ = try session.page() }
        print(String(format: "swift: a call %.1f µs, a page %.0f µs", call, page))
        XCTAssertLessThan(call, 1_000)
        XCTAssertLessThan(page, 20_000)
    }

    /// Open files, threads of the process, and KiB of memory.
    private func held() throws -> (files: Int, threads: Int, memory: Int) {
        let entries = { (folder: String) in try FileManager.default.contentsOfDirectory(atPath: folder).count }
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8).split(separator: "\n")
        let memory = status.first { $0.hasPrefix("VmRSS") }?.filter(\.isNumber) ?? ""
        return (try entries("/proc/self/fd"), try entries("/proc/self/task"), Int(memory) ?? 0)
    }

    /// Everything that is opened, once, and the vault itself, which is slow on purpose, with every fiftieth. Gives what a
    /// careless app would not close.
    private func cycle(_ device: Device, _ number: Int) throws -> [SyncSession] {
        let vault = try number % 50 == 0 ? device.open() : device.vault
        let session = try vault.startSession(form: "household", language: "en", mode: .interview)
        _ = try session.page()
        try session.discard()
        return [try vault.beginSync(), try OutboxSession.open(directory: device.directory).beginSync()]
    }

    func testOpeningAndClosingLeaksNothing() throws {
        let device = try ready()
        for number in 0...100 { _ = try cycle(device, number) }
        let before = try held()
        let cycles = Int(ProcessInfo.processInfo.environment["WAYSIDE_ROUNDS"] ?? "") ?? 200
        let start = DispatchTime.now().uptimeNanoseconds
        for number in 1...cycles { _ = try cycle(device, number) }
        let each = Double(DispatchTime.now().uptimeNanoseconds - start) / 1e6 / Double(cycles)
        let after = try held()
        print("swift: \(cycles) cycles of \((each * 10).rounded() / 10) ms; files, threads, KiB: \(before) -> \(after)")
        XCTAssertLessThanOrEqual(after.files, before.files)
        // Dispatch keeps threads for a while.
        XCTAssertLessThanOrEqual(after.threads, before.threads + 4)
        XCTAssertLessThan(after.memory - before.memory, 8 * 1024)
        let kept = try cycle(device, 1)
        XCTAssertGreaterThan(try held().files, after.files, "a handle that is kept is seen")
        withExtendedLifetime(kept) {}
    }
}

private final class Said: @unchecked Sendable { var code = "" }

/// HTTP to a peer that accepts and never answers.
private final class Elsewhere: Transport, @unchecked Sendable {
    private let http = Http()
    private let asked = DispatchSemaphore(value: 0)
    private let peer: Int32
    private let port: UInt16
    private var connection: Int32 = -1

    init() throws {
        peer = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = peer
        let bound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && listen(descriptor, 4) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard bound else { throw Unreadable(what: "a socket") }
        port = UInt16(bigEndian: address.sin_port)
    }

    deinit {
        close(connection)
        close(peer)
    }

    func exchange(request: WireRequest) throws -> WireResponse {
        let path = URL(string: request.url)?.path ?? ""
        let there = WireRequest(
            id: request.id, method: request.method, url: "http://127.0.0.1:\(port)\(path)", headers: request.headers,
            body: request.body)
        asked.signal()
        return try http.exchange(request: there)
    }

    func abort() { http.abort() }

    /// Until the request has been sent and its connection accepted.
    func waitUntilAsked() {
        asked.wait()
        connection = accept(peer, nil, nil)
        usleep(50_000)
    }
}
