import Foundation
import Wayside

/// The way to a phone nearby, and to nothing else: plain HTTP to a numbered address of a network that this phone is in. The
/// relay's way stays without plain HTTP, which the system forbids to it. One for each sync: once aborted it stays so.
final class NearbyTransport: Transport, @unchecked Sendable {
    private static let connectSeconds: TimeInterval = 5
    /// Pages of HQ's entries are shorter, single ones hardly longer.
    private let most = Int(largestCarryBody())
    private let isNear: @Sendable (UInt32) -> Bool
    private let seconds: TimeInterval
    private let lock = NSLock()
    private var running: NearbyLine?
    private var aborted = false

    init(isNear: @escaping @Sendable (UInt32) -> Bool, seconds: TimeInterval = 30) {
        self.isNear = isNear
        self.seconds = seconds
    }

    func exchange(request: WireRequest) throws -> WireResponse {
        guard request.url.hasPrefix("http://") else { throw TransportError.NoPath }
        let rest = request.url.dropFirst("http://".count)
        let host = String(rest.prefix { $0 != "/" })
        guard let (address, port) = LocalNetwork.numbers(host), isNear(address) else { throw TransportError.NoPath }
        let descriptor = socket(AF_INET, streamSocket, 0)
        guard descriptor >= 0 else { throw TransportError.NoPath }
        let line = NearbyLine(descriptor, seconds: seconds)
        try lock.withLock {
            if aborted { throw TransportError.Cancelled }
            running = line
        }
        defer { lock.withLock { running = nil } }
        do {
            try NearbyLine.connect(address, port: port, within: Self.connectSeconds, line: line)
            let path = rest.dropFirst(host.count)
            let fields = [("Host", host), ("Connection", "close"), ("Content-Length", "\(request.body.count)")]
            let all = fields + request.headers.map { ($0.name, $0.value) }
            try line.say("\(verb(request.method)) \(path.isEmpty ? "/" : path) HTTP/1.1", all, request.body)
            let head = try line.head()
            guard head.first.count > 1, let status = UInt16(head.first[1]), let length = head.length, length <= most else {
                throw LineEnd.notUnderstood
            }
            return WireResponse(
                status: status, contentType: head["content-type"], retryAfterSeconds: UInt32(head["retry-after"]),
                body: try line.body(length))
        } catch LineEnd.notUnderstood {
            // Somebody is there who is no phone that carries; the core says so of an answer it cannot read.
            return WireResponse(status: 200, contentType: "", retryAfterSeconds: nil, body: Data())
        } catch LineEnd.stopped {
            throw TransportError.Cancelled
        } catch LineEnd.late {
            throw TransportError.Timeout
        } catch {
            throw TransportError.NoPath
        }
    }

    /// Comes from another thread while `exchange` waits.
    func abort() {
        let line = lock.withLock {
            aborted = true
            return running
        }
        line?.stop()
    }

    private func verb(_ method: HttpMethod) -> String {
        switch method {
        case .get: "GET"
        case .put: "PUT"
        case .post: "POST"
        }
    }
}
