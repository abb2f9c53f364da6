import BackgroundTasks
import Foundation
import Wayside
import WaysideLink
import WaysideModel

/// Sends what is sealed while nobody is there, with every vault shut: the system wakes the app, or carries the requests alone.
enum BackgroundSending {
    /// As in the project's list of permitted tasks.
    static let task = "org.wayside.app.sending"

    /// To be called before the app has finished launching.
    static func register(_ host: Host) {
        BGTaskScheduler.shared.register(forTaskWithIdentifier: task, using: nil) { woken in
            ask(urgent: false)
            let work = Task {
                let isDone = await SteppedSync.all(outboxes(host), over: BackgroundLink.shared)
                woken.setTaskCompleted(success: isDone)
            }
            woken.expirationHandler = { work.cancel() }
        }
    }

    /// Something waits. What is urgent goes to the system at once; the rest when it thinks fit.
    static func ask(urgent: Bool) {
        let request = BGProcessingTaskRequest(identifier: task)
        request.requiresNetworkConnectivity = true
        request.earliestBeginDate = urgent ? nil : Date(timeIntervalSinceNow: 15 * 60)
        // Refused where the person switched background work off: then it goes with the next sync by hand.
        try? BGTaskScheduler.shared.submit(request)
    }
}

/// Requests that the system carries while the app sleeps. A body lies in a file for as long as that takes: it is sealed, and
/// the file is gone with the answer.
final class BackgroundLink: NSObject, SteppedLink, URLSessionDataDelegate, @unchecked Sendable {
    static let shared = BackgroundLink()

    private struct Waiting {
        var body = Data()
        let file: URL?
        let answer: CheckedContinuation<WireResponse, any Error>
    }

    private let lock = NSLock()
    private var waiting: [Int: Waiting] = [:]
    private lazy var session: URLSession = {
        let configuration = URLSessionConfiguration.background(withIdentifier: "org.wayside.app.link")
        configuration.urlCache = nil
        configuration.httpCookieStorage = nil
        configuration.timeoutIntervalForResource = 15 * 60
        return URLSession(configuration: configuration, delegate: self, delegateQueue: nil)
    }()

    func send(_ request: WireRequest) async throws -> WireResponse {
        guard let url = URL(string: request.url) else { throw TransportError.Unexpected }
        var http = URLRequest(url: url)
        switch request.method {
        case .get: http.httpMethod = "GET"
        case .put: http.httpMethod = "PUT"
        case .post: http.httpMethod = "POST"
        }
        request.headers.forEach { http.setValue($0.value, forHTTPHeaderField: $0.name) }
        let file = try sealed(request.body)
        let task = file.map { session.uploadTask(with: http, fromFile: $0) } ?? session.dataTask(with: http)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { answer in
                lock.withLock { waiting[task.taskIdentifier] = Waiting(file: file, answer: answer) }
                task.resume()
                // What was ended before it was noted here gets no answer from the session any more.
                if Task.isCancelled { end(task, .failure(TransportError.Cancelled)) }
            }
        } onCancel: {
            task.cancel()
        }
    }

    /// The system takes the body of an upload from a file only.
    private func sealed(_ body: Data) throws -> URL? {
        if body.isEmpty { return nil }
        let file = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        do {
            try body.write(to: file, options: .completeFileProtectionUntilFirstUserAuthentication)
        } catch {
            throw TransportError.Unexpected
        }
        return file
    }

    func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
        lock.withLock { waiting[dataTask.taskIdentifier]?.body.append(data) }
    }

    /// Only a captive portal sends redirects.
    func urlSession(
        _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
        newRequest request: URLRequest, completionHandler: @escaping @Sendable (URLRequest?) -> Void
    ) {
        completionHandler(nil)
    }

    func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
        let body = lock.withLock { waiting[task.taskIdentifier]?.body } ?? Data()
        guard let response = task.response as? HTTPURLResponse, error == nil else {
            return end(task, .failure(failure(error as? URLError)))
        }
        end(
            task,
            .success(
                WireResponse(
                    status: UInt16(response.statusCode), contentType: response.value(forHTTPHeaderField: "Content-Type") ?? "",
                    retryAfterSeconds: response.value(forHTTPHeaderField: "Retry-After").flatMap { UInt32($0) }, body: body)))
    }

    /// Gives the answer, once: what comes later is not heard.
    private func end(_ task: URLSessionTask, _ result: Result<WireResponse, any Error>) {
        guard let one = lock.withLock({ waiting.removeValue(forKey: task.taskIdentifier) }) else { return }
        if let file = one.file { try? FileManager.default.removeItem(at: file) }
        one.answer.resume(with: result)
    }

    private func failure(_ error: URLError?) -> TransportError {
        switch error?.code {
        case .cancelled: .Cancelled
        case .timedOut: .Timeout
        case .serverCertificateUntrusted, .serverCertificateHasBadDate, .serverCertificateHasUnknownRoot,
            .secureConnectionFailed:
            .UntrustedPeer
        default: .NoPath
        }
    }
}
