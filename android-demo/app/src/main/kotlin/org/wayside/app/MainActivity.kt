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
    private val app get() = application as WaysideApplication

    override fun onCreate(savedInstanceState: Bundle?) {
        // What the system saved is not read: nothing of an interview is ever in it.
        super.onCreate(null)
        window.setFlags(WindowManager.LayoutParams.FLAG_SECURE, WindowManager.LayoutParams.FLAG_SECURE)
        app.asking.window = this
        val fonts = PhoneFonts.of(this)
        setContent { WaysideApp(app.shell, fonts = fonts) }
    }

    override fun onStart() {
        // Before what waits for the window goes on.
        app.shell.resume()
        super.onStart()
    }

    override fun onStop() {
        super.onStop()
        app.shell.suspend()
    }

    override fun onDestroy() {
        super.onDestroy()
        // Another one may be open by now.
        if (app.asking.window === this) app.asking.window = null
    }
}
