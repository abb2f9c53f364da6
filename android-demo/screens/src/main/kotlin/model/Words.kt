package org.wayside.app.model

/**
 * The words around the forms, in one language. They follow the language of the interview, not the phone's, so they cannot
 * be the system's string resources. A worker reads them to a person: plain, without a verdict, without "victim".
 */
class Words(
    val tag: String,
    /** Of the language, in itself. */
    val name: String,
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
    val byFile: ByFile,
    val nearby: Nearby,
    val notices: Notices,
    val work: Work,
    val contact: Contact,
    val states: States,
    val lines: Lines,
    val refer: Refer,
    val help: Help,
    val phone: Phone,
    val media: Media,
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
        val code: String, val codeHint: String,
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
        val readAloud: String, val talk: String, val record: String, val statistics: String, val contact: String,
        val explain: String, val explained: String, val withoutRecord: String,
    )

    /** What is asked between the gates and the forms. */
    class Between(
        val quick: String, val offer: String, val later: String, val gender: String, val first: String, val goOn: String,
        val long: String, val next: String, val another: String,
    )

    class Questions(
        val declines: String, val doesNotKnow: String, val declined: String, val unknown: String, val undo: String,
        val screen: (Int, Int) -> String, val any: String, val number: String,
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

    /** Records on their way in a file, and what is carried for other phones. */
    class ByFile(
        val title: String, val holds: String, val save: String, val take: String, val saved: String,
        val cutOff: String, val nothing: String, val fromOffice: (Int) -> String, val carriedFor: (Int) -> String,
        val givenUp: (Int) -> String, val wasHere: (Int) -> String, val notTaken: (Int, String) -> String,
        val waiting: String, val handedOver: String,
    )

    /** Records given to a phone nearby, or taken from one to be carried. */
    class Nearby(
        val title: String, val means: String, val carry: String, val give: String, val carrying: String, val show: String,
        val taken: (Int) -> String, val goes: String, val stopped: String, val again: String, val look: String,
        val scan: String, val address: String, val code: String, val giveNow: String, val stop: String,
        val progress: (Int, Int) -> String, val given: (Int) -> String, val stays: String, val nothing: String,
        val notAll: String, val alsoThere: String,
    )

    /** What waits for a person, said where the forms are. */
    class Notices(
        val oldDrafts: (Int) -> String, val oldUnsent: (Int) -> String, val readingLocked: String,
        val oldCopy: String, val useCopy: String, val practice: String, val more: String,
    )

    /** Cases by code: no name, no answer, no outcome. */
    class Work(
        val title: String, val waiting: (Int) -> String, val empty: String, val by: (String) -> String,
        val isDue: String, val checkReferral: String, val contact: String, val talkAgain: String, val nothing: String,
        val task: (String) -> String, val next: String, val days: String, val note: String, val noted: String,
        val correct: String, val correctText: String, val withoutNames: String, val withdraw: String,
        val which: String, val erase: String, val eraseMeans: String, val because: String, val personAsked: String,
        val notCovered: String, val expired: String, val again: String, val againCode: String, val close: String,
        val closeMeans: String, val seal: String, val sealed: String, val referral: (String, String) -> String,
    )

    /** How a person may be contacted. Nothing of it is said before the core has allowed it. */
    class Contact(
        val title: String, val how: String, val inPerson: String, val call: String, val message: String,
        val trusted: String, val look: String, val now: String, val codeWord: (String) -> String, val noWord: String,
        val sameWorker: String, val colleague: String, val chosenGender: String,
        val trustedMay: String, val onlyPerson: String, val hangUp: String, val wrongNumber: String, val cover: String,
    )

    /** How a referral stands. */
    class States(
        val sent: String, val received: String, val accepted: String, val declined: String, val started: String,
        val done: String, val failed: String, val revoked: String,
    )

    /** What a person can agree to, and take back. */
    class Lines(
        val talk: String, val record: String, val name: String, val refer: (String) -> String, val contact: String,
        val statistics: String, val research: String, val authorities: String, val family: String,
    )

    /** A referral: what goes, to whom, and that the person agrees to exactly that. */
    class Refer(
        val refer: String, val to: (String) -> String, val what: String, val needs: String, val age: String,
        val language: String, val contact: String, val name: String, val summary: String, val wants: String,
        val urgency: String, val now: String, val day: String, val threeDays: String, val routine: String,
        val handover: String, val accompanied: String, val phone: String, val paper: String, val file: String,
        val codeOnly: String, val told: String, val keepName: String, val ask: (String, String) -> String,
        val mustNotKnow: String, val sealed: String,
    )

    /** About the worker, never about the person. */
    class Help(
        val title: String, val after: String, val means: String, val ask: String, val hard: String, val asked: String,
    )

    /** What a worker sets on this phone. */
    class Phone(
        val title: String, val worker: (Int) -> String, val another: String, val practice: String,
        val makePractice: String, val practiceMeans: String, val scan: String, val language: String,
        val secret: String, val old: String, val new: String, val newAgain: String, val differ: String,
        val duress: String, val duressMeans: String, val duressWipes: String, val change: String, val changed: String,
        val decoy: String, val decoyMeans: String, val border: String, val borderMeans: String, val clear: String,
        val stillHere: (Int, Int) -> String, val destroy: String, val destroyMeans: String, val face: String,
        val faceMeans: String, val check: String, val checked: String, val log: String, val signed: String,
        val site: String, val role: String,
    )

    /** Answers that are not typed. */
    class Media(
        val photo: String, val sound: String, val video: String, val file: String, val sign: String, val draw: String,
        val fileStays: String, val kept: String, val takeKept: String, val clear: String, val remove: String,
        val position: String, val latitude: String, val longitude: String, val addPoint: String, val points: (Int) -> String,
        val scan: String, val listen: (String) -> String, val find: String, val moreChoices: (Int) -> String, val year: String, val month: String,
        val day: String, val hour: String, val minute: String, val inGregorian: (String) -> String,
        val noSuchDay: String, val up: String, val down: String, val order: String, val less: String,
        val more: String, val jump: (Int) -> String,
    )

    /** A sentence for a code, or for its family; the code itself always stands behind it, so that it can be reported. */
    fun problem(problem: Problem): String {
        val sentence = problems[problem.code] ?: problems[problem.code.substringBefore('.')] ?: problems.getValue("")
        val seconds = problem.waitSeconds?.let { " ($it s)" }.orEmpty()
        return "$sentence$seconds [${problem.code}]"
    }

    /** As [problem], where it is a phone nearby that does not answer or does not take it, and not the office. */
    fun nearby(problem: Problem): String {
        val own = problems["nearby.${problem.code.substringAfter('.')}"] ?: problems["nearby"].takeIf { problem.code.startsWith("sync.") }
        return own?.let { "$it [${problem.code}]" } ?: problem(problem)
    }

    companion object {
        /** In the order in which a worker chooses. */
        val all: List<Words> = listOf(english, french, arabic, tigrinya)

        /** The words of a language, English where there are none. */
        fun of(tag: String): Words = all.firstOrNull { it.tag == tag.substringBefore('-').lowercase() } ?: english
    }
}
