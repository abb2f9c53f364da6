import CoreImage
import CoreImage.CIFilterBuiltins
import WaysideModel

/// A text as dark and light squares, drawn by the system.
enum PhonePicture {
    static func squares(_ text: String) -> Squares? {
        let filter = CIFilter.qrCodeGenerator()
        filter.message = Data(text.utf8)
        filter.correctionLevel = "M"
        guard let image = filter.outputImage else { return nil }
        // One picture element is one square, with a light frame around them that the screen has of its own.
        let (whole, width) = (image.extent, Int(image.extent.width))
        var bytes = [UInt8](repeating: 255, count: width * width)
        CIContext().render(image, toBitmap: &bytes, rowBytes: width, bounds: whole, format: .L8, colorSpace: nil)
        return Squares(width: width, dark: bytes.map { $0 < 128 })
    }
}
