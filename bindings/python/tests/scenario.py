"""Plays a scenario file (format: tests/scenarios/README.md) on a device of its own."""

import datetime
import json
import pathlib
import subprocess

import entries
import mishaps
import wayside
from conftest import Device
from host import SECRET, Beside, Http

ANOTHER = "river copper window meadow candle forty"
NEW = "harbour lantern gravel orchard violet seven"
DURESS = "pebble marble thunder willow cotton eight"
SECRETS = {"wrong_secret": ANOTHER, "new_secret": NEW, "duress": DURESS}
NOON = "2026-11-01T12:00:00Z"


class Differs(AssertionError):
    """The device is not as the scenario expects it."""


class Player:
    """One scenario while it is played."""

    def __init__(self, scenario, folder, hq, vault_folder):
        self.steps, self.folder, self.hq = scenario["steps"], folder, hq
        self.now = moment(scenario.get("now", NOON))
        self.fresh = scenario.get("device") == "fresh"
        self.device = Device(vault_folder, hq, scenario.get("role"))
        self.session, self.report, self.synced, self.answer = None, None, None, None
        self.retention, self.border = None, None
        # The bundle that goes from hand to hand, and what the device took of it last.
        self.bundle, self.taken = b"", None

    def play(self):
        self.device.open(training_clock=self.now)
        self.device.vault.install_built_in()
        if not self.fresh:
            self.device.make_ready()
        for number, step in enumerate(self.steps, 1):
            step = dict(step)
            wanted, code = step.pop("refused", None), None
            try:
                self.step(step)
            except wayside.FieldError as error:
                code = error.code
            except Differs as error:
                raise Differs(f"step {number}: {error}") from None
            if code != wanted:
                raise Differs(f"step {number}: expected a refusal {wanted}, had {code}")

    def step(self, step):
        vault = self.device.vault
        match step:
            case {"expect": expected}:
                self.expect(expected)
            case {"start": form}:
                mode = entries.member(wayside.SessionMode, step.get("mode", "interview"))
                self.session = vault.start_session(form, step.get("language", "en"), mode)
            case {"furnish": form, "play": file}:
                decoy = vault.open_decoy()
                self.entries(decoy.start_session(form, "en", wayside.SessionMode.INTERVIEW), file)
                decoy.lock()
            case {"play": file}:
                self.entries(self.talk(), file)
            case {"jump": instance}:
                self.talk().jump(instance)
            case {"go": direction}:
                self.talk().forward() if direction == "forward" else self.talk().back()
            case {"finish": True}:
                self.report = self.talk().finish()
            case {"discard": True}:
                self.talk().discard()
            case {"resume": number}:
                drafts = vault.drafts()
                self.session = vault.resume_session(drafts[number - 1].id if number <= len(drafts) else "")
            case {"open": with_what}:
                self.session = None
                if "now" in step:
                    self.now = moment(step["now"])
                keys = mishaps.keys(with_what, self.device.keys)
                self.device.open(SECRETS.get(with_what, SECRET), keys, self.now, lock=with_what != "twice")
            case {"lock": True}:
                vault.lock()
            case {"suspend": suspend}:
                vault.suspend() if suspend else vault.resume()
            case {"install": file}:
                lists = [self.folder / name for name in step.get("lists", [])]
                lists = [wayside.FormFile(name=one.name, bytes=one.read_bytes()) for one in lists]
                vault.install_form_with((self.folder / file).read_text(), lists)
            case {"sync": link}:
                self.sync(vault, link)
                vault.apply_received()
            case {"sync_locked": link}:
                self.sync(wayside.OutboxSession.open(self.device.folder), link)
            case {"bundle": way}:
                self.carry(vault, way)
            case {"neighbour": number}:
                self.hand_over(vault, number, step)
            case {"files": "image"}:
                vault.suspend()
                self.device.copy_files(self.device.folder, self.device.folder + ".kept")
                vault.resume()
            case {"files": copying}:
                self.session = None
                self.device.keep_files() if copying == "keep" else self.device.put_files_back()
            case {"desk": "bundle"}:
                self.bundle = self.hq.answer_bundle(self.bundle)
            case {"hand_out": what, "file": file}:
                self.hq.hand_out(
                    what, self.folder / file, step.get("set", []), vault.status().device, step.get("with", [])
                )
            case {"desk": "pull"}:
                self.hq.desk("pull")
            case {"desk": "wipe" | "wipe_once" as order}:
                self.hq.desk("pull")
                self.hq.wipe(vault.status().device, 2 if order == "wipe" else 1)
            case {"desk": order}:
                self.hq.desk("pull")
                self.hq.desk("devices", order, vault.status().device)
            case {"screen": case}:
                self.answer = json.loads(wayside.screen_case(json.dumps(case)))
            case {"date": day}:
                calendar = entries.member(wayside.CalendarSystem, day["calendar"])
                self.answer = wayside.gregorian_day(calendar, day["year"], day["month"], day["day"])
            case {"count_subsets": profile}:
                counts = wayside.subset_counts(profile)
                self.answer = {count.dimension: [count.positive, count.all] for count in counts}
            case {"comparisons": True}:
                self.answer = [list(vars(one).values())[3:] for one in wayside.comparisons()]
            case {"ask_back": age}:
                other = self.talk().other_calendar(entries.age_statement(age))
                self.answer = other and {**vars(other), "calendar": other.calendar.name.lower()}
            case {"next": action, "due": due}:
                due = datetime.datetime.fromisoformat(due.replace("Z", "+00:00"))
                vault.set_next(self.first_case(), entries.member(wayside.NextAction, action), due)
            case {"contact": by}:
                view = vault.contact(self.first_case(), entries.member(wayside.Channel, by))
                names = {"channel": view.channel.name.lower(), "if_other": view.if_other.name.lower()}
                self.answer = {**vars(view), **names, "caller": view.caller and view.caller.name.lower()}
            case {"close": True}:
                vault.close_case(self.first_case())
            case {"request": _}:
                vault.request(self.first_case(), self.wish(step))
            case {"help": sign}:
                vault.ask_for_help(sign == "asked")
            case {"wipe": True}:
                self.session = None
                vault.lock()
                wayside.wipe_vault(self.device.folder, self.device.keys)
            case {"verify": True}:
                vault.verify()
            case {"sweep": True}:
                wayside.sweep_vault(self.device.folder, self.device.keys)
            case {"retention": True}:
                self.retention = vault.apply_retention()
            case {"change_secret": True}:
                duress = wayside.DuressCode(secret=DURESS, wipes=step["duress"] == "wipe") if "duress" in step else None
                vault.change_secret(SECRET, step.get("to", NEW), self.device.keys, duress)
            case {"accept_rollback": True}:
                vault.accept_rollback()
            case {"panic_wipe": True}:
                self.session = None
                vault.panic_wipe(self.device.keys)
            case {"border": True}:
                self.session = None
                self.border = vault.clear_for_border(Http(), wayside.CancelToken())
            case {"train": practice}:
                self.session = None
                self.device.train(practice == "beside", self.now)
            case {"worker": number}:
                self.session = None
                self.device.worker(number, self.now)
            case _ if not mishaps.apply(self, step):
                entries.apply(self.talk(), step, self.folder)

    def talk(self):
        if self.session is None:
            raise Differs("no interview is open")
        return self.session

    def carry(self, vault, way):
        match way:
            case "out":
                self.bundle = wayside.OutboxSession.open(self.device.folder).export_bundle()
            case "in":
                self.taken = vault.import_bundle(self.bundle)
            case "in_locked":
                self.taken = wayside.OutboxSession.open(self.device.folder).import_bundle(self.bundle)
            case "cut":
                self.bundle = self.bundle[: len(self.bundle) // 2]

    def hand_over(self, vault, number, step):
        """To the phone of another worker, which carries."""
        carrying = wayside.OutboxSession.open(self.device.folder_of(number)).begin_carry()
        code = "a code of yesterday" if step.get("stranger") else carrying.code()
        giving = wayside.OutboxSession.open(self.device.folder) if step.get("locked") else vault
        report = giving.sync_with_neighbour(Beside.ADDRESS, code, Beside(carrying), wayside.CancelToken())
        self.synced = self.came_to(report)

    def first_case(self):
        """Code of the first case in the list; one that is in no list where there is none."""
        items = self.device.vault.work_list()
        return items[0].code if items else "nobody"

    @staticmethod
    def wish(step):
        match step["request"]:
            case "correction":
                return wayside.CaseRequest.CORRECTION(step.get("text", ""))
            case "withdrawal":
                line = entries.member(wayside.ConsentLine, step["line"])
                return wayside.CaseRequest.WITHDRAWAL(line, step.get("recipient"))
            case "erasure":
                return wayside.CaseRequest.ERASURE(wayside.ErasureReason.PERSON_ASKED)
        raise AssertionError(f"no such request: {step['request']}")

    def entries(self, session, file):
        path = self.folder / file
        for entry in json.loads(path.read_text()):
            entries.apply(session, entry, path.parent)

    def sync(self, what, link):
        if link in ("relay", "cancelled"):
            self.synced = self.came_to(what.sync(Http(), mishaps.token(link)))
            return
        session, page = what.begin_sync(), mishaps.transport(link)
        while (step := session.next_step()).is_SEND():
            try:
                session.complete(step.request.id, page.exchange(step.request))
            except wayside.TransportError as failure:
                session.fail(step.request.id, failure)
        self.synced = {"complete": step.is_DONE(), "failed": session.progress().failures > 0}

    @staticmethod
    def came_to(report):
        return {"complete": report.complete, "failed": report.progress.failures > 0, "obstacle": report.obstacle}

    def expect(self, expected):
        for name, wanted in expected.items():
            seen = getattr(self, f"see_{name}")()
            if not holds(seen, wanted):
                raise Differs(f"{name}: expected {wanted}, saw {seen}")

    def page(self):
        try:
            return self.session.page() if self.session else None
        except wayside.FieldError:
            return None

    def questions(self):
        page = self.page()
        return page.kind.questions if page and page.kind.is_QUESTIONS() else []

    def see_open(self):
        return self.page() is not None

    def see_stored(self):
        return bool(self.session and self.session.is_stored())

    def see_gate(self):
        page = self.page()
        return page.kind.gate.name.lower() if page and page.kind.is_AT_GATE() else None

    def see_waits(self):
        page = self.page()
        waits = ("danger", "quick", "offer", "gender", "go_on")
        return next((kind for kind in waits if page and getattr(page.kind, f"is_{kind}")()), None)

    def see_standing(self):
        if not self.session:
            return None
        standing = self.session.standing()
        danger = standing.danger
        return {
            "mode": standing.mode.name.lower(),
            "stage": standing.stage.name.lower(),
            "pace": standing.pace.name.lower(),
            "hides_answers": standing.hides_answers,
            "quick_only": standing.quick_only,
            "interpreter": standing.interpreter,
            "script": standing.script,
            "danger": danger is not None,
            "protocol": danger and danger.protocol,
            "hiv_minutes_left": danger and danger.hiv_minutes_left,
            "contraception_minutes_left": danger and danger.contraception_minutes_left,
        }

    def see_advice(self):
        return [outcome.id for outcome in self.session.advice().outcomes] if self.session else []

    def see_answer(self):
        return self.answer

    def see_screened(self):
        outcomes = [outcome["id"] for outcome in self.answer["outcomes"]]
        consent = {"record": self.answer.get("record"), "referral": self.answer.get("referral")}
        return {"outcomes": outcomes, "positive": positive(self.answer), **consent}

    def see_work(self):
        def referral(held):
            return {"recipient": held.recipient, "state": held.state}

        def item(one):
            referrals = [referral(held) for held in one.referrals]
            return {"action": one.action.name.lower(), "due": one.is_due, "task": one.task, "referrals": referrals}

        return [item(one) for one in self.device.vault.work_list()]

    def see_missing(self):
        return [missing.name.lower() for missing in self.device.vault.readiness()]

    def see_services(self):
        return [service.code for service in self.session.services(wayside.ServiceNeed())] if self.session else []

    def see_at_end(self):
        page = self.page()
        return bool(page and page.kind.is_END())

    def see_can_finish(self):
        page = self.page()
        return bool(page and page.can_finish)

    def see_language(self):
        page = self.page()
        return page and page.language

    def see_questions(self):
        return [question.reference for question in self.questions()]

    def see_hints(self):
        return {question.reference: question.hint for question in self.questions()}

    def see_heading(self):
        page = self.page()
        return page.kind.heading if page and page.kind.is_QUESTIONS() else None

    def see_labels(self):
        return [question.label for question in self.questions()]

    def see_shorts(self):
        return [question.short for question in self.questions()]

    def see_values(self):
        return {question.reference: question.value for question in self.questions()}

    def see_states(self):
        return {question.reference: question.state.name.lower() for question in self.questions()}

    def see_forms(self):
        return len(self.device.vault.forms())

    def see_terms(self):
        return {form.id: form.terms and decided(form.terms) for form in self.device.vault.forms()}

    def see_drafts(self):
        return len(self.device.vault.drafts())

    def see_queue(self):
        return vars(self.device.vault.queue_status())

    def see_device(self):
        return vars(self.device.vault.status())

    def see_present(self):
        return wayside.vault_is_present(self.device.folder)

    def see_sync(self):
        return self.synced

    def see_audit(self):
        return {entry.code: True for entry in self.device.vault.audit()}

    def see_bundle(self):
        return self.taken and {**vars(self.taken), "refused": {one.code: one.count for one in self.taken.refused}}

    def see_content(self):
        return {content.id: content.version for content in self.device.vault.content()}

    def see_refused(self):
        refused = {content.id: content.refused for content in self.device.vault.content() if content.refused}
        return {id: {"code": why.code, "at": why.at} for id, why in refused.items()}

    def see_prompts(self):
        page = self.page()
        return {prompt.key: self.prompt(prompt) for prompt in page.prompts} if page else {}

    def prompt(self, prompt):
        audio = self.session.audio(prompt.key)
        said = {name: getattr(prompt, name) for name in ("text", "language", "draft", "gloss")}
        return {**said, "fallback": prompt.fallback.name.lower(), "audio": None if audio is None else len(audio)}

    def see_at_hq(self):
        try:
            return self.hq.desk("show", self.report.event)["screening"] if self.report else None
        except subprocess.CalledProcessError:
            return None  # HQ does not have it.

    def see_vaults(self):
        return wayside.vaults_in(str(pathlib.Path(self.device.folder).parent))

    def see_retention(self):
        report = self.retention
        old = {"old_drafts": len(report.old_drafts), "old_unsent": len(report.old_unsent)}
        return {"expired": report.expired, "reading_locked": report.reading_locked, **old}

    def see_border(self):
        report = self.border
        queue = {"waiting": report.queue.waiting, "hq_has_it": report.queue.hq_has_it}
        return {"complete": report.sync.complete, "drafts": report.drafts, **queue}

    def see_hard(self):
        return bool(self.report and self.report.hard)

    def see_outcomes(self):
        return [outcome.id for outcome in self.report.outcomes] if self.report else []

    def see_offers(self):
        return {step.id: True for step in self.report.steps} if self.report else {}

    def see_branches(self):
        explanation = json.loads(self.report.explanation) if self.report and self.report.explanation else {}
        return positive(explanation)


def positive(explanation):
    """Each positive dimension with the rule branch it rests on."""
    found = (one for one in explanation.get("dimensions", []) if one["branch"])
    return {dimension["id"]: dimension["branch"] for dimension in found}


def moment(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def decided(terms):
    """What HQ decided of a form, as scenarios write it."""
    return {
        "purpose": terms.purpose,
        "sensitivity": terms.sensitivity.name.lower(),
        "days": terms.days,
        "about_person": terms.about_person,
    }


def holds(seen, wanted):
    """An object has to have what is wanted and may have more; everything else has to be equal."""
    if isinstance(wanted, dict) and isinstance(seen, dict):
        return all(name in seen and holds(seen[name], value) for name, value in wanted.items())
    return seen == wanted


def without_cause(scenario):
    """The same without the last step that was to be done, and not refused, before the last look: what it is about."""
    steps = scenario["steps"]
    last_look = max(number for number, step in enumerate(steps) if "expect" in step)
    done = (number for number, step in enumerate(steps[:last_look]) if "expect" not in step and "refused" not in step)
    cause = max(done)
    return {**scenario, "steps": steps[:cause] + steps[cause + 1 :]}


def files(folder):
    """Every scenario of a folder."""
    return sorted(pathlib.Path(folder).glob("*.json"))
