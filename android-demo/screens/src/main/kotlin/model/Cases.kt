package org.wayside.app.model

import java.time.Instant
import java.time.temporal.ChronoUnit
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.update
import org.wayside.core.CaseRequest
import org.wayside.core.Channel
import org.wayside.core.ContactView
import org.wayside.core.NextAction
import org.wayside.core.Vault

fun Shell.showWork(): Job = act { work(vault()) }

private fun Shell.work(vault: Vault) = Screen.Work(vault.workList(), vault.dangerProtocol(language))

fun Shell.showCase(code: String): Job = act { case(code, null) }

/** The case, or the list where it is not there any more. */
private fun Shell.case(code: String, noted: Noted?, contact: ContactView? = null): Screen {
    val items = vault().workList()
    val item = items.find { it.code == code } ?: return work(vault())
    return Screen.Case(item, items.map { it.code } - code, vault().dangerProtocol(language), noted, contact)
}

/** Sets what to do next for a case. */
fun Shell.setNext(code: String, action: NextAction, days: Int): Job = act {
    vault().setNext(code, action, Instant.now().plus(days.toLong(), ChronoUnit.DAYS))
    case(code, Noted(isSealed = false))
}

/** How to contact the person now, in this way, if the person agreed to it. Nothing of it is known before the core says yes. */
fun Shell.contact(code: String, by: Channel): Job {
    val before = shown.value.screen as? Screen.Case
    // What was allowed in another way, or at another hour, must not stand beside a refusal.
    before?.let { case -> shown.update { if (it.screen == case) it.copy(screen = case.copy(contact = null)) else it } }
    return act { case(code, before?.noted, vault().contact(code, by)) }
}

/** Seals something to HQ by the code of a case. The record itself is not opened: this phone cannot. */
fun Shell.request(code: String, request: CaseRequest): Job = act {
    vault().request(code, request)
    host.onSealed(request is CaseRequest.Withdrawal || request is CaseRequest.Erasure)
    case(code, Noted(isSealed = true))
}

/** Takes a case off the list. What HQ holds stays. */
fun Shell.closeCase(code: String): Job = act {
    vault().closeCase(code)
    work(vault())
}

fun Shell.showHelp(): Job = act { Screen.Help(vault().dangerProtocol(language)) }

/** Asks the supervisor for a call, or says only that a talk was hard. */
fun Shell.askForHelp(asked: Boolean): Job = act {
    vault().askForHelp(asked)
    host.onSealed(asked)
    Screen.Help(vault().dangerProtocol(language), asked = true)
}

/** An hour since 1970 where the phone is, as `2026-11-30 14:00`. */
fun Shell.hour(hours: Long): String = Instant.ofEpochSecond(hours * 3600 + host.offsetMinutes() * 60L).toString()
    .take("2026-11-30T14".length).replace('T', ' ') + ":00"

/** The day of a moment where the phone is, as `2026-11-30`. */
fun Shell.day(at: Instant): String = at.plusSeconds(host.offsetMinutes() * 60L).toString().substringBefore('T')
