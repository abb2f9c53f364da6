package org.wayside.app.ui

import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import org.wayside.app.model.Chosen
import org.wayside.app.model.Done
import org.wayside.app.model.Part
import org.wayside.app.model.Screen
import org.wayside.app.model.Shell
import org.wayside.app.model.Words
import org.wayside.app.model.check
import org.wayside.app.model.hour
import org.wayside.app.model.lock
import org.wayside.app.model.openDecoy
import org.wayside.app.model.showPhone
import org.wayside.app.model.speak
import org.wayside.app.model.wear
import org.wayside.core.AuditEntry

/** What a worker sets on this phone, one part a screen. */
@Composable
internal fun PhoneScreen(screen: Screen.Phone, busy: Boolean, problem: String?, shell: Shell, showDanger: () -> Unit) = when (screen.part) {
    Part.SECRET -> SecretPart(screen, busy, problem, shell, showDanger)
    Part.BORDER -> BorderPart(screen, busy, problem, shell, showDanger)
    Part.PRACTICE -> PracticePart(screen, busy, problem, shell, showDanger)
    else -> Parts(screen, busy, problem, shell, showDanger)
}

@Composable
private fun Parts(screen: Screen.Phone, busy: Boolean, problem: String?, shell: Shell, showDanger: () -> Unit) {
    val words = LocalWords.current
    val all = screen.part == Part.ALL
    Page(
        id = screen.part,
        title = words.title(screen.part),
        corner = { Danger(showDanger) },
        busy = busy,
        problem = problem,
        below = {
            Below {
                Other(words.common.back, "back", Modifier.fillMaxWidth(), !busy) { if (all) shell.showForms() else shell.showPhone() }
            }
        },
    ) {
        when (screen.part) {
            Part.LANGUAGE -> Pick(Words.all.map { it.tag to it.name }, words.tag, "speak") { shell.speak(it) }
            Part.FACE -> {
                Said(words.phone.faceMeans)
                Pick(shell.host.looks.faces.map { it to it }, shell.host.looks.face, "face") { shell.wear(it) }
            }
            Part.CHECK -> (screen.done as? Done.Checked)?.let { Log(it.log, shell) }
            else -> All(screen, busy, shell)
        }
    }
}

@Composable
private fun All(screen: Screen.Phone, busy: Boolean, shell: Shell) {
    val words = LocalWords.current
    if (screen.device.site.isNotEmpty()) Said("${words.phone.site}: ${screen.device.site}")
    if (screen.device.role.isNotEmpty()) Said("${words.phone.role}: ${screen.device.role}")
    val parts = listOf(Part.LANGUAGE, Part.SECRET, Part.BORDER, Part.CHECK) +
        listOf(Part.FACE).filter { shell.host.looks.faces.size > 1 }
    parts.forEach { part ->
        Wide(words.title(part), "part-${part.name.lowercase()}", !busy) { if (part == Part.CHECK) shell.check() else shell.showPhone(part) }
    }
    Wide(words.phone.another, "another-worker", !busy) { shell.lock(Chosen.New) }
    if (!LocalPractice.current) Wide(words.phone.practice, "practice", !busy) { shell.showPhone(Part.PRACTICE) }
    Wide(words.phone.decoy, "decoy", !busy) { shell.openDecoy() }
    Said(words.phone.decoyMeans)
}

@Composable
private fun Wide(text: String, tag: String, enabled: Boolean, onClick: () -> Unit) =
    Other(text, tag, Modifier.fillMaxWidth(), enabled, onClick = onClick)

/** What was done, the newest first: codes and hours, about nobody. */
@Composable
private fun Log(log: List<AuditEntry>, shell: Shell) {
    val words = LocalWords.current.phone
    Notice(words.checked)
    Heading(words.log)
    log.asReversed().take(50).forEach { entry ->
        val signed = if (entry.signed) ", ${words.signed}" else ""
        Said("${shell.hour(entry.hour)}: ${entry.code}$signed")
    }
}

internal fun Words.title(part: Part): String = when (part) {
    Part.ALL -> phone.title
    Part.LANGUAGE -> phone.language
    Part.SECRET -> phone.secret
    Part.BORDER -> phone.border
    Part.FACE -> phone.face
    Part.CHECK -> phone.check
    Part.PRACTICE -> phone.practice
}
