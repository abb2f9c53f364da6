package org.wayside.app

import android.os.Bundle
import android.view.WindowManager
import androidx.work.WorkInfo
import androidx.work.WorkManager
import androidx.work.testing.WorkManagerTestInitHelper
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertIs
import kotlin.test.assertNotEquals
import kotlin.test.assertTrue
import org.junit.Test
import org.wayside.app.model.Chosen
import org.wayside.app.model.Screen
import org.wayside.app.model.Step
import org.wayside.app.model.lock
import org.wayside.core.HardwareLevel
import org.wayside.core.Hq

/** One worker's way through the whole app. */
class PhoneTest : InTheApp() {
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
        shown<Screen.Start>("the lock")
        WorkManagerTestInitHelper.getTestDriver(context)!!.setAllConstraintsMet(sealed.id)
        until("the system to have sent") { work.getWorkInfoById(sealed.id).get()?.takeIf { it.state == WorkInfo.State.SUCCEEDED } }
        window.unlock()
        window.tap("queue")
        assertEquals(1u, shown<Screen.Queue>("the queue").status.handedOver)
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
        until("the request to be sealed") { (app.shell.state.value.screen as? Screen.Help)?.takeIf { it.asked } }
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
            until("a page on") { asked().takeIf { it.isNotEmpty() && it != page } }
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
        until("the answer to be durable") { (step() as? Step.Questions)?.questions?.first()?.takeIf { it.value == "yes" } }
        val saved = Bundle()
        controller.saveInstanceState(saved)
        controller.pause().stop().destroy()

        // What the system does after it ended the process: a new application over the same files, a window with what was saved.
        // The lock stands for the death of the process, with which its hold on the files ends.
        val before = app.shell
        val ended = before.lock()
        until("the hold on the files to end") { ended.takeIf { it.isCompleted } }
        app.onCreate()
        assertNotEquals(before, app.shell)
        val (_, again) = open(saved)
        assertEquals(Chosen.Worker("1"), assertIs<Screen.Start>(app.shell.state.value.screen).chosen)
        again.unlock()
        val draft = shown<Screen.Forms>("the forms").drafts.single()
        again.tap("draft-${draft.id}")
        val page = until("the page") { step() as? Step.Questions }
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
}
