package org.wayside.core

import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpResponse
import java.net.http.HttpTimeoutException
import java.security.SecureRandom
import java.time.Duration
import java.util.concurrent.CancellationException
import java.util.concurrent.CompletableFuture
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.ExecutionException
import javax.crypto.Mac
import javax.crypto.spec.SecretKeySpec

const val SECRET = "river copper window meadow candle thirty"

/** A key store that lasts as long as the object. */
open class MemoryKeys : KeyStore {
    private val keys = ConcurrentHashMap<String, ByteArray>()

    override fun level() = HardwareLevel.SOFTWARE

    override fun create(alias: String) {
        keys.computeIfAbsent(alias) { ByteArray(32).also(SecureRandom()::nextBytes) }
    }

    override fun mac(alias: String, data: ByteArray): ByteArray {
        val key = keys[alias] ?: throw KeyStoreException.Invalidated()
        return Mac.getInstance("HmacSHA256").run {
            init(SecretKeySpec(key, algorithm))
            doFinal(data)
        }
    }

    override fun delete(alias: String) {
        keys.remove(alias)
    }

    override fun limitedUse() = false
}

/** HTTP without redirects; `abort` cancels the exchange that is under way. */
class Http : Transport {
    private val client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()

    @Volatile private var aborted = false

    @Volatile private var running: CompletableFuture<HttpResponse<ByteArray>>? = null

    override fun exchange(request: WireRequest): WireResponse {
        val body = if (request.body.isEmpty()) {
            HttpRequest.BodyPublishers.noBody()
        } else {
            HttpRequest.BodyPublishers.ofByteArray(request.body)
        }
        val builder = HttpRequest.newBuilder(URI(request.url)).timeout(Duration.ofSeconds(30))
        builder.method(request.method.name, body)
        request.headers.forEach { builder.header(it.name, it.value) }
        try {
            val future = client.sendAsync(builder.build(), HttpResponse.BodyHandlers.ofByteArray())
            running = future
            if (aborted) future.cancel(true)
            val response = future.get()
            return WireResponse(
                response.statusCode().toUShort(),
                response.headers().firstValue("content-type").orElse(""),
                response.headers().firstValue("retry-after").orElse("").toUIntOrNull(),
                response.body(),
            )
        } catch (_: CancellationException) {
            throw TransportException.Cancelled()
        } catch (e: ExecutionException) {
            throw if (e.cause is HttpTimeoutException) TransportException.Timeout() else TransportException.NoPath()
        }
    }

    override fun abort() {
        aborted = true
        running?.cancel(true)
    }
}

/** Another phone that carries, as near as a call: what goes over a hotspot otherwise. */
class Beside(private val carrying: CarrySession) : Transport {
    override fun exchange(request: WireRequest): WireResponse {
        val authorization = request.headers.find { it.name == "Authorization" }?.value.orEmpty()
        return carrying.answer(
            CarryRequest(request.method, request.url.removePrefix(ADDRESS), authorization, request.body),
        )
    }

    override fun abort() = Unit

    companion object {
        const val ADDRESS = "http://beside"
    }
}

/** Remembers what it heard. */
class Steps : ProgressListener {
    val heard = CopyOnWriteArrayList<SyncProgress>()

    override fun onProgress(progress: SyncProgress) {
        heard += progress
    }
}

/** Remembers what it heard. */
class Lines : LogSink {
    val heard = CopyOnWriteArrayList<LogLine>()

    override fun write(line: LogLine) {
        heard += line
    }
}
