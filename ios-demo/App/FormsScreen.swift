import SwiftUI
import Wayside
import WaysideModel

struct FormsScreen: View {
    let shell: Observed
    let words: Words
    let view: FormsView
    let showDanger: @MainActor () -> Void

    private var onTheWay: UInt32 { view.queue.waiting + view.queue.handedOver + view.queue.quarantined }

    var body: some View {
        Page(title: words.forms.title, shell: shell, words: words) {
            CornerButton(text: words.danger.open, id: "danger", action: showDanger)
            CornerButton(text: words.forms.lock, id: "lock") { shell.run { await $0.lock() } }
        } content: {
            waiting
            if view.missing.isEmpty { forms } else { notReady }
            Heading(words.notices.more)
            other(words.work.title + (view.due > 0 ? " (\(words.work.waiting(view.due)))" : ""), "work") { await $0.showWork() }
            other(words.help.title, "help") { await $0.showHelp() }
            other(words.phone.title, "phone") { await $0.showPhone() }
        } below: {
            Wide(text: "\(words.forms.queue) (\(onTheWay))", id: "queue") { shell.run { await $0.showQueue() } }
        }
    }

    private func other(_ text: String, _ id: String, _ call: @escaping @MainActor (Shell) async -> Void) -> some View {
        Wide(text: text, id: id, main: false, enabled: !shell.state.busy) { shell.run(call) }
    }

    /// What waits for a person; nothing of it goes by itself.
    @ViewBuilder private var waiting: some View {
        if view.notices.oldCopy {
            ProblemText(words.notices.oldCopy)
            other(words.notices.useCopy, "use-copy") { await $0.acceptOldCopy() }
        }
        if let report = view.notices.retention {
            if report.readingLocked { Notice(words.notices.readingLocked) }
            if !report.oldDrafts.isEmpty { Notice(words.notices.oldDrafts(report.oldDrafts.count)) }
            if !report.oldUnsent.isEmpty { Notice(words.notices.oldUnsent(report.oldUnsent.count)) }
        }
    }

    /// No question before there is somewhere to send a person to; what is missing, and what everybody may know.
    @ViewBuilder private var notReady: some View {
        Large(words.ready.title)
        ForEach(view.missing, id: \.self) { Text("•  \(said($0))") }
        Heading(words.ready.until)
        Large(words.ready.leaflet)
        // Nobody is talked to for them.
        ForEach(view.forms.filter(\.isAboutNobody), id: \.id) { begin($0) }
    }

    /// With what it is for, where HQ said so.
    private func begin(_ form: FormSummary) -> some View {
        FormRow(
            title: form.title, note: form.adultsOnly ? words.forms.adultsOnly : form.terms?.purpose ?? "",
            action: words.forms.start, id: "form-\(form.id)"
        ) {
            shell.run { await $0.start(form) }
        }
    }

    private func said(_ missing: Missing) -> String {
        switch missing {
        case .services: words.ready.services
        case .servicesExpired: words.ready.servicesExpired
        case .noService: words.ready.noService
        case .forms: words.ready.forms
        case .training: words.ready.training
        case .supervisor: words.ready.supervisor
        }
    }

    @ViewBuilder private var forms: some View {
        ForEach(view.forms, id: \.id) { begin($0) }
        if !view.drafts.isEmpty { Heading(words.forms.unfinished) }
        ForEach(view.drafts, id: \.id) { draft in
            FormRow(title: view.title(of: draft), note: "", action: words.forms.resume, id: "draft-\(draft.id)") {
                shell.run { await $0.resume(draft) }
            }
        }
    }
}

/// A form that can be begun or gone on with.
struct FormRow: View {
    let title: String
    let note: String
    let action: String
    let id: String
    let open: @MainActor () -> Void

    var body: some View {
        Button(action: open) {
            VStack(alignment: .leading, spacing: 4) {
                Text(title).font(.headline)
                if !note.isEmpty { Text(note).font(.subheadline) }
                if !action.isEmpty { Text(action).foregroundColor(.wayside) }
            }
            .padding()
            .frame(maxWidth: .infinity, minHeight: touchHeight, alignment: .leading)
            .overlay(RoundedRectangle(cornerRadius: 12).stroke(Color.wayside))
        }
        .accessibilityIdentifier(id)
    }
}
