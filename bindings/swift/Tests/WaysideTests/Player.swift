import Foundation
import Wayside

private let new = "harbour lantern gravel orchard violet seven"
private let duress = "pebble marble thunder willow cotton eight"
private let secrets = ["wrong_secret": "river copper window meadow candle forty", "new_secret": new, "duress": duress]
private let noon = "2026-11-01T12:00:00Z"

/// The device is not as the scenario expects it.
struct Differs: Error, CustomStringConvertible { let description: String }

/// One scenario (format: tests/scenarios/README.md) while it is played on a device of its own.
final class Player {
    let device: Device
    private(set) var session: FormSession?
    private(set) var report: FinishReport?
    private(set) var synced: Json?
    /// What the last question about stated facts, a day or a calendar came to.
    private(set) var answer: Any = NSNull()
    private let steps: [Json]
    private let folder: URL
    private var now: Date
    private let fresh: Bool
    private(set) var retention: RetentionReport?
    private(set) var border: BorderReport?
    /// The bundle that goes from hand to hand.
    private var bundle = Data()
    private(set) var taken: BundleReport?

    init(_ scenario: Json, folder: URL) throws {
        steps = try scenario.at("steps")
        self.folder = folder
        now = try moment(scenario["now"] as? String ?? noon)
        fresh = scenario["device"] != nil
        device = try Device(role: scenario["role"] as? String)
    }

    func play() throws {
        try device.open(trainingClock: now)
        _ = try device.vault.installBuiltIn()
        if !fresh { try device.makeReady() }
        for (index, step) in steps.enumerated() {
            var action = step
            let wanted = action.removeValue(forKey: "refused") as? String
            var code: String?
            do {
                try play(action)
            } catch FieldError.Failed(let refusal, _, _) {
                code = refusal
            } catch let difference as Differs {
                throw Differs(description: "step \(index + 1): \(difference)")
            }
            if code != wanted {
                throw Differs(description: "step \(index + 1): expected a refusal \(wanted ?? "-"), had \(code ?? "-")")
            }
        }
    }

    private func play(_ step: Json) throws {
        if let expected = step["expect"] as? Json {
            try Seen(self).check(expected)
        } else if try Mishaps.apply(step, to: device, scenarios: folder) {
            return
        } else if try ofInterview(step) || ofFacts(step) || ofVault(step) || ofNetwork(step) || ofKeeping(step) {
            return
        } else if let file = step["play"] as? String {
            try entries(file, to: try open())
        } else {
            try Entries.apply(step, to: try open(), folder: folder)
        }
    }

    private func ofInterview(_ step: Json) throws -> Bool {
        if let form = step["start"] as? String {
            let mode: SessionMode = try named(step["mode"] as? String ?? "interview")
            session = try device.vault.startSession(form: form, language: step["language"] as? String ?? "en", mode: mode)
        } else if let instance = step["jump"] as? String {
            _ = try open().jump(instance: instance)
        } else if let direction = step["go"] as? String {
            _ = try direction == "forward" ? open().forward() : open().back()
        } else if step["finish"] != nil {
            report = try open().finish()
        } else if step["discard"] != nil {
            try open().discard()
        } else if let number = step["resume"] as? Int {
            let drafts = try device.vault.drafts()
            session = try device.vault.resumeSession(draft: number <= drafts.count ? drafts[number - 1].id : "")
        } else {
            return false
        }
        return true
    }

    private func ofFacts(_ step: Json) throws -> Bool {
        if let stated = step["screen"] {
            let line = String(decoding: try JSONSerialization.data(withJSONObject: stated), as: UTF8.self)
            answer = try JSONSerialization.jsonObject(with: Data(try screenCase(line: line).utf8))
        } else if let day = step["date"] as? Json {
            let found = gregorianDay(
                calendar: try named(try day.at("calendar")), year: Int32(try day.at("year") as Int),
                month: UInt8(try day.at("month") as Int), day: UInt8(try day.at("day") as Int))
            answer = found ?? NSNull()
        } else if let profile = step["count_subsets"] as? String {
            let counts = try subsetCounts(profile: profile)
            answer = Dictionary(uniqueKeysWithValues: counts.map { ($0.dimension, [$0.positive, $0.all].map { Int($0) }) }) as Json
        } else if step["comparisons"] != nil {
            answer = comparisons().map {
                [
                    $0.both, $0.missed, $0.toolOnly, $0.neither, $0.sensitivity, $0.specificity, $0.rightWhenFound,
                    $0.rightWhenNotFound,
                ].map { Int($0) }
            }
        } else if let age = step["ask_back"] {
            let other = try open().otherCalendar(age: try Entries.age(age))
            answer = other.map { ["calendar": snake($0.calendar), "changes_route": $0.changesRoute] as Json } ?? NSNull()
        } else {
            return false
        }
        return true
    }

    private func ofVault(_ step: Json) throws -> Bool {
        if let with = step["open"] as? String {
            session = nil
            if let moved = step["now"] as? String { now = try moment(moved) }
            try device.open(
                secret: secrets[with] ?? secret, keys: Mishaps.keys(with, ofTheDevice: device.keys), trainingClock: now,
                lock: with != "twice")
        } else if step["lock"] != nil {
            device.vault.lock()
        } else if let suspend = step["suspend"] as? Bool {
            try suspend ? device.vault.suspend() : device.vault.resume()
        } else if let file = step["install"] as? String {
            let lists = try (step["lists"] as? [String] ?? []).map { name in
                FormFile(
                    name: (name as NSString).lastPathComponent,
                    bytes: try Data(contentsOf: folder.appendingPathComponent(name)))
            }
            let xml = try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
            _ = try device.vault.installFormWith(xml: xml, files: lists)
        } else if let action = step["next"] as? String {
            guard let due = ISO8601DateFormatter().date(from: try step.at("due")) else { throw Unreadable(what: "due") }
            try device.vault.setNext(code: try first(), action: try named(action), due: due)
        } else if let by = step["contact"] as? String {
            let view = try device.vault.contact(code: try first(), by: try named(by))
            answer = [
                "channel": snake(view.channel), "code_word": view.codeWord, "trusted_may_answer": view.trustedMayAnswer,
                "if_other": snake(view.ifOther), "story": view.story,
                "caller": view.caller.map { snake($0) as Any } ?? NSNull(),
            ] as Json
        } else if step["close"] != nil {
            try device.vault.closeCase(code: try first())
        } else if let what = step["request"] as? String {
            _ = try device.vault.request(code: try first(), request: try request(what, step))
        } else if let sign = step["help"] as? String {
            _ = try device.vault.askForHelp(asked: sign == "asked")
        } else if step["wipe"] != nil {
            session = nil
            device.vault.lock()
            try wipeVault(directory: device.directory, keys: device.keys)
        } else {
            return false
        }
        return true
    }

    private func ofKeeping(_ step: Json) throws -> Bool {
        let vault = device.vault
        if step["files"] as? String == "image" {
            try vault.suspend()
            try device.copyAside()
            try vault.resume()
        } else if let copying = step["files"] as? String {
            session = nil
            try copying == "keep" ? device.keepFiles() : device.putFilesBack()
        } else if step["verify"] != nil {
            try vault.verify()
        } else if step["sweep"] != nil {
            try sweepVault(directory: device.directory, keys: device.keys)
        } else if step["retention"] != nil {
            retention = try vault.applyRetention()
        } else if step["change_secret"] != nil {
            let code = (step["duress"] as? String).map { DuressCode(secret: duress, wipes: $0 == "wipe") }
            try vault.changeSecret(old: secret, new: step["to"] as? String ?? new, keys: device.keys, duress: code)
        } else if let form = step["furnish"] as? String {
            let decoy = try vault.openDecoy()
            try entries(try step.at("play"), to: try decoy.startSession(form: form, language: "en", mode: .interview))
            decoy.lock()
        } else if step["accept_rollback"] != nil {
            try vault.acceptRollback()
        } else if step["panic_wipe"] != nil {
            session = nil
            try vault.panicWipe(keys: device.keys)
        } else if step["border"] != nil {
            session = nil
            border = try vault.clearForBorder(transport: Http(), cancel: CancelToken(), listener: nil)
        } else if let practice = step["train"] as? String {
            session = nil
            try device.train(beside: practice == "beside", trainingClock: now)
        } else if let number = step["worker"] as? Int {
            session = nil
            try device.worker(number, trainingClock: now)
        } else {
            return false
        }
        return true
    }

    /// Code of the first case in the list; a code that is in no list where there is none.
    private func first() throws -> String { try device.vault.workList().first?.code ?? "nobody" }

    private func request(_ what: String, _ step: Json) throws -> CaseRequest {
        switch what {
        case "correction": .correction(text: try step.at("text"))
        case "withdrawal": .withdrawal(line: try named(try step.at("line")), recipient: step["recipient"] as? String)
        case "erasure": .erasure(reason: .personAsked)
        default: throw Unreadable(what: what)
        }
    }

    private func ofNetwork(_ step: Json) throws -> Bool {
        let vault = device.vault
        if let link = step["sync"] as? String {
            if link == "relay" || link == "cancelled" {
                came(to: try vault.sync(transport: Http(), cancel: Mishaps.token(link), listener: nil))
            } else {
                try byHand(try vault.beginSync(), Mishaps.transport(link))
            }
            try vault.applyReceived()
        } else if let link = step["sync_locked"] as? String {
            let outbox = try OutboxSession.open(directory: device.directory)
            if link == "relay" || link == "cancelled" {
                came(to: try outbox.sync(transport: Http(), cancel: Mishaps.token(link), listener: nil))
            } else {
                try byHand(try outbox.beginSync(), Mishaps.transport(link))
            }
        } else if let way = step["bundle"] as? String {
            try carry(way)
        } else if let number = step["neighbour"] as? Int {
            try handOver(to: number, locked: step["locked"] != nil, stranger: step["stranger"] != nil)
        } else if step["desk"] as? String == "bundle" {
            bundle = try Hq.answerBundle(bundle)
        } else if let what = step["hand_out"] as? String {
            let file = folder.appendingPathComponent(try step.at("file"))
            let (changes, said) = (step["set"] as? [[Any]] ?? [], step["with"] as? [String] ?? [])
            try Hq.handOut(what, file, changes: changes, device: try vault.status().device, said: said)
        } else if let order = step["desk"] as? String {
            try Hq.desk("pull")
            switch order {
            case "pull": break
            case "wipe", "wipe_once": try Hq.wipe(try vault.status().device, signatures: order == "wipe" ? 2 : 1)
            default: try Hq.desk("devices", order, try vault.status().device)
            }
        } else {
            return false
        }
        return true
    }

    private func carry(_ way: String) throws {
        switch way {
        case "out": bundle = try OutboxSession.open(directory: device.directory).exportBundle()
        case "in": taken = try device.vault.importBundle(bytes: bundle)
        case "in_locked": taken = try OutboxSession.open(directory: device.directory).importBundle(bytes: bundle)
        case "cut": bundle = bundle.prefix(bundle.count / 2)
        default: throw Unreadable(what: way)
        }
    }

    /// To the phone of another worker, which carries.
    private func handOver(to number: Int, locked: Bool, stranger: Bool) throws {
        let carrying = try OutboxSession.open(directory: device.folder(of: number)).beginCarry()
        let code = stranger ? "a code of yesterday" : try carrying.code()
        let (beside, cancel) = (Beside(carrying), CancelToken())
        if locked {
            let outbox = try OutboxSession.open(directory: device.directory)
            came(to: try outbox.syncWithNeighbour(
                address: Beside.address, code: code, transport: beside, cancel: cancel, listener: nil))
        } else {
            came(to: try device.vault.syncWithNeighbour(
                address: Beside.address, code: code, transport: beside, cancel: cancel, listener: nil))
        }
    }

    private func came(to report: SyncReport) {
        let failed = report.progress.failures > 0
        synced = ["complete": report.complete, "failed": failed, "obstacle": report.obstacle ?? NSNull()]
    }

    /// Step by step until the engine wants to wait.
    private func byHand(_ sync: SyncSession, _ page: Transport) throws {
        while case .send(let request) = try sync.nextStep() {
            do {
                try sync.complete(requestId: request.id, response: try page.exchange(request: request))
            } catch let failure as TransportError {
                try sync.fail(requestId: request.id, failure: failure)
            }
        }
        var complete = false
        if case .done = try sync.nextStep() { complete = true }
        synced = ["complete": complete, "failed": try sync.progress().failures > 0]
    }

    private func open() throws -> FormSession {
        guard let session else { throw Differs(description: "no interview is open") }
        return session
    }

    private func entries(_ file: String, to session: FormSession) throws {
        let path = folder.appendingPathComponent(file)
        for entry in try list(path) {
            try Entries.apply(entry, to: session, folder: path.deletingLastPathComponent())
        }
    }

    private func list(_ file: URL) throws -> [Json] {
        guard let entries = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [Json] else {
            throw Unreadable(what: file.lastPathComponent)
        }
        return entries
    }
}

private func moment(_ text: String) throws -> Date {
    guard let moment = ISO8601DateFormatter().date(from: text) else { throw Unreadable(what: "a moment") }
    return moment
}
