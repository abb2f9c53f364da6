import Foundation
import Wayside

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// The way to the relay. One for each sync: once aborted it stays so. Logs nothing and keeps nothing on disk.
public final class HttpTransport: NSObject, Transport, @unchecked Sendable {
    private let lock = NSLock()
    private var running: URLSessionTask?
    private var aborted = false
    private lazy var session = URLSession(configuration: configuration, delegate: NoRedirects(), delegateQueue: nil)

    private var configuration: URLSessionConfiguration {
        let configuration = URLSessionConfiguration.ephemeral
        configuration.timeoutIntervalForRequest = 30
        configuration.urlCache = nil
        configuration.httpCookieStorage = nil
        return configuration
    }

    deinit { session.finishTasksAndInvalidate() }

    public func exchange(request: WireRequest) throws -> WireResponse {
        let request = try http(request)
        let answer = Answer()
        let task = session.dataTask(with: request) { body, response, error in
            answer.give(body, response as? HTTPURLResponse, error as? URLError)
        }
        try lock.withLock {
            if aborted { throw TransportError.Cancelled }
            running = task
        }
        task.resume()
        let (body, response, error) = answer.wait()
        guard let response else { throw failure(error) }
        return WireResponse(
            status: UInt16(response.statusCode), contentType: response.value(forHTTPHeaderField: "Content-Type") ?? "",
            retryAfterSeconds: response.value(forHTTPHeaderField: "Retry-After").flatMap { UInt32($0) }, body: body ?? Data())
    }

    /// Comes from another thread while `exchange` waits.
    public func abort() {
        let task = lock.withLock {
            aborted = true
            return running
        }
        task?.cancel()
    }

    private func http(_ request: WireRequest) throws -> URLRequest {
        guard let url = URL(string: request.url) else { throw TransportError.Unexpected }
        var http = URLRequest(url: url)
        switch request.method {
        case .get: http.httpMethod = "GET"
        case .put: http.httpMethod = "PUT"
        case .post: http.httpMethod = "POST"
        }
        request.headers.forEach { http.setValue($0.value, forHTTPHeaderField: $0.name) }
        if !request.body.isEmpty { http.httpBody = request.body }
        return http
    }

    private func failure(_ error: URLError?) -> TransportError {
        if lock.withLock({ aborted }) { return .Cancelled }
        switch error?.code {
        case .timedOut: return .Timeout
        case .serverCertificateUntrusted, .serverCertificateHasBadDate, .serverCertificateHasUnknownRoot,
            .secureConnectionFailed:
            return .UntrustedPeer
        default: return .NoPath
        }
    }
}

/// Only a captive portal sends redirects.
private final class NoRedirects: NSObject, URLSessionTaskDelegate {
    func urlSession(
        _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
        newRequest request: URLRequest, completionHandler: @escaping @Sendable (URLRequest?) -> Void
    ) {
        completionHandler(nil)
    }
}

/// One answer that a blocking call waits for.
private final class Answer: @unchecked Sendable {
    private let given = DispatchSemaphore(value: 0)
    private var value: (Data?, HTTPURLResponse?, URLError?) = (nil, nil, nil)

    func give(_ body: Data?, _ response: HTTPURLResponse?, _ error: URLError?) {
        value = (body, response, error)
        given.signal()
    }

    func wait() -> (Data?, HTTPURLResponse?, URLError?) {
        given.wait()
        return value
    }
}
