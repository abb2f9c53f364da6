import Wayside

/// Why something did not work: a code of the core, for which `Words` has a sentence. Never the text of an error.
public struct Problem: Equatable, Sendable {
    public let code: String
    public let waitSeconds: UInt32?

    public init(code: String, waitSeconds: UInt32? = nil) {
        self.code = code
        self.waitSeconds = waitSeconds
    }

    /// What a call of the core threw. Anything it does not declare counts as a mistake in the core.
    init(_ error: Error) {
        guard case FieldError.Failed(let code, _, let place) = error else {
            self.init(code: "bug")
            return
        }
        if case .wait(let seconds) = place {
            self.init(code: code, waitSeconds: seconds)
        } else {
            self.init(code: code)
        }
    }
}
