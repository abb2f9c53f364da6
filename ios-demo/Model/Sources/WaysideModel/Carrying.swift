import Foundation
import Wayside

/// This phone carries for one nearby.
public struct CarryView: Sendable {
    public let at: Neighbour
    /// The same for a camera.
    public let picture: Squares?
    public let inDanger: [String]
    /// What it has taken since this was opened.
    public internal(set) var taken = 0
    public internal(set) var isOpen = true
}

/// What waits here is given to a phone nearby that carries.
public struct GiveView: Sendable {
    public let inDanger: [String]
    public var sync = Sync.idle
    /// What that phone took, and what it had of the office.
    public var given = 0
    public var received = 0
}

/// This phone as the one that carries, for as long as its code is on the screen.
final class Carrying: @unchecked Sendable {
    let at: Neighbour
    private let door: Door
    private let session: CarrySession
    private let carriedBefore: UInt32
    private let heard: Heard

    init(_ session: CarrySession, _ nearby: Nearby, carriedBefore: UInt32, heard: Heard) throws {
        do {
            door = try nearby.open { request in
                let answer = try session.answer(request: request)
                if (200...299).contains(answer.status) { heard.note(isTaken: request.method == .put) }
                return answer
            }
        } catch {
            throw FieldError.Failed(code: "nearby.network", retryable: true, place: .nowhere)
        }
        at = Neighbour(address: door.address, code: try session.code())
        self.session = session
        self.carriedBefore = carriedBefore
        self.heard = heard
    }

    func taken(_ carried: UInt32) -> Int { Int(carried) - Int(min(carried, carriedBefore)) }

    /// Seconds since a phone that knows the code was here. Whoever does not know it does not keep the door open.
    var quiet: TimeInterval { heard.quiet }

    func shut() { door.shut() }
}

/// When a phone that knows the code was last here, and who wants to hear that something came in.
final class Heard: @unchecked Sendable {
    private let lock = NSLock()
    private var last = ProcessInfo.processInfo.systemUptime
    private let came: @Sendable () -> Void

    init(_ came: @escaping @Sendable () -> Void) { self.came = came }

    func note(isTaken: Bool) {
        lock.withLock { last = ProcessInfo.processInfo.systemUptime }
        if isTaken { came() }
    }

    var quiet: TimeInterval { lock.withLock { ProcessInfo.processInfo.systemUptime - last } }
}

extension Shell {
    /// Carries for phones nearby until the screen is left, or nobody has come for some minutes.
    public func carry() async {
        guard let nearby = host.nearby, !state.busy else { return }
        let heard = Heard { [weak self] in Task { @MainActor in await self?.count() } }
        await act { [opened] in try opened.carry(nearby, heard) }
        if let carrying = opened.carrying { Task { [weak self] in await self?.watch(carrying) } }
    }

    private func watch(_ carrying: Carrying) async {
        while opened.carrying === carrying {
            let left = patience - carrying.quiet
            if left > 0 {
                try? await Task.sleep(nanoseconds: UInt64(left * 1_000_000_000) + 1_000_000)
            } else {
                await act(waits: true) { [opened] in
                    if opened.carrying === carrying { opened.stopCarrying() }
                    return nil
                }
                showShut()
            }
        }
    }

    /// Says on the screen that nothing more is taken, where that is so.
    func showShut() {
        guard opened.carrying == nil, case .carry(var view) = state.screen else { return }
        view.isOpen = false
        state.screen = .carry(view)
    }

    /// Something of another phone may have come in.
    private func count() async {
        let counted = await onQueue { [opened] in try opened.taken() }
        guard case .success(let taken?) = counted, case .carry(var view) = state.screen else { return }
        if view.taken == 0, taken > 0 { host.onSealed(false) }
        view.taken = taken
        state.screen = .carry(view)
    }

    public func showGive() async { await act { [opened] in .give(GiveView(inDanger: try opened.inDanger())) } }

    /// Reads the picture on the other phone.
    public func scanNeighbour() async -> Neighbour? {
        guard let text = await host.senses.scan() else { return nil }
        let neighbour = Neighbour(read: text)
        if neighbour == nil { state.problem = Problem(code: "nearby.scan") }
        return neighbour
    }

    /// Gives everything that waits here to a phone nearby, and takes in what it has of the office. All of it goes on waiting here.
    public func give(to neighbour: Neighbour) async {
        guard let nearby = host.nearby else { return }
        await linked { [weak self] token, opened in
            let report = try opened.vault().syncWithNeighbour(
                address: "http://\(neighbour.address)", code: neighbour.code, transport: nearby.transport(), cancel: token,
                listener: Listener { self?.running($0) })
            let sync = Sync.ended(obstacle: report.obstacle ?? (report.complete ? nil : "cancelled"))
            return .give(
                GiveView(
                    inDanger: try opened.inDanger(), sync: sync, given: Int(report.withNeighbour),
                    received: Int(report.received)))
        }
    }
}

extension Words {
    /// What came of it, a line each. Another phone is on the way, and neither the relay nor the office.
    public func given(_ view: GiveView) -> [String] {
        guard case .ended(let obstacle) = view.sync else { return [] }
        var lines = view.given > 0 ? [nearby.given(view.given), nearby.stays] : obstacle == nil ? [nearby.nothing] : []
        if view.received > 0 { lines.append(byFile.fromOffice(view.received)) }
        if let obstacle { lines += [nearby.notAll, nearby(Problem(code: obstacle))] }
        return lines
    }
}
