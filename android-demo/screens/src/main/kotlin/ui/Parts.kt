package org.wayside.app.ui

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ColumnScope
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.foundation.layout.PaddingValues
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.RowScope
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.imePadding
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.safeDrawingPadding
import androidx.compose.foundation.relocation.BringIntoViewRequester
import androidx.compose.foundation.relocation.bringIntoViewRequester
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.Button
import androidx.compose.material3.HorizontalDivider
import androidx.compose.material3.LinearProgressIndicator
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.OutlinedButton
import androidx.compose.material3.Surface
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.key
import androidx.compose.runtime.remember
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.LocalDensity
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.unit.dp

/** Wide enough for a thumb in a hurry, wider than any guideline asks. */
internal val touchHeight = 56.dp

/** From here on half of a small screen is too narrow for a word. */
private const val LARGE_LETTERS = 1.5f

/** More of what went wrong is scrolled. */
private val mostOfProblem = 112.dp

/**
 * A screen: what scrolls, with its title, between what is always in reach above and below. A long title in large letters
 * must not take the place of the question.
 *
 * @param id what tells one screen from the next: a new one starts at its top.
 */
@Composable
internal fun Page(
    id: Any,
    title: String,
    above: String = "",
    corner: @Composable () -> Unit = {},
    busy: Boolean = false,
    problem: String? = null,
    below: @Composable () -> Unit = {},
    content: @Composable ColumnScope.() -> Unit,
) = Surface(Modifier.fillMaxSize(), color = MaterialTheme.colorScheme.background) {
    Column(Modifier.fillMaxSize().safeDrawingPadding().imePadding()) {
        FlowRow(
            Modifier.fillMaxWidth().padding(horizontal = 16.dp, vertical = 8.dp),
            horizontalArrangement = Arrangement.spacedBy(12.dp, Alignment.End),
        ) { corner() }
        if (busy) LinearProgressIndicator(Modifier.fillMaxWidth()) else HorizontalDivider()
        key(id) {
            Column(
                Modifier.weight(1f).verticalScroll(rememberScrollState()).padding(16.dp),
                verticalArrangement = Arrangement.spacedBy(12.dp),
            ) {
                if (LocalPractice.current) Notice(LocalWords.current.notices.practice)
                if (above.isNotEmpty()) Text(above, style = MaterialTheme.typography.bodyMedium)
                Text(title, Modifier.semantics { heading() }, style = MaterialTheme.typography.titleLarge)
                content()
            }
        }
        // Long words in large letters must not take the place of what a person has to tap next.
        problem?.let {
            Column(Modifier.heightIn(max = mostOfProblem).verticalScroll(rememberScrollState())) {
                Problem(it, Modifier.padding(horizontal = 16.dp, vertical = 8.dp))
            }
        }
        below()
    }
}

@Composable
internal fun Problem(text: String, modifier: Modifier = Modifier) = Text(
    text,
    modifier.testTag("problem").semantics { liveRegion = LiveRegionMode.Polite },
    color = MaterialTheme.colorScheme.error,
    style = MaterialTheme.typography.bodyLarge,
)

/** What is always in reach. */
@Composable
internal fun Below(content: @Composable () -> Unit) = Column {
    HorizontalDivider()
    Column(
        Modifier.fillMaxWidth().padding(horizontal = 16.dp, vertical = 8.dp),
        verticalArrangement = Arrangement.spacedBy(8.dp),
    ) { content() }
}

/** Two of it in one row, each half as wide: back where a line begins, on where it ends. */
@Composable
internal fun Beside(content: @Composable RowScope.() -> Unit) =
    Row(Modifier.fillMaxWidth(), horizontalArrangement = Arrangement.spacedBy(12.dp), content = content)

/** Two buttons beside each other; in large letters one below the other, or their words would be broken where no word may be. */
@Composable
internal fun Halves(content: @Composable (Modifier) -> Unit) = if (LocalDensity.current.fontScale < LARGE_LETTERS) {
    Beside { content(Modifier.weight(1f)) }
} else {
    content(Modifier.fillMaxWidth())
}

@Composable
internal fun Main(text: String, tag: String, modifier: Modifier = Modifier, enabled: Boolean = true, onClick: () -> Unit) =
    Button(onClick, modifier.heightIn(min = touchHeight).testTag(tag), enabled, shape = RoundedCornerShape(12.dp)) {
        Text(text, style = MaterialTheme.typography.bodyLarge, textAlign = TextAlign.Center)
    }

@Composable
internal fun Other(text: String, tag: String, modifier: Modifier = Modifier, enabled: Boolean = true, onClick: () -> Unit) =
    OutlinedButton(onClick, modifier.heightIn(min = touchHeight).testTag(tag), enabled, shape = RoundedCornerShape(12.dp)) {
        Text(text, style = MaterialTheme.typography.bodyLarge, textAlign = TextAlign.Center)
    }

/** In the corner: narrow, so that two of it stand side by side in large letters on a small phone. */
@Composable
internal fun Corner(text: String, tag: String, onClick: () -> Unit) = OutlinedButton(
    onClick,
    Modifier.heightIn(min = touchHeight).testTag(tag),
    shape = RoundedCornerShape(12.dp),
    contentPadding = PaddingValues(horizontal = 12.dp),
) { Text(text, style = MaterialTheme.typography.bodyLarge) }

/** What to do in danger, one tap away on every screen behind the lock. */
@Composable
internal fun Danger(show: () -> Unit) = Corner(LocalWords.current.danger.open, "danger", show)

/** What became of something, or what must not be overlooked; a screen reader says it when it comes. */
@Composable
internal fun Notice(text: String) = Surface(
    Modifier.fillMaxWidth().testTag("notice").semantics { liveRegion = LiveRegionMode.Polite },
    shape = RoundedCornerShape(12.dp),
    color = MaterialTheme.colorScheme.secondaryContainer,
) { Text(text, Modifier.padding(16.dp), style = MaterialTheme.typography.bodyLarge) }

/** A way to something else that nobody is led to. */
@Composable
internal fun Small(text: String, tag: String, enabled: Boolean = true, onClick: () -> Unit) =
    TextButton(onClick, Modifier.heightIn(min = touchHeight).testTag(tag), enabled) {
        Text(text, style = MaterialTheme.typography.bodyLarge)
    }

@Composable
internal fun Said(text: String) = Text(text, style = MaterialTheme.typography.bodyLarge)

/** What a worker reads aloud or looks for: large, since it is read at arm's length. */
@Composable
internal fun Large(text: String) = Text(text, style = MaterialTheme.typography.headlineSmall)

@Composable
internal fun Heading(text: String) =
    Text(text, Modifier.padding(top = 8.dp).semantics { heading() }, style = MaterialTheme.typography.titleMedium)

/** What has just come is scrolled to, whenever it is another one. */
@Composable
internal fun InView(what: Any, modifier: Modifier = Modifier, content: @Composable () -> Unit) {
    val requester = remember { BringIntoViewRequester() }
    Box(modifier.bringIntoViewRequester(requester)) { content() }
    LaunchedEffect(what) { requester.bringIntoView() }
}
