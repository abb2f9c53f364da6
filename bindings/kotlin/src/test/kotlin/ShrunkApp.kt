package shrunk

import java.io.File
import kotlinx.coroutines.runBlocking
import org.wayside.core.EnrolOptions
import org.wayside.core.FieldException
import org.wayside.core.Http
import org.wayside.core.MemoryKeys
import org.wayside.core.OpenOptions
import org.wayside.core.SECRET
import org.wayside.core.Steps
import org.wayside.core.Vault
import org.wayside.core.syncing

/** What an app does with the core, in a process of its own: records, objects, callbacks, errors, coroutines. */
object ShrunkApp {
    @JvmStatic
    fun main(arguments: Array<String>) {
        val (folder, record) = arguments
        val directory = File(folder, "vault").path
        val keys = MemoryKeys()
        Vault.enrol(EnrolOptions(directory, record), SECRET, keys, Http()).use { vault ->
            vault.installBuiltIn()
            println(vault.status().device)
            // Until the office has confirmed it.
            readln()
            val steps = Steps()
            runBlocking { vault.syncing(Http(), steps) }
            check(steps.heard.isNotEmpty())
            vault.applyReceived()
            vault.lock()
        }
        val code = try {
            Vault.open(OpenOptions(directory), "river copper window meadow candle forty", keys).use { "opened" }
        } catch (e: FieldException.Failed) {
            e.code
        }
        val queue = sample.interview(directory, SECRET, keys, Http())
        println("$code ${queue.waiting} ${queue.handedOver}")
    }
}
