import Foundation
import Wayside

/// What is seen of a device, as the JSON that a scenario expects.
struct Seen {
    private let player: Player
    private let page: PageView?

    init(_ player: Player) {
        self.player = player
        page = try? player.session?.page()
    }

    /// Throws `Differs` at the first name that is not as expected.
    func check(_ expected: Json) throws {
        for (name, wanted) in expected {
            let seen = try see(name)
            if !holds(seen, wanted) { throw Differs(description: "\(name): expected \(wanted), saw \(seen)") }
        }
    }

    private var questions: [QuestionView] {
        if case .questions(_, let questions, _)? = page?.kind { questions } else { [] }
    }

    private func see(_ name: String) throws -> Any {
        let vault = player.device.vault
        return switch name {
        case "forms": try vault.forms().count
        case "terms": terms(try vault.forms())
        case "drafts": try vault.drafts().count
        case "queue": queue(try vault.queueStatus())
        case "device": device(try vault.status())
        case "present": vaultIsPresent(directory: player.device.directory)
        case "sync": player.synced ?? NSNull()
        case "answer": player.answer
        case "screened": try screened()
        case "missing": try vault.readiness().map(snake)
        case "standing": try player.session.map { standing(try $0.standing()) } ?? NSNull()
        case "advice": try player.session?.advice().outcomes.map(\.id) ?? []
        case "work": try vault.workList().map(work)
        case "services": try player.session?.services(need: ServiceNeed()).map(\.code) ?? []
        case "hard": player.report?.hard ?? false
        case "outcomes": player.report?.outcomes.map(\.id) ?? []
        case "offers": Dictionary(uniqueKeysWithValues: (player.report?.steps ?? []).map { ($0.id, true) })
        case "branches": try branches()
        case "audit": Dictionary(try vault.audit().map { ($0.code, true) }, uniquingKeysWith: { first, _ in first })
        case "bundle": player.taken.map(bundle) ?? NSNull()
        case "vaults": try player.device.vaults()
        case "content": Dictionary(uniqueKeysWithValues: try vault.content().map { ($0.id, $0.version) }) as Json
        case "refused": refused(try vault.content())
        case "prompts": try prompts()
        case "at_hq": try atHq()
        case "retention": player.retention.map(retention) ?? NSNull()
        case "border": player.border.map(border) ?? NSNull()
        default: try onScreen(name)
        }
    }

    private func bundle(_ taken: BundleReport) -> Any {
        let refused = Dictionary(uniqueKeysWithValues: taken.refused.map { ($0.code, Int($0.count)) })
        return [
            "complete": taken.complete, "received": Int(taken.received), "carried": Int(taken.carried),
            "known": Int(taken.known), "released": Int(taken.released), "refused": refused,
        ] as Json
    }

    private func refused(_ contents: [ContentView]) -> Json {
        contents.reduce(into: [:]) { all, content in
            if let why = content.refused { all[content.id] = ["code": why.code, "at": why.at] as Json }
        }
    }

    private func prompts() throws -> Json {
        try (page?.prompts ?? []).reduce(into: [:]) { all, prompt in
            let audio = try player.session?.audio(key: prompt.key)
            all[prompt.key] = [
                "text": prompt.text, "language": prompt.language, "fallback": snake(prompt.fallback),
                "draft": prompt.draft, "gloss": prompt.gloss, "audio": audio.map { $0.count as Any } ?? NSNull(),
            ] as Json
        }
    }

    private func atHq() throws -> Any {
        guard let event = player.report?.event else { return NSNull() }
        // Null as well where HQ does not have it.
        return (try? Hq.desk("show", event) as? Json)?["screening"] ?? NSNull()
    }

    private func onScreen(_ name: String) throws -> Any {
        switch name {
        case "open": return page != nil
        case "stored": return try player.session?.isStored() ?? false
        case "gate":
            if case .atGate(let gate, _)? = page?.kind { return "\(gate)" }
            return NSNull()
        case "waits":
            switch page?.kind {
            case .danger?: return "danger"
            case .quick?: return "quick"
            case .offer?: return "offer"
            case .gender?: return "gender"
            case .goOn?: return "go_on"
            default: return NSNull()
            }
        case "at_end":
            if case .end? = page?.kind { return true }
            return false
        case "can_finish": return page?.canFinish ?? false
        case "language": return page?.language ?? NSNull()
        case "questions": return questions.map(\.reference)
        case "labels": return questions.map(\.label)
        case "shorts": return questions.map(\.short)
        case "hints": return Dictionary(uniqueKeysWithValues: questions.map { ($0.reference, $0.hint) })
        case "heading":
            if case .questions(let heading, _, _)? = page?.kind { return heading }
            return NSNull()
        case "values": return Dictionary(uniqueKeysWithValues: questions.map { ($0.reference, $0.value) })
        case "states": return Dictionary(uniqueKeysWithValues: questions.map { ($0.reference, snake($0.state)) })
        default: throw Differs(description: "\(name) is nothing that can be looked at")
        }
    }

    private func standing(_ standing: StandingView) -> Json {
        let danger = standing.danger
        return [
            "mode": snake(standing.mode), "stage": snake(standing.stage), "pace": snake(standing.pace),
            "hides_answers": standing.hidesAnswers, "quick_only": standing.quickOnly,
            "interpreter": standing.interpreter ?? NSNull(), "script": standing.script ?? NSNull(),
            "danger": danger != nil, "protocol": danger?.protocol ?? NSNull(), "hiv_minutes_left": number(danger?.hivMinutesLeft),
            "contraception_minutes_left": number(danger?.contraceptionMinutesLeft),
        ]
    }

    private func work(_ item: WorkItem) -> Json {
        [
            "action": snake(item.action), "task": item.task ?? NSNull(), "due": item.isDue,
            "referrals": item.referrals.map { ["recipient": $0.recipient, "state": $0.state] as Json },
        ]
    }

    private func number(_ number: UInt32?) -> Any { number.map { Int($0) } ?? NSNull() }

    private func queue(_ queue: QueueStatus) -> Json {
        [
            "waiting": Int(queue.waiting), "handed_over": Int(queue.handedOver), "hq_has_it": Int(queue.hqHasIt),
            "quarantined": Int(queue.quarantined), "carried": Int(queue.carried),
            "carried_handed_over": Int(queue.carriedHandedOver), "with_neighbour": Int(queue.withNeighbour),
        ]
    }

    private func terms(_ forms: [FormSummary]) -> Json {
        forms.reduce(into: Json()) { seen, form in
            guard let terms = form.terms else { return seen[form.id] = NSNull() }
            seen[form.id] = [
                "purpose": terms.purpose, "sensitivity": snake(terms.sensitivity),
                "days": terms.days.map { Int($0) } ?? NSNull(), "about_person": terms.aboutPerson,
            ] as Json
        }
    }

    private func device(_ status: VaultStatus) -> Json {
        [
            "confirmed": status.confirmed, "revoked": status.revoked, "role": status.role, "site": status.site,
            "training": status.training,
        ]
    }

    private func retention(_ report: RetentionReport) -> Json {
        [
            "expired": Int(report.expired), "reading_locked": report.readingLocked,
            "old_drafts": report.oldDrafts.count, "old_unsent": report.oldUnsent.count,
        ]
    }

    private func border(_ report: BorderReport) -> Json {
        [
            "complete": report.sync.complete, "drafts": Int(report.drafts),
            "waiting": Int(report.queue.waiting), "hq_has_it": Int(report.queue.hqHasIt),
        ]
    }

    /// Each positive dimension of the last result with the rule branch it rests on.
    private func branches() throws -> Json {
        guard let text = player.report?.explanation else { return [:] }
        return try positive(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? Json ?? [:])
    }

    private func screened() throws -> Json {
        guard let answer = player.answer as? Json else { return [:] }
        let outcomes: [Json] = try answer.at("outcomes")
        return [
            "outcomes": try outcomes.map { try $0.at("id") as String }, "positive": try positive(answer),
            "record": answer["record"] ?? NSNull(), "referral": answer["referral"] ?? NSNull(),
        ]
    }

    private func positive(_ explanation: Json) throws -> Json {
        let dimensions: [Json] = try explanation.at("dimensions")
        return Dictionary(
            uniqueKeysWithValues: try dimensions.filter { $0["branch"] is String }.map { (try $0.at("id"), try $0.at("branch")) })
    }
}

/// `notAsked` is written `not_asked`.
func snake<T: CaseIterable>(_ value: T) -> String {
    "\(value)".reduce(into: "") { text, letter in
        text += letter.isUppercase ? "_\(letter.lowercased())" : String(letter)
    }
}

/// An object has to have what is wanted and may have more; everything else has to be equal.
private func holds(_ seen: Any, _ wanted: Any) -> Bool {
    switch (seen, wanted) {
    case (let seen as Json, let wanted as Json):
        wanted.allSatisfy { name, one in seen[name].map { holds($0, one) } ?? false }
    case (let seen as [Json], let wanted as [Json]):
        seen.count == wanted.count && zip(seen, wanted).allSatisfy { holds($0, $1) }
    case (let seen as [String], let wanted as [Any]): seen == wanted.compactMap { $0 as? String } && seen.count == wanted.count
    case (let seen as [Int], let wanted as [Int]): seen == wanted
    case (let seen as [[Int]], let wanted as [[Int]]): seen == wanted
    case (is NSNull, is NSNull): true
    case (let seen as Bool, let wanted as Bool): seen == wanted
    case (let seen as Int, let wanted as Int): seen == wanted
    case (let seen as String, let wanted as String): seen == wanted
    default: false
    }
}
