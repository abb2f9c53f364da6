package org.wayside.app

import java.io.IOException
import java.net.InetAddress
import java.net.ServerSocket
import java.net.Socket
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.Executors
import java.util.concurrent.Semaphore
import org.wayside.app.model.Door
import org.wayside.core.CarryRequest
import org.wayside.core.HttpMethod
import org.wayside.core.WireResponse
import org.wayside.core.largestCarryBody

/**
 * Where phones of one network knock: plain HTTP on one address of this phone, a few of them at a time, each with one request
 * that is bounded in bytes and in time. What is said is for [answer] to decide. Logs nothing and keeps nothing.
 */
internal class NearbyDoor(
    at: InetAddress,
    private val isNear: (InetAddress) -> Boolean,
    private val seconds: Long = SECONDS,
    private val answer: (CarryRequest) -> WireResponse,
) : Door {
    private val socket = ServerSocket(0, WAITING, at)
    private val places = Semaphore(AT_ONCE)
    private val inside = ConcurrentHashMap.newKeySet<Socket>()
    private val threads = Executors.newCachedThreadPool { Thread(it, "nearby").apply { isDaemon = true } }
    private val most = largestCarryBody().toInt()

    override val address: String = "${at.hostAddress}:${socket.localPort}"

    init {
        threads.execute(::open)
    }

    private fun open() {
        while (!socket.isClosed) {
            try {
                admit(socket.accept())
            } catch (_: IOException) {
                // Shut, or the phone has no room for another line just now.
                if (!socket.isClosed) Thread.sleep(WAIT_MILLIS)
            }
        }
        threads.shutdown()
    }

    private fun admit(caller: Socket) {
        if (!isNear(caller.inetAddress) || !places.tryAcquire()) return caller.close()
        inside += caller
        // Shut while this one came in: nobody else would see to it.
        if (socket.isClosed) caller.close()
        threads.execute { serve(caller) }
    }

    private fun serve(caller: Socket) = try {
        NearbyLine(caller, seconds).use { line ->
            val answered = try {
                val head = line.head()
                ask(line, head)?.let(answer) ?: refusal(head)
            } catch (_: NotUnderstood) {
                plain(400)
            }
            val said = mapOf(
                "Content-Type" to answered.contentType,
                "Content-Length" to "${answered.body.size}",
                "Connection" to "close",
            ) + listOfNotNull(answered.retryAfterSeconds?.let { "Retry-After" to "$it" })
            line.say("HTTP/1.1 ${answered.status} ", said, answered.body)
        }
    } catch (_: Throwable) {
        // Gone, too slow, or the core could not: without an answer nothing counts as taken, and the neighbour asks again.
    } finally {
        inside -= caller
        places.release()
    }

    /** The request, once its body is here; nothing where there is none that the core has to see. */
    private fun ask(line: NearbyLine, head: Head): CarryRequest? {
        val (method, path) = words(head) ?: return null
        val length = if (method == HttpMethod.GET) 0 else head.length ?: return null
        if (length > most) return null
        return CarryRequest(method, path, head["authorization"], line.body(length))
    }

    private fun words(head: Head): Pair<HttpMethod, String>? {
        val (name, path) = head.first.split(' ').takeIf { it.size == 3 && it[2].startsWith("HTTP/1.") && it[1].startsWith("/") } ?: return null
        return HttpMethod.entries.find { it.name == name }?.let { it to path }
    }

    private fun refusal(head: Head): WireResponse = when {
        words(head) == null -> plain(405)
        head.length == null -> plain(411)
        else -> plain(413)
    }

    private fun plain(status: Int) = WireResponse(status.toUShort(), "text/plain", null, ByteArray(0))

    /** Ends what is under way too: what was not answered does not count as taken. */
    override fun close() {
        socket.close()
        inside.forEach(Socket::close)
    }

    private companion object {
        const val AT_ONCE = 4

        /** So many may stand before the door until it is seen that there is no place. */
        const val WAITING = 32
        const val SECONDS = 60L
        const val WAIT_MILLIS = 100L
    }
}
