package org.wayside.app.ui

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.selection.selectableGroup
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.OutlinedTextField
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.unit.dp
import org.wayside.app.model.REFERRAL_FIELDS
import org.wayside.app.model.ReferralForm
import org.wayside.app.model.Words
import org.wayside.core.Handover
import org.wayside.core.Reporting
import org.wayside.core.ServiceView
import org.wayside.core.Urgency

/** What goes, to whom, how: then exactly that is read to the person, who says yes or no. */
@Composable
internal fun ReferStep(service: ServiceView, form: ReferralForm, onChange: (ReferralForm) -> Unit) {
    val words = LocalWords.current
    val refer = words.refer
    Large(refer.to(service.name))
    Heading(refer.what)
    REFERRAL_FIELDS.forEach { field ->
        val sent = form.fields[field]
        Choice(words.field(field), sent != null, many = true, tag = "field-$field") {
            onChange(form.copy(fields = if (sent == null) form.fields + (field to "") else form.fields - field))
        }
        if (sent != null) {
            WordsField(sent, words.field(field), "", "value-$field") { onChange(form.copy(fields = form.fields + (field to it))) }
        }
    }
    WordsField(form.wants, refer.wants, "", "wants") { onChange(form.copy(wants = it)) }
    Heading(refer.urgency)
    val urgencies = listOf(
        Urgency.NOW to refer.now, Urgency.DAY to refer.day, Urgency.THREE_DAYS to refer.threeDays, Urgency.ROUTINE to refer.routine,
    )
    Pick(urgencies, form.urgency, "urgency") { onChange(form.copy(urgency = it)) }
    Heading(refer.handover)
    val handovers = listOf(
        Handover.ACCOMPANIED to refer.accompanied, Handover.PHONE to refer.phone, Handover.SEALED_PAPER to refer.paper,
        Handover.ENCRYPTED_FILE to refer.file, Handover.CODE_ONLY to refer.codeOnly,
    )
    Pick(handovers, form.handover, "handover") { onChange(form.copy(handover = it)) }
    if (form.isNaming) {
        Choice(refer.keepName, form.named, many = true, tag = "named") { onChange(form.copy(named = !form.named)) }
    }
    reports(service.reporting)?.let { warning ->
        Problem(warning)
        Choice(refer.told, form.warned, many = true, tag = "warned") { onChange(form.copy(warned = !form.warned)) }
    }
    Said(words.consent.readAloud)
    Large(refer.ask(service.name, form.fields.keys.joinToString { words.field(it) }))
}

/** Who has to tell the authorities; nothing where nobody does. */
@Composable
internal fun reports(reporting: Reporting): String? = LocalWords.current.services.run {
    when (reporting) {
        Reporting.NEVER -> null
        Reporting.CHILDREN -> reportsChildren
        Reporting.ALWAYS -> reports
        Reporting.UNKNOWN -> reportsUnknown
    }
}

private fun Words.field(name: String): String = when (name) {
    "needs" -> refer.needs
    "age" -> refer.age
    "language" -> refer.language
    "contact" -> refer.contact
    "name" -> refer.name
    else -> refer.summary
}

/** One of several, each a row for a thumb. */
@Composable
internal fun <T> Pick(
    options: List<Pair<T, String>>, chosen: T?, tag: String, key: (T) -> String = { "$it".lowercase() }, onPick: (T) -> Unit,
) = Column(Modifier.selectableGroup(), verticalArrangement = Arrangement.spacedBy(8.dp)) {
    options.forEach { (value, label) -> Choice(label, value == chosen, many = false, tag = "$tag-${key(value)}") { onPick(value) } }
}

/** Some words, on a keyboard that does not learn them. */
@Composable
internal fun WordsField(value: String, label: String, hint: String, tag: String, onChange: (String) -> Unit) = Column {
    // Above and not in the field, where a long label would be cut.
    Text(label, style = MaterialTheme.typography.bodyLarge)
    OutlinedTextField(
        value, onChange,
        Modifier.fillMaxWidth().testTag(tag),
        supportingText = if (hint.isEmpty()) null else ({ Text(hint) }),
        keyboardOptions = discreet(),
    )
}
