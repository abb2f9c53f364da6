package org.wayside.core

import kotlin.coroutines.CoroutineContext
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext

/**
 * As [Vault.sync], off the caller's thread. Cancelling the coroutine sets the token; the call is waited for, never abandoned,
 * and then the coroutine ends as cancelled.
 */
suspend fun Vault.syncing(
    transport: Transport, listener: ProgressListener? = null, on: CoroutineContext = Dispatchers.IO,
): SyncReport = tied(on) { token -> sync(transport, token, listener) }

/** As [Vault.clearForBorder], in the way of [syncing]. */
suspend fun Vault.clearingForBorder(
    transport: Transport, listener: ProgressListener? = null, on: CoroutineContext = Dispatchers.IO,
): BorderReport = tied(on) { token -> clearForBorder(transport, token, listener) }

/** As [OutboxSession.sync], in the way of [Vault.syncing]. */
suspend fun OutboxSession.syncing(
    transport: Transport, listener: ProgressListener? = null, on: CoroutineContext = Dispatchers.IO,
): SyncReport = tied(on) { token -> sync(transport, token, listener) }

/** Any other call, off the caller's thread. It is short and cannot be cancelled: a cancelled coroutine waits for it. */
suspend fun <T> blocking(on: CoroutineContext = Dispatchers.IO, call: () -> T): T =
    withContext(NonCancellable + on) { call() }

private suspend fun <T> tied(on: CoroutineContext, call: (CancelToken) -> T): T = CancelToken().use { token ->
    coroutineScope {
        // On a dispatcher of its own: the one of the call may have a single thread, and the call holds it.
        val watch = launch(Dispatchers.Default, CoroutineStart.UNDISPATCHED) {
            try {
                awaitCancellation()
            } finally {
                token.cancel()
            }
        }
        try {
            withContext(NonCancellable + on) { call(token) }
        } catch (e: FieldException) {
            // What a cancelled coroutine is told is that it was cancelled.
            currentCoroutineContext().ensureActive()
            throw e
        } finally {
            watch.cancel()
        }
    }
}
