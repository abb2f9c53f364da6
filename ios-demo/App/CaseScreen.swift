import SwiftUI
import Wayside
import WaysideModel

/// What can be done to a case without reading it.
private enum Deed: CaseIterable, Hashable { case next, contact, correct, withdraw, erase, again, close }

/// A line, and for a referral its recipient.
private struct Taken: Hashable {
    let line: ConsentLine
    let recipient: String?
}

/// What is filled in; gone as soon as the screen is left.
private struct CaseForm {
    var action: NextAction?
    var days = "", text = ""
    var taken: Taken?
    var reason: ErasureReason?
    var again: String?
    var by: Channel?
    /// It was asked whether the person may be contacted so.
    var asked = false
}

/// One case: what to do next, and what is sealed to the office by its code.
struct CaseScreen: View {
    let shell: Observed
    let words: Words
    let view: CaseView
    let showDanger: @MainActor () -> Void
    @State private var deed: Deed?
    @State private var form = CaseForm()

    private var code: String { view.item.code }
    private var answer: String? { form.asked && view.contact != nil ? ContactPart.answer : nil }

    var body: some View {
        Page(title: deed.map(title) ?? code, above: deed == nil ? "" : code, inView: answer, shell: shell, words: words) {
            CornerButton(text: words.danger.open, id: "danger", action: showDanger)
        } content: {
            if let deed { fill(deed) } else { overview }
        } below: {
            if let deed {
                Wide(text: button(deed), id: "do", enabled: isReady(deed) && !shell.state.busy) { send(deed) }
            }
            Wide(text: words.common.back, id: "back", main: false, enabled: !shell.state.busy) {
                if deed == nil { shell.run { await $0.showWork() } } else { leave() }
            }
        }
        .onChange(of: view.noted) { _ in leave() }
    }

    private func leave() {
        deed = nil
        form = CaseForm()
    }

    @ViewBuilder private var overview: some View {
        if let noted = view.noted { Notice(noted.isSealed ? words.work.sealed : words.work.noted) }
        Text(words.planned(view.item, shell.core))
        ForEach(Deed.allCases.filter { $0 != .again || !view.others.isEmpty }, id: \.self) { one in
            Wide(text: title(one), id: "deed-\(one)", main: false, enabled: !shell.state.busy) { deed = one }
        }
    }

    @ViewBuilder private func fill(_ deed: Deed) -> some View {
        switch deed {
        case .next:
            Pick(options: [.checkReferral, .contact, .talkAgain, .none], chosen: form.action, id: "action", label: words.action) {
                form.action = $0
            }
            TextField(words.work.days, text: $form.days).discreet(.numberPad).accessibilityIdentifier("days")
        case .contact:
            // Only what was asked since this was opened: an hour ago it may have been safe.
            ContactPart(words: words.contact, by: form.by, allowed: form.asked ? view.contact : nil) {
                form.by = $0
                form.asked = false
            }
        case .correct:
            Text(words.work.correctText)
            TextField(words.work.withoutNames, text: $form.text).discreet().accessibilityIdentifier("correction")
        case .withdraw:
            Large(words.work.which)
            Pick(options: lines, chosen: form.taken, id: "line", label: said) { form.taken = $0 }
        case .erase:
            ProblemText(words.work.eraseMeans)
            Large(words.work.because)
            Pick(options: [.personAsked, .notCovered, .expired], chosen: form.reason, id: "reason", label: reason) {
                form.reason = $0
            }
        case .again:
            Large(words.work.againCode)
            Pick(options: view.others, chosen: form.again, id: "again", label: { $0 }) { form.again = $0 }
        case .close: Large(words.work.closeMeans)
        }
    }

    /// Every line a person can have agreed to; a referral by the services this case was referred to.
    private var lines: [Taken] {
        let plain: [ConsentLine] = [.c1, .c2, .c3, .c5, .c6, .c7, .c8, .c9]
        let recipients = view.item.referrals.map(\.recipient)
        return plain.map { Taken(line: $0, recipient: nil) } + Set(recipients).sorted().map { Taken(line: .c4, recipient: $0) }
    }

    private func said(_ taken: Taken) -> String {
        switch taken.line {
        case .c1: words.lines.talk
        case .c2: words.lines.record
        case .c3: words.lines.name
        case .c4: words.lines.refer(taken.recipient ?? "")
        case .c5: words.lines.contact
        case .c6: words.lines.statistics
        case .c7: words.lines.research
        case .c8: words.lines.authorities
        case .c9: words.lines.family
        }
    }

    private func reason(_ reason: ErasureReason) -> String {
        switch reason {
        case .personAsked: words.work.personAsked
        case .notCovered: words.work.notCovered
        case .expired: words.work.expired
        }
    }

    private func title(_ deed: Deed) -> String {
        switch deed {
        case .next: words.work.next
        case .contact: words.contact.title
        case .correct: words.work.correct
        case .withdraw: words.work.withdraw
        case .erase: words.work.erase
        case .again: words.work.again
        case .close: words.work.close
        }
    }

    private func button(_ deed: Deed) -> String {
        switch deed {
        case .next: words.work.note
        case .contact: words.contact.look
        case .close: words.work.close
        default: words.work.seal
        }
    }

    private func isReady(_ deed: Deed) -> Bool {
        switch deed {
        case .next: form.action != nil && number(form.days) != nil
        case .contact: form.by != nil
        case .correct: !form.text.allSatisfy(\.isWhitespace)
        case .withdraw: form.taken != nil
        case .erase: form.reason != nil
        case .again: form.again != nil
        case .close: true
        }
    }

    private func send(_ deed: Deed) {
        form.asked = true
        let (code, form) = (code, form)
        switch deed {
        case .next:
            guard let action = form.action, let days = number(form.days) else { return }
            shell.run { await $0.setNext(code, action, days: days) }
        case .contact:
            guard let by = form.by else { return }
            shell.run { await $0.contact(code, by: by) }
        case .close: shell.run { await $0.closeCase(code) }
        default:
            guard let request = request(deed, form) else { return }
            shell.run { await $0.request(code, request) }
        }
    }

    private func request(_ deed: Deed, _ form: CaseForm) -> CaseRequest? {
        switch deed {
        case .correct: .correction(text: form.text.trimmingCharacters(in: .whitespacesAndNewlines))
        case .withdraw: form.taken.map { .withdrawal(line: $0.line, recipient: $0.recipient) }
        case .erase: form.reason.map { .erasure(reason: $0) }
        case .again: form.again.map { .talkedAgain(again: $0) }
        case .next, .contact, .close: nil
        }
    }
}

/// One of several, each a row for a thumb.
struct Pick<Value: Hashable>: View {
    let options: [Value]
    let chosen: Value?
    let id: String
    let label: @MainActor (Value) -> String
    let pick: @MainActor (Value) -> Void

    var body: some View {
        ForEach(options, id: \.self) { value in
            ChoiceRow(label: label(value), chosen: value == chosen, many: false, id: "\(id)-\(value)") { pick(value) }
        }
    }
}
