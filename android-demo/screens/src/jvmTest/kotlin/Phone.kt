package org.wayside.app

import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.ui.geometry.Size
import androidx.compose.ui.graphics.asSkiaBitmap
import androidx.compose.ui.platform.LocalDensity
import androidx.compose.ui.semantics.SemanticsActions
import androidx.compose.ui.semantics.SemanticsNode
import androidx.compose.ui.semantics.SemanticsProperties
import androidx.compose.ui.semantics.getOrNull
import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.SemanticsNodeInteraction
import androidx.compose.ui.test.SkikoComposeUiTest
import androidx.compose.ui.test.captureToImage
import androidx.compose.ui.test.hasClickAction
import androidx.compose.ui.test.onAllNodesWithTag
import androidx.compose.ui.test.onNodeWithTag
import androidx.compose.ui.test.onRoot
import androidx.compose.ui.test.performClick
import androidx.compose.ui.test.performScrollTo
import androidx.compose.ui.test.v2.runSkikoComposeUiTest
import androidx.compose.ui.text.TextLayoutResult
import androidx.compose.ui.unit.Density
import java.io.File
import org.jetbrains.skia.EncodedImageFormat
import org.jetbrains.skia.Image
import org.wayside.app.model.Screen
import org.wayside.app.model.Step
import org.wayside.app.ui.WaysideApp

private const val PIXELS = 2f

/** A phone's screen: its size in dp, its font scale, its mode. */
data class Device(val width: Int = 360, val height: Int = 700, val font: Float = 1f, val dark: Boolean = false)

/** Shows the app of this field on a screen of that size. */
@OptIn(ExperimentalTestApi::class)
fun onPhone(field: Field, device: Device = Device(), test: Phone.() -> Unit) {
    val size = Size(device.width * PIXELS, device.height * PIXELS)
    val density = Density(PIXELS, device.font)
    runSkikoComposeUiTest(size, density) {
        setContent { CompositionLocalProvider(LocalDensity provides density) { WaysideApp(field.shell, device.dark) } }
        Phone(this, field).test()
    }
}

/** What a person can do with a screen, and what can be seen of it. */
@OptIn(ExperimentalTestApi::class)
class Phone(val ui: SkikoComposeUiTest, private val field: Field? = null) {
    /** What is asked, while an interview is on the screen. */
    fun step(): Step? = (field?.screen as? Screen.Asking)?.view?.step

    /** Calls of the core run on their own thread, of which Compose's idling knows nothing. */
    fun await(tag: String): SemanticsNodeInteraction {
        ui.waitUntil("`$tag` is on the screen", 30_000) { ui.onAllNodesWithTag(tag).fetchSemanticsNodes().isNotEmpty() }
        return ui.onNodeWithTag(tag)
    }

    /** Waits until nothing is under way and the button can be used. */
    fun tap(tag: String) {
        await(tag)
        ui.waitUntil("`$tag` can be tapped", 30_000) {
            val node = ui.onAllNodesWithTag(tag).fetchSemanticsNodes().singleOrNull()
            node != null && SemanticsProperties.Disabled !in node.config
        }
        val node = ui.onNodeWithTag(tag)
        runCatching { node.performScrollTo() }
        node.performClick()
        ui.waitForIdle()
    }

    fun picture(name: String) {
        ui.waitForIdle()
        val bitmap = ui.onRoot().captureToImage().asSkiaBitmap()
        val png = checkNotNull(Image.makeFromBitmap(bitmap).encodeToData(EncodedImageFormat.PNG))
        val folder = File(System.getProperty("wayside.pictures")).apply { mkdirs() }
        File(folder, "$name.png").writeBytes(png.bytes)
    }

    /** Everything that can be tapped and is lower or narrower than a thumb needs, in dp. */
    fun tooSmall(least: Float = 48f): List<String> = clickable().mapNotNull { node ->
        val (width, height) = node.size.width / PIXELS to node.size.height / PIXELS
        if (width < least || height < least) "${node.config.getOrNull(SemanticsProperties.TestTag)} ${width}x$height" else null
    }

    /** Everything that is written on the screen. */
    fun texts(): List<String> = all(ui.onRoot().fetchSemanticsNode()).flatMap { it.config.getOrNull(SemanticsProperties.Text).orEmpty() }.map { it.text }

    /** Words that do not fit the place they have. */
    fun cut(): List<String> = all(ui.onRoot().fetchSemanticsNode()).mapNotNull { node ->
        val layouts = mutableListOf<TextLayoutResult>()
        node.config.getOrNull(SemanticsActions.GetTextLayoutResult)?.action?.invoke(layouts)
        layouts.firstOrNull(::isCut)?.layoutInput?.text?.text
    }

    /** A line of letters that is wider than its place, or lines that are higher, by more than rounding. */
    private fun isCut(layout: TextLayoutResult): Boolean = layout.multiParagraph.didExceedMaxLines ||
        layout.multiParagraph.height > layout.size.height + 1 ||
        (0 until layout.lineCount).any { layout.getLineRight(it) - layout.getLineLeft(it) > layout.size.width + 1 }

    private fun clickable() = ui.onAllNodes(hasClickAction()).fetchSemanticsNodes()

    private fun all(node: SemanticsNode): List<SemanticsNode> = listOf(node) + node.children.flatMap(::all)
}
