/// The words around the forms, in one language. They follow the language of the interview, not the phone's, so they cannot
/// be the system's string tables. A worker reads them to a person: plain, without a verdict, without "victim".
public struct Words: Sendable {
    public let tag: String
    public let common: Common
    public let start: Start
    public let forms: Forms
    public let gates: Gates
    public let ready: Ready
    public let urgent: Urgent
    public let danger: Danger
    public let age: Age
    public let consent: Consent
    public let between: Between
    public let questions: Questions
    public let ending: Ending
    public let services: Services
    public let queue: Queue
    let problems: [String: String]

    public struct Common: Sendable { public let language, next, back, stop, yes, no, done: String }

    public struct Start: Sendable { public let secret, secretHint, open, record, recordHint, enrol: String }

    public struct Forms: Sendable { public let title, start, adultsOnly, unfinished, resume, queue, lock: String }

    /// Of each gate the question, and what to do while it does not open.
    public struct Gates: Sendable {
        public let setting, notAlone, interpreter, notSafe, notNow, remote, remoteMeans: String
    }

    /// What keeps the phone from interviews, and what can be given to everybody.
    public struct Ready: Sendable {
        public let title, services, servicesExpired, noService, forms, training, supervisor, until, leaflet: String
    }

    public struct Urgent: Sendable { public let seen: String }

    public struct Danger: Sendable {
        public let open, title, first, none, medical, hivNow, contraceptionNow, hours, take, anew, end: String
        public let hiv, contraception: @Sendable (Int) -> String
    }

    public struct Age: Sendable {
        public let ask, year, between, unknown, yearLabel, calendar, gregorian, ethiopian, solarHijri, lunarHijri: String
        public let youngest, oldest, unknownMeans: String
    }

    public struct Consent: Sendable {
        public let readAloud, talk, record, statistics, explain, explained, withoutRecord: String
    }

    /// What is asked between the gates and the forms.
    public struct Between: Sendable {
        public let quick, offer, later, gender, first, goOn, long, next, another: String
    }

    public struct Questions: Sendable {
        public let declines, doesNotKnow, declined, unknown, undo: String
        public let screen: @Sendable (Int, Int) -> String
        public let any, number, day, written, notHere, seen, forAdults: String
        public let add, removeLast: @Sendable (String) -> String
    }

    public struct Ending: Sendable {
        public let asked, stopped, open, keep, keepMeans, discard, discardMeans, nothingKept, sealed, code: String
        public let offer, consentFirst, why, notIdentification, carries, end, basis, vital, child, observed: String
    }

    public struct Services: Sendable {
        public let title, none, free, reports, reportsChildren, reportsUnknown: String
        public let onFoot: @Sendable (Int) -> String
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
