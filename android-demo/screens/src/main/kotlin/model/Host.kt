package org.wayside.app.model

import org.wayside.core.KeyStore
import org.wayside.core.Transport

/** What the platform gives a shell. Everything else is the core's. */
class Host(
    /** A folder of the app's own that backups leave out; each worker's vault is a folder in it. */
    val directory: String,
    val keys: KeyStore,
    /** A fresh way to the relay for each sync: an aborted one stays aborted. */
    val transport: () -> Transport,
    /** Minutes that local time is ahead of UTC. */
    val offsetMinutes: () -> Int,
    val looks: Looks = PlainLooks(),
    val senses: Senses = NoSenses,
    /** Where a file can be put; nothing on a phone that has no chooser of places. */
    val saver: Saver? = null,
    /** What plays the sound of a question; nothing on a phone that cannot. */
    val voice: Voice? = null,
    /** The way to phones that stand beside this one; nothing on a phone that has none. */
    val nearby: Nearby? = null,
    /** Something sealed waits to be sent; urgent is what must not wait for the next regular sending. */
    val onSealed: (urgent: Boolean) -> Unit = {},
)

/** How the app looks from outside, and what it remembers while every vault is shut: nothing about anybody. */
interface Looks {
    /** BCP 47 tag of the language chosen for the app; none follows the phone. */
    var language: String?

    /** Neutral names under which the app can stand among others. */
    val faces: List<String>
    var face: String
}

/** In memory only, with one face. */
class PlainLooks(override var language: String? = null) : Looks {
    override val faces = listOf("Wayside")
    override var face = faces.first()
}

/** What is captured. */
enum class CaptureKind { PICTURE, SOUND, FILM, FILE }

/** Something captured: its bytes come in pieces and lie in no file of this app. */
class Captured(
    /** Letters and digits; the name that somebody else gave the file is not kept. */
    val extension: String,
    /** The next piece, nothing at the end. Throws where it breaks off: half a file is no answer. */
    val next: () -> ByteArray?,
)

/** Camera, microphone, position. None of it writes a file, and none leaves anything in a gallery. */
interface Senses {
    /** What this phone can capture here. */
    val kinds: Set<CaptureKind>

    /** Captures; nothing where the person broke off. `type` is what the form takes, as `image/png`. */
    suspend fun capture(kind: CaptureKind, type: String): Captured?

    /** The text of a code that is held before the camera; nothing where the person broke off. */
    suspend fun scan(): String?

    /** `latitude longitude altitude accuracy`; nothing where there is none. */
    suspend fun position(): String?

    /** What was drawn, as PNG. */
    fun png(drawing: Drawing): ByteArray
}

/** A phone that can do none of it: every question can still be declined, and what can be typed is typed. */
object NoSenses : Senses {
    override val kinds = emptySet<CaptureKind>()

    override suspend fun capture(kind: CaptureKind, type: String): Captured? = null

    override suspend fun scan(): String? = null

    override suspend fun position(): String? = null

    override fun png(drawing: Drawing): ByteArray = error("nothing can be drawn here")
}

/** Puts a file where a person chooses, in the system's own chooser: on a stick, or on its way to another phone. */
interface Saver {
    /** False where the person broke off. Throws where the file could not be written whole. */
    suspend fun save(name: String, bytes: ByteArray): Boolean
}

/** Plays what a person asked to hear, through the earpiece: who stands beside hears nothing. From memory: no file is made of it. */
interface Voice {
    /** To the end of an Opus file, or until [stop]; what played before ends. Throws where it cannot be played here. */
    suspend fun play(opus: ByteArray)

    /** From any thread; nothing where nothing plays. */
    fun stop()
}

/** Strokes of a finger, each a list of points between 0 and 1 of the width and the height. */
data class Drawing(val strokes: List<List<Pair<Float, Float>>> = emptyList(), /** Width by height. */ val ratio: Float = 2f) {
    val isEmpty get() = strokes.none { it.isNotEmpty() }

    fun begin(x: Float, y: Float) = copy(strokes = strokes.plusElement(listOf(x to y)))

    fun on(x: Float, y: Float) =
        if (strokes.isEmpty()) begin(x, y) else copy(strokes = strokes.dropLast(1).plusElement(strokes.last() + (x to y)))
}
