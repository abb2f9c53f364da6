//! What is decided of a form of others reaches devices inside what is signed, and what comes back of a form that is about nobody
//! is shown and given out as that.

use wayside_desk::{Desk, DeskError, ExportFormat, HandedForm, PersonRole, Whom};
use wayside_model::{AgeStatement, AnswerState, Event, FormRef, FormTerms, RecordedAnswer, Sensitivity};
use wayside_seal::content::Content;
use wayside_seal::{ControlKind, StretchParams, sha256};

use crate::phone::Phone;
use crate::publishing::{form, long_form};
use crate::service::code_of;
use crate::web::Page;
use crate::{PASSPHRASE, World, now, records, secret};

fn nobody() -> FormTerms {
    let purpose = "where water is".to_owned();
    FormTerms { purpose, sensitivity: Sensitivity::Restricted, days: Some(40), about_person: false }
}

/// What each content of this device's log says of this form.
fn said(phone: &Phone, form: &str) -> Vec<FormTerms> {
    let contents = phone.control().into_iter().filter_map(|kind| match kind {
        ControlKind::Content(bytes) => Content::from_bytes(&bytes).ok(),
        _ => None,
    });
    contents.map(|content| FormTerms::in_signed(content.terms.as_ref().map(|terms| &*terms.0), form)).collect()
}

#[test]
fn terms_go_out_with_the_form_and_hold_for_its_exact_bytes() {
    let world = World::new();
    let early = world.confirmed_phone("w-17");
    let (first, second) = (form("water"), long_form("water", "2", "<water/><shoes/><more/>", ""));
    let hand_out = |version: &str, xml: &str, terms: Option<&FormTerms>, whom| {
        world.desk.hand_out_form(&HandedForm { id: "water", version, xml, terms }, whom)
    };
    hand_out("1", &first, Some(&nobody()), Whom::Everybody).unwrap();
    let late = world.confirmed_phone("w-18");
    assert_eq!(said(&early, "water"), [nobody()]);
    assert_eq!(said(&late, "water"), [nobody()], "who comes later gets them too");
    // Another version: nobody has said of it that it is about nobody. What else was decided stays.
    hand_out("2", &second, None, Whom::Everybody).unwrap();
    assert_eq!(said(&early, "water")[1], FormTerms { about_person: true, ..nobody() });
    // A trial is nobody else's, and is not kept.
    hand_out("2", &second, Some(&nobody()), Whom::One { device: early.id, unchecked: false }).unwrap();
    assert_eq!((said(&early, "water")[2].clone(), said(&late, "water").len()), (nobody(), 2));
    let later = world.confirmed_phone("w-19");
    assert!(said(&later, "water")[0].about_person);

    // A bundle says it of each form of others in it.
    let xml = form("road");
    let bundle = serde_json::json!({"format": 1, "version": 1, "purpose": "training", "expires": "2099-01-01",
        "rule_sets": [], "packs": [], "forms": {"road": xml}});
    world.desk.hand_out_bundle(&bundle.to_string(), &[], Some(&nobody()), Whom::Everybody).unwrap();
    assert_eq!(said(&late, "road").last(), Some(&nobody()));
    let shown: Vec<_> = world.desk.in_force().unwrap().into_iter().flat_map(|row| row.terms).collect();
    assert_eq!(
        shown.iter().map(|(id, terms)| (id.as_str(), terms.about_person)).collect::<Vec<_>>(),
        [("water", true), ("road", false)]
    );
    let facts = world.desk.facts(now()).unwrap();
    let covered = |id: &str| facts.forms.iter().find(|form| form.id == id).unwrap().covered_by;
    assert_eq!((covered("water"), covered("road")), ("consent", "nothing: HQ says it is not about a person"));

    // A screening form never is; a purpose has to say something.
    let ours = first.replace(
        "<bind nodeset=\"/data/water\"",
        "<bind xmlns:w=\"urn:wayside:xforms:1\" w:sensitivity=\"restricted\" w:purpose=\"routing\" nodeset=\"/data/water\"",
    );
    let refused = hand_out("3", &ours, Some(&nobody()), Whom::Everybody);
    assert!(matches!(refused, Err(DeskError::FormAboutPerson)), "{refused:?}");
    let unsaid = FormTerms { purpose: "-".to_owned(), ..nobody() };
    assert!(matches!(hand_out("3", &first, Some(&unsaid), Whom::Everybody), Err(DeskError::NoReason)));
    assert_eq!(said(&late, "water").len(), 3, "nothing of it went out");
    let audit = world.desk.audit(None).unwrap();
    let decided: Vec<_> = audit.iter().filter(|it| it.action == "form_terms").map(|it| it.object.as_str()).collect();
    assert!(decided.contains(&"water: not about a person, restricted, 40 days"), "{decided:?}");
    assert!(!decided.iter().any(|object| object.contains("where water is")));
}

/// A record of this form, about nobody.
fn of_nobody(xml: &str) -> Event {
    let mut event = records::adult(&[], 5);
    let record = records::interview(&mut event);
    record.form = FormRef { id: "water".to_owned(), version: "1".to_owned(), sha256: sha256(xml.as_bytes()) };
    record.about_nobody = Some(true);
    (record.gates, record.consents, record.explanation) = (Vec::new(), Vec::new(), None);
    record.age = AgeStatement::Unknown;
    let value = "by the bridge".to_owned();
    record.answers = vec![RecordedAnswer { reference: "/data/water".to_owned(), state: AnswerState::Given, value }];
    event
}

#[test]
fn a_form_about_nobody_is_brought_signed_and_its_records_have_no_person() {
    let world = World::new();
    let mut phone = world.confirmed_phone("w-17");
    let words = |name: &str| format!("{name} river stone lamp winter field");
    for (name, role) in [("cm-1", PersonRole::CaseManager), ("ko-1", PersonRole::KeyOfficer)] {
        world.desk.add_person(name, role, "", &secret(&words(name)), StretchParams::FLOOR, now()).unwrap();
    }
    let page = Page::of(Desk::open(&world.folder.path().join("desk"), &secret(PASSPHRASE)).unwrap());
    let sign_in = |name: &str| {
        let answer = page.post("/sign-in", &format!("name={name}&passphrase={}", words(name).replace(' ', "+")), "");
        answer.split("set-cookie: ").nth(1).unwrap().split(';').next().unwrap().to_owned()
    };
    let (manager, officer) = (sign_in("cm-1"), sign_in("ko-1"));
    let xml = form("water");
    let bring = |file: &str, about: &str| {
        let terms = [("purpose", "where water is"), ("sensitivity", "restricted"), ("days", "40"), ("about", about)];
        page.upload("/publishing", &[&[("kind", "form"), ("file", file)], &terms[..]].concat(), &manager)
    };
    let ours = xml.replace(
        "<bind nodeset=\"/data/water\"",
        "<bind xmlns:w=\"urn:wayside:xforms:1\" w:sensitivity=\"restricted\" w:purpose=\"routing\" nodeset=\"/data/water\"",
    );
    let refused = bring(&ours, "nobody");
    assert!(refused.starts_with("HTTP/1.1 422") && refused.contains("form.about_person"), "{refused}");
    // Nothing chosen, and a word that is none: about a person.
    assert!(bring(&xml, "").starts_with("HTTP/1.1 303"));
    assert!(world.desk.proposals().unwrap()[0].terms.about_person);
    assert!(page.post("/publishing/1/drop", "", &manager).starts_with("HTTP/1.1 303"));
    assert!(bring(&xml, "nobody").starts_with("HTTP/1.1 303"));
    let waiting = &world.desk.proposals().unwrap()[0];
    let about = waiting.differences.iter().find(|one| one.part == "decided, about").unwrap();
    assert_eq!((waiting.terms.clone(), about.after.as_str()), (nobody(), "Not about a person"));
    assert!(page.get_as("/publishing", &officer).contains("Not about a person: phones open no gate"));
    assert!(
        page.post("/publishing/2/sign", "", &manager).starts_with("HTTP/1.1 403"),
        "who brought it does not sign it"
    );
    assert!(said(&phone, "water").is_empty());
    assert!(page.post("/publishing/2/sign", "", &officer).starts_with("HTTP/1.1 303"));
    assert_eq!(said(&phone, "water"), [nobody()]);
    assert!(page.get_as("/publishing", &officer).contains("<b>Not about a person</b>"));
    let audit = world.desk.audit(None).unwrap();
    assert!(
        audit
            .iter()
            .any(|it| it.action == "publication_brought"
                && it.object.ends_with("not about a person, restricted, 40 days"))
    );

    let (event, person) = (of_nobody(&xml), records::adult(&["EX1"], 4));
    phone.upload(&[event.clone(), person.clone()]);
    world.desk.pull(now()).unwrap();
    let row = world.desk.records().unwrap().into_iter().find(|row| row.id == event.id).unwrap();
    assert!(row.about_nobody && row.route.is_none() && row.outcomes.is_empty());
    let shown = page.get_as(&format!("/records/{}", event.id), &manager);
    assert!(shown.contains("This form is not about a person") && !shown.contains("HQ does not say of this form"));
    for of_a_person in ["id=\"consent\"", "id=\"gates\"", "A copy for the person", "Screening is not identification"] {
        assert!(!shown.contains(of_a_person), "{of_a_person}");
        let of_the_other = page.get_as(&format!("/records/{}", person.id), &manager);
        assert!(of_a_person.starts_with('A') || of_the_other.contains(of_a_person), "{of_a_person}");
    }
    let csv = String::from_utf8(world.desk.export(ExportFormat::Csv, now()).unwrap()).unwrap();
    let line = |code: &str| csv.lines().find(|line| line.starts_with(code)).unwrap().to_owned();
    assert!(
        line(&code_of(event.case)).ends_with(",nobody") && line(&code_of(person.case)).ends_with(",person"),
        "{csv}"
    );
    let htcds = String::from_utf8(world.desk.export(ExportFormat::Htcds, now()).unwrap()).unwrap();
    assert!(!htcds.contains(&code_of(event.case)) && htcds.contains(&code_of(person.case)));
    assert!(matches!(world.desk.own_copy(&code_of(event.case), now()), Err(DeskError::UnknownRecord)));

    // A phone that says so of another form is shown as what it says, and that HQ does not say it.
    let other = of_nobody(&xml.replace("Water?", "Name?"));
    phone.upload(std::slice::from_ref(&other));
    world.desk.pull(now()).unwrap();
    assert!(page.get_as(&format!("/records/{}", other.id), &manager).contains("HQ does not say of this form"));
}
