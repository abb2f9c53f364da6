package org.wayside.app

import java.util.concurrent.TimeUnit
import okhttp3.ConnectionPool
import okhttp3.OkHttpClient
import okhttp3.Request
import okhttp3.RequestBody.Companion.toRequestBody
import org.wayside.core.HttpMethod
import org.wayside.core.WireRequest
import org.wayside.core.WireResponse

/** The way to the relay. Keeps nothing on disk. */
class HttpTransport(private val client: OkHttpClient = link) : AbortableTransport() {
    override fun send(request: WireRequest): WireResponse {
        val call = client.newCall(toHttp(request))
        onAbort(call::cancel)
        return call.execute().use { response ->
            WireResponse(
                response.code.toUShort(),
                response.header("Content-Type").orEmpty(),
                response.header("Retry-After")?.toUIntOrNull(),
                response.body.bytes(),
            )
        }
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
