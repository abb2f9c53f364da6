package org.wayside.app.ui

import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import org.wayside.app.model.Screen
import org.wayside.app.model.Shell
import org.wayside.app.model.askForHelp

/** For the worker: nothing of a talk goes with it. */
@Composable
internal fun HelpScreen(screen: Screen.Help, busy: Boolean, problem: String?, shell: Shell, showDanger: () -> Unit) {
    val words = LocalWords.current
    Page(
        id = "help",
        title = words.help.title,
        corner = { Danger(showDanger) },
        busy = busy,
        problem = problem,
        below = {
            Below {
                if (!screen.asked) Main(words.help.ask, "ask-help", Modifier.fillMaxWidth(), !busy) { shell.askForHelp(true) }
                Other(words.common.back, "back", Modifier.fillMaxWidth(), !busy) { shell.showForms() }
            }
        },
    ) {
        if (screen.asked) Notice(words.help.asked)
        Large(words.help.after)
        Said(words.help.means)
        if (!screen.asked) Small(words.help.hard, "say-hard", !busy) { shell.askForHelp(false) }
    }
}
