//! Every page and every file that leaves the desk, as they are rendered, in English and in Arabic: none says what a person is.

use std::io::{Cursor, Read};
use std::sync::Arc;

use wayside_desk::{Desk, ExportFormat, RequestKind};
use wayside_screening::words::verdict_in;

use crate::service::{code_of, confirmed_service, referral_of};
use crate::web::Page;
use crate::{World, now, records};

/// What a search sees of a text. The state of a device, which two people compared words for, is no verdict on a person.
fn verdict(text: &str) -> Option<&'static str> {
    verdict_in(&text.to_lowercase().replace("confirmed", "").replace("مؤكَّد", ""))
}

/// Everything that is written in a workbook.
fn written_in(workbook: Vec<u8>) -> String {
    let mut parts = zip::ZipArchive::new(Cursor::new(workbook)).unwrap();
    let mut text = String::new();
    for n in 0..parts.len() {
        parts.by_index(n).unwrap().read_to_string(&mut text).unwrap();
    }
    text
}

#[test]
fn no_page_and_no_file_judges_a_person() {
    let world = World::new();
    let mut phone = world.confirmed_phone("w-17");
    let events = records::of_every_kind();
    phone.upload(&events);
    let waits = world.phone("w-18");
    world.desk.pull(now()).unwrap();
    let code = code_of(events[1].case);
    world.desk.ask(RequestKind::Restriction, &code, "disputed by the person", now()).unwrap();
    let second = Desk::open(&world.folder.path().join("desk"), &crate::secret(crate::PASSPHRASE)).unwrap();
    let page = Page::of(second);

    let mut paths: Vec<String> = [
        "/",
        "/referrals",
        "/requests",
        "/team",
        "/devices",
        "/statistics",
        "/audit",
        "/facts",
        "/publishing",
        "/nothing",
    ]
    .map(str::to_owned)
    .to_vec();
    paths.extend(events.iter().map(|event| format!("/records/{}", event.id)));
    paths.extend([phone.id, waits.id].map(|id| format!("/devices/{id}/lost")));
    let mut looked_at = 0;
    for (language, direction) in [("en", "lang=\"en\""), ("ar", "dir=\"rtl\"")] {
        for path in &paths {
            let text = page.get_as(path, &format!("wayside-language={language}"));
            assert!(text.contains(direction) && text.len() > 1_000, "{language} {path}: {text}");
            assert_eq!(verdict(&text), None, "{language} {path}");
            looked_at += 1;
        }
    }
    let record = page.get_as(&format!("/records/{}", events[0].id), "wayside-language=ar");
    for planted in ["<p>هي ضحية</p>", "<p>A victim</p>", "<p>score 7</p>"] {
        assert!(verdict(&format!("{record}{planted}")).is_some(), "the search finds {planted}");
    }

    let mut files: Vec<(String, String)> = Vec::new();
    for format in ExportFormat::ALL {
        let bytes = world.desk.export(format, now()).unwrap();
        let text = if format == ExportFormat::Xlsx { written_in(bytes) } else { String::from_utf8(bytes).unwrap() };
        assert!(text.contains(&code_of(events[0].case)), "{format:?}");
        files.push((format!("{format:?}"), text));
    }
    files.push(("own copy".to_owned(), world.desk.own_copy(&code_of(events[0].case), now()).unwrap()));
    for (name, text) in &files {
        assert!(text.len() > 200, "{name}");
        assert_eq!(verdict(text), None, "{name}");
        looked_at += 1;
    }
    assert_eq!(looked_at, 2 * paths.len() + files.len());
    assert!(looked_at >= 37, "{looked_at}");
}

#[test]
fn no_page_of_a_service_judges_a_person() {
    let world = World::new();
    let service = confirmed_service(&world, "north-clinic");
    let mut phone = world.confirmed_phone("w-17");
    let adult = records::adult(&["DR1", "DR2", "EX1", "EX2", "CO1"], 40);
    let referral = referral_of(&phone, adult.case, "north-clinic", &world.desk.seal_key(service.device()).unwrap());
    phone.upload(&[adult, referral]);
    world.desk.pull(now()).unwrap();
    service.pull(now()).unwrap();
    let letter = service.letters().unwrap()[0].id;
    let page = Page::of_service(Arc::new(service));
    for (path, has) in [("/".to_owned(), "north-clinic"), (format!("/letters/{letter}"), "to see a doctor")] {
        let text = page.get_as(&path, "");
        assert!(text.contains(has), "{path}: {text}");
        assert_eq!(verdict(&text), None, "{path}");
        assert!(verdict(&format!("{text}<p>score 7</p>")).is_some(), "the search finds it");
    }
}
