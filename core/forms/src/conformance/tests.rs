use std::path::{Path, PathBuf};

use serde_json::{Value as Json, json};

use super::*;

/// Agreed cases stand outside the repository (`WAYSIDE_CONFORMANCE`, or the folder beside the checkout). Without them those
/// tests check nothing; the small files below and the cases in the other modules always run.
fn outside(name: &str) -> Option<String> {
    let given = std::env::var_os("WAYSIDE_CONFORMANCE").map(PathBuf::from);
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/conformance");
    std::fs::read_to_string(given.unwrap_or(beside).join(name)).ok()
}

fn show(report: &Report) -> String {
    report.failed.iter().map(|failure| format!("\n{failure}")).collect()
}

#[test]
fn agreed_cases_pass() {
    let Some(file) = outside("xpath.json") else { return };
    let report = xpath(&file).unwrap();
    println!("passed {} of {}", report.passed, report.total);
    assert!(report.total > 1000 && report.failed.is_empty(), "{}", show(&report));
}

#[test]
fn agreed_traces_pass() {
    let Some(file) = outside("traces.json") else { return };
    let report = traces(&file).unwrap();
    println!("passed {} of {}", report.passed, report.total);
    assert!(report.total > 100 && report.failed.is_empty(), "{}", show(&report));
}

const CASES: &str = r#"{"docs": {"d": "<data><n>7</n><s>b c</s></data>"}, "cases": [
    {"id": "b", "doc": "d", "context": "/*[1]", "dialect": "odk", "kind": "boolean", "expression": "n = 7", "expected": true},
    {"id": "n", "doc": "d", "context": "/*[1]", "dialect": "odk", "kind": "number", "expression": "n * 2", "expected": 14},
    {"id": "nan", "doc": "d", "context": "/", "dialect": "odk", "kind": "number", "expression": "number('x')", "expected": "NaN"},
    {"id": "r", "doc": "d", "context": "/", "dialect": "odk", "kind": "number-rounded", "factor": 100, "expression": "10 div 3", "expected": 3.33},
    {"id": "s", "doc": "d", "context": "/*[1]/*[2]", "dialect": "odk", "kind": "string", "expression": "string(.)", "expected": "b c"},
    {"id": "m", "doc": "d", "context": "/", "dialect": "odk", "kind": "string-matches", "expression": "uuid()", "expected": "^[0-9a-f-]{36}$"},
    {"id": "ns", "doc": "d", "context": "/", "dialect": "xpath1", "kind": "node-set", "expression": "//s | //n/text()",
     "expected": [["/*[1]/*[1]/text()[1]", "7"], ["/*[1]/*[2]", "b c"]]},
    {"id": "root", "doc": "d", "context": "/*[1]/*[1]", "root": "/*[1]/*[1]", "dialect": "odk", "kind": "string", "expression": "/n", "expected": "7"},
    {"id": "tz", "doc": "d", "context": "/", "tz": "America/Phoenix", "dialect": "odk", "kind": "string", "expression": "substr(now(), 23)", "expected": "-07:00"},
    {"id": "e", "doc": "d", "context": "/", "dialect": "odk", "kind": "error", "expression": "1 +", "expected": null}]}"#;

const TRACE: &str = r#"{"tz": "America/Phoenix", "bodies": {"c": "name,label\na,A\n"},
    "forms": {"f": "<h:html xmlns='http://www.w3.org/2002/xforms' xmlns:h='http://www.w3.org/1999/xhtml' xmlns:jr='http://openrosa.org/javarosa'><h:head><model><itext><translation lang='en'><text id='t'><value>one</value></text></translation><translation lang='fr'><text id='t'><value>un</value></text></translation></itext><instance><data id='d'><q/><r><x/></r><n/><said/></data></instance><instance id='c' src='jr://file-csv/c.csv'/><bind nodeset='/data/q' required='true()' constraint='. != 9'/><bind nodeset='/data/r/x' relevant='/data/q = 1'/><bind nodeset='/data/n' calculate='count(/data/r) + count(instance(\"c\")/root/item)'/><bind nodeset='/data/said' calculate='jr:itext(\"t\")' readonly='true()'/></model></h:head><h:body><input ref='/data/q'/><group ref='/data/r'><repeat nodeset='/data/r'><input ref='/data/r/x'/></repeat></group></h:body></h:html>"},
    "traces": [{"id": "t", "form": "f", "resources": [{"url": "jr://file-csv/c.csv", "type": "text/csv", "body": "c"}],
      "loaded": {"instance": "<data id='d'/>", "nodes": [{"ref": "/data/q", "value": "", "required": true}, {"ref": "/data/r[1]/x", "value": "", "relevant": false}, {"ref": "/data/n", "value": "2"}]},
      "steps": [
        {"op": "answer", "ref": "/data/q", "value": "1", "error": null, "after": {"nodes": [{"ref": "/data/q", "value": "1", "required": true}, {"ref": "/data/r[1]/x", "value": ""}]}},
        {"op": "answer", "ref": "/data/q", "value": "1", "raw": ["/data/q", "9"], "error": "no", "after": {"nodes": [{"ref": "/data/q", "value": "1", "required": true}]}},
        {"op": "addRepeat", "ref": "/data/r", "error": null, "after": {"nodes": [{"ref": "/data/n", "value": "3"}]}},
        {"op": "removeRepeat", "ref": "/data/r[1]", "error": null, "after": {"nodes": [{"ref": "/data/n", "value": "2"}]}},
        {"op": "language", "ref": "fr", "error": null, "after": {"nodes": [{"ref": "/data/said", "value": "un", "readonly": true}]}}]},
     {"id": "other", "form": "f", "resources": [{"url": "jr://file-csv/c.csv", "type": "text/csv", "body": "c"}],
      "loaded": {"instance": "<data id='d'/>", "nodes": [{"ref": "/data/said", "value": "one", "readonly": true}]}, "steps": []}]}"#;

/// A value that differs from the one given and is of the same JSON type.
fn other(value: &Json) -> Json {
    match value {
        Json::Bool(value) => json!(!value),
        Json::Number(number) => json!(number.as_f64().unwrap() + 1.0),
        Json::String(text) if text == "NaN" => json!("Infinity"),
        Json::String(text) => json!(format!("{text}~")),
        Json::Array(list) => Json::from(list[1..].to_vec()),
        _ => json!("something"),
    }
}

/// Alters what `place` points to; the file must pass as a whole before, and lose exactly one case by it.
fn loses_one(file: &str, place: &str, run: fn(&str) -> Result<Report, NotConformance>, to: impl Fn(&Json) -> Json) {
    let before = run(file).unwrap();
    assert!(before.failed.is_empty(), "{}", show(&before));
    let mut all: Json = serde_json::from_str(file).unwrap();
    let altered = all.pointer_mut(place).unwrap();
    *altered = to(altered);
    let after = run(&all.to_string()).unwrap();
    assert_eq!((after.passed + 1, after.total), (before.passed, before.total), "{place}");
}

#[test]
fn an_altered_expectation_of_each_kind_is_found() {
    let all: Json = serde_json::from_str(CASES).unwrap();
    for (number, case) in all["cases"].as_array().unwrap().iter().enumerate() {
        if text(case, "kind") == "error" {
            // What is expected is the kind itself: an expression that runs is no error.
            loses_one(CASES, &format!("/cases/{number}/expression"), xpath, |_| json!("1 + 1"));
        } else {
            loses_one(CASES, &format!("/cases/{number}/expected"), xpath, other);
        }
    }
}

#[test]
fn an_altered_state_after_each_operation_is_found() {
    loses_one(TRACE, "/traces/0/loaded/nodes/0/value", traces, other);
    loses_one(TRACE, "/traces/0/loaded/nodes/0/required", traces, other);
    loses_one(TRACE, "/traces/0/loaded/nodes/1/relevant", traces, other);
    loses_one(TRACE, "/traces/1/loaded/nodes/0/readonly", traces, other);
    for step in 0..5 {
        loses_one(TRACE, &format!("/traces/0/steps/{step}/after/nodes/0/value"), traces, other);
        loses_one(TRACE, &format!("/traces/0/steps/{step}/op"), traces, |_| json!("swim"));
    }
    loses_one(TRACE, "/traces/0/steps/0/error", traces, |_| json!("refused"));
}

#[test]
fn a_recording_of_a_correction_begins_with_the_instance_before() {
    let form = r#"<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"><h:head><model><instance><data id="d"><q/><meta><instanceID/></meta></data></instance></model></h:head><h:body/></h:html>"#;
    let loaded = "<data id='d'><q>5</q><meta><instanceID>uuid:new</instanceID><deprecatedID>uuid:old</deprecatedID></meta></data>";
    let nodes = json!([{"ref": "/data/q", "value": "5"}, {"ref": "/data/meta/deprecatedID", "value": "uuid:old"}]);
    let trace = json!({"id": "t", "form": "f", "loaded": {"instance": loaded, "nodes": nodes}, "steps": []});
    let file = json!({"forms": {"f": form}, "traces": [trace, {"id": "none", "form": "g"}]}).to_string();
    let report = traces(&file).unwrap();
    assert_eq!((report.passed, report.total), (1, 2));
    assert_eq!(report.failed[0].to_string(), "none: expected the form is loaded, got no form");
}

#[test]
fn other_files_are_refused() {
    for bad in ["", "[]", "{}", r#"{"cases": 1}"#] {
        assert!(xpath(bad).is_err() && traces(bad).is_err(), "{bad}");
    }
}
