package org.wayside.app.ui

import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import org.wayside.app.model.FileDone
import org.wayside.app.model.CaptureKind
import org.wayside.app.model.Shell
import org.wayside.app.model.lines
import org.wayside.app.model.saveBundle
import org.wayside.app.model.takeBundle

/** Records on a stick or another phone, where there is no network: what goes, what comes, and what came of it. */
@Composable
internal fun FilePart(came: FileDone?, busy: Boolean, shell: Shell) {
    val words = LocalWords.current.byFile
    val (saves, takes) = (shell.host.saver != null) to (CaptureKind.FILE in shell.host.senses.kinds)
    if (!saves && !takes) return
    Heading(words.title)
    Said(words.holds)
    came?.let { InView(it) { Notice(words.lines(it).joinToString("\n")) } }
    if (saves) {
        Other(words.save, "save-file", Modifier.fillMaxWidth(), !busy) { shell.saveBundle() }
    }
    if (takes) {
        Other(words.take, "take-file", Modifier.fillMaxWidth(), !busy) { shell.takeBundle() }
    }
}
