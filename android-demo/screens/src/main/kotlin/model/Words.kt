package org.wayside.app.model

/**
 * The words around the forms, in one language. They follow the language of the interview, not the phone's, so they cannot
 * be the system's string resources. A worker reads them to a person: plain, without a verdict, without "victim".
 */
class Words(
    val tag: String,
    val common: Common,
    val start: Start,
    val forms: Forms,
    val gates: Gates,
    val ready: Ready,
    val urgent: Urgent,
    val danger: Danger,
    val age: Age,
    val consent: Consent,
    val between: Between,
    val questions: Questions,
    val ending: Ending,
    val services: Services,
    val queue: Queue,
    private val problems: Map<String, String>,
) {
    class Common(val language: String, val next: String, val back: String, val stop: String, val yes: String, val no: String, val done: String)

    class Start(
        val secret: String, val secretHint: String, val open: String,
        val record: String, val recordHint: String, val enrol: String,
    )

    class Forms(
        val title: String, val start: String, val adultsOnly: String, val unfinished: String, val resume: String,
        val queue: String, val lock: String,
    )

    /** Of each gate the question, and what to do while it does not open. */
    class Gates(
        val setting: String, val notAlone: String,
        val interpreter: String, val notSafe: String,
        val notNow: String, val remote: String, val remoteMeans: String,
    )

    /** What keeps the phone from interviews, and what can be given to everybody. */
    class Ready(
        val title: String, val services: String, val servicesExpired: String, val noService: String, val forms: String,
        val training: String, val supervisor: String, val until: String, val leaflet: String,
    )

    class Urgent(val seen: String)

    class Danger(
        val open: String, val title: String, val first: String, val none: String,
        val medical: String, val hivNow: String, val contraceptionNow: String, val hours: String, val take: String,
        val anew: String, val end: String, val hiv: (Int) -> String, val contraception: (Int) -> String,
    )

    class Age(
        val ask: String, val year: String, val between: String, val unknown: String, val yearLabel: String,
        val calendar: String, val gregorian: String, val ethiopian: String, val solarHijri: String, val lunarHijri: String,
        val youngest: String, val oldest: String, val unknownMeans: String,
    )

    class Consent(
        val readAloud: String, val talk: String, val record: String, val statistics: String,
        val explain: String, val explained: String, val withoutRecord: String,
    )

    /** What is asked between the gates and the forms. */
    class Between(
        val quick: String, val offer: String, val later: String, val gender: String, val first: String, val goOn: String,
        val long: String, val next: String, val another: String,
    )

    class Questions(
        val declines: String, val doesNotKnow: String, val declined: String, val unknown: String, val undo: String,
        val screen: (Int, Int) -> String, val any: String, val number: String, val day: String, val written: String,
        val notHere: String, val seen: String, val forAdults: String,
        val add: (String) -> String, val removeLast: (String) -> String,
    )

    class Ending(
        val asked: String, val stopped: String, val open: String, val keep: String, val keepMeans: String,
        val discard: String, val discardMeans: String, val nothingKept: String, val sealed: String, val code: String,
        val offer: String, val consentFirst: String, val why: String, val notIdentification: String,
        val carries: String, val end: String, val basis: String, val vital: String, val child: String, val observed: String,
    )

    class Services(
        val title: String, val none: String, val free: String, val reports: String, val reportsChildren: String,
        val reportsUnknown: String, val onFoot: (Int) -> String,
    )

    class Queue(
        val title: String, val waiting: String, val handedOver: String, val hqHasIt: String, val setAside: String,
        val empty: String, val sync: String, val stopSync: String, val progress: (Int, Int) -> String,
        val allSent: String, val notAll: String, val compare: String, val revoked: String,
    )

    /** A sentence for a code, or for its family; the code itself always stands behind it, so that it can be reported. */
    fun problem(problem: Problem): String {
        val sentence = problems[problem.code] ?: problems[problem.code.substringBefore('.')] ?: problems.getValue("")
        val seconds = problem.waitSeconds?.let { " ($it s)" }.orEmpty()
        return "$sentence$seconds [${problem.code}]"
    }

    companion object {
        /** In the order in which a worker chooses. */
        val all: List<Words> = listOf(english, french, arabic)

        /** The words of a language, English where there are none. */
        fun of(tag: String): Words = all.firstOrNull { it.tag == tag.substringBefore('-').lowercase() } ?: english
    }
}
