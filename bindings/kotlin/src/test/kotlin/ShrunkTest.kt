package org.wayside.core

import java.io.File
import java.util.concurrent.TimeUnit
import java.util.zip.ZipFile
import kotlin.io.path.createTempDirectory
import kotlin.test.AfterTest
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertTrue

/** An app as it is released: what nobody calls is gone, and the rest has other names. R8 does it, by the rules of the package. */
class ShrunkTest {
    private val folder = createTempDirectory("wayside-shrunk").toFile()
    private val app = File(folder, "app.jar")
    private val errors = File(folder, "errors")
    private val java = File(System.getProperty("java.home"), "bin/java").path
    private val classPath = System.getProperty("java.class.path").split(File.pathSeparator).map(::File)

    @AfterTest
    fun leave() {
        folder.deleteRecursively()
    }

    @Test
    fun anAppThatWasShrunkWorks() {
        shrink(File("consumer-rules.pro").readText())
        val names = ZipFile(app).use { zip -> zip.entries().asSequence().map { it.name }.toSet() }
        assertTrue("kotlin/text/Regex.class" !in names && "sample/SampleKt.class" !in names, "it was not shrunk")
        assertEquals("vault.wrong_secret 0 1", run(), errors.readText())
    }

    @Test
    fun withoutTheRulesItDoesNot() {
        shrink("")
        assertEquals(null, run())
        assertTrue("UnsatisfiedLinkError" in errors.readText(), "what JNA's native half calls by name was kept")
    }

    /** Makes the app with all that it stands on, as one archive. */
    private fun shrink(rules: String) {
        val (folders, archives) = classPath.partition { it.isDirectory }
        val own = folders.flatMap { top -> top.walk().filter { it.extension == "class" && (top.name == "classes" || isOfTheApp(it)) } }
        val used = archives.filter { archive -> LIBRARIES.any { archive.name.startsWith(it) } }
        val r8 = archives.single { it.name.startsWith("r8-") }
        val kept = File(folder, "rules.pro").apply { writeText("$rules\n$ENTRY\n") }
        val options = listOf("--classfile", "--lib", System.getProperty("java.home"), "--pg-conf", kept.path, "--output", app.path)
        val command = listOf(java, "-cp", r8.path, "com.android.tools.r8.R8") + options + (own + used).map { it.path }
        val process = ProcessBuilder(command).redirectErrorStream(true).redirectOutput(errors).start()
        assertEquals(0, process.waitFor(), errors.readText())
    }

    /** Of the tests' own classes: the app, the sample of the page, and the host they stand on. */
    private fun isOfTheApp(file: File) = file.parentFile.name in setOf("shrunk", "sample") || file.name.substringBefore('.') in HOST

    /** What came of it, if it came to its end. */
    private fun run(): String? {
        val library = "-Djna.library.path=" + System.getProperty("jna.library.path")
        val command = listOf(java, library, "-cp", app.path, "shrunk.ShrunkApp", folder.path, Hq.enrolmentRecord())
        val process = ProcessBuilder(command).redirectError(errors).start()
        val said = process.inputReader()
        said.readLine()?.let { device ->
            Hq.confirm(device)
            process.outputWriter().use { it.write("\n") }
        }
        val last = said.readLine()
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), "it hangs")
        return last.takeIf { process.exitValue() == 0 }
    }

    private companion object {
        const val ENTRY = "-keep class shrunk.ShrunkApp { public static void main(java.lang.String[]); }"
        val LIBRARIES = listOf("kotlin-stdlib", "kotlinx-coroutines-core", "jna", "annotations")
        val HOST = setOf("HostKt", "Http", "MemoryKeys", "Steps")
    }
}
