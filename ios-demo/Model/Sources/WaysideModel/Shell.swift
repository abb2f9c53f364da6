import Foundation
import Wayside

/// The way from screen to screen. Every call of the core runs on one queue, one after the other and never on a thread that
/// Swift's tasks share; what is shown is in `state`. What is about the vault as a whole is in `Carrying.swift`, `Cases.swift`
/// and `Settings.swift`.
@MainActor
public final class Shell {
    public internal(set) var state: ShellState { didSet { onChange(state) } }
    public var onChange: (ShellState) -> Void = { _ in }

    public let host: Host
    private let queue = DispatchQueue(label: "org.wayside.core")
    let opened: Opened
    private var syncing: CancelToken?
    /// How many seconds this phone listens for one nearby when none comes.
    let patience: TimeInterval

    /// - Parameter language: BCP 47 tag of the phone's language, in which a form starts where it has it and no other was chosen.
    public init(host: Host, language: String, patience: TimeInterval = 5 * 60) {
        self.host = host
        self.patience = patience
        let opened = Opened(host, preferred: language)
        self.opened = opened
        state = ShellState(screen: opened.start(), language: opened.language)
    }

    /// Says whose vault the secret is for.
    public func choose(_ chosen: Chosen) async { await act { [opened] in opened.start(chosen) } }

    /// Makes the vault of a worker from the text of an enrolment record.
    public func enrol(record: String, secret: String) async {
        await act { [opened] in try opened.enrol(record.trimmingCharacters(in: .whitespacesAndNewlines), secret) }
    }

    /// Opens the vault that was chosen.
    public func unlock(secret: String) async {
        guard case .start(let view) = state.screen else { return }
        await act { [opened] in try opened.unlock(view.chosen, secret) }
        await lookThrough()
    }

    /// Looks through everything once the forms are shown: it may take a second, and nobody waits for it.
    private func lookThrough() async {
        guard case .forms = state.screen else { return }
        let found = await onQueue { [opened] in try opened.ifOpen?.verify() }
        if case .failure(let error) = found { state.problem = Problem(error) }
    }

    public func showForms() async { await act { [opened] in try opened.forms() } }

    public func start(_ form: FormSummary) async {
        await act { [opened] in
            let session = try opened.vault().startSession(form: form.id, language: opened.language, mode: .interview)
            return try opened.begin(session, form.id)
        }
    }

    public func resume(_ draft: DraftView) async {
        await act { [opened] in try opened.begin(try opened.vault().resumeSession(draft: draft.id), draft.form) }
    }

    /// One step of the interview. While another is under way a tap is ignored.
    public func ask(_ step: @escaping @Sendable (Interview) throws -> Void) async { await ask(waits: false, step) }

    /// Ends the questions whatever else is under way.
    public func stop(_ reason: StopReason = .stopped) async { await ask(waits: true) { try $0.stop(reason) } }

    func ask(waits: Bool, _ step: @escaping @Sendable (Interview) throws -> Void) async {
        await act(waits: waits) { [opened] in try opened.asking(step) }
    }

    /// Holds what is typed. It costs no call of the core, so it is not a step that others wait for.
    public func type(_ reference: String, _ text: String) {
        opened.typing.type(reference, text)
        guard case .asking(var view) = state.screen else { return }
        view.typed[reference] = text
        view.refused[reference] = nil
        state.screen = .asking(view)
    }

    public func showQueue() async { await act { [opened] in try opened.queue(.idle) } }

    public func sync() async {
        await linked { [weak self] token, opened in
            let report = try opened.vault().sync(
                transport: opened.host.transport(), cancel: token, listener: Listener { self?.running($0) })
            _ = try opened.vault().applyRetention()
            return try opened.queue(.ended(obstacle: report.obstacle ?? (report.complete ? nil : "cancelled")))
        }
    }

    /// A call that can be ended by `stopSync`.
    func linked(_ call: @escaping @Sendable (CancelToken, Opened) throws -> Screen) async {
        // A second tap must not take the place of the one that runs: it could not be stopped any more.
        if state.busy { return }
        let token = CancelToken()
        syncing = token
        running(nil)
        await act { [opened] in try call(token, opened) }
        syncing = nil
    }

    /// Ends a running sync; what was sent stays sent.
    public func stopSync() {
        guard let syncing else { return }
        DispatchQueue.global().async { syncing.cancel() }
    }

    /// Before the system may freeze the app: no write is under way and no file locked. Twice is fine.
    public func suspend() async {
        await act(waits: true) { [opened] in
            opened.stopCarrying()
            try opened.ifOpen?.suspend()
            return nil
        }
        showShut()
    }

    public func resume() async { await onOpen { try $0.resume() } }

    private func onOpen(_ call: @escaping @Sendable (Vault) throws -> Void) async {
        await act(waits: true) { [opened] in
            if let vault = opened.ifOpen { try call(vault) }
            return nil
        }
    }

    /// Ends use of the vault now. Drafts stay as they were after the last step.
    public func lock(_ chosen: Chosen? = nil) async {
        stopSync()
        await act(waits: true) { [opened] in opened.lock(chosen) }
    }

    func running(_ progress: SyncProgress?) {
        // A word that comes after the end is too late.
        if progress != nil, case .ended = state.screen.sync { return }
        if state.screen.sync != nil { state.screen.sync = .running(progress) }
    }

    /// Does a call on the queue and shows the screen it gives. No screen in return leaves the one that is shown.
    func act(waits: Bool = false, _ call: @escaping @Sendable () throws -> Screen?) async {
        if state.busy && !waits { return }
        host.voice?.stop()
        state.busy = true
        state.problem = nil
        let outcome = await onQueue { [opened] in
            let screen = try call()
            if let screen { opened.leave(for: screen) }
            return (screen, opened.language, opened.practice)
        }
        switch outcome {
        case .success((let screen, let language, let practice)):
            state = ShellState(screen: screen ?? state.screen, language: language, practice: practice)
        case .failure(let error):
            let problem = Problem(error)
            if case .running = state.screen.sync { state.screen.sync = .ended(obstacle: problem.code) }
            state.busy = false
            state.problem = problem
        }
    }

    func onQueue<T: Sendable>(_ call: @escaping @Sendable () throws -> T) async -> Result<T, any Error> {
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: Result { try call() }) }
        }
    }
}

/// Comes on the thread of the sync; passes on to the screen.
final class Listener: ProgressListener {
    private let hear: @MainActor @Sendable (SyncProgress) -> Void

    init(_ hear: @escaping @MainActor @Sendable (SyncProgress) -> Void) { self.hear = hear }

    func onProgress(progress: SyncProgress) { Task { @MainActor [hear] in hear(progress) } }
}
