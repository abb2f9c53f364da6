package org.wayside.app

import java.awt.BasicStroke
import java.awt.Color
import java.awt.RenderingHints
import java.awt.geom.Path2D
import java.awt.image.BufferedImage
import java.io.ByteArrayOutputStream
import javax.imageio.ImageIO
import org.wayside.app.model.Drawing

/** What was drawn as a picture, as the JVM draws. */
object Png {
    fun of(drawing: Drawing, width: Int = 600): ByteArray {
        val image = BufferedImage(width, (width / drawing.ratio).toInt(), BufferedImage.TYPE_BYTE_GRAY)
        image.createGraphics().run {
            color = Color.WHITE
            fillRect(0, 0, image.width, image.height)
            color = Color.BLACK
            stroke = BasicStroke(4f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND)
            setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON)
            drawing.strokes.forEach { stroke ->
                val path = Path2D.Float()
                stroke.forEachIndexed { index, (x, y) ->
                    val (left, top) = x * image.width to y * image.height
                    if (index == 0) path.moveTo(left, top) else path.lineTo(left, top)
                }
                draw(path)
            }
            dispose()
        }
        return ByteArrayOutputStream().also { check(ImageIO.write(image, "png", it)) }.toByteArray()
    }
}
