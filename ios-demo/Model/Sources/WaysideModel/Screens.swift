import Wayside

/// What is on the screen. Made of the core's records only, so that a test or a preview can make one.
public enum Screen: Sendable {
    /// Nothing is open.
    case start(enrolled: Bool)
    case forms(FormsView)
    case asking(InterviewView)
    case queue(QueueView)

    /// What to do in danger at this site, step by step; nothing is known of it while the vault is shut.
    public var inDanger: [String]? {
        switch self {
        case .start: nil
        case .forms(let view): view.inDanger
        case .asking(let view): view.inDanger
        case .queue(let view): view.inDanger
        }
    }
}

public struct FormsView: Sendable {
    public let forms: [FormSummary]
    public let drafts: [DraftView]
    public let queue: QueueStatus
    public let inDanger: [String]
    /// What keeps this phone from interviews. Until it is empty there is a leaflet and nothing else.
    public let missing: [Missing]

    /// The title of a draft's form. Neither name nor answer.
    public func title(of draft: DraftView) -> String { forms.first { $0.id == draft.form }?.title ?? draft.form }
}

public struct QueueView: Sendable {
    public let device: VaultStatus
    public let status: QueueStatus
    public let items: [QueueItem]
    public let inDanger: [String]
    public var sync = Sync.idle
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
    /// A call is under way.
    public var busy = false
    public var problem: Problem?
}
