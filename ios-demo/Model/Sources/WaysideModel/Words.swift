/// The words around the forms, in one language. They follow the language of the interview, not the phone's, so they cannot
/// be the system's string tables. A worker reads them to a person: plain, without a verdict, without "victim".
public struct Words: Sendable {
    public let tag: String
    /// Of the language, in itself.
    public let name: String
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
    public let byFile: ByFile
    public let nearby: Nearby
    public let notices: Notices
    public let work: Work
    public let contact: Contact
    public let states: States
    public let lines: Lines
    public let refer: Refer
    public let help: Help
    public let phone: Phone
    public let media: Media
    let problems: [String: String]

    public struct Common: Sendable { public let language, next, back, stop, yes, no, done: String }

    public struct Start: Sendable { public let secret, secretHint, open, record, recordHint, enrol: String }

    public struct Forms: Sendable { public let title, start, adultsOnly, unfinished, resume, queue, lock: String }

    /// Of each gate the question, and what to do while it does not open.
    public struct Gates: Sendable {
        public let setting, notAlone, interpreter, notSafe, notNow, remote, remoteMeans, code, codeHint: String
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
        public let readAloud, talk, record, statistics, contact, explain, explained, withoutRecord: String
    }

    /// What is asked between the gates and the forms.
    public struct Between: Sendable {
        public let quick, offer, later, gender, first, goOn, long, next, another: String
    }

    public struct Questions: Sendable {
        public let declines, doesNotKnow, declined, unknown, undo: String
        public let screen: @Sendable (Int, Int) -> String
        public let any, number, notHere, seen, forAdults: String
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

    /// Records on their way in a file, and what is carried for other phones.
    public struct ByFile: Sendable {
        public let title, holds, save, take, saved, cutOff, nothing: String
        public let fromOffice, carriedFor, givenUp, wasHere: @Sendable (Int) -> String
        public let notTaken: @Sendable (Int, String) -> String
        public let waiting, handedOver: String
    }

    /// Records given to a phone nearby, or taken from one to be carried.
    public struct Nearby: Sendable {
        public let title, means, carry, give, carrying, show: String
        public let taken: @Sendable (Int) -> String
        public let goes, stopped, again, look, scan, address, code, giveNow, stop: String
        public let progress: @Sendable (Int, Int) -> String
        public let given: @Sendable (Int) -> String
        public let stays, nothing, notAll, alsoThere: String
    }

    /// What waits for a person, said where the forms are.
    public struct Notices: Sendable {
        public let oldDrafts, oldUnsent: @Sendable (Int) -> String
        public let readingLocked, oldCopy, useCopy, practice, more: String
    }

    /// Cases by code: no name, no answer, no outcome.
    public struct Work: Sendable {
        public let title: String
        public let waiting: @Sendable (Int) -> String
        public let empty: String
        public let by: @Sendable (String) -> String
        public let isDue, checkReferral, contact, talkAgain, nothing: String
        public let task: @Sendable (String) -> String
        public let next, days, note, noted, correct, correctText, withoutNames, withdraw, which, erase: String
        public let eraseMeans, because, personAsked, notCovered, expired, again, againCode, close: String
        public let closeMeans, seal, sealed: String
        public let referral: @Sendable (String, String) -> String
    }

    /// How a person may be contacted. Nothing of it is said before the core has allowed it.
    public struct Contact: Sendable {
        public let title, how, inPerson, call, message, trusted, look, now: String
        public let codeWord: @Sendable (String) -> String
        public let noWord, sameWorker, colleague, chosenGender, trustedMay, onlyPerson, hangUp, wrongNumber, cover: String
    }

    /// How a referral stands.
    public struct States: Sendable {
        public let sent, received, accepted, declined, started, done, failed, revoked: String
    }

    /// What a person can agree to, and take back.
    public struct Lines: Sendable {
        public let talk, record, name: String
        public let refer: @Sendable (String) -> String
        public let contact, statistics, research, authorities, family: String
    }

    /// A referral: what goes, to whom, and that the person agrees to exactly that.
    public struct Refer: Sendable {
        public let refer: String
        public let to: @Sendable (String) -> String
        public let what, needs, age, language, contact, name, summary, wants, urgency, now, day, threeDays: String
        public let routine, handover, accompanied, phone, paper, file, codeOnly, told, keepName: String
        public let ask: @Sendable (String, String) -> String
        public let mustNotKnow, sealed: String
    }

    /// About the worker, never about the person.
    public struct Help: Sendable {
        public let title, after, means, ask, hard, asked: String
    }

    /// What a worker sets on this phone.
    public struct Phone: Sendable {
        public let title: String
        public let worker: @Sendable (Int) -> String
        public let another, practice, makePractice, practiceMeans, scan, language, secret, old, new: String
        public let newAgain, differ, duress, duressMeans, duressWipes, change, changed, decoy, decoyMeans: String
        public let border, borderMeans, clear: String
        public let stillHere: @Sendable (Int, Int) -> String
        public let destroy, destroyMeans, face, faceMeans, check, checked, log, signed, site, role: String
    }

    /// Answers that are not typed.
    public struct Media: Sendable {
        public let photo, sound, video, file, sign, draw, fileStays, kept, takeKept, clear, remove: String
        public let position, latitude, longitude, addPoint: String
        public let points: @Sendable (Int) -> String
        public let scan: String
        public let listen: @Sendable (String) -> String
        public let find: String
        public let moreChoices: @Sendable (Int) -> String
        public let year, month, day, hour, minute: String
        public let inGregorian: @Sendable (String) -> String
        public let noSuchDay, up, down, order, less, more: String
        public let jump: @Sendable (Int) -> String
    }

    /// A sentence for a code, or for its family; the code itself always stands behind it, so that it can be reported.
    public func problem(_ problem: Problem) -> String {
        let family = String(problem.code.prefix { $0 != "." })
        let sentence = problems[problem.code] ?? problems[family] ?? problems[""] ?? ""
        let wait = problem.waitSeconds.map { " (\($0) s)" } ?? ""
        return "\(sentence)\(wait) [\(problem.code)]"
    }

    /// As `problem`, where it is a phone nearby that does not answer or does not take it, and not the office.
    public func nearby(_ problem: Problem) -> String {
        let rest = problem.code.drop { $0 != "." }.dropFirst()
        let own = problems["nearby.\(rest)"] ?? (problem.code.hasPrefix("sync.") ? problems["nearby"] : nil)
        return own.map { "\($0) [\(problem.code)]" } ?? self.problem(problem)
    }

    /// In the order in which a worker chooses.
    public static let all = [english, french, arabic, tigrinya]

    /// The words of a language, English where there are none.
    public static func of(_ tag: String) -> Words {
        let primary = tag.prefix { $0 != "-" }.lowercased()
        return all.first { $0.tag == primary } ?? english
    }
}
