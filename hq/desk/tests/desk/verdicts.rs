//! Every page and every file that leaves the desk, as they are rendered, in English and in Arabic: none says what a person is.

use wayside_desk::{Desk, ExportFormat, RequestKind};
use wayside_screening::words::verdict_in;

use crate::service::code_of;
use crate::web::Page;
use crate::{World, now, records};

/// What a search sees of a text. The state of a device, which two people compared words for, is no verdict on a person.
fn verdict(text: &str) -> Option<&'static str> {
    verdict_in(&text.to_lowercase().replace("confirmed", "").replace("مؤكَّد", ""))
}

#[test]
fn no_page_and_no_file_judges_a_person() {
    let world = World::new();
    let mut phone = world.confirmed_phone("w-17");
    let events = [
        records::adult(&["DR1", "DR2", "EX1", "EX2", "CO1", "CO14"], 40),
        records::adult(&["RV4", "RV6", "RV9"], 30),
        records::adult(&["DR1", "CR5"], 20),
        records::adult(&[], 10),
        records::child(50),
    ];
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

    let mut files: Vec<(String, String)> = ExportFormat::ALL
        .iter()
        .filter(|format| !matches!(format, ExportFormat::Xlsx))
        .map(|format| (format!("{format:?}"), String::from_utf8(world.desk.export(*format, now()).unwrap()).unwrap()))
        .collect();
    files.push(("own copy".to_owned(), world.desk.own_copy(&code_of(events[0].case), now()).unwrap()));
    for (name, text) in &files {
        assert!(text.len() > 200, "{name}");
        assert_eq!(verdict(text), None, "{name}");
        looked_at += 1;
    }
    assert_eq!(looked_at, 2 * paths.len() + files.len());
    assert!(looked_at >= 37, "{looked_at}");
}
