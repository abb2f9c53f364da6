import Foundation
import Wayside

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

let secret = "river copper window meadow candle thirty"

/// A key store that lasts as long as the object.
final class MemoryKeys: KeyStore, @unchecked Sendable {
    private let lock = NSLock()
    private var keys: [String: Data] = [:]

    func level() -> HardwareLevel { .software }

    func create(alias: String) {
        lock.withLock {
            if keys[alias] == nil { keys[alias] = Data((0..<32).map { _ in UInt8.random(in: 0...255) }) }
        }
    }

    func mac(alias: String, data: Data) throws -> Data {
        guard let key = lock.withLock({ keys[alias] }) else { throw KeyStoreError.Invalidated }
        return keyed(key, data)
    }

    func delete(alias: String) { lock.withLock { keys[alias] = nil } }

    func limitedUse() -> Bool { false }
}

/// A stand-in, since Foundation on Linux has no HMAC: keyed and always the same, which is all these tests need of it. An
/// app uses `HMAC<SHA256>` or the Secure Enclave.
private func keyed(_ key: Data, _ data: Data) -> Data {
    var out = Data()
    for lane in UInt64(0)..<4 {
        var state = 0xcbf2_9ce4_8422_2325 &+ lane
        for byte in key + data + key { state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        withUnsafeBytes(of: state.littleEndian) { out.append(contentsOf: $0) }
    }
    return out
}

/// HTTP without redirects; `abort` cancels the exchange that is under way.
final class Http: NSObject, Transport, URLSessionTaskDelegate, @unchecked Sendable {
    private let lock = NSLock()
    private var running: URLSessionTask?
    private var aborted = false
    private lazy var session = URLSession(configuration: .ephemeral, delegate: self, delegateQueue: nil)

    func exchange(request: WireRequest) throws -> WireResponse {
        guard let url = URL(string: request.url) else { throw TransportError.Unexpected }
        var urlRequest = URLRequest(url: url, timeoutInterval: 30)
        urlRequest.httpMethod = request.method.name
        for header in request.headers { urlRequest.setValue(header.value, forHTTPHeaderField: header.name) }
        if !request.body.isEmpty { urlRequest.httpBody = request.body }

        let answer = Answer()
        let task = session.dataTask(with: urlRequest) { body, response, error in
            answer.set(body, response as? HTTPURLResponse, error as? URLError)
        }
        lock.withLock { running = task }
        if lock.withLock({ aborted }) { throw TransportError.Cancelled }
        task.resume()
        let (body, response, error) = answer.wait()
        guard let response else { throw lock.withLock { aborted } ? TransportError.Cancelled : failure(error) }
        return WireResponse(
            status: UInt16(response.statusCode),
            contentType: response.value(forHTTPHeaderField: "Content-Type") ?? "",
            retryAfterSeconds: response.value(forHTTPHeaderField: "Retry-After").flatMap { UInt32($0) },
            body: body ?? Data())
    }

    func abort() {
        let task = lock.withLock {
            aborted = true
            return running
        }
        task?.cancel()
    }

    func urlSession(
        _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
        newRequest request: URLRequest, completionHandler: @escaping @Sendable (URLRequest?) -> Void
    ) {
        completionHandler(nil)
    }

    private func failure(_ error: URLError?) -> TransportError {
        switch error?.code {
        case .timedOut: .Timeout
        case .cancelled: .Cancelled
        case .serverCertificateUntrusted: .UntrustedPeer
        default: .NoPath
        }
    }
}

/// Another phone that carries, as near as a call: what goes over a hotspot otherwise.
final class Beside: Transport, @unchecked Sendable {
    static let address = "http://beside"
    private let carrying: CarrySession

    init(_ carrying: CarrySession) { self.carrying = carrying }

    func exchange(request: WireRequest) throws -> WireResponse {
        let authorization = request.headers.first { $0.name == "Authorization" }?.value ?? ""
        let path = String(request.url.dropFirst(Beside.address.count))
        return try carrying.answer(
            request: CarryRequest(
                method: request.method, path: path, authorization: authorization, body: request.body))
    }

    func abort() {}
}

/// One answer that a blocking call waits for.
private final class Answer: @unchecked Sendable {
    private let done = DispatchSemaphore(value: 0)
    private var value: (Data?, HTTPURLResponse?, URLError?) = (nil, nil, nil)

    func set(_ body: Data?, _ response: HTTPURLResponse?, _ error: URLError?) {
        value = (body, response, error)
        done.signal()
    }

    func wait() -> (Data?, HTTPURLResponse?, URLError?) {
        done.wait()
        return value
    }
}

extension HttpMethod {
    var name: String {
        switch self {
        case .get: "GET"
        case .put: "PUT"
        case .post: "POST"
        }
    }
}

/// Remembers what it heard.
final class Steps: ProgressListener, @unchecked Sendable {
    private let lock = NSLock()
    private var all: [SyncProgress] = []
    var heard: [SyncProgress] { lock.withLock { all } }

    func onProgress(progress: SyncProgress) { lock.withLock { all.append(progress) } }
}

/// Remembers what it heard.
final class Lines: LogSink, @unchecked Sendable {
    private let lock = NSLock()
    private var all: [LogLine] = []
    var heard: [LogLine] { lock.withLock { all } }

    func write(line: LogLine) { lock.withLock { all.append(line) } }
}
