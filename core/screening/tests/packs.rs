//! Language packs, bundles and the export to the data standard.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod common;
#[path = "common/site.rs"]
mod site;

use std::collections::BTreeSet;

use common::{rules, stated};
use roxmltree::Node;
use serde_json::{Value, json};
use site::{directory, said, today};
use wayside_model::{Coded, ConsentLine, ConsentValue, ErrorCode, Route};
use wayside_screening::bundle::{Attributes, Bundle, Installed, ParsedForm};
use wayside_screening::form_check::check_reviewed;
use wayside_screening::forms::BUILT_IN;
use wayside_screening::htcds::{self, DecidingOrganisation, FormalStatus};
use wayside_screening::packs::{Fallback, Pack, Packs, choice_keys, critical_keys, hint_key, question_key};
use wayside_screening::words::verdict_in;
use wayside_screening::{Ledger, ScreeningError};

const KEY: &str = "wayside-b0/data/decide_group/stop:label";

fn pack(language: &str, fallback: &[&str], status: &str) -> Value {
    let string = |text: String| json!({"text": text, "gloss": format!("gloss of {text}"), "status": status});
    let strings: serde_json::Map<String, Value> =
        critical_keys().map(|key| (key.to_owned(), string(format!("{language} {}", key.len())))).collect();
    json!({
        "format": 1, "language": language, "version": 1, "script": "Latn", "direction": "ltr", "fallback": fallback,
        "gloss_language": "en", "strings": strings,
    })
}

fn read(value: &Value) -> Result<Pack, ScreeningError> {
    Pack::from_json(&value.to_string())
}

fn code<T>(result: Result<T, ScreeningError>) -> Option<ErrorCode> {
    result.err().map(|error| error.code())
}

#[test]
fn the_list_of_critical_strings_is_that_of_the_forms() {
    let mut marked = BTreeSet::new();
    for form in BUILT_IN {
        let document = roxmltree::Document::parse(form.xml()).unwrap();
        for bind in document.descendants().filter(|node| node.has_tag_name("bind")) {
            if bind.attribute(("urn:wayside:xforms:1", "critical")) == Some("yes") {
                let place = bind.attribute("nodeset").unwrap();
                marked.insert(format!("{}{place}:label", form.id));
                let is = |name| move |node: &Node<'_, '_>| node.attribute(name) == Some(place);
                let control = document.root_element().last_element_child().unwrap().descendants().find(is("ref"));
                let control = control.unwrap();
                if control.children().any(|node| node.has_tag_name("hint")) {
                    marked.insert(format!("{}{place}:hint", form.id));
                }
                if let Some(group) = control.ancestors().find(|node| node.has_tag_name("group")) {
                    marked.insert(format!("{}{}:label", form.id, group.attribute("ref").unwrap()));
                }
            }
        }
    }
    assert_eq!(critical_keys().map(str::to_owned).collect::<BTreeSet<_>>(), marked);
    assert!(marked.contains(KEY) && marked.len() > 45);
    for beside in ["wayside-b1/data/now/now_2/assault:hint", "wayside-b0/data/told_group:label"] {
        assert!(marked.contains(beside), "{beside}");
    }
}

#[test]
fn a_pack_without_a_safety_critical_string_stays_out() {
    assert!(read(&pack("om", &[], "draft")).is_ok());
    for (change, wanted) in [
        (json!({"remove": KEY}), ErrorCode::PackIncomplete),
        (json!({"set": ["format", 2]}), ErrorCode::PackMalformed),
        (json!({"set": ["fallback", ["om"]]}), ErrorCode::PackMalformed),
        (json!({"set": ["language", "o m"]}), ErrorCode::PackMalformed),
        (json!({"string": {"text": " ", "gloss": "x", "status": "draft"}}), ErrorCode::PackMalformed),
        (json!({"string": {"text": "una víctima", "gloss": "x", "status": "draft"}}), ErrorCode::PackMalformed),
        (json!({"string": {"text": "x", "gloss": "x", "audio": "beef", "status": "draft"}}), ErrorCode::PackMalformed),
        (json!({"string": {"text": "x", "gloss": "x", "status": "splendid"}}), ErrorCode::PackMalformed),
    ] {
        let mut changed = pack("om", &[], "draft");
        if let Some(key) = change["remove"].as_str() {
            changed["strings"].as_object_mut().unwrap().remove(key);
        }
        if let Some(pair) = change["set"].as_array() {
            changed[pair[0].as_str().unwrap()] = pair[1].clone();
        }
        if change["string"].is_object() {
            changed["strings"][KEY] = change["string"].clone();
        }
        assert_eq!(code(read(&changed)), Some(wanted), "{change}");
    }
}

#[test]
fn a_string_is_found_along_the_chain_and_the_record_can_say_how() {
    let mut packs = Packs::default();
    let only = |mut value: Value, key: &str| {
        value["strings"][key] =
            json!({"text": format!("{} own", value["language"]), "gloss": "own gloss", "status": "reviewed"});
        read(&value).unwrap()
    };
    packs.install(only(pack("ff", &["fr"], "draft"), "f/base")).unwrap();
    packs.install(only(pack("ff-Adlm", &["ff", "fr"], "draft"), "f/dialect")).unwrap();
    packs.install(only(pack("fr", &[], "draft"), "f/franca")).unwrap();
    packs.install(only(pack("so", &[], "draft"), "f/elsewhere")).unwrap();
    let how = |language: &str, key: &str, own: &[&str]| {
        let chosen = packs.choose(language, &[key.to_owned()], own);
        (chosen.fallback, chosen.language, chosen.pack.is_some())
    };
    let is = |fallback, language: &str, pack| (fallback, language.to_owned(), pack);
    assert_eq!(how("ff-Adlm", "f/dialect", &["ff"]), is(Fallback::None, "ff-Adlm", true));
    assert_eq!(how("ff-Adlm", "f/base", &["ff"]), is(Fallback::Language, "ff", true));
    assert_eq!(how("ff-Adlm", "f/franca", &[]), is(Fallback::LinguaFranca, "fr", true));
    assert_eq!(how("ff-Adlm", "f/franca", &["ff", "fr"]), is(Fallback::Language, "ff", false), "the form is nearer");
    assert_eq!(how("ff-Adlm", "f/elsewhere", &["en"]), is(Fallback::Gloss, "en", true));
    assert_eq!(how("ff-GN", "f/base", &[]), is(Fallback::Language, "ff", true), "a dialect without a pack");
    assert_eq!(how("ff", "f/nothing", &[]), is(Fallback::Gloss, "", false));
    assert_eq!(how("es", "f/nothing", &["en", "es"]), is(Fallback::None, "es", false), "the form's own words");
    let status = |key: &str| packs.choose("ff", &[key.to_owned()], &[]).pack.unwrap().1.status.is_reviewed();
    assert!(!status(KEY) && status("f/base"));
    assert_eq!(hint_key("f", "/data/q"), "f/data/q:hint");
    let keys = choice_keys("f", "/data/q", "yes");
    assert_eq!((question_key("f", "/data/q").as_str(), keys[0].as_str()), ("f/data/q:label", "f/data/q/yes:label"));
    let mut older = pack("so", &[], "draft");
    older["version"] = json!(3);
    packs.install(read(&older).unwrap()).unwrap();
    older["version"] = json!(2);
    assert_eq!(code(packs.install(read(&older).unwrap())), Some(ErrorCode::BundleDowngrade));
}

fn bundle(purpose: &str, status: &str) -> Value {
    json!({
        "format": 1, "version": 1, "purpose": purpose, "expires": "2024-12-01", "forms": {},
        "rule_sets": [include_str!("../rulesets/ilo-delphi-2009.json")],
        "services": directory().to_string(), "packs": [pack("om", &[], status).to_string()],
    })
}

/// Every built-in form, as if somebody had reviewed it.
fn reviewed_forms() -> Vec<ParsedForm<'static>> {
    BUILT_IN
        .iter()
        .map(|form| ParsedForm { id: form.id, languages: vec!["en"], fields: vec![], headings: vec![] })
        .collect()
}

fn install(value: &Value, held: &Installed) -> Result<Installed, ScreeningError> {
    Bundle::from_json(&value.to_string())?.install(held, &reviewed_forms(), today())
}

#[test]
fn all_of_a_bundle_is_taken_or_nothing() {
    let built_in = Installed::built_in().unwrap();
    let held = install(&bundle("training", "draft"), &built_in).unwrap();
    assert!(held.services.is_some() && held.packs.languages().eq(["om"]));
    let change = |at: &str, value: Value| {
        let mut next = bundle("training", "draft");
        next["version"] = json!(2);
        next[at] = value;
        code(install(&next, &held))
    };
    let text = include_str!("../rulesets/ilo-delphi-2009.json");
    let other = text.replacen(r#"{"AL": "S", "CL": "S"}"#, r#"{"AL": "M", "CL": "S"}"#, 1);
    assert_eq!(change("version", json!(2)), None);
    assert_eq!(change("rule_sets", json!([other])), Some(ErrorCode::RuleSetDowngrade));
    assert_eq!(change("rule_sets", json!([text.replacen("DR2", "DR1", 1)])), Some(ErrorCode::RuleSetMalformed));
    assert_eq!(change("packs", json!(["{}"])), Some(ErrorCode::PackMalformed));
    assert_eq!(change("services", json!("{}")), Some(ErrorCode::ServicesMalformed));
    assert_eq!(change("expires", json!("2024-05-01")), Some(ErrorCode::BundleExpired));
    assert_eq!(change("format", json!(7)), Some(ErrorCode::BundleMalformed));
    assert_eq!(change("stray", json!(7)), Some(ErrorCode::BundleMalformed));
    let mut newer = held.clone();
    newer.version = 9;
    assert_eq!(code(install(&bundle("training", "draft"), &newer)), Some(ErrorCode::BundleDowngrade));
}

#[test]
fn a_production_bundle_needs_everything_reviewed() {
    let reviewed_rules = include_str!("../rulesets/ilo-delphi-2009.json")
        .replacen(
            r#""reviewed_by": null, "reviewed_on": null"#,
            r#""reviewed_by": "r-1", "reviewed_on": "2024-01-01""#,
            1,
        )
        .replacen(r#""version": 1"#, r#""version": 2"#, 1);
    let with = |rules: &str, status: &str, by: Value| {
        let mut value = bundle("production", status);
        value["rule_sets"] = json!([rules]);
        value["reviewed_by"] = by;
        install(&value, &Installed::built_in().unwrap())
    };
    let by = json!("survivors' council");
    assert!(with(&reviewed_rules, "reviewed", by.clone()).is_ok());
    let plain = include_str!("../rulesets/ilo-delphi-2009.json");
    for (rules, status, by) in [
        (plain, "reviewed", by.clone()),
        (&reviewed_rules, "draft", by.clone()),
        (&reviewed_rules, "reviewed", json!(null)),
        (&reviewed_rules, "reviewed", json!(" ")),
    ] {
        assert_eq!(code(with(rules, status, by)), Some(ErrorCode::BundleNotReviewed));
    }
    let mut whole = bundle("production", "reviewed");
    whole["rule_sets"] = json!([reviewed_rules]);
    whole["reviewed_by"] = by.clone();
    let without_b1: Vec<_> = reviewed_forms().into_iter().filter(|form| form.id != "wayside-b1").collect();
    let read = Bundle::from_json(&whole.to_string()).unwrap();
    let built_in = Installed::built_in().unwrap();
    let open = read.install(&built_in, &without_b1, today()).err().unwrap();
    assert_eq!(open.to_string(), "nobody has reviewed form wayside-b1", "a form that stays in use as it was");
    let production = with(&reviewed_rules, "reviewed", by).unwrap();
    let mut later = production.clone();
    assert_eq!(code(later.take_pack(&pack("so", &[], "draft").to_string())), Some(ErrorCode::BundleNotReviewed));
    assert!(later.take_pack(&pack("so", &[], "reviewed").to_string()).is_ok());
    let newer = reviewed_rules.replacen(r#""version": 2"#, r#""version": 3"#, 1);
    assert!(later.take_rule_set(&newer).is_ok());
    let open = newer.replacen(
        r#""reviewed_by": "r-1", "reviewed_on": "2024-01-01""#,
        r#""reviewed_by": null, "reviewed_on": null"#,
        1,
    );
    let open = open.replacen(r#""version": 3"#, r#""version": 4"#, 1);
    assert_eq!(code(later.take_rule_set(&open)), Some(ErrorCode::BundleNotReviewed));
    assert_eq!(later.rule_sets["ilo-delphi-2009"].version(), 3, "the one before stays");
    let mut drafted = Installed::built_in().unwrap();
    drafted.packs = install(&bundle("training", "draft"), &drafted).unwrap().packs;
    let mut without = bundle("production", "reviewed");
    without["rule_sets"] = json!([reviewed_rules]);
    without["reviewed_by"] = json!("r-1");
    without["packs"] = json!([]);
    assert_eq!(
        code(install(&without, &drafted)),
        Some(ErrorCode::BundleNotReviewed),
        "a draft pack that is there already"
    );
    let mut training = bundle("training", "draft");
    training["version"] = json!(2);
    assert_eq!(code(install(&training, &production)), Some(ErrorCode::BundleDowngrade), "never back to training");
}

#[test]
fn built_in_forms_are_drafts_and_cannot_be_in_production() {
    let (mut open, mut critical) = (0, 0);
    for form in BUILT_IN {
        let document = roxmltree::Document::parse(form.xml()).unwrap();
        for bind in document.descendants().filter(|node| node.has_tag_name("bind")) {
            let ours: Vec<_> = bind.attributes().filter(|a| a.namespace() == Some("urn:wayside:xforms:1")).collect();
            let ours: Vec<_> = ours.iter().map(|a| (a.name(), a.value())).collect();
            let place = bind.attribute("nodeset").unwrap();
            open += usize::from(reviewed(&["en", "ti"], vec![(place, ours.clone())], vec![]).is_err());
            critical += usize::from(ours.contains(&("critical", "yes")));
        }
    }
    assert_eq!(open, critical);
    assert!(critical > 30);
}

fn reviewed(
    languages: &[&'static str],
    fields: Vec<Attributes<'_>>,
    headings: Vec<Attributes<'_>>,
) -> Result<(), ScreeningError> {
    check_reviewed(&ParsedForm { id: "f", languages: languages.to_vec(), fields, headings })
}

#[test]
fn what_is_critical_is_reviewed_in_each_language_with_the_headings_it_stands_under() {
    let critical = |status: &'static str| vec![("/data/g/h/x", vec![("critical", "yes"), ("status", status)])];
    let whole = "reviewed ti:field_tested";
    assert!(reviewed(&["en", "ti"], critical(whole), vec![]).is_ok());
    assert!(reviewed(&[], critical(whole), vec![]).is_ok(), "a form that names no language");
    assert_eq!(code(reviewed(&[], critical("draft"), vec![])), Some(ErrorCode::BundleNotReviewed));
    let under = |group: &'static str, status: &'static str| {
        reviewed(&["en", "ti"], critical(whole), vec![(group, vec![("status", status)])])
    };
    for group in ["/data/g", "/data/g/h", "/data", ""] {
        assert!(under(group, whole).is_ok(), "{group}");
        for open in ["draft", "reviewed ti:draft", "splendid"] {
            assert_eq!(code(under(group, open)), Some(ErrorCode::BundleNotReviewed), "{group} {open}");
        }
    }
    assert_eq!(under("/data/g", "reviewed ti:draft").err().unwrap().to_string(), "nobody has reviewed /data/g in ti");
    let without = reviewed(&["en"], critical(whole), vec![("/data/g", vec![])]);
    assert_eq!(code(without), Some(ErrorCode::BundleNotReviewed), "a heading that says nothing");
    for beside in ["/data/other", "/data/g/h2", "/data/g/h/x"] {
        assert!(under(beside, "draft").is_ok(), "nothing critical stands under {beside}");
    }
}

#[test]
fn the_export_has_no_status_unless_hq_gave_one() {
    let rules = rules();
    let mut ledger = Ledger::new();
    ledger.append(said(ConsentLine::C1, ConsentValue::Yes));
    ledger.append(said(ConsentLine::C7, ConsentValue::No));
    let everything = rules.indicators().iter().map(|indicator| indicator.code.as_str()).collect::<Vec<_>>().join(" ");
    let mut found = stated(&rules, "AL", Route::Adult, &everything, "", "");
    found.types = rules.exploitation_types().iter().map(|kind| kind.code.clone()).collect();
    let out = htcds::map(&found, &ledger, None);
    assert!(out.formal_status.is_none());
    assert_eq!((out.methods_of_control.len(), out.type_of_exploitation.len()), (11, 8));
    assert_eq!((out.consent, out.consent_research), (Some(true), Some(false)));
    let text = serde_json::to_string(&out).unwrap();
    assert!(text.contains(r#""FormalStatus":null"#) && text.contains("CC BY 4.0"));
    assert_eq!(verdict_in(&text), None);
    let few = htcds::map(&stated(&rules, "AL", Route::Adult, "CO1 DR2", "CO3", ""), &ledger, None);
    assert_eq!(few.methods_of_control, ["FalsePromises", "WithholdsDocuments"]);
    let mut child = stated(&rules, "CL", Route::Child, "", "", "");
    child.types = vec!["labour".into()];
    assert_eq!(htcds::map(&child, &Ledger::new(), None).type_of_exploitation, ["ChildLabour"]);
    let formal = FormalStatus {
        trafficking_status: "PossibleVictimOfTrafficking".into(),
        trafficking_status_decision_making_org: DecidingOrganisation::Ngo,
        decided_on: today(),
    };
    let decided = serde_json::to_string(&htcds::map(&child, &Ledger::new(), Some(formal))).unwrap();
    assert!(decided.contains(r#""TraffickingStatusDecisionMakingOrg":"NGO""#));
}

/// The pack that is in the tree, with its synthetic voice: installed, asked for a string, and its files looked at.
#[test]
fn a_pack_with_real_audio_runs_end_to_end() {
    let pack = Pack::from_json(include_str!("../packs/fr/pack.json")).unwrap();
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("packs/fr/audio");
    let mut files = BTreeSet::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        assert!(bytes.starts_with(b"OggS") && bytes.len() > 1_000, "sound, not a stand-in");
        let digest = ring::digest::digest(&ring::digest::SHA256, &bytes);
        let hash: String = digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(path.file_stem().and_then(|stem| stem.to_str()), Some(hash.as_str()));
        files.insert(hash);
    }
    assert!(pack.check_audio(|hash| files.contains(hash)).is_ok());
    assert_eq!(pack.audio().map(str::to_owned).collect::<BTreeSet<_>>(), files);
    let first = files.pop_first().unwrap();
    let missing = pack.check_audio(|hash| files.contains(hash));
    assert_eq!(code(missing), Some(ErrorCode::PackAudio), "a file that is missing or was changed is noticed");
    files.insert(first);
    assert_eq!(code(pack.check_reviewed()), Some(ErrorCode::BundleNotReviewed), "a synthetic voice is a draft");
    let mut packs = Packs::default();
    packs.install(pack).unwrap();
    let chosen = packs.choose("fr-SN", &[KEY.to_owned()], &["en", "fr"]);
    assert_eq!((chosen.fallback, chosen.language.as_str()), (Fallback::Language, "fr"));
    let (_, string) = chosen.pack.unwrap();
    assert!(string.text.starts_with("La personne sait-elle") && string.gloss.starts_with("Does the person know"));
    assert!(files.contains(string.audio.as_ref().unwrap()));
}

#[test]
fn screening_forms_are_checked_field_by_field_and_those_of_others_run_as_they_are() {
    let with = |purpose: &str, fields: Vec<(&'static str, Vec<(&'static str, &'static str)>)>, parsed: bool| {
        let mut value = bundle(purpose, "reviewed");
        value["reviewed_by"] = json!("r-1");
        value["rule_sets"] = json!([]);
        value["forms"] = json!({"their-form": "<h:html/>"});
        let mut held = Installed::built_in().unwrap();
        held.rule_sets.clear();
        let form = ParsedForm { id: "their-form", languages: vec!["en", "ti"], fields, headings: vec![] };
        let forms = if parsed { vec![form] } else { vec![] };
        let forms = [reviewed_forms(), forms].concat();
        code(Bundle::from_json(&value.to_string()).unwrap().install(&held, &forms, today()))
    };
    let whole = [("purpose", "safety"), ("sensitivity", "restricted"), ("critical", "yes")];
    let and = |status: &'static str| vec![("/data/q", [&whole[..], &[("status", status)]].concat())];
    assert_eq!(with("production", vec![("/data/q", vec![]), ("/data/r", vec![])], true), None);
    assert_eq!(with("training", vec![], false), Some(ErrorCode::BundleMalformed));
    assert_eq!(with("training", vec![("/data/q", vec![("indicator", "DR1")])], true), Some(ErrorCode::FormUnsupported));
    let beside =
        |place: &'static str, ours: Vec<(&'static str, &'static str)>| [and("reviewed"), vec![(place, ours)]].concat();
    for place in ["/data/meta/instanceID", "/data/meta/entity/label"] {
        assert_eq!(with("production", beside(place, vec![]), true), None, "about the record");
    }
    for place in ["/data/meta/name", "/data/group/meta/instanceID", "/data/metadata"] {
        assert_eq!(with("training", beside(place, vec![]), true), Some(ErrorCode::FormUnsupported), "{place}");
    }
    let hidden = beside("/data/meta/instanceName", [&whole[..], &[("status", "draft")]].concat());
    assert_eq!(with("production", hidden, true), Some(ErrorCode::BundleNotReviewed), "it is asked of a person");
    assert_eq!(with("training", and("draft"), true), None);
    assert_eq!(with("production", and("draft"), true), Some(ErrorCode::BundleNotReviewed));
    assert_eq!(with("production", and("reviewed ti:draft"), true), Some(ErrorCode::BundleNotReviewed));
    assert_eq!(with("production", and("reviewed"), true), None);
}
