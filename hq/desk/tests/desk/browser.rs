//! The pages in a real browser. Ignored by a plain `cargo test`, because it wants one: `WAYSIDE_PLAYWRIGHT` names a Python that
//! has Playwright, `WAYSIDE_CHROMIUM` the browser; `cargo xtask test` brings both.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use wayside_desk::{Desk, PersonRole, RequestKind};
use wayside_model::{Event, EventBody};
use wayside_seal::{StretchParams, random};

use crate::publishing::services;
use crate::publishing_kinds::rule_set;
use crate::service::{code_of, confirmed_service, referral_of};
use crate::web::Page;
use crate::{World, now, records, secret};

const OWN: &str = "Northern transit site";

#[test]
#[ignore = "wants a browser: WAYSIDE_PLAYWRIGHT names a Python with Playwright, WAYSIDE_CHROMIUM the browser; `cargo xtask test` brings both"]
fn the_pages_in_chromium() {
    let world = World::new();
    let service = confirmed_service(&world, "north-clinic");
    let mut phone = world.confirmed_phone("w-17");
    let waiting = world.phone("w-18");
    let mut adult = records::adult(&["DR1", "DR2", "EX1", "EX2", "CO1"], 40);
    records::interview(&mut adult).answers[3].value = "قال إن الطريق كان طويلاً".to_owned();
    let mut other = records::adult(&["DR1", "CO1"], 30);
    records::interview(&mut other).site = "Southern transit site".to_owned();
    let others: Vec<Event> = vec![records::child(20), records::adult(&["RV4", "RV6"], 10), records::adult(&[], 5)];
    let referral = referral_of(&phone, adult.case, "north-clinic", &world.desk.seal_key(service.device()).unwrap());
    let help = |asked, worker: &str| Event {
        id: random::id().unwrap(),
        case: random::id().unwrap(),
        at: now().rounded(),
        body: EventBody::Help { worker: worker.to_owned(), site: OWN.to_owned(), asked },
    };
    let mut all = vec![adult.clone(), other.clone(), referral, help(true, "w-17"), help(false, "w-21")];
    all.extend(others);
    phone.upload(&all);
    world.desk.pull(now()).unwrap();
    service.pull(now()).unwrap();
    world.desk.pull(now()).unwrap();
    world.desk.ask(RequestKind::Erasure, &code_of(other.case), "the person asked for it at HQ", now()).unwrap();
    world.desk.ask_wipe(phone.id, false, now()).unwrap();
    world.desk.hand_out_services(&services(OWN, 1, "9 to 17"), wayside_desk::Whom::Everybody).unwrap();
    let next = world.folder.path().join("services.json");
    std::fs::write(&next, services(OWN, 2, "9 to 18")).unwrap();
    let rules = world.folder.path().join("rules.json");
    let lighter = |document: &mut serde_json::Value| document["indicators"][0]["weights"]["AL"] = "M".into();
    std::fs::write(&rules, rule_set(2, lighter)).unwrap();
    for role in PersonRole::ALL {
        let words = secret(&format!("{} river stone lamp winter field", role.word()));
        world.desk.add_person(role.word(), role, OWN, &words, StretchParams::FLOOR, now()).unwrap();
    }
    let desk = Desk::open(&world.folder.path().join("desk"), &secret(crate::PASSPHRASE)).unwrap();
    let (hq, partner) = (Page::of(desk), Page::of_service(Arc::new(service)));

    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let pictures = match std::env::var_os("WAYSIDE_PICTURES") {
        Some(folder) => PathBuf::from(folder),
        None => world.folder.path().join("pictures"),
    };
    let need = |name: &str| std::env::var_os(name).unwrap_or_else(|| panic!("{name} is not set"));
    let mut run = Command::new(need("WAYSIDE_PLAYWRIGHT"));
    run.arg(here.join("tests/browser/desk.py"))
        .env("WAYSIDE_CHROMIUM", need("WAYSIDE_CHROMIUM"))
        .env("DESK_URL", hq.url())
        .env("SERVICE_URL", partner.url())
        .env("PICTURES", &pictures)
        .env("SERVICES_FILE", &next)
        .env("RULES_FILE", &rules)
        .env("CASE_ADULT", code_of(adult.case))
        .env("CASE_OTHER_SITE", code_of(other.case));
    assert!(run.status().unwrap().success());
    assert!(std::fs::read_dir(&pictures).unwrap().count() >= 8);
    assert!(waiting.made.is_empty());
}
