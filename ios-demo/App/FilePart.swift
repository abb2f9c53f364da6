import SwiftUI
import Wayside
import WaysideModel

/// Records on a stick or another phone, where there is no network: what goes, what comes, and what came of it.
struct FilePart: View {
    /// What came of a file stands below what is seen.
    static let result = "file-result"

    let shell: Observed
    let words: Words.ByFile
    let came: FileDone?
    let enabled: Bool

    private var saves: Bool { shell.core.host.saver != nil }
    private var takes: Bool { shell.core.host.senses.kinds.contains(.file) }
    private var canTap: Bool { enabled && !shell.state.busy }

    var body: some View {
        if saves || takes {
            Heading(words.title)
            Text(words.holds)
        }
        if let came { Notice(words.lines(came).joined(separator: "\n")).id(Self.result) }
        if saves {
            Wide(text: words.save, id: "save-file", main: false, enabled: canTap) { shell.run { await $0.saveBundle() } }
        }
        if takes {
            Wide(text: words.take, id: "take-file", main: false, enabled: canTap) { shell.run { await $0.takeBundle() } }
        }
    }
}
