package org.wayside.app.ui

import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import org.wayside.app.model.Done
import org.wayside.app.model.Part
import org.wayside.app.model.Screen
import org.wayside.app.model.Shell
import org.wayside.app.model.changeSecret
import org.wayside.app.model.clearForBorder
import org.wayside.app.model.destroy
import org.wayside.app.model.practise
import org.wayside.app.model.showPhone

/** New secret words, and others for when a worker is forced. Plain `remember`: none of it may reach what the system saves. */
@Composable
internal fun SecretPart(screen: Screen.Phone, busy: Boolean, problem: String?, shell: Shell, showDanger: () -> Unit) {
    val words = LocalWords.current.phone
    val common = LocalWords.current.common
    var old by remember(screen.done) { mutableStateOf("") }
    var new by remember(screen.done) { mutableStateOf("") }
    var again by remember(screen.done) { mutableStateOf("") }
    var duress by remember(screen.done) { mutableStateOf("") }
    var wipes by remember(screen.done) { mutableStateOf(false) }
    val complete = old.isNotBlank() && new.isNotBlank() && new == again
    Page(
        id = Part.SECRET,
        title = words.secret,
        corner = { Danger(showDanger) },
        busy = busy,
        problem = problem,
        below = {
            Below {
                Main(words.change, "do", Modifier.fillMaxWidth(), complete && !busy) { shell.changeSecret(old, new, duress, wipes) }
                Other(common.back, "back", Modifier.fillMaxWidth(), !busy) { shell.showPhone() }
            }
        },
    ) {
        if (screen.done is Done.Changed) Notice(words.changed)
        Field(old, { old = it }, words.old, "", "old", hidden = true)
        Field(new, { new = it }, words.new, LocalWords.current.start.secretHint, "new", hidden = true)
        Field(again, { again = it }, words.newAgain, if (again.isEmpty() || new == again) "" else words.differ, "again", hidden = true)
        Heading(words.duress)
        Said(words.duressMeans)
        Field(duress, { duress = it }, LocalWords.current.start.secret, "", "duress", hidden = true)
        if (duress.isNotBlank()) Choice(words.duressWipes, wipes, many = true, tag = "wipes") { wipes = !wipes }
    }
}

/** What is on the phone when somebody else may look at it. */
@Composable
internal fun BorderPart(screen: Screen.Phone, busy: Boolean, problem: String?, shell: Shell, showDanger: () -> Unit) {
    val words = LocalWords.current
    var sure by remember(screen.done) { mutableStateOf(false) }
    Page(
        id = Part.BORDER,
        title = words.phone.border,
        corner = { Danger(showDanger) },
        busy = busy,
        problem = problem,
        below = {
            Below {
                Main(words.phone.clear, "clear", Modifier.fillMaxWidth(), !busy) { shell.clearForBorder() }
                Other(words.common.back, "back", Modifier.fillMaxWidth(), !busy) { shell.showPhone() }
            }
        },
    ) {
        (screen.done as? Done.Cleared)?.report?.let { report ->
            Notice(if (report.sync.complete) words.queue.allSent else words.queue.notAll)
            val sealed = report.queue.run { waiting + handedOver + quarantined }
            Said(words.phone.stillHere(report.drafts.toInt(), sealed.toInt()))
        }
        Said(words.phone.borderMeans)
        // Always possible, also while something else is under way.
        Other(words.phone.destroy, "destroy", Modifier.fillMaxWidth()) { if (sure) shell.destroy() else sure = true }
        if (sure) Problem(words.phone.destroyMeans)
    }
}

/** The words that open practice, which are others than the worker's own. */
@Composable
internal fun PracticePart(screen: Screen.Phone, busy: Boolean, problem: String?, shell: Shell, showDanger: () -> Unit) {
    val words = LocalWords.current
    var secret by remember { mutableStateOf("") }
    Page(
        id = Part.PRACTICE,
        title = words.phone.practice,
        corner = { Danger(showDanger) },
        busy = busy,
        problem = problem,
        below = {
            Below {
                val text = if (screen.practice) words.start.open else words.phone.makePractice
                Main(text, "do", Modifier.fillMaxWidth(), secret.isNotBlank() && !busy) {
                    shell.practise(secret)
                    secret = ""
                }
                Other(words.common.back, "back", Modifier.fillMaxWidth(), !busy) { shell.showPhone() }
            }
        },
    ) {
        if (!screen.practice) Said(words.phone.practiceMeans)
        Field(secret, { secret = it }, words.start.secret, words.start.secretHint, "secret", hidden = true)
    }
}
