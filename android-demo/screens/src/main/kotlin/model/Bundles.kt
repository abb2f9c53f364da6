package org.wayside.app.model

import java.io.ByteArrayOutputStream
import java.io.IOException
import kotlinx.coroutines.Job
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import org.wayside.core.BundleReport
import org.wayside.core.FieldException
import org.wayside.core.Place

/** What the file is called: nothing, to whoever sees it lie somewhere. */
private const val FILE_NAME = "data.bin"

/** A file that is taken in is held in memory as a whole; a phone carries no more than an eighth of this for others. */
private const val MOST = 64 * 1024 * 1024

/** What came of a file. Each is one of its own, so that the next can be told from it. */
sealed interface FileDone {
    class Saved : FileDone

    class Taken(val report: BundleReport) : FileDone
}

/** Puts all that HQ has not confirmed, sealed as it is, into a file where the person chooses. Nothing counts as sent by it. */
fun Shell.saveBundle(): Job = scope.launch {
    val saver = host.saver ?: return@launch
    var bundle: ByteArray? = null
    act { queue(Sync.Idle).also { bundle = vault().exportBundle() } }.join()
    // Nothing where the core refused; why is on the screen then.
    val bytes = bundle ?: return@launch
    val saved = try {
        withContext(io) { saver.save(FILE_NAME, bytes) }
    } catch (_: IOException) {
        null
    }
    act(waits = true) {
        if (saved == null) throw FieldException.Failed("storage.io", true, Place.Nowhere)
        queue(Sync.Idle, if (saved) FileDone.Saved() else null)
    }.join()
}

/** Takes in a file that the office or another phone wrote. What cannot be verified is refused by the core and changes nothing. */
fun Shell.takeBundle(): Job = scope.launch {
    val file = host.senses.capture(CaptureKind.FILE, "") ?: return@launch
    act(waits = true) {
        val report = vault().importBundle(whole(file))
        if (report.carried > 0u) host.onSealed(false)
        queue(Sync.Idle, FileDone.Taken(report))
    }.join()
}

private fun whole(file: Captured): ByteArray {
    val bytes = ByteArrayOutputStream()
    try {
        for (piece in generateSequence { file.next() }) {
            bytes.write(piece)
            if (bytes.size() > MOST) throw FieldException.Failed("carry.full", false, Place.Nowhere)
        }
    } catch (_: IOException) {
        // A stick that was pulled out: half of a file is no reason to say what was in it.
        throw FieldException.Failed("storage.io", true, Place.Nowhere)
    }
    return bytes.toByteArray()
}

/** What came of a file, a line each. Nowhere does it say that the office has something: only the queue does. */
fun Words.ByFile.lines(came: FileDone): List<String> = when (came) {
    is FileDone.Saved -> listOf(saved)
    is FileDone.Taken -> came.report.run {
        fun said(count: UInt, say: (Int) -> String) = if (count > 0u) say(count.toInt()) else null
        val taken = listOfNotNull(
            said(received, fromOffice), said(carried, carriedFor), said(released, givenUp), said(known, wasHere),
        ) + refused.map { notTaken(it.count.toInt(), it.code) }
        listOfNotNull(if (complete) null else cutOff) + taken.ifEmpty { listOf(nothing) }
    }
}
