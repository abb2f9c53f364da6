package org.wayside.app.ui

import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.text.KeyboardOptions
import androidx.compose.material3.OutlinedTextField
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.text.input.KeyboardCapitalization
import androidx.compose.ui.text.input.KeyboardType
import androidx.compose.ui.text.input.PasswordVisualTransformation
import androidx.compose.ui.text.input.VisualTransformation
import org.wayside.app.model.CaptureKind
import org.wayside.app.model.Chosen
import org.wayside.app.model.Screen
import org.wayside.app.model.Shell
import org.wayside.app.model.choose
import org.wayside.app.model.enrol
import org.wayside.app.model.scan
import org.wayside.app.model.unlock

/** A keyboard that is asked not to learn: what is typed here is nobody's suggestion later. */
internal fun discreet(type: KeyboardType = KeyboardType.Text) =
    KeyboardOptions(capitalization = KeyboardCapitalization.None, autoCorrectEnabled = false, keyboardType = type)

/** Nothing here says what the app is for: not even its name, which is the one it stands under among the others. */
@Composable
internal fun StartScreen(screen: Screen.Start, busy: Boolean, problem: String?, shell: Shell) {
    val words = LocalWords.current
    val enrols = screen.chosen is Chosen.New
    // Plain `remember`: neither may reach what the system saves of an app.
    var secret by remember(screen.chosen) { mutableStateOf("") }
    var record by remember(screen.chosen) { mutableStateOf("") }
    val complete = secret.isNotBlank() && (!enrols || record.isNotBlank())
    val begins = screen.chosen is Chosen.Practice && !screen.practice
    Page(
        id = screen.chosen,
        title = shell.host.looks.face,
        busy = busy,
        problem = problem,
        below = {
            Below {
                val text = if (enrols) words.start.enrol else if (begins) words.phone.makePractice else words.start.open
                Main(text, "open", Modifier.fillMaxWidth(), complete && !busy) {
                    if (enrols) shell.enrol(record, secret) else shell.unlock(secret)
                    secret = ""
                }
            }
        },
    ) {
        if (screen.workers.size > 1) {
            val workers = screen.workers.map { Chosen.Worker(it) to words.phone.worker(it.toIntOrNull() ?: 0) }
            Pick(workers, screen.chosen, "worker", { (it as Chosen.Worker).folder }) { shell.choose(it) }
        }
        if (enrols) {
            Field(record, { record = it }, words.start.record, words.start.recordHint, "record", lines = 4)
            if (CaptureKind.PICTURE in shell.host.senses.kinds) {
                Other(words.phone.scan, "scan", Modifier.fillMaxWidth(), !busy) { shell.scan { record = it } }
            }
        }
        if (begins) Said(words.phone.practiceMeans)
        Field(secret, { secret = it }, words.start.secret, words.start.secretHint, "secret", hidden = true)
        Others(screen, busy, shell)
    }
}

/** What else can be opened or made here. */
@Composable
private fun Others(screen: Screen.Start, busy: Boolean, shell: Shell) {
    val words = LocalWords.current.phone
    val first = screen.workers.firstOrNull()
    if (screen.chosen !is Chosen.Worker && first != null) {
        Small(words.worker(first.toIntOrNull() ?: 0), "first-worker", !busy) { shell.choose(Chosen.Worker(first)) }
    }
    if (screen.chosen !is Chosen.New) Small(words.another, "another-worker", !busy) { shell.choose(Chosen.New) }
    if (screen.chosen !is Chosen.Practice) Small(words.practice, "practice", !busy) { shell.choose(Chosen.Practice) }
}

@Composable
internal fun Field(
    value: String, onChange: (String) -> Unit, label: String, hint: String, tag: String, hidden: Boolean = false, lines: Int = 1,
) = OutlinedTextField(
    value, onChange,
    Modifier.fillMaxWidth().testTag(tag),
    label = { Text(label) },
    supportingText = if (hint.isEmpty()) null else ({ Text(hint) }),
    visualTransformation = if (hidden) PasswordVisualTransformation() else VisualTransformation.None,
    keyboardOptions = discreet(if (hidden) KeyboardType.Password else KeyboardType.Text),
    singleLine = lines == 1,
    minLines = lines,
    maxLines = lines,
)
