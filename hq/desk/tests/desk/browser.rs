//! The pages in a real browser. Ignored by a plain `cargo test`, because it wants one: `WAYSIDE_PLAYWRIGHT` names a Python that
//! has Playwright, `WAYSIDE_CHROMIUM` the browser; `cargo xtask test` brings both.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use wayside_desk::{Desk, Month, PersonRole, RequestKind};
use wayside_model::{ConsentEntry, ConsentLine, Event, EventBody};
use wayside_seal::{ControlKind, StretchParams, random};

use crate::phone::Phone;
use crate::publishing::services;
use crate::publishing_kinds::rule_set;
use crate::service::{code_of, confirmed_service, referral_of};
use crate::web::Page;
use crate::{World, actors, now, records, secret};

const OWN: &str = "Northern transit site";
const DAY: i64 = 24 * 3_600_000;

/// A desk whose phones brought interviews of five months and which published these; apart, so that its many records do not
/// stand in the queue of the other.
struct Office {
    page: Page,
    months: Vec<Month>,
    _world: World,
}

impl Office {
    fn new() -> Self {
        let world = World::new();
        // Adults at two sites and a third, and children at the first; some months have too few of a site, one of all.
        let counts = [[14, 13, 0, 12], [19, 15, 3, 11], [3, 2, 0, 0], [26, 18, 12, 13], [31, 17, 14, 0]];
        let days = (1..)
            .map(|back| now().plus_millis(-back * DAY))
            .filter(|at| at.date(0).day() == 15)
            .skip_while(|at| at.date(0).month() == now().date(0).month());
        for (at, counts) in days.zip(counts.into_iter().rev()) {
            let mut phone = world.confirmed_phone("w-17");
            let minutes = (now().as_millis() - at.as_millis()) / 60_000;
            let of = |present: &[&str], site: &str| {
                let mut event =
                    if present.is_empty() { records::child(minutes) } else { records::adult(present, minutes) };
                let record = records::interview(&mut event);
                record.site = site.to_owned();
                record.consents.push(ConsentEntry { line: ConsentLine::C6, ..record.consents[0].clone() });
                event
            };
            let kinds = [
                (&["DR1", "DR2", "EX1", "EX2", "CO1", "CO14"][..], OWN),
                (&["DR1", "CR5"], "Southern transit site"),
                (&["RV4", "RV6"], "Ferry landing"),
                (&[], OWN),
            ];
            let kinds = kinds.into_iter().zip(counts);
            let events: Vec<Event> =
                kinds.flat_map(|((present, site), count)| (0..count).map(move |_| of(present, site))).collect();
            phone.upload(&events);
            assert_eq!(world.desk.pull(now()).unwrap().records, events.len() as u64);
            world.desk.publish(&at.date(0).to_string()[..7], now()).unwrap();
        }
        for role in [PersonRole::Analyst, PersonRole::KeyOfficer] {
            let words = secret(&format!("{} river stone lamp winter field", role.word()));
            world.desk.add_person(role.word(), role, OWN, &words, StretchParams::FLOOR, now()).unwrap();
        }
        let desk = Desk::open(&world.folder.path().join("desk"), &secret(crate::PASSPHRASE)).unwrap();
        Self { months: world.desk.published().unwrap(), page: Page::of(desk), _world: world }
    }

    /// What the chart of all records has to say, the oldest month first.
    fn totals(&self) -> String {
        let one = |month: &Month| month.total.map_or_else(|| "–".to_owned(), |total| total.to_string());
        self.months.iter().rev().map(one).collect::<Vec<_>>().join(" ")
    }
}

#[test]
#[ignore = "wants a browser: WAYSIDE_PLAYWRIGHT names a Python with Playwright, WAYSIDE_CHROMIUM the browser; `cargo xtask test` brings both"]
fn the_pages_in_chromium() {
    let world = World::new();
    let service = confirmed_service(&world, "north-clinic");
    let mut phone = world.confirmed_phone("w-17");
    // Two phones wait: the words of one are equal, those of the other are not.
    let (equal, other_words) = (world.phone("w-18"), world.phone("w-22"));
    let mut adult = records::adult(&["DR1", "DR2", "EX1", "EX2", "CO1"], 40);
    records::interview(&mut adult).answers[3].value = "قال إن الطريق كان طويلاً".to_owned();
    let mut other = records::adult(&["DR1", "CO1"], 30);
    records::interview(&mut other).site = "Southern transit site".to_owned();
    let others: Vec<Event> = vec![records::child(20), records::adult(&["RV4", "RV6"], 10), records::adult(&[], 5)];
    actors::hand_out(&world);
    let by_role = actors::about(&adult);
    let referral = referral_of(&phone, adult.case, "north-clinic", &world.desk.seal_key(service.device()).unwrap());
    let help = |asked, worker: &str| Event {
        id: random::id().unwrap(),
        case: random::id().unwrap(),
        at: now().rounded(),
        body: EventBody::Help { worker: worker.to_owned(), site: OWN.to_owned(), asked },
    };
    let mut all =
        vec![adult.clone(), other.clone(), by_role.clone(), referral, help(true, "w-17"), help(false, "w-21")];
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
    let office = Office::new();

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
        .env("MONTHS_URL", office.page.url())
        .env("TOTALS", office.totals())
        .env("DEVICE_EQUAL", equal.id.to_string())
        .env("DEVICE_OTHER", other_words.id.to_string())
        .env("PICTURES", &pictures)
        .env("SERVICES_FILE", &next)
        .env("RULES_FILE", &rules)
        .env("CASE_ADULT", code_of(adult.case))
        .env("CASE_ACTORS", code_of(by_role.case))
        .env("SAID", actors::SAID)
        .env("CASE_OTHER_SITE", code_of(other.case));
    assert!(run.status().unwrap().success());
    assert!(std::fs::read_dir(&pictures).unwrap().count() >= 8);
    // What was done on the page reached the relay: one phone has its certificate, the other has none and is out.
    let has_certificate =
        |phone: &Phone| phone.control().iter().any(|entry| matches!(entry, ControlKind::Certificate(_)));
    assert!(has_certificate(&equal) && !has_certificate(&other_words));
    assert!(world.device(equal.id).confirmed_at.is_some() && world.device(other_words.id).revoked_at.is_some());
}
