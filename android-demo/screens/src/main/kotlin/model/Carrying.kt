package org.wayside.app.model

import java.io.IOException
import kotlinx.coroutines.Job
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import kotlinx.coroutines.sync.withLock
import kotlinx.coroutines.withContext
import org.wayside.core.CancelToken
import org.wayside.core.CarryRequest
import org.wayside.core.CarrySession
import org.wayside.core.FieldException
import org.wayside.core.HttpMethod
import org.wayside.core.Place
import org.wayside.core.WireResponse

/** This phone as the one that carries, for as long as its code is on the screen. */
internal class Carrying(private val session: CarrySession, nearby: Nearby, private val carriedBefore: UInt, private val heard: (Carrying) -> Unit) : AutoCloseable {
    /** When a phone that knows the code was last here. */
    @Volatile var last: Long = System.nanoTime()
        private set
    private val door = try {
        nearby.open(::answer)
    } catch (_: IOException) {
        session.close()
        throw FieldException.Failed("nearby.network", true, Place.Nowhere)
    }
    val at = Neighbour(door.address, session.code())

    /** On a thread of the host's. Whoever does not know the code does not keep the door open. */
    private fun answer(request: CarryRequest): WireResponse {
        val answer = session.answer(request)
        if (answer.status in 200u..299u) {
            last = System.nanoTime()
            if (request.method == HttpMethod.PUT) heard(this)
        }
        return answer
    }

    fun taken(carried: UInt): Int = (carried - minOf(carried, carriedBefore)).toInt()

    /** First the door: what still comes in is not answered, and so not taken. */
    override fun close() {
        door.close()
        session.close()
    }
}

/** Carries for phones nearby until the screen is left, or nobody has come for some minutes. */
fun Shell.carry(): Job = act {
    val nearby = host.nearby ?: return@act shown.value.screen
    val vault = vault()
    opened.stopCarrying()
    val carrying = Carrying(vault.beginCarry(), nearby, vault.queueStatus().carried) { count(it) }
    opened.carrying = carrying
    watch(carrying)
    Screen.Carry(carrying.at, nearby.picture(carrying.at.toString()), vault.dangerProtocol(language))
}

private fun Shell.watch(carrying: Carrying) = scope.launch {
    while (opened.carrying === carrying) {
        val left = patienceMillis - (System.nanoTime() - carrying.last) / 1_000_000
        if (left > 0) delay(left) else act(waits = true) { if (opened.carrying === carrying) stopped() else shown.value.screen }.join()
    }
}

/** Something of another phone may have come in. */
private fun Shell.count(carrying: Carrying) {
    scope.launch {
        turn.withLock {
            if (opened.carrying !== carrying) return@withLock
            val carried = withContext(io) { runCatching { opened.vault?.queueStatus()?.carried } }.getOrNull() ?: return@withLock
            val taken = carrying.taken(carried)
            val before = (shown.value.screen as? Screen.Carry)?.taken ?: return@withLock
            if (before == 0 && taken > 0) host.onSealed(false)
            shown.update { state -> (state.screen as? Screen.Carry)?.let { state.copy(screen = it.copy(taken = taken)) } ?: state }
        }
    }
}

/** The screen that is shown, with the door shut where it was open. */
internal fun Shell.stopped(): Screen {
    opened.stopCarrying()
    val screen = shown.value.screen
    return (screen as? Screen.Carry)?.copy(isOpen = false) ?: screen
}

fun Shell.showGive(): Job = act { Screen.Give(vault().dangerProtocol(language)) }

/** Reads the picture on the other phone. */
fun Shell.scanNeighbour(found: (Neighbour) -> Unit): Job = scope.launch {
    val text = host.senses.scan() ?: return@launch
    val neighbour = Neighbour.of(text)
    if (neighbour != null) found(neighbour) else shown.update { it.copy(problem = Problem("nearby.scan")) }
}

/** Gives everything that waits here to a phone nearby, and takes in what it has of the office. All of it goes on waiting here. */
fun Shell.give(to: Neighbour): Job = act {
    val nearby = host.nearby ?: return@act shown.value.screen
    CancelToken().use { token ->
        link.during(token) {
            running(null)
            val report = vault().syncWithNeighbour("http://${to.address}", to.code, nearby.transport(), token, Listener(this))
            val sync = Sync.Ended(report.obstacle ?: if (report.complete) null else "cancelled")
            Screen.Give(vault().dangerProtocol(language), sync, report.withNeighbour.toInt(), report.received.toInt())
        }
    }
}

/** What came of it, a line each. Another phone is on the way, and neither the relay nor the office. */
fun Words.given(screen: Screen.Give): List<String> {
    val obstacle = (screen.sync as? Sync.Ended ?: return emptyList()).obstacle
    val given = if (screen.given > 0) listOf(nearby.given(screen.given), nearby.stays) else listOf(nearby.nothing).filter { obstacle == null }
    val came = if (screen.received > 0) listOf(byFile.fromOffice(screen.received)) else emptyList()
    return given + came + (if (obstacle == null) emptyList() else listOf(nearby.notAll, nearby(Problem(obstacle))))
}
