//! Publishing on the page: checks, what would change, a signature, and which devices have it.

use wayside_desk::{Desk, PersonRole};
use wayside_seal::ControlKind;
use wayside_seal::StretchParams;
use wayside_seal::content::Content;

use crate::phone::Phone;
use crate::web::Page;
use crate::{PASSPHRASE, World, now, records, secret};

const SITE: &str = "Northern transit site";

/// A directory of one service.
pub(crate) fn services(site: &str, version: u32, hours: &str) -> String {
    format!(
        r#"{{"format": 1, "site": "{site}", "version": {version}, "expires": "2099-01-01", "support": "supervisor",
            "danger_protocol": {{"en": ["Go inside together."]}},
            "services": [{{"code": "clinic", "name": {{"en": "House on the hill"}}, "sector": "health", "languages": ["ar"],
                "hours": "{hours}", "free": true, "reporting": "never", "verified_on": "2026-01-10", "verified_by": "w-07",
                "expires": "2098-01-01"}}]}}"#
    )
}

/// A form of somebody else: two fields, nothing of ours in it.
pub(crate) fn form(id: &str) -> String {
    long_form(id, "1", "<water/><shoes/>", "")
}

/// The same with other fields besides, and texts that nothing shows.
pub(crate) fn long_form(id: &str, version: &str, fields: &str, texts: &str) -> String {
    let itext = match texts {
        "" => String::new(),
        texts => format!("<itext><translation lang=\"en\">{texts}</translation></itext>"),
    };
    format!(
        r#"<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"><h:head><h:title>Needs</h:title><model>{itext}<instance><data id="{id}" version="{version}">{fields}</data></instance><bind nodeset="/data/water" type="string"/><bind nodeset="/data/shoes" type="int"/></model></h:head><h:body><input ref="/data/water"><label>Water?</label></input><input ref="/data/shoes"><label>Shoes?</label></input></h:body></h:html>"#
    )
}

#[test]
fn what_is_brought_is_checked_compared_signed_and_counted_by_device() {
    let world = World::new();
    let mut phone = world.confirmed_phone("w-17");
    let words = |name: &str| format!("{name} river stone lamp winter field");
    for (name, role) in
        [("cm-1", PersonRole::CaseManager), ("ko-1", PersonRole::KeyOfficer), ("an-1", PersonRole::Analyst)]
    {
        world.desk.add_person(name, role, "", &secret(&words(name)), StretchParams::FLOOR, now()).unwrap();
    }
    let page = Page::of(Desk::open(&world.folder.path().join("desk"), &secret(PASSPHRASE)).unwrap());
    let sign_in = |name: &str| {
        let answer = page.post("/sign-in", &format!("name={name}&passphrase={}", words(name).replace(' ', "+")), "");
        let cookie = answer.split("set-cookie: ").nth(1).unwrap();
        cookie.split(';').next().unwrap().to_owned()
    };
    let (manager, officer) = (sign_in("cm-1"), sign_in("ko-1"));
    let bring = |kind: &str, file: &str, cookie: &str| {
        let fields = [
            ("kind", kind),
            ("file", file),
            ("purpose", "what people need now"),
            ("sensitivity", "confidential"),
            ("days", "90"),
        ];
        page.upload("/publishing", &fields, cookie)
    };
    let handed = |phone: &Phone| {
        let kinds = phone.control().into_iter();
        let contents = kinds.filter_map(|kind| match kind {
            ControlKind::Content(bytes) => Content::from_bytes(&bytes).ok(),
            _ => None,
        });
        contents.map(|content| format!("{} {}", content.id, content.version)).collect::<Vec<_>>()
    };

    // What does not read does not wait, and says why.
    for (kind, file, code) in [
        ("services", "{}", "services.malformed"),
        ("form", "<not-a-form/>", "form."),
        ("form", &form("wayside-b2"), "form.forbidden"),
    ] {
        let answer = bring(kind, file, &manager);
        assert!(answer.starts_with("HTTP/1.1 422") && answer.contains(code), "{code}: {answer}");
    }
    assert!(world.desk.proposals().unwrap().is_empty());

    assert!(bring("services", &services(SITE, 1, "9 to 17"), &manager).starts_with("HTTP/1.1 303"));
    assert!(handed(&phone).is_empty(), "nothing goes out before somebody signs");
    assert!(page.post("/publishing/1/sign", "", &manager).starts_with("HTTP/1.1 303"));
    assert_eq!(handed(&phone), ["services/Northern transit site 1"]);
    // The device was not heard of since.
    let row = &world.desk.in_force().unwrap()[0];
    assert_eq!((row.have, row.behind.as_slice()), (0, &[(phone.id, None)][..]));
    phone.upload(&[records::adult(&[], 5)]);
    world.desk.pull(now()).unwrap();
    phone.upload(&[records::adult(&[], 4)]);
    world.desk.pull(now()).unwrap();
    assert_eq!(world.desk.in_force().unwrap()[0].have, 1);

    // The next version: what would change is shown, an older one is refused when it comes, a waiting one that is overtaken
    // when it is signed.
    assert!(bring("services", &services(SITE, 2, "9 to 18"), &manager).starts_with("HTTP/1.1 303"));
    assert!(bring("services", &services(SITE, 3, "9 to 19"), &manager).starts_with("HTTP/1.1 303"));
    let waiting = world.desk.proposals().unwrap();
    let parts: Vec<_> = waiting[1].differences.iter().map(|one| one.part.as_str()).collect();
    assert_eq!((waiting[1].number, parts), (2, vec!["clinic, hours", "version"]));
    let shown = page.get_as("/publishing", &manager);
    assert!(shown.contains("9 to 18") && shown.contains("clinic, hours"));
    assert!(!shown.contains("is not newer"));
    assert!(page.post("/publishing/3/sign", "", &manager).starts_with("HTTP/1.1 303"));
    assert!(page.get_as("/publishing", &manager).contains("is not newer than the one in force any more"));
    let answer = page.post("/publishing/2/sign", "", &manager);
    assert!(answer.starts_with("HTTP/1.1 422") && answer.contains("bundle.downgrade"), "{answer}");
    assert!(page.post("/publishing/2/drop", "", &manager).starts_with("HTTP/1.1 303"));
    assert_eq!(handed(&phone), ["services/Northern transit site 1", "services/Northern transit site 3"]);
    let row = &world.desk.in_force().unwrap()[0];
    assert_eq!((row.version.as_str(), row.behind[0].1.as_deref()), ("3", Some("1")));
    let device = phone.id.to_string();
    assert!(page.get_as("/publishing", &manager).contains(&device));
    let shown = page.get_as("/publishing", &sign_in("an-1"));
    assert!(shown.contains("services/") && !shown.contains(&device), "who sees no devices finds none here");

    // A form of others: its purpose is said when it comes, somebody else signs, and what was decided counts.
    assert!(bring("form", &form("needs"), &officer).starts_with("HTTP/1.1 403"));
    let unsaid = page.upload("/publishing", &[("kind", "form"), ("file", &form("needs"))], &manager);
    assert!(unsaid.starts_with("HTTP/1.1 409") && unsaid.contains("session.reason"), "{unsaid}");
    assert!(bring("form", &form("needs"), &manager).starts_with("HTTP/1.1 303"));
    assert!(page.post("/publishing/4/sign", "", &manager).starts_with("HTTP/1.1 403"));
    assert!(page.post("/publishing/4/sign", "", &officer).starts_with("HTTP/1.1 303"));
    assert!(page.post("/publishing/4/sign", "", &officer).starts_with("HTTP/1.1 404"), "signed once");
    assert_eq!(handed(&phone).last().unwrap(), "needs 1");
    let facts = world.desk.facts(now()).unwrap();
    let fields = &facts.forms.iter().find(|form| form.id == "needs").unwrap().fields;
    assert!(fields.iter().all(|field| field.purpose == "what people need now" && field.sensitivity == "confidential"));
    assert!(facts.retention.iter().any(|row| row.what == "records of the form needs" && row.days == 90));
    assert!(!page.get_as("/publishing", &officer).contains("services/"), "the directory is not for the key officer");
    world.desk.verify_audit().unwrap();
    let audit = world.desk.audit(None).unwrap();
    let by = |name: &str| {
        audit.iter().filter(|it| it.action == "publication_published" && it.person.as_deref() == Some(name)).count()
    };
    assert_eq!((by("cm-1"), by("ko-1")), (2, 1));
}

#[test]
fn the_page_shows_all_that_is_in_force_and_all_that_waits() {
    let world = World::new();
    let words = "cm-1 river stone lamp winter field";
    world.desk.add_person("cm-1", PersonRole::CaseManager, "", &secret(words), StretchParams::FLOOR, now()).unwrap();
    for n in 0..50 {
        let id = format!("form-{n}");
        let xml = long_form(&id, "1", "<water/><shoes/>", "");
        let form = wayside_desk::HandedForm { id: &id, version: "1", xml: &xml, terms: None };
        world.desk.hand_out_form(&form, wayside_desk::Whom::Everybody).unwrap();
    }
    let page = Page::of(Desk::open(&world.folder.path().join("desk"), &secret(PASSPHRASE)).unwrap());
    let answer = page.post("/sign-in", &format!("name=cm-1&passphrase={}", words.replace(' ', "+")), "");
    let cookie = answer.split("set-cookie: ").nth(1).unwrap().split(';').next().unwrap().to_owned();
    for n in 0..5 {
        let xml = long_form(&format!("form-{n}"), "2", "<water/><shoes/><more/>", "");
        let fields = [("kind", "form"), ("file", xml.as_str()), ("purpose", "what people need now")];
        assert!(page.upload("/publishing", &fields, &cookie).starts_with("HTTP/1.1 303"));
    }
    let shown = page.get_as("/publishing", &cookie);
    assert!((0..50).all(|n| shown.contains(&format!("<code>form-{n}</code>"))));
    assert_eq!(shown.matches("Brought by").count(), 5, "what waits");
}
