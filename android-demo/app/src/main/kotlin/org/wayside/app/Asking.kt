package org.wayside.app

import androidx.activity.ComponentActivity
import androidx.activity.result.ActivityResultLauncher
import androidx.activity.result.contract.ActivityResultContract
import java.util.concurrent.atomic.AtomicInteger
import kotlin.coroutines.resume
import kotlinx.coroutines.suspendCancellableCoroutine

/** What the system asks a person through the window that is open: for a permission, for a file, for a place to put one. */
class Asking {
    /** Nothing while none is open. */
    var window: ComponentActivity? = null
    private val asked = AtomicInteger()

    /** Nothing where the person broke off, or no window is open. */
    suspend fun <In, Out> ask(contract: ActivityResultContract<In, Out>, input: In): Out? {
        val activity = window ?: return null
        return suspendCancellableCoroutine { waiting ->
            lateinit var launcher: ActivityResultLauncher<In>
            launcher = activity.activityResultRegistry.register("asked-${asked.incrementAndGet()}", contract) {
                launcher.unregister()
                waiting.resume(it)
            }
            launcher.launch(input)
            waiting.invokeOnCancellation { launcher.unregister() }
        }
    }
}
