package org.wayside.app

import java.io.EOFException
import java.io.IOException
import java.io.InputStream
import java.net.Socket
import java.util.concurrent.Executors
import java.util.concurrent.ScheduledFuture
import java.util.concurrent.TimeUnit

/** What was said is no HTTP that two phones speak, or is longer than it may be. */
internal class NotUnderstood : IOException()

/** The first line of a request or an answer, and the fields below it by their names in small letters. */
internal class Head(val first: String, private val fields: Map<String, String>) {
    operator fun get(name: String): String = fields[name].orEmpty()

    /** Of what follows; nothing where it is not said, or not as a plain number. */
    val length: Int? get() = fields["content-length"]?.toIntOrNull()?.takeIf { it >= 0 && "transfer-encoding" !in fields }
}

/** One request and its answer between two phones, bounded in bytes and in time: whoever says no more is not waited for. */
internal class NearbyLine(private val socket: Socket, seconds: Long) : AutoCloseable {
    private val input: InputStream = socket.getInputStream().buffered()
    @Volatile private var late = false
    private val end: ScheduledFuture<*> = clock.schedule({ late = true; socket.close() }, seconds, TimeUnit.SECONDS)

    /** Whether it was ended because it took too long. */
    val isLate get() = late

    fun head(): Head {
        val text = StringBuilder()
        while (!text.endsWith("\r\n\r\n")) {
            if (text.length == MOST_HEAD) throw NotUnderstood()
            val next = input.read()
            if (next < 0) throw EOFException()
            text.append(next.toChar())
        }
        val lines = text.split("\r\n").filter(String::isNotEmpty)
        if (lines.isEmpty()) throw NotUnderstood()
        return Head(lines.first(), lines.drop(1).associate { it.substringBefore(':').trim().lowercase() to it.substringAfter(':', "").trim() })
    }

    /** So many bytes and no more; the caller knows that they may be so many. */
    fun body(length: Int): ByteArray {
        val bytes = ByteArray(length)
        var read = 0
        while (read < length) {
            val some = input.read(bytes, read, length - read)
            if (some < 0) throw EOFException()
            read += some
        }
        return bytes
    }

    fun say(first: String, fields: Map<String, String>, body: ByteArray) {
        val head = (listOf(first) + fields.map { (name, value) -> "$name: $value" }).joinToString("\r\n", postfix = "\r\n\r\n")
        socket.getOutputStream().run {
            write(head.encodeToByteArray() + body)
            flush()
        }
    }

    override fun close() {
        end.cancel(false)
        socket.close()
    }

    private companion object {
        const val MOST_HEAD = 8 * 1024

        val clock = Executors.newSingleThreadScheduledExecutor { Thread(it, "nearby-clock").apply { isDaemon = true } }
    }
}
