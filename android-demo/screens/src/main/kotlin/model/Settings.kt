package org.wayside.app.model

import kotlinx.coroutines.Job
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import org.wayside.core.CancelToken
import org.wayside.core.DuressCode

fun Shell.showPhone(part: Part = Part.ALL): Job = act { phone(part) }

private fun Shell.phone(part: Part, done: Done? = null): Screen =
    Screen.Phone(vault().status(), part, vault().dangerProtocol(language), done, practises(host))

/** The language of everything but an interview. */
fun Shell.speak(tag: String): Job = act {
    host.looks.language = tag
    phone(Part.LANGUAGE)
}

/** How the app stands among others. */
fun Shell.wear(face: String): Job = act {
    host.looks.face = face
    phone(Part.FACE)
}

/** New secret words, and other ones for duress; blank for none. */
fun Shell.changeSecret(old: String, new: String, duress: String, wipes: Boolean): Job = act {
    vault().changeSecret(old, new, host.keys, if (duress.isBlank()) null else DuressCode(duress, wipes))
    phone(Part.SECRET, Done.Changed())
}

/** What the duress words open, to be filled: the worker's own vault waits until the lock. */
fun Shell.openDecoy(): Job = act {
    val own = vault()
    val decoy = own.openDecoy()
    opened.own = own
    opened(decoy)
}

/** Practice with the words, the sound and the services of this worker, whose own vault is shut once it is there. */
fun Shell.practise(secret: String): Job = act {
    val own = vault()
    val training = practice(secret, own)
    opened.interview?.close()
    opened.interview = null
    own.lock()
    own.close()
    opened.chosen = Chosen.Practice
    opened(training)
}

/** One sync, then everything that HQ has goes from here. */
fun Shell.clearForBorder(): Job = act {
    CancelToken().use { token ->
        link.during(token) { phone(Part.BORDER, Done.Cleared(vault().clearForBorder(host.transport(), token, null))) }
    }
}

/** Destroys this vault at once, whatever else is under way. What is sealed stays, and stays sendable. */
fun Shell.destroy(): Job = scope.launch {
    // Whatever the key store says, the vault is gone.
    withContext(io) { runCatching { opened.vault?.panicWipe(host.keys) } }
    lock().join()
}

/** Looks through everything, and shows what was done. */
fun Shell.check(): Job = act {
    vault().verify()
    phone(Part.CHECK, Done.Checked(vault().audit()))
}
