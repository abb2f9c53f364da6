import Wayside

/// One interview. The core decides what comes next; this holds which line of consent is asked and what is typed. Every call
/// blocks and may throw what the core throws. Used on one queue only.
public final class Interview: @unchecked Sendable {
    private let session: FormSession
    private let typing: Typing
    private var line = ConsentLine.c1
    private var page: PageView
    private var stopped = false
    private var over: Step?

    init(_ session: FormSession, _ typing: Typing) throws {
        self.session = session
        self.typing = typing
        page = try session.page()
        typing.clear()
    }

    func view() -> InterviewView {
        InterviewView(
            title: page.title, step: over ?? step(), language: languageTag(page.language), languages: page.languages,
            position: Int(page.position), of: Int(page.of), typed: typing.typed, refused: typing.refused)
    }

    private func step() -> Step {
        switch page.kind {
        case .atGate(let gate, let refused):
            switch gate {
            case .consent: return .consent(line)
            case .age: return .age(refused: refused)
            default: return .look(gate, refused: refused)
            }
        case .questions(let heading, let questions, let repeats):
            // Statistics are asked once the record is agreed to, before the first question.
            return line == .c6 ? .consent(line) : .questions(heading: heading, questions, repeats: repeats)
        case .end: return .end(stopped: stopped, canFinish: page.canFinish)
        }
    }

    public func look(_ gate: Gate, open: Bool) throws { page = try session.passGate(gate: gate, pass: open) }

    public func setAge(_ age: AgeStatement) throws { page = try session.setAge(age: age) }

    /// What the person said to the line that was read to them.
    public func consent(_ agrees: Bool) throws {
        try session.consent(
            input: ConsentInput(line: line, value: agrees ? .yes : .no, by: .person, how: .oral, recipient: nil))
        if !agrees && line != .c6 { return try nothingKept() }
        page = try session.page()
        switch line {
        case .c1: line = .c2
        case .c2: line = .c6
        default: line = .c1
        }
    }

    public func language(_ name: String) throws { page = try session.setLanguage(language: name) }

    public func choose(_ question: QuestionView, _ value: String) throws { try answer(question.reference, value) }

    /// Takes one of several choices in or out.
    public func toggle(_ question: QuestionView, _ value: String) throws {
        var chosen = Set(question.value.split(separator: " ").map(String.init))
        if chosen.remove(value) == nil { chosen.insert(value) }
        // In the order of the form, so that the same choice always reads the same.
        let ordered = question.choices.map(\.value).filter(chosen.contains)
        if ordered.isEmpty {
            try mark(question, .notAsked)
        } else {
            try answer(question.reference, ordered.joined(separator: " "))
        }
    }

    /// Acknowledges what was read, or takes that back.
    public func toggleSeen(_ question: QuestionView) throws {
        if question.value.isEmpty { try answer(question.reference, "OK") } else { try mark(question, .notAsked) }
    }

    public func add(_ one: RepeatView) throws { try guarded { page = try session.addRepeat(reference: one.reference) } }

    public func removeLast(_ one: RepeatView) throws {
        try guarded { page = try session.removeRepeat(reference: "\(one.reference)[\(one.count)]") }
    }

    /// Declined, unknown, or open again.
    public func mark(_ question: QuestionView, _ state: AnswerState) throws {
        try guarded { page = try session.mark(reference: question.reference, state: state) }
        typing.settle(question.reference)
    }

    private func answer(_ reference: String, _ value: String) throws {
        try guarded { page = try session.answer(reference: reference, value: value) }
        typing.settle(reference)
    }

    /// A form that is not for this person is no slip of the worker's: it is a screen of its own.
    private func guarded(_ call: () throws -> Void) throws {
        do {
            try call()
        } catch FieldError.Failed("session.child_route", _, _) {
            over = .forAdultsOnly
        }
    }

    public func forward() throws {
        if try giveTyped() { page = try session.forward() }
    }

    public func back() throws {
        if try giveTyped() { page = try session.back() }
    }

    /// Gives the core what was typed. What it refuses stays on the screen with the reason.
    private func giveTyped() throws -> Bool {
        for (reference, text) in typing.typed {
            do {
                if text.allSatisfy(\.isWhitespace) {
                    try guarded { page = try session.mark(reference: reference, state: .notAsked) }
                    typing.settle(reference)
                } else {
                    try answer(reference, text)
                }
            } catch FieldError.Failed("answer.not_relevant", _, _) {
                // An answer before has closed this question.
                typing.settle(reference)
            } catch {
                typing.refuse(reference, Problem(error))
            }
        }
        return typing.refused.isEmpty && over == nil
    }

    /// Ends the questions at once. What consent does not cover is gone; the rest waits for the person's wish.
    public func stop() throws {
        typing.clear()
        over = nil
        try session.stop(reason: .stopped)
        if try !session.isStored() { return try nothingKept() }
        stopped = true
        page = try session.page()
    }

    public func finish() throws { over = .finished(try session.finish()) }

    /// Leaves nothing of the interview anywhere.
    public func discard() throws { try nothingKept() }

    private func nothingKept() throws {
        try session.discard()
        typing.clear()
        over = .nothingKept
    }
}
