package org.wayside.app.ui

import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import org.wayside.app.model.Screen
import org.wayside.app.model.Shell
import org.wayside.app.model.Words
import org.wayside.app.model.day
import org.wayside.app.model.showCase
import org.wayside.core.NextAction
import org.wayside.core.ReferralView
import org.wayside.core.WorkItem

/** The cases by code: neither name, nor answer, nor outcome is on this phone any more. */
@Composable
internal fun WorkScreen(screen: Screen.Work, busy: Boolean, problem: String?, shell: Shell, showDanger: () -> Unit) {
    val words = LocalWords.current
    Page(
        id = "work",
        title = words.work.title,
        corner = { Danger(showDanger) },
        busy = busy,
        problem = problem,
        below = { Below { Other(words.common.back, "back", Modifier.fillMaxWidth(), !busy) { shell.showForms() } } },
    ) {
        if (screen.items.isEmpty()) Said(words.work.empty)
        screen.items.forEach { item ->
            Card(item.code, planned(item, shell), "", "case-${item.code}", !busy) { shell.showCase(item.code) }
        }
    }
}

/** What comes next, by when, and how referrals stand: a line each. */
@Composable
internal fun planned(item: WorkItem, shell: Shell): String {
    val words = LocalWords.current
    val what = item.task?.let { words.work.task(it) } ?: words.action(item.action)
    val planned = item.task != null || item.action != NextAction.NONE
    val lines = listOfNotNull(
        what,
        words.work.isDue.takeIf { item.isDue },
        words.work.by(shell.day(item.due)).takeIf { planned && !item.isDue },
    )
    return (lines + item.referrals.map { words.referral(it) }).joinToString("\n")
}

internal fun Words.action(action: NextAction): String = when (action) {
    NextAction.CHECK_REFERRAL -> work.checkReferral
    NextAction.CONTACT -> work.contact
    NextAction.TALK_AGAIN -> work.talkAgain
    NextAction.NONE -> work.nothing
}

private fun Words.referral(referral: ReferralView): String {
    val state = when (referral.state) {
        "sent" -> states.sent
        "received" -> states.received
        "accepted" -> states.accepted
        "declined" -> states.declined
        "started" -> states.started
        "done" -> states.done
        "failed" -> states.failed
        "revoked" -> states.revoked
        // A word that is newer than this app: better than none.
        else -> referral.state
    }
    return work.referral(referral.recipient, state)
}
