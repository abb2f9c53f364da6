package org.wayside.app.ui

import androidx.compose.foundation.isSystemInDarkTheme
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Typography
import androidx.compose.material3.darkColorScheme
import androidx.compose.material3.lightColorScheme
import androidx.compose.runtime.Composable
import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.runtime.compositionLocalOf
import androidx.compose.runtime.remember
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.platform.LocalLayoutDirection
import androidx.compose.ui.text.TextStyle
import androidx.compose.ui.text.font.FontFamily
import androidx.compose.ui.text.style.TextDirection
import androidx.compose.ui.unit.LayoutDirection
import org.wayside.app.model.Words
import org.wayside.app.model.isRightToLeft

// Quiet colours: nobody should wonder from afar what is being asked.
private val light = lightColorScheme(
    primary = Color(0xFF2F5D62),
    onPrimary = Color.White,
    secondaryContainer = Color(0xFFD5E6E5),
    onSecondaryContainer = Color(0xFF12302F),
    background = Color(0xFFFAFAF7),
    surface = Color(0xFFFAFAF7),
    error = Color(0xFF8C2F1B),
)

private val dark = darkColorScheme(
    primary = Color(0xFF9CCBCB),
    onPrimary = Color(0xFF0A2E30),
    secondaryContainer = Color(0xFF2C4646),
    onSecondaryContainer = Color(0xFFDDECEB),
    background = Color(0xFF141716),
    surface = Color(0xFF141716),
    error = Color(0xFFF0A899),
)

internal val LocalWords = compositionLocalOf<Words> { error("no words") }

/** Colours, words and direction: the language of the interview decides, not the phone's. @param language BCP 47 tag. */
@Composable
fun WaysideTheme(
    language: String,
    darkMode: Boolean = isSystemInDarkTheme(),
    fonts: FontFamily = FontFamily.Default,
    content: @Composable () -> Unit,
) {
    val direction = if (isRightToLeft(language)) LayoutDirection.Rtl else LayoutDirection.Ltr
    MaterialTheme(colorScheme = if (darkMode) dark else light, typography = remember(fonts) { typography(fonts) }) {
        CompositionLocalProvider(LocalWords provides Words.of(language), LocalLayoutDirection provides direction, content = content)
    }
}

/** A label may be in another language than the words around it, so each text finds its direction by what it says. */
private fun TextStyle.byContent(fonts: FontFamily) = copy(textDirection = TextDirection.Content, fontFamily = fonts)

private fun typography(fonts: FontFamily) = Typography().run {
    copy(
        headlineSmall = headlineSmall.byContent(fonts),
        titleLarge = titleLarge.byContent(fonts),
        titleMedium = titleMedium.byContent(fonts),
        bodyLarge = bodyLarge.byContent(fonts),
        bodyMedium = bodyMedium.byContent(fonts),
        labelLarge = labelLarge.byContent(fonts),
    )
}
