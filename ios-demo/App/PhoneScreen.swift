import SwiftUI
import Wayside
import WaysideModel

/// What a worker sets on this phone, one part a screen.
struct PhoneScreen: View {
    let shell: Observed
    let words: Words
    let view: PhoneView
    let showDanger: @MainActor () -> Void

    var body: some View {
        switch view.part {
        case .secret: SecretPart(shell: shell, words: words, view: view, showDanger: showDanger)
        case .border: BorderPart(shell: shell, words: words, view: view, showDanger: showDanger)
        case .practice: PracticePart(shell: shell, words: words, view: view, showDanger: showDanger)
        default: parts
        }
    }

    private var parts: some View {
        Page(title: words.title(view.part), shell: shell, words: words) {
            CornerButton(text: words.danger.open, id: "danger", action: showDanger)
        } content: {
            switch view.part {
            case .language:
                Pick(options: Words.all.map(\.tag), chosen: words.tag, id: "speak", label: { Words.of($0).name }) { tag in
                    shell.run { await $0.speak(tag) }
                }
            case .face:
                Text(words.phone.faceMeans)
                Pick(options: shell.core.host.looks.faces, chosen: shell.core.host.looks.face, id: "face", label: { $0 }) { face in
                    shell.run { await $0.wear(face) }
                }
            case .check: if case .checked(let log) = view.done { done(log) }
            default: all
            }
        } below: {
            Wide(text: words.common.back, id: "back", main: false, enabled: !shell.state.busy) {
                if view.part == .all { shell.run { await $0.showForms() } } else { shell.run { await $0.showPhone() } }
            }
        }
    }

    private var shown: [Part] {
        [.language, .secret, .border, .check] + (shell.core.host.looks.faces.count > 1 ? [.face] : [])
    }

    @ViewBuilder private var all: some View {
        if !view.device.site.isEmpty { Text("\(words.phone.site): \(view.device.site)") }
        if !view.device.role.isEmpty { Text("\(words.phone.role): \(view.device.role)") }
        ForEach(shown, id: \.self) { part in
            other(words.title(part), "part-\(part)") { if part == .check { await $0.check() } else { await $0.showPhone(part) } }
        }
        other(words.phone.another, "another-worker") { await $0.lock(.new) }
        if !shell.state.practice { other(words.phone.practice, "practice") { await $0.showPhone(.practice) } }
        other(words.phone.decoy, "decoy") { await $0.openDecoy() }
        Text(words.phone.decoyMeans)
    }

    /// What was done, the newest first: codes and hours, about nobody.
    @ViewBuilder private func done(_ log: [AuditEntry]) -> some View {
        Notice(words.phone.checked)
        Heading(words.phone.log)
        ForEach(log.suffix(50).reversed(), id: \.seq) { entry in
            Text("\(shell.core.hour(entry.hour)): \(entry.code)" + (entry.signed ? ", \(words.phone.signed)" : ""))
        }
    }

    private func other(_ text: String, _ id: String, _ call: @escaping @MainActor (Shell) async -> Void) -> some View {
        Wide(text: text, id: id, main: false, enabled: !shell.state.busy) { shell.run(call) }
    }
}

extension Words {
    func title(_ part: Part) -> String {
        switch part {
        case .all: phone.title
        case .language: phone.language
        case .secret: phone.secret
        case .border: phone.border
        case .face: phone.face
        case .check: phone.check
        case .practice: phone.practice
        }
    }
}

/// New secret words, and others for when a worker is forced.
private struct SecretPart: View {
    let shell: Observed
    let words: Words
    let view: PhoneView
    let showDanger: @MainActor () -> Void
    @State private var old = ""
    @State private var new = ""
    @State private var again = ""
    @State private var duress = ""
    @State private var wipes = false

    private var isComplete: Bool { !old.isEmpty && !new.isEmpty && new == again && !shell.state.busy }

    private var turn: UUID? {
        if case .changed(let turn) = view.done { return turn }
        return nil
    }

    var body: some View {
        Page(title: words.phone.secret, shell: shell, words: words) {
            CornerButton(text: words.danger.open, id: "danger", action: showDanger)
        } content: {
            if turn != nil { Notice(words.phone.changed) }
            field(words.phone.old, $old, "old")
            field(words.phone.new, $new, "new")
            field(words.phone.newAgain, $again, "again")
            if !again.isEmpty && new != again { ProblemText(words.phone.differ) }
            Heading(words.phone.duress)
            Text(words.phone.duressMeans)
            field(words.start.secret, $duress, "duress")
            if !duress.isEmpty {
                ChoiceRow(label: words.phone.duressWipes, chosen: wipes, many: true, id: "wipes") { wipes = !wipes }
            }
        } below: {
            Wide(text: words.phone.change, id: "do", enabled: isComplete) {
                let (old, new, duress, wipes) = (old, new, duress, wipes)
                shell.run { await $0.changeSecret(old: old, new: new, duress: duress, wipes: wipes) }
            }
            Wide(text: words.common.back, id: "back", main: false, enabled: !shell.state.busy) { shell.run { await $0.showPhone() } }
        }
        .onChange(of: turn) { _ in
            old = ""
            new = ""
            again = ""
            duress = ""
            wipes = false
        }
    }

    @ViewBuilder private func field(_ label: String, _ text: Binding<String>, _ id: String) -> some View {
        Text(label)
        SecureField("", text: text).discreet().accessibilityIdentifier(id)
    }
}

/// What is on the phone when somebody else may look at it.
private struct BorderPart: View {
    let shell: Observed
    let words: Words
    let view: PhoneView
    let showDanger: @MainActor () -> Void
    @State private var isSure = false

    var body: some View {
        Page(title: words.phone.border, shell: shell, words: words) {
            CornerButton(text: words.danger.open, id: "danger", action: showDanger)
        } content: {
            if case .cleared(let report) = view.done {
                Notice(report.sync.complete ? words.queue.allSent : words.queue.notAll)
                let sealed = report.queue.waiting + report.queue.handedOver + report.queue.quarantined
                Text(words.phone.stillHere(Int(report.drafts), Int(sealed)))
            }
            Text(words.phone.borderMeans)
            // Always possible, also while something else is under way.
            Wide(text: words.phone.destroy, id: "destroy", main: false) {
                if isSure { shell.run { await $0.destroy() } } else { isSure = true }
            }
            if isSure { ProblemText(words.phone.destroyMeans) }
        } below: {
            Wide(text: words.phone.clear, id: "clear", enabled: !shell.state.busy) { shell.run { await $0.clearForBorder() } }
            Wide(text: words.common.back, id: "back", main: false, enabled: !shell.state.busy) { shell.run { await $0.showPhone() } }
        }
    }
}

/// The words that open practice, which are others than the worker's own.
private struct PracticePart: View {
    let shell: Observed
    let words: Words
    let view: PhoneView
    let showDanger: @MainActor () -> Void
    @State private var secret = ""

    var body: some View {
        Page(title: words.phone.practice, shell: shell, words: words) {
            CornerButton(text: words.danger.open, id: "danger", action: showDanger)
        } content: {
            if !view.practice { Text(words.phone.practiceMeans) }
            Text(words.start.secret)
            SecureField("", text: $secret).discreet().accessibilityIdentifier("secret")
            Text(words.start.secretHint)
        } below: {
            let text = view.practice ? words.start.open : words.phone.makePractice
            Wide(text: text, id: "do", enabled: !secret.isEmpty && !shell.state.busy) {
                let typed = secret
                secret = ""
                shell.run { await $0.practise(secret: typed) }
            }
            Wide(text: words.common.back, id: "back", main: false, enabled: !shell.state.busy) { shell.run { await $0.showPhone() } }
        }
    }
}
