package org.wayside.app

import android.Manifest
import android.content.Context
import android.content.pm.PackageManager
import android.graphics.Bitmap
import android.graphics.Canvas
import android.graphics.Color
import android.graphics.Paint
import android.graphics.Path
import android.location.Location
import android.location.LocationManager
import android.net.Uri
import android.os.Build
import android.os.CancellationSignal
import androidx.activity.ComponentActivity
import androidx.activity.result.contract.ActivityResultContracts
import java.io.ByteArrayOutputStream
import java.io.FileNotFoundException
import java.io.IOException
import java.io.InputStream
import java.util.Locale
import kotlin.coroutines.resume
import kotlinx.coroutines.suspendCancellableCoroutine
import org.wayside.app.model.CaptureKind
import org.wayside.app.model.Captured
import org.wayside.app.model.Drawing
import org.wayside.app.model.Senses

private const val PIECE = 64 * 1024

/** What this phone can capture, through the window that is open. Bytes go from camera, microphone or file into the record. */
class PhoneSenses(private val context: Context, private val asking: Asking) : Senses {
    override val kinds: Set<CaptureKind>
        get() {
            fun has(feature: String) = context.packageManager.hasSystemFeature(feature)
            return setOfNotNull(
                CaptureKind.PICTURE.takeIf { has(PackageManager.FEATURE_CAMERA_ANY) },
                CaptureKind.SOUND.takeIf { has(PackageManager.FEATURE_MICROPHONE) },
                CaptureKind.FILE,
            )
        }

    override suspend fun capture(kind: CaptureKind, type: String): Captured? = when (kind) {
        CaptureKind.FILE -> file(type)
        CaptureKind.PICTURE -> allowed(Manifest.permission.CAMERA)?.let { CameraWindow.picture(it) }?.let { Captured("jpg", pieces(it::inputStream)) }
        CaptureKind.SOUND -> allowed(Manifest.permission.RECORD_AUDIO)?.let { Sound.record(it) }?.let { Captured("aac", pieces(it::inputStream)) }
        CaptureKind.FILM -> null
    }

    override suspend fun scan(): String? = allowed(Manifest.permission.CAMERA)?.let { CameraWindow.code(it) }

    /** The file is read where it is, and its name is not kept. */
    private suspend fun file(type: String): Captured? {
        val uri: Uri = asking.ask(ActivityResultContracts.OpenDocument(), arrayOf(type.ifEmpty { "*/*" })) ?: return null
        val ending = context.contentResolver.getType(uri).orEmpty().substringAfterLast('/').filter { it in 'a'..'z' || it in '0'..'9' }.take(5)
        return Captured(ending.ifEmpty { "bin" }, pieces { context.contentResolver.openInputStream(uri) ?: throw FileNotFoundException() })
    }

    /** Opened with the first piece: what cannot be read breaks off there, as it does in the middle. */
    private fun pieces(open: () -> InputStream): () -> ByteArray? {
        val stream by lazy(LazyThreadSafetyMode.NONE, open)
        return {
            val piece = ByteArray(PIECE)
            val read = try {
                stream.read(piece)
            } catch (e: IOException) {
                stream.close()
                throw e
            }
            if (read < 0) stream.close()
            if (read < 0) null else piece.copyOf(read)
        }
    }

    /** The window, once this is allowed; nothing where it is not. What is asked for beside need not be. */
    private suspend fun allowed(permission: String, vararg beside: String): ComponentActivity? {
        val activity = asking.window ?: return null
        val held = activity.checkSelfPermission(permission) == PackageManager.PERMISSION_GRANTED
        val question = ActivityResultContracts.RequestMultiplePermissions()
        return activity.takeIf { held || asking.ask(question, arrayOf(permission, *beside))?.get(permission) == true }
    }

    override suspend fun position(): String? {
        // Since Android 12 a question for the exact place alone is not put to the person.
        val activity = allowed(Manifest.permission.ACCESS_FINE_LOCATION, Manifest.permission.ACCESS_COARSE_LOCATION) ?: return null
        val manager = activity.getSystemService(Context.LOCATION_SERVICE) as? LocationManager ?: return null
        val provider = manager.getProviders(true).firstOrNull { it == LocationManager.GPS_PROVIDER } ?: return null
        return suspendCancellableCoroutine { waiting ->
            val signal = CancellationSignal()
            waiting.invokeOnCancellation { signal.cancel() }
            val take: (Location?) -> Unit = { at ->
                waiting.resume(at?.run { String.format(Locale.ROOT, "%.6f %.6f %.1f %.1f", latitude, longitude, altitude, accuracy) })
            }
            try {
                if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.R) {
                    manager.getCurrentLocation(provider, signal, activity.mainExecutor) { take(it) }
                } else {
                    // To ask for a fresh one, older phones want more than one word from an app; theirs may be some minutes old.
                    take(manager.getLastKnownLocation(provider))
                }
            } catch (_: SecurityException) {
                // Taken back between the question and the call.
                take(null)
            }
        }
    }

    override fun png(drawing: Drawing): ByteArray {
        val bitmap = Bitmap.createBitmap(WIDTH, (WIDTH / drawing.ratio).toInt(), Bitmap.Config.ARGB_8888)
        val paint = Paint(Paint.ANTI_ALIAS_FLAG).apply {
            color = Color.BLACK
            style = Paint.Style.STROKE
            strokeWidth = 4f
            strokeCap = Paint.Cap.ROUND
            strokeJoin = Paint.Join.ROUND
        }
        Canvas(bitmap).run {
            drawColor(Color.WHITE)
            drawing.strokes.forEach { stroke ->
                val path = Path()
                stroke.forEachIndexed { index, (x, y) ->
                    if (index == 0) path.moveTo(x * bitmap.width, y * bitmap.height) else path.lineTo(x * bitmap.width, y * bitmap.height)
                }
                drawPath(path, paint)
            }
        }
        return ByteArrayOutputStream().also { bitmap.compress(Bitmap.CompressFormat.PNG, 100, it) }.toByteArray()
    }

    private companion object {
        const val WIDTH = 600
    }
}
