import Foundation
import Wayside

/// Why two phones do not understand each other.
enum LineEnd: Error {
    /// It took too long.
    case late
    /// Ended from this side.
    case stopped
    /// The other side is gone, or was never there.
    case gone
    /// No HTTP that two phones speak, or longer than it may be.
    case notUnderstood
}

/// The first line of a request or an answer, and the fields below it by their names in small letters.
struct Head {
    let first: [String]
    private let fields: [String: String]

    init?(_ text: String) {
        let lines = text.components(separatedBy: "\r\n").filter { !$0.isEmpty }
        guard let line = lines.first else { return nil }
        first = line.components(separatedBy: " ")
        let pairs = lines.dropFirst().map { line in
            let name = line.prefix { $0 != ":" }
            let value = line.dropFirst(name.count + 1)
            return (name.trimmingCharacters(in: .whitespaces).lowercased(), value.trimmingCharacters(in: .whitespaces))
        }
        fields = Dictionary(pairs) { _, last in last }
    }

    subscript(name: String) -> String { fields[name] ?? "" }

    /// Of what follows; nothing where it is not said, or not as a plain number.
    var length: Int? {
        guard fields["transfer-encoding"] == nil, let length = fields["content-length"].flatMap({ Int($0) }), length >= 0
        else { return nil }
        return length
    }
}

/// One request and its answer between two phones, bounded in bytes and in time: whoever says no more is not waited for. Plain
/// sockets, so that the tests run what the phone runs.
final class NearbyLine: @unchecked Sendable {
    private static let mostOfHead = 8 * 1024
    private static let slice: Int32 = 50

    private let descriptor: Int32
    private let end: TimeInterval
    private let lock = NSLock()
    private var isStopped = false
    private var held: [UInt8] = []

    /// Takes the socket over, and closes it when it goes.
    init(_ descriptor: Int32, seconds: TimeInterval) {
        self.descriptor = descriptor
        end = ProcessInfo.processInfo.systemUptime + seconds
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        #if !canImport(Glibc)
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_NOSIGPIPE, &yes, socklen_t(MemoryLayout<Int32>.size))
        #endif
    }

    deinit { close(descriptor) }

    /// From any thread: what is under way ends soon.
    func stop() { lock.withLock { isStopped = true } }

    /// A line to this address of the network, within these seconds for the connection alone.
    static func connect(_ address: UInt32, port: UInt16, within seconds: TimeInterval, line: NearbyLine) throws {
        let begun = ProcessInfo.processInfo.systemUptime
        let status = socketAddress(address, port: port) { systemConnect(line.descriptor, $0, $1) }
        if status != 0, errno != EINPROGRESS { throw LineEnd.gone }
        try line.wait(for: Int16(POLLOUT), until: min(line.end, begun + seconds))
        var problem: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(line.descriptor, SOL_SOCKET, SO_ERROR, &problem, &size)
        if problem != 0 { throw LineEnd.gone }
    }

    func head() throws -> Head {
        let blank = Array("\r\n\r\n".utf8)
        while true {
            if let at = held.indices.first(where: { held[$0...].starts(with: blank) }) {
                let text = String(decoding: held[..<at], as: UTF8.self)
                held.removeFirst(at + blank.count)
                guard let head = Head(text) else { throw LineEnd.notUnderstood }
                return head
            }
            if held.count > Self.mostOfHead { throw LineEnd.notUnderstood }
            try read()
        }
    }

    /// So many bytes and no more; the caller knows that they may be so many.
    func body(_ length: Int) throws -> Data {
        while held.count < length { try read() }
        defer { held.removeFirst(length) }
        return Data(held[..<length])
    }

    func say(_ first: String, _ fields: [(String, String)], _ body: Data) throws {
        let lines = [first] + fields.map { "\($0.0): \($0.1)" }
        let bytes = Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body
        var sent = 0
        while sent < bytes.count {
            try wait(for: Int16(POLLOUT), until: end)
            let some = bytes[sent...].withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, noSignal) }
            if some < 0, errno != EAGAIN { throw LineEnd.gone }
            sent += max(some, 0)
        }
    }

    private func read() throws {
        try wait(for: Int16(POLLIN), until: end)
        var bytes = [UInt8](repeating: 0, count: 16 * 1024)
        let some = recv(descriptor, &bytes, bytes.count, 0)
        if some == 0 || some < 0 && errno != EAGAIN { throw LineEnd.gone }
        held += bytes.prefix(max(some, 0))
    }

    private func wait(for events: Int16, until: TimeInterval) throws {
        while true {
            if lock.withLock({ isStopped }) { throw LineEnd.stopped }
            if ProcessInfo.processInfo.systemUptime >= until { throw LineEnd.late }
            var one = pollfd(fd: descriptor, events: events, revents: 0)
            if poll(&one, 1, Self.slice) > 0 { return }
        }
    }
}

#if canImport(Glibc)
private let noSignal = Int32(MSG_NOSIGNAL)
let streamSocket = Int32(SOCK_STREAM.rawValue)
#else
private let noSignal: Int32 = 0
let streamSocket = SOCK_STREAM
#endif

private func systemConnect(_ descriptor: Int32, _ address: UnsafePointer<sockaddr>, _ length: socklen_t) -> Int32 {
    connect(descriptor, address, length)
}

/// An address of four numbers as the system wants it.
func socketAddress<T>(_ address: UInt32, port: UInt16, _ call: (UnsafePointer<sockaddr>, socklen_t) -> T) -> T {
    var one = sockaddr_in()
    one.sin_family = sa_family_t(AF_INET)
    one.sin_port = port.bigEndian
    one.sin_addr = in_addr(s_addr: address.bigEndian)
    return withUnsafePointer(to: &one) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { call($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
}
