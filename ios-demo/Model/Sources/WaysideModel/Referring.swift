import Foundation
import Wayside

/// What can go with a referral, by the core's words for it.
public let referralFields = ["needs", "age", "language", "contact", "name", "summary"]

/// What only goes where the person agreed that it is kept at all.
private let naming: Set = ["contact", "name"]

/// What a worker fills in for a referral. In memory only.
public struct ReferralForm: Sendable {
    /// What goes with it, and its value; nothing goes by itself.
    public var fields: [String: String] = [:]
    public var wants = ""
    public var urgency: Urgency?
    public var handover: Handover?
    /// The person was told that the service may inform authorities.
    public var warned = false
    /// The person agrees that name and contact are kept.
    public var named = false

    public init() {}

    public var isNaming: Bool { fields.keys.contains(where: naming.contains) }

    /// What goes, in the order in which it is asked.
    public var chosen: [String] { referralFields.filter { fields[$0] != nil } }

    /// Whether the person can be asked now. Whether it may go the core says.
    public func isComplete(_ service: ServiceView) -> Bool {
        let isBlank = { (text: String) in text.allSatisfy(\.isWhitespace) }
        return !fields.isEmpty && !fields.values.contains(where: isBlank) && !isBlank(wants) && urgency != nil && handover != nil
            && (warned || service.reporting == .never) && (named || !isNaming)
    }

    func input(_ service: ServiceView) -> ReferralInput? {
        guard let urgency, let handover else { return nil }
        let trimmed = { (text: String) in text.trimmingCharacters(in: .whitespacesAndNewlines) }
        let sent = chosen.map { ReferralField(name: $0, value: trimmed(fields[$0] ?? "")) }
        return ReferralInput(
            recipient: service.code, urgency: urgency, handover: handover, wants: trimmed(wants), fields: sent, warned: warned)
    }
}

/// A referral: what goes, to whom, and that the person agrees to exactly that.
extension Interview {
    /// To the referral of the person to this service.
    public func toReferral(_ service: ServiceView) { over = .refer(service) }

    /// Back to the result.
    public func toResult() { showResult() }

    /// What the person said to exactly this referral. A yes sends it; a no is written down, and nothing goes.
    public func refer(_ service: ServiceView, _ form: ReferralForm, agrees: Bool) throws {
        guard let input = form.input(service) else { return }
        if agrees && form.isNaming {
            try session.consent(input: ConsentInput(line: .c3, value: .yes, by: .person, how: .oral))
        }
        try session.consent(
            input: ConsentInput(
                line: .c4, value: agrees ? .yes : .no, by: .person, how: .oral, recipient: service.code,
                dataSet: agrees ? form.chosen : nil))
        if !agrees { return showResult() }
        _ = try session.refer(input: input)
        onSealed(true)
        over = .referred(service)
    }

    /// The person does not want this service to know.
    public func withhold(_ service: ServiceView) throws {
        try session.withhold(from: service.code, reason: .other)
        showResult()
    }
}
