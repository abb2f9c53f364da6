package org.wayside.app.ui

import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import org.wayside.app.model.Screen
import org.wayside.app.model.Shell
import org.wayside.app.model.Words
import org.wayside.app.model.closeCase
import org.wayside.app.model.contact
import org.wayside.app.model.number
import org.wayside.app.model.request
import org.wayside.app.model.setNext
import org.wayside.app.model.showWork
import org.wayside.core.CaseRequest
import org.wayside.core.Channel
import org.wayside.core.ConsentLine
import org.wayside.core.ErasureReason
import org.wayside.core.NextAction

/** What can be done to a case without reading it. */
private enum class Deed { NEXT, CONTACT, CORRECT, WITHDRAW, ERASE, AGAIN, CLOSE }

/** What is filled in for it; gone as soon as the screen is left. */
private data class CaseForm(
    val action: NextAction? = null,
    val days: String = "",
    val text: String = "",
    /** A line, and for a referral its recipient. */
    val line: Pair<ConsentLine, String?>? = null,
    val reason: ErasureReason? = null,
    val again: String? = null,
    val by: Channel? = null,
    /** It was asked whether the person may be contacted so. */
    val asked: Boolean = false,
)

/** One case: what to do next, and what is sealed to the office by its code. */
@Composable
internal fun CaseScreen(screen: Screen.Case, busy: Boolean, problem: String?, shell: Shell, showDanger: () -> Unit) {
    val words = LocalWords.current
    val code = screen.item.code
    var deed by remember(code, screen.noted) { mutableStateOf<Deed?>(null) }
    var form by remember(code, deed) { mutableStateOf(CaseForm()) }
    val send = deed?.let { sending(it, form, code, shell) }
    Page(
        id = code to deed,
        title = deed?.let { words.title(it) } ?: code,
        above = if (deed == null) "" else code,
        corner = { Danger(showDanger) },
        busy = busy,
        problem = problem,
        below = {
            Below {
                deed?.let { doing ->
                    val text = when (doing) {
                        Deed.NEXT -> words.work.note
                        Deed.CONTACT -> words.contact.look
                        Deed.CLOSE -> words.work.close
                        else -> words.work.seal
                    }
                    Main(text, "do", Modifier.fillMaxWidth(), send != null && !busy) {
                        form = form.copy(asked = true)
                        send?.invoke()
                    }
                }
                Other(words.common.back, "back", Modifier.fillMaxWidth(), !busy) { if (deed == null) shell.showWork() else deed = null }
            }
        },
    ) {
        when (val doing = deed) {
            null -> {
                screen.noted?.let { Notice(if (it.isSealed) words.work.sealed else words.work.noted) }
                Said(planned(screen.item, shell))
                Deed.entries.forEach { one ->
                    if (one != Deed.AGAIN || screen.others.isNotEmpty()) {
                        Other(words.title(one), "deed-${one.name.lowercase()}", Modifier.fillMaxWidth(), !busy) { deed = one }
                    }
                }
            }
            else -> Fill(doing, form, screen) { form = it }
        }
    }
}

/** The call that the button makes, once everything it needs is there. */
private fun sending(deed: Deed, form: CaseForm, code: String, shell: Shell): (() -> Unit)? = when (deed) {
    Deed.NEXT -> form.action?.let { action -> number(form.days)?.let { days -> { shell.setNext(code, action, days) } } }
    Deed.CONTACT -> form.by?.let { { shell.contact(code, it) } }
    Deed.CORRECT -> form.text.takeIf(String::isNotBlank)?.let { { shell.request(code, CaseRequest.Correction(it.trim())) } }
    Deed.WITHDRAW -> form.line?.let { (line, to) -> { shell.request(code, CaseRequest.Withdrawal(line, to)) } }
    Deed.ERASE -> form.reason?.let { { shell.request(code, CaseRequest.Erasure(it)) } }
    Deed.AGAIN -> form.again?.let { { shell.request(code, CaseRequest.TalkedAgain(it)) } }
    Deed.CLOSE -> ({ shell.closeCase(code) })
}

@Composable
private fun Fill(deed: Deed, form: CaseForm, screen: Screen.Case, onChange: (CaseForm) -> Unit) {
    val words = LocalWords.current
    when (deed) {
        Deed.NEXT -> {
            val actions = NextAction.entries.map { it to words.action(it) }
            Pick(actions, form.action, "action") { onChange(form.copy(action = it)) }
            NumberField(form.days, words.work.days, "days") { onChange(form.copy(days = it)) }
        }
        // Only what was asked since this was opened: an hour ago it may have been safe.
        Deed.CONTACT -> ContactPart(form.by, screen.contact.takeIf { form.asked }) { onChange(form.copy(by = it, asked = false)) }
        Deed.CORRECT -> WordsField(form.text, words.work.correctText, words.work.withoutNames, "correction") {
            onChange(form.copy(text = it))
        }
        Deed.WITHDRAW -> {
            Large(words.work.which)
            val lines = lines(words, screen.item.referrals.map { it.recipient })
            Pick(lines, form.line, "line", { (line, to) -> line.name.lowercase() + to.orEmpty() }) { onChange(form.copy(line = it)) }
        }
        Deed.ERASE -> {
            Problem(words.work.eraseMeans)
            Large(words.work.because)
            val reasons = listOf(
                ErasureReason.PERSON_ASKED to words.work.personAsked,
                ErasureReason.NOT_COVERED to words.work.notCovered,
                ErasureReason.EXPIRED to words.work.expired,
            )
            Pick(reasons, form.reason, "reason") { onChange(form.copy(reason = it)) }
        }
        Deed.AGAIN -> {
            Large(words.work.againCode)
            Pick(screen.others.map { it to it }, form.again, "again") { onChange(form.copy(again = it)) }
        }
        Deed.CLOSE -> Large(words.work.closeMeans)
    }
}

/** Every line a person can have agreed to; a referral by the services this case was referred to. */
private fun lines(words: Words, recipients: List<String>): List<Pair<Pair<ConsentLine, String?>, String>> = words.lines.run {
    val plain = listOf(
        ConsentLine.C1 to talk, ConsentLine.C2 to record, ConsentLine.C3 to name, ConsentLine.C5 to contact,
        ConsentLine.C6 to statistics, ConsentLine.C7 to research, ConsentLine.C8 to authorities, ConsentLine.C9 to family,
    ).map { (line, text) -> (line to null) to text }
    plain + recipients.distinct().map { (ConsentLine.C4 to it) to refer(it) }
}

private fun Words.title(deed: Deed): String = when (deed) {
    Deed.NEXT -> work.next
    Deed.CONTACT -> contact.title
    Deed.CORRECT -> work.correct
    Deed.WITHDRAW -> work.withdraw
    Deed.ERASE -> work.erase
    Deed.AGAIN -> work.again
    Deed.CLOSE -> work.close
}
