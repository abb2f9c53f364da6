package org.wayside.app

import android.Manifest
import android.app.AlertDialog
import android.content.Context
import android.content.Intent
import android.content.pm.PackageManager
import android.hardware.camera2.CameraManager
import android.location.Location
import android.location.LocationManager
import java.io.File
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertIs
import kotlin.test.assertTrue
import org.junit.Test
import org.robolectric.Shadows.shadowOf
import org.robolectric.shadows.ShadowAlertDialog
import org.wayside.app.model.Screen
import org.wayside.app.model.Step
import org.wayside.core.Hq
import org.wayside.core.QuestionView

/** Bytes that lie nowhere but where the app puts them. */
private const val MARK = "the river bends twice before the mill"

/** An interview in which a picture, a sound, a file, a code and a place are taken, with the phone's own windows in between. */
class CaptureTest : InTheApp() {
    private val places get() = context.getSystemService(Context.LOCATION_SERVICE) as LocationManager

    private fun marked(what: String) = "$MARK, $what. ".repeat(2000).encodeToByteArray()

    private fun question(name: String): QuestionView = (step() as Step.Questions).questions.single { it.reference == "/data/$name" }

    /** On to the page of this question. */
    private fun Window.to(name: String) {
        while ("/data/$name" !in asked()) {
            val page = asked()
            tap("next")
            until("a page on") { asked().takeIf { it.isNotEmpty() && it != page } }
        }
    }

    /** What it is called in the record. */
    private fun Window.kept(name: String): String {
        await("/data/$name=remove")
        assertEquals(null, app.shell.state.value.problem, name)
        return question(name).value.also { assertTrue(it.isNotEmpty(), name) }
    }

    /** Files of the app that hold the bytes as they were captured. */
    private fun holding(): List<File> = context.dataDir.walk()
        .filter { it.isFile && MARK in it.readBytes().toString(Charsets.ISO_8859_1) }.toList()

    /** In the form with every control, behind its gates, on a phone that has all it takes. */
    private fun inTheControls(): Pair<Controller, Window> {
        prepareHardware()
        Hq.desk("hand-out", "form", File(Hq.environment("WAYSIDE_SCENARIOS"), "forms/controls.xml").path)
        return open().also { (_, window) ->
            window.enrol()
            window.makeReady()
            window.tap("form-controls")
            window.openGates()
        }
    }

    private fun prepareHardware() {
        val packages = shadowOf(context.packageManager)
        for (feature in listOf(PackageManager.FEATURE_CAMERA_ANY, PackageManager.FEATURE_MICROPHONE)) packages.setSystemFeature(feature, true)
        shadowOf(app).grantPermissions(Manifest.permission.CAMERA, Manifest.permission.RECORD_AUDIO, Manifest.permission.ACCESS_FINE_LOCATION)
        Camera.mount(context.getSystemService(Context.CAMERA_SERVICE) as CameraManager)
        shadowOf(places).setProviderEnabled(LocationManager.GPS_PROVIDER, true)
    }

    @Test
    fun whatIsCapturedIsInTheRecordAndInNoFile() {
        val (controller, window) = inTheControls()
        window.to("code")
        window.tap("/data/code=scan")
        controller.inCamera { Camera.show(code("4006381333931"), CODE_ROW) }
        until("the code") { question("code").value.takeIf { it == "4006381333931" } }

        window.to("place")
        window.tap("/data/place=position")
        val here = Location(LocationManager.GPS_PROVIDER).apply { latitude = 13.5; longitude = 39.5 }
        shadowOf(places).simulateLocation(here)
        until("the place") { (app.shell.state.value.screen as Screen.Asking).view.typed["/data/place"]?.takeIf { it.startsWith("13.5") } }

        window.to("picture")
        window.tap("/data/picture=picture")
        controller.inCamera { Camera.sees = marked("picture"); takePhoto(it) }
        val picture = window.kept("picture")

        window.to("sound")
        window.tap("/data/sound=sound")
        until("the microphone") { Microphone.last }.hears(marked("sound"))
        ShadowAlertDialog.getLatestAlertDialog().getButton(AlertDialog.BUTTON_POSITIVE).performClick()
        val sound = window.kept("sound")

        window.to("file")
        window.tap("/data/file=file")
        controller.chose(Intent().setData(Stick.put("theirs.pdf", "application/pdf", marked("file"))))
        val file = window.kept("file")

        assertEquals(emptyList(), holding(), "while it is a draft")
        val planted = File(context.filesDir, "gallery.jpg").apply { writeBytes(marked("planted")) }
        assertEquals(listOf(planted), holding(), "the search finds what is there")
        planted.delete()
        window.tap("stop")
        window.tap("keep")
        val event = until("the result") { step() as? Step.Finished }.report.event
        assertEquals(emptyList(), holding(), "once it is sealed")

        window.tap("done")
        window.tap("back")
        window.tap("queue")
        window.sync()
        assertEquals(1u, assertIs<Screen.Queue>(app.shell.state.value.screen).status.handedOver)
        assertEquals(emptyList(), holding(), "once it is sent")
        Hq.desk("pull")
        for ((what, name) in mapOf("picture" to picture, "sound" to sound, "file" to file)) {
            val out = File(elsewhere.root, what)
            Hq.desk("file", event, name, "--out", out.path)
            assertContentEquals(marked(what), out.readBytes(), what)
        }
    }

    /** Older systems give an answer before the window is in front again, and the vault is shut until then. */
    @Test
    fun aFileThatComesBeforeTheWindowWaitsForTheVault() {
        val (controller, window) = inTheControls()
        window.to("file")
        window.tap("/data/file=file")
        controller.chose(Intent().setData(Stick.put("theirs.pdf", "application/pdf", marked("file"))), early = true)
        window.kept("file")
    }
}
