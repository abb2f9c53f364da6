package org.wayside.app

import android.Manifest
import android.content.Context
import android.hardware.camera2.CameraAccessException
import android.hardware.camera2.CameraDevice
import android.hardware.camera2.CameraManager
import android.hardware.camera2.CaptureRequest
import android.view.SurfaceView
import android.view.WindowManager
import android.widget.Button
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue
import kotlinx.coroutines.Deferred
import org.junit.Before
import org.junit.Test
import org.robolectric.Shadows.shadowOf
import org.wayside.app.model.CaptureKind
import org.wayside.app.model.Captured

/** The window of the camera: what it sees comes back in memory, and whatever goes wrong comes back as nothing. */
class CameraTest : InTheApp() {
    private val manager get() = context.getSystemService(Context.CAMERA_SERVICE) as CameraManager
    private val jpeg = ByteArray(150_000) { (it * 17).toByte() }
    private lateinit var below: Controller

    @Before
    fun allow() {
        below = open().first
        shadowOf(app).grantPermissions(Manifest.permission.CAMERA)
    }

    private fun photo(): Deferred<Captured?> = begin { app.host.senses.capture(CaptureKind.PICTURE, "image/*") }

    private fun scan(): Deferred<String?> = begin { app.host.senses.scan() }

    private fun assertNothing(of: Deferred<*>) {
        assertNull(ended(of))
        assertEquals(emptyList(), Camera.open, "the camera is let go")
    }

    @Test
    fun aPictureComesBackAsItsBytes() {
        Camera.mount(manager)
        val asked = photo()
        below.inCamera { camera ->
            assertTrue(camera.window.attributes.flags and WindowManager.LayoutParams.FLAG_SECURE != 0)
            assertEquals("1", Camera.open.single().id, "the one at the back")
            Camera.sees = jpeg
            takePhoto(camera)
        }
        val captured = assertNotNull(ended(asked))
        assertEquals("jpg", captured.extension)
        assertContentEquals(jpeg, generateSequence(captured.next).toList().reduce(ByteArray::plus))
        assertEquals(90, Camera.stills.single().get(CaptureRequest.JPEG_ORIENTATION), "upright, as the sensor stands in the phone")
        assertEquals(emptyList(), Camera.open)
    }

    @Test
    fun theTextOfACodeComesBackOnceItIsSeen() {
        Camera.mount(manager)
        val asked = scan()
        below.inCamera { camera ->
            assertTrue(camera.window.attributes.flags and WindowManager.LayoutParams.FLAG_SECURE != 0)
            assertNull(find<Button>(camera.window.decorView), "nothing is to be tapped")
            // More than it may hold at once.
            repeat(4) { Camera.show(ByteArray(CODE_ROW * 480) { -56 }, CODE_ROW) }
            assertFalse(camera.isFinishing)
            Camera.show(code("wayside:a code of an office"), CODE_ROW)
            assertTrue(camera.isFinishing)
        }
        assertEquals("wayside:a code of an office", ended(asked))
    }

    @Test
    fun whoGoesBackGivesNothing() {
        Camera.mount(manager)
        for (asked in listOf(photo(), scan())) {
            below.inCamera { it.onBackPressedDispatcher.onBackPressed() }
            assertNothing(asked)
        }
    }

    @Test
    fun aPhoneWithoutACameraAtTheBackGivesNothing() {
        val asked = photo()
        below.inCamera { assertTrue(it.isFinishing) }
        assertNothing(asked)
    }

    @Test
    fun aCameraThatDoesNotOpenGivesNothing() {
        Camera.mount(manager)
        // Taken back meanwhile; forbidden by whoever manages the phone; held by a call.
        val refusals = listOf(
            SecurityException(), CameraAccessException(CameraAccessException.CAMERA_DISABLED),
            CameraAccessException(CameraAccessException.CAMERA_IN_USE), IllegalArgumentException(),
        )
        for (refusal in refusals) {
            Camera.refuses = refusal
            val asked = photo()
            below.inCamera { assertTrue(it.isFinishing, "$refusal") }
            assertNothing(asked)
        }
    }

    @Test
    fun aCameraThatIsLostGivesNothing() {
        Camera.mount(manager)
        val ends = listOf<CameraDevice.StateCallback.(CameraDevice) -> Unit>(
            { onDisconnected(it) }, { onError(it, CameraDevice.StateCallback.ERROR_CAMERA_DEVICE) },
        )
        for (end in ends) {
            val asked = photo()
            below.inCamera {
                Camera.ends(end)
                assertTrue(it.isFinishing)
            }
            assertNothing(asked)
        }
    }

    /** Between the tap and the picture it was lost: the system says it to whoever asks for one. */
    @Test
    fun aTapOnACameraThatIsLostGivesNothing() {
        Camera.mount(manager)
        val asked = photo()
        below.inCamera { camera ->
            Camera.stops = CameraAccessException(CameraAccessException.CAMERA_DISCONNECTED)
            takePhoto(camera)
            assertTrue(camera.isFinishing)
        }
        assertNothing(asked)
    }

    @Test
    fun aCameraThatOpensLateIsClosedAgain() {
        Camera.mount(manager)
        val asked = photo()
        below.inCamera(wait = false) { it.finish() }
        assertNothing(asked)
    }

    /** Another app in front of it: the camera is let go, and taken again by the same window. */
    @Test
    fun whileOtherAppsAreInFrontItSeesNothing() {
        Camera.mount(manager)
        val asked = photo()
        below.inCamera { camera ->
            val preview = find<SurfaceView>(camera.window.decorView)!!
            preview.vanish()
            assertEquals(emptyList(), Camera.open)
            preview.appear()
            idle()
            assertEquals(1, Camera.open.size)
            Camera.sees = jpeg
            takePhoto(camera)
        }
        assertNotNull(ended(asked))
        assertEquals(emptyList(), Camera.open)
    }

    /** A finger that taps twice before the window is there. */
    @Test
    fun theFirstOfTwoQuestionsIsAnsweredWithNothing() {
        Camera.mount(manager)
        val first = photo()
        val second = photo()
        assertNull(ended(first))
        shadowOf(below.get()).nextStartedActivity
        below.inCamera {
            Camera.sees = jpeg
            takePhoto(it)
        }
        assertNotNull(ended(second))
    }
}
