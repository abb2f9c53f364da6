import Foundation
import Wayside

/// What a worker keeps of finished interviews, by code.
extension Shell {
    public func showWork() async { await act { [opened] in try opened.work() } }

    public func showCase(_ code: String) async { await act { [opened] in try opened.case_(code, nil) } }

    /// Sets what to do next for a case.
    public func setNext(_ code: String, _ action: NextAction, days: Int) async {
        await act { [opened] in
            let due = Date(timeIntervalSinceNow: Double(days) * 86_400)
            try opened.vault().setNext(code: code, action: action, due: due)
            return try opened.case_(code, Noted(isSealed: false))
        }
    }

    /// How to contact the person now, in this way, if the person agreed to it. Nothing of it is known before the core says yes.
    public func contact(_ code: String, by: Channel) async {
        guard case .case_(var before) = state.screen else { return }
        // What was allowed in another way, or at another hour, must not stand beside a refusal.
        before.contact = nil
        state.screen = .case_(before)
        await act { [opened, noted = before.noted] in
            try opened.case_(code, noted, try opened.vault().contact(code: code, by: by))
        }
    }

    /// Seals something to HQ by the code of a case. The record itself is not opened: this phone cannot.
    public func request(_ code: String, _ request: CaseRequest) async {
        await act { [opened] in
            _ = try opened.vault().request(code: code, request: request)
            switch request {
            case .withdrawal, .erasure: opened.host.onSealed(true)
            default: opened.host.onSealed(false)
            }
            return try opened.case_(code, Noted(isSealed: true))
        }
    }

    /// Takes a case off the list. What HQ holds stays.
    public func closeCase(_ code: String) async {
        await act { [opened] in
            try opened.vault().closeCase(code: code)
            return try opened.work()
        }
    }

    public func showHelp() async { await act { [opened] in .help(asked: false, inDanger: try opened.inDanger()) } }

    /// Asks the supervisor for a call, or says only that a talk was hard.
    public func askForHelp(asked: Bool) async {
        await act { [opened] in
            _ = try opened.vault().askForHelp(asked: asked)
            opened.host.onSealed(asked)
            return .help(asked: true, inDanger: try opened.inDanger())
        }
    }

    /// The day of a moment where the phone is, as `2026-11-30`.
    public func day(_ at: Date) -> String { String(local(at).prefix { $0 != "T" }) }

    /// An hour since 1970 where the phone is, as `2026-11-30 14:00`.
    public func hour(_ hours: Int64) -> String {
        local(Date(timeIntervalSince1970: Double(hours) * 3600)).prefix(13).replacingOccurrences(of: "T", with: " ") + ":00"
    }

    private func local(_ at: Date) -> String {
        ISO8601DateFormatter().string(from: at.addingTimeInterval(Double(host.offsetMinutes()) * 60))
    }
}
