import Foundation

/// HQ as a person has it: the program `wayside`, called as a process, with the relay and desk started for these tests.
enum Hq {
    struct Failed: Error { let command: String }

    static func environment(_ name: String) throws -> String {
        guard let value = ProcessInfo.processInfo.environment[name] else { throw Failed(command: "\(name) is not set") }
        return value
    }

    /// Runs `wayside desk …` and gives back its JSON.
    @discardableResult
    static func desk(_ arguments: String...) throws -> Any {
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

    /// A fresh record, as its QR code would carry it.
    static func enrolmentRecord() throws -> String {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: file) }
        try desk("enrol", "--role", "interviewer", "--site", "S1", "--worker", "W1", "--out", file.path)
        return try String(contentsOf: file, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// What a person does after comparing the words.
    static func confirm(_ device: String) throws {
        try desk("pull")
        try desk("devices", "confirm", device)
    }
}
