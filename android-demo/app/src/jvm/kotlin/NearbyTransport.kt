package org.wayside.app

import java.io.IOException
import java.net.InetAddress
import java.net.InetSocketAddress
import java.net.Socket
import java.net.SocketTimeoutException
import org.wayside.core.TransportException
import org.wayside.core.WireRequest
import org.wayside.core.WireResponse
import org.wayside.core.largestCarryBody

/**
 * The way to a phone nearby, and to nothing else: plain HTTP to a numbered address of a network that this phone is in. The
 * relay's way stays without plain HTTP, which the manifest forbids to libraries.
 */
internal class NearbyTransport(private val isNear: (InetAddress) -> Boolean, private val seconds: Long = SECONDS) : AbortableTransport() {
    override fun send(request: WireRequest): WireResponse = Socket().use { socket ->
        onAbort(socket::close)
        exchange(socket, request)
    }

    private fun exchange(socket: Socket, request: WireRequest): WireResponse {
        val (host, path) = request.url.removePrefix("http://").let { it.substringBefore('/') to "/" + it.substringAfter('/', "") }
        val address = near(host) ?: throw TransportException.NoPath()
        socket.connect(address, CONNECT_MILLIS)
        NearbyLine(socket, seconds).use { line ->
            try {
                val fields = mapOf("Host" to host, "Connection" to "close", "Content-Length" to "${request.body.size}")
                line.say("${request.method.name} $path HTTP/1.1", fields + request.headers.associate { it.name to it.value }, request.body)
                val head = line.head()
                val status = head.first.split(' ').getOrNull(1)?.toUShortOrNull() ?: throw NotUnderstood()
                val length = head.length?.takeIf { it <= MOST } ?: throw NotUnderstood()
                return WireResponse(status, head["content-type"], head["retry-after"].toUIntOrNull(), line.body(length))
            } catch (_: NotUnderstood) {
                // Somebody is there who is no phone that carries; the core says so of an answer it cannot read.
                return WireResponse(200u, "", null, ByteArray(0))
            } catch (e: IOException) {
                throw if (line.isLate) SocketTimeoutException() else e
            }
        }
    }

    /** Numbers only: a name would be looked up at whoever runs the network. */
    private fun near(host: String): InetSocketAddress? {
        val number = host.substringBeforeLast(':')
        val port = host.substringAfterLast(':', "").toIntOrNull()?.takeIf { it in 1..65_535 } ?: return null
        val parts = number.split('.').map { part -> part.toIntOrNull()?.takeIf { it in 0..255 } ?: return null }
        if (parts.size != 4) return null
        val address = InetAddress.getByAddress(ByteArray(4) { parts[it].toByte() })
        return if (isNear(address)) InetSocketAddress(address, port) else null
    }

    private companion object {
        const val CONNECT_MILLIS = 5_000
        const val SECONDS = 30L

        /** Pages of HQ's entries are shorter, single ones hardly longer. */
        val MOST = largestCarryBody().toInt()
    }
}
