//! Forms being filled in, with the state of every node after each step.

use std::sync::Arc;

use roxmltree::Document;
use serde_json::Value as Json;
use wayside_model::Timestamp;

use crate::conformance::{Difference, NotConformance, Report, judge, offset, read, text};
use crate::{Env, Form, Resources, Session};

/// When the recordings were made, 2026-11-23 UTC: forms that ask for today's date were answered with that day.
const RECORDED: i64 = 1_795_464_000_000;

/// Runs `traces.json`.
///
/// # Errors
/// Where the file is no such file.
pub fn run(file: &str) -> Result<Report, NotConformance> {
    let (all, traces) = read(file, "traces")?;
    Ok(judge(&traces, |trace| replay(&all, trace)))
}

fn replay(all: &Json, trace: &Json) -> Result<(), Difference> {
    let mut session = begin(all, trace)?;
    compare(&session, &trace["loaded"]).map_err(|difference| at("after load", difference))?;
    for (number, step) in trace["steps"].as_array().into_iter().flatten().enumerate() {
        let place = format!("step {} ({})", number + 1, text(step, "op"));
        let done = apply(&mut session, step).map_err(|difference| at(&place, difference))?;
        let is_refused = !step["error"].is_null();
        match done {
            Err(why) if !is_refused => return Err(at(&place, Difference::new("the step is taken", why))),
            Ok(()) if is_refused => return Err(at(&place, Difference::new("the step is refused", "taken"))),
            _ => compare(&session, &step["after"]).map_err(|difference| at(&place, difference))?,
        }
    }
    Ok(())
}

fn at(place: &str, difference: Difference) -> Difference {
    Difference { expected: format!("{place}: {}", difference.expected), ..difference }
}

fn begin(all: &Json, trace: &Json) -> Result<Session, Difference> {
    let cannot = |why: String| Difference::new("the form is loaded", why);
    let form = all["forms"][text(trace, "form")].as_str().ok_or_else(|| cannot("no form".to_owned()))?;
    let form = Arc::new(Form::parse(form).map_err(|error| cannot(error.to_string()))?);
    let mut resources = Resources::new();
    for resource in trace["resources"].as_array().into_iter().flatten() {
        let body = all["bodies"][text(resource, "body")].as_str().ok_or_else(|| cannot("no body".to_owned()))?;
        add(&mut resources, text(resource, "url"), text(resource, "type"), body).map_err(cannot)?;
    }
    let zone = [trace, all].into_iter().map(|holder| text(holder, "tz")).find(|zone| !zone.is_empty());
    let env = Env {
        now: Timestamp::from_millis(RECORDED),
        offset_minutes: offset(zone.unwrap_or_default()).ok_or_else(|| cannot("an unknown time zone".to_owned()))?,
        instance_id: "uuid:00000000-0000-4000-8000-000000000000".to_owned(),
        random_seed: 1,
        device_id: String::new(),
        username: String::new(),
        email: String::new(),
        phone_number: String::new(),
    };
    match corrected(text(&trace["loaded"], "instance")) {
        Some(instance) => Session::edit(form, env, &resources, &instance).map(|reopened| reopened.session),
        None => Session::start_with(form, env, &resources),
    }
    .map_err(|error| cannot(error.to_string()))
}

fn add(resources: &mut Resources, url: &str, kind: &str, body: &str) -> Result<(), String> {
    let ending = match kind.split(';').next().unwrap_or_default().trim() {
        "text/csv" => "csv",
        "application/geo+json" => "geojson",
        "text/xml" | "application/xml" => "xml",
        _ => return resources.add_file(url, body.as_bytes()).map_err(|error| error.to_string()),
    };
    let added = match ending {
        "csv" => crate::Table::from_csv(body.as_bytes()).map(|table| resources.add_list(url, Arc::new(table))),
        "geojson" => crate::Table::from_geojson(body.as_bytes()).map(|table| resources.add_list(url, Arc::new(table))),
        _ => {
            resources.add_xml(url, body);
            Ok(())
        }
    };
    added.map_err(|error| error.to_string())
}

/// A recording that begins with a `deprecatedID` began with an instance that was sent before, under that id. The file does
/// not hold that instance; it is the loaded one as it was then.
fn corrected(loaded: &str) -> Option<String> {
    let document = Document::parse(loaded).ok()?;
    let metadata = |name: &str| {
        document.descendants().find(|node| {
            let parent = node.parent_element().map(|parent| parent.tag_name().name());
            node.tag_name().name() == name && parent == Some("meta")
        })
    };
    let (before, now) = (metadata("deprecatedID")?, metadata("instanceID")?);
    let former = before.text()?;
    let mut edits = [(before.range(), String::new()), (now.first_child()?.range(), former.to_owned())];
    // From the end, so that places stay what they are.
    edits.sort_by_key(|(range, _)| std::cmp::Reverse(range.start));
    let mut instance = loaded.to_owned();
    edits.into_iter().for_each(|(range, text)| instance.replace_range(range, &text));
    Some(instance)
}

/// Whether the session takes the step, or why not. An operation that is not known is neither.
fn apply(session: &mut Session, step: &Json) -> Result<Result<(), String>, Difference> {
    let (reference, value) = (text(step, "ref"), text(step, "value"));
    Ok(match text(step, "op") {
        "answer" => {
            // After a refused step `value` is the one that stayed; what was tried stands in `raw`, behind the reference.
            let tried = step["raw"].as_array().filter(|_| !step["error"].is_null()).map(|raw| {
                let words = raw.iter().skip(usize::from(raw.first().and_then(Json::as_str) == Some(reference)));
                words
                    .map(|word| word.as_str().map_or_else(|| word.to_string(), str::to_owned))
                    .collect::<Vec<_>>()
                    .join(" ")
            });
            session.answer(reference, tried.as_deref().unwrap_or(value)).map_err(|error| error.to_string())
        }
        "addRepeat" => session.add_repeat(reference).map(|_| ()).map_err(|error| error.to_string()),
        "removeRepeat" => session.remove_repeat(reference).map_err(|error| error.to_string()),
        "language" if session.set_language(reference) => Ok(()),
        "language" => Err("no such language".to_owned()),
        _ => return Err(Difference::new("an operation", "one that is not known")),
    })
}

fn compare(session: &Session, state: &Json) -> Result<(), Difference> {
    let nodes = state["nodes"].as_array().ok_or_else(|| Difference::new("nodes", "none in the file"))?;
    for node in nodes {
        let reference = text(node, "ref");
        // Random ids are new in every session.
        if let Some(wanted) = node["value"].as_str().filter(|_| !is_random(reference)) {
            let got = session.value(reference);
            if got != Some(wanted) {
                return Err(Difference::new(format!("{reference} = {wanted:?}"), format!("{got:?}")));
            }
        }
        let flags = [
            ("relevant", session.is_relevant(reference), true),
            ("required", session.is_required(reference), false),
            ("readonly", session.is_read_only(reference), false),
        ];
        for (name, got, absent) in flags {
            let wanted = node[name].as_bool().unwrap_or(absent);
            if got != wanted {
                return Err(Difference::new(format!("{reference} {name} = {wanted}"), got.to_string()));
            }
        }
    }
    Ok(())
}

fn is_random(reference: &str) -> bool {
    reference.rsplit(['/', ':']).next() == Some("instanceID")
}
