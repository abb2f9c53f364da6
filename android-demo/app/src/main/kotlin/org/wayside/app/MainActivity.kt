package org.wayside.app

import android.os.Bundle
import android.view.WindowManager
import androidx.activity.ComponentActivity
import androidx.activity.compose.setContent
import org.wayside.app.model.resume
import org.wayside.app.model.suspend
import org.wayside.app.ui.WaysideApp

/** One window, which no screenshot, recording or list of recent apps shows. */
class MainActivity : ComponentActivity() {
    private val shell get() = (application as WaysideApplication).shell

    override fun onCreate(savedInstanceState: Bundle?) {
        // What the system saved is not read: nothing of an interview is ever in it.
        super.onCreate(null)
        window.setFlags(WindowManager.LayoutParams.FLAG_SECURE, WindowManager.LayoutParams.FLAG_SECURE)
        setContent { WaysideApp(shell) }
    }

    override fun onStart() {
        super.onStart()
        shell.resume()
    }

    override fun onStop() {
        super.onStop()
        shell.suspend()
    }
}
