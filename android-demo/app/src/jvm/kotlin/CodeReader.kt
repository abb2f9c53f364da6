package org.wayside.app

import com.google.zxing.BinaryBitmap
import com.google.zxing.MultiFormatReader
import com.google.zxing.NotFoundException
import com.google.zxing.PlanarYUVLuminanceSource
import com.google.zxing.common.HybridBinarizer

/** The text of a code in a picture's brightness, row after row. Holds nothing. */
object CodeReader {
    fun read(brightness: ByteArray, rowLength: Int, width: Int, height: Int): String? {
        // The last row of a camera's picture may be shorter than the others.
        val rows = if (brightness.size < rowLength * height) height - 1 else height
        val source = PlanarYUVLuminanceSource(brightness, rowLength, rows, 0, 0, width, rows, false)
        return try {
            MultiFormatReader().decode(BinaryBitmap(HybridBinarizer(source))).text
        } catch (_: NotFoundException) {
            null
        }
    }
}
