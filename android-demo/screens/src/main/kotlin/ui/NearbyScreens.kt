package org.wayside.app.ui

import androidx.compose.foundation.Canvas
import androidx.compose.foundation.background
import androidx.compose.foundation.layout.aspectRatio
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.widthIn
import androidx.compose.material3.LinearProgressIndicator
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.geometry.Offset
import androidx.compose.ui.geometry.Size
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.drawscope.DrawScope
import androidx.compose.ui.keepScreenOn
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.text.style.TextDirection
import androidx.compose.ui.unit.dp
import org.wayside.app.model.CaptureKind
import org.wayside.app.model.Neighbour
import org.wayside.app.model.Problem
import org.wayside.app.model.Screen
import org.wayside.app.model.Shell
import org.wayside.app.model.Squares
import org.wayside.app.model.Sync
import org.wayside.app.model.carry
import org.wayside.app.model.give
import org.wayside.app.model.given
import org.wayside.app.model.scanNeighbour
import org.wayside.app.model.showGive
import org.wayside.app.model.showQueue
import org.wayside.app.model.stopSync

/** On the screen of the queue: the two ways between this phone and one that stands beside it. */
@Composable
internal fun NearbyPart(busy: Boolean, shell: Shell) {
    val words = LocalWords.current.nearby
    Heading(words.title)
    Said(words.means)
    Other(words.give, "give", Modifier.fillMaxWidth(), !busy) { shell.showGive() }
    Other(words.carry, "carry", Modifier.fillMaxWidth(), !busy) { shell.carry() }
}

/** This phone carries: what the colleague needs is large, since it is read from the other side of a table. */
@Composable
internal fun CarryScreen(screen: Screen.Carry, busy: Boolean, problem: String?, shell: Shell, showDanger: () -> Unit) {
    val words = LocalWords.current
    Page(
        id = screen.at,
        title = words.nearby.carrying,
        corner = { Danger(showDanger) },
        busy = busy,
        problem = problem,
        below = {
            Below {
                if (!screen.isOpen) Main(words.nearby.again, "again", Modifier.fillMaxWidth(), !busy) { shell.carry() }
                Other(words.common.back, "back", Modifier.fillMaxWidth(), !busy) { shell.showQueue() }
            }
        },
    ) {
        // Above the picture: by then it is read, and what matters now is that something came.
        if (screen.taken > 0) Notice(words.nearby.taken(screen.taken) + "\n" + words.nearby.goes)
        if (screen.isOpen) {
            screen.picture?.let { Picture(it) }
            Said(words.nearby.show)
            Said(words.nearby.address)
            Exact(screen.at.address, "address")
            Said(words.nearby.code)
            Exact(screen.at.code.chunked(4).joinToString(" "), "code")
        } else {
            Notice(words.nearby.stopped)
        }
    }
}

/** Letters and digits that read from left to right in every language. */
@Composable
private fun Exact(text: String, tag: String) = Text(
    text, Modifier.testTag(tag),
    style = MaterialTheme.typography.headlineSmall.copy(textDirection = TextDirection.Ltr),
)

/** Dark on light also in the dark: many readers know no other. The phone stays awake as long as it is shown. */
@Composable
private fun Picture(squares: Squares) = InView(squares, Modifier.testTag("picture").keepScreenOn().widthIn(max = 240.dp)) {
    Canvas(Modifier.fillMaxWidth().aspectRatio(1f).background(Color.White).padding(16.dp)) { draw(squares) }
}

private fun DrawScope.draw(squares: Squares) {
    val side = size.width / squares.width
    for (row in 0 until squares.width) for (column in 0 until squares.width) {
        // A little over its edge, or a light line shows between two.
        if (squares.isDark(column, row)) drawRect(Color.Black, Offset(column * side, row * side), Size(side + 0.5f, side + 0.5f))
    }
}

/** What waits here is given to a phone nearby. It is on a colleague's phone then, and nowhere else. */
@Composable
internal fun GiveScreen(screen: Screen.Give, busy: Boolean, problem: String?, shell: Shell, showDanger: () -> Unit) {
    val words = LocalWords.current
    var to by remember { mutableStateOf(Neighbour("", "")) }
    val running = screen.sync as? Sync.Running
    val complete = to.address.isNotBlank() && to.code.isNotBlank()
    Page(
        // What came of it is said at the top.
        id = "give" to (screen.sync is Sync.Ended),
        title = words.nearby.give,
        corner = { Danger(showDanger) },
        // Why it ended stands above already, in words for two phones.
        problem = problem.takeIf { it != (screen.sync as? Sync.Ended)?.obstacle?.let { code -> words.problem(Problem(code)) } },
        below = {
            Below {
                Halves { half ->
                    Other(words.common.back, "back", half, !busy) { shell.showQueue() }
                    if (running != null) {
                        Main(words.nearby.stop, "stop-giving", half) { shell.stopSync() }
                    } else {
                        Main(words.nearby.giveNow, "give-now", half, complete && !busy) { shell.give(Neighbour.typed(to.address, to.code)) }
                    }
                }
            }
        },
    ) {
        words.given(screen).takeIf { it.isNotEmpty() }?.let { Notice(it.joinToString("\n")) }
        if (running != null) Progress(running)
        Said(words.nearby.look)
        if (CaptureKind.PICTURE in shell.host.senses.kinds) {
            Other(words.nearby.scan, "scan", Modifier.fillMaxWidth(), !busy) { shell.scanNeighbour { to = it } }
        }
        Field(to.address, { to = to.copy(address = it) }, words.nearby.address, "", "address")
        Field(to.code, { to = to.copy(code = it) }, words.nearby.code, "", "code")
    }
}

@Composable
private fun Progress(sync: Sync.Running) {
    val progress = sync.progress
    if (progress == null || progress.total == 0u) return LinearProgressIndicator(Modifier.fillMaxWidth().keepScreenOn())
    Said(LocalWords.current.nearby.progress(progress.done.toInt(), progress.total.toInt()))
    LinearProgressIndicator({ progress.done.toFloat() / progress.total.toFloat() }, Modifier.fillMaxWidth().keepScreenOn())
}
