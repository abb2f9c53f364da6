package org.wayside.app

import java.io.IOException
import java.net.SocketTimeoutException
import javax.net.ssl.SSLException
import org.wayside.core.Transport
import org.wayside.core.TransportException
import org.wayside.core.WireRequest
import org.wayside.core.WireResponse

/** A way out that can be cut from another thread. One for each sync: once aborted it stays so. Logs nothing. */
abstract class AbortableTransport : Transport {
    private val lock = Any()
    private var end: (() -> Unit)? = null
    private var aborted = false

    /** Sends one request. What ends the wait for its answer is given to [onAbort] before anything waits. */
    protected abstract fun send(request: WireRequest): WireResponse

    protected fun onAbort(end: () -> Unit) = synchronized(lock) {
        if (aborted) throw TransportException.Cancelled()
        this.end = end
    }

    final override fun exchange(request: WireRequest): WireResponse = try {
        send(request)
    } catch (e: TransportException) {
        throw e
    } catch (e: Throwable) {
        // An `Error` would vanish on its way through the core, and the words of an exception must not cross.
        throw failure(e)
    }

    private fun failure(thrown: Throwable): TransportException = when {
        synchronized(lock) { aborted } -> TransportException.Cancelled()
        thrown is SocketTimeoutException -> TransportException.Timeout()
        thrown is SSLException -> TransportException.UntrustedPeer()
        thrown is IOException -> TransportException.NoPath()
        else -> TransportException.Unexpected()
    }

    /** Comes from another thread while `exchange` waits. */
    final override fun abort() {
        val now = synchronized(lock) {
            aborted = true
            end
        }
        now?.invoke()
    }
}
