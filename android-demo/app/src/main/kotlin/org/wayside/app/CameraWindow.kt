package org.wayside.app

import android.content.Context
import android.content.Intent
import android.graphics.ImageFormat
import android.hardware.camera2.CameraAccessException
import android.hardware.camera2.CameraCaptureSession
import android.hardware.camera2.CameraCharacteristics
import android.hardware.camera2.CameraDevice
import android.hardware.camera2.CameraManager
import android.hardware.camera2.CaptureRequest
import android.media.Image
import android.media.ImageReader
import android.os.Bundle
import android.view.Gravity
import android.view.SurfaceHolder
import android.view.SurfaceView
import android.view.WindowManager
import android.widget.Button
import android.widget.FrameLayout
import androidx.activity.ComponentActivity
import kotlin.reflect.KMutableProperty0
import kotlinx.coroutines.CompletableDeferred
import org.wayside.app.model.Words

/** The camera, in a window of the app's own: what it sees goes into memory, never to a file or a gallery. */
class CameraWindow : ComponentActivity() {
    private var camera: CameraDevice? = null
    private var reader: ImageReader? = null
    private var take: (() -> Unit)? = null

    /** Degrees by which the sensor is turned against the phone, which stands upright as the manifest has it. */
    private var turned = 0

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(null)
        window.setFlags(WindowManager.LayoutParams.FLAG_SECURE, WindowManager.LayoutParams.FLAG_SECURE)
        val preview = SurfaceView(this)
        val frame = FrameLayout(this).apply { addView(preview) }
        if (!scans) {
            val words = Words.of((application as WaysideApplication).shell.language)
            val button = Button(this).apply { text = words.media.photo }
            frame.addView(button, FrameLayout.LayoutParams(WRAP, WRAP, Gravity.BOTTOM or Gravity.CENTER_HORIZONTAL))
            button.setOnClickListener { take?.invoke() }
        }
        setContentView(frame)
        preview.holder.addCallback(object : SurfaceHolder.Callback {
            override fun surfaceCreated(holder: SurfaceHolder) = open(holder)

            override fun surfaceChanged(holder: SurfaceHolder, format: Int, width: Int, height: Int) = Unit

            /** Another app is in front: the camera is let go, and opened anew when this one is back. */
            override fun surfaceDestroyed(holder: SurfaceHolder) = release()
        })
    }

    private fun open(holder: SurfaceHolder): Unit = orFinish {
        val manager = getSystemService(Context.CAMERA_SERVICE) as CameraManager
        val id = manager.cameraIdList.firstOrNull { id ->
            manager.getCameraCharacteristics(id).get(CameraCharacteristics.LENS_FACING) == CameraCharacteristics.LENS_FACING_BACK
        } ?: return finish()
        val traits = manager.getCameraCharacteristics(id)
        turned = traits.get(CameraCharacteristics.SENSOR_ORIENTATION) ?: 0
        val format = if (scans) ImageFormat.YUV_420_888 else ImageFormat.JPEG
        val sizes = traits.get(CameraCharacteristics.SCALER_STREAM_CONFIGURATION_MAP)?.getOutputSizes(format)
        val size = sizes?.filter { it.width <= WIDEST }?.maxByOrNull { it.width } ?: sizes?.minByOrNull { it.width } ?: return finish()
        val reader = ImageReader.newInstance(size.width, size.height, format, 2).also { reader = it }
        reader.setOnImageAvailableListener({ seen(it.acquireLatestImage() ?: return@setOnImageAvailableListener) }, null)
        manager.openCamera(id, Opened(holder, reader), null)
    }

    /** A camera that is taken back, forbidden, lost or held by another app gives no picture, and nothing else is told of it. */
    private inline fun orFinish(use: () -> Unit) = try {
        use()
    } catch (_: CameraAccessException) {
        finish()
    } catch (_: SecurityException) {
        finish()
    } catch (_: IllegalStateException) {
        finish()
    } catch (_: IllegalArgumentException) {
        finish()
    }

    private inner class Opened(private val holder: SurfaceHolder, private val reader: ImageReader) : CameraDevice.StateCallback() {
        override fun onOpened(device: CameraDevice) {
            // It may open after the window has let go of it.
            if (this@CameraWindow.reader !== reader || isFinishing) return device.close()
            camera = device
            orFinish {
                @Suppress("DEPRECATION") // What replaces it comes with Android 9.
                device.createCaptureSession(listOf(holder.surface, reader.surface), Running(device), null)
            }
        }

        override fun onDisconnected(device: CameraDevice) = lost(device)

        override fun onError(device: CameraDevice, error: Int) = lost(device)

        /** Before it was opened, it may be: then nobody else closes it. */
        private fun lost(device: CameraDevice) {
            device.close()
            finish()
        }

        private inner class Running(private val device: CameraDevice) : CameraCaptureSession.StateCallback() {
            override fun onConfigured(session: CameraCaptureSession) = orFinish {
                val request = device.createCaptureRequest(CameraDevice.TEMPLATE_PREVIEW)
                request.addTarget(holder.surface)
                if (scans) request.addTarget(reader.surface)
                session.setRepeatingRequest(request.build(), null, null)
                take = { orFinish { still(session) } }
            }

            private fun still(session: CameraCaptureSession) {
                val still = device.createCaptureRequest(CameraDevice.TEMPLATE_STILL_CAPTURE)
                still.addTarget(reader.surface)
                still.set(CaptureRequest.JPEG_QUALITY, QUALITY)
                still.set(CaptureRequest.JPEG_ORIENTATION, turned)
                session.capture(still.build(), null, null)
            }

            override fun onConfigureFailed(session: CameraCaptureSession) = finish()
        }
    }

    private fun release() {
        take = null
        camera?.close()
        camera = null
        reader?.close()
        reader = null
    }

    private fun seen(image: Image) {
        val plane = image.planes[0]
        val bytes = ByteArray(plane.buffer.remaining()).also { plane.buffer.get(it) }
        val text = if (scans) CodeReader.read(bytes, plane.rowStride, image.width, image.height) else null
        image.close()
        when {
            !scans -> picture?.complete(bytes)
            text != null -> code?.complete(text)
            // Nothing yet: the next picture comes at once.
            else -> return
        }
        finish()
    }

    private val scans get() = intent.getBooleanExtra(SCANS, false)

    override fun onDestroy() {
        super.onDestroy()
        release()
        // Where there is nothing by now the person broke off.
        if (isFinishing) {
            picture?.complete(null)
            code?.complete(null)
        }
    }

    companion object {
        private const val SCANS = "scans"
        private const val WIDEST = 1280
        private const val QUALITY: Byte = 60
        private const val WRAP = FrameLayout.LayoutParams.WRAP_CONTENT

        private var picture: CompletableDeferred<ByteArray?>? = null
        private var code: CompletableDeferred<String?>? = null

        suspend fun picture(from: ComponentActivity): ByteArray? = ask(::picture, from, scans = false)

        suspend fun code(from: ComponentActivity): String? = ask(::code, from, scans = true)

        private suspend fun <T> ask(place: KMutableProperty0<CompletableDeferred<T?>?>, from: ComponentActivity, scans: Boolean): T? {
            // A finger tapped twice: the first question is answered with nothing.
            place.get()?.complete(null)
            val answer = CompletableDeferred<T?>().also(place::set)
            from.startActivity(Intent(from, CameraWindow::class.java).putExtra(SCANS, scans))
            return try {
                answer.await().takeIf { from.awaitStarted() }
            } finally {
                // What was seen is held no longer than needed.
                if (place.get() === answer) place.set(null)
            }
        }
    }
}
