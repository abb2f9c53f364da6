package org.wayside.app.model

import org.wayside.core.KeyStore
import org.wayside.core.Transport

/** What the platform gives a shell. Everything else is the core's. */
class Host(
    /** A folder of the app's own that backups leave out. */
    val directory: String,
    val keys: KeyStore,
    /** A fresh way to the relay for each sync: an aborted one stays aborted. */
    val transport: () -> Transport,
    /** Minutes that local time is ahead of UTC. */
    val offsetMinutes: () -> Int,
)
