package org.wayside.app.model

import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import kotlinx.coroutines.sync.withLock
import kotlinx.coroutines.withContext
import org.wayside.core.EnrolOptions
import org.wayside.core.FieldException
import org.wayside.core.OpenOptions
import org.wayside.core.Vault
import org.wayside.core.sweepVault
import org.wayside.core.vaultIsPresent
import org.wayside.core.vaultsIn

/** The folder of the vault for practice. Those of workers are numbered. */
private const val PRACTICE = "practice"

private fun Host.path(folder: String) = "$directory/$folder"

/** Folders that hold a vault; where the folder above cannot be read, none is known. */
internal fun vaults(host: Host): List<String> = try {
    vaultsIn(host.directory)
} catch (_: FieldException.Failed) {
    emptyList()
}

/** What to show while nothing is open. */
internal fun start(host: Host, chosen: Chosen? = null): Screen.Start {
    val folders = vaults(host)
    val workers = folders - PRACTICE
    return Screen.Start(workers, PRACTICE in folders, chosen ?: workers.firstOrNull()?.let { Chosen.Worker(it) } ?: Chosen.New)
}

/** Says whose vault the secret is for. */
fun Shell.choose(chosen: Chosen): Job = act { start(host, chosen) }

/** Makes the vault of a worker from the text of an enrolment record. */
fun Shell.enrol(record: String, secret: String): Job = act {
    val folder = free(host)
    val options = EnrolOptions(host.path(folder), record.trim(), host.offsetMinutes())
    opened(Vault.enrol(options, secret, host.keys, host.transport())).also { opened.chosen = Chosen.Worker(folder) }
}

/** A folder in which nothing of a vault lies, whole or not. */
private fun free(host: Host): String =
    generateSequence(1) { it + 1 }.map { "$it" }.first { !vaultIsPresent(host.path(it)) }

/** Opens the vault that was chosen. */
fun Shell.unlock(secret: String): Job = act {
    val chosen = (shown.value.screen as? Screen.Start)?.chosen
    opened.chosen = chosen
    when (chosen) {
        is Chosen.Worker -> opened(open(host.path(chosen.folder), secret))
        is Chosen.Practice -> opened(practice(secret, null))
        else -> shown.value.screen
    }
}

private fun Shell.open(path: String, secret: String): Vault {
    // Ends a wipe that was begun; takes nothing where none was.
    sweepVault(path, host.keys)
    return Vault.open(OpenOptions(path, host.offsetMinutes()), secret, host.keys)
}

/** The vault for practice, with what the worker's own open one has now; without one as it is, or made with invented services. */
internal fun Shell.practice(secret: String, own: Vault?): Vault {
    val path = host.path(PRACTICE)
    val options = OpenOptions(path, host.offsetMinutes())
    sweepVault(path, host.keys)
    return when {
        own != null -> own.trainBeside(options, secret, host.keys)
        vaultIsPresent(path) -> open(path, secret)
        else -> Vault.train(options, secret, host.keys)
    }
}

internal fun practises(host: Host) = PRACTICE in vaults(host)

internal fun Shell.opened(vault: Vault): Screen {
    opened.vault = vault
    val status = vault.status()
    opened.practice = status.training
    // Nothing is written before a person has looked at an older copy.
    if (!status.rolledBack) vault.installBuiltIn()
    lookThrough(vault)
    return forms(vault)
}

/** Looks through everything once the forms are shown: it may take a second, and nobody waits for it. */
private fun Shell.lookThrough(vault: Vault) = scope.launch {
    turn.withLock {
        val found = withContext(io) { runCatching { if (opened.vault === vault) vault.verify() } }.exceptionOrNull()
        if (found is FieldException.Failed) shown.update { it.copy(problem = Problem.of(found)) }
    }
}

internal fun Shell.forms(vault: Vault): Screen {
    val oldCopy = vault.status().rolledBack
    return Screen.Forms(
        vault.forms(), vault.drafts(), vault.queueStatus(), vault.dangerProtocol(language), vault.readiness(),
        // Nothing is let go before a person has looked at an older copy.
        Notices(if (oldCopy) null else vault.applyRetention(), oldCopy),
        vault.workList().count { it.isDue },
    )
}

/** A person has looked at the older copy and goes on with it. */
fun Shell.acceptOldCopy(): Job = act { vault().run { acceptRollback(); opened(this) } }

/** Before the system may freeze the app: no write is under way and no file locked. Twice is fine. */
fun Shell.suspend(): Job = act(waits = true) { stopped().also { opened.vault?.suspend() } }

fun Shell.resume(): Job = act(waits = true) { shown.value.screen.also { opened.vault?.resume() } }

/** Ends use of the vault now. Drafts stay as they were after the last step. */
fun Shell.lock(chosen: Chosen? = null): Job {
    stopSync()
    return act(waits = true) {
        opened.run {
            interview?.close()
            listOfNotNull(vault, own).forEach { it.lock(); it.close() }
            interview = null
            vault = null
            own = null
            practice = false
        }
        start(host, chosen ?: opened.chosen)
    }
}
