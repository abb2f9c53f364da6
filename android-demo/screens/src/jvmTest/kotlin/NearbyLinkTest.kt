package org.wayside.app

import java.io.IOException
import java.net.InetAddress
import java.net.ServerSocket
import java.net.Socket
import java.util.concurrent.CopyOnWriteArrayList
import kotlin.concurrent.thread
import kotlin.test.Test
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertNull
import kotlin.test.assertTrue
import org.wayside.core.CarryRequest
import org.wayside.core.HttpMethod
import org.wayside.core.TransportException
import org.wayside.core.Header
import org.wayside.core.WireRequest
import org.wayside.core.WireResponse
import org.wayside.core.largestCarryBody

/** The socket between two phones by itself: what it lets in, what it refuses, and what it does not wait for. */
class NearbyLinkTest {
    private val loopback = InetAddress.getLoopbackAddress()
    private val asked = CopyOnWriteArrayList<CarryRequest>()

    private fun door(seconds: Long = 20, isNear: (InetAddress) -> Boolean = { true }) = NearbyDoor(loopback, isNear, seconds) { request ->
        asked += request
        WireResponse(201u, "application/test", 7u, request.body.reversedArray())
    }

    private fun NearbyDoor.says(text: String, more: ByteArray = ByteArray(0)): String = Socket(loopback, address.substringAfter(':').toInt()).use { socket ->
        socket.soTimeout = 20_000
        try {
            socket.getOutputStream().write(text.encodeToByteArray() + more)
            socket.getInputStream().readBytes().decodeToString()
        } catch (_: IOException) {
            // The door was closed in our face.
            ""
        }
    }

    private fun request(url: String, body: ByteArray = ByteArray(0), method: HttpMethod = HttpMethod.PUT) =
        WireRequest(1u, method, url, listOf(Header("Authorization", "Bearer abc")), body)

    @Test
    fun aRequestAndItsAnswerComeWholeToTheLongestThatIsAllowed() = door().use { door ->
        val most = largestCarryBody().toInt()
        for (length in listOf(0, 1, 70_000, most)) {
            val body = ByteArray(length) { (it * 31).toByte() }
            val answer = NearbyTransport({ true }).exchange(request("http://${door.address}/v1/a?b=c", body))
            assertContentEquals(body.reversedArray(), answer.body)
            assertEquals(listOf<Any?>(201.toUShort(), "application/test", 7u), listOf(answer.status, answer.contentType, answer.retryAfterSeconds))
            val heard = asked.removeLast()
            assertContentEquals(body, heard.body)
            assertEquals(listOf("/v1/a?b=c", "Bearer abc"), listOf(heard.path, heard.authorization))
        }
        // It may hear of the refusal, or of a line that is cut while it still speaks.
        val refused = runCatching { NearbyTransport({ true }).exchange(request("http://${door.address}/a", ByteArray(most + 1))) }
        assertTrue(refused.getOrNull()?.status.let { it == null || it == 413.toUShort() })
        assertTrue(asked.isEmpty(), "what is too long is not read")
    }

    @Test
    fun whatIsNoSuchRequestIsRefusedAndNeverReachesTheCore() = door().use { door ->
        fun status(text: String) = door.says(text).split(' ').getOrNull(1)
        assertEquals("201", status("PUT /a HTTP/1.1\r\nContent-Length: 0\r\n\r\n"), "what is one is heard")
        asked.clear()
        assertEquals("411", status("PUT /a HTTP/1.1\r\n\r\n"))
        assertEquals("411", status("PUT /a HTTP/1.1\r\nContent-Length: -5\r\n\r\n"))
        assertEquals("411", status("PUT /a HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"))
        assertEquals("413", status("PUT /a HTTP/1.1\r\nContent-Length: 2000000000\r\n\r\n"))
        assertEquals("405", status("DELETE /a HTTP/1.1\r\n\r\n"))
        assertEquals("405", status("GET http://elsewhere/ HTTP/1.1\r\n\r\n"))
        assertEquals("400", status("\r\n\r\n"))
        assertNull(status("GET /a HTTP/1.1\r\n${"X: ${"y".repeat(100)}\r\n".repeat(100)}\r\n")?.takeIf { it != "400" })
        assertTrue(asked.isEmpty())
    }

    @Test
    fun whoSaysNoMoreIsNotWaitedForAndWhoIsNotNearIsNotHeard() {
        door(seconds = 1).use { door ->
            val begun = System.nanoTime()
            assertEquals("", door.says("PUT /a HTTP/1.1\r\nContent-Length: 10\r\n\r\nhalf"))
            assertEquals("", door.says("GET /a"))
            assertTrue(System.nanoTime() - begun < 10_000_000_000)
        }
        door(isNear = { false }).use { assertEquals("", it.says("GET /a HTTP/1.1\r\n\r\n")) }
        assertTrue(asked.isEmpty())
    }

    @Test
    fun thoseWhoHoldTheLineDoNotKeepAnotherOutForLong() = door(seconds = 1).use { door ->
        val holding = List(6) { Socket(loopback, door.address.substringAfter(':').toInt()) }
        assertEquals("", door.says("GET /a HTTP/1.1\r\n\r\n"), "a few at a time")
        Thread.sleep(1_500)
        assertTrue(door.says("GET /a HTTP/1.1\r\n\r\n").startsWith("HTTP/1.1 201"))
        holding.forEach(Socket::close)
    }

    @Test
    fun aDoorThatIsShutEndsWhatIsUnderWay() {
        val door = door()
        Socket(loopback, door.address.substringAfter(':').toInt()).use { caller ->
            caller.getOutputStream().write("PUT /a HTTP/1.1\r\nContent-Length: 10\r\n\r\nhalf".encodeToByteArray())
            Thread.sleep(100)
            door.close()
            caller.soTimeout = 10_000
            assertEquals(-1, try { caller.getInputStream().read() } catch (e: java.net.SocketException) { -1 })
        }
        assertFailsWith<TransportException.NoPath> { NearbyTransport({ true }).exchange(request("http://${door.address}/a")) }
    }

    @Test
    fun theWayLeadsToNumberedAddressesOfTheLocalNetworkOnly() = door().use { door ->
        val port = door.address.substringAfter(':')
        for (url in listOf("http://localhost:$port/", "http://127.0.0.1/", "http://127.0.0.1:0/", "http://127.1:$port/", "http://256.0.0.1:$port/", "https://127.0.0.1:$port/")) {
            assertFailsWith<TransportException.NoPath>(url) { NearbyTransport({ true }).exchange(request(url)) }
        }
        assertFailsWith<TransportException.NoPath> { NearbyTransport(LocalNetwork::isLocal).exchange(request("http://${door.address}/")) }
        assertTrue(asked.isEmpty())
    }

    @Test
    fun whoAnswersSomethingElseIsTakenForNoPhoneThatCarries() = ServerSocket(0, 5, loopback).use { server ->
        thread(isDaemon = true) {
            for (text in listOf("hello\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n<html>", "HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n")) {
                server.accept().use { it.getOutputStream().write(text.encodeToByteArray()); Thread.sleep(200) }
            }
        }
        repeat(3) { assertEquals("", NearbyTransport({ true }).exchange(request("http://127.0.0.1:${server.localPort}/")).contentType) }
    }

    @Test
    fun aSilentPhoneIsLeftAfterATimeAndAtOnceByACancel() = ServerSocket(0, 5, loopback).use { server ->
        val url = "http://127.0.0.1:${server.localPort}/"
        assertFailsWith<TransportException.Timeout> { NearbyTransport({ true }, seconds = 1).exchange(request(url)) }
        val transport = NearbyTransport({ true })
        thread { Thread.sleep(200); transport.abort() }
        val begun = System.nanoTime()
        assertFailsWith<TransportException.Cancelled> { transport.exchange(request(url)) }
        assertTrue(System.nanoTime() - begun < 5_000_000_000)
        assertFailsWith<TransportException.Cancelled>("it stays so") { transport.exchange(request(url)) }
    }

    @Test
    fun aHotspotGoesBeforeAWiFiAndTheMobileNetworkIsNeverTaken() {
        fun of(vararg found: Pair<String, String>) = LocalNetwork.pick(found.map { (name, at) -> name to InetAddress.getByName(at) })?.hostAddress
        assertEquals("192.168.1.5", of("rmnet_data0" to "10.11.12.13", "wlan0" to "192.168.1.5"))
        assertEquals("192.168.43.1", of("wlan0" to "192.168.1.5", "wlan1" to "192.168.43.1"))
        assertEquals("192.168.43.1", of("wlan0" to "192.168.1.5", "ap0" to "192.168.43.1", "swlan0" to "192.168.7.1"))
        assertEquals("192.168.49.1", of("p2p-wlan0-0" to "192.168.49.1"))
        assertEquals("192.168.8.1", of("wlan0" to "192.168.1.5", "ap_br_swlan0" to "192.168.8.1"))
        for ((name, at) in listOf("rmnet0" to "10.0.0.1", "ccmni1" to "10.0.0.1", "tun0" to "10.8.0.2", "v4-rmnet_data0" to "192.0.0.4", "wlan0" to "81.2.3.4", "wlan0" to "fd00::2")) {
            assertNull(of(name to at), "$name $at")
        }
    }
}
