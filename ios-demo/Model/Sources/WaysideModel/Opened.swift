import Foundation
import Wayside

/// The folder of the vault for practice. Those of workers are numbered.
private let practiceFolder = "practice"

/// What is open, and the screens it gives. Touched on the queue of the core only, but for `destroy`.
final class Opened: @unchecked Sendable {
    let host: Host
    let preferred: String
    let typing = Typing()
    private(set) var practice = false
    private(set) var interview: Interview?
    private let guarded = NSLock()
    private var held: Vault?
    private var open: Vault? {
        get { guarded.withLock { held } }
        set { guarded.withLock { held = newValue } }
    }
    private var listening: Carrying?
    /// For phones nearby, as long as the screen that says so is shown.
    private(set) var carrying: Carrying? {
        get { guarded.withLock { listening } }
        set { guarded.withLock { listening = newValue } }
    }
    /// The worker's own, while the decoy is open to be filled.
    private var own: Vault?
    /// Whose it is, so that the same is offered after the lock.
    private var chosen: Chosen?

    init(_ host: Host, preferred: String) {
        self.host = host
        self.preferred = preferred
    }

    /// Of the worker.
    var language: String { host.looks.language ?? preferred }

    func vault() throws -> Vault {
        guard let open else { throw FieldError.Failed(code: "vault.locked", retryable: false, place: .nowhere) }
        return open
    }

    /// The vault, where one is open.
    var ifOpen: Vault? { open }

    func inDanger() throws -> [String] { try vault().dangerProtocol(language: language) }

    private func path(_ folder: String) -> String { "\(host.directory)/\(folder)" }

    /// Folders that hold a vault; where the folder above cannot be read, none is known.
    private var folders: [String] { (try? vaultsIn(directory: host.directory)) ?? [] }

    /// What to show while nothing is open.
    func start(_ wanted: Chosen? = nil) -> Screen {
        let workers = folders.filter { $0 != practiceFolder }
        let first = workers.first.map { Chosen.worker(folder: $0) } ?? .new
        return .start(StartView(workers: workers, practice: folders.contains(practiceFolder), chosen: wanted ?? first))
    }

    /// Makes the vault of a worker in a folder in which nothing of one lies, whole or not.
    func enrol(_ record: String, _ secret: String) throws -> Screen {
        var number = 1
        while vaultIsPresent(directory: path("\(number)")) { number += 1 }
        let options = EnrolOptions(directory: path("\(number)"), record: record, offsetMinutes: host.offsetMinutes())
        let vault = try Vault.enrol(options: options, secret: secret, keys: host.keys, transport: host.transport())
        chosen = .worker(folder: "\(number)")
        return try opened(vault)
    }

    func unlock(_ chosen: Chosen, _ secret: String) throws -> Screen {
        self.chosen = chosen
        switch chosen {
        case .worker(let folder): return try opened(try open(path(folder), secret))
        case .practice: return try opened(try practice(secret, beside: nil))
        case .new: return start(chosen)
        }
    }

    private func open(_ path: String, _ secret: String) throws -> Vault {
        // Ends a wipe that was begun; takes nothing where none was.
        try sweepVault(directory: path, keys: host.keys)
        let options = OpenOptions(directory: path, offsetMinutes: host.offsetMinutes())
        return try Vault.open(options: options, secret: secret, keys: host.keys)
    }

    /// The vault for practice, with what the worker's own open one has now; without one as it is, or made with invented
    /// services.
    private func practice(_ secret: String, beside own: Vault?) throws -> Vault {
        let place = path(practiceFolder)
        let options = OpenOptions(directory: place, offsetMinutes: host.offsetMinutes())
        try sweepVault(directory: place, keys: host.keys)
        if let own { return try own.trainBeside(options: options, secret: secret, keys: host.keys) }
        if vaultIsPresent(directory: place) { return try open(place, secret) }
        return try Vault.train(options: options, secret: secret, keys: host.keys)
    }

    /// Practice with the words, the sound and the services of this worker, whose own vault is shut once it is there.
    func practise(_ secret: String) throws -> Screen {
        let own = try vault()
        let training = try practice(secret, beside: own)
        interview = nil
        own.lock()
        chosen = .practice
        return try opened(training)
    }

    private func opened(_ vault: Vault) throws -> Screen {
        open = vault
        let status = try vault.status()
        practice = status.training
        // Nothing is written before a person has looked at an older copy.
        if !status.rolledBack { _ = try vault.installBuiltIn() }
        return try forms()
    }

    func acceptOldCopy() throws -> Screen {
        try vault().acceptRollback()
        return try opened(try vault())
    }

    /// What the duress words open, to be filled: the worker's own vault waits until the lock.
    func openDecoy() throws -> Screen {
        let own = try vault()
        let decoy = try own.openDecoy()
        self.own = own
        return try opened(decoy)
    }

    /// Whatever the key store says, the vault is gone. From any thread.
    func destroy() { try? open?.panicWipe(keys: host.keys) }

    /// Ends use of the vault now. Drafts stay as they were after the last step.
    func lock(_ wanted: Chosen?) -> Screen {
        interview = nil
        open?.lock()
        own?.lock()
        open = nil
        own = nil
        practice = false
        typing.clear()
        return start(wanted ?? chosen)
    }

    func forms() throws -> Screen {
        let vault = try vault()
        let oldCopy = try vault.status().rolledBack
        // Nothing is let go before a person has looked at an older copy.
        let notices = Notices(retention: oldCopy ? nil : try vault.applyRetention(), oldCopy: oldCopy)
        return .forms(
            FormsView(
                forms: try vault.forms(), drafts: try vault.drafts(), queue: try vault.queueStatus(), inDanger: try inDanger(),
                missing: try vault.readiness(), notices: notices, due: try vault.workList().filter(\.isDue).count))
    }

    func begin(_ session: FormSession, _ form: String) throws -> Screen {
        let interview = try Interview(session, try vault(), form: form, typing, host.onSealed)
        self.interview = interview
        return .asking(try interview.view())
    }

    func asking(_ step: (Interview) throws -> Void) throws -> Screen {
        guard let interview else { throw FieldError.Failed(code: "session.closed", retryable: false, place: .nowhere) }
        try step(interview)
        return .asking(try interview.view())
    }

    func queue(_ sync: Sync, _ file: FileDone? = nil) throws -> Screen {
        let vault = try vault()
        return .queue(
            QueueView(
                device: try vault.status(), status: try vault.queueStatus(), items: try vault.queue(), inDanger: try inDanger(),
                file: file, sync: sync))
    }

    func carry(_ nearby: Nearby, _ heard: Heard) throws -> Screen {
        let vault = try vault()
        stopCarrying()
        let before = try vault.queueStatus().carried
        let carrying = try Carrying(try vault.beginCarry(), nearby, carriedBefore: before, heard: heard)
        self.carrying = carrying
        return .carry(CarryView(at: carrying.at, picture: nearby.picture(carrying.at.text), inDanger: try inDanger()))
    }

    /// What has come in since; nothing where this phone does not carry any more.
    func taken() throws -> Int? {
        guard let carrying, let open else { return nil }
        return carrying.taken(try open.queueStatus().carried)
    }

    func leave(for screen: Screen) {
        if case .carry = screen { return }
        stopCarrying()
    }

    func stopCarrying() {
        carrying?.shut()
        carrying = nil
    }

    func work() throws -> Screen { .work(try vault().workList(), inDanger: try inDanger()) }

    /// The case, or the list where it is not there any more.
    func case_(_ code: String, _ noted: Noted?, _ contact: ContactView? = nil) throws -> Screen {
        let items = try vault().workList()
        guard let item = items.first(where: { $0.code == code }) else { return try work() }
        let others = items.map(\.code).filter { $0 != code }
        return .case_(CaseView(item: item, others: others, inDanger: try inDanger(), noted: noted, contact: contact))
    }

    func phone(_ part: Part, _ done: Done? = nil) throws -> Screen {
        let practises = vaultIsPresent(directory: path(practiceFolder))
        return .phone(PhoneView(
            device: try vault().status(), part: part, inDanger: try inDanger(), done: done, practice: practises))
    }
}

/// The outboxes of all workers of the phone, also of those whose vault was destroyed: what is sealed stays sendable. Nothing
/// stands for one that is there and cannot be opened now.
public func outboxes(_ host: Host) -> [OutboxSession?] {
    let folders = (try? FileManager.default.contentsOfDirectory(atPath: host.directory)) ?? []
    return folders.sorted().compactMap { folder -> OutboxSession?? in
        do {
            return .some(try OutboxSession.open(directory: "\(host.directory)/\(folder)"))
        } catch FieldError.Failed("vault.missing", _, _) {
            // Practice seals nothing to anybody.
            return nil
        } catch {
            return .some(nil)
        }
    }
}
