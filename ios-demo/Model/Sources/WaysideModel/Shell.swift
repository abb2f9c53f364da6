import Foundation
import Wayside

/// The way from screen to screen. Every call of the core runs on one queue, one after the other and never on a thread that
/// Swift's tasks share; what is shown is in `state`.
@MainActor
public final class Shell {
    public private(set) var state: ShellState { didSet { onChange(state) } }
    public var onChange: (ShellState) -> Void = { _ in }

    private let host: Host
    private let language: String
    private let queue = DispatchQueue(label: "org.wayside.core")
    private let open = Open()
    private let typing = Typing()
    private var syncing: CancelToken?

    /// What is open; touched on the queue only.
    private final class Open: @unchecked Sendable {
        var vault: Vault?
        var interview: Interview?
    }

    /// - Parameter language: BCP 47 tag of the worker's language, in which a form starts where it has it.
    public init(host: Host, language: String) {
        self.host = host
        self.language = language
        state = ShellState(screen: .start(enrolled: vaultIsPresent(directory: host.directory)))
    }

    /// Makes the vault of this device from the text of an enrolment record.
    public func enrol(record: String, secret: String) async {
        await act { [host, open, language] in
            let record = record.trimmingCharacters(in: .whitespacesAndNewlines)
            let options = EnrolOptions(directory: host.directory, record: record, offsetMinutes: host.offsetMinutes())
            open.vault = try Vault.enrol(options: options, secret: secret, keys: host.keys, transport: host.transport())
            return try Self.opened(open, language)
        }
    }

    public func unlock(secret: String) async {
        await act { [host, open, language] in
            let options = OpenOptions(directory: host.directory, offsetMinutes: host.offsetMinutes())
            open.vault = try Vault.open(options: options, secret: secret, keys: host.keys)
            return try Self.opened(open, language)
        }
    }

    public func showForms() async { await act { [open, language] in try Self.forms(open, language) } }

    public func start(_ form: FormSummary) async {
        await act { [open, typing, language] in
            let vault = try Self.vault(open)
            let session = try vault.startSession(form: form.id, language: language, mode: .interview)
            return try Self.begin(session, vault, open, typing)
        }
    }

    public func resume(_ draft: DraftView) async {
        await act { [open, typing] in
            let vault = try Self.vault(open)
            return try Self.begin(try vault.resumeSession(draft: draft.id), vault, open, typing)
        }
    }

    /// One step of the interview. While another is under way a tap is ignored.
    public func ask(_ step: @escaping @Sendable (Interview) throws -> Void) async { await ask(waits: false, step) }

    /// Ends the questions whatever else is under way.
    public func stop(_ reason: StopReason = .stopped) async { await ask(waits: true) { try $0.stop(reason) } }

    private func ask(waits: Bool, _ step: @escaping @Sendable (Interview) throws -> Void) async {
        await act(waits: waits) { [open] in
            guard let interview = open.interview else { throw FieldError.Failed(code: "session.closed", retryable: false, place: .nowhere) }
            try step(interview)
            return .asking(try interview.view())
        }
    }

    /// Holds what is typed. It costs no call of the core, so it is not a step that others wait for.
    public func type(_ reference: String, _ text: String) {
        typing.type(reference, text)
        guard case .asking(var view) = state.screen else { return }
        view.typed[reference] = text
        view.refused[reference] = nil
        state.screen = .asking(view)
    }

    public func showQueue() async { await act { [open, language] in try Self.queue(open, language, .idle) } }

    public func sync() async {
        // A second tap must not take the place of the sync that runs: it could not be stopped any more.
        if state.busy { return }
        let (token, listener) = (CancelToken(), Listener { [weak self] in self?.running($0) })
        syncing = token
        running(nil)
        await act { [host, open, language] in
            let report = try Self.vault(open).sync(transport: host.transport(), cancel: token, listener: listener)
            return try Self.queue(open, language, .ended(obstacle: report.obstacle ?? (report.complete ? nil : "cancelled")))
        }
        syncing = nil
    }

    /// Ends a running sync; what was sent stays sent.
    public func stopSync() {
        guard let syncing else { return }
        DispatchQueue.global().async { syncing.cancel() }
    }

    /// Before the system may freeze the app: no write is under way and no file locked. Twice is fine.
    public func suspend() async { await onOpen { try $0.suspend() } }

    public func resume() async { await onOpen { try $0.resume() } }

    private func onOpen(_ call: @escaping @Sendable (Vault) throws -> Void) async {
        await act(waits: true) { [open] in
            if let vault = open.vault { try call(vault) }
            return nil
        }
    }

    /// Ends use of the vault now. Drafts stay as they were after the last step.
    public func lock() async {
        stopSync()
        await act(waits: true) { [host, open, typing] in
            open.interview = nil
            open.vault?.lock()
            open.vault = nil
            typing.clear()
            return .start(enrolled: vaultIsPresent(directory: host.directory))
        }
    }

    private func running(_ progress: SyncProgress?) {
        guard case .queue(var view) = state.screen else { return }
        // A word that comes after the end is too late.
        if progress != nil, case .ended = view.sync { return }
        view.sync = .running(progress)
        state.screen = .queue(view)
    }

    /// Does a call on the queue. No screen in return leaves the one that is shown.
    private func act(waits: Bool = false, _ call: @escaping @Sendable () throws -> Screen?) async {
        if state.busy && !waits { return }
        state.busy = true
        state.problem = nil
        let outcome = await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: Result { try call() }) }
        }
        switch outcome {
        case .success(let screen): state = ShellState(screen: screen ?? state.screen)
        case .failure(let error):
            let problem = Problem(error)
            if case .queue(var view) = state.screen {
                view.sync = .ended(obstacle: problem.code)
                state.screen = .queue(view)
            }
            state = ShellState(screen: state.screen, problem: problem)
        }
    }
}

/// What runs on the queue.
extension Shell {
    private nonisolated static func vault(_ open: Open) throws -> Vault {
        guard let vault = open.vault else { throw FieldError.Failed(code: "vault.locked", retryable: false, place: .nowhere) }
        return vault
    }

    private nonisolated static func opened(_ open: Open, _ language: String) throws -> Screen {
        _ = try vault(open).installBuiltIn()
        return try forms(open, language)
    }

    private nonisolated static func forms(_ open: Open, _ language: String) throws -> Screen {
        let vault = try vault(open)
        let view = FormsView(
            forms: try vault.forms(), drafts: try vault.drafts(), queue: try vault.queueStatus(),
            inDanger: try vault.dangerProtocol(language: language), missing: try vault.readiness())
        return .forms(view)
    }

    private nonisolated static func begin(
        _ session: FormSession, _ vault: Vault, _ open: Open, _ typing: Typing
    ) throws -> Screen {
        let interview = try Interview(session, vault, typing)
        open.interview = interview
        return .asking(try interview.view())
    }

    private nonisolated static func queue(_ open: Open, _ language: String, _ sync: Sync) throws -> Screen {
        let vault = try vault(open)
        let view = QueueView(
            device: try vault.status(), status: try vault.queueStatus(), items: try vault.queue(),
            inDanger: try vault.dangerProtocol(language: language), sync: sync)
        return .queue(view)
    }
}

/// Comes on the thread of the sync; passes on to the screen.
private final class Listener: ProgressListener {
    private let hear: @MainActor @Sendable (SyncProgress) -> Void

    init(_ hear: @escaping @MainActor @Sendable (SyncProgress) -> Void) { self.hear = hear }

    func onProgress(progress: SyncProgress) { Task { @MainActor [hear] in hear(progress) } }
}
