package org.wayside.app.model

import org.wayside.core.DraftView
import org.wayside.core.FormSummary
import org.wayside.core.Missing
import org.wayside.core.QueueItem
import org.wayside.core.QueueStatus
import org.wayside.core.SyncProgress
import org.wayside.core.VaultStatus

/** What is on the screen. Made of the core's records only, so that a test or a picture can make one. */
sealed interface Screen {
    /** What to do in danger at this site, step by step; nothing is known of it while the vault is shut. */
    val protocol: List<String>? get() = null

    /** Nothing is open. */
    data class Start(val enrolled: Boolean) : Screen

    data class Forms(
        val forms: List<FormSummary>,
        val drafts: List<DraftView>,
        val queue: QueueStatus,
        override val protocol: List<String>,
        /** What keeps this phone from interviews. Until it is empty there is a leaflet and nothing else. */
        val missing: List<Missing> = emptyList(),
    ) : Screen

    data class Asking(val view: InterviewView) : Screen {
        override val protocol get() = view.protocol
    }

    data class Queue(
        val device: VaultStatus,
        val status: QueueStatus,
        val items: List<QueueItem>,
        override val protocol: List<String>,
        val sync: Sync = Sync.Idle,
    ) : Screen
}

/** How a sync stands. Only the queue says what HQ has. */
sealed interface Sync {
    data object Idle : Sync

    data class Running(val progress: SyncProgress?) : Sync

    /** `obstacle` is a code; without one everything was sent and fetched. */
    data class Ended(val obstacle: String?) : Sync
}

data class ShellState(
    val screen: Screen,
    /** A call is under way. */
    val busy: Boolean = false,
    val problem: Problem? = null,
)
