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
import org.wayside.app.model.Screen

/** A keyboard that is asked not to learn: what is typed here is nobody's suggestion later. */
internal fun discreet(type: KeyboardType = KeyboardType.Text) =
    KeyboardOptions(capitalization = KeyboardCapitalization.None, autoCorrectEnabled = false, keyboardType = type)

/** Nothing here says what the app is for. */
@Composable
internal fun StartScreen(
    screen: Screen.Start,
    busy: Boolean,
    problem: String?,
    enrol: (String, String) -> Unit,
    unlock: (String) -> Unit,
) {
    val words = LocalWords.current.start
    // Plain `remember`: neither may reach what the system saves of an app.
    var secret by remember { mutableStateOf("") }
    var record by remember { mutableStateOf("") }
    val complete = secret.isNotBlank() && (screen.enrolled || record.isNotBlank())
    Page(
        id = screen.enrolled,
        title = "Wayside",
        busy = busy,
        problem = problem,
        below = {
            Below {
                Main(if (screen.enrolled) words.open else words.enrol, "open", Modifier.fillMaxWidth(), complete && !busy) {
                    if (screen.enrolled) unlock(secret) else enrol(record, secret)
                    secret = ""
                }
            }
        },
    ) {
        if (!screen.enrolled) {
            Field(record, { record = it }, words.record, words.recordHint, "record", lines = 4)
        }
        Field(secret, { secret = it }, words.secret, words.secretHint, "secret", hidden = true)
    }
}

@Composable
private fun Field(
    value: String, onChange: (String) -> Unit, label: String, hint: String, tag: String, hidden: Boolean = false, lines: Int = 1,
) = OutlinedTextField(
    value, onChange,
    Modifier.fillMaxWidth().testTag(tag),
    label = { Text(label) },
    supportingText = { Text(hint) },
    visualTransformation = if (hidden) PasswordVisualTransformation() else VisualTransformation.None,
    keyboardOptions = discreet(if (hidden) KeyboardType.Password else KeyboardType.Text),
    singleLine = lines == 1,
    minLines = lines,
    maxLines = lines,
)
