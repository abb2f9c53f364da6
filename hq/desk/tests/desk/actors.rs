//! Answers about alleged actors: shut to one person alone, open for a day when a second one agreed, in no file.

use wayside_desk::{AGREE_WITHIN_MS, DeskError, ExportFormat, HandedForm, PersonRole, RELEASE_MS, Whom};
use wayside_model::{AnswerState, Event, FormRef, RecordedAnswer, RecordedAttachment};
use wayside_seal::{StretchParams, random, sha256};

use crate::service::code_of;
use crate::web::Page;
use crate::{PASSPHRASE, World, now, records, secret};

/// What stands in the records of [`three`] and nowhere else.
pub(crate) const SAID: &str = "ferry-crew-boss";
const REASON: &str = "reason=The+person+fears+them";

/// A form that asks who it was, by role, and something else.
fn form() -> String {
    r#"<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:wayside="urn:wayside:xforms:1"><h:head><h:title>Way</h:title><model><instance><data id="way" version="1"><by/><leg><who/></leg></data></instance><bind nodeset="/data/by" type="string" wayside:sensitivity="confidential" wayside:purpose="screening"/><bind nodeset="/data/leg/who" type="string" wayside:sensitivity="strictly_confidential" wayside:purpose="screening" wayside:about="alleged_actor"/></model></h:head><h:body><input ref="/data/by"><label>How did you come?</label></input><input ref="/data/leg/who"><label>Who arranged it, by role?</label></input></h:body></h:html>"#.to_owned()
}

/// An interview with that form. `like` says whose and where.
pub(crate) fn about(like: &Event) -> Event {
    let mut event = like.clone();
    (event.id, event.case) = (random::id().unwrap(), random::id().unwrap());
    let record = records::interview(&mut event);
    record.form = FormRef { id: "way".to_owned(), version: "1".to_owned(), sha256: sha256(form().as_bytes()) };
    let said = |reference: &str, value: &str| RecordedAnswer {
        reference: reference.to_owned(),
        state: AnswerState::Given,
        value: value.to_owned(),
    };
    record.answers = vec![said("/data/by", "by-boat"), said("/data/leg[1]/who", SAID)];
    event
}

/// Hands the form out.
pub(crate) fn hand_out(world: &World) {
    let handed = HandedForm { id: "way", version: "1", xml: &form(), terms: None };
    world.desk.hand_out_form(&handed, Whom::Everybody).unwrap();
}

/// Hands the form out, and gives such an interview of each of these.
pub(crate) fn three(world: &World, own: &Event, other: &Event, child: &Event) -> [Event; 3] {
    hand_out(world);
    [about(own), about(other), about(child)]
}

fn words(name: &str) -> wayside_model::Sensitive<String> {
    secret(&format!("{name} river stone lamp winter field"))
}

struct Office {
    world: World,
    page: Page,
    event: Event,
}

impl Office {
    /// `xml`: the form the record was made with, which was handed out.
    fn new(xml: &str) -> Self {
        let world = World::new();
        let mut phone = world.confirmed_phone("w-17");
        world.desk.hand_out_form(&HandedForm { id: "way", version: "1", xml, terms: None }, Whom::Everybody).unwrap();
        let mut event = about(&records::adult(&["DR1", "EX1"], 30));
        let record = records::interview(&mut event);
        record.form.sha256 = sha256(xml.as_bytes());
        record.attachments = vec![RecordedAttachment {
            reference: "/data/leg[1]/who".to_owned(),
            name: "who.m4a".to_owned(),
            bytes: b"a voice".to_vec(),
            apart: None,
        }];
        phone.upload(std::slice::from_ref(&event));
        assert_eq!(world.desk.pull(now()).unwrap().records, 1);
        for (name, role) in
            [("cm-1", PersonRole::CaseManager), ("cm-2", PersonRole::CaseManager), ("ko-1", PersonRole::KeyOfficer)]
        {
            world.desk.add_person(name, role, "", &words(name), StretchParams::FLOOR, now()).unwrap();
        }
        let desk = wayside_desk::Desk::open(&world.folder.path().join("desk"), &secret(PASSPHRASE)).unwrap();
        Self { page: Page::of(desk), world, event }
    }

    fn sign_in(&self, name: &str) -> String {
        let body = format!("name={name}&passphrase={}", words(name).expose().replace(' ', "+"));
        let answer = self.page.post("/sign-in", &body, "");
        answer.split("set-cookie: ").nth(1).unwrap().split(';').next().unwrap().to_owned()
    }

    fn get(&self, below: &str, cookie: &str) -> String {
        self.page.get_as(&format!("/records/{}{below}", self.event.id), cookie)
    }

    fn post(&self, below: &str, body: &str, cookie: &str) -> String {
        let answer = self.page.post(&format!("/records/{}{below}", self.event.id), body, cookie);
        answer.split(' ').nth(1).unwrap().to_owned()
    }

    /// Everything that leaves the desk in a file, for this person and for the owner.
    fn files(&self, cookie: &str) -> String {
        let mut all = String::new();
        for format in ExportFormat::ALL {
            all.push_str(&self.page.get_as(&format!("/export/queue.{}", format.word()), cookie));
            all.push_str(&String::from_utf8_lossy(&self.world.desk.export(format, now()).unwrap()));
        }
        all.push_str(&self.world.desk.own_copy(&code_of(self.event.case), now()).unwrap());
        all.push_str(&serde_json::to_string(&self.world.desk.record(self.event.id).unwrap()).unwrap());
        all
    }

    fn file(&self) -> Result<u64, DeskError> {
        self.world.desk.file(self.event.id, "who.m4a", &mut Vec::new(), now())
    }
}

#[test]
fn it_opens_for_a_day_when_a_second_person_agrees() {
    let office = Office::new(&form());
    let (first, second) = (office.sign_in("cm-1"), office.sign_in("cm-2"));
    let shows = |cookie: &str| office.get("", cookie).contains(SAID);
    assert_eq!(office.post("/actors", REASON, &first), "409", "first a reason for the record itself");
    assert_eq!(office.post("/reason", REASON, &first), "303");
    let page = office.get("", &first);
    assert!(page.contains("by-boat") && page.contains("Ask a second person") && !shows(&first));
    assert!(!office.get("/copy", &first).contains(SAID) && office.get("/copy", &first).contains("by-boat"));
    assert_eq!(office.post("/actors", "reason=x", &first), "409", "a reason that says nothing");
    assert_eq!(office.post("/actors", REASON, &first), "303");
    assert_eq!(office.post("/actors", REASON, &first), "409", "it is asked already");

    // Who asked is not the second person, and nobody agrees to what nobody asked.
    assert_eq!(office.post("/actors/agree", "asked_by=cm-1", &first), "409");
    assert_eq!(office.post("/actors/agree", "asked_by=cm-2", &second), "409");
    assert!(!shows(&first));
    assert_eq!(office.post("/actors/agree", "asked_by=cm-1", &second), "303");
    let row = office.world.desk.releases(now()).unwrap().remove(0);
    assert_eq!((row.asked_by.as_str(), row.agreed_by.as_deref()), ("cm-1", Some("cm-2")));
    assert!(shows(&first) && office.get("/copy", &first).contains(SAID));
    assert!(office.get("/files/who.m4a", &first).contains("a voice"));

    // Whoever agreed reads nothing by that, and nobody reads it elsewhere.
    assert_eq!(office.post("/reason", REASON, &second), "303");
    let page = office.get("", &second);
    assert!(page.contains("by-boat") && !page.contains(SAID));
    assert!(office.get("/files/who.m4a", &second).starts_with("HTTP/1.1 404"));
    let files = office.files(&first);
    assert!(!files.contains(SAID) && files.contains("by-boat") && files.contains("\"actors_shut\":2"));
    assert!(matches!(office.file(), Err(DeskError::UnknownRecord)));

    // A day later it has to be asked again.
    assert!(office.world.desk.releases(row.until.plus_millis(-1)).unwrap().len() == 1);
    assert!(office.world.desk.releases(row.until).unwrap().is_empty());
    assert!(row.until <= now().plus_millis(RELEASE_MS));
    // All of it stands in the audit, signed by who did it.
    let audit = office.world.desk.audit(None).unwrap();
    let by = |action: &str| {
        let entries = audit.iter().filter(|entry| entry.action == action);
        entries.filter_map(|entry| entry.person.as_deref()).collect::<std::collections::BTreeSet<_>>()
    };
    assert_eq!(by("actors_asked").into_iter().collect::<Vec<_>>(), ["cm-1"]);
    assert_eq!(by("actors_agreed").into_iter().collect::<Vec<_>>(), ["cm-2"]);
    assert_eq!(by("actors_read").into_iter().collect::<Vec<_>>(), ["cm-1"]);
    assert!(office.world.desk.verify_audit().unwrap() > 5);

    // When the second person goes, what they agreed to goes.
    office.world.desk.end_person("cm-2", now()).unwrap();
    assert!(!shows(&first) && office.world.desk.releases(now()).unwrap().is_empty());
}

#[test]
fn agreeing_has_its_time_and_erasing_ends_it() {
    let office = Office::new(&form());
    let (first, id) = (office.sign_in("cm-1"), office.event.id);
    let ask = || {
        office.post("/reason", REASON, &first);
        office.post("/actors", REASON, &first)
    };
    assert_eq!(ask(), "303");
    let agree = |name: &str, at| office.world.desk.agree_release(name, &words(name), id, "cm-1", at);
    assert!(matches!(agree("ko-1", now().plus_millis(AGREE_WITHIN_MS)), Err(DeskError::NotWaiting)), "it lapsed");
    let wrong = office.world.desk.agree_release("ko-1", &words("cm-2"), id, "cm-1", now());
    assert!(matches!(wrong, Err(DeskError::Locked)));
    assert!(!office.get("", &first).contains(SAID));
    agree("ko-1", now()).unwrap();
    assert!(office.get("", &first).contains(SAID));
    assert!(matches!(agree("cm-2", now()), Err(DeskError::NotWaiting)), "it is open");
    office.world.desk.erase(&code_of(office.event.case), now()).unwrap();
    assert!(office.world.desk.releases(now()).unwrap().is_empty());
}

/// The search finds it: a form that does not say that a question is about alleged actors is read like any other.
#[test]
fn what_a_form_does_not_mark_is_found_open() {
    let unmarked = form().replace("wayside:about=\"alleged_actor\"", "");
    let office = Office::new(&unmarked);
    let first = office.sign_in("cm-1");
    assert!(!office.get("", &first).contains(SAID));
    office.post("/reason", REASON, &first);
    assert!(office.get("", &first).contains(SAID) && office.get("/copy", &first).contains(SAID));
    assert!(office.files(&first).contains(SAID) && office.file().unwrap() == 7);
}
