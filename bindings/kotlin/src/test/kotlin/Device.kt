package org.wayside.core

import java.io.File
import java.time.Instant
import kotlin.io.path.createTempDirectory

/** An enrolled device: a vault folder, its key store, and the vault while it is open. */
class Device : AutoCloseable {
    private val folder = createTempDirectory("wayside").toFile()
    val directory: String = File(folder, "vault").path
    val keys = MemoryKeys()
    var vault: Vault = Vault.enrol(EnrolOptions(directory, Hq.enrolmentRecord()), SECRET, keys, Http())
        private set

    fun open(secret: String = SECRET, keys: KeyStore = this.keys, trainingClock: Instant? = null): Vault {
        vault.lock()
        val opened = Vault.open(OpenOptions(directory, trainingClock = trainingClock), secret, keys)
        vault.close()
        vault = opened
        return opened
    }

    fun sync(listener: ProgressListener? = null): SyncReport =
        CancelToken().use { vault.sync(Http(), it, listener) }

    override fun close() {
        vault.lock()
        vault.close()
        folder.deleteRecursively()
    }
}
