package org.wayside.app.model

import org.wayside.core.ConsentGiver
import org.wayside.core.ConsentHow
import org.wayside.core.ConsentInput
import org.wayside.core.ConsentLine
import org.wayside.core.ConsentValue
import org.wayside.core.Handover
import org.wayside.core.ReferralField
import org.wayside.core.ReferralInput
import org.wayside.core.Reporting
import org.wayside.core.ServiceView
import org.wayside.core.Urgency
import org.wayside.core.WithheldReason

/** What can go with a referral, by the core's words for it. */
val REFERRAL_FIELDS = listOf("needs", "age", "language", "contact", "name", "summary")

/** What only goes where the person agreed that it is kept at all. */
private val NAMING = setOf("contact", "name")

/** What a worker fills in for a referral. In memory only. */
data class ReferralForm(
    /** What goes with it, and its value; nothing goes by itself. */
    val fields: Map<String, String> = emptyMap(),
    val wants: String = "",
    val urgency: Urgency? = null,
    val handover: Handover? = null,
    /** The person was told that the service may inform authorities. */
    val warned: Boolean = false,
    /** The person agrees that name and contact are kept. */
    val named: Boolean = false,
) {
    val isNaming get() = fields.keys.any { it in NAMING }

    /** Whether the person can be asked now. Whether it may go the core says. */
    fun isComplete(service: ServiceView) = fields.isNotEmpty() && fields.values.none(String::isBlank) && wants.isNotBlank() &&
        urgency != null && handover != null && (warned || service.reporting == Reporting.NEVER) && (named || !isNaming)

    internal fun input(service: ServiceView): ReferralInput? {
        val (urgency, handover) = (urgency ?: return null) to (handover ?: return null)
        val sent = fields.map { (name, value) -> ReferralField(name, value.trim()) }
        return ReferralInput(service.code, urgency, handover, wants.trim(), sent, warned)
    }
}

/** To the referral of the person to this service. */
fun Interview.toReferral(service: ServiceView) {
    over = Step.Refer(service)
}

/** Back to the result. */
fun Interview.toResult() {
    over = finished
}

/** What the person said to exactly this referral. A yes sends it; a no is written down, and nothing goes. */
fun Interview.refer(service: ServiceView, form: ReferralForm, agrees: Boolean) {
    val input = form.input(service) ?: return
    if (agrees && form.isNaming) said(ConsentInput(ConsentLine.C3, ConsentValue.YES, ConsentGiver.PERSON, ConsentHow.ORAL))
    val value = if (agrees) ConsentValue.YES else ConsentValue.NO
    said(
        ConsentInput(
            ConsentLine.C4, value, ConsentGiver.PERSON, ConsentHow.ORAL, service.code,
            if (agrees) input.fields.map { it.name } else null,
        ),
    )
    if (!agrees) return toResult()
    session.refer(input)
    onSealed(true)
    over = Step.Referred(service)
}

private fun Interview.said(line: ConsentInput) = session.consent(line)

/** The person does not want this service to know. */
fun Interview.withhold(service: ServiceView) {
    session.withhold(service.code, WithheldReason.OTHER)
    toResult()
}
