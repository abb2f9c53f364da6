//! Rule sets, language packs and bundles on the page: what would change, who signs, what is refused, and what phones get.

use std::path::Path;

use serde_json::Value;
use wayside_desk::{Desk, PersonRole, Proposal, Whom};
use wayside_model::from_canonical;
use wayside_seal::content::{Content, ContentKind, Files};
use wayside_seal::{ControlKind, StretchParams};

use crate::phone::Phone;
use crate::publishing::{form, services};
use crate::web::Page;
use crate::{PASSPHRASE, World, now, secret};

const NORTH: &str = "Northern transit site";

fn screening() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../core/screening"))
}

fn changed(file: &str, version: u32, change: impl FnOnce(&mut Value)) -> String {
    let mut document: Value = serde_json::from_slice(&std::fs::read(screening().join(file)).unwrap()).unwrap();
    document["version"] = version.into();
    change(&mut document);
    document.to_string()
}

/// The rule set that comes with the program, changed.
pub(crate) fn rule_set(version: u32, change: impl FnOnce(&mut Value)) -> String {
    changed("rulesets/ilo-delphi-2009.json", version, change)
}

/// The French pack, changed.
pub(crate) fn pack(version: u32, change: impl FnOnce(&mut Value)) -> String {
    changed("packs/fr/pack.json", version, change)
}

/// The audio files of the French pack, by their names.
pub(crate) fn sounds() -> Vec<(String, Vec<u8>)> {
    let files = std::fs::read_dir(screening().join("packs/fr/audio")).unwrap().map(|file| file.unwrap().path());
    let sounds = files.filter(|path| path.extension().is_some_and(|it| it == "opus"));
    let all: Vec<_> = sounds
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read(path).unwrap()))
        .collect();
    assert!(all.len() > 10);
    all
}

/// A list of a bundle's files.
pub(crate) fn bundle(version: u32, parts: &str) -> String {
    format!(r#"{{"format": 1, "version": {version}, "purpose": "training", "expires": "2099-01-01", {parts}}}"#)
}

/// A key of the French pack.
const STOP: &str = "wayside-b0/data/decide_group/stop:label";

/// Two people who publish, and their page.
struct Publishers {
    world: World,
    page: Page,
    manager: String,
    officer: String,
}

impl Publishers {
    fn new() -> Self {
        let world = World::new();
        let words = |name: &str| format!("{name} river stone lamp winter field");
        for (name, role) in [("cm-1", PersonRole::CaseManager), ("ko-1", PersonRole::KeyOfficer)] {
            world.desk.add_person(name, role, "", &secret(&words(name)), StretchParams::FLOOR, now()).unwrap();
        }
        let page = Page::of(Desk::open(&world.folder.path().join("desk"), &secret(PASSPHRASE)).unwrap());
        let sign_in = |name: &str| {
            let body = format!("name={name}&passphrase={}", words(name).replace(' ', "+"));
            let answer = page.post("/sign-in", &body, "");
            answer.split("set-cookie: ").nth(1).unwrap().split(';').next().unwrap().to_owned()
        };
        let (manager, officer) = (sign_in("cm-1"), sign_in("ko-1"));
        Self { world, page, manager, officer }
    }

    /// The status of bringing it, and the page that says so.
    fn bring(&self, kind: &str, file: &str, files: &[(String, Vec<u8>)], cookie: &str) -> String {
        let fields =
            [("kind", kind), ("file", file), ("purpose", "what people need now"), ("sensitivity", "confidential")];
        self.page.upload_with("/publishing", &fields, files, cookie)
    }

    /// Brings what is taken; what waits then.
    fn brought(&self, kind: &str, file: &str, files: &[(String, Vec<u8>)]) -> Proposal {
        let answer = self.bring(kind, file, files, &self.manager);
        assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
        self.world.desk.proposals().unwrap().remove(0)
    }

    fn refused(&self, kind: &str, file: &str, files: &[(String, Vec<u8>)], why: &str) {
        let before = self.world.desk.proposals().unwrap().len();
        let answer = self.bring(kind, file, files, &self.manager);
        assert!(answer.starts_with("HTTP/1.1 422") && answer.contains(why), "{why}: {answer}");
        assert_eq!(self.world.desk.proposals().unwrap().len(), before);
    }

    fn sign(&self, waiting: &Proposal, cookie: &str) -> String {
        let answer = self.page.post(&format!("/publishing/{}/sign", waiting.number), "", cookie);
        answer.split(' ').nth(1).unwrap().to_owned()
    }

    /// Not by who brought it; by the officer it is.
    fn signed(&self, waiting: &Proposal) {
        assert_eq!(self.sign(waiting, &self.manager), "403");
        assert_eq!(self.sign(waiting, &self.officer), "303");
    }
}

/// What a phone was handed: ids with versions, and how many audio files.
fn handed(phone: &Phone) -> (Vec<String>, usize) {
    let (mut named, mut sounds) = (Vec::new(), 0);
    for kind in phone.control() {
        let ControlKind::Content(bytes) = kind else { continue };
        let content = Content::from_bytes(&bytes).unwrap();
        match content.kind {
            ContentKind::Audio => sounds += from_canonical::<Files>(&content.unpack(None).unwrap()).unwrap().0.len(),
            _ => named.push(format!("{} {}", content.id, content.version)),
        }
    }
    (named, sounds)
}

fn parts(waiting: &Proposal) -> Vec<(&str, &str, &str)> {
    waiting.differences.iter().map(|one| (one.part.as_str(), one.before.as_str(), one.after.as_str())).collect()
}

fn says(waiting: &Proposal, what: &str) -> bool {
    waiting.checks.iter().any(|line| line.contains(what))
}

#[test]
fn a_rule_set_shows_the_weight_that_changes_and_is_signed_by_the_officer() {
    let office = Publishers::new();
    let phone = office.world.confirmed_phone("w-17");
    let lighter = |document: &mut Value| document["indicators"][0]["weights"]["AL"] = "M".into();
    assert!(office.bring("rule_set", &rule_set(2, lighter), &[], &office.officer).starts_with("HTTP/1.1 403"));
    office.refused("rule_set", "{}", &[], "ruleset.malformed");
    office.refused("rule_set", &rule_set(1, lighter), &[], "ruleset.downgrade");
    office.refused("rule_set", &rule_set(2, |it| it["id"] = "another".into()), &[], "ruleset.unknown");
    office.refused(
        "rule_set",
        &rule_set(2, |it| it["indicators"][1]["code"] = "DR99".into()),
        &[],
        "indicator.unknown",
    );

    let asking = form("needs").replace(
        "<bind nodeset=\"/data/water\"",
        "<bind xmlns:wayside=\"urn:wayside:xforms:1\" wayside:indicator=\"DR99\" nodeset=\"/data/water\"",
    );
    office.refused("form", &asking, &[], "indicator.unknown");

    let waiting = office.brought("rule_set", &rule_set(2, lighter), &[]);
    assert_eq!(parts(&waiting), [("indicator DR1, weight AL", "S", "M"), ("version", "1", "2")]);
    assert!(says(&waiting, "indicators: 1, weights: 1, combinations: 0"), "{:?}", waiting.checks);
    assert!(says(&waiting, "Nobody has compared it"));
    assert!(handed(&phone).0.is_empty(), "nothing goes out before somebody signs");
    let later = office.brought("rule_set", &rule_set(3, |_| ()), &[]);
    office.signed(&later);
    // What waits from before is compared with what is in force now, and goes out no more.
    let waiting = office.world.desk.proposals().unwrap().into_iter().find(|row| row.number == waiting.number).unwrap();
    assert!(says(&waiting, "ruleset.downgrade") && says(&waiting, "refused now"), "{:?}", waiting.checks);
    assert!(parts(&waiting).contains(&("version", "3", "2")));
    assert_eq!(office.sign(&waiting, &office.officer), "422");
    assert_eq!(handed(&phone).0, ["ruleset/ilo-delphi-2009 3"]);
    let shown = office.page.get_as("/publishing", &office.officer);
    assert!(
        shown.contains("Rule set") && shown.contains("indicator DR1, weight AL") && shown.contains("ruleset.downgrade")
    );
}

#[test]
fn a_pack_goes_out_with_all_its_sound_and_shows_the_strings_that_change() {
    let office = Publishers::new();
    let phone = office.world.confirmed_phone("w-17");
    let all = sounds();
    office.refused("pack", &pack(2, |_| ()), &[], "pack.audio");
    office.refused("pack", &pack(2, |_| ()), &all[1..], "pack.audio");
    let mut other = all.clone();
    other[0].1.push(0);
    office.refused("pack", &pack(2, |_| ()), &other, "pack.audio");
    let no_stop = |it: &mut Value| drop(it["strings"].as_object_mut().unwrap().remove(STOP));
    office.refused("pack", &pack(2, no_stop), &all, "pack.incomplete");

    // A file that no string names stays where it came from.
    let stray = [&all[..], &[("stray.opus".to_owned(), b"OggS stray".to_vec())]].concat();
    let first = office.brought("pack", &pack(2, |_| ()), &stray);
    let whole: Value = serde_json::from_str(&pack(2, |_| ())).unwrap();
    let strings = whole["strings"].as_object().unwrap().len();
    let said = format!("Strings that change or are new: {strings}. Sounds that do: {}.", all.len());
    assert!(says(&first, &said), "{:?}", first.checks);
    office.signed(&first);
    assert_eq!(handed(&phone), (vec!["pack/fr 2".to_owned()], all.len()));

    let sound = b"OggS spoken anew".to_vec();
    let sha256: String = wayside_seal::sha256(&sound).iter().map(|byte| format!("{byte:02x}")).collect();
    let next = pack(3, |it| {
        it["strings"][STOP]["text"] = "On peut s'arrêter quand on veut.".into();
        it["strings"][STOP]["audio"] = sha256.into();
        it["strings"][STOP]["status"] = "reviewed".into();
    });
    let next = office.brought("pack", &next, &[&all[..], &[("stop.opus".to_owned(), sound)]].concat());
    let names: Vec<_> = parts(&next).into_iter().map(|(part, ..)| part.trim_start_matches(STOP)).collect();
    assert_eq!(names, ["version", "", ", checked", ", sound"]);
    assert!(parts(&next).iter().any(|part| part.1 == "draft" && part.2 == "reviewed"));
    assert!(says(&next, "change or are new: 1. Sounds that do: 1. Strings that go: 0"), "{:?}", next.checks);
    assert!(says(&next, "Read by a second speaker: 1."));
    office.signed(&next);
    assert_eq!(handed(&phone).1, all.len() + 1, "what it has is not sent again");
    office.refused("pack", &pack(2, |_| ()), &all, "bundle.downgrade");
    let dropped = office.brought("pack", &pack(4, |_| ()), &all);
    assert!(
        office
            .page
            .post(&format!("/publishing/{}/drop", dropped.number), "", &office.manager)
            .starts_with("HTTP/1.1 303")
    );
    assert_eq!(handed(&phone).0.len(), 2);
}

#[test]
fn a_bundle_shows_what_is_inside_beside_what_devices_have() {
    let office = Publishers::new();
    let desk = &office.world.desk;
    let (here, there) =
        (office.world.confirmed_phone("w-17"), office.world.confirmed_phone_at("Southern site", "w-30"));
    desk.hand_out_services(&services(NORTH, 1, "9 to 17"), Whom::Everybody).unwrap();
    let lighter = |document: &mut Value| document["indicators"][0]["weights"]["AL"] = "M".into();
    let mut files = vec![
        ("rules.json".to_owned(), rule_set(2, lighter).into_bytes()),
        ("needs.xml".to_owned(), form("needs").into_bytes()),
        ("services.json".to_owned(), services(NORTH, 2, "9 to 18").into_bytes()),
        ("pack.json".to_owned(), pack(2, |_| ()).into_bytes()),
    ];
    files.extend(sounds());
    let list = |version| {
        let parts = r#""rule_sets": ["rules.json"], "forms": ["forms/needs.xml"], "services": "services.json", "packs": ["fr/pack.json"]"#;
        bundle(version, parts)
    };
    assert!(office.bring("bundle", &list(2), &files, &office.officer).starts_with("HTTP/1.1 403"));
    office.refused("bundle", &list(2), &files[1..], "rules.json: this file did not come");
    office.refused("bundle", &list(2), &[&files[..], &files[..1]].concat(), "rules.json: two files");
    office.refused("bundle", &list(2), &files[..4], "pack.audio");
    let production = list(2).replace("training", "production");
    office.refused("bundle", &production, &files, "bundle.not_reviewed");
    let unsaid = [("kind", "bundle"), ("file", &*list(2))];
    let unsaid = office.page.upload_with("/publishing", &unsaid, &files, &office.manager);
    assert!(unsaid.starts_with("HTTP/1.1 409") && unsaid.contains("session.reason"), "{unsaid}");

    let waiting = office.brought("bundle", &list(2), &files);
    let shown = parts(&waiting);
    for part in [
        ("rule sets", "", "ilo-delphi-2009 2"),
        ("forms", "", "needs"),
        ("language packs", "", "fr 2"),
        ("directory of services", "", "Northern transit site 2"),
        ("rule set ilo-delphi-2009: indicator DR1, weight AL", "S", "M"),
        ("services: clinic, hours", "9 to 17", "9 to 18"),
        ("form needs: /data/water", "", "type: string; input; Water?"),
    ] {
        assert!(shown.contains(&part), "{part:?}");
    }
    assert!(shown.iter().any(|(part, ..)| *part == format!("pack fr: {STOP}")));
    assert_eq!(
        shown.iter().filter(|(part, ..)| part.starts_with("rule set ilo")).count(),
        2,
        "what stays is not shown"
    );
    assert!(says(&waiting, "Forms of others: needs") && says(&waiting, "the site Northern transit site"));
    office.signed(&waiting);
    assert_eq!(handed(&here).0.last().unwrap(), "bundle/Northern transit site 2");
    assert_eq!(handed(&there), (Vec::new(), 0));
    let fields = &desk.facts(now()).unwrap().forms.into_iter().find(|form| form.id == "needs").unwrap().fields;
    assert!(fields.iter().all(|field| field.purpose == "what people need now"));
    // A directory in a bundle counts: an older one comes no more.
    office.refused("services", &services(NORTH, 1, "9 to 12"), &[], "bundle.downgrade");
    office.refused("bundle", &list(1), &files, "bundle.downgrade");

    // Sound that one site has goes to the others when a pack for all names it, and to who comes later in the right order.
    let sounds = sounds();
    office.signed(&office.brought("pack", &pack(3, |_| ()), &sounds));
    assert_eq!(handed(&there), (vec!["pack/fr 3".to_owned()], sounds.len()));
    let late = office.world.confirmed_phone("w-18");
    assert_eq!(handed(&late).1, sounds.len());
    let kinds: Vec<_> = late
        .control()
        .into_iter()
        .filter_map(|kind| match kind {
            ControlKind::Content(bytes) => Some(Content::from_bytes(&bytes).unwrap().kind),
            _ => None,
        })
        .collect();
    let first = |kind| kinds.iter().position(|one| *one == kind).unwrap();
    assert!(first(ContentKind::Audio) < first(ContentKind::Bundle));
}
