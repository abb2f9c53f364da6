import Foundation
import Wayside
@testable import WaysideLink
import XCTest

private let loopback: UInt32 = 0x7f00_0001

/// What the door passed on.
private final class Asked: @unchecked Sendable {
    private let lock = NSLock()
    private var all: [CarryRequest] = []

    func add(_ request: CarryRequest) { lock.withLock { all.append(request) } }
    func take() -> [CarryRequest] {
        lock.withLock {
            defer { all = [] }
            return all
        }
    }
}

/// The socket between two phones by itself: what it lets in, what it refuses, and what it does not wait for.
final class NearbyLinkTests: XCTestCase {
    private let asked = Asked()

    private func door(seconds: TimeInterval = 20, isNear: Bool = true) throws -> NearbyDoor {
        let asked = asked
        return try NearbyDoor(at: loopback, isNear: { _ in isNear }, seconds: seconds) { request in
            asked.add(request)
            return WireResponse(status: 201, contentType: "application/test", retryAfterSeconds: 7, body: Data(request.body.reversed()))
        }
    }

    private func line(to door: NearbyDoor) throws -> NearbyLine {
        let line = NearbyLine(socket(AF_INET, streamSocket, 0), seconds: 20)
        try NearbyLine.connect(loopback, port: try XCTUnwrap(LocalNetwork.numbers(door.address)).1, within: 5, line: line)
        return line
    }

    /// The status of what is answered; nothing where there is no answer.
    private func status(_ door: NearbyDoor, _ first: String, _ fields: [(String, String)] = []) throws -> String? {
        let line = try line(to: door)
        try? line.say(first, fields, Data())
        return (try? line.head())?.first.dropFirst().first
    }

    private func request(_ url: String, _ body: Data = Data()) -> WireRequest {
        WireRequest(id: 1, method: .put, url: url, headers: [Header(name: "Authorization", value: "Bearer abc")], body: body)
    }

    private func way(_ seconds: TimeInterval = 30) -> NearbyTransport { NearbyTransport(isNear: { _ in true }, seconds: seconds) }

    private func failure(_ call: () throws -> WireResponse) -> TransportError? {
        do {
            _ = try call()
            return nil
        } catch {
            return error as? TransportError
        }
    }

    func testARequestAndItsAnswerComeWholeToTheLongestThatIsAllowed() throws {
        let door = try door()
        let most = Int(largestCarryBody())
        for length in [0, 1, 70_000, most] {
            let body = Data((0..<length).map { UInt8(truncatingIfNeeded: $0 &* 31) })
            let answer = try way().exchange(request: request("http://\(door.address)/v1/a?b=c", body))
            XCTAssertEqual(answer, WireResponse(status: 201, contentType: "application/test", retryAfterSeconds: 7, body: Data(body.reversed())))
            XCTAssertEqual(asked.take(), [CarryRequest(method: .put, path: "/v1/a?b=c", authorization: "Bearer abc", body: body)])
        }
        // It may hear of the refusal, or of a line that is cut while it still speaks.
        let refused = try? way().exchange(request: request("http://\(door.address)/a", Data(count: most + 1)))
        XCTAssertTrue(refused == nil || refused?.status == 413)
        XCTAssertEqual(asked.take(), [], "what is too long is not read")
        door.shut()
    }

    func testWhatIsNoSuchRequestIsRefusedAndNeverReachesTheCore() throws {
        let door = try door()
        XCTAssertEqual(try status(door, "PUT /a HTTP/1.1", [("Content-Length", "0")]), "201", "what is one is heard")
        XCTAssertEqual(asked.take().count, 1)
        XCTAssertEqual(try status(door, "PUT /a HTTP/1.1"), "411")
        XCTAssertEqual(try status(door, "PUT /a HTTP/1.1", [("Content-Length", "-5")]), "411")
        XCTAssertEqual(try status(door, "PUT /a HTTP/1.1", [("Content-Length", "3"), ("Transfer-Encoding", "chunked")]), "411")
        XCTAssertEqual(try status(door, "PUT /a HTTP/1.1", [("Content-Length", "2000000000")]), "413")
        XCTAssertEqual(try status(door, "DELETE /a HTTP/1.1"), "405")
        XCTAssertEqual(try status(door, "GET http://elsewhere/ HTTP/1.1"), "405")
        let long = (0..<200).map { ("X\($0)", String(repeating: "y", count: 100)) }
        XCTAssertTrue([nil, "400"].contains(try status(door, "GET /a HTTP/1.1", long)))
        XCTAssertEqual(asked.take(), [])
        door.shut()
    }

    func testWhoSaysNoMoreIsNotWaitedForAndHoldsTheDoorForNobody() throws {
        let door = try door(seconds: 1)
        let holding = try (0..<4).map { _ in try line(to: door) }
        Thread.sleep(forTimeInterval: 0.3)
        XCTAssertNil(try status(door, "GET /a HTTP/1.1"), "a few at a time")
        Thread.sleep(forTimeInterval: 1.5)
        XCTAssertEqual(try status(door, "GET /a HTTP/1.1"), "201")
        XCTAssertEqual(holding.count, 4)
        door.shut()
        let far = try self.door(isNear: false)
        _ = asked.take()
        XCTAssertNil(try status(far, "GET /a HTTP/1.1"))
        far.shut()
        XCTAssertEqual(asked.take(), [])
    }

    func testADoorThatIsShutEndsWhatIsUnderWay() throws {
        let door = try door()
        let caller = try line(to: door)
        try caller.say("PUT /a HTTP/1.1", [("Content-Length", "10")], Data("half".utf8))
        Thread.sleep(forTimeInterval: 0.2)
        let begun = Date()
        door.shut()
        XCTAssertThrowsError(try caller.head())
        XCTAssertLessThan(Date().timeIntervalSince(begun), 5)
        XCTAssertEqual(failure { try way().exchange(request: request("http://\(door.address)/")) }, .NoPath)
    }

    func testTheWayLeadsToNumberedAddressesOfTheLocalNetworkOnly() throws {
        let door = try door()
        let port = try XCTUnwrap(LocalNetwork.numbers(door.address)).1
        for url in ["http://localhost:\(port)/", "http://127.0.0.1/", "http://127.0.0.1:0/", "http://127.1:\(port)/", "https://127.0.0.1:\(port)/", "http://256.0.0.1:\(port)/"] {
            XCTAssertEqual(failure { try way().exchange(request: request(url)) }, .NoPath, url)
        }
        let strict = NearbyTransport(isNear: LocalNetwork.isLocal)
        XCTAssertEqual(failure { try strict.exchange(request: request("http://\(door.address)/")) }, .NoPath)
        XCTAssertEqual(asked.take(), [])
        door.shut()
    }

    func testASilentPhoneIsLeftAfterATimeAndAtOnceByACancel() throws {
        // It takes the call and says nothing: a door whose answer never comes.
        let silent = try NearbyDoor(at: loopback, isNear: { _ in true }, seconds: 20) { _ in
            Thread.sleep(forTimeInterval: 3)
            throw LineEnd.gone
        }
        let url = "http://\(silent.address)/"
        XCTAssertEqual(failure { try way(1).exchange(request: request(url)) }, .Timeout)
        let transport = way()
        DispatchQueue.global().asyncAfter(deadline: .now() + 0.2) { transport.abort() }
        let begun = Date()
        XCTAssertEqual(failure { try transport.exchange(request: request(url)) }, .Cancelled)
        XCTAssertLessThan(Date().timeIntervalSince(begun), 2)
        XCTAssertEqual(failure { try transport.exchange(request: request(url)) }, .Cancelled, "it stays so")
        silent.shut()
    }

    func testAHotspotGoesBeforeAWiFiAndTheMobileNetworkIsNeverTaken() throws {
        func pick(_ found: (String, String)...) throws -> String? {
            let all = try found.map { (name: $0.0, address: try XCTUnwrap(LocalNetwork.numbers($0.1 + ":1")).0) }
            return LocalNetwork.pick(all).map(LocalNetwork.text)
        }
        XCTAssertEqual(try pick(("pdp_ip0", "10.11.12.13"), ("en0", "192.168.1.5")), "192.168.1.5")
        XCTAssertEqual(try pick(("en0", "192.168.1.5"), ("bridge100", "172.20.10.1")), "172.20.10.1")
        for (name, at) in [("pdp_ip0", "10.0.0.1"), ("utun2", "10.8.0.2"), ("lo0", "127.0.0.1"), ("en0", "81.2.3.4"), ("en0", "172.32.0.1")] {
            XCTAssertNil(try pick((name, at)), "\(name) \(at)")
        }
    }
}
