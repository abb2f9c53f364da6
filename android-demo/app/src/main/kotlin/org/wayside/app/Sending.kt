package org.wayside.app

import android.app.Notification
import android.app.NotificationChannel
import android.app.NotificationManager
import android.content.Context
import androidx.work.BackoffPolicy
import androidx.work.Constraints
import androidx.work.ExistingPeriodicWorkPolicy
import androidx.work.ExistingWorkPolicy
import androidx.work.ForegroundInfo
import androidx.work.NetworkType
import androidx.work.OneTimeWorkRequest
import androidx.work.OutOfQuotaPolicy
import androidx.work.PeriodicWorkRequest
import androidx.work.WorkManager
import androidx.work.Worker
import androidx.work.WorkerParameters
import java.util.concurrent.TimeUnit
import org.wayside.app.model.sendLocked
import org.wayside.core.CancelToken

/** Sends what is sealed in the system's own time, with every vault shut: it needs neither a secret nor a person. */
class Sending(context: Context, parameters: WorkerParameters) : Worker(context, parameters) {
    private val token = CancelToken()

    override fun doWork(): Result = token.use {
        val host = (applicationContext as WaysideApplication).host
        if (sendLocked(host, token)) Result.success() else Result.retry()
    }

    /** What was sent stays sent. */
    override fun onStopped() {
        runCatching { token.cancel() }
    }

    /** What older systems show while something urgent is sent: the name the app stands under, and nothing of why. */
    override fun getForegroundInfo(): ForegroundInfo {
        val notices = applicationContext.getSystemService(Context.NOTIFICATION_SERVICE) as NotificationManager
        val name = (applicationContext as WaysideApplication).host.looks.face
        notices.createNotificationChannel(NotificationChannel(CHANNEL, name, NotificationManager.IMPORTANCE_MIN))
        val notice = Notification.Builder(applicationContext, CHANNEL).setSmallIcon(android.R.drawable.stat_notify_sync).setContentTitle(name).build()
        return ForegroundInfo(1, notice)
    }

    companion object {
        private const val CHANNEL = "transfer"
        const val URGENT = "urgent"
        const val SEALED = "sealed"
        const val REGULAR = "regular"

        private val online = Constraints.Builder().setRequiredNetworkType(NetworkType.CONNECTED).build()

        /** Something waits. What is urgent does not wait for the system's good time; a link has to be there for both. */
        fun ask(context: Context, urgent: Boolean) {
            val request = OneTimeWorkRequest.Builder(Sending::class.java).setConstraints(online)
                .setBackoffCriteria(BackoffPolicy.EXPONENTIAL, 30, TimeUnit.SECONDS)
            if (urgent) request.setExpedited(OutOfQuotaPolicy.RUN_AS_NON_EXPEDITED_WORK_REQUEST)
            val work = WorkManager.getInstance(context)
            // One that runs already may have passed by what is new.
            work.enqueueUniqueWork(if (urgent) URGENT else SEALED, ExistingWorkPolicy.APPEND_OR_REPLACE, request.build())
            val regular = PeriodicWorkRequest.Builder(Sending::class.java, 6, TimeUnit.HOURS).setConstraints(online).build()
            // For the receipts, which nobody on the phone can know of.
            work.enqueueUniquePeriodicWork(REGULAR, ExistingPeriodicWorkPolicy.KEEP, regular)
        }
    }
}
