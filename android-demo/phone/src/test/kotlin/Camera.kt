package org.wayside.app

import android.graphics.ImageFormat
import android.graphics.SurfaceTexture
import android.hardware.camera2.CameraCaptureSession
import android.hardware.camera2.CameraCharacteristics
import android.hardware.camera2.CameraDevice
import android.hardware.camera2.CameraManager
import android.hardware.camera2.CaptureRequest
import android.hardware.camera2.impl.CameraCaptureSessionImpl
import android.hardware.camera2.impl.CameraDeviceImpl
import android.media.Image
import android.media.ImageReader
import android.os.Handler
import android.os.Looper
import android.util.Size
import android.view.Surface
import android.view.SurfaceHolder
import android.view.SurfaceView
import com.google.zxing.BarcodeFormat
import com.google.zxing.qrcode.QRCodeWriter
import java.nio.ByteBuffer
import java.util.concurrent.Executor
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Implementation
import org.robolectric.annotation.Implements
import org.robolectric.annotation.RealObject
import org.robolectric.shadows.ShadowCameraCaptureSessionImpl
import org.robolectric.shadows.ShadowCameraCharacteristics
import org.robolectric.shadows.ShadowCameraDeviceImpl
import org.robolectric.shadows.ShadowCameraManager
import org.robolectric.shadows.ShadowImageReader
import org.robolectric.shadows.ShadowSurfaceView
import org.robolectric.shadows.StreamConfigurationMapBuilder

/** Stands in for the cameras of a phone, which the JVM does not have: what they see, and what an app asks of them. */
object Camera {
    /** What the next picture is made of: of a still one the file, of a moving one the brightness of each row. */
    var sees = ByteArray(0)

    /** From the start of one row to that of the next: cameras leave a gap. */
    var row = 0

    /** What the camera says when it is to be opened. */
    var refuses: Exception? = null

    /** What it says when it is asked for a picture. */
    var stops: Exception? = null

    /** Open ones. */
    val open = mutableListOf<CameraDevice>()

    /** What was asked for one by one. */
    val stills = mutableListOf<CaptureRequest>()
    internal var moving: CaptureRequest? = null
    internal var tells: CameraDevice.StateCallback? = null

    fun reset() {
        refuses = null
        stops = null
        open.clear()
        stills.clear()
        moving = null
        tells = null
    }

    /** As phones have them: one for its owner's face and one at the back, with more points than a record needs. */
    fun mount(manager: CameraManager) {
        listOf(CameraCharacteristics.LENS_FACING_FRONT, CameraCharacteristics.LENS_FACING_BACK).forEachIndexed { number, facing ->
            val sizes = StreamConfigurationMapBuilder.newBuilder()
            for (format in listOf(ImageFormat.YUV_420_888, BLOB)) {
                for (size in listOf(Size(4000, 3000), Size(640, 480), Size(320, 240))) sizes.addOutputSize(format, size)
            }
            val traits = ShadowCameraCharacteristics.newCameraCharacteristics()
            shadowOf(traits).set(CameraCharacteristics.LENS_FACING, facing)
            shadowOf(traits).set(CameraCharacteristics.SENSOR_ORIENTATION, if (facing == CameraCharacteristics.LENS_FACING_BACK) 90 else 270)
            shadowOf(traits).set(CameraCharacteristics.SCALER_STREAM_CONFIGURATION_MAP, sizes.build())
            shadowOf(manager).addCamera("$number", traits)
        }
    }

    /** The next of the pictures that follow one another, for whoever asked for them. */
    fun show(brightness: ByteArray, rowLength: Int) {
        sees = brightness
        row = rowLength
        moving?.let(::expose)
        shadowOf(Looper.getMainLooper()).idle()
    }

    internal fun expose(request: CaptureRequest) =
        request.targets.filter { it !== Preview.surface }.forEach { it.unlockCanvasAndPost(it.lockCanvas(null)) }

    /** Another app took it, or it broke. */
    fun ends(how: CameraDevice.StateCallback.(CameraDevice) -> Unit) {
        tells!!.how(open.single())
        shadowOf(Looper.getMainLooper()).idle()
    }

    /** What a still picture is to the hardware. */
    private const val BLOB = 0x21
}

@Implements(CameraManager::class)
class Cameras : ShadowCameraManager() {
    override fun updateCameraCallback(device: CameraDevice, callback: CameraDevice.StateCallback, handler: Handler?, executor: Executor?) {
        Camera.refuses?.let { throw it }
        Camera.open += device
        Camera.tells = callback
    }
}

@Implements(value = CameraDeviceImpl::class, isInAndroidSdk = false)
class Device : ShadowCameraDeviceImpl() {
    @RealObject
    private lateinit var device: CameraDeviceImpl

    /** Without a handler the answer comes in the thread that asked. */
    @Implementation
    public override fun createCaptureSession(outputs: List<Surface>, callback: CameraCaptureSession.StateCallback, handler: Handler?) =
        super.createCaptureSession(outputs, callback, handler ?: Handler(Looper.myLooper()!!))

    @Implementation
    public override fun close() {
        super.close()
        Camera.open -= device
    }
}

@Implements(value = CameraCaptureSessionImpl::class, isInAndroidSdk = false)
class Session : ShadowCameraCaptureSessionImpl() {
    @Implementation
    public override fun setRepeatingRequest(request: CaptureRequest, callback: CameraCaptureSession.CaptureCallback?, handler: Handler?): Int {
        Camera.moving = request
        return 1
    }

    @Implementation
    public override fun capture(request: CaptureRequest, callback: CameraCaptureSession.CaptureCallback?, handler: Handler?): Int {
        Camera.stops?.let { throw it }
        Camera.stills += request
        Camera.expose(request)
        return 1
    }
}

/** A place on the screen for what the camera sees; the test says when it is there. */
@Implements(SurfaceView::class)
class Preview : ShadowSurfaceView() {
    private val held = object : FakeSurfaceHolder() {
        override fun getSurface(): Surface = Preview.surface
    }

    @Implementation
    public override fun getHolder(): SurfaceHolder = held

    fun appear() = held.callbacks.toList().forEach { it.surfaceCreated(held) }

    fun vanish() = held.callbacks.toList().forEach { it.surfaceDestroyed(held) }

    companion object {
        val surface: Surface = Surface(SurfaceTexture(0))
    }
}

/** Gives what was exposed, without a system's buffers below. */
@Implements(ImageReader::class)
class Film : ShadowImageReader()

/** A picture with the planes that a real one has: brightness, and for a moving one colours that say nothing of a code. */
@Implements(className = "android.media.ImageReader\$SurfaceImage")
class Exposure : ShadowImageReader.ShadowSurfaceImage() {
    @Implementation
    fun getPlanes(): Array<Image.Plane> {
        val grey = Plane(ByteArray(Camera.sees.size / 2) { -128 }, Camera.row)
        return if (getFormat() == ImageFormat.JPEG) arrayOf(Plane(Camera.sees, 0)) else arrayOf(Plane(Camera.sees, Camera.row), grey, grey)
    }

    private class Plane(private val bytes: ByteArray, private val row: Int) : Image.Plane() {
        override fun getRowStride() = row

        override fun getPixelStride() = 1

        override fun getBuffer(): ByteBuffer = ByteBuffer.wrap(bytes)
    }
}

/** From the start of one row of [code] to that of the next. */
const val CODE_ROW = 704

/** A real code before a camera of 640 by 480 points: the brightness of each, with a gap behind each row. */
fun code(text: String): ByteArray {
    val dots = QRCodeWriter().encode(text, BarcodeFormat.QR_CODE, 300, 300)
    return ByteArray(CODE_ROW * 480) { at ->
        val (x, y) = at % CODE_ROW - 100 to at / CODE_ROW - 80
        if (x in 0 until 300 && y in 0 until 300 && dots.get(x, y)) 20 else -56
    }
}
