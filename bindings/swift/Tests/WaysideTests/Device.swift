import Foundation
import Wayside

/// An enrolled device: a vault folder, its key store, and the vault while it is open.
final class Device {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    let keys = MemoryKeys()
    private(set) var vault: Vault
    let directory: String

    init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        directory = folder.appendingPathComponent("vault").path
        let options = EnrolOptions(directory: directory, record: try Hq.enrolmentRecord())
        vault = try Vault.enrol(options: options, secret: secret, keys: keys, transport: Http())
    }

    @discardableResult
    func open(secret words: String = secret, keys other: KeyStore? = nil, trainingClock: Date? = nil) throws -> Vault {
        vault.lock()
        let options = OpenOptions(directory: directory, trainingClock: trainingClock)
        vault = try Vault.open(options: options, secret: words, keys: other ?? keys)
        return vault
    }

    func sync(_ listener: ProgressListener? = nil) throws -> SyncReport {
        try vault.sync(transport: Http(), cancel: CancelToken(), listener: listener)
    }

    deinit {
        vault.lock()
        try? FileManager.default.removeItem(at: folder)
    }
}
