import Wayside

/// The form in which it is agreed how a person may be contacted: before it the person is asked whether they may be at all.
private let contactForm = "wayside-b6"

/// One session with one person. The core decides what comes next; this holds which urgent question is put, which line of
/// consent is asked and what is typed. Every call blocks and may throw what the core throws. Used on one queue only. How a
/// page is answered is in `Answers.swift`, a referral in `Referring.swift`.
public final class Interview: @unchecked Sendable {
    let session: FormSession
    private let vault: Vault
    let typing: Typing
    let onSealed: @Sendable (_ urgent: Bool) -> Void
    private var line = ConsentLine.c1
    private var asksContact: Bool
    private var isExplained = false
    private var page: PageView
    private var inDanger: [String]
    /// The urgent questions while they are put, and the answers that the core acts on.
    private var pending: UrgentQuestions?
    private var acting: [FindingState]?
    private var genderRefused = false
    private var stopped = false
    /// A screen of this shell's own, in place of the core's page.
    var over: Step?
    private var finished: (report: FinishReport, services: [ServiceView])?
    /// The detailed conversation is to be offered at the result.
    private var offers = false

    init(
        _ session: FormSession, _ vault: Vault, form: String, _ typing: Typing, _ onSealed: @escaping @Sendable (Bool) -> Void
    ) throws {
        self.session = session
        asksContact = form == contactForm
        self.vault = vault
        self.typing = typing
        self.onSealed = onSealed
        let page = try session.page()
        self.page = page
        inDanger = try vault.dangerProtocol(language: languageTag(page.language))
        typing.clear()
        try show(page)
    }

    private var tag: String { languageTag(page.language) }

    func view() throws -> InterviewView {
        let standing = try session.standing()
        return InterviewView(
            title: page.title, step: try over ?? step(standing), language: tag,
            // A form that is sealed has no language to change.
            languages: finished == nil ? page.languages : [], position: Int(page.position), of: Int(page.of),
            inDanger: inDanger, withoutRecord: standing.mode == .anonymousAdvice, long: standing.pace == .suggestStop,
            typed: typing.typed, refused: typing.refused, prompts: page.prompts)
    }

    private func step(_ standing: StandingView) throws -> Step {
        if let pending { return pending.step }
        switch page.kind {
        case .atGate(.consent, _): return isExplained ? .consent(line) : .explain(try session.explanationPoints())
        case .atGate(.age, let refused): return .age(refused: refused)
        case .atGate(let gate, let refused): return .look(gate, refused: refused)
        case .danger:
            guard let danger = standing.danger else { return .look(.danger, refused: true) }
            return .danger(danger, asksHours: danger.hivMinutesLeft != nil && acting != nil)
        case .quick: return .ask(.quick, refused: false, possible: true)
        case .offer: return offer(standing)
        case .gender: return .ask(.gender, refused: genderRefused, possible: true)
        case .goOn: return .ask(.goOn, refused: false, possible: true)
        case .questions(let heading, let questions, let repeats):
            if let asked = try asked() { return .consent(asked) }
            return .questions(heading: heading, questions, repeats: repeats)
        case .end:
            if standing.mode == .anonymousAdvice && !stopped { return .advice(try session.advice(), try services()) }
            return .end(stopped: stopped, canFinish: page.canFinish, covered: try session.isStored())
        }
    }

    /// The line to be read to the person now. Statistics and contact are asked once the record is agreed to, before the first
    /// question.
    private func asked() throws -> ConsentLine? {
        guard case .questions = page.kind, line != .c6 else { return line }
        return try asksContact && session.standing().mode != .anonymousAdvice ? .c5 : nil
    }

    private func offer(_ standing: StandingView) -> Step { .ask(.offer, refused: false, possible: !standing.quickOnly) }

    private func services() throws -> [ServiceView] { try session.services(need: ServiceNeed(languages: [tag])) }

    /// Takes the core's next page. The danger gate opens by the urgent questions.
    func show(_ next: PageView) throws {
        page = next
        if case .atGate(.danger, _) = next.kind, pending == nil { try askAnew() }
    }

    /// What was found at a gate; at that of the interpreter with their code, where one is there.
    public func look(_ gate: Gate, open: Bool, interpreter: String = "") throws {
        let code = trimmed(interpreter)
        try show(open && !code.isEmpty ? session.acceptInterpreter(code: code) : session.passGate(gate: gate, pass: open))
    }

    /// An interpreter by telephone, or recorded questions: for the first questions only.
    public func interpretRemotely(interpreter: String = "") throws {
        let code = trimmed(interpreter)
        try show(code.isEmpty ? session.interpretRemotely() : session.acceptInterpreter(code: code, remote: true))
    }

    private func trimmed(_ text: String) -> String { text.trimmingCharacters(in: .whitespaces) }

    /// What was found at the urgent question that is put.
    public func urgent(_ answer: FindingState) throws {
        guard let next = pending?.with(answer) else { return }
        if let answers = next.toAct { try act(answers, nil) } else { pending = next }
    }

    public func urgentBack() { pending?.back() }

    /// How long ago it was, which the medical times depend on.
    public func hoursAgo(_ hours: UInt16) throws {
        if let acting { try act(acting, hours) }
    }

    private func act(_ answers: [FindingState], _ hoursAgo: UInt16?) throws {
        let next = try session.urgent(answers: answers, hoursAgo: hoursAgo)
        pending = nil
        acting = answers
        try show(next)
    }

    /// The person is safe now: the urgent questions are put anew.
    public func askAnew() throws { pending = UrgentQuestions(try session.urgentQuestions()) }

    public func setAge(_ age: AgeStatement) throws { try show(try session.setAge(age: age)) }

    /// Every point was explained and understood.
    public func explained() throws {
        try session.explained(all: true)
        isExplained = true
    }

    /// What the person said to the line that was read to them.
    public func consent(_ agrees: Bool) throws {
        guard let asked = try asked() else { return }
        try session.consent(
            input: ConsentInput(line: asked, value: agrees ? .yes : .no, by: .person, how: .oral, recipient: nil))
        if !agrees, try asked == .c1 || asked == .c2 && !canAdvise() { return try nothingKept() }
        switch asked {
        case .c1: line = .c2
        case .c2 where agrees: line = .c6
        case .c5: asksContact = false
        default: line = .c1
        }
        try show(try session.page())
    }

    /// Whether this form can be put to somebody who wants no record.
    private func canAdvise() throws -> Bool {
        do {
            _ = try session.advice()
            return true
        } catch FieldError.Failed(let code, _, _) where code.hasPrefix("session.") {
            return false
        }
    }

    /// Yes or no to what stands between the gates and the form. A no that leaves nothing to ask ends the questions.
    public func answer(_ between: Between, _ yes: Bool) throws {
        switch between {
        case .quick:
            let next = try session.quickAnswered(anything: yes)
            if yes { try show(next) } else { try stop() }
        case .offer: try offered(yes)
        case .gender:
            try show(try session.offerGenderChoice(agreed: yes))
            genderRefused = !yes
        case .goOn: if yes { try show(try session.goOn()) } else { try stop() }
        }
    }

    private func offered(_ yes: Bool) throws {
        try session.answerOffer(accepted: yes)
        offers = false
        if finished != nil {
            if yes { try otherForm() } else { showResult() }
        } else if yes {
            try show(try session.page())
        } else {
            try stop()
        }
    }

    func showResult() {
        if let finished { over = .finished(finished.report, finished.services, offers: offers) }
    }

    /// After the result: the offer, where it is due.
    public func toOffer() throws { over = offer(try session.standing()) }

    /// Another form with the same person: what was found and agreed stays. Those for adults are the detailed ones.
    public func otherForm() throws {
        // What is about nobody begins a session of its own, and nothing follows it there.
        let isAlone = try session.standing().mode == .aboutNobody
        let forms = try isAlone ? [] : vault.forms().filter { !$0.isAboutNobody }
        over = .nextForm(forms.filter(\.adultsOnly) + forms.filter { !$0.adultsOnly })
    }

    public func openForm(_ form: FormSummary) throws {
        let next = try session.openForm(form: form.id)
        asksContact = form.id == contactForm
        typing.clear()
        over = nil
        finished = nil
        stopped = false
        try show(next)
    }

    /// Keeps what no consent covers for a reason in law; the core says which form can be kept so. A code, never a story.
    public func relyOn(_ basis: LegalBasis) throws {
        let reason =
            switch basis {
            case .vitalInterest: "life_or_health"
            case .bestInterests: "child"
            default: "seen"
            }
        try show(try session.relyOn(basis: basis, reason: reason))
    }

    public func language(_ name: String) throws {
        try show(try session.setLanguage(language: name))
        if pending != nil { pending?.questions = try session.urgentQuestions() }
        inDanger = try vault.dangerProtocol(language: tag)
    }

    /// Ends the questions at once. What consent does not cover is gone; the rest waits for the person's wish.
    public func stop(_ reason: StopReason = .stopped) throws {
        typing.clear()
        // The form before is sealed, and no other one is open.
        if finished != nil {
            offers = false
            return showResult()
        }
        over = nil
        pending = nil
        try session.stop(reason: reason)
        if try !session.isStored() { return try nothingKept() }
        stopped = true
        try show(try session.page())
    }

    public func finish() throws {
        let result = (report: try session.finish(), services: try services())
        offers = try session.standing().stage == .offer
        finished = result
        onSealed(false)
        showResult()
    }

    /// Leaves nothing of the interview anywhere.
    public func discard() throws { try nothingKept() }

    private func nothingKept() throws {
        try session.discard()
        typing.clear()
        pending = nil
        over = .nothingKept
    }
}
