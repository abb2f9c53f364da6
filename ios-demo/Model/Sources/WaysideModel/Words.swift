/// The words around the forms, in one language. They follow the language of the interview, not the phone's, so they cannot
/// be the system's string tables. A worker reads them to a person: plain, without a verdict, without "victim".
public struct Words: Sendable {
    public let tag: String
    public let common: Common
    public let start: Start
    public let forms: Forms
    public let gates: Gates
    public let age: Age
    public let consent: Consent
    public let questions: Questions
    public let ending: Ending
    public let queue: Queue
    let problems: [String: String]

    public struct Common: Sendable { public let language, next, back, stop, yes, no, done: String }

    public struct Start: Sendable { public let secret, secretHint, open, record, recordHint, enrol: String }

    public struct Forms: Sendable { public let title, start, adultsOnly, unfinished, resume, queue, lock: String }

    /// Of each gate the question, and what to do while it does not open.
    public struct Gates: Sendable {
        public let services, noService, setting, notAlone, interpreter, notSafe, danger, inDanger, notNow: String
    }

    public struct Age: Sendable {
        public let ask, year, between, unknown, yearLabel, calendar, gregorian, ethiopian, solarHijri, lunarHijri: String
        public let youngest, oldest, unknownMeans: String
    }

    public struct Consent: Sendable { public let readAloud, talk, record, statistics: String }

    public struct Questions: Sendable {
        public let declines, doesNotKnow, declined, unknown, undo: String
        public let screen: @Sendable (Int, Int) -> String
        public let any, number, day, written, notHere, seen, forAdults: String
        public let add, removeLast: @Sendable (String) -> String
    }

    public struct Ending: Sendable {
        public let asked, stopped, open, keep, keepMeans, discard, discardMeans, nothingKept, sealed, code: String
        public let offer, consentFirst, why, notIdentification: String
    }

    public struct Queue: Sendable {
        public let title, waiting, handedOver, hqHasIt, setAside, empty, sync, stopSync: String
        public let progress: @Sendable (Int, Int) -> String
        public let allSent, notAll, compare, revoked: String
    }

    /// A sentence for a code, or for its family; the code itself always stands behind it, so that it can be reported.
    public func problem(_ problem: Problem) -> String {
        let family = String(problem.code.prefix { $0 != "." })
        let sentence = problems[problem.code] ?? problems[family] ?? problems[""] ?? ""
        let wait = problem.waitSeconds.map { " (\($0) s)" } ?? ""
        return "\(sentence)\(wait) [\(problem.code)]"
    }

    /// In the order in which a worker chooses.
    public static let all = [english, french, arabic]

    /// The words of a language, English where there are none.
    public static func of(_ tag: String) -> Words {
        let primary = tag.prefix { $0 != "-" }.lowercased()
        return all.first { $0.tag == primary } ?? english
    }
}
