import SwiftUI
import Wayside
import WaysideModel

/// Records on a stick or another phone, where there is no network: what goes, what comes, and what came of it.
struct FilePart: View {
    let shell: Observed
    let words: Words.ByFile
    let came: FileDone?
    let enabled: Bool

    private var canTap: Bool { enabled && !shell.state.busy }

    var body: some View {
        Heading(words.title)
        Text(words.holds)
        if let came { Notice(words.lines(came).joined(separator: "\n")) }
        if shell.core.host.saver != nil {
            Wide(text: words.save, id: "save-file", main: false, enabled: canTap) { shell.run { await $0.saveBundle() } }
        }
        if shell.core.host.senses.kinds.contains(.file) {
            Wide(text: words.take, id: "take-file", main: false, enabled: canTap) { shell.run { await $0.takeBundle() } }
        }
    }
}
