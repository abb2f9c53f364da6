import SwiftUI
import Wayside
import WaysideModel

/// Words as the person reads them, with a button to hear them where there is sound, and the worker's own words below.
struct Heard<Content: View>: View {
    let prompt: PromptView?
    let id: String
    let shell: Observed
    let words: Words
    @ViewBuilder let content: Content

    private var gloss: String? { prompt?.gloss(for: shell.state.language) }

    var body: some View {
        VStack(alignment: .leading, spacing: 4) {
            HStack(spacing: 8) {
                content
                if let prompt, prompt.hasAudio, shell.core.host.voice != nil { play(prompt) }
            }
            if let gloss { Text(gloss).font(.subheadline).accessibilityIdentifier("\(id)-gloss") }
        }
    }

    /// Never played by itself: a voice in a quiet room gives a talk away.
    private func play(_ prompt: PromptView) -> some View {
        Button {
            shell.run { await $0.listen(prompt) }
        } label: {
            Image(systemName: "play.fill")
                .frame(minWidth: touchHeight, minHeight: touchHeight)
                .overlay(RoundedRectangle(cornerRadius: 12).stroke(Color.wayside))
        }
        .accessibilityLabel(words.media.listen(prompt.text))
        .accessibilityIdentifier("\(id)-play")
    }
}
