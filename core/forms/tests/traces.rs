//! Form-filling traces agreed by independent engines, read from outside the repository (`WAYSIDE_CONFORMANCE`, or the folder
//! beside the checkout). Without them this checks nothing; the cases that always run stand in the other tests.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value as Json;
use wayside_forms::{Env, Form, Session};
use wayside_model::Timestamp;

fn folder() -> Option<PathBuf> {
    let given = std::env::var_os("WAYSIDE_CONFORMANCE").map(PathBuf::from);
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/conformance");
    Some(given.unwrap_or(beside)).filter(|folder| folder.join("traces.json").is_file())
}

/// What this version does not do, by what it says about it.
const NOT_YET: [(&str, &str); 3] = [
    ("deprecatedID is missing", "editing an instance that was sent"),
    ("an instance from a file beside the form", "external instances"),
    (
        "\"s652\"",
        "the recorded value is the one after the refused step; the value before it, a part of an order, is refused",
    ),
];

fn env() -> Env {
    Env {
        now: Timestamp::from_millis(1_795_464_000_000),
        offset_minutes: -420,
        instance_id: "uuid:00000000-0000-4000-8000-000000000000".to_owned(),
        random_seed: 1,
        device_id: String::new(),
        username: String::new(),
    }
}

fn compare(session: &Session, after: &Json) -> Result<(), String> {
    for node in after["nodes"].as_array().into_iter().flatten() {
        let reference = node["ref"].as_str().unwrap_or_default();
        let kind = node["t"].as_str().unwrap_or_default();
        let flag = |key: &str, absent: bool| node[key].as_bool().unwrap_or(absent);
        if let Some(wanted) = node["value"].as_str()
            && !reference.ends_with("instanceID")
        {
            let have = session.value(reference).ok_or(format!("{reference} is missing"))?;
            if have != wanted {
                return Err(format!("{reference} is {have:?}, not {wanted:?}"));
            }
        }
        let pairs = [
            ("relevant", session.is_relevant(reference), flag("relevant", true)),
            ("required", session.is_required(reference), flag("required", false)),
            ("readonly", session.is_read_only(reference), flag("readonly", false)),
        ];
        for (what, have, wanted) in pairs {
            if have != wanted {
                return Err(format!("{reference} ({kind}) {what} is {have}"));
            }
        }
    }
    Ok(())
}

fn replay(all: &Json, trace: &Json) -> Result<(), String> {
    let xml = all["forms"][trace["form"].as_str().unwrap_or_default()].as_str().ok_or("no form")?;
    let form = Form::parse(xml).map_err(|error| format!("refused: {error}"))?;
    let mut session = Session::start(Arc::new(form), env()).map_err(|error| format!("not started: {error}"))?;
    compare(&session, &trace["loaded"]).map_err(|why| format!("after load: {why}"))?;
    for (number, step) in trace["steps"].as_array().into_iter().flatten().enumerate() {
        let reference = step["ref"].as_str().unwrap_or_default();
        let value = step["value"].as_str().unwrap_or_default();
        let done = match step["op"].as_str() {
            Some("answer") => session.answer(reference, value).map_err(|error| error.to_string()),
            Some("addRepeat") => session.add_repeat(reference).map(|_| ()).map_err(|error| error.to_string()),
            Some("removeRepeat") => session.remove_repeat(reference).map_err(|error| error.to_string()),
            Some("language") => {
                if session.set_language(reference) {
                    Ok(())
                } else {
                    Err("no such language".to_owned())
                }
            }
            _ => Err("unknown step".to_owned()),
        };
        if done.is_ok() != step["error"].is_null() {
            return Err(format!("step {number} ({}): {done:?}", step["op"]));
        }
        compare(&session, &step["after"]).map_err(|why| format!("step {number} ({}): {why}", step["op"]))?;
    }
    Ok(())
}

#[test]
fn agreed_traces_pass() {
    let Some(folder) = folder() else { return };
    let all: Json = serde_json::from_slice(&std::fs::read(folder.join("traces.json")).unwrap()).unwrap();
    let traces = all["traces"].as_array().unwrap();
    let mut failed = Vec::new();
    for trace in traces {
        if let Err(why) = replay(&all, trace) {
            failed.push(format!("{} {}: {why}", trace["id"], trace["form"]));
        }
    }
    println!("{} of {} agreed traces pass", traces.len() - failed.len(), traces.len());
    failed.retain(|line| !NOT_YET.iter().any(|(reason, _)| line.contains(reason)));
    assert!(traces.len() > 100 && failed.is_empty(), "{} fail:\n{}", failed.len(), failed.join("\n"));
}
