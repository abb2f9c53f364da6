import Dispatch

extension Vault {
    /// As `sync`, off Swift's cooperative threads. Cancelling the task sets the token; the call is waited for, never
    /// abandoned, and then the task ends with `CancellationError`.
    public func syncing(over transport: Transport, listener: ProgressListener? = nil) async throws -> SyncReport {
        try await tied { try self.sync(transport: transport, cancel: $0, listener: listener) }
    }

    /// As `clearForBorder`, in the way of `syncing`.
    public func clearingForBorder(
        over transport: Transport, listener: ProgressListener? = nil
    ) async throws -> BorderReport {
        try await tied { try self.clearForBorder(transport: transport, cancel: $0, listener: listener) }
    }
}

extension OutboxSession {
    /// As `sync`, in the way of `Vault.syncing`.
    public func syncing(over transport: Transport, listener: ProgressListener? = nil) async throws -> SyncReport {
        try await tied { try self.sync(transport: transport, cancel: $0, listener: listener) }
    }
}

/// Any other call, off Swift's cooperative threads. It is short and cannot be cancelled: a cancelled task waits for it.
public func blocking<T: Sendable>(_ call: @escaping @Sendable () throws -> T) async throws -> T {
    try await withCheckedThrowingContinuation { continuation in
        calls.async { continuation.resume(with: Result(catching: call)) }
    }
}

/// Threads that may block.
private let calls = DispatchQueue(label: "org.wayside.calls", attributes: .concurrent)

private func tied<T: Sendable>(_ call: @escaping @Sendable (CancelToken) throws -> T) async throws -> T {
    let token = CancelToken()
    return try await withTaskCancellationHandler {
        do {
            return try await blocking { try call(token) }
        } catch let error as FieldError {
            // What a cancelled task is told is that it was cancelled.
            try Task.checkCancellation()
            throw error
        }
    } onCancel: {
        token.cancel()
    }
}
