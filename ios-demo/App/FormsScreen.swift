import SwiftUI
import Wayside
import WaysideModel

struct FormsScreen: View {
    let shell: Observed
    let words: Words
    let view: FormsView

    private var onTheWay: UInt32 { view.queue.waiting + view.queue.handedOver + view.queue.quarantined }

    var body: some View {
        Page(title: words.forms.title, shell: shell, words: words) {
            Button(words.forms.lock) { shell.run { await $0.lock() } }.accessibilityIdentifier("lock")
        } content: {
            ForEach(view.forms, id: \.id) { form in
                Row(
                    title: form.title, note: form.adultsOnly ? words.forms.adultsOnly : "", action: words.forms.start,
                    id: "form-\(form.id)"
                ) {
                    shell.run { await $0.start(form) }
                }
            }
            if !view.drafts.isEmpty { Heading(words.forms.unfinished) }
            ForEach(view.drafts, id: \.id) { draft in
                Row(title: view.title(of: draft), note: "", action: words.forms.resume, id: "draft-\(draft.id)") {
                    shell.run { await $0.resume(draft) }
                }
            }
        } below: {
            Wide(text: "\(words.forms.queue) (\(onTheWay))", id: "queue") { shell.run { await $0.showQueue() } }
        }
    }

    private struct Row: View {
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
                    Text(action).foregroundColor(.wayside)
                }
                .padding()
                .frame(maxWidth: .infinity, minHeight: touchHeight, alignment: .leading)
                .overlay(RoundedRectangle(cornerRadius: 12).stroke(Color.wayside))
            }
            .accessibilityIdentifier(id)
        }
    }
}
