package org.wayside.app

import androidx.compose.ui.graphics.toAwtImage
import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.SemanticsNodeInteraction
import androidx.compose.ui.test.assertIsDisplayed
import androidx.compose.ui.test.assertTextEquals
import androidx.compose.ui.test.captureToImage
import androidx.compose.ui.test.onAllNodesWithTag
import androidx.compose.ui.test.onNodeWithTag
import androidx.compose.ui.test.performTextInput
import java.net.InetAddress
import java.net.Socket
import java.net.SocketException
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertIs
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue
import org.wayside.app.model.CaptureKind
import org.wayside.app.model.NoSenses
import org.wayside.app.model.Neighbour
import org.wayside.app.model.Screen
import org.wayside.app.model.Senses
import org.wayside.app.model.Sync
import org.wayside.app.model.Words
import org.wayside.app.model.carry
import org.wayside.app.model.give
import org.wayside.app.model.given
import org.wayside.app.model.lock
import org.wayside.app.model.resume
import org.wayside.app.model.showGive
import org.wayside.app.model.suspend
import org.wayside.app.model.sync
import org.wayside.core.Hq
import org.wayside.core.QueueStatus

/** On one machine two phones are near by its own address, which no phone gives to another. */
private val loopback: InetAddress = InetAddress.getLoopbackAddress()
internal val beside = LocalNetwork({ loopback }) { it == loopback }

/** A camera that is held before a picture. */
private class Eye(var sees: String? = null) : Senses by NoSenses {
    override val kinds = setOf(CaptureKind.PICTURE)

    override suspend fun scan(): String? = sees
}

/** Two phones that stand beside each other, each with the real core, over a real socket; the office as processes. */
@OptIn(ExperimentalTestApi::class)
class NearbyTest {
    private val words = Words.of("en")

    private fun phone(patienceMillis: Long = 60_000, senses: Senses = NoSenses) =
        Field(nearby = beside, senses = senses, patienceMillis = patienceMillis).also { it.enrolReady() }

    private fun Field.sealOne() {
        quickResult()
        assertNull(problem)
        queue()
    }

    private fun Field.carries(): Screen.Carry {
        wait(shell.carry())
        assertNull(problem)
        return assertIs<Screen.Carry>(screen)
    }

    private fun Field.give(to: Neighbour): Screen.Give {
        wait(shell.showGive())
        wait(shell.give(to))
        return assertIs<Screen.Give>(screen)
    }

    private fun Screen.Give.obstacle() = (sync as Sync.Ended).obstacle

    private fun status(field: Field): QueueStatus = field.queue().status

    private fun await(what: String, holds: () -> Boolean) {
        val until = System.nanoTime() + 20_000_000_000
        while (!holds()) {
            check(System.nanoTime() < until) { what }
            Thread.sleep(10)
        }
    }

    @Test
    fun whatIsGivenComesToTheOfficeByTheOtherPhoneAndTheAnswerBackByIt() = phone().use { owner ->
        owner.sealOne()
        phone().use { carrier ->
            carrier.sealed.clear()
            val open = carrier.carries()
            val given = owner.give(open.at)
            assertNull(given.obstacle())
            assertTrue(given.given > 0)
            val said = words.given(given)
            assertEquals(listOf(words.nearby.given(given.given), words.nearby.stays), said)
            for (wrong in listOf("handed over", "has it.", "has opened")) {
                assertTrue(said.none { line -> wrong in line.lowercase().replace("until your office says that it has it.", "") }, wrong)
            }
            await("it is counted on the screen") { (carrier.screen as Screen.Carry).taken == given.given }
            assertEquals(listOf(false), carrier.sealed, "what is carried wants to be sent")
            assertEquals(listOf(1u, 0u, 0u, 1u), status(owner).run { listOf(waiting, handedOver, hqHasIt, withNeighbour) }, "given is not handed over")
            owner.give(open.at)
            assertEquals(given.given, (carrier.screen as Screen.Carry).taken, "a second time nothing is new there")
            assertEquals(listOf(words.nearby.nothing), words.given(phone().use { it.give(open.at) }))

            assertEquals(given.given.toUInt(), status(carrier).carried)
            carrier.wait(carrier.shell.sync())
            Hq.desk("pull")
            carrier.wait(carrier.shell.sync())
            assertEquals(1u, status(owner).waiting, "the office's word has not come back yet")
            val back = owner.give(carrier.carries().at)
            assertTrue(back.received > 0)
            assertTrue(words.byFile.fromOffice(back.received) in words.given(back))
            assertEquals(listOf(0u, 0u, 1u), status(owner).run { listOf(waiting, handedOver, hqHasIt) })
        }
    }

    @Test
    fun withoutTheCodeNothingIsTakenAndWithoutAPhoneThereItIsSaid() = phone().use { owner ->
        owner.sealOne()
        phone().use { carrier ->
            val open = carrier.carries()
            val refused = owner.give(open.at.copy(code = "0123456789abcdef"))
            assertEquals("carry.stranger", refused.obstacle())
            assertEquals(words.nearby.notAll, words.given(refused).first())
            assertTrue(words.given(refused).last().startsWith("The other phone takes nothing without the code"))
            assertEquals(0, (carrier.screen as Screen.Carry).taken)
            // Typed by hand, in groups and capitals.
            val typed = Neighbour.typed(" ${open.at.address} ", open.at.code.uppercase().chunked(4).joinToString(" "))
            assertEquals(open.at, typed)
            assertTrue(owner.give(typed).given > 0)

            status(carrier)
            val gone = owner.give(open.at)
            assertEquals("sync.no_path", gone.obstacle(), "the screen was left, and the door is shut")
            assertTrue(words.given(gone).last().startsWith("The phone nearby does not answer."))
        }
    }

    @Test
    fun theDoorIsShutWithTheScreenTheLockAndTheAppBehindOthers() = phone().use { carrier ->
        fun isOpen(at: Neighbour) = try {
            Socket(loopback, at.address.substringAfter(':').toInt()).use { caller ->
                caller.soTimeout = 20_000
                caller.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".encodeToByteArray())
                caller.getInputStream().read() >= 0
            }
        } catch (_: SocketException) {
            // Refused, or cut before a word.
            false
        }
        val left = carrier.carries().at
        assertTrue(isOpen(left))
        carrier.queue()
        assertFalse(isOpen(left))
        val behind = carrier.carries().at
        assertTrue(behind.code != left.code, "each time another code")
        carrier.wait(carrier.shell.suspend())
        assertFalse((carrier.screen as Screen.Carry).isOpen)
        assertFalse(isOpen(behind))
        carrier.wait(carrier.shell.resume())
        val locked = carrier.carries().at
        assertTrue(isOpen(locked))
        carrier.wait(carrier.shell.lock())
        assertFalse(isOpen(locked))
    }

    @Test
    fun afterATimeOfNothingItStopsAndStrangersDoNotKeepItOpen() = phone(patienceMillis = 1_500).use { carrier ->
        phone().use { owner ->
            owner.sealOne()
            val open = carrier.carries()
            val begun = System.nanoTime()
            while ((carrier.screen as Screen.Carry).isOpen) {
                owner.give(open.at.copy(code = "wrong"))
                check(System.nanoTime() - begun < 20_000_000_000) { "strangers keep it open" }
            }
            assertTrue(System.nanoTime() - begun > 1_400_000_000)
            assertEquals("sync.no_path", owner.give(open.at).obstacle())
            assertTrue(owner.give(carrier.carries().at).given > 0, "and begins again")
        }
    }

    @Test
    fun aPhoneInNoNetworkSaysSo() = Field(nearby = LocalNetwork({ null })).use { field ->
        field.enrolReady()
        field.queue()
        field.wait(field.shell.carry())
        assertEquals("nearby.network", field.problem)
        assertIs<Screen.Queue>(field.screen)
        assertNull(field.shell.opened.carrying)
    }

    /** One phone shows, the other reads what is really on that screen. */
    @Test
    fun theOtherPhoneReadsThePictureFromTheScreen() = phone().use { carrier ->
        val eye = Eye()
        phone(senses = eye).use { owner ->
            owner.sealOne()
            for (dark in listOf(false, true)) onPhone(carrier, Device(dark = dark)) {
                carrier.queue()
                tap("carry")
                await("picture")
                eye.sees = read(this)
                assertEquals((carrier.screen as Screen.Carry).at, Neighbour.of(assertNotNull(eye.sees)))
            }
            onPhone(owner) {
                owner.queue()
                tap("give")
                eye.sees = "a shopping list"
                tap("scan")
                ui.waitUntil("refused", 20_000) { owner.problem == "nearby.scan" }
                eye.sees = (carrier.screen as Screen.Carry).at.toString()
                tap("scan")
                tap("give-now")
                ui.waitUntil("given", 20_000) { ((owner.screen as? Screen.Give)?.given ?: 0) > 0 }
                await("notice")
                tap("back")
                await("with-neighbour").assertTextEquals(words.nearby.alsoThere, "1")
            }
        }
    }

    private fun read(phone: Phone): String? {
        val image = phone.ui.onNodeWithTag("picture").captureToImage().toAwtImage()
        val brightness = ByteArray(image.width * image.height) { at ->
            val colour = image.getRGB(at % image.width, at / image.width)
            ((colour shr 16 and 255) + (colour shr 8 and 255) + (colour and 255)).div(3).toByte()
        }
        return CodeReader.read(brightness, image.width, image.width, image.height)
    }

    @Test
    fun whereThereIsNoNeighbourAndNoFileNothingOfThemIsOnTheScreen() = Field().use { field ->
        field.enrolReady()
        onPhone(field) {
            field.queue()
            await("sync")
            for (tag in listOf("carry", "give", "save-file", "take-file")) {
                assertTrue(ui.onAllNodesWithTag(tag).fetchSemanticsNodes().isEmpty(), tag)
            }
            assertEquals(emptyList(), texts().filter { it in listOf(words.byFile.title, words.byFile.holds, words.nearby.title) })
        }
    }

    @Test
    fun theScreensFit() = phone().use { carrier ->
        fun fits(device: Device, name: String, language: String) = fits(carrier, device, name, language)
        val small = Device(width = 320, height = 568, font = 2f)
        fits(Device(), "plain", "en")
        fits(Device(dark = true), "dark", "en")
        fits(Device(width = 320, height = 568), "small", "en")
        fits(small, "small-large-letters", "en")
        fits(small, "french-small-large-letters", "fr")
        fits(Device(), "arabic", "ar")
        fits(Device(), "tigrinya", "ti")
    }

    /** All of it, without a hand that scrolls. */
    private fun SemanticsNodeInteraction.assertIsWhole() {
        assertIsDisplayed()
        val node = fetchSemanticsNode()
        assertEquals(node.size.height.toFloat(), node.boundsInRoot.height, 1f)
    }

    private fun fits(carrier: Field, device: Device, name: String, language: String) =
        Field(nearby = beside, language = language, senses = Eye(), patienceMillis = 60_000).use { owner ->
            owner.enrolReady()
            owner.sealOne()
            onPhone(owner, device) {
                fun look(screen: String) {
                    assertEquals(emptyList(), tooSmall(), "$name $screen")
                    assertEquals(emptyList(), cut(), "$name $screen")
                    picture("nearby-$name-$screen")
                }
                tap("give")
                await("give-now")
                look("give")
                val to = carrier.carries().at
                await("address").performTextInput(to.address)
                await("code").performTextInput("0123 4567 89AB CDEF")
                tap("give-now")
                ui.waitUntil("refused", 20_000) { (owner.screen as? Screen.Give)?.sync is Sync.Ended && !owner.shell.state.value.busy }
                look("give-refused")
                owner.wait(owner.shell.give(to))
                look("given")
                tap("back")
                await("with-neighbour")
                look("queue")
                tap("carry")
                await("picture").assertIsWhole()
                look("carry")
                val at = (owner.screen as Screen.Carry).at
                carrier.sealOne()
                assertTrue(carrier.give(at).given > 0)
                ui.waitUntil("counted", 20_000) { (owner.screen as Screen.Carry).taken > 0 }
                await("notice").assertIsDisplayed()
                look("carry-taken")
                owner.wait(owner.shell.suspend())
                owner.wait(owner.shell.resume())
                await("again")
                look("carry-stopped")
            }
        }
}
