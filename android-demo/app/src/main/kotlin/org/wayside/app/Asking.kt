package org.wayside.app

import android.content.ActivityNotFoundException
import androidx.activity.ComponentActivity
import androidx.activity.result.ActivityResultLauncher
import androidx.activity.result.contract.ActivityResultContract
import androidx.lifecycle.LifecycleDestroyedException
import androidx.lifecycle.withStarted
import java.util.concurrent.atomic.AtomicInteger
import kotlin.coroutines.resume
import kotlinx.coroutines.suspendCancellableCoroutine

/** What the system asks a person through the window that is open: for a permission, for a file, for a place to put one. */
class Asking {
    /** Nothing while none is open. */
    var window: ComponentActivity? = null
    private val asked = AtomicInteger()

    /** Nothing where the person broke off, no window is open, or this phone has nothing that could ask. */
    suspend fun <In, Out> ask(contract: ActivityResultContract<In, Out>, input: In): Out? {
        val activity = window ?: return null
        val answer = suspendCancellableCoroutine<Out?> { waiting ->
            lateinit var launcher: ActivityResultLauncher<In>
            launcher = activity.activityResultRegistry.register("asked-${asked.incrementAndGet()}", contract) {
                launcher.unregister()
                waiting.resume(it)
            }
            try {
                launcher.launch(input)
            } catch (_: ActivityNotFoundException) {
                launcher.unregister()
                waiting.resume(null)
            }
            waiting.invokeOnCancellation { launcher.unregister() }
        }
        return answer.takeIf { activity.awaitStarted() }
    }
}

/** Waits until the window is in front again, as the vault is shut until then: answers may come before. False where it is gone. */
internal suspend fun ComponentActivity.awaitStarted(): Boolean = try {
    lifecycle.withStarted { true }
} catch (_: LifecycleDestroyedException) {
    false
}
