import Wayside

/// One screen of an interview.
public struct InterviewView: Sendable {
    /// Title of the form.
    public let title: String
    public let step: Step
    /// BCP 47 tag of the language shown; it decides the words and their direction, whatever the phone is set to.
    public let language: String
    /// The form's names of its languages.
    public let languages: [String]
    public let position: Int
    public let of: Int
    /// Typed and not yet given to the core, by question. In memory only: never in what the system saves of an app.
    public var typed: [String: String]
    /// Why the core did not take what was typed, by question.
    public var refused: [String: Problem]
}

/// What is asked of the worker.
public enum Step: Sendable {
    /// A gate that a worker opens by looking.
    case look(Gate, refused: Bool)
    case age(refused: Bool)
    /// One line of consent, to be read aloud.
    case consent(ConsentLine)
    case questions(heading: String, [QuestionView], repeats: [RepeatView])
    /// The form is for adults, and nothing shows that this person is one.
    case forAdultsOnly
    /// All was asked, or it was stopped. What was said is kept or not, by the person's wish.
    case end(stopped: Bool, canFinish: Bool)
    /// It is over, and nothing of it exists anywhere.
    case nothingKept
    /// It is sealed to HQ; this device cannot read it any more.
    case finished(FinishReport)

    /// No question is put any more.
    public var isOver: Bool {
        switch self {
        case .end, .nothingKept, .finished: true
        default: false
        }
    }
}
