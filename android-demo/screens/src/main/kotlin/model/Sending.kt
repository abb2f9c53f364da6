package org.wayside.app.model

import java.io.File
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import org.wayside.core.CancelToken
import org.wayside.core.FieldException
import org.wayside.core.OutboxSession
import org.wayside.core.ProgressListener
import org.wayside.core.SyncProgress

/** The sync that runs, so that it can be ended from another thread. */
internal class Link {
    private var running: CancelToken? = null

    fun <T> during(token: CancelToken, call: () -> T): T = try {
        synchronized(this) { running = token }
        call()
    } finally {
        synchronized(this) { running = null }
    }

    fun end() = synchronized(this) { running?.cancel() }
}

fun Shell.showQueue(): Job = act { queue(Sync.Idle) }

internal fun Shell.queue(sync: Sync, file: FileDone? = null): Screen {
    val vault = vault()
    return Screen.Queue(vault.status(), vault.queueStatus(), vault.queue(), vault.dangerProtocol(language), sync, file)
}

fun Shell.sync(): Job = act {
    CancelToken().use { token ->
        link.during(token) {
            running(null)
            val report = vault().sync(host.transport(), token, Listener(this))
            vault().applyRetention()
            queue(Sync.Ended(report.obstacle ?: if (report.complete) null else "cancelled"))
        }
    }
}

/** Ends a running sync; what was sent stays sent. */
fun Shell.stopSync(): Job = scope.launch(io) { link.end() }

internal fun Shell.running(progress: SyncProgress?) = shown.update { it.copy(screen = it.screen.with(Sync.Running(progress))) }

/** Comes on the thread of the sync, and must not throw: a thrown `Error` would vanish on its way. */
internal class Listener(private val shell: Shell) : ProgressListener {
    override fun onProgress(progress: SyncProgress) {
        shell.running(progress)
    }
}

/**
 * Sends what is sealed in the outboxes of all workers of the phone, also of those whose vault was destroyed, with every vault
 * shut: for the system's own time, when nobody is there. Blocks. True where nothing is left to do.
 */
fun sendLocked(host: Host, token: CancelToken): Boolean = File(host.directory).list().orEmpty().map { folder ->
    try {
        OutboxSession.open("${host.directory}/$folder").use { it.sync(host.transport(), token, null).complete }
    } catch (e: FieldException.Failed) {
        // Practice seals nothing to anybody. One worker's outbox must not keep the others waiting; what is in it stays.
        e.code == "vault.missing"
    }
}.all { it }
