package org.wayside.app.model

import org.wayside.core.AuditEntry
import org.wayside.core.BorderReport
import org.wayside.core.ContactView
import org.wayside.core.DraftView
import org.wayside.core.FormSummary
import org.wayside.core.Missing
import org.wayside.core.QueueItem
import org.wayside.core.QueueStatus
import org.wayside.core.RetentionReport
import org.wayside.core.SyncProgress
import org.wayside.core.VaultStatus
import org.wayside.core.WorkItem

/** What is on the screen. Made of the core's records only, so that a test or a picture can make one. */
sealed interface Screen {
    /** What to do in danger at this site, step by step; nothing is known of it while the vault is shut. */
    val protocol: List<String>? get() = null

    /** Nothing is open. */
    data class Start(
        /** Folders of the workers' vaults on this phone. */
        val workers: List<String> = emptyList(),
        /** There is one for practice. */
        val practice: Boolean = false,
        val chosen: Chosen = Chosen.New,
    ) : Screen

    data class Forms(
        val forms: List<FormSummary>,
        val drafts: List<DraftView>,
        val queue: QueueStatus,
        override val protocol: List<String>,
        /** What keeps this phone from interviews. Until it is empty there is a leaflet and nothing else. */
        val missing: List<Missing> = emptyList(),
        val notices: Notices = Notices(),
        /** How many cases wait for the worker now. */
        val due: Int = 0,
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
        /** What came of a file that was saved or taken in. */
        val file: FileDone? = null,
    ) : Screen

    /** This phone carries for one nearby. */
    data class Carry(
        val at: Neighbour,
        /** The same for a camera. */
        val picture: Squares?,
        override val protocol: List<String>,
        /** What it has taken since this was opened. */
        val taken: Int = 0,
        val isOpen: Boolean = true,
    ) : Screen

    /** What waits here is given to a phone nearby that carries. */
    data class Give(
        override val protocol: List<String>,
        val sync: Sync = Sync.Idle,
        /** What that phone took, and what it had of the office. */
        val given: Int = 0,
        val received: Int = 0,
    ) : Screen

    /** The cases that are not closed. */
    data class Work(val items: List<WorkItem>, override val protocol: List<String>) : Screen

    /** One of them. */
    data class Case(
        val item: WorkItem,
        /** Codes of the others, one of which may be of the same person. */
        val others: List<String>,
        override val protocol: List<String>,
        val noted: Noted? = null,
        /** How the person may be contacted now, once that was asked and allowed. */
        val contact: ContactView? = null,
    ) : Screen

    /** The worker wants to be called. */
    data class Help(override val protocol: List<String>, val asked: Boolean = false) : Screen

    /** What a worker sets on this phone. */
    data class Phone(
        val device: VaultStatus,
        val part: Part,
        override val protocol: List<String>,
        val done: Done? = null,
        /** There is a vault for practice. */
        val practice: Boolean = false,
    ) : Screen
}

/** Which vault is to be opened, or made. */
sealed interface Chosen {
    data class Worker(val folder: String) : Chosen

    data object New : Chosen

    data object Practice : Chosen
}

/** What waits for a person. No timer takes what the office does not have. */
data class Notices(val retention: RetentionReport? = null, /** An older copy of the vault was put back. */ val oldCopy: Boolean = false)

/** What became of what was done to a case. Each is one of its own, so that the next can be told from it. */
class Noted(/** On its way to the office; otherwise it is on this phone only. */ val isSealed: Boolean)

/** A part of what is set on a phone. */
enum class Part { ALL, LANGUAGE, SECRET, BORDER, FACE, CHECK, PRACTICE }

/** What became of it. */
sealed interface Done {
    class Changed : Done

    data class Cleared(val report: BorderReport) : Done

    data class Checked(val log: List<AuditEntry>) : Done
}

/** How a sync stands. Only the queue says what HQ has. */
sealed interface Sync {
    data object Idle : Sync

    data class Running(val progress: SyncProgress?) : Sync

    /** `obstacle` is a code; without one everything was sent and fetched. */
    data class Ended(val obstacle: String?) : Sync
}

/** How a sync on this screen stands; nothing on one that shows none. */
internal val Screen.sync: Sync? get() = (this as? Screen.Queue)?.sync ?: (this as? Screen.Give)?.sync

internal fun Screen.with(sync: Sync): Screen = when (this) {
    is Screen.Queue -> copy(sync = sync)
    is Screen.Give -> copy(sync = sync)
    else -> this
}

data class ShellState(
    val screen: Screen,
    /** BCP 47 tag of the worker's language. */
    val language: String,
    /** A call is under way. */
    val busy: Boolean = false,
    val problem: Problem? = null,
    /** It is for training: every screen says so. */
    val practice: Boolean = false,
)
