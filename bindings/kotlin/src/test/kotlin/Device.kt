package org.wayside.core

import java.io.File
import java.time.Instant
import kotlin.io.path.createTempDirectory

/** An enrolled device: a vault folder, its key store, and the vault while it is open. */
class Device(role: String? = null) : AutoCloseable {
    private val folder = createTempDirectory("wayside").toFile()
    var directory: String = File(folder, "vault").path
        private set
    val keys = MemoryKeys()

    /** With which it enrolled. */
    val record = Hq.enrolmentRecord(role)
    var vault: Vault = enrol(record)
        private set

    fun open(
        secret: String = SECRET, keys: KeyStore = this.keys, trainingClock: Instant? = null, lock: Boolean = true,
    ): Vault {
        if (lock) vault.lock()
        return replaceBy(Vault.open(OpenOptions(directory, trainingClock = trainingClock), secret, keys))
    }

    /** A vault for training in the folder beside, alone or with what this one has. */
    fun train(beside: Boolean, trainingClock: Instant) {
        val options = OpenOptions(File(folder, "training").path, trainingClock = trainingClock)
        val training = if (beside) vault.trainBeside(options, SECRET, keys) else Vault.train(options, SECRET, keys)
        goTo("training")
        replaceBy(training).installBuiltIn()
    }

    /** The vault of another worker on the same phone; the first is in `vault`. */
    fun worker(number: Int, trainingClock: Instant) {
        goTo(nameOf(number))
        val isNew = !vaultIsPresent(directory)
        if (isNew) replaceBy(enrol(Hq.enrolmentRecord()))
        open(trainingClock = trainingClock).installBuiltIn()
        if (isNew) makeReady()
    }

    /** The folder of another worker's vault on the same phone. */
    fun folderOf(number: Int): String = File(folder, nameOf(number)).path

    private fun nameOf(number: Int) = if (number == 1) "vault" else "vault$number"

    fun vaults(): List<String> = vaultsIn(folder.path)

    private fun enrol(record: String) = Vault.enrol(EnrolOptions(directory, record), SECRET, keys, Http())

    /** Makes a copy of the vault's files, the vault locked. */
    fun keepFiles() {
        vault.lock()
        copyAside()
    }

    /** Puts the copy back, as a restored backup does. */
    fun putFilesBack() {
        vault.lock()
        copyFiles(File("$directory.kept"), File(directory))
    }

    fun copyAside() = copyFiles(File(directory), File("$directory.kept"))

    /** All but the count of guesses: its own copy would make the worker wait for an hour first. */
    private fun copyFiles(from: File, to: File) {
        from.walk().filter { it.isFile && it.name != "guesses" }.forEach {
            it.copyTo(File(to, it.relativeTo(from).path), overwrite = true)
        }
    }

    private fun goTo(name: String) {
        vault.lock()
        directory = File(folder, name).path
    }

    private fun replaceBy(other: Vault): Vault {
        vault.close()
        vault = other
        return other
    }

    /** HQ confirms it, and it fetches what HQ has for it. */
    fun makeReady() {
        Hq.confirm(vault.status().device)
        sync()
        vault.applyReceived()
    }

    fun sync(listener: ProgressListener? = null): SyncReport =
        CancelToken().use { vault.sync(Http(), it, listener) }

    override fun close() {
        vault.lock()
        vault.close()
        folder.deleteRecursively()
    }
}
