import Foundation
import Wayside

/// What goes wrong on a phone: links that are not the relay's, a silent key store, files that go, a second enrolment.
enum Mishaps {
    static func transport(_ link: String) -> Transport {
        switch link {
        case "relay", "cancelled": Http()
        case "tampered": Tampered()
        case "lying": Lying()
        default: Page(link)
        }
    }

    static func token(_ link: String) -> CancelToken {
        let token = CancelToken()
        if link == "cancelled" { token.cancel() }
        return token
    }

    static func keys(_ with: String, ofTheDevice keys: KeyStore) -> KeyStore {
        switch with {
        case "lost_key": MemoryKeys()
        case "no_answer": SilentKeys(.Unavailable)
        case "prompt_cancelled": SilentKeys(.UserCancelled)
        default: keys
        }
    }

    /// Whether the step was one of this kind; it is done then.
    static func apply(_ step: Json, to device: Device, scenarios: URL) throws -> Bool {
        let files = FileManager.default
        if let record = step["enrol"] as? String {
            try enrol(record, step, device, scenarios)
        } else if let name = step["lose"] as? String {
            try files.removeItem(atPath: "\(device.directory)/\(name)")
        } else if let name = step["block"] as? String {
            // A folder in a file's place makes every write of it fail, and the file itself is kept.
            let path = "\(device.directory)/\(name)"
            try files.moveItem(atPath: path, toPath: path + ".aside")
            try files.createDirectory(atPath: path, withIntermediateDirectories: false)
        } else if let name = step["unblock"] as? String {
            let path = "\(device.directory)/\(name)"
            try files.removeItem(atPath: path)
            try files.moveItem(atPath: path + ".aside", toPath: path)
        } else {
            return false
        }
        return true
    }

    private static func enrol(_ which: String, _ step: Json, _ device: Device, _ scenarios: URL) throws {
        let record =
            switch which {
            case "fresh": try Hq.enrolmentRecord()
            case "used": device.record
            default: try String(contentsOf: scenarios.appendingPathComponent(which), encoding: .utf8)
            }
        let beside = URL(fileURLWithPath: device.directory).deletingLastPathComponent().appendingPathComponent("another")
        let directory = step["here"] as? Bool == true ? device.directory : beside.path
        let vault = try Vault.enrol(
            options: EnrolOptions(directory: directory, record: record), secret: step["secret"] as? String ?? secret,
            keys: device.keys, transport: transport(step["over"] as? String ?? "relay"))
        vault.lock()
    }
}

/// Something that is not the relay: a page with this status, or nothing at all.
private final class Page: Transport {
    private let link: String
    private let status: UInt16?

    init(_ link: String) {
        self.link = link
        status = ["portal": 200, "not_found": 404, "down": 503, "odd": 520, "garbled": 200][link]
    }

    func exchange(request: WireRequest) throws -> WireResponse {
        guard let status else { throw link == "slow" ? TransportError.Timeout : TransportError.NoPath }
        let kind = link == "garbled" ? "application/vnd.wayside.v1+cbor" : "text/html"
        return WireResponse(status: status, contentType: kind, body: Data("<p>ok</p>".utf8))
    }

    func abort() {}
}

/// The real relay, but what it says of what it took is made up.
private final class Lying: Transport {
    private let relay = Http()

    func exchange(request: WireRequest) throws -> WireResponse {
        try request.method == .get ? relay.exchange(request: request) : Page("garbled").exchange(request: request)
    }

    func abort() { relay.abort() }
}

/// The real relay, with the last byte of what it hands out changed on the way.
private final class Tampered: Transport {
    private let relay = Http()

    func exchange(request: WireRequest) throws -> WireResponse {
        let response = try relay.exchange(request: request)
        var body = response.body
        if let last = body.popLast() { body.append(last ^ 1) }
        return WireResponse(status: response.status, contentType: response.contentType, body: body)
    }

    func abort() { relay.abort() }
}

/// A key store that answers with nothing but this error.
private final class SilentKeys: KeyStore {
    private let error: KeyStoreError

    init(_ error: KeyStoreError) { self.error = error }

    func level() -> HardwareLevel { .software }
    func create(alias: String) throws { throw error }
    func mac(alias: String, data: Data) throws -> Data { throw error }
    func delete(alias: String) throws { throw error }
    func limitedUse() -> Bool { false }
}
