package org.wayside.app

import android.app.Application
import java.io.File
import java.util.Locale
import java.util.TimeZone
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import org.wayside.app.model.Host
import org.wayside.app.model.Shell
import org.wayside.core.uniffiEnsureInitialized

/** Holds the one shell of the process: turning the phone or leaving the app for a moment loses nothing. */
class WaysideApplication : Application() {
    lateinit var host: Host
        private set
    lateinit var shell: Shell
        private set

    /** Through the window that is open, for as long as one is. */
    val asking = Asking()

    override fun onCreate() {
        super.onCreate()
        uniffiEnsureInitialized()
        host = Host(
            File(noBackupFilesDir, "vaults").path,
            KeystoreKeyStore(),
            { HttpTransport() },
            { TimeZone.getDefault().getOffset(System.currentTimeMillis()) / 60_000 },
            PhoneLooks(this),
            PhoneSenses(this, asking),
            PhoneSaver(this, asking),
            PhoneVoice(this),
            LocalNetwork(),
            { urgent -> Sending.ask(this, urgent) },
        )
        shell = Shell(host, CoroutineScope(SupervisorJob() + Dispatchers.Main.immediate), Locale.getDefault().language)
    }
}
