package org.wayside.app

import android.app.AlertDialog
import android.media.MediaRecorder
import android.os.Build
import android.os.ParcelFileDescriptor
import android.view.WindowManager
import androidx.activity.ComponentActivity
import androidx.lifecycle.Lifecycle
import androidx.lifecycle.LifecycleEventObserver
import kotlin.coroutines.resume
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.suspendCancellableCoroutine
import org.wayside.app.model.Words

/** Speech needs no more; a quarter of an hour is 3.6 MB. */
private const val BITS_A_SECOND = 32_000

/** Records what is said into a pipe: the system writes no file. */
internal object Sound {
    /** AAC in frames that each stand alone; nothing where the person broke off or nothing was heard. */
    suspend fun record(activity: ComponentActivity): ByteArray? = coroutineScope {
        val (from, to) = ParcelFileDescriptor.createPipe()
        // Read as it comes: a full pipe would hold the recorder back.
        val bytes = async(Dispatchers.IO) { ParcelFileDescriptor.AutoCloseInputStream(from).use { it.readBytes() } }
        val recorder = recorder(activity)
        val kept = try {
            // To stop throws where nothing was heard; there is nothing to keep then.
            begin(recorder, to) && untilStopped(activity) && runCatching { recorder.stop() }.isSuccess
        } finally {
            recorder.release()
            to.close()
        }
        bytes.await().takeIf { kept }
    }

    private fun begin(recorder: MediaRecorder, to: ParcelFileDescriptor): Boolean = runCatching {
        recorder.setAudioSource(MediaRecorder.AudioSource.MIC)
        recorder.setOutputFormat(MediaRecorder.OutputFormat.AAC_ADTS)
        recorder.setAudioEncoder(MediaRecorder.AudioEncoder.AAC)
        recorder.setAudioEncodingBitRate(BITS_A_SECOND)
        recorder.setOutputFile(to.fileDescriptor)
        recorder.prepare()
        recorder.start()
    }.isSuccess

    private fun recorder(activity: ComponentActivity) = if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.S) {
        MediaRecorder(activity)
    } else {
        @Suppress("DEPRECATION") // What replaces it comes with Android 12.
        MediaRecorder()
    }

    /** True where it is to be kept. */
    private suspend fun untilStopped(activity: ComponentActivity): Boolean = suspendCancellableCoroutine { waiting ->
        val words = Words.of((activity.application as WaysideApplication).shell.language)
        val dialog = AlertDialog.Builder(activity).setMessage("●  ${words.media.sound}")
            .setPositiveButton(words.media.takeKept) { _, _ -> waiting.resume(true) }
            .setNegativeButton(words.common.stop) { _, _ -> waiting.resume(false) }
            .setCancelable(false)
            .create()
        // A window of its own, for which the flag of the one below does not count.
        dialog.window?.setFlags(WindowManager.LayoutParams.FLAG_SECURE, WindowManager.LayoutParams.FLAG_SECURE)
        // Nothing listens on behind a window that is gone.
        val gone = LifecycleEventObserver { _, event -> if (event == Lifecycle.Event.ON_DESTROY) dialog.dismiss() }
        activity.lifecycle.addObserver(gone)
        dialog.setOnDismissListener {
            activity.lifecycle.removeObserver(gone)
            if (waiting.isActive) waiting.resume(false)
        }
        dialog.show()
        waiting.invokeOnCancellation { dialog.dismiss() }
    }
}
