package org.wayside.app.ui

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.material3.LinearProgressIndicator
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import org.wayside.app.model.Problem
import org.wayside.app.model.Screen
import org.wayside.app.model.Shell
import org.wayside.app.model.Sync
import org.wayside.app.model.stopSync
import org.wayside.app.model.sync
import org.wayside.core.QueueStatus

/** Where the records are. "Handed over" never reads as if the office had opened it. */
@Composable
internal fun QueueScreen(screen: Screen.Queue, problem: String?, shell: Shell, showDanger: () -> Unit) {
    val words = LocalWords.current
    val running = screen.sync is Sync.Running
    Page(
        id = "queue",
        title = words.queue.title,
        corner = { Danger(showDanger) },
        problem = problem,
        below = {
            Below {
                Halves { half ->
                    Other(words.common.back, "back", half, !running) { shell.showForms() }
                    if (running) {
                        Main(words.queue.stopSync, "stop-sync", half) { shell.stopSync() }
                    } else {
                        Main(words.queue.sync, "sync", half) { shell.sync() }
                    }
                }
            }
        },
    ) {
        if (screen.device.revoked) Problem(words.queue.revoked)
        if (!screen.device.confirmed) {
            Said(words.queue.compare)
            Large(screen.device.words)
        }
        Counts(screen.status)
        SyncLine(screen.sync)
        // Practice has nothing that anybody waits for.
        if (!screen.device.training) {
            if (shell.host.nearby != null) NearbyPart(running, shell)
            FilePart(screen.file, running, shell)
        }
    }
}

@Composable
private fun Counts(status: QueueStatus) {
    val words = LocalWords.current.queue
    val byFile = LocalWords.current.byFile
    val own = listOfNotNull(
        Triple(words.waiting, status.waiting, "waiting"),
        Triple(LocalWords.current.nearby.alsoThere, status.withNeighbour, "with-neighbour").takeIf { status.withNeighbour > 0u },
        Triple(words.handedOver, status.handedOver, "handed-over"),
        Triple(words.hqHasIt, status.hqHasIt, "hq-has-it"),
    )
    // Shown only when there is some: what is set aside is an alarm and not a count, and few phones carry for others.
    val more = listOf(
        Triple(words.setAside, status.quarantined, "set-aside"),
        Triple(byFile.waiting, status.carried - status.carriedHandedOver, "carried"),
        Triple(byFile.handedOver, status.carriedHandedOver, "carried-handed-over"),
    ).filter { (_, count) -> count > 0u }
    val shown = own.takeIf { rows -> rows.any { (_, count) -> count > 0u } }.orEmpty() + more
    if (shown.isEmpty()) return Said(words.empty)
    shown.forEach { (label, count, tag) ->
        Row(
            Modifier.fillMaxWidth().heightIn(min = touchHeight).testTag(tag).semantics(mergeDescendants = true) {},
            horizontalArrangement = Arrangement.spacedBy(16.dp),
            verticalAlignment = Alignment.CenterVertically,
        ) {
            Text(label, Modifier.weight(1f), style = MaterialTheme.typography.bodyLarge)
            Text(count.toString(), style = MaterialTheme.typography.headlineSmall)
        }
    }
}

@Composable
private fun SyncLine(sync: Sync) {
    val words = LocalWords.current
    when (sync) {
        is Sync.Idle -> {}
        is Sync.Running -> {
            val progress = sync.progress
            if (progress == null || progress.total == 0u) {
                LinearProgressIndicator(Modifier.fillMaxWidth())
            } else {
                Said(words.queue.progress(progress.done.toInt(), progress.total.toInt()))
                LinearProgressIndicator({ progress.done.toFloat() / progress.total.toFloat() }, Modifier.fillMaxWidth())
            }
        }
        is Sync.Ended -> when (val obstacle = sync.obstacle) {
            null -> Said(words.queue.allSent)
            else -> {
                Said(words.queue.notAll)
                Said(words.problem(Problem(obstacle)))
            }
        }
    }
}
