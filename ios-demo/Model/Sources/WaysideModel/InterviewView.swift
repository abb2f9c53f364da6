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
    /// What to do in danger at this site, step by step.
    public let inDanger: [String]
    /// The person wants no record: nothing is stored, and there is advice at the end.
    public let withoutRecord: Bool
    /// The talk has been long; a break is to be offered.
    public let long: Bool
    /// Typed and not yet given to the core, by question. In memory only: never in what the system saves of an app.
    public var typed: [String: String]
    /// Why the core did not take what was typed, by question.
    public var refused: [String: Problem]
    /// In what words the page is put to the person, with the worker's beside them, and whether there is sound for it.
    public let prompts: [PromptView]
}

/// A question to the person or the worker between the gates and the form, answered with yes or no.
public enum Between: Sendable { case quick, offer, gender, goOn }

/// What is asked of the worker.
public enum Step: Sendable {
    /// A gate that a worker opens by looking.
    case look(Gate, refused: Bool)
    /// One of the urgent questions.
    case urgent(String, number: Int, of: Int)
    /// Help comes first; the questions wait. With `asksHours`, hours can be said that the medical times depend on.
    case danger(DangerView, asksHours: Bool)
    case age(refused: Bool)
    /// What has to be explained and understood before a yes.
    case explain([String])
    /// One line of consent, to be read aloud.
    case consent(ConsentLine)
    /// `refused`: it was a no before; `possible`: a yes can be taken.
    case ask(Between, refused: Bool, possible: Bool)
    case questions(heading: String, [QuestionView], repeats: [RepeatView])
    /// The form is for adults, and nothing shows that this person is one.
    case forAdultsOnly
    /// Another form with the same person.
    case nextForm([FormSummary])
    /// All was asked, or it was stopped. What was said is kept or not, by the person's wish; `covered` says whether a
    /// consent, or a basis that stands in for it, covers it.
    case end(stopped: Bool, canFinish: Bool, covered: Bool)
    /// What a talk without a record came to.
    case advice(AdviceView, [ServiceView])
    /// It is over, and nothing of it exists anywhere.
    case nothingKept
    /// It is sealed to HQ; this device cannot read it any more. With `offers`, a detailed conversation is to be offered now.
    case finished(FinishReport, [ServiceView], offers: Bool)
    /// A referral to this service: what goes, and what the person says to it.
    case refer(ServiceView)
    /// It is sealed and on its way.
    case referred(ServiceView)

    /// No question is put any more.
    public var isOver: Bool {
        switch self {
        case .end, .advice, .nothingKept, .finished, .refer, .referred: true
        default: false
        }
    }
}

extension FormSummary {
    /// HQ signed it as not about a person: it begins at its questions, and asks nobody for consent.
    public var isAboutNobody: Bool { terms?.aboutPerson == false }
}
