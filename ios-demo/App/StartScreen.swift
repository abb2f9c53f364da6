import SwiftUI
import WaysideModel

/// Nothing here says what the app is for.
struct StartScreen: View {
    let shell: Observed
    let words: Words
    let enrolled: Bool
    @State private var secret = ""
    @State private var record = ""

    private var complete: Bool { !secret.isEmpty && (enrolled || !record.isEmpty) && !shell.state.busy }

    var body: some View {
        Page(title: "Wayside", shell: shell, words: words) {
            EmptyView()
        } content: {
            if !enrolled {
                Heading(words.start.record)
                TextField(words.start.recordHint, text: $record).discreet().accessibilityIdentifier("record")
            }
            Heading(words.start.secret)
            SecureField(words.start.secretHint, text: $secret).discreet().accessibilityIdentifier("secret")
        } below: {
            Wide(text: enrolled ? words.start.open : words.start.enrol, id: "open", enabled: complete) {
                let (record, secret) = (record, secret)
                self.secret = ""
                shell.run { enrolled ? await $0.unlock(secret: secret) : await $0.enrol(record: record, secret: secret) }
            }
        }
    }
}
