package org.wayside.app.ui

import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.OutlinedCard
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.unit.dp
import org.wayside.app.model.Notices
import org.wayside.app.model.Screen
import org.wayside.app.model.Shell
import org.wayside.app.model.acceptOldCopy
import org.wayside.app.model.isAboutNobody
import org.wayside.app.model.lock
import org.wayside.app.model.showHelp
import org.wayside.app.model.showPhone
import org.wayside.app.model.showQueue
import org.wayside.app.model.showWork
import org.wayside.core.DraftView
import org.wayside.core.FormSummary
import org.wayside.core.Missing

@Composable
internal fun FormsScreen(screen: Screen.Forms, busy: Boolean, problem: String?, shell: Shell, showDanger: () -> Unit) {
    val words = LocalWords.current.forms
    Page(
        id = "forms",
        title = words.title,
        corner = {
            Danger(showDanger)
            Corner(words.lock, "lock") { shell.lock() }
        },
        busy = busy,
        problem = problem,
        below = {
            Below {
                val onTheWay = screen.queue.run { waiting + handedOver + quarantined }
                Main("${words.queue} ($onTheWay)", "queue", Modifier.fillMaxWidth(), !busy) { shell.showQueue() }
            }
        },
    ) {
        Waiting(screen.notices, busy, shell)
        if (screen.missing.isNotEmpty()) {
            NotReady(screen.missing)
            // Nobody is talked to for them.
            screen.forms.filter { it.isAboutNobody }.forEach { Begin(it, busy, shell) }
        } else {
            Talks(screen, busy, shell)
        }
        Heading(LocalWords.current.notices.more)
        val work = LocalWords.current.work
        val due = if (screen.due > 0) " (${work.waiting(screen.due)})" else ""
        Other(work.title + due, "work", Modifier.fillMaxWidth(), !busy) { shell.showWork() }
        Other(LocalWords.current.help.title, "help", Modifier.fillMaxWidth(), !busy) { shell.showHelp() }
        Other(LocalWords.current.phone.title, "phone", Modifier.fillMaxWidth(), !busy) { shell.showPhone() }
    }
}

/** What waits for a person; nothing of it goes by itself. */
@Composable
private fun Waiting(notices: Notices, busy: Boolean, shell: Shell) {
    val words = LocalWords.current.notices
    if (notices.oldCopy) {
        Problem(words.oldCopy)
        Other(words.useCopy, "use-copy", Modifier.fillMaxWidth(), !busy) { shell.acceptOldCopy() }
    }
    val report = notices.retention ?: return
    if (report.readingLocked) Notice(words.readingLocked)
    if (report.oldDrafts.isNotEmpty()) Notice(words.oldDrafts(report.oldDrafts.size))
    if (report.oldUnsent.isNotEmpty()) Notice(words.oldUnsent(report.oldUnsent.size))
}

@Composable
private fun Talks(screen: Screen.Forms, busy: Boolean, shell: Shell) {
    val words = LocalWords.current.forms
    screen.forms.forEach { Begin(it, busy, shell) }
    if (screen.drafts.isNotEmpty()) Heading(words.unfinished)
    screen.drafts.forEach { draft ->
        // Neither name nor answer: only which form it is.
        Card(title(screen.forms, draft), "", words.resume, "draft-${draft.id}", !busy) { shell.resume(draft) }
    }
}

/** With what it is for, where HQ said so. */
@Composable
private fun Begin(form: FormSummary, busy: Boolean, shell: Shell) {
    val words = LocalWords.current.forms
    val note = if (form.adultsOnly) words.adultsOnly else form.terms?.purpose.orEmpty()
    Card(form.title, note, words.start, "form-${form.id}", !busy) { shell.start(form) }
}

/** No question before there is somewhere to send a person to; what is missing, and what everybody may know. */
@Composable
private fun NotReady(missing: List<Missing>) {
    val words = LocalWords.current.ready
    Large(words.title)
    missing.forEach { one ->
        val said = when (one) {
            Missing.SERVICES -> words.services
            Missing.SERVICES_EXPIRED -> words.servicesExpired
            Missing.NO_SERVICE -> words.noService
            Missing.FORMS -> words.forms
            Missing.TRAINING -> words.training
            Missing.SUPERVISOR -> words.supervisor
        }
        Said("•  $said")
    }
    Heading(words.until)
    Large(words.leaflet)
}

private fun title(forms: List<FormSummary>, draft: DraftView) = forms.find { it.id == draft.form }?.title ?: draft.form

@Composable
internal fun Card(title: String, note: String, action: String, tag: String, enabled: Boolean, onClick: () -> Unit) =
    OutlinedCard(onClick, Modifier.fillMaxWidth().heightIn(min = touchHeight).testTag(tag), enabled) {
        Column(Modifier.padding(16.dp)) {
            Text(title, style = MaterialTheme.typography.titleMedium)
            if (note.isNotEmpty()) Text(note, style = MaterialTheme.typography.bodyMedium)
            if (action.isNotEmpty()) Text(action, color = MaterialTheme.colorScheme.primary, style = MaterialTheme.typography.bodyLarge)
        }
    }
