import Foundation
import Wayside

/// An enrolled device: a vault folder, its key store, and the vault while it is open.
final class Device {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    let keys = MemoryKeys()
    private(set) var vault: Vault
    private(set) var directory: String
    /// With which it enrolled.
    let record: String

    init(role: String? = nil) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        directory = folder.appendingPathComponent("vault").path
        record = try Hq.enrolmentRecord(role)
        vault = try Device.enrol(directory, keys, record)
    }

    private static func enrol(_ directory: String, _ keys: KeyStore, _ record: String) throws -> Vault {
        let options = EnrolOptions(directory: directory, record: record)
        return try Vault.enrol(options: options, secret: secret, keys: keys, transport: Http())
    }

    /// A vault for training in the folder beside, alone or with what this one has.
    func train(beside: Bool, trainingClock: Date) throws {
        let place = folder.appendingPathComponent("training").path
        let options = OpenOptions(directory: place, trainingClock: trainingClock)
        let training = beside
            ? try vault.trainBeside(options: options, secret: secret, keys: keys)
            : try Vault.train(options: options, secret: secret, keys: keys)
        goTo("training")
        vault = training
        _ = try vault.installBuiltIn()
    }

    /// The vault of another worker on the same phone; the first is in `vault`.
    func worker(_ number: Int, trainingClock: Date) throws {
        goTo(name(of: number))
        let isNew = !vaultIsPresent(directory: directory)
        if isNew { vault = try Device.enrol(directory, keys, try Hq.enrolmentRecord()) }
        _ = try open(trainingClock: trainingClock).installBuiltIn()
        if isNew { try makeReady() }
    }

    /// The folder of another worker's vault on the same phone.
    func folder(of number: Int) -> String { folder.appendingPathComponent(name(of: number)).path }

    private func name(of number: Int) -> String { number == 1 ? "vault" : "vault\(number)" }

    func vaults() throws -> [String] { try vaultsIn(directory: folder.path) }

    /// Makes a copy of the vault's files, the vault locked.
    func keepFiles() throws {
        vault.lock()
        try copyAside()
    }

    /// Puts the copy back, as a restored backup does.
    func putFilesBack() throws {
        vault.lock()
        try copyFiles(directory + ".kept", directory)
    }

    func copyAside() throws { try copyFiles(directory, directory + ".kept") }

    /// All but the count of guesses: its own copy would make the worker wait for an hour first.
    private func copyFiles(_ from: String, _ to: String) throws {
        let files = FileManager.default
        try files.createDirectory(atPath: to, withIntermediateDirectories: true)
        for name in try files.subpathsOfDirectory(atPath: from) where !name.hasSuffix("guesses") {
            let (source, target) = (from + "/" + name, to + "/" + name)
            var isFolder: ObjCBool = false
            if files.fileExists(atPath: source, isDirectory: &isFolder), isFolder.boolValue {
                try files.createDirectory(atPath: target, withIntermediateDirectories: true)
            } else {
                try? files.removeItem(atPath: target)
                try files.copyItem(atPath: source, toPath: target)
            }
        }
    }

    private func goTo(_ name: String) {
        vault.lock()
        directory = folder.appendingPathComponent(name).path
    }

    @discardableResult
    func open(
        secret words: String = secret, keys other: KeyStore? = nil, trainingClock: Date? = nil, lock: Bool = true
    ) throws -> Vault {
        if lock { vault.lock() }
        let options = OpenOptions(directory: directory, trainingClock: trainingClock)
        vault = try Vault.open(options: options, secret: words, keys: other ?? keys)
        return vault
    }

    /// HQ confirms it, and it fetches what HQ has for it.
    func makeReady() throws {
        try Hq.confirm(try vault.status().device)
        _ = try sync()
        try vault.applyReceived()
    }

    func sync(_ listener: ProgressListener? = nil) throws -> SyncReport {
        try vault.sync(transport: Http(), cancel: CancelToken(), listener: listener)
    }

    deinit {
        vault.lock()
        try? FileManager.default.removeItem(at: folder)
    }
}
