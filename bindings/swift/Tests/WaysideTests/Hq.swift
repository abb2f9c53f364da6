import Foundation

/// A worker with every training and no office.
private let everyTraining = "interviewer trained specialist child_protection"

/// Staff codes of the two who order a wipe together. Their passphrases are the desk's.
private let officers = ["ko-1", "ko-2"]

/// HQ as a person has it: the program `wayside`, called as a process, with the relay and desk started for these tests.
enum Hq {
    struct Failed: Error { let command: String }

    static func environment(_ name: String) throws -> String {
        guard let value = ProcessInfo.processInfo.environment[name] else { throw Failed(command: "\(name) is not set") }
        return value
    }

    /// Runs `wayside desk …` and gives back its JSON.
    @discardableResult
    static func desk(_ arguments: String...) throws -> Any { try desk(arguments) }

    @discardableResult
    private static func desk(_ arguments: [String]) throws -> Any {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try environment("WAYSIDE_BIN"))
        let desk = ["--dir", try environment("WAYSIDE_DESK_DIR"), "--pin-file", try environment("WAYSIDE_DESK_PIN_FILE")]
        process.arguments = ["--json", "desk"] + desk + arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let text = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failed(command: arguments[0]) }
        return try JSONSerialization.jsonObject(with: text, options: .fragmentsAllowed)
    }

    /// Hands a file out to one device as a trial, changed at some places, and without the desk's own checks.
    static func handOut(_ what: String, _ file: URL, changes: [[Any]], device: String, said: [String] = []) throws {
        let other = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: other) }
        if !changes.isEmpty {
            let document = try JSONSerialization.jsonObject(with: Data(contentsOf: file))
            let whole = changes.reduce(document) { changed($0, ($1[0] as? [Any] ?? [])[...], $1[1]) }
            try JSONSerialization.data(withJSONObject: whole).write(to: other)
        }
        // The sound beside the file goes along; with a changed one it does not, for the device has it.
        let path = changes.isEmpty ? file.path : other.path
        try desk(["hand-out", what, path, "--device", device, "--unchecked"] + said)
    }

    /// A document with another value at a place; null takes out what is there.
    private static func changed(_ document: Any, _ place: ArraySlice<Any>, _ value: Any) -> Any {
        guard let step = place.first else { return value }
        let rest = place.dropFirst()
        if var fields = document as? [String: Any], let name = step as? String {
            let isGone = rest.isEmpty && value is NSNull
            fields[name] = isGone ? nil : changed(fields[name] ?? NSNull(), rest, value)
            return fields
        }
        if var items = document as? [Any], let at = step as? Int, items.indices.contains(at) {
            items[at] = changed(items[at], rest, value)
            return items
        }
        return document
    }

    /// What HQ hands out to every device; done once, by whoever needs a ready device first.
    private static let handedOut = Result {
        let scenarios = URL(fileURLWithPath: try environment("WAYSIDE_SCENARIOS"))
        try desk("hand-out", "services", scenarios.appendingPathComponent("demo/services.json").path)
        for form in ["forms/household.xml", "forms/shelters.xml"] {
            try desk("hand-out", "form", scenarios.appendingPathComponent(form).path)
        }
    }

    /// Takes a bundle in and gives back one with what is for its devices.
    static func answerBundle(_ bundle: Data) throws -> Data {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (came, goes) = (folder.appendingPathComponent("came"), folder.appendingPathComponent("goes"))
        try bundle.write(to: came)
        let taken = try desk(["bundle", "import", came.path]) as? [String: Any]
        let devices = taken?["devices"] as? [String] ?? []
        try desk(["bundle", "export", "--out", goes.path] + devices)
        return try Data(contentsOf: goes)
    }

    /// A fresh record, as its QR code would carry it.
    static func enrolmentRecord(_ role: String? = nil) throws -> String {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: file) }
        try desk("enrol", "--role", role ?? everyTraining, "--site", "SITE-1", "--worker", "W1", "--out", file.path)
        return try String(contentsOf: file, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// What a person does after comparing the words. What is handed out reaches the device with its next sync.
    static func confirm(_ device: String) throws {
        try handedOut.get()
        try desk("pull")
        try desk("devices", "confirm", device)
    }

    /// Asks for a device to be wiped, and lets so many officers sign. They get their slots with the first order.
    static func wipe(_ device: String, signatures: Int) throws {
        let slot = ["--slot-pin-file", try environment("WAYSIDE_DESK_PIN_FILE")]
        if (try desk("people", "list") as? [Any] ?? []).isEmpty {
            for officer in officers {
                _ = try desk(["people", "add", officer, "--role", "key-officer", "--kdf", "floor"] + slot)
            }
        }
        let asked = try desk("wipe", "ask", device) as? [String: Any]
        guard let number = asked?["order"] as? Int else { throw Failed(command: "wipe") }
        for officer in officers.prefix(signatures) {
            _ = try desk(["wipe", "approve", device, "--order", String(number), "--as", officer] + slot)
        }
    }
}
