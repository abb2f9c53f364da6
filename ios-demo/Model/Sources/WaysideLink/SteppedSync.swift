import Foundation
import Wayside

/// A way to the relay that the system may run while the app sleeps.
public protocol SteppedLink: Sendable {
    /// One request, one response, whatever its status. Throws a `TransportError` where none came.
    func send(_ request: WireRequest) async throws -> WireResponse
}

/// A sync that is driven step by step, so that no thread waits for the network: what is sent belongs to the system while the
/// app is asleep. It is the outbox's, so the vaults stay shut; what a dead process had begun is begun anew, for the relay
/// takes each item once.
public enum SteppedSync {
    /// Every outbox, one after the other. True where nothing is left in any; nothing stands for one that could not be opened.
    public static func all(_ outboxes: [OutboxSession?], over link: SteppedLink) async -> Bool {
        var isDone = true
        for outbox in outboxes {
            // One worker's outbox must not keep the others waiting; what is in it stays.
            var isComplete = false
            if let sync = try? outbox?.beginSync() { isComplete = (try? await run(sync, over: link)) ?? false }
            isDone = isDone && isComplete
        }
        return isDone
    }

    /// Sends and fetches until nothing is left, or the relay wants more patience than `patience` seconds. True where nothing
    /// is left.
    public static func run(_ sync: SyncSession, over link: SteppedLink, patience: TimeInterval = 5) async throws -> Bool {
        while true {
            switch try sync.nextStep() {
            case .send(let request):
                do {
                    try sync.complete(requestId: request.id, response: try await link.send(request))
                } catch let failure as TransportError {
                    try sync.fail(requestId: request.id, failure: failure)
                }
            case .wait(let until):
                let seconds = until.timeIntervalSinceNow
                if seconds > patience { return false }
                try await Task.sleep(nanoseconds: UInt64(max(seconds, 0) * 1_000_000_000))
            case .done(let report): return report.complete
            }
        }
    }
}
