package org.wayside.app.ui

import androidx.compose.foundation.BorderStroke
import androidx.compose.foundation.Canvas
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Surface
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.Path
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.role
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import org.wayside.app.model.Shell
import org.wayside.app.model.glossFor
import org.wayside.app.model.listen
import org.wayside.core.PromptView

/** Words as the person reads them, with a button to hear them where there is sound, and the worker's own words below. */
@Composable
internal fun Heard(prompt: PromptView?, tag: String, shell: Shell, content: @Composable () -> Unit) {
    val played = prompt?.takeIf { it.hasAudio && shell.host.voice != null }
    val gloss = prompt?.glossFor(shell.language)
    if (played == null && gloss == null) return content()
    Column(verticalArrangement = Arrangement.spacedBy(4.dp)) {
        Row(Modifier.fillMaxWidth(), horizontalArrangement = Arrangement.spacedBy(8.dp), verticalAlignment = Alignment.CenterVertically) {
            Box(Modifier.weight(1f)) { content() }
            played?.let { Play(it, tag, shell) }
        }
        gloss?.let { Text(it, Modifier.testTag("$tag-gloss"), style = MaterialTheme.typography.bodyMedium) }
    }
}

/** Never played by itself: a voice in a quiet room gives a talk away. */
@Composable
private fun Play(prompt: PromptView, tag: String, shell: Shell) {
    val says = LocalWords.current.media.listen(prompt.text)
    val ink = MaterialTheme.colorScheme.primary
    Surface(
        onClick = { shell.listen(prompt) },
        Modifier.size(touchHeight).testTag("$tag-play").semantics {
            contentDescription = says
            role = Role.Button
        },
        shape = RoundedCornerShape(12.dp),
        color = MaterialTheme.colorScheme.surface,
        border = BorderStroke(1.dp, MaterialTheme.colorScheme.outline),
    ) {
        Box(contentAlignment = Alignment.Center) {
            // As on every player: it points the same way in every direction of writing.
            Canvas(Modifier.size(20.dp)) {
                val triangle = Path().apply {
                    moveTo(0f, 0f)
                    lineTo(size.width, size.height / 2)
                    lineTo(0f, size.height)
                    close()
                }
                drawPath(triangle, ink)
            }
        }
    }
}
