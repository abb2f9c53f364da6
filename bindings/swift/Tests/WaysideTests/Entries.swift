import Foundation
import Wayside

typealias Json = [String: Any]

/// A part of a file that is not as it should be.
struct Unreadable: Error { let what: String }

extension Dictionary where Key == String, Value == Any {
    /// What stands under a name, as the type that is wanted.
    func at<T>(_ name: String) throws -> T {
        guard let value = self[name] as? T else { throw Unreadable(what: name) }
        return value
    }
}

/// `solar_hijri` names `solarHijri`.
func named<T: CaseIterable>(_ name: String, _: T.Type = T.self) throws -> T {
    let wanted = name.replacingOccurrences(of: "_", with: "").lowercased()
    guard let found = T.allCases.first(where: { "\($0)".lowercased() == wanted }) else { throw Unreadable(what: name) }
    return found
}

/// One entry of an answer file as a call of the session: the same kinds that `wayside device fill` knows.
enum Entries {
    /// Does one entry; files are relative to `folder`.
    static func apply(_ entry: Json, to session: FormSession, folder: URL) throws {
        if let name = entry["gate"] as? String {
            try gate(name, entry, session)
        } else if entry["consent"] != nil {
            try session.consent(input: try consent(entry))
        } else if let reference = entry["ref"] as? String {
            try answer(reference, entry, session)
        } else if try !(ofTalk(entry, session) || ofForm(entry, session, folder)) {
            throw Unreadable(what: "entry")
        }
    }

    /// What is about the person and not about one form.
    private static func ofTalk(_ entry: Json, _ session: FormSession) throws -> Bool {
        if let answers = entry["urgent"] as? [String] {
            let hours = (entry["hours_ago"] as? Int).map { UInt16($0) }
            _ = try session.urgent(answers: try answers.map { try named($0) }, hoursAgo: hours)
        } else if entry["help_found"] as? Bool == true {
            _ = try session.helpFound()
        } else if entry["remote"] as? Bool == true {
            if let code = entry["interpreter"] as? String {
                _ = try session.acceptInterpreter(code: code, remote: true)
            } else {
                _ = try session.interpretRemotely()
            }
        } else if let all = entry["explained"] as? Bool {
            try session.explained(all: all)
        } else if let basis = entry["rely_on"] as? String {
            _ = try session.relyOn(basis: try named(basis), reason: try entry.at("reason"))
        } else if entry["observe"] as? Bool == true {
            _ = try session.observeOnly()
        } else if let who = entry["withhold"] as? String {
            try session.withhold(from: who, reason: try named(try entry.at("reason")))
        } else if let agreed = entry["gender"] as? Bool {
            _ = try session.offerGenderChoice(agreed: agreed)
        } else if let anything = entry["quick"] as? Bool {
            _ = try session.quickAnswered(anything: anything)
        } else if let accepted = entry["offer"] as? Bool {
            try session.answerOffer(accepted: accepted)
        } else if let form = entry["form"] as? String {
            _ = try session.openForm(form: form)
        } else if entry["refer"] != nil {
            _ = try session.refer(input: try referral(entry))
        } else if let added = entry["add_outcomes"] as? [String] {
            let reason: OverrideReason = try named(try entry.at("because"))
            try session.judge(added: added, setAside: try entry.at("set_aside"), reason: reason)
        } else {
            return false
        }
        return true
    }

    /// As a recorder hands over what it hears: piece after piece, and what cannot be the answer is taken back.
    private static func inPieces(_ session: FormSession, _ reference: String, _ file: URL, _ size: Int) throws {
        let whole = try Data(contentsOf: file)
        let name = try session.beginFile(reference: reference, extension: file.pathExtension)
        for at in stride(from: 0, to: whole.count, by: size) {
            let end = min(at + size, whole.count)
            let there = try session.appendFile(name: name, piece: whole.subdata(in: at..<end))
            precondition(there == UInt64(end))
        }
        do {
            _ = try session.endFile(name: name)
        } catch {
            try session.cancelFile(name: name)
            throw error
        }
        let back = try session.readFile(name: name, from: 1, most: UInt32(whole.count))
        precondition(back == whole.subdata(in: 1..<whole.count))
    }

    private static func ofForm(_ entry: Json, _ session: FormSession, _ folder: URL) throws -> Bool {
        if let reference = entry["add"] as? String {
            _ = try session.addRepeat(reference: reference)
        } else if let reference = entry["remove"] as? String {
            _ = try session.removeRepeat(reference: reference)
        } else if let reference = entry["attach"] as? String {
            let file = folder.appendingPathComponent(try entry.at("file"))
            if let size = entry["pieces"] as? Int {
                try inPieces(session, reference, file, size)
                return true
            }
            _ = try session.attach(reference: reference, extension: file.pathExtension, bytes: try Data(contentsOf: file))
        } else if let language = entry["language"] as? String {
            _ = try session.setLanguage(language: language)
        } else if let line = entry["withdraw"] as? String {
            try session.withdraw(line: try named(line))
        } else if entry["finish"] as? Bool == true {
            _ = try session.finish()
        } else if entry["stop"] as? Bool == true {
            try session.stop(reason: .stopped)
        } else {
            return false
        }
        return true
    }

    private static func gate(_ name: String, _ entry: Json, _ session: FormSession) throws {
        let pass: Bool = try entry.at("pass")
        if name == "age" && pass {
            _ = try session.setAge(age: try age(entry["age"]))
        } else if let code = entry["interpreter"] as? String {
            _ = try session.acceptInterpreter(code: code)
        } else {
            _ = try session.passGate(gate: try named(name), pass: pass)
        }
    }

    private static func answer(_ reference: String, _ entry: Json, _ session: FormSession) throws {
        if let value = entry["value"] as? String {
            _ = try session.answer(reference: reference, value: value)
        } else {
            _ = try session.mark(reference: reference, state: try named(try entry.at("state")))
        }
    }

    static func age(_ age: Any?) throws -> AgeStatement {
        guard let age = age as? Json else { return .unknown }
        if let said = age["born"] as? Json {
            return .born(
                calendar: try named(try said.at("calendar")), year: Int32(try said.at("year") as Int),
                month: (said["month"] as? Int).map { UInt8($0) }, day: (said["day"] as? Int).map { UInt8($0) },
                basis: try named(try said.at("basis")))
        }
        let said: Json = try age.at("between")
        return .between(
            low: UInt8(try said.at("low") as Int), high: UInt8(try said.at("high") as Int),
            basis: try named(try said.at("basis")))
    }

    private static func consent(_ entry: Json) throws -> ConsentInput {
        let by: String = try entry.at("by")
        return ConsentInput(
            line: try named(try entry.at("consent")), value: try named(try entry.at("value")),
            by: by == "self" ? .person : try named(by), how: try named(try entry.at("how")),
            recipient: entry["recipient"] as? String, dataSet: entry["data_set"] as? [String])
    }

    private static func referral(_ entry: Json) throws -> ReferralInput {
        let fields: [String: String] = try entry.at("fields")
        return ReferralInput(
            recipient: try entry.at("refer"), urgency: try named(try entry.at("urgency")), handover: .encryptedFile,
            wants: try entry.at("wants"), fields: fields.map { ReferralField(name: $0.key, value: $0.value) },
            warned: try entry.at("warned"))
    }
}
