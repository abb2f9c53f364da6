//! Facts for an impact assessment follow what is configured.

use wayside_desk::{HandedForm, PersonRole, RetentionClass, Whom};
use wayside_seal::StretchParams;

use crate::{PASSPHRASE, World, now, secret};

/// A form of somebody else, with so many of three fields; one says what it is for.
fn form(fields: usize) -> String {
    let names = ["water", "shoes", "blanket"];
    let nodes: String = names[..fields].iter().map(|name| format!("<{name}/>")).collect();
    let inputs: String = names[..fields]
        .iter()
        .map(|name| format!("<input ref=\"/data/{name}\"><label>{name}</label></input>"))
        .collect();
    format!(
        r#"<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:wayside="urn:wayside:xforms:1"><h:head><model><instance><data id="needs">{nodes}</data></instance><bind nodeset="/data/water" wayside:purpose="referral" wayside:sensitivity="restricted"/></model></h:head><h:body>{inputs}</h:body></h:html>"#
    )
}

#[test]
fn a_new_field_person_or_number_of_days_shows() {
    let world = World::new();
    let of_form = |id: &str| world.desk.facts(now()).unwrap().forms.into_iter().find(|form| form.id == id);
    let built_in = of_form("wayside-b2").unwrap();
    assert!(built_in.built_in && built_in.covered_by == "consent");
    let unpaid = built_in.fields.iter().find(|field| field.place == "/data/work/unpaid").unwrap();
    assert_eq!((unpaid.purpose.as_str(), unpaid.sensitivity.as_str()), ("screening", "strictly_confidential"));
    let all = world.desk.facts(now()).unwrap();
    let said = |form: &wayside_desk::FormFacts| form.fields.iter().all(|field| !field.purpose.is_empty());
    assert!(all.forms.iter().all(said), "every field of every form that comes with the program says what it is for");

    assert!(of_form("needs").is_none());
    let hand_out = |fields| {
        let xml = form(fields);
        world
            .desk
            .hand_out_form(&HandedForm { id: "needs", version: "1", xml: &xml, terms: None }, Whom::Everybody)
            .unwrap();
        let fields = of_form("needs").unwrap().fields;
        fields.into_iter().map(|field| (field.place, field.purpose)).collect::<Vec<_>>()
    };
    let place = |name: &str, purpose: &str| (format!("/data/{name}"), purpose.to_owned());
    assert_eq!(hand_out(2), [place("water", "referral"), place("shoes", "")]);
    assert_eq!(hand_out(3), [place("water", "referral"), place("shoes", ""), place("blanket", "")]);
    // A bundle is taken beside the forms in use, and no form of ours leaves a field without its purpose.
    assert_eq!(hand_out(1), [place("water", "referral")]);

    let xml = form(1).replace("id=\"needs\"", "id=\"shelter\"");
    let bundle = serde_json::json!({"format": 1, "version": 1, "purpose": "training", "expires": "2099-01-01",
        "rule_sets": [], "packs": [], "forms": {"shelter": xml}});
    world.desk.hand_out_bundle(&bundle.to_string(), &[], None, Whom::Everybody).unwrap();
    assert_eq!(of_form("shelter").unwrap().fields.len(), 1, "a form that came in a bundle");

    world.desk.set_retention(RetentionClass::Child, 90, now()).unwrap();
    let words = secret("ko-1 river stone lamp winter field");
    world.desk.add_person("ko-1", PersonRole::KeyOfficer, "", &words, StretchParams::FLOOR, now()).unwrap();
    let root = world.folder.path().join("desk/root.key");
    world.desk.sign_directory(&root, &secret(PASSPHRASE), now()).unwrap();
    let facts = world.desk.facts(now()).unwrap();
    assert!(facts.retention.iter().any(|row| row.what.contains("child") && row.days == 90));
    let officers = facts.roles.iter().find(|row| row.role == "key-officer").unwrap();
    assert_eq!(officers.people, 1);
    assert!(!officers.rights.iter().any(|(right, _)| right.starts_with("answers")));
    assert!(facts.measures.iter().any(|row| row.what.contains("(1 named)")));
    assert_eq!(facts.aggregates.threshold, 11);
    assert_eq!(facts.recipients.iter().map(|row| row.who.as_str()).collect::<Vec<_>>(), ["case team", "recovery"]);
}
