import SwiftUI
import Wayside
import WaysideModel

@main
struct WaysideApp: App {
    @StateObject private var shell: Observed
    @Environment(\.scenePhase) private var phase

    init() {
        // Now and not with the first view: what the system wakes the app for has to be said before the launch is over.
        let host = Platform.host()
        _shell = StateObject(wrappedValue: Observed(Shell(host: host, language: Platform.language)))
    }

    var body: some Scene {
        WindowGroup {
            ZStack {
                RootView(shell: shell)
                // The system takes its picture for the list of apps now: it gets an empty one.
                if phase != .active { Color.wayside.ignoresSafeArea() }
            }
            .onChange(of: phase) { phase in
                switch phase {
                case .background: Platform.finishing { await shell.core.suspend() }
                case .active: shell.run { await $0.resume() }
                default: break
                }
            }
        }
    }
}

/// The shell's state for SwiftUI.
@MainActor
final class Observed: ObservableObject {
    @Published private(set) var state: ShellState
    let core: Shell

    init(_ core: Shell) {
        self.core = core
        state = core.state
        core.onChange = { [weak self] in self?.state = $0 }
    }

    /// Starts what a tap asks for.
    func run(_ call: @escaping @MainActor (Shell) async -> Void) {
        Task { await call(core) }
    }

    func ask(_ step: @escaping @Sendable (Interview) throws -> Void) { run { await $0.ask(step) } }
}

/// The screen that is shown, with the words and the direction of the interview's language.
struct RootView: View {
    @ObservedObject var shell: Observed
    @State private var isDangerShown = false

    /// The interview's, else the worker's.
    private var language: String {
        if case .asking(let view) = shell.state.screen { return view.language }
        return shell.state.language
    }

    private var words: Words { Words.of(language) }

    private var isAsking: Bool {
        if case .asking(let view) = shell.state.screen { return !view.step.isOver }
        return false
    }

    var body: some View {
        Group {
            if isDangerShown, let steps = shell.state.screen.inDanger {
                ProtocolScreen(shell: shell, words: words, steps: steps, asking: isAsking) { isDangerShown = false }
            } else {
                screen
            }
        }
        .environment(\.layoutDirection, isRightToLeft(language) ? .rightToLeft : .leftToRight)
        .onChange(of: shell.state.screen.inDanger == nil) { if $0 { isDangerShown = false } }
    }

    @ViewBuilder private var screen: some View {
        switch shell.state.screen {
        case .start(let view): StartScreen(shell: shell, words: words, view: view)
        case .forms(let view): FormsScreen(shell: shell, words: words, view: view, showDanger: showDanger)
        case .asking(let view): AskingScreen(shell: shell, words: words, view: view, showDanger: showDanger)
        case .queue(let view): QueueScreen(shell: shell, words: words, view: view, showDanger: showDanger)
        case .carry(let view): CarryScreen(shell: shell, words: words, view: view, showDanger: showDanger)
        case .give(let view): GiveScreen(shell: shell, words: words, view: view, showDanger: showDanger)
        case .work(let items, _): WorkScreen(shell: shell, words: words, items: items, showDanger: showDanger)
        case .case_(let view): CaseScreen(shell: shell, words: words, view: view, showDanger: showDanger)
        case .help(let asked, _): HelpScreen(shell: shell, words: words, asked: asked, showDanger: showDanger)
        case .phone(let view): PhoneScreen(shell: shell, words: words, view: view, showDanger: showDanger)
        }
    }

    private func showDanger() {
        shell.core.host.voice?.stop()
        isDangerShown = true
    }
}
