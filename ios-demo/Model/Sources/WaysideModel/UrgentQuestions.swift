import Wayside

/// The urgent questions, put one by one. A yes is acted on at once: what was not put then is put when all of them are put
/// anew. In memory only.
struct UrgentQuestions {
    var questions: [String]
    private(set) var answers: [FindingState] = []

    init(_ questions: [String]) { self.questions = questions }

    var step: Step { .urgent(questions[answers.count], number: answers.count + 1, of: questions.count) }

    func with(_ answer: FindingState) -> UrgentQuestions {
        var next = self
        next.answers.append(answer)
        return next
    }

    mutating func back() { _ = answers.popLast() }

    /// What the core is to be given, once there is something to give it.
    var toAct: [FindingState]? {
        let yes = answers.last == .present || answers.last == .observed
        if !yes && answers.count < questions.count { return nil }
        return answers + Array(repeating: .notAsked, count: questions.count - answers.count)
    }
}
