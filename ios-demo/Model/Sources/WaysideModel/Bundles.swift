import Foundation
import Wayside

/// What the file is called: nothing, to whoever sees it lie somewhere.
private let fileName = "data.bin"

/// A file that is taken in is held in memory as a whole; a phone carries no more than an eighth of this for others.
private let most = 64 * 1024 * 1024

/// What came of a file.
public enum FileDone: Sendable {
    case saved
    case taken(BundleReport)
}

extension Shell {
    /// Puts all that HQ has not confirmed, sealed as it is, into a file where the person chooses. Nothing counts as sent by it.
    public func saveBundle() async {
        guard let saver = host.saver, !state.busy else { return }
        let exported = Exported()
        await act { [opened] in
            exported.bytes = try opened.vault().exportBundle()
            return try opened.queue(.idle)
        }
        // Nothing where the core refused; why is on the screen then.
        guard let bytes = exported.bytes else { return }
        let saved = try? await saver.save(fileName, bytes)
        await act(waits: true) { [opened] in
            guard let saved else { throw FieldError.Failed(code: "storage.io", retryable: true, place: .nowhere) }
            return try opened.queue(.idle, saved ? .saved : nil)
        }
    }

    /// Takes in a file that the office or another phone wrote. What cannot be verified is refused by the core and changes
    /// nothing.
    public func takeBundle() async {
        guard let file = await host.senses.capture(.file, type: "") else { return }
        await act(waits: true) { [opened] in
            let report = try opened.vault().importBundle(bytes: try whole(file))
            if report.carried > 0 { opened.host.onSealed(false) }
            return try opened.queue(.idle, .taken(report))
        }
    }
}

/// Written on the queue of the core, read once that call is over.
private final class Exported: @unchecked Sendable { var bytes: Data? }

private func whole(_ file: Captured) throws -> Data {
    var bytes = Data()
    do {
        while bytes.count <= most, let piece = try file.next() { bytes.append(piece) }
    } catch {
        // A stick that was pulled out: half of a file is no reason to say what was in it.
        throw FieldError.Failed(code: "storage.io", retryable: true, place: .nowhere)
    }
    if bytes.count > most { throw FieldError.Failed(code: "carry.full", retryable: false, place: .nowhere) }
    return bytes
}

extension Words.ByFile {
    /// What came of a file, a line each. Nowhere does it say that the office has something: only the queue does.
    public func lines(_ came: FileDone) -> [String] {
        guard case .taken(let report) = came else { return [saved] }
        let counts = [
            (report.received, fromOffice), (report.carried, carriedFor), (report.released, givenUp), (report.known, wasHere),
        ]
        let taken =
            counts.filter { $0.0 > 0 }.map { $0.1(Int($0.0)) } + report.refused.map { notTaken(Int($0.count), $0.code) }
        return (report.complete ? [] : [cutOff]) + (taken.isEmpty ? [nothing] : taken)
    }
}
