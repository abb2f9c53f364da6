import Foundation
import Wayside

/// What is on the screen. Made of the core's records only, so that a test or a preview can make one.
public enum Screen: Sendable {
    /// Nothing is open.
    case start(StartView)
    case forms(FormsView)
    case asking(InterviewView)
    case queue(QueueView)
    /// This phone carries for one nearby.
    case carry(CarryView)
    /// What waits here is given to one nearby.
    case give(GiveView)
    /// The cases that are not closed.
    case work([WorkItem], inDanger: [String])
    /// One of them.
    case case_(CaseView)
    /// The worker wants to be called.
    case help(asked: Bool, inDanger: [String])
    /// What a worker sets on this phone.
    case phone(PhoneView)

    /// What to do in danger at this site, step by step; nothing is known of it while the vault is shut.
    public var inDanger: [String]? {
        switch self {
        case .start: nil
        case .forms(let view): view.inDanger
        case .asking(let view): view.inDanger
        case .queue(let view): view.inDanger
        case .carry(let view): view.inDanger
        case .give(let view): view.inDanger
        case .work(_, let inDanger): inDanger
        case .case_(let view): view.inDanger
        case .help(_, let inDanger): inDanger
        case .phone(let view): view.inDanger
        }
    }
}

extension Screen {
    /// How a sync on this screen stands; nothing on one that shows none.
    var sync: Sync? {
        get {
            switch self {
            case .queue(let view): view.sync
            case .give(let view): view.sync
            default: nil
            }
        }
        set {
            guard let newValue else { return }
            switch self {
            case .queue(var view):
                view.sync = newValue
                self = .queue(view)
            case .give(var view):
                view.sync = newValue
                self = .give(view)
            default: break
            }
        }
    }
}

/// Which vault is to be opened, or made.
public enum Chosen: Hashable, Sendable {
    case worker(folder: String)
    case new
    case practice
}

public struct StartView: Equatable, Sendable {
    /// Folders of the workers' vaults on this phone.
    public let workers: [String]
    /// There is one for practice.
    public let practice: Bool
    public let chosen: Chosen
}

/// What waits for a person. No timer takes what the office does not have.
public struct Notices: Sendable {
    public let retention: RetentionReport?
    /// An older copy of the vault was put back.
    public let oldCopy: Bool
}

public struct FormsView: Sendable {
    public let forms: [FormSummary]
    public let drafts: [DraftView]
    public let queue: QueueStatus
    public let inDanger: [String]
    /// What keeps this phone from interviews. Until it is empty there is a leaflet and nothing else.
    public let missing: [Missing]
    public let notices: Notices
    /// How many cases wait for the worker now.
    public let due: Int

    /// The title of a draft's form. Neither name nor answer.
    public func title(of draft: DraftView) -> String { forms.first { $0.id == draft.form }?.title ?? draft.form }
}

public struct QueueView: Sendable {
    public let device: VaultStatus
    public let status: QueueStatus
    public let items: [QueueItem]
    public let inDanger: [String]
    /// What came of a file that was saved or taken in.
    public let file: FileDone?
    public var sync = Sync.idle
}

public struct CaseView: Sendable {
    public let item: WorkItem
    /// Codes of the others, one of which may be of the same person.
    public let others: [String]
    public let inDanger: [String]
    public let noted: Noted?
    /// How the person may be contacted now, once that was asked and allowed.
    public internal(set) var contact: ContactView?
}

/// What became of what was done to a case. Each is one of its own, so that the next can be told from it.
public struct Noted: Hashable, Sendable {
    private let id = UUID()
    /// On its way to the office; otherwise it is on this phone only.
    public let isSealed: Bool

    init(isSealed: Bool) { self.isSealed = isSealed }
}

/// A part of what is set on a phone.
public enum Part: Hashable, Sendable { case all, language, secret, border, face, check, practice }

public struct PhoneView: Sendable {
    public let device: VaultStatus
    public let part: Part
    public let inDanger: [String]
    public let done: Done?
    /// There is a vault for practice.
    public let practice: Bool
}

/// What became of it.
public enum Done: Sendable {
    case changed(UUID)
    case cleared(BorderReport)
    case checked([AuditEntry])
}

/// How a sync stands. Only the queue says what HQ has.
public enum Sync: Equatable, Sendable {
    case idle
    case running(SyncProgress?)
    /// A code says why it is not complete; without one everything was sent and fetched.
    case ended(obstacle: String?)
}

public struct ShellState: Sendable {
    public var screen: Screen
    /// BCP 47 tag of the worker's language.
    public var language: String
    /// A call is under way.
    public var busy = false
    public var problem: Problem?
    /// It is for training: every screen says so.
    public var practice = false
}
