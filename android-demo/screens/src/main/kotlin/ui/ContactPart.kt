package org.wayside.app.ui

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.runtime.Composable
import androidx.compose.ui.unit.dp
import org.wayside.app.model.Words
import org.wayside.core.Caller
import org.wayside.core.Channel
import org.wayside.core.ContactView
import org.wayside.core.IfOther

/** In which way a worker wants to contact a person; what was agreed for it stands there only once the core has allowed it now. */
@Composable
internal fun ContactPart(by: Channel?, allowed: ContactView?, onPick: (Channel) -> Unit) {
    val words = LocalWords.current.contact
    Large(words.how)
    Pick(Channel.entries.map { it to words.way(it) }, by, "by") { onPick(it) }
    if (allowed == null || allowed.channel != by) return
    // On a small phone it would come below what is seen, and the worker would look for it or not.
    InView(allowed) { Allowed(allowed) }
}

@Composable
private fun Allowed(allowed: ContactView) = Column(verticalArrangement = Arrangement.spacedBy(12.dp)) {
    val words = LocalWords.current.contact
    Notice(words.now)
    when (allowed.caller) {
        Caller.SAME_WORKER -> Said(words.sameWorker)
        Caller.COLLEAGUE -> Said(words.colleague)
        Caller.CHOSEN_GENDER -> Said(words.chosenGender)
        null -> Unit
    }
    Large(if (allowed.codeWord.isEmpty()) words.noWord else words.codeWord(allowed.codeWord))
    Said(if (allowed.trustedMayAnswer) words.trustedMay else words.onlyPerson)
    Said(
        when (allowed.ifOther) {
            IfOther.HANG_UP -> words.hangUp
            IfOther.WRONG_NUMBER -> words.wrongNumber
            IfOther.COVER -> words.cover
        },
    )
    if (allowed.story.isNotEmpty()) Large(allowed.story)
}

private fun Words.Contact.way(by: Channel): String = when (by) {
    Channel.IN_PERSON -> inPerson
    Channel.CALL -> call
    Channel.MESSAGE -> message
    Channel.TRUSTED -> trusted
}
