package org.wayside.app

import android.content.ComponentName
import android.content.Context
import android.content.pm.PackageManager.COMPONENT_ENABLED_STATE_DISABLED
import android.content.pm.PackageManager.COMPONENT_ENABLED_STATE_ENABLED
import android.content.pm.PackageManager.DONT_KILL_APP
import org.wayside.app.model.Looks

/** The app's names among the others are aliases of its one window, of which one is switched on. */
class PhoneLooks(private val context: Context) : Looks {
    private val kept = context.getSharedPreferences("looks", Context.MODE_PRIVATE)

    override var language: String?
        get() = kept.getString("language", null)
        set(value) = kept.edit().putString("language", value).apply()

    override val faces: List<String> get() = FACES.map { it.second }

    override var face: String
        get() = FACES.first { it.first == worn }.second
        set(value) {
            val chosen = FACES.first { it.second == value }.first
            kept.edit().putString("face", chosen).apply()
            // The new one first: an app without a name among the others could not be opened any more.
            (listOf(chosen) + FACES.map { it.first }.filter { it != chosen }).forEach { name ->
                val state = if (name == chosen) COMPONENT_ENABLED_STATE_ENABLED else COMPONENT_ENABLED_STATE_DISABLED
                context.packageManager.setComponentEnabledSetting(ComponentName(context, "org.wayside.app.$name"), state, DONT_KILL_APP)
            }
        }

    private val worn get() = kept.getString("face", null).takeIf { held -> FACES.any { it.first == held } } ?: FACES.first().first

    private companion object {
        /** Aliases of the manifest and their labels there. */
        val FACES = listOf("First" to "Wayside", "Second" to "Notebook", "Third" to "Measures")
    }
}
