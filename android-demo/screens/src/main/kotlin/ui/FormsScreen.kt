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
import org.wayside.app.model.Screen
import org.wayside.app.model.Shell
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
        if (screen.missing.isNotEmpty()) return@Page NotReady(screen.missing)
        screen.forms.forEach { form ->
            Card(form.title, if (form.adultsOnly) words.adultsOnly else "", words.start, "form-${form.id}", !busy) {
                shell.start(form)
            }
        }
        if (screen.drafts.isNotEmpty()) Heading(words.unfinished)
        screen.drafts.forEach { draft ->
            // Neither name nor answer: only which form it is.
            Card(title(screen.forms, draft), "", words.resume, "draft-${draft.id}", !busy) { shell.resume(draft) }
        }
    }
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
            Text(action, color = MaterialTheme.colorScheme.primary, style = MaterialTheme.typography.bodyLarge)
        }
    }
