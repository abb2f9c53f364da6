import Foundation
import Wayside
import WaysideModel

/// Where phones of one network knock: plain HTTP on one address of this phone, a few of them at a time, each with one request
/// that is bounded in bytes and in time. What is said is for the core to decide. Logs nothing and keeps nothing.
final class NearbyDoor: Door, @unchecked Sendable {
    private static let atOnce = 4
    /// So many may stand before the door until it is seen that there is no place.
    private static let waiting: Int32 = 32

    let address: String
    private let descriptor: Int32
    private let isNear: @Sendable (UInt32) -> Bool
    private let seconds: TimeInterval
    private let answer: @Sendable (CarryRequest) throws -> WireResponse
    private let most = Int(largestCarryBody())
    private let lock = NSLock()
    private var isShut = false
    private var inside: [ObjectIdentifier: NearbyLine] = [:]
    private let ended = DispatchSemaphore(value: 0)

    init(
        at place: UInt32, isNear: @escaping @Sendable (UInt32) -> Bool, seconds: TimeInterval = 60,
        answer: @escaping @Sendable (CarryRequest) throws -> WireResponse
    ) throws {
        let descriptor = socket(AF_INET, streamSocket, 0)
        self.descriptor = descriptor
        self.isNear = isNear
        self.seconds = seconds
        self.answer = answer
        var bound = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listens = socketAddress(place, port: 0) { bind(descriptor, $0, $1) } == 0 && listen(descriptor, Self.waiting) == 0
        let named = withUnsafeMutablePointer(to: &bound) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
        }
        address = "\(LocalNetwork.text(place)):\(UInt16(bigEndian: bound.sin_port))"
        guard descriptor >= 0, listens, named == 0 else {
            close(descriptor)
            throw LineEnd.gone
        }
        Thread { [self] in open() }.start()
    }

    private func open() {
        while !lock.withLock({ isShut }) {
            var one = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            if poll(&one, 1, 50) > 0 { admit() }
        }
        close(descriptor)
        ended.signal()
    }

    private func admit() {
        var from = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let caller = withUnsafeMutablePointer(to: &from) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { accept(descriptor, $0, &size) }
        }
        // The phone has no room for another line just now, or whoever knocked is gone.
        guard caller >= 0 else { return Thread.sleep(forTimeInterval: 0.05) }
        let line = NearbyLine(caller, seconds: seconds)
        let isIn = lock.withLock {
            guard inside.count < Self.atOnce, isNear(UInt32(bigEndian: from.sin_addr.s_addr)) else { return false }
            inside[ObjectIdentifier(line)] = line
            return true
        }
        if isIn { Thread { [self] in serve(line) }.start() }
    }

    private func serve(_ line: NearbyLine) {
        // Gone, too slow, or the core could not: without an answer nothing counts as taken, and the neighbour asks again.
        try? line.say(answered(line))
        lock.withLock { inside[ObjectIdentifier(line)] = nil }
    }

    private func answered(_ line: NearbyLine) throws -> WireResponse {
        do {
            let head = try line.head()
            guard let (method, path) = words(head) else { return Self.plain(405) }
            guard let length = method == .get ? 0 : head.length else { return Self.plain(411) }
            guard length <= most else { return Self.plain(413) }
            let body = try line.body(length)
            return try answer(CarryRequest(method: method, path: path, authorization: head["authorization"], body: body))
        } catch LineEnd.notUnderstood {
            return Self.plain(400)
        }
    }

    private func words(_ head: Head) -> (HttpMethod, String)? {
        guard head.first.count == 3, head.first[2].hasPrefix("HTTP/1."), head.first[1].hasPrefix("/") else { return nil }
        let methods: [String: HttpMethod] = ["GET": .get, "PUT": .put, "POST": .post]
        return methods[head.first[0]].map { ($0, head.first[1]) }
    }

    private static func plain(_ status: UInt16) -> WireResponse {
        WireResponse(status: status, contentType: "text/plain", retryAfterSeconds: nil, body: Data())
    }

    func shut() {
        let lines = lock.withLock {
            if isShut { return [NearbyLine]() }
            isShut = true
            return Array(inside.values)
        }
        lines.forEach { $0.stop() }
        ended.wait()
        ended.signal()
    }
}

extension NearbyLine {
    fileprivate func say(_ answer: WireResponse) throws {
        let again = answer.retryAfterSeconds.map { [("Retry-After", "\($0)")] } ?? []
        let fields = [("Content-Type", answer.contentType), ("Content-Length", "\(answer.body.count)"), ("Connection", "close")]
        try say("HTTP/1.1 \(answer.status) ", fields + again, answer.body)
    }
}
