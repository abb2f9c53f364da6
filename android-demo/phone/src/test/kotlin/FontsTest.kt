package org.wayside.app

import android.graphics.Paint
import android.graphics.Typeface
import android.graphics.fonts.Font
import android.graphics.text.TextRunShaper
import androidx.compose.ui.text.font.FontFamily
import androidx.compose.ui.text.font.createFontFamilyResolver
import java.io.File
import java.util.zip.ZipEntry
import java.util.zip.ZipOutputStream
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import org.junit.Test
import org.robolectric.annotation.Config

/** Letters of the languages of interviews, drawn by the system from the fonts that the app brings. */
class FontsTest : InTheApp() {
    /** As the app's package holds them. */
    private fun bring(fonts: List<File>) {
        val kit = File(elsewhere.root, "kit.apk")
        ZipOutputStream(kit.outputStream()).use { zip ->
            for (font in fonts) {
                zip.putNextEntry(ZipEntry("assets/${font.name}"))
                font.inputStream().use { it.copyTo(zip) }
            }
        }
        @Suppress("DEPRECATION") // What replaces it is made by a build alone.
        context.assets.addAssetPath(kit.path)
    }

    private fun files() = File(System.getProperty("wayside.fonts")).listFiles { file -> file.extension == "ttf" }!!.toList()

    private fun font(text: String): Font {
        val typeface = createFontFamilyResolver(context).resolve(PhoneFonts.of(context)).value as Typeface
        val glyphs = TextRunShaper.shapeTextRun(text, 0, text.length, 0, text.length, 0f, 0f, false, Paint().apply { this.typeface = typeface })
        return glyphs.getFont(0)
    }

    @Test
    fun eachLanguageHasItsLettersFromTheAppItself() {
        bring(files())
        val texts = mapOf("Où" to "NotoSans-Regular.ttf", "ሰላም" to "NotoSansEthiopic-Regular.ttf", "سلام" to "NotoSansArabic-Regular.ttf")
        for ((text, name) in texts) {
            val buffer = font(text).buffer.duplicate().rewind()
            val held = ByteArray(buffer.remaining()).also { buffer.asReadOnlyBuffer().get(it) }
            assertContentEquals(files().single { it.name == name }.readBytes(), held, name)
        }
    }

    @Test
    fun withoutThemThePhonesOwnAreUsed() = assertEquals(FontFamily.Default, PhoneFonts.of(context))

    @Test
    @Config(sdk = [26])
    fun theOldestPhonesUseTheirOwn() {
        bring(files())
        assertEquals(FontFamily.Default, PhoneFonts.of(context))
    }
}
