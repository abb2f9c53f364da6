import CoreLocation
import UIKit
import UniformTypeIdentifiers
import VisionKit
import WaysideModel

/// What this phone can capture: what the camera sees goes into memory and never to the photos; a file is read where it is.
final class PhoneSenses: NSObject, Senses, @unchecked Sendable {
    /// Enough to read a document, small enough for a record.
    private static let widest: CGFloat = 1280
    private static let quality: CGFloat = 0.6
    private static let piece = 64 * 1024

    @MainActor private var picture: CheckedContinuation<UIImage?, Never>?
    @MainActor private var file: CheckedContinuation<URL?, Never>?
    @MainActor private var code: CheckedContinuation<String?, Never>?
    @MainActor private var place: CheckedContinuation<String?, Never>?
    @MainActor private lazy var places = CLLocationManager()

    var kinds: Set<CaptureKind> { UIImagePickerController.isSourceTypeAvailable(.camera) ? [.picture, .file] : [.file] }

    @MainActor private var top: UIViewController? {
        let scenes = UIApplication.shared.connectedScenes.compactMap { $0 as? UIWindowScene }
        return scenes.flatMap(\.windows).first { $0.isKeyWindow }?.rootViewController
    }

    @MainActor func capture(_ kind: CaptureKind, type: String) async -> Captured? {
        switch kind {
        case .picture: await takePicture()
        case .file: await chooseFile(type)
        case .sound, .film: nil
        }
    }

    @MainActor private func takePicture() async -> Captured? {
        guard let top else { return nil }
        let camera = UIImagePickerController()
        camera.sourceType = .camera
        camera.delegate = self
        let image = await withCheckedContinuation { waiting in
            picture = waiting
            top.present(camera, animated: true)
        }
        guard let image, let bytes = small(image).jpegData(compressionQuality: Self.quality) else { return nil }
        return Captured(ending: "jpg", next: pieces(InputStream(data: bytes)))
    }

    private func small(_ image: UIImage) -> UIImage {
        let scale = min(1, Self.widest / max(image.size.width, image.size.height))
        let size = CGSize(width: image.size.width * scale, height: image.size.height * scale)
        return UIGraphicsImageRenderer(size: size).image { _ in image.draw(in: CGRect(origin: .zero, size: size)) }
    }

    @MainActor private func chooseFile(_ type: String) async -> Captured? {
        guard let top else { return nil }
        let chooser = UIDocumentPickerViewController(forOpeningContentTypes: [takes(type)])
        chooser.delegate = self
        let chosen = await withCheckedContinuation { waiting in
            file = waiting
            top.present(chooser, animated: true)
        }
        guard let chosen, chosen.startAccessingSecurityScopedResource(), let stream = InputStream(url: chosen) else { return nil }
        let ending = String(chosen.pathExtension.filter { $0.isASCII && ($0.isLetter || $0.isNumber) }.prefix(5))
        return Captured(ending: ending.isEmpty ? "bin" : ending, next: pieces(stream) { chosen.stopAccessingSecurityScopedResource() })
    }

    /// What a form takes: one type, as `image/png`, or a family, as `image/*`, which is no type that the system knows.
    private func takes(_ type: String) -> UTType {
        if let known = UTType(mimeType: type), !known.isDynamic { return known }
        switch type.prefix(while: { $0 != "/" }) {
        case "image": return .image
        case "audio": return .audio
        case "video": return .movie
        default: return .item
        }
    }

    private func pieces(_ stream: InputStream, end: @escaping @Sendable () -> Void = {}) -> @Sendable () throws -> Data? {
        stream.open()
        nonisolated(unsafe) let source = stream
        return {
            var bytes = [UInt8](repeating: 0, count: Self.piece)
            let read = source.read(&bytes, maxLength: Self.piece)
            if read > 0 { return Data(bytes[..<read]) }
            source.close()
            end()
            if read < 0 { throw source.streamError ?? CocoaError(.fileReadUnknown) }
            return nil
        }
    }

    @MainActor func scan() async -> String? {
        guard let top, DataScannerViewController.isSupported, DataScannerViewController.isAvailable else { return nil }
        let scanner = DataScannerViewController(recognizedDataTypes: [.barcode()])
        scanner.delegate = self
        let text = await withCheckedContinuation { waiting in
            code = waiting
            top.present(scanner, animated: true) { try? scanner.startScanning() }
        }
        scanner.dismiss(animated: true)
        return text
    }

    @MainActor func position() async -> String? {
        places.delegate = self
        places.requestWhenInUseAuthorization()
        return await withCheckedContinuation { waiting in
            place = waiting
            places.requestLocation()
        }
    }

    @MainActor func png(_ drawing: Drawing) -> Data? {
        let size = CGSize(width: 600, height: 600 / drawing.ratio)
        return UIGraphicsImageRenderer(size: size).pngData { context in
            UIColor.white.setFill()
            context.fill(CGRect(origin: .zero, size: size))
            UIColor.black.setStroke()
            for stroke in drawing.strokes {
                let path = UIBezierPath()
                path.lineWidth = 4
                path.lineCapStyle = .round
                for (index, point) in stroke.enumerated() {
                    let at = CGPoint(x: point.x * size.width, y: point.y * size.height)
                    if index == 0 { path.move(to: at) } else { path.addLine(to: at) }
                }
                path.stroke()
            }
        }
    }
}

extension PhoneSenses: UIImagePickerControllerDelegate, UINavigationControllerDelegate {
    func imagePickerController(
        _ picker: UIImagePickerController, didFinishPickingMediaWithInfo info: [UIImagePickerController.InfoKey: Any]
    ) {
        picker.dismiss(animated: true)
        picture?.resume(returning: info[.originalImage] as? UIImage)
        picture = nil
    }

    func imagePickerControllerDidCancel(_ picker: UIImagePickerController) {
        picker.dismiss(animated: true)
        picture?.resume(returning: nil)
        picture = nil
    }
}

extension PhoneSenses: UIDocumentPickerDelegate {
    func documentPicker(_ controller: UIDocumentPickerViewController, didPickDocumentsAt urls: [URL]) {
        file?.resume(returning: urls.first)
        file = nil
    }

    func documentPickerWasCancelled(_ controller: UIDocumentPickerViewController) {
        file?.resume(returning: nil)
        file = nil
    }
}

extension PhoneSenses: DataScannerViewControllerDelegate {
    func dataScanner(_ scanner: DataScannerViewController, didAdd added: [RecognizedItem], allItems: [RecognizedItem]) {
        for case .barcode(let seen) in added {
            code?.resume(returning: seen.payloadStringValue)
            code = nil
        }
    }
}

extension PhoneSenses: CLLocationManagerDelegate {
    func locationManager(_ manager: CLLocationManager, didUpdateLocations locations: [CLLocation]) {
        let found = locations.last.map { at in
            "\(at.coordinate.latitude) \(at.coordinate.longitude) \(at.altitude) \(at.horizontalAccuracy)"
        }
        Task { @MainActor in
            place?.resume(returning: found)
            place = nil
        }
    }

    func locationManager(_ manager: CLLocationManager, didFailWithError error: any Error) {
        Task { @MainActor in
            place?.resume(returning: nil)
            place = nil
        }
    }
}
