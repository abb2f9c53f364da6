//! A site, a directory and words for the ledger, shared by the tests of sessions and referrals.
#![allow(dead_code, clippy::unwrap_used, reason = "each test file uses a part of it, and fails by panicking")]

use serde_json::{Value, json};
use wayside_model::{CivilDate, ConsentEntry, ConsentGiver, ConsentHow, ConsentLine, ConsentValue, Timestamp};
use wayside_screening::authority::Authority;
use wayside_screening::readiness::{Site, Support};
use wayside_screening::services::Services;

pub(crate) const NOW: Timestamp = Timestamp::from_millis(1_714_560_000_000);

pub(crate) fn today() -> CivilDate {
    "2024-05-01".parse().unwrap()
}

pub(crate) fn directory() -> Value {
    let service = |code: &str, sector: &str, languages: Value, reporting: &str, minutes: u32| {
        json!({
            "code": code, "name": {"en": "House on the hill"}, "sector": sector, "languages": languages, "hours": "9 to 17",
            "on_foot_minutes": minutes, "free": true, "reporting": reporting, "verified_on": "2024-04-01",
            "verified_by": "w-07", "expires": "2024-08-01",
        })
    };
    let mut services = vec![
        service("clinic", "health", json!(["ar", "ti"]), "never", 10),
        service("legal-aid", "legal", json!(["en", "fr"]), "never", 5),
        service("women-house", "shelter", json!(["ti"]), "always", 30),
        service("child-office", "child_protection", json!(["ar"]), "children", 15),
        service("consulate", "embassy", json!(["ti"]), "unknown", 2),
        service("old-place", "cash", json!(["ti"]), "never", 1),
    ];
    services[2]["eligible"] = json!({"sex": "female", "from_age": 18});
    services[3]["eligible"] = json!({"to_age": 17});
    services[5]["expires"] = json!("2024-04-30");
    json!({
        "format": 1, "site": "camp-3", "version": 4, "expires": "2024-09-01",
        "danger_protocol": {"en": ["Go inside.", "Call the number on the card."]}, "services": services,
    })
}

pub(crate) fn services() -> Services {
    Services::from_json(&directory().to_string()).unwrap()
}

pub(crate) fn site<'a>(services: &'a Services, role: &str) -> Site<'a> {
    Site {
        site: "camp-3",
        services: Some(services),
        forms_signed: true,
        authority: Authority::of_role(role),
        support: Support::Supervisor,
        today: today(),
    }
}

pub(crate) fn said(line: ConsentLine, value: ConsentValue) -> ConsentEntry {
    let (by, how, language) = (ConsentGiver::Person, ConsentHow::Oral, "ti".to_owned());
    let (recipient, interpreter, script, data_set) =
        (None, Some("i-2".to_owned()), Some("wayside-b0@1".to_owned()), None);
    ConsentEntry { line, value, by, how, recipient, language, at: NOW, interpreter, script, data_set }
}

pub(crate) fn refer(value: ConsentValue, to: &str, fields: &[&str]) -> ConsentEntry {
    let data_set = Some(fields.iter().map(|field| (*field).to_owned()).collect());
    ConsentEntry { recipient: Some(to.to_owned()), data_set, ..said(ConsentLine::C4, value) }
}
