import UIKit
import WaysideModel

/// The system's own chooser of places. It takes a file and no bytes, so what is sealed lies in one until it is answered.
final class PhoneSaver: NSObject, Saver, @unchecked Sendable {
    @MainActor private var answer: CheckedContinuation<Bool, Never>?

    @MainActor func save(_ name: String, _ bytes: Data) async throws -> Bool {
        let files = FileManager.default
        let folder = files.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try files.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? files.removeItem(at: folder) }
        let file = folder.appendingPathComponent(name)
        try bytes.write(to: file, options: .completeFileProtection)
        let scenes = UIApplication.shared.connectedScenes.compactMap { $0 as? UIWindowScene }
        guard let top = scenes.flatMap(\.windows).first(where: \.isKeyWindow)?.rootViewController else { return false }
        let chooser = UIDocumentPickerViewController(forExporting: [file], asCopy: true)
        chooser.delegate = self
        return await withCheckedContinuation { waiting in
            answer = waiting
            top.present(chooser, animated: true)
        }
    }
}

extension PhoneSaver: UIDocumentPickerDelegate {
    func documentPicker(_ controller: UIDocumentPickerViewController, didPickDocumentsAt urls: [URL]) { end(!urls.isEmpty) }

    func documentPickerWasCancelled(_ controller: UIDocumentPickerViewController) { end(false) }

    @MainActor private func end(_ saved: Bool) {
        answer?.resume(returning: saved)
        answer = nil
    }
}
