import SwiftUI
import Wayside
import WaysideModel

/// On the screen of the queue: the two ways between this phone and one that stands beside it.
struct NearbyPart: View {
    let shell: Observed
    let words: Words.Nearby
    let enabled: Bool

    private var canTap: Bool { enabled && !shell.state.busy }

    var body: some View {
        Heading(words.title)
        Text(words.means)
        Wide(text: words.give, id: "give", main: false, enabled: canTap) { shell.run { await $0.showGive() } }
        Wide(text: words.carry, id: "carry", main: false, enabled: canTap) { shell.run { await $0.carry() } }
    }
}

/// This phone carries: what the colleague needs is large, since it is read from the other side of a table.
struct CarryScreen: View {
    let shell: Observed
    let words: Words
    let view: CarryView
    let showDanger: @MainActor () -> Void

    var body: some View {
        Page(title: words.nearby.carrying, shell: shell, words: words) {
            CornerButton(text: words.danger.open, id: "danger", action: showDanger)
        } content: {
            // Above the picture: by then it is read, and what matters now is that something came.
            if view.taken > 0 { Notice(words.nearby.taken(view.taken) + "\n" + words.nearby.goes) }
            if view.isOpen { shown } else { Notice(words.nearby.stopped) }
        } below: {
            if !view.isOpen { Wide(text: words.nearby.again, id: "again", enabled: !shell.state.busy) { shell.run { await $0.carry() } } }
            Wide(text: words.common.back, id: "back", main: false, enabled: !shell.state.busy) { shell.run { await $0.showQueue() } }
        }
        .onAppear { Platform.stayAwake(true) }
        .onDisappear { Platform.stayAwake(false) }
    }

    @ViewBuilder private var shown: some View {
        if let picture = view.picture { SquaresView(squares: picture) }
        Text(words.nearby.show)
        Text(words.nearby.address)
        exact(view.at.address, "address")
        Text(words.nearby.code)
        exact(view.at.groups, "code")
    }

    /// Letters and digits that read from left to right in every language.
    private func exact(_ text: String, _ id: String) -> some View {
        Large(text).environment(\.layoutDirection, .leftToRight).accessibilityIdentifier(id)
    }
}

/// Dark on light also in the dark: many readers know no other.
private struct SquaresView: View {
    let squares: Squares

    var body: some View {
        GeometryReader { place in
            let side = place.size.width / Double(squares.width)
            Path { path in
                for row in 0..<squares.width {
                    for column in 0..<squares.width where squares.isDark(column, row) {
                        // A little over its edge, or a light line shows between two.
                        path.addRect(CGRect(x: Double(column) * side, y: Double(row) * side, width: side + 0.5, height: side + 0.5))
                    }
                }
            }
            .fill(Color.black)
        }
        .aspectRatio(1, contentMode: .fit)
        .padding()
        .background(Color.white)
        .frame(maxWidth: 240)
        .accessibilityIdentifier("picture")
    }
}

/// What waits here is given to a phone nearby. It is on a colleague's phone then, and nowhere else.
struct GiveScreen: View {
    let shell: Observed
    let words: Words
    let view: GiveView
    let showDanger: @MainActor () -> Void
    @State private var to = Neighbour()

    private var isRunning: Bool {
        if case .running = view.sync { return true }
        return false
    }

    private var came: [String] { words.given(view) }
    private var isComplete: Bool { !to.address.isEmpty && !to.code.isEmpty }

    var body: some View {
        Page(title: words.nearby.give, inView: came.isEmpty ? nil : "came", shell: shell, words: words) {
            CornerButton(text: words.danger.open, id: "danger", action: showDanger)
        } content: {
            if !came.isEmpty { Notice(came.joined(separator: "\n")).id("came") }
            progress
            Text(words.nearby.look)
            if shell.core.host.senses.kinds.contains(.picture) {
                Wide(text: words.nearby.scan, id: "scan", main: false, enabled: !shell.state.busy) {
                    shell.run { core in if let found = await core.scanNeighbour() { to = found } }
                }
            }
            Heading(words.nearby.address)
            TextField(words.nearby.address, text: $to.address).discreet(.numbersAndPunctuation).accessibilityIdentifier("address")
            Heading(words.nearby.code)
            TextField(words.nearby.code, text: $to.code).discreet().accessibilityIdentifier("code")
        } below: {
            if isRunning {
                Wide(text: words.nearby.stop, id: "stop-giving") { shell.core.stopSync() }
            } else {
                Wide(text: words.nearby.giveNow, id: "give-now", enabled: isComplete && !shell.state.busy) {
                    let to = Neighbour(typedAddress: to.address, code: to.code)
                    shell.run { await $0.give(to: to) }
                }
            }
            Wide(text: words.common.back, id: "back", main: false, enabled: !shell.state.busy) { shell.run { await $0.showQueue() } }
        }
        .onAppear { Platform.stayAwake(true) }
        .onDisappear { Platform.stayAwake(false) }
    }

    @ViewBuilder private var progress: some View {
        switch view.sync {
        case .running(let progress?) where progress.total > 0:
            Text(words.nearby.progress(Int(progress.done), Int(progress.total)))
            ProgressView(value: Double(progress.done), total: Double(progress.total))
        case .running: ProgressView()
        case .idle, .ended: EmptyView()
        }
    }
}
