import SwiftUI
import Wayside
import WaysideModel

/// Nothing here says what the app is for: not even its name, which is the one it stands under among the others.
struct StartScreen: View {
    let shell: Observed
    let words: Words
    let view: StartView
    @State private var secret = ""
    @State private var record = ""

    private var enrols: Bool { view.chosen == .new }
    private var begins: Bool { view.chosen == .practice && !view.practice }
    private var complete: Bool { !secret.isEmpty && (!enrols || !record.isEmpty) && !shell.state.busy }

    var body: some View {
        Page(title: shell.core.host.looks.face, shell: shell, words: words) {
            EmptyView()
        } content: {
            if view.workers.count > 1 {
                Pick(options: view.workers, chosen: chosenFolder, id: "worker", label: { words.phone.worker(Int($0) ?? 0) }) { folder in
                    shell.run { await $0.choose(.worker(folder: folder)) }
                }
            }
            if enrols {
                Heading(words.start.record)
                TextField(words.start.recordHint, text: $record).discreet().accessibilityIdentifier("record")
                if shell.core.host.senses.kinds.contains(.picture) {
                    Wide(text: words.phone.scan, id: "scan", main: false, enabled: !shell.state.busy) {
                        shell.run { core in if let text = await core.host.senses.scan() { record = text } }
                    }
                }
            }
            if begins { Text(words.phone.practiceMeans) }
            Heading(words.start.secret)
            SecureField(words.start.secretHint, text: $secret).discreet().accessibilityIdentifier("secret")
            others
        } below: {
            Wide(text: enrols ? words.start.enrol : begins ? words.phone.makePractice : words.start.open, id: "open", enabled: complete) {
                let (record, secret, enrols) = (record, secret, enrols)
                self.secret = ""
                shell.run { enrols ? await $0.enrol(record: record, secret: secret) : await $0.unlock(secret: secret) }
            }
        }
    }

    private var chosenFolder: String? {
        if case .worker(let folder) = view.chosen { return folder }
        return nil
    }

    /// What else can be opened or made here.
    @ViewBuilder private var others: some View {
        if chosenFolder == nil, let first = view.workers.first {
            small(words.phone.worker(Int(first) ?? 0), "first-worker", .worker(folder: first))
        }
        if view.chosen != .new { small(words.phone.another, "another-worker", .new) }
        if view.chosen != .practice { small(words.phone.practice, "practice", .practice) }
    }

    private func small(_ text: String, _ id: String, _ chosen: Chosen) -> some View {
        Button(text) { shell.run { await $0.choose(chosen) } }.frame(minHeight: touchHeight).accessibilityIdentifier(id)
    }
}
