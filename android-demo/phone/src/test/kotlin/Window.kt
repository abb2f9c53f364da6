package org.wayside.app

import android.app.Activity
import android.graphics.Bitmap
import android.graphics.Canvas
import android.os.Looper
import android.os.SystemClock
import android.view.MotionEvent
import android.view.View
import android.view.ViewGroup
import androidx.compose.ui.node.RootForTest
import androidx.compose.ui.semantics.SemanticsActions
import androidx.compose.ui.semantics.SemanticsNode
import androidx.compose.ui.semantics.SemanticsProperties
import androidx.compose.ui.semantics.getOrNull
import androidx.compose.ui.text.AnnotatedString
import java.io.File
import java.time.Duration
import org.robolectric.Shadows.shadowOf

/** Calls of the core run on their own thread and come back by the main looper, which stands still until it is told. */
fun <T> until(what: String, find: () -> T?): T {
    val end = System.nanoTime() + 60_000_000_000
    while (System.nanoTime() < end) {
        // A frame at a time: what is drawn anew waits for the next one.
        shadowOf(Looper.getMainLooper()).idleFor(Duration.ofMillis(16))
        find()?.let { return it }
        Thread.sleep(10)
    }
    throw AssertionError("waited in vain for $what")
}

/** It and all that is in it. */
fun views(view: View): Sequence<View> = sequenceOf(view) +
    if (view is ViewGroup) (0 until view.childCount).asSequence().flatMap { views(view.getChildAt(it)) } else emptySequence()

/** What a person can do in a window of Android's own classes. */
class Window(private val activity: Activity) {
    private val root: View get() = activity.window.decorView

    private fun nodes(): Sequence<SemanticsNode> = views(root).filterIsInstance<RootForTest>()
        .flatMap { it.semanticsOwner.rootSemanticsNode.let(::all) }

    private fun all(node: SemanticsNode): List<SemanticsNode> = listOf(node) + node.children.flatMap(::all)

    fun find(tag: String): SemanticsNode? = nodes().firstOrNull { it.config.getOrNull(SemanticsProperties.TestTag) == tag }

    fun await(tag: String): SemanticsNode = until(tag) { find(tag) }

    /** A finger on what can be used now. */
    fun tap(tag: String) {
        val node = until("`$tag` to be usable") { find(tag)?.takeIf { SemanticsProperties.Disabled !in it.config } }
        val click = node.config.getOrNull(SemanticsActions.OnClick)
        val at = node.boundsInWindow.center
        if (at.y !in 0f..root.height.toFloat() || node.boundsInWindow.isEmpty) {
            // Scrolled out of sight: as a screen reader taps.
            checkNotNull(click?.action).invoke()
        } else {
            val time = SystemClock.uptimeMillis()
            for (action in intArrayOf(MotionEvent.ACTION_DOWN, MotionEvent.ACTION_UP)) {
                val event = MotionEvent.obtain(time, time + 50, action, at.x, at.y, 0)
                root.dispatchTouchEvent(event)
                event.recycle()
                shadowOf(Looper.getMainLooper()).idle()
            }
        }
        shadowOf(Looper.getMainLooper()).idle()
    }

    fun type(tag: String, text: String) {
        val set = await(tag).config.getOrNull(SemanticsActions.SetText)
        checkNotNull(set?.action).invoke(AnnotatedString(text))
        shadowOf(Looper.getMainLooper()).idle()
    }

    fun picture(name: String) {
        val folder = System.getProperty("wayside.pictures") ?: return
        val bitmap = Bitmap.createBitmap(root.width, root.height, Bitmap.Config.ARGB_8888)
        root.draw(Canvas(bitmap))
        File(folder).mkdirs()
        File(folder, "$name.png").outputStream().use { bitmap.compress(Bitmap.CompressFormat.PNG, 100, it) }
    }
}
