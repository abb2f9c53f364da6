import SwiftUI
import Wayside
import WaysideModel

/// The cases by code: neither name, nor answer, nor outcome is on this phone any more.
struct WorkScreen: View {
    let shell: Observed
    let words: Words
    let items: [WorkItem]
    let showDanger: @MainActor () -> Void

    var body: some View {
        Page(title: words.work.title, shell: shell, words: words) {
            CornerButton(text: words.danger.open, id: "danger", action: showDanger)
        } content: {
            if items.isEmpty { Text(words.work.empty) }
            ForEach(items, id: \.code) { item in
                FormRow(title: item.code, note: words.planned(item, shell.core), action: "", id: "case-\(item.code)") {
                    shell.run { await $0.showCase(item.code) }
                }
            }
        } below: {
            Wide(text: words.common.back, id: "back", main: false, enabled: !shell.state.busy) { shell.run { await $0.showForms() } }
        }
    }
}

extension Words {
    /// What comes next, by when, and how referrals stand: a line each.
    @MainActor func planned(_ item: WorkItem, _ shell: Shell) -> String {
        var lines = [item.task.map(work.task) ?? action(item.action)]
        if item.isDue {
            lines.append(work.isDue)
        } else if item.task != nil || item.action != .none {
            lines.append(work.by(shell.day(item.due)))
        }
        return (lines + item.referrals.map(referral)).joined(separator: "\n")
    }

    func action(_ action: NextAction) -> String {
        switch action {
        case .checkReferral: work.checkReferral
        case .contact: work.contact
        case .talkAgain: work.talkAgain
        case .none: work.nothing
        }
    }

    private func referral(_ referral: ReferralView) -> String {
        let state =
            switch referral.state {
            case "sent": states.sent
            case "received": states.received
            case "accepted": states.accepted
            case "declined": states.declined
            case "started": states.started
            case "done": states.done
            case "failed": states.failed
            case "revoked": states.revoked
            // A word that is newer than this app: better than none.
            default: referral.state
            }
        return work.referral(referral.recipient, state)
    }
}

/// For the worker: nothing of a talk goes with it.
struct HelpScreen: View {
    let shell: Observed
    let words: Words
    let asked: Bool
    let showDanger: @MainActor () -> Void

    var body: some View {
        Page(title: words.help.title, shell: shell, words: words) {
            CornerButton(text: words.danger.open, id: "danger", action: showDanger)
        } content: {
            if asked { Notice(words.help.asked) }
            Large(words.help.after)
            Text(words.help.means)
            if !asked {
                Button(words.help.hard) { shell.run { await $0.askForHelp(asked: false) } }
                    .frame(minHeight: touchHeight)
                    .accessibilityIdentifier("say-hard")
            }
        } below: {
            let ready = !shell.state.busy
            if !asked {
                Wide(text: words.help.ask, id: "ask-help", enabled: ready) { shell.run { await $0.askForHelp(asked: true) } }
            }
            Wide(text: words.common.back, id: "back", main: false, enabled: ready) { shell.run { await $0.showForms() } }
        }
    }
}
