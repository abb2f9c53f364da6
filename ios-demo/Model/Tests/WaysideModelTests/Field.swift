import Foundation
import Wayside
import WaysideLink
import WaysideModel
import XCTest

let secretWords = "river copper window meadow candle thirty"

/// A part of the surroundings that is not as it should be.
struct Unfit: Error { let what: String }

/// A worker with every training and no office.
private let role = "interviewer trained specialist child_protection"

/// HQ as a person has it: the program `wayside`, called as a process, with the relay and desk started for these tests.
enum Hq {
    private static func environment(_ name: String) throws -> String {
        guard let value = ProcessInfo.processInfo.environment[name] else { throw Unfit(what: "\(name) is not set") }
        return value
    }

    static func desk(_ arguments: String...) throws { _ = try answer(to: arguments) }

    /// Runs `wayside desk …` and gives back its JSON.
    private static func answer(to arguments: [String]) throws -> Data {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try environment("WAYSIDE_BIN"))
        let desk = ["--dir", try environment("WAYSIDE_DESK_DIR"), "--pin-file", try environment("WAYSIDE_DESK_PIN_FILE")]
        process.arguments = ["--json", "desk"] + desk + arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let text = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Unfit(what: arguments[0]) }
        return text
    }

    /// Takes a bundle in and gives back one with what is for its devices.
    static func answerBundle(_ bundle: Data) throws -> Data {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (came, goes) = (folder.appendingPathComponent("came"), folder.appendingPathComponent("goes"))
        try bundle.write(to: came)
        let taken = try JSONSerialization.jsonObject(with: try answer(to: ["bundle", "import", came.path])) as? [String: Any]
        _ = try answer(to: ["bundle", "export", "--out", goes.path] + (taken?["devices"] as? [String] ?? []))
        return try Data(contentsOf: goes)
    }

    /// What HQ hands out to every device; done once.
    private static let handedOut = Result {
        let scenarios = URL(fileURLWithPath: try environment("WAYSIDE_SCENARIOS"))
        try desk("hand-out", "services", scenarios.appendingPathComponent("demo/services.json").path)
        try desk("hand-out", "form", scenarios.appendingPathComponent("forms/controls.xml").path)
    }

    static func confirm(_ device: String) throws {
        try handedOut.get()
        try desk("pull")
        try desk("devices", "confirm", device)
    }

    static func enrolmentRecord() throws -> String {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: file) }
        try desk("enrol", "--role", role, "--site", "SITE-1", "--worker", "W1", "--out", file.path)
        return try String(contentsOf: file, encoding: .utf8)
    }
}

/// Random numbers in memory in place of a key: the same for the same alias and data, and gone with the object.
final class MemoryKeys: KeyStore, @unchecked Sendable {
    private let lock = NSLock()
    private var made: [String: [Data: Data]] = [:]

    func level() -> HardwareLevel { .software }
    func create(alias: String) { lock.withLock { made[alias] = made[alias] ?? [:] } }
    func delete(alias: String) { lock.withLock { made[alias] = nil } }
    func limitedUse() -> Bool { false }

    func mac(alias: String, data: Data) throws -> Data {
        try lock.withLock {
            guard let known = made[alias] else { throw KeyStoreError.Invalidated }
            let value = known[data] ?? Data((0..<32).map { _ in UInt8.random(in: 0...255) })
            made[alias]?[data] = value
            return value
        }
    }
}

/// What was asked of the system for sending: whether it was urgent.
final class Urgencies: @unchecked Sendable {
    private let lock = NSLock()
    private var heard: [Bool] = []

    func add(_ urgent: Bool) { lock.withLock { heard.append(urgent) } }
    func take() -> [Bool] {
        lock.withLock {
            defer { heard = [] }
            return heard
        }
    }
}

/// A phone with a shell on it: the real core, the app's own transport, HQ as a process. Only the key store is in memory.
@MainActor
final class Field {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    let sealed = Urgencies()
    let host: WaysideModel.Host
    let shell: Shell

    init(
        transport: @escaping @Sendable () -> Transport = { HttpTransport() }, senses: Senses = NoSenses(), saver: Saver? = nil,
        offsetMinutes: Int32 = 0, voice: Voice? = nil, nearby: Nearby? = nil, patience: TimeInterval = 60
    ) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let directory = folder.appendingPathComponent("vaults").path
        let sealed = sealed
        host = Host(
            directory: directory, keys: MemoryKeys(), transport: transport, offsetMinutes: { offsetMinutes }, senses: senses,
            saver: saver, voice: voice, nearby: nearby, onSealed: { sealed.add($0) })
        shell = Shell(host: host, language: "en", patience: patience)
    }

    static func enrolled(
        transport: @escaping @Sendable () -> Transport = { HttpTransport() }, senses: Senses = NoSenses(),
        saver: Saver? = nil, offsetMinutes: Int32 = 0, voice: Voice? = nil, nearby: Nearby? = nil, patience: TimeInterval = 60
    ) async throws -> Field {
        let field = try Field(
            transport: transport, senses: senses, saver: saver, offsetMinutes: offsetMinutes, voice: voice, nearby: nearby,
            patience: patience)
        await field.shell.enrol(record: try Hq.enrolmentRecord(), secret: secretWords)
        if let problem = field.shell.state.problem { throw Unfit(what: problem.code) }
        return field
    }

    /// HQ confirms the phone, and it fetches what HQ hands out: now it is ready for interviews.
    func makeReady() async throws {
        await shell.showQueue()
        try Hq.confirm(try queue().device.device)
        await shell.sync()
        await shell.showForms()
    }

    func forms() throws -> FormsView {
        guard case .forms(let view) = shell.state.screen else { throw Unfit(what: "no forms on the screen") }
        return view
    }

    func view() throws -> InterviewView {
        guard case .asking(let view) = shell.state.screen else { throw Unfit(what: "no interview on the screen") }
        return view
    }

    func queue() throws -> QueueView {
        guard case .queue(let view) = shell.state.screen else { throw Unfit(what: "no queue on the screen") }
        return view
    }

    /// A question of the page that is shown.
    func question(_ reference: String) throws -> QuestionView {
        guard case .questions(_, let questions, _) = try view().step,
            let found = questions.first(where: { $0.reference == reference })
        else { throw Unfit(what: reference) }
        return found
    }

    /// The same by its name alone, which no other of the page has.
    func named(_ name: String) throws -> QuestionView {
        guard case .questions(_, let questions, _) = try view().step,
            let found = questions.first(where: { $0.reference.hasSuffix("/" + name) })
        else { throw Unfit(what: name) }
        return found
    }

    func start(_ form: String) async throws {
        await shell.showForms()
        guard let found = try forms().forms.first(where: { $0.id == form }) else { throw Unfit(what: form) }
        await shell.start(found)
    }

    /// Opens what stands before the questions, or before what `last` says: nobody in danger, somebody born in this year of
    /// the calendar of most of the world, yes to consent, to the quick questions, to the offer and to those who ask.
    func open(
        year: Int32 = 1994, calendar: CalendarSystem = .gregorian, until last: (Step) -> Bool = { _ in false }
    ) async throws {
        while !last(try view().step) {
            switch try view().step {
            case .look(let gate, _): await shell.ask { try $0.look(gate, open: true) }
            case .urgent: await shell.ask { try $0.urgent(.absent) }
            case .age:
                await shell.ask {
                    try $0.setAge(.born(calendar: calendar, year: year, month: nil, day: nil, basis: .statement))
                }
            case .explain: await shell.ask { try $0.explained() }
            case .consent: await shell.ask { try $0.consent(true) }
            case .ask(let between, _, _): await shell.ask { try $0.answer(between, true) }
            default: return
            }
            if let problem = shell.state.problem { throw Unfit(what: problem.code) }
        }
    }

    /// Fills in the quick screen up to its end.
    func quickScreen(_ answer: String) async throws {
        try await start("wayside-b2")
        try await open()
        let unpaid = try named("unpaid")
        await shell.ask { try $0.choose(unpaid, answer) }
        while case .questions = try view().step { await shell.ask { try $0.forward() } }
    }

    /// A finished quick screen with this answer to its first question, at its result.
    func quickResult(_ answer: String = "yes") async throws {
        try await quickScreen(answer)
        await shell.ask { try $0.finish() }
    }

    func service(_ code: String) throws -> ServiceView {
        guard case .finished(_, let services, _) = try view().step, let found = services.first(where: { $0.code == code })
        else { throw Unfit(what: code) }
        return found
    }

    func work() throws -> [WorkItem] {
        guard case .work(let items, _) = shell.state.screen else { throw Unfit(what: "no work list on the screen") }
        return items
    }

    func case_() throws -> CaseView {
        guard case .case_(let view) = shell.state.screen else { throw Unfit(what: "no case on the screen") }
        return view
    }

    func phone() throws -> PhoneView {
        guard case .phone(let view) = shell.state.screen else { throw Unfit(what: "nothing to set on the screen") }
        return view
    }

    var problem: String? { shell.state.problem?.code }

    func close() async {
        await shell.lock()
        try? FileManager.default.removeItem(at: folder)
    }
}
