import SwiftUI
import Wayside
import WaysideModel

extension Color {
    /// Quiet: nobody should wonder from afar what is being asked.
    static let wayside = Color(red: 0.18, green: 0.36, blue: 0.38)
}

/// Wide enough for a thumb in a hurry, wider than any guideline asks.
let touchHeight: CGFloat = 56

/// A screen: what scrolls, with its title, between what is always in reach above and below. A long title in large letters
/// must not take the place of the question.
struct Page<Corner: View, Content: View, Below: View>: View {
    let title: String
    var above = ""
    /// What has just come on this screen, by its id: it is scrolled to, whenever it is another one.
    var inView: String?
    let shell: Observed
    let words: Words
    @ViewBuilder let corner: Corner
    @ViewBuilder let content: Content
    @ViewBuilder let below: Below

    var body: some View {
        VStack(alignment: .leading, spacing: 0) {
            HStack(spacing: 12) {
                Spacer()
                corner
            }
            .padding()
            if shell.state.busy { ProgressView() }
            Divider()
            ScrollViewReader { scrolling in
                ScrollView {
                    VStack(alignment: .leading, spacing: 12) {
                        if shell.state.practice { Notice(words.notices.practice) }
                        if !above.isEmpty { Text(above).font(.subheadline) }
                        Text(title).font(.title2).accessibilityAddTraits(.isHeader)
                        content
                    }
                    .frame(maxWidth: .infinity, alignment: .leading)
                    .padding()
                }
                .onChange(of: inView) { if let id = $0 { scrolling.scrollTo(id, anchor: .top) } }
            }
            if let problem = shell.state.problem { ProblemText(words.problem(problem)).padding() }
            Divider()
            VStack(spacing: 8) { below }.padding()
        }
    }
}

struct ProblemText: View {
    let text: String

    init(_ text: String) { self.text = text }

    var body: some View {
        Text(text).foregroundColor(.red).accessibilityIdentifier("problem")
    }
}

/// What a worker reads aloud or looks for: large, since it is read at arm's length.
struct Large: View {
    let text: String

    init(_ text: String) { self.text = text }

    var body: some View { Text(text).font(.title3) }
}

struct Heading: View {
    let text: String

    init(_ text: String) { self.text = text }

    var body: some View { Text(text).font(.headline).accessibilityAddTraits(.isHeader) }
}

/// What became of something, or what must not be overlooked.
struct Notice: View {
    let text: String

    init(_ text: String) { self.text = text }

    var body: some View {
        Text(text)
            .padding()
            .frame(maxWidth: .infinity, alignment: .leading)
            .overlay(RoundedRectangle(cornerRadius: 12).stroke(Color.wayside))
            .accessibilityIdentifier("notice")
    }
}

/// What stands in the corner of a screen, always at the same place.
struct CornerButton: View {
    let text: String
    let id: String
    let action: @MainActor () -> Void

    var body: some View { Button(text, action: action).frame(minHeight: touchHeight).accessibilityIdentifier(id) }
}

/// A button as wide as the screen.
struct Wide: View {
    let text: String
    let id: String
    var main = true
    var enabled = true
    let action: @MainActor () -> Void

    var body: some View {
        Button(action: action) {
            Text(text)
                .frame(maxWidth: .infinity, minHeight: touchHeight)
                .foregroundColor(main ? .white : .wayside)
                .background(main ? Color.wayside : Color.clear)
                .overlay(RoundedRectangle(cornerRadius: 12).stroke(Color.wayside))
                .clipShape(RoundedRectangle(cornerRadius: 12))
        }
        .disabled(!enabled)
        .opacity(enabled ? 1 : 0.4)
        .accessibilityIdentifier(id)
    }
}

/// One choice: the whole row answers to a thumb, and says to a screen reader whether it is chosen.
struct ChoiceRow: View {
    let label: String
    let chosen: Bool
    let many: Bool
    let id: String
    let action: @MainActor () -> Void

    private var mark: String {
        switch (many, chosen) {
        case (true, true): "checkmark.square.fill"
        case (true, false): "square"
        case (false, true): "largecircle.fill.circle"
        case (false, false): "circle"
        }
    }

    var body: some View {
        Button(action: action) {
            HStack(spacing: 12) {
                Image(systemName: mark)
                Text(label).frame(maxWidth: .infinity, alignment: .leading)
            }
            .padding()
            .frame(minHeight: touchHeight)
            .overlay(RoundedRectangle(cornerRadius: 12).stroke(Color.wayside))
        }
        .accessibilityIdentifier(id)
        .accessibilityAddTraits(chosen ? [.isButton, .isSelected] : .isButton)
    }
}

extension View {
    /// A field that the keyboard is asked not to learn from.
    func discreet(_ keyboard: UIKeyboardType = .default) -> some View {
        self.textFieldStyle(.roundedBorder)
            .frame(minHeight: touchHeight)
            .keyboardType(keyboard)
            .autocorrectionDisabled()
            .textInputAutocapitalization(.never)
    }
}
