package org.wayside.app

import java.io.File
import javax.xml.parsers.DocumentBuilderFactory
import kotlin.test.Test
import kotlin.test.assertEquals
import org.w3c.dom.Element

/** The Android project, as far as it can be read without Android: what the manifest promises and names. */
class ProjectTest {
    private val app = File("../app/src/main")

    private fun faults(manifest: String): List<String> {
        val document = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(manifest.byteInputStream())
        val elements = document.getElementsByTagName("*").let { all -> (0 until all.length).map { all.item(it) as Element } }
        val application = elements.single { it.tagName == "application" }
        val promises = mapOf(
            "android:allowBackup" to "false",
            "android:fullBackupContent" to "false",
            "android:usesCleartextTraffic" to "false",
            "android:supportsRtl" to "true",
        )
        val broken = promises.filter { (name, value) -> application.getAttribute(name) != value }.keys
        // An alias has no class of its own; the window it stands for has.
        val named = elements.filter { it.tagName != "activity-alias" }.map { it.getAttribute("android:name") }
        val classes = (named + elements.map { it.getAttribute("android:targetActivity") }).filter { it.startsWith(".") }.distinct()
        val missing = classes.filterNot { File(app, "kotlin/org/wayside/app/${it.drop(1)}.kt").exists() }
        val resources = Regex("@(drawable|xml)/(\\w+)").findAll(manifest).map { it.groupValues[1] + "/" + it.groupValues[2] }
        val absent = resources.distinct().filterNot { File(app, "res/$it.xml").exists() }
        return (broken + missing + absent).toList()
    }

    @Test
    fun theManifestKeepsWhatTheShellPromises() = assertEquals(emptyList(), faults(File(app, "AndroidManifest.xml").readText()))

    /** What the code calls the aliases is what the manifest shows. */
    @Test
    fun theNamesAreThoseOfTheManifest() {
        val manifest = File(app, "AndroidManifest.xml").readText()
        val aliases = Regex("<activity-alias\\s+android:name=\"\\.(\\w+)\"[^>]*android:label=\"(\\w+)\"").findAll(manifest)
        val code = File(app, "kotlin/org/wayside/app/PhoneLooks.kt").readText()
        val names = aliases.map { "\"${it.groupValues[1]}\" to \"${it.groupValues[2]}\"" }.toList()
        assertEquals(3, names.size)
        assertEquals(emptyList(), names.filterNot { it in code })
    }

    @Test
    fun aBrokenPromiseAndAMissingPartAreFound() {
        val manifest = File(app, "AndroidManifest.xml").readText()
        assertEquals(listOf("android:allowBackup"), faults(manifest.replace("allowBackup=\"false\"", "allowBackup=\"true\"")))
        assertEquals(listOf(".OtherActivity"), faults(manifest.replace(".MainActivity", ".OtherActivity")))
        assertEquals(listOf("xml/none"), faults(manifest.replace("@xml/no_extraction", "@xml/none")))
    }

    @Test
    fun everyResourceIsXml() {
        val resources = File(app, "res").walk().filter { it.extension == "xml" }.toList()
        resources.forEach { DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(it) }
        assertEquals(5, resources.size)
    }
}
