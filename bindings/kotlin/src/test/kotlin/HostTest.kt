package org.wayside.core

import java.io.File
import java.util.concurrent.CompletableFuture
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertIs
import kotlin.test.assertTrue

private const val WORDS = "Stack of Amina, +251 911 000000"

/** What only a host can get wrong. */
class HostTest {
    private fun refused(call: () -> Unit) = assertFailsWith<FieldException.Failed> { call() }

    private fun assertNoWords(error: Throwable) {
        assertFalse("Amina" in error.stackTraceToString())
        assertTrue(recentLog().none { "Amina" in it.code })
    }

    @Test
    fun theLibraryFitsTheGeneratedSources() = uniffiEnsureInitialized()

    @Test
    fun aWrongSecretHasItsCode() = Device().use { device ->
        assertEquals("vault.wrong_secret", refused { device.open("river copper window meadow candle forty") }.code)
        assertTrue(device.open().status().device.isNotEmpty())
    }

    @Test
    fun aMissingVaultHasItsCode() {
        val nowhere = OpenOptions(File(System.getProperty("java.io.tmpdir"), "no-vault-here").path)
        assertEquals("vault.missing", refused { Vault.open(nowhere, SECRET, MemoryKeys()) }.code)
        assertFalse(vaultIsPresent(nowhere.directory))
    }

    @Test
    fun aLostKeyIsNotAWrongSecret() = Device().use { device ->
        assertEquals("vault.key_lost", refused { device.open(keys = MemoryKeys()) }.code)
        assertTrue(vaultIsPresent(device.directory))
    }

    @Test
    fun wordsOfAKeyStoreDoNotCross() = Device().use { device ->
        val throwing = object : MemoryKeys() {
            override fun mac(alias: String, data: ByteArray) = throw IllegalStateException(WORDS)
        }
        val error = refused { device.open(keys = throwing) }
        assertEquals("keystore.unavailable", error.code)
        assertNoWords(error)
    }

    @Test
    fun wordsOfATransportDoNotCross() {
        val throwing = object : Transport {
            override fun exchange(request: WireRequest) = throw IllegalStateException(WORDS)
            override fun abort() = Unit
        }
        val options = EnrolOptions(File(System.getProperty("java.io.tmpdir"), "no-vault-here").path, Hq.enrolmentRecord())
        val error = refused { Vault.enrol(options, SECRET, MemoryKeys(), throwing) }
        assertTrue(error.code.startsWith("sync."))
        assertNoWords(error)
        assertFalse(vaultIsPresent(options.directory))
    }

    @Test
    fun aListenerThatThrowsDoesNotStopASync() = Device().use { device ->
        var calls = 0
        val throwing = object : ProgressListener {
            override fun onProgress(progress: SyncProgress) {
                calls++
                throw IllegalStateException(WORDS)
            }
        }
        assertTrue(device.sync(throwing).complete)
        assertTrue(calls > 0)
        assertTrue(recentLog().none { "Amina" in it.code })
    }

    @Test
    fun aListenerHearsTheSync() = Device().use { device ->
        val steps = Steps()
        val report = device.sync(steps)
        assertTrue(report.complete && report.progress.done > 0u)
        assertEquals(report.progress.done, steps.heard.last().done)
    }

    /** Answers nothing until somebody aborts it. */
    private class DeadLink : Transport {
        val entered = CountDownLatch(1)
        private val ended = CountDownLatch(1)

        override fun exchange(request: WireRequest): WireResponse {
            entered.countDown()
            ended.await(60, TimeUnit.SECONDS)
            throw TransportException.Cancelled()
        }

        override fun abort() = ended.countDown()
    }

    @Test
    fun cancelEndsASyncOnADeadLink() = Device().use { device ->
        val link = DeadLink()
        CancelToken().use { token ->
            val code = CompletableFuture.supplyAsync { refused { device.vault.sync(link, token) }.code }
            assertTrue(link.entered.await(10, TimeUnit.SECONDS))
            token.cancel()
            token.cancel()
            assertEquals("cancelled", code.get(5, TimeUnit.SECONDS))
            assertTrue(token.isCancelled())
        }
        assertTrue(device.sync().complete, "the vault is as good as before")
    }

    @Test
    fun closingTwiceIsFine() = Device().use { device ->
        device.vault.installBuiltIn()
        device.makeReady()
        val session = device.vault.startSession("wayside-b2", "en", SessionMode.INTERVIEW)
        session.discard()
        session.discard()
        session.close()
        session.close()
        assertFailsWith<IllegalStateException> { session.page() }
        device.vault.lock()
        device.vault.lock()
        assertEquals("vault.locked", refused { device.vault.drafts() }.code)
    }

    @Test
    fun theOutboxSyncsWhileTheVaultIsLocked() = Device().use { device ->
        device.vault.lock()
        OutboxSession.open(device.directory).use { outbox ->
            assertTrue(CancelToken().use { outbox.sync(Http(), it) }.complete)
        }
    }

    @Test
    fun aHostCanDriveASyncItself() = Device().use { device ->
        val http = Http()
        val report = device.vault.beginSync().use { session ->
            generateSequence(session::nextStep).take(50).firstNotNullOf { step ->
                if (step is SyncStep.Send) session.complete(step.request.id, http.exchange(step.request))
                (step as? SyncStep.Done)?.report
            }
        }
        assertTrue(report.complete)
        device.vault.applyReceived()
    }

    @Test
    fun aFormThatDoesNotParseSaysWhere() = Device().use { device ->
        val error = refused { device.vault.installForm("<h:html>\n  <broken\n") }
        assertTrue(error.code.startsWith("form."))
        assertTrue(assertIs<Place.Line>(error.place).line >= 1u)
        assertEquals(device.vault.installBuiltIn().size, device.vault.forms().size)
    }

    /** The real relay, but for a page of orders that nobody signed: `{1: [{1: 1, 2: h'00'}], 2: false}`. */
    private class ForgedControl : Transport {
        private val relay = Http()

        override fun exchange(request: WireRequest): WireResponse {
            if ("/v1/control" !in request.url) return relay.exchange(request)
            return WireResponse(200u, "application/vnd.wayside.v1+cbor", null, "a20181a2010102410002f4".hexToByteArray())
        }

        override fun abort() = relay.abort()
    }

    @Test
    fun aLogSinkHearsOfAForgedOrderUntilItIsTakenAway() = Device().use { device ->
        val lines = Lines()
        fun sync() = CancelToken().use { device.vault.sync(ForgedControl(), it) }
        setLogSink(lines)
        try {
            sync()
        } finally {
            setLogSink(null)
        }
        val heard = lines.heard.toList()
        assertTrue(LogLine(LogLevel.WARNING, "signature.wrong", 1uL) in heard)
        assertTrue(heard.none { it.level == LogLevel.INFO })
        sync()
        assertEquals(heard, lines.heard.toList(), "what is taken away hears nothing more")
        assertTrue(recentLog().any { it.level == LogLevel.INFO })
    }
}
