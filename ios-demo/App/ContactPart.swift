import SwiftUI
import Wayside
import WaysideModel

/// In which way a worker wants to contact a person; what was agreed for it stands there only once the core has allowed it now.
struct ContactPart: View {
    /// Where the answer of the core stands. On a small phone it would come below what is seen.
    static let answer = "contact-answer"

    let words: Words.Contact
    let by: Channel?
    let allowed: ContactView?
    let pick: @MainActor (Channel) -> Void

    var body: some View {
        Large(words.how)
        Pick(options: [.inPerson, .call, .message, .trusted], chosen: by, id: "by", label: way, pick: pick)
        if let allowed, allowed.channel == by {
            Notice(words.now).id(Self.answer)
            if let caller = allowed.caller { Text(who(caller)) }
            Large(allowed.codeWord.isEmpty ? words.noWord : words.codeWord(allowed.codeWord))
            Text(allowed.trustedMayAnswer ? words.trustedMay : words.onlyPerson)
            Text(otherwise(allowed.ifOther))
            if !allowed.story.isEmpty { Large(allowed.story) }
        }
    }

    private func way(_ by: Channel) -> String {
        switch by {
        case .inPerson: words.inPerson
        case .call: words.call
        case .message: words.message
        case .trusted: words.trusted
        }
    }

    private func who(_ caller: Caller) -> String {
        switch caller {
        case .sameWorker: words.sameWorker
        case .colleague: words.colleague
        case .chosenGender: words.chosenGender
        }
    }

    private func otherwise(_ other: IfOther) -> String {
        switch other {
        case .hangUp: words.hangUp
        case .wrongNumber: words.wrongNumber
        case .cover: words.cover
        }
    }
}
