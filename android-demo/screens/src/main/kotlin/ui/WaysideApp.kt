package org.wayside.app.ui

import androidx.compose.foundation.isSystemInDarkTheme
import androidx.compose.runtime.Composable
import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.compositionLocalOf
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.text.font.FontFamily
import org.wayside.app.model.Screen
import org.wayside.app.model.Shell
import org.wayside.app.model.ShellState

/** Whether it is for training, which every screen says. */
internal val LocalPractice = compositionLocalOf { false }

/** The app. The words follow the interview's language, and outside of one the worker's. */
@Composable
fun WaysideApp(shell: Shell, darkMode: Boolean = isSystemInDarkTheme(), fonts: FontFamily = FontFamily.Default) {
    val state by shell.state.collectAsState()
    val asking = state.screen as? Screen.Asking
    WaysideTheme(asking?.view?.language ?: state.language, darkMode, fonts) {
        CompositionLocalProvider(LocalPractice provides state.practice) { WaysideScreen(state, shell) }
    }
}

@Composable
internal fun WaysideScreen(state: ShellState, shell: Shell) {
    val problem = state.problem?.let { LocalWords.current.problem(it) }
    val screen = state.screen
    val protocol = screen.protocol
    var inDanger by remember(protocol == null) { mutableStateOf(false) }
    val showDanger = {
        shell.host.voice?.stop()
        inDanger = true
    }
    if (inDanger && protocol != null) {
        val asking = (screen as? Screen.Asking)?.view?.step?.isOver == false
        return ProtocolScreen(protocol, asking, shell) { inDanger = false }
    }
    when (screen) {
        is Screen.Start -> StartScreen(screen, state.busy, problem, shell)
        is Screen.Forms -> FormsScreen(screen, state.busy, problem, shell, showDanger)
        is Screen.Asking -> AskingScreen(screen.view, state.busy, problem, shell, showDanger)
        is Screen.Queue -> QueueScreen(screen, problem, shell, showDanger)
        is Screen.Carry -> CarryScreen(screen, state.busy, problem, shell, showDanger)
        is Screen.Give -> GiveScreen(screen, state.busy, problem, shell, showDanger)
        is Screen.Work -> WorkScreen(screen, state.busy, problem, shell, showDanger)
        is Screen.Case -> CaseScreen(screen, state.busy, problem, shell, showDanger)
        is Screen.Help -> HelpScreen(screen, state.busy, problem, shell, showDanger)
        is Screen.Phone -> PhoneScreen(screen, state.busy, problem, shell, showDanger)
    }
}
