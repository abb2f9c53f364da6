//! People at the desk over HTTP: signing in, what each role reaches, the audit, a lost device.

use std::collections::BTreeMap;

use wayside_desk::{DeskError, PersonRole, RequestKind};
use wayside_model::{ConsentEntry, ConsentLine, ConsentValue, Event, Held, LogMark, LogPlace};
use wayside_seal::StretchParams;

use crate::publishing::{form, services};
use crate::publishing_kinds::{bundle, pack, rule_set, sounds};
use crate::web::Page;
use crate::{World, actors, now, records, secret};

const ROLES: &str = include_str!("roles.csv");
const OWN: &str = "Northern transit site";
const OTHER: &str = "Southern transit site";
const CORRECTION: &str = "the year is another";
const REASON: &str = "reason=Follow-up+visit+planned";

fn passphrase(name: &str) -> String {
    format!("{name} river stone lamp winter field")
}

/// A desk with three records, and one person of each role. The page is served by a desk of its own on the same folder.
struct Office {
    world: World,
    page: Page,
    own: Event,
    other: Event,
    child: Event,
    /// The same three with a form that asks about alleged actors.
    actors: [Event; 3],
}

fn at(site: &str, mut event: Event) -> Event {
    let record = records::interview(&mut event);
    record.site = site.to_owned();
    event
}

impl Office {
    fn new() -> Self {
        let world = World::new();
        let mut phone = world.confirmed_phone("w-17");
        let own = at(OWN, records::adult(&["DR1", "DR2", "EX1", "CO1"], 40));
        let other = at(OTHER, records::adult(&["DR1", "EX1", "EX2"], 30));
        let child = at(OTHER, records::child(20));
        let actors = actors::three(&world, &own, &other, &child);
        phone.upload(&[own.clone(), other.clone(), child.clone()]);
        phone.upload(&actors);
        assert_eq!(world.desk.pull(now()).unwrap().records, 6);
        let code = crate::service::code_of(own.case);
        world.desk.ask(RequestKind::Rectification, &code, CORRECTION, now()).unwrap();
        world.desk.hand_out_services(&services(OWN, 1, "9 to 17"), wayside_desk::Whom::Everybody).unwrap();
        for role in PersonRole::ALL {
            let words = secret(&passphrase(role.word()));
            world.desk.add_person(role.word(), role, OWN, &words, StretchParams::FLOOR, now()).unwrap();
        }
        // Beside the case manager who asks somebody is needed who agrees, and for each role somebody who asks it to agree.
        let askers = PersonRole::ALL.map(|role| format!("asks-{}", role.word()));
        for name in askers.iter().map(String::as_str).chain(["case-manager-2"]) {
            let words = secret(&passphrase(name));
            world.desk.add_person(name, PersonRole::CaseManager, "", &words, StretchParams::FLOOR, now()).unwrap();
        }
        let page =
            Page::of(wayside_desk::Desk::open(&world.folder.path().join("desk"), &secret(crate::PASSPHRASE)).unwrap());
        Self { world, page, own, other, child, actors }
    }

    fn sign_in(&self, name: &str) -> String {
        let body = format!("name={name}&passphrase={}", passphrase(name).replace(' ', "+"));
        let answer = self.page.post("/sign-in", &body, "");
        assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
        let cookie = answer.split("set-cookie: ").nth(1).unwrap();
        assert!(cookie.contains("HttpOnly; SameSite=Strict"));
        cookie.split(';').next().unwrap().to_owned()
    }

    /// What this person finds, by the lines of the table.
    fn tried(&self, role: PersonRole) -> BTreeMap<&'static str, &'static str> {
        let cookie = self.sign_in(role.word());
        let get = |path: &str| self.page.get_as(path, &cookie);
        let ok = |answer: &str| answer.starts_with("HTTP/1.1 200");
        let yes = |it: bool| if it { "yes" } else { "no" };
        let record = |event: &Event| format!("/records/{}", event.id);
        let queue = get("/");
        let lists = |event: &Event| yes(ok(&queue) && queue.contains(&record(event)));
        let consent = |event: &Event| {
            let answer = get(&format!("{}/consent", record(event)));
            yes(ok(&answer) && answer.contains("Talk and take part"))
        };
        let mut found = BTreeMap::from([
            ("queue lists own", lists(&self.own)),
            ("queue lists other", lists(&self.other)),
            ("queue lists child", lists(&self.child)),
            ("consent own", consent(&self.own)),
            ("consent other", consent(&self.other)),
            ("consent child", consent(&self.child)),
            ("statistics", yes(ok(&get("/statistics")))),
            ("devices", yes(get("/devices").contains("w-17"))),
            ("export", yes(ok(&get("/export/queue.csv")))),
            ("workbook", yes(ok(&get("/export/queue.xlsx")))),
            ("requests", yes(ok(&get("/requests")))),
            ("services directory", yes(get("/publishing").contains(&format!("services/{OWN}")))),
            ("text of a correction", yes(get("/requests").contains(CORRECTION))),
            ("facts for an impact assessment", yes(get("/facts").contains("/data/work/unpaid"))),
            ("team of own site", yes(ok(&get("/team")))),
        ]);
        let shows = |event: &Event, part: &str| {
            let answer = get(&record(event));
            ok(&answer) && answer.contains(part)
        };
        let parts = [
            ("dimensions own", &self.own, "1S+1M"),
            ("dimensions other", &self.other, "one strong and one medium"),
            ("answers own", &self.own, "id=\"answers\""),
            ("answers other", &self.other, "id=\"answers\""),
            ("answers child", &self.child, "id=\"answers\""),
        ];
        let before = parts.map(|(_, event, part)| shows(event, part));
        for event in [&self.own, &self.other, &self.child] {
            let answer = self.page.post(&format!("{}/reason", record(event)), REASON, &cookie);
            assert!(answer.starts_with("HTTP/1.1 303") || answer.starts_with("HTTP/1.1 40"), "{answer}");
        }
        for ((name, event, part), before) in parts.into_iter().zip(before) {
            let after = shows(event, part);
            found.insert(
                name,
                if before {
                    "yes"
                } else if after {
                    "need"
                } else {
                    "no"
                },
            );
        }
        for (name, event) in ["actors own", "actors other", "actors child"].into_iter().zip(&self.actors) {
            found.insert(name, self.actors_tried(event, role, &cookie));
        }
        found.insert("agree that another reads of actors", yes(self.agrees_tried(role, &cookie)));
        let audit = get("/audit");
        found.insert("audit", yes(ok(&audit)));
        found.insert("audit of other sites", yes(ok(&audit) && audit.contains(OTHER)));
        found
    }

    /// How far somebody comes to what a record says of alleged actors: with nothing, with a reason, with a second person.
    fn actors_tried(&self, event: &Event, role: PersonRole, cookie: &str) -> &'static str {
        let path = format!("/records/{}", event.id);
        let shows = || self.page.get_as(&path, cookie).contains(actors::SAID);
        if shows() {
            return "yes";
        }
        self.page.post(&format!("{path}/reason"), REASON, cookie);
        if shows() {
            return "need";
        }
        let asked = self.page.post(&format!("{path}/actors"), REASON, cookie);
        let rows = self.world.desk.releases(now()).unwrap();
        let row = rows.iter().find(|row| row.id == event.id && row.asked_by == role.word());
        assert_eq!(asked.starts_with("HTTP/1.1 303"), row.is_some(), "{asked}");
        let Some(row) = row else { return "no" };
        assert!(row.agreed_by.is_none() && !shows(), "asking alone opens nothing");
        let second = self.sign_in("case-manager-2");
        let agreed = self.page.post(&format!("{path}/actors/agree"), &format!("asked_by={}", row.asked_by), &second);
        assert!(agreed.starts_with("HTTP/1.1 303"), "{agreed}");
        if shows() { "two" } else { "no" }
    }

    /// Whether this person can be the second one.
    fn agrees_tried(&self, role: PersonRole, cookie: &str) -> bool {
        let name = format!("asks-{}", role.word());
        let (asker, [event, ..]) = (self.sign_in(&name), &self.actors);
        let path = format!("/records/{}", event.id);
        self.page.post(&format!("{path}/reason"), REASON, &asker);
        self.page.post(&format!("{path}/actors"), REASON, &asker);
        let agreed = self.page.post(&format!("{path}/actors/agree"), &format!("asked_by={name}"), cookie);
        let rows = self.world.desk.releases(now()).unwrap();
        let by = rows.into_iter().find(|row| row.asked_by == name).unwrap().agreed_by;
        assert_eq!(agreed.starts_with("HTTP/1.1 303"), by.as_deref() == Some(role.word()), "{agreed}");
        by.is_some()
    }

    /// Whether this person can bring and sign each kind of what is published.
    fn publishes(&self, role: PersonRole, cookie: &str, cells: &mut BTreeMap<&'static str, &'static str>) {
        let yes = |it: bool| if it { "yes" } else { "no" };
        let manager = self.sign_in("case-manager");
        let version = 2 + PersonRole::ALL.iter().position(|one| *one == role).unwrap() as u32;
        let audio = sounds();
        let list = ("form.xml".to_owned(), form("shelter").into_bytes());
        for (kind, file, files, bring, sign) in [
            (
                "services",
                services(OWN, version, "9 to 17"),
                &[][..],
                "bring a services directory",
                "sign a services directory",
            ),
            ("form", form("needs"), &[], "bring a form", "sign a form"),
            ("rule_set", rule_set(version, |_| ()), &[], "bring a rule set", "sign a rule set"),
            ("pack", pack(version, |_| ()), &audio, "bring a language pack", "sign a language pack"),
            ("bundle", bundle(version, r#""forms": ["form.xml"]"#), &[list], "bring a bundle", "sign a bundle"),
        ] {
            let fields = [("kind", kind), ("file", &*file), ("purpose", "what people need now"), ("days", "90")];
            let brought = self.page.upload_with("/publishing", &fields, files, cookie);
            cells.insert(bring, yes(brought.starts_with("HTTP/1.1 303")));
            let by_manager = self.page.upload_with("/publishing", &fields, files, &manager);
            assert!(by_manager.starts_with("HTTP/1.1 303"), "{by_manager}");
            let number = self.world.desk.proposals().unwrap()[0].number;
            let signed = self.page.post(&format!("/publishing/{number}/sign"), "", cookie);
            let rows = self.world.desk.proposals().unwrap();
            let published = rows.iter().any(|row| row.number == number && row.state == "published");
            assert_eq!(signed.starts_with("HTTP/1.1 303"), published, "{signed}");
            cells.insert(sign, yes(published));
            for waiting in rows.iter().filter(|row| row.state == "waits") {
                self.page.post(&format!("/publishing/{}/drop", waiting.number), "", &manager);
            }
        }
    }
}

#[test]
fn every_role_finds_what_the_table_says_and_nothing_else() {
    let office = Office::new();
    let mut found: Vec<_> = PersonRole::ALL.iter().map(|role| office.tried(*role)).collect();
    // Last, because it changes the world: reporting is tried with a device of its own for each.
    for (role, cells) in PersonRole::ALL.iter().zip(&mut found) {
        let phone = office.world.confirmed_phone("w-18");
        let cookie = office.sign_in(role.word());
        let path = format!("/devices/{}/lost", phone.id);
        let answer = office.page.post(&path, "", &cookie);
        let reported = answer.starts_with("HTTP/1.1 303");
        assert_eq!(office.world.device(phone.id).revoked_at.is_some(), reported);
        assert_eq!(office.page.get_as(&path, &cookie).contains("Authority to be told until"), reported);
        cells.insert("report own device lost", if reported { "yes" } else { "no" });
        let other = office.world.confirmed_phone("w-19");
        let answer = office.page.post(&format!("/devices/{}/wipe", other.id), "", &cookie);
        let asked = office.world.desk.wipes().unwrap().iter().any(|row| row.device == other.id);
        assert_eq!(answer.starts_with("HTTP/1.1 303"), asked, "{answer}");
        cells.insert("ask to wipe own device", if asked { "yes" } else { "no" });
        let waiting = office.world.phone("w-20");
        office.world.desk.pull(now()).unwrap();
        let path = format!("/devices/{}/confirm", waiting.id);
        for unsaid in ["", "words=other"] {
            assert!(
                !office.page.post(&path, unsaid, &cookie).starts_with("HTTP/1.1 303"),
                "nobody said that they are equal"
            );
        }
        let answer = office.page.post(&path, "words=equal", &cookie);
        let confirmed = office.world.device(waiting.id).confirmed_at.is_some();
        assert_eq!(answer.starts_with("HTTP/1.1 303"), confirmed, "{answer}");
        assert_eq!(!waiting.control().is_empty(), confirmed, "and it has its certificate");
        cells.insert("confirm a device", if confirmed { "yes" } else { "no" });
        let answer = office.page.post(&format!("/devices/{}/revoke", waiting.id), "", &cookie);
        let revoked = office.world.device(waiting.id).revoked_at.is_some();
        assert_eq!(answer.starts_with("HTTP/1.1 303"), revoked, "{answer}");
        cells.insert("revoke a device", if revoked { "yes" } else { "no" });
        let code = crate::service::code_of(office.own.case);
        let id = office.world.desk.ask(RequestKind::Erasure, &code, "asked at the desk", now()).unwrap();
        office.page.post(&format!("/requests/{id}"), "decision=refuse&reason=kept+by+law", &cookie);
        let decided = office.world.desk.requests().unwrap().iter().any(|row| row.id == id && row.decision.is_some());
        cells.insert("grant an erasure", if decided { "yes" } else { "no" });
        office.publishes(*role, &cookie, cells);
    }
    let mut lines = ROLES.lines().filter(|line| !line.starts_with('#'));
    let roles: Vec<_> = lines.next().unwrap().split(',').skip(1).collect();
    assert_eq!(roles, PersonRole::ALL.map(PersonRole::word));
    let (mut cells, mut wrong) = (0, Vec::new());
    for line in lines {
        let mut expected = line.split(',');
        let what = expected.next().unwrap();
        for ((role, expected), found) in roles.iter().zip(expected).zip(&found) {
            cells += 1;
            let found = found[what];
            if found != expected {
                wrong.push(format!("{role}, {what}: {found} instead of {expected}"));
            }
        }
    }
    assert_eq!((cells, wrong), (41 * 5, Vec::<String>::new()));
    assert!(found.iter().all(|cells| cells.len() == 41), "a cell that is tried stands in the table");
    // All of it is in the audit, signed by who did it.
    assert!(office.world.desk.verify_audit().unwrap() > 40);
    let by = |name: &str, action: &str| {
        let audit = office.world.desk.audit(None).unwrap();
        audit.iter().any(|entry| entry.person.as_deref() == Some(name) && entry.action == action)
    };
    assert!(
        by("case-manager", "exported") && by("child-protection", "answers_read") && by("key-officer", "device_lost")
    );
    assert!(by("key-officer", "device_confirmed") && !by("case-manager", "device_confirmed"));
    assert!(!by("analyst", "record_opened"));
}

#[test]
fn nobody_is_let_in_without_a_slot_and_guessing_is_slowed() {
    let office = Office::new();
    for path in ["/", "/devices", "/audit", "/statistics", "/export/queue.csv", &format!("/records/{}", office.own.id)]
    {
        for cookie in ["", "wayside-desk=00", &format!("wayside-desk={}", "00".repeat(32))] {
            let answer = office.page.get_as(path, cookie);
            assert!(answer.starts_with("HTTP/1.1 303") && answer.contains("location: /sign-in"), "{path}: {answer}");
        }
    }
    let tries = |name: &str, words: &str| {
        let answer = office.page.post("/sign-in", &format!("name={name}&passphrase={words}"), "");
        answer.split(' ').nth(1).unwrap().to_owned()
    };
    assert_eq!(tries("nobody", "x"), "401");
    let statuses: Vec<_> = (0..7).map(|_| tries("analyst", "wrong")).collect();
    assert_eq!(statuses, ["401", "401", "401", "401", "401", "429", "429"]);
    // A form another site sends does nothing, whoever is signed in.
    let cookie = office.sign_in("case-manager");
    let path = format!("/records/{}/reason", office.own.id);
    let answer = office.page.post_from("http://evil.example", &path, REASON, &cookie);
    assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
    assert!(!office.page.get_as(&format!("/records/{}", office.own.id), &cookie).contains("id=\"answers\""));
    // Who is signed out, or went, is out at once.
    let gone = office.sign_in("key-officer");
    assert!(office.page.get_as("/audit", &gone).starts_with("HTTP/1.1 200"));
    office.world.desk.end_person("key-officer", now()).unwrap();
    assert!(office.page.get_as("/audit", &gone).starts_with("HTTP/1.1 303"));
    assert!(office.page.post("/sign-out", "", &cookie).starts_with("HTTP/1.1 303"));
    assert!(office.page.get_as("/", &cookie).starts_with("HTTP/1.1 303"));
    let taken = office.world.desk.add_person(
        "key-officer",
        PersonRole::KeyOfficer,
        "",
        &secret(&passphrase("analyst")),
        StretchParams::FLOOR,
        now(),
    );
    assert!(matches!(taken, Err(DeskError::Exists)), "a code is used once");
}

#[test]
fn a_lost_device_is_written_down_once() {
    let office = Office::new();
    let mut phone = office.world.confirmed_phone("w-18");
    phone.upload(&[records::adult(&["EX1"], 15), records::adult(&["EX1"], 14)]);
    office.world.desk.pull(now()).unwrap();
    // The second contact is after the receipts of the first were there to be fetched.
    phone.upload(&[records::adult(&["EX1"], 13)]);
    office.world.desk.pull(now()).unwrap();
    let at = now();
    let device = phone.id;
    let (report, _) = office.world.desk.device_lost(device, at).unwrap();
    assert_eq!((report.records_at_hq, report.unacknowledged, report.cases.len()), (3, 1, 3));
    assert_eq!(report.held, None, "it never said what else lay on it");
    assert_eq!(report.notice_until, at.plus_millis(72 * 60 * 60 * 1000));
    assert!(office.world.device(device).revoked_at.is_some());
    let (again, _) = office.world.desk.device_lost(device, at.plus_millis(1_000_000)).unwrap();
    assert_eq!(again, report);
}

#[test]
fn what_a_lost_device_said_of_itself_last_is_in_its_report() {
    let world = World::new();
    let mut phone = world.confirmed_phone("w-17");
    let place = |seq: u64| LogPlace { seq, head: [seq as u8; 8] };
    let said = |seq: u64, before, drafts, cases| {
        let mut event = records::adult(&["EX1"], 60 - seq as i64 * 5);
        let held = Some(Held { drafts, cases });
        records::interview(&mut event).log = Some(LogMark { end: place(seq), before, held });
        event
    };
    let last = said(4, Some(place(2)), 3, 12);
    phone.upload(&[said(2, None, 7, 1), last.clone(), records::adult(&[], 5)]);
    world.desk.pull(now()).unwrap();
    let (report, _) = world.desk.device_lost(phone.id, now()).unwrap();
    let held = report.held.unwrap();
    assert_eq!((held.drafts, held.cases, held.at), (3, 12, last.at));
}

#[test]
fn a_receipt_that_is_overdue_stands_in_the_queue() {
    let mut world = World::new();
    let mut phone = world.confirmed_phone("w-17");
    phone.upload(&[records::adult(&["EX1"], 40)]);
    world.desk.pull(now()).unwrap();
    phone.send_sealed(&records::adult(&["EX2"], 30));
    world.desk.pull(now()).unwrap();
    let day = now().plus_millis(wayside_desk::RECEIPT_DUE_MS + 1_000);
    let overdue = |at| world.desk.records().unwrap().iter().filter(|row| row.is_receipt_overdue(at)).count();
    assert_eq!((overdue(now()), overdue(day)), (0, 1), "the one that no checkpoint covers, and not at once");
    // The checkpoint comes, and the relay goes away before it takes the receipt.
    phone.put(&phone.checkpoint());
    let away = world.relay_goes_away();
    assert!(world.desk.pull(now()).is_err());
    away.back(&mut world);
    world.desk.pull(now()).unwrap();
    let overdue = world.desk.records().unwrap().iter().filter(|row| row.is_receipt_overdue(day)).count();
    assert_eq!(overdue, 0, "with its receipt at the relay none waits");
}

#[test]
fn a_month_is_published_once_and_only_of_those_who_agreed() {
    let world = World::new();
    let mut phone = world.confirmed_phone("w-17");
    let month = |event: &Event| event.at.date(0).to_string().chars().take(7).collect::<String>();
    let long_ago = 60 * 24 * 65;
    let agree = |mut event: Event, value| {
        let record = records::interview(&mut event);
        let entry = ConsentEntry { line: ConsentLine::C6, value, ..record.consents[0].clone() };
        record.consents.push(entry);
        event
    };
    let mut events: Vec<_> = (0..12).map(|_| agree(records::adult(&["DR1"], long_ago), ConsentValue::Yes)).collect();
    events.push(records::adult(&["DR1"], long_ago));
    events.push(agree(agree(records::adult(&["DR1"], long_ago), ConsentValue::Yes), ConsentValue::Withdrawn));
    phone.upload(&events);
    world.desk.pull(now()).unwrap();
    let published = world.desk.publish(&month(&events[0]), now()).unwrap();
    assert_eq!(published.total, Some(12), "neither who was not asked nor who took it back");
    assert_eq!(published.tables[0].cells[0].people, Some(12));
    phone.upload(&[agree(records::adult(&["DR1"], long_ago), ConsentValue::Yes)]);
    world.desk.pull(now()).unwrap();
    assert_eq!(world.desk.publish(&month(&events[0]), now()).unwrap(), published, "frozen");
    for bad in ["2026", "9999-01", "x026-01x", &month(&records::adult(&[], 0))] {
        assert!(world.desk.publish(bad, now()).is_err(), "{bad}");
    }
}
