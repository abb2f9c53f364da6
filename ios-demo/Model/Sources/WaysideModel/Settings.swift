import Foundation
import Wayside

/// What a worker sets on this phone.
extension Shell {
    public func showPhone(_ part: Part = .all) async { await act { [opened] in try opened.phone(part) } }

    /// The language of everything but an interview.
    public func speak(_ tag: String) async {
        await act { [opened] in
            opened.host.looks.language = tag
            return try opened.phone(.language)
        }
    }

    /// How the app stands among others.
    public func wear(_ face: String) async {
        await act { [opened] in
            opened.host.looks.face = face
            return try opened.phone(.face)
        }
    }

    /// New secret words, and other ones for duress; blank for none.
    public func changeSecret(old: String, new: String, duress: String, wipes: Bool) async {
        await act { [opened] in
            let code = duress.isEmpty ? nil : DuressCode(secret: duress, wipes: wipes)
            try opened.vault().changeSecret(old: old, new: new, keys: opened.host.keys, duress: code)
            return try opened.phone(.secret, .changed(UUID()))
        }
    }

    /// What the duress words open, to be filled.
    public func openDecoy() async { await act { [opened] in try opened.openDecoy() } }

    /// Practice with what this worker has from the office.
    public func practise(secret: String) async { await act { [opened] in try opened.practise(secret) } }

    /// One sync, then everything that HQ has goes from here.
    public func clearForBorder() async {
        await linked { token, opened in
            let report = try opened.vault().clearForBorder(transport: opened.host.transport(), cancel: token, listener: nil)
            return try opened.phone(.border, .cleared(report))
        }
    }

    /// Destroys this vault at once, whatever else is under way. What is sealed stays, and stays sendable.
    public func destroy() async {
        // Not on the queue of the core, where it would wait for what is under way.
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { [opened] in
                opened.destroy()
                continuation.resume()
            }
        }
        await lock()
    }

    /// A person has looked at the older copy and goes on with it.
    public func acceptOldCopy() async {
        await act { [opened] in try opened.acceptOldCopy() }
    }

    /// Looks through everything, and shows what was done.
    public func check() async {
        await act { [opened] in
            try opened.vault().verify()
            return try opened.phone(.check, .checked(try opened.vault().audit()))
        }
    }
}
