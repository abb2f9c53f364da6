package org.wayside.app

import android.content.Context
import android.os.Bundle
import android.os.Looper
import android.view.WindowManager
import androidx.work.Configuration
import androidx.work.WorkInfo
import androidx.work.WorkManager
import androidx.work.testing.SynchronousExecutor
import androidx.work.testing.WorkManagerTestInitHelper
import java.time.Duration
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertIs
import kotlin.test.assertNotEquals
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue
import org.junit.After
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.android.controller.ActivityController
import org.robolectric.annotation.Config
import org.robolectric.annotation.GraphicsMode
import org.wayside.app.model.Chosen
import org.wayside.app.model.Screen
import org.wayside.app.model.Step
import org.wayside.app.model.Sync
import org.wayside.app.model.lock
import org.wayside.core.HardwareLevel
import org.wayside.core.Hq
import org.wayside.core.SECRET

/** The app in Android's own classes: the same screens and the real core, in the real window, with a relay and a desk. */
@RunWith(RobolectricTestRunner::class)
@GraphicsMode(GraphicsMode.Mode.NATIVE)
@Config(sdk = [35], application = WaysideApplication::class, shadows = [LibraryText::class], qualifiers = "w360dp-h700dp-xhdpi")
class PhoneTest {
    private val context: Context get() = RuntimeEnvironment.getApplication()
    private val app get() = context as WaysideApplication
    private val opened = mutableListOf<ActivityController<MainActivity>>()

    @Before
    fun prepare() {
        Keystore.install()
        val configuration = Configuration.Builder().setExecutor(SynchronousExecutor()).build()
        WorkManagerTestInitHelper.initializeTestWorkManager(context, configuration)
    }

    /** What Compose still wants to do is done here: what the main looper would lose with the test it would wait for in the next. */
    @After
    fun leave() {
        opened.forEach { runCatching { it.pause().stop().destroy() } }
        shadowOf(Looper.getMainLooper()).idleFor(Duration.ofSeconds(1))
    }

    private fun open(saved: Bundle? = null): Pair<ActivityController<MainActivity>, Window> {
        val controller = Robolectric.buildActivity(MainActivity::class.java)
        opened += controller
        if (saved == null) controller.setup() else controller.create(saved).start().resume().visible()
        return controller to Window(controller.get())
    }

    private inline fun <reified T : Screen> Window.until(what: String): T = until(what) { app.shell.state.value.takeIf { !it.busy }?.screen as? T }

    private fun Window.enrol() {
        type("record", Hq.enrolmentRecord())
        unlock()
    }

    private fun Window.unlock() {
        type("secret", SECRET)
        tap("open")
        until<Screen.Forms>("the forms")
    }

    private fun Window.makeReady() {
        tap("queue")
        Hq.confirm(until<Screen.Queue>("the queue").device.device)
        sync()
        tap("back")
        await("form-wayside-b2")
    }

    private fun Window.sync() {
        tap("sync")
        val ended = until("the end of the sync") { (app.shell.state.value.screen as? Screen.Queue)?.sync as? Sync.Ended }
        assertNull(ended.obstacle)
    }

    private fun asked() = (step() as? Step.Questions)?.questions.orEmpty().map { it.reference }

    private fun step() = (app.shell.state.value.screen as? Screen.Asking)?.view?.step

    private fun Window.openGates() {
        repeat(2) { number -> until("gate $number") { (step() as? Step.Look) }; tap("yes") }
        repeat(8) { number ->
            until("urgent question $number") { (step() as? Step.Urgent)?.takeIf { it.number == number + 1 } }
            tap("urgent-absent")
        }
        tap("age-between")
        type("low", "30")
        type("high", "40")
        tap("next")
        tap("understood")
        tap("next")
        repeat(3) { number -> until("consent $number") { step() as? Step.Consent }; tap("yes") }
        until("the first question") { step() as? Step.Questions }
    }

    /** Behind the gates, with a yes to the first question. */
    private fun Window.begin() {
        tap("form-wayside-b2")
        openGates()
        tap("${asked().first()}=yes")
    }

    private fun Window.interview() {
        begin()
        tap("stop")
        tap("keep")
        until("the result") { step() as? Step.Finished }
    }

    @Test
    fun anInterviewGoesFromTheLockToTheOfficeAndTheSystemSendsIt() {
        val (controller, window) = open()
        val flags = controller.get().window.attributes.flags
        assertTrue(flags and WindowManager.LayoutParams.FLAG_SECURE != 0)
        window.enrol()
        assertTrue(Keystore.keys.isNotEmpty(), "the secret is bound to the key store")
        window.makeReady()
        window.picture("android-forms")
        window.interview()
        window.picture("android-result")

        // The system was asked to send, with a link, and not in a hurry; and to ask for receipts from time to time.
        val work = WorkManager.getInstance(context)
        val sealed = work.getWorkInfosForUniqueWork(Sending.SEALED).get().single()
        assertEquals(WorkInfo.State.ENQUEUED, sealed.state)
        assertEquals(1, work.getWorkInfosForUniqueWork(Sending.REGULAR).get().size)
        assertEquals(0, work.getWorkInfosForUniqueWork(Sending.URGENT).get().size)
        // It does so with the vault shut, which learns of it when it is opened.
        window.tap("done")
        window.tap("back")
        window.tap("lock")
        window.until<Screen.Start>("the lock")
        WorkManagerTestInitHelper.getTestDriver(context)!!.setAllConstraintsMet(sealed.id)
        window.until("the system to have sent") { work.getWorkInfoById(sealed.id).get()?.takeIf { it.state == WorkInfo.State.SUCCEEDED } }
        window.unlock()
        window.tap("queue")
        assertEquals(1u, window.until<Screen.Queue>("the queue").status.handedOver)
        Hq.desk("pull")
        window.sync()
        assertEquals(1u, assertIs<Screen.Queue>(app.shell.state.value.screen).status.hqHasIt)
    }

    @Test
    fun whatIsUrgentIsExpedited() {
        val (_, window) = open()
        window.enrol()
        window.makeReady()
        window.tap("help")
        window.tap("ask-help")
        window.until("the request to be sealed") { (app.shell.state.value.screen as? Screen.Help)?.takeIf { it.asked } }
        val work = WorkManager.getInstance(context).getWorkInfosForUniqueWork(Sending.URGENT).get().single()
        assertEquals(androidx.work.NetworkType.CONNECTED, work.constraints.requiredNetworkType)
    }

    @Test
    fun turningThePhoneLosesNothingAndTheSystemIsGivenNothingToKeep() {
        val (controller, window) = open()
        window.enrol()
        window.makeReady()
        // Only where something happened is it asked where.
        window.begin()
        while ("/data/where" !in asked()) {
            val page = asked()
            window.tap("next")
            window.until("a page on") { asked().takeIf { it.isNotEmpty() && it != page } }
        }
        window.await("/data/where")
        val before = step()
        window.type("/data/where", "the salt pans of Velmora")
        val saved = Bundle()
        controller.saveInstanceState(saved)
        assertFalse("Velmora" in parcel(saved), "what is typed is not saved by the system")
        assertTrue("Velmora" in parcel(Bundle().apply { putString("planted", "Velmora") }), "the search finds what is there")
        controller.pause().stop().destroy()
        val (_, again) = open(saved)
        again.await("/data/where")
        assertEquals(before, step())
        assertEquals("the salt pans of Velmora", (app.shell.state.value.screen as Screen.Asking).view.typed["/data/where"])
    }

    private fun parcel(bundle: Bundle): String {
        val parcel = android.os.Parcel.obtain()
        bundle.writeToParcel(parcel, 0)
        return parcel.marshall().toString(Charsets.UTF_16LE) + parcel.marshall().toString(Charsets.ISO_8859_1)
            .also { parcel.recycle() }
    }

    @Test
    fun aProcessThatDiedStartsAtTheLockAndTheDraftGoesOn() {
        val (controller, window) = open()
        window.enrol()
        window.makeReady()
        window.begin()
        window.until("the answer to be durable") { (step() as? Step.Questions)?.questions?.first()?.takeIf { it.value == "yes" } }
        val saved = Bundle()
        controller.saveInstanceState(saved)
        controller.pause().stop().destroy()

        // What the system does after it ended the process: a new application over the same files, a window with what was saved.
        // The lock stands for the death of the process, with which its hold on the files ends.
        val before = app.shell
        val ended = before.lock()
        window.until("the hold on the files to end") { ended.takeIf { it.isCompleted } }
        app.onCreate()
        assertNotEquals(before, app.shell)
        val (_, again) = open(saved)
        assertEquals(Chosen.Worker("1"), assertIs<Screen.Start>(app.shell.state.value.screen).chosen)
        again.unlock()
        val draft = again.until<Screen.Forms>("the forms").drafts.single()
        again.tap("draft-${draft.id}")
        val page = again.until("the page") { step() as? Step.Questions }
        assertEquals("yes", page.questions.first().value)
    }

    @Test
    fun theKeyStoreAnswersInItsWords() {
        val keys = KeystoreKeyStore()
        keys.create("one")
        val first = keys.mac("one", byteArrayOf(1))
        assertEquals(32, first.size)
        assertTrue(first.contentEquals(keys.mac("one", byteArrayOf(1))))
        keys.create("one")
        assertTrue(first.contentEquals(keys.mac("one", byteArrayOf(1))), "made once")
        keys.delete("one")
        assertEquals("Invalidated", runCatching { keys.mac("one", byteArrayOf(1)) }.exceptionOrNull()!!::class.simpleName)
        // The stand-in says nothing of its hardware, and nothing said counts as nothing.
        assertEquals("Unavailable", runCatching { keys.level() }.exceptionOrNull()?.let { it::class.simpleName } ?: HardwareLevel.NONE.name)
    }

    @Test
    fun theAppStandsUnderAnotherNameAndKeepsOne() {
        val looks = PhoneLooks(context)
        assertEquals("Wayside", looks.face)
        looks.face = looks.faces[1]
        assertEquals("Notebook", PhoneLooks(context).face)
        fun state(name: String) = context.packageManager.getComponentEnabledSetting(android.content.ComponentName(context, "org.wayside.app.$name"))
        assertEquals(android.content.pm.PackageManager.COMPONENT_ENABLED_STATE_ENABLED, state("Second"))
        assertEquals(android.content.pm.PackageManager.COMPONENT_ENABLED_STATE_DISABLED, state("First"))
    }

    @Test
    fun aDrawingBecomesAPicture() {
        val drawing = org.wayside.app.model.Drawing().begin(0.1f, 0.5f).on(0.9f, 0.5f)
        val png = app.host.senses.png(drawing)
        assertNotNull(android.graphics.BitmapFactory.decodeByteArray(png, 0, png.size))
    }
}
