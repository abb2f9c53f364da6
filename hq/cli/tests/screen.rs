//! `wayside screen`: one case, and a file of them.

#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::{command, json, plain};
use serde_json::Value;

const ONE: [&str; 12] = [
    "screen",
    "--ruleset",
    "ilo-delphi-2009",
    "--profile",
    "AL",
    "--present",
    "DR1,EX1",
    "--unknown",
    "CO2",
    "--declined",
    "CO5",
    "--age=24-26",
];

#[test]
fn one_case_for_a_person_and_as_a_document() {
    let text = plain(&ONE);
    assert_eq!(text.code, 0, "{}", text.stderr);
    for part in
        ["N6", "D1  deceptive recruitment", "undetermined", "ILO/EC 2009", "for an adult", "not an identification"]
    {
        assert!(text.stdout.contains(part), "{part}: {}", text.stdout);
    }
    let found = json(&ONE).done();
    assert_eq!(found["dimensions"].as_array().unwrap().len(), 6);
    assert_eq!(found["dimensions"][4]["could_change"], serde_json::json!(["CO2", "CO5"]));
}

#[test]
fn a_file_of_cases_comes_back_line_by_line() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("cases.jsonl");
    let case = |id: u32, rest: &str| format!(r#"{{"id": {id}, "profile": "AL", {rest}}}"#);
    let lines = [
        case(7, r#""present": ["EX1", "EX2"], "age": [30, 31]"#),
        case(3, r#""present": ["CO1"], "declined": ["CO2"], "age": [30, 31]"#),
        case(3, r#""present": []"#),
    ];
    std::fs::write(&file, lines.join("\n")).unwrap();
    let name = file.to_str().unwrap();
    let ran = plain(&["screen", "--cases", name]);
    let found: Vec<Value> = ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let ids = |value: &Value| -> Vec<String> {
        value["outcomes"].as_array().unwrap().iter().map(|o| o["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(found.iter().map(|line| line["id"].as_u64().unwrap()).collect::<Vec<_>>(), [7, 3, 3]);
    assert_eq!((ids(&found[0]), ids(&found[1])), (vec!["N5".to_owned()], vec!["N4".to_owned(), "N7".to_owned()]));
    assert_eq!(ids(&found[2]), ["N2", "N9"], "no age: taken for a child");
    assert_eq!(found[0]["dimensions"][3]["minimal_sets"], serde_json::json!([["EX1", "EX2"]]));
    assert_eq!(found[1]["dimensions"][4]["could_change"], serde_json::json!(["CO2"]));

    std::fs::write(&file, format!("{}\n{}", lines[0], case(9, r#""present": ["DR77"]"#))).unwrap();
    let refused = plain(&["screen", "--cases", name]);
    assert_eq!((refused.code, refused.stdout.lines().count()), (1, 1));
    assert!(refused.stderr.contains("indicator.unknown") && refused.stderr.contains("line 2"), "{}", refused.stderr);
}

#[test]
fn what_is_not_known_is_refused() {
    for (args, code) in [
        (&["screen", "--ruleset", "other", "--profile", "AL"][..], "ruleset.unknown"),
        (&["screen", "--profile", "XL"], "ruleset.unknown"),
        (&["screen", "--profile", "AL", "--present", "DR99"], "indicator.unknown"),
        (&["screen", "--profile", "AL", "--present", "DR1", "--unknown", "DR1"], "entry.malformed"),
        (&["screen", "--profile", "AL", "--age", "40-30"], "age.implausible"),
    ] {
        assert_eq!(json(args).refused(), code, "{args:?}");
    }
    assert_eq!(plain(&["screen"]).code, 2);
    assert!(command(&["screen", "--cases", "/nowhere/at/all"]).output().unwrap().status.code() == Some(1));
}
