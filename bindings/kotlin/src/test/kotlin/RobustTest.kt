package org.wayside.core

import java.io.File
import java.net.InetAddress
import java.net.ServerSocket
import java.net.URI
import java.nio.file.Files
import java.util.concurrent.CompletableFuture
import java.util.concurrent.TimeUnit
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertIs
import kotlin.test.assertTrue
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.runBlocking
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject

private const val PLANTED = "planted panic in the core"

/** What an app lives through: a panic in the core, a peer that never answers, opening and closing all day. */
class RobustTest {
    private fun codeOf(call: () -> Unit): String {
        val error = assertFailsWith<FieldException.Failed> { call() }
        assertFalse("Amina" in error.stackTraceToString())
        return error.code
    }

    private fun ready(use: (Device) -> Unit) = Device().use { device ->
        device.vault.installBuiltIn()
        device.makeReady()
        use(device)
    }

    @Test
    fun theSampleOfThePageRuns() = ready { device ->
        device.vault.lock()
        val queue = sample.interview(device.directory, SECRET, device.keys, Http())
        assertEquals(listOf(0u, 1u), listOf(queue.waiting, queue.handedOver))
    }

    @Test
    fun aPanicInTheCoreIsABugAndTheAppLives() = ready { device ->
        device.vault.startSession("household", "en", SessionMode.INTERVIEW).use { session ->
            assertEquals("bug", codeOf { session.setLanguage(PLANTED) })
            assertEquals("bug", codeOf { session.page() }, "what a panic left half-done is not used again")
        }
        assertTrue(device.vault.status().device.isNotEmpty(), "the vault is as good as before")
        assertEquals("bug", codeOf { device.vault.dangerProtocol(PLANTED) })
        assertEquals("bug", codeOf { device.vault.status() })
        assertTrue(device.open().status().device.isNotEmpty())
        assertTrue(recentLog().none { "Amina" in it.code })
    }

    /** HTTP to a peer that accepts and never answers. */
    private class Elsewhere : Transport, AutoCloseable {
        val peer = ServerSocket(0, 1, InetAddress.getLoopbackAddress())
        private val http = Http()

        override fun exchange(request: WireRequest): WireResponse {
            val asked = URI(request.url)
            return http.exchange(request.copy(url = "http://127.0.0.1:${peer.localPort}${asked.rawPath}"))
        }

        override fun abort() = http.abort()
        override fun close() = peer.close()
    }

    /** Milliseconds from the cancel to the end of the call. */
    private fun cancelled(begin: (Elsewhere) -> Pair<() -> Unit, () -> Unit>): Double = Elsewhere().use { link ->
        val (cancel, ended) = begin(link)
        link.peer.accept().use {
            Thread.sleep(50)
            val start = System.nanoTime()
            cancel()
            ended()
            (System.nanoTime() - start) / 1e6
        }
    }

    private fun assertQuick(what: String, times: List<Double>) {
        val median = times.sorted()[times.size / 2]
        println("kotlin: $what %.1f ms, at most %.1f ms".format(median, times.max()))
        assertTrue(median < 100, "$times")
    }

    @Test
    fun cancelEndsASyncWithAPeerThatNeverAnswersWithin100Ms() = Device().use { device ->
        assertQuick("cancel", List(5) {
            cancelled { link ->
                val token = CancelToken()
                val code = CompletableFuture.supplyAsync { codeOf { device.vault.sync(link, token) } }
                Pair({ token.cancel() }, { assertEquals("cancelled", code.get(10, TimeUnit.SECONDS)); token.close() })
            }
        })
    }

    @Test
    fun cancellingACoroutineEndsItsSync() = Device().use { device ->
        runBlocking(Dispatchers.Default) {
            assertQuick("cancelled coroutine", List(5) {
                cancelled { link ->
                    val sync = async { device.vault.syncing(link) }
                    Pair({ sync.cancel() }, { runBlocking { assertFailsWith<CancellationException> { sync.await() }; sync.join() } })
                }
            })
            assertTrue(device.vault.syncing(Http()).complete, "the vault is as good as before")
            assertEquals("vault.locked", assertFailsWith<FieldException.Failed> {
                blocking { device.vault.lock(); device.vault.drafts() }
            }.code)
        }
    }

    /** Microseconds of the quickest of five rounds of calls. */
    private fun best(times: Int, call: () -> Unit): Double = List(5) {
        val start = System.nanoTime()
        repeat(times) { call() }
        (System.nanoTime() - start) / 1e3 / times
    }.min()

    @Test
    fun aCallCostsMicroseconds() = ready { device ->
        device.vault.startSession("household", "en", SessionMode.INTERVIEW).use { session ->
            val agreed = File(Hq.environment("WAYSIDE_SCENARIOS"), "entries/household-agreed.json")
            Json.parseToJsonElement(agreed.readText()).jsonArray.forEach {
                Entries.apply(session, it.jsonObject, agreed.parentFile)
            }
            assertIs<PageKind.Questions>(session.page().kind)
            val call = CancelToken().use { token -> best(20_000) { token.isCancelled() } }
            val page = best(500) { session.page() }
            println("kotlin: a call %.1f µs, a page %.0f µs".format(call, page))
            assertTrue(call < 1_000 && page < 20_000)
        }
    }

    /** Open files, those of the device (the virtual machine closes files of its own meanwhile), threads, KiB of memory. */
    private data class Held(val files: Int, val own: Int, val threads: Int, val memory: Long)

    private fun held(device: Device): Held {
        System.gc()
        fun entries(folder: String) = File(folder).list().orEmpty().size
        val own = File("/proc/self/fd").listFiles().orEmpty().count { file ->
            runCatching { Files.readSymbolicLink(file.toPath()).startsWith(device.directory) }.getOrDefault(false)
        }
        val memory = File("/proc/self/status").readLines().first { it.startsWith("VmRSS") }
        return Held(entries("/proc/self/fd"), own, entries("/proc/self/task"), memory.filter(Char::isDigit).toLong())
    }

    /** Everything that is opened, once, and the vault itself, which is slow on purpose, with every fiftieth. */
    private fun cycle(device: Device, number: Int, keep: (SyncSession) -> Unit = { it.close() }) {
        val vault = if (number % 50 == 0) device.open() else device.vault
        vault.startSession("household", "en", SessionMode.INTERVIEW).use { session ->
            session.page()
            session.discard()
        }
        keep(vault.beginSync())
        OutboxSession.open(device.directory).use { keep(it.beginSync()) }
    }

    @Test
    fun openingAndClosingLeaksNothing() = ready { device ->
        repeat(101) { cycle(device, it) }
        val before = held(device)
        val cycles = System.getenv("WAYSIDE_ROUNDS")?.toInt() ?: 200
        val start = System.nanoTime()
        for (number in 1..cycles) cycle(device, number)
        val each = (System.nanoTime() - start) / 1e6 / cycles
        val after = held(device)
        println("kotlin: $cycles cycles of %.1f ms; files, threads, KiB: $before -> $after".format(each))
        // The virtual machine starts and ends threads of its own.
        assertTrue(after.files <= before.files && after.own == before.own && after.threads <= before.threads + 4, "$before -> $after")
        assertTrue(after.memory - before.memory < 96 * 1024, "$before -> $after")
        val kept = mutableListOf<SyncSession>()
        cycle(device, 1, kept::add)
        assertTrue(held(device).own > after.own, "a handle that is kept is seen")
        kept.forEach { it.close() }
    }
}
