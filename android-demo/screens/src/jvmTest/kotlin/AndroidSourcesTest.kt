package org.wayside.app

import java.io.ByteArrayOutputStream
import java.io.File
import java.io.PrintStream
import java.util.zip.ZipFile
import kotlin.io.path.createTempDirectory
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertTrue
import org.jetbrains.kotlin.cli.common.ExitCode
import org.jetbrains.kotlin.cli.jvm.K2JVMCompiler

/** The app's Android files, compiled against Android's own classes: none of them can run here. */
class AndroidSourcesTest {
    private val android = File(System.getProperty("wayside.android"))

    /** What the screens are compiled with, then Android, whose copies of others' classes must not come first. */
    private fun classpath(): String {
        val libraries = android.listFiles().orEmpty().filter { it.extension == "aar" }.map(::classes)
        val framework = android.listFiles().orEmpty().filter { it.extension == "jar" }
        val jvm = System.getProperty("surefire.test.class.path") ?: System.getProperty("java.class.path")
        return (listOf(jvm) + (libraries + framework).map { it.path }).joinToString(File.pathSeparator)
    }

    private fun classes(aar: File): File {
        val jar = File(android, "classes/${aar.nameWithoutExtension}.jar").apply { parentFile.mkdirs() }
        ZipFile(aar).use { zip -> zip.getInputStream(zip.getEntry("classes.jar")).use { jar.writeBytes(it.readBytes()) } }
        return jar
    }

    private fun compile(change: (String) -> String = { it }): Pair<ExitCode, String> {
        val folder = createTempDirectory("wayside").toFile()
        try {
            val sources = File("../app/src/main/kotlin").walk().filter { it.extension == "kt" }.toList()
            assertEquals(9, sources.size)
            val copies = sources.map { File(folder, it.name).apply { writeText(change(it.readText())) }.path }
            val said = ByteArrayOutputStream()
            val arguments = listOf("-no-stdlib", "-no-reflect", "-jvm-target", "17", "-Werror") +
                listOf("-Xplugin=${System.getProperty("wayside.compose")}", "-classpath", classpath()) +
                listOf("-d", File(folder, "out").path) + copies
            return K2JVMCompiler().exec(PrintStream(said), *arguments.toTypedArray()) to said.toString()
        } finally {
            folder.deleteRecursively()
        }
    }

    @Test
    fun theAndroidFilesCompile() = assertEquals(ExitCode.OK to "", compile())

    @Test
    fun aNameThatAndroidDoesNotHaveIsFound() {
        val (code, said) = compile { it.replace("FLAG_SECURE", "FLAG_SECRET") }
        assertEquals(ExitCode.COMPILATION_ERROR, code)
        assertTrue("FLAG_SECRET" in said)
    }
}
