import SwiftUI
import Wayside
import WaysideModel

/// Where the records are. "Handed over" never reads as if the office had opened it.
struct QueueScreen: View {
    let shell: Observed
    let words: Words
    let view: QueueView
    let showDanger: @MainActor () -> Void

    private var isRunning: Bool {
        if case .running = view.sync { return true }
        return false
    }

    private var hasOwn: Bool { view.status.waiting > 0 || view.status.handedOver > 0 || view.status.hqHasIt > 0 }
    private var isEmpty: Bool { !hasOwn && view.status.quarantined == 0 && view.status.carried == 0 }

    var body: some View {
        Page(title: words.queue.title, inView: view.file == nil ? nil : FilePart.result, shell: shell, words: words) {
            CornerButton(text: words.danger.open, id: "danger", action: showDanger)
        } content: {
            if view.device.revoked { ProblemText(words.queue.revoked) }
            if !view.device.confirmed {
                Text(words.queue.compare)
                Large(view.device.words)
            }
            counts
            sync
            // Practice has nothing that anybody waits for.
            if !view.device.training {
                if shell.core.host.nearby != nil { NearbyPart(shell: shell, words: words.nearby, enabled: !isRunning) }
                FilePart(shell: shell, words: words.byFile, came: view.file, enabled: !isRunning)
            }
        } below: {
            if isRunning {
                Wide(text: words.queue.stopSync, id: "stop-sync") { shell.core.stopSync() }
            } else {
                Wide(text: words.queue.sync, id: "sync") { shell.run { await $0.sync() } }
            }
            Wide(text: words.common.back, id: "back", main: false, enabled: !isRunning) { shell.run { await $0.showForms() } }
        }
    }

    @ViewBuilder private var counts: some View {
        if isEmpty { Text(words.queue.empty) }
        if hasOwn {
            count(words.queue.waiting, view.status.waiting, "waiting")
            ifAny(words.nearby.alsoThere, view.status.withNeighbour, "with-neighbour")
            count(words.queue.handedOver, view.status.handedOver, "handed-over")
            count(words.queue.hqHasIt, view.status.hqHasIt, "hq-has-it")
        }
        // Shown only when there is some: what is set aside is an alarm and not a count, and few phones carry for others.
        ifAny(words.queue.setAside, view.status.quarantined, "set-aside")
        ifAny(words.byFile.waiting, view.status.carried - view.status.carriedHandedOver, "carried")
        ifAny(words.byFile.handedOver, view.status.carriedHandedOver, "carried-handed-over")
    }

    @ViewBuilder private func ifAny(_ label: String, _ number: UInt32, _ id: String) -> some View {
        if number > 0 { count(label, number, id) }
    }

    private func count(_ label: String, _ number: UInt32, _ id: String) -> some View {
        HStack(spacing: 16) {
            Text(label).frame(maxWidth: .infinity, alignment: .leading)
            Text("\(number)").font(.title3)
        }
        .frame(minHeight: touchHeight)
        .accessibilityElement(children: .combine)
        .accessibilityIdentifier(id)
    }

    @ViewBuilder private var sync: some View {
        switch view.sync {
        case .idle: EmptyView()
        case .running(let progress?) where progress.total > 0:
            Text(words.queue.progress(Int(progress.done), Int(progress.total)))
            ProgressView(value: Double(progress.done), total: Double(progress.total))
        case .running: ProgressView()
        case .ended(nil): Text(words.queue.allSent)
        case .ended(let obstacle?):
            Text(words.queue.notAll)
            Text(words.problem(Problem(code: obstacle)))
        }
    }
}
