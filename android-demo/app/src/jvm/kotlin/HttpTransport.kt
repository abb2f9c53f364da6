package org.wayside.app

import java.io.IOException
import java.net.SocketTimeoutException
import java.util.concurrent.TimeUnit
import javax.net.ssl.SSLException
import okhttp3.Call
import okhttp3.ConnectionPool
import okhttp3.OkHttpClient
import okhttp3.Request
import okhttp3.RequestBody.Companion.toRequestBody
import org.wayside.core.HttpMethod
import org.wayside.core.Transport
import org.wayside.core.TransportException
import org.wayside.core.WireRequest
import org.wayside.core.WireResponse

/** The way to the relay. One for each sync: once aborted it stays so. Logs nothing and keeps nothing on disk. */
class HttpTransport(private val client: OkHttpClient = link) : Transport {
    private val lock = Any()
    private var running: Call? = null
    private var aborted = false

    override fun exchange(request: WireRequest): WireResponse = try {
        val call = client.newCall(toHttp(request))
        synchronized(lock) {
            if (aborted) throw TransportException.Cancelled()
            running = call
        }
        call.execute().use { response ->
            WireResponse(
                response.code.toUShort(),
                response.header("Content-Type").orEmpty(),
                response.header("Retry-After")?.toUIntOrNull(),
                response.body.bytes(),
            )
        }
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
    override fun abort() {
        val call = synchronized(lock) {
            aborted = true
            running
        }
        call?.cancel()
    }

    private fun toHttp(request: WireRequest): Request {
        val builder = Request.Builder().url(request.url)
        request.headers.forEach { builder.header(it.name, it.value) }
        val body = request.body.toRequestBody(null)
        return when (request.method) {
            HttpMethod.GET -> builder.get()
            HttpMethod.PUT -> builder.put(body)
            HttpMethod.POST -> builder.post(body)
        }.build()
    }

    private companion object {
        /** Only a captive portal sends redirects; a body sent twice by itself would spoil the count of tries. */
        val link: OkHttpClient = OkHttpClient.Builder()
            .followRedirects(false)
            .followSslRedirects(false)
            .retryOnConnectionFailure(false)
            // A link that lay idle may be gone without a word, and nothing is sent twice to find out.
            .connectionPool(ConnectionPool(2, 5, TimeUnit.SECONDS))
            .connectTimeout(20, TimeUnit.SECONDS)
            .readTimeout(30, TimeUnit.SECONDS)
            .writeTimeout(30, TimeUnit.SECONDS)
            .build()
    }
}
