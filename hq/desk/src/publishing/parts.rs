//! The parts of what is published, each by a name that stays the same from version to version.

use std::collections::BTreeMap;

use roxmltree::{Document, Node};
use serde::Serialize;
use serde_json::Value;
use wayside_model::FormTerms;
use wayside_screening::RuleSet;
use wayside_screening::packs::Pack;

use crate::words;

/// What each part says, by its name. What is not said is no part.
pub(super) type Parts = BTreeMap<String, String>;

/// Letters of a text that stands for a part that has no name.
const NAME_OF_TEXT: usize = 60;

/// Each setting, and of each service each of its fields by its code.
pub(super) fn of_services(text: &str) -> Parts {
    let Ok(Value::Object(top)) = serde_json::from_str(text) else { return Parts::new() };
    let mut parts = Parts::new();
    for (name, value) in &top {
        let rows = value.as_array().map(Vec::as_slice).unwrap_or_default();
        if rows.is_empty() || !rows.iter().all(|row| row["code"].is_string()) {
            put(&mut parts, name.clone(), value);
        }
        for row in rows {
            let code = row["code"].as_str().unwrap_or_default();
            for (field, value) in row.as_object().into_iter().flatten().filter(|(field, _)| *field != "code") {
                put(&mut parts, format!("{code}, {field}"), value);
            }
        }
    }
    parts
}

/// Each field by its place: how it is asked, and the rules on it.
pub(super) fn of_form(text: &str) -> Parts {
    let Ok(form) = Document::parse(text) else { return Parts::new() };
    let mut parts = BTreeMap::<String, Vec<String>>::new();
    for node in form.descendants().filter(Node::is_element) {
        let name = node.tag_name().name();
        let place = match name {
            "bind" => node.attribute("nodeset"),
            "text" => node.attribute("id"),
            _ => node.attribute("ref").filter(|place| place.starts_with('/')),
        };
        let Some(place) = place else { continue };
        let rules = node.attributes().filter(|it| !["nodeset", "ref", "id"].contains(&it.name()));
        let rules = rules.map(|it| format!("{}: {}", it.name(), it.value()));
        // The words of a group's members are parts of their own.
        let own =
            node.children().filter(|child| name == "text" || ["label", "hint"].contains(&child.tag_name().name()));
        let words = own.flat_map(|child| child.descendants()).filter(Node::is_text).filter_map(|it| it.text());
        let words = words.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
        let part = parts.entry(place.to_owned()).or_default();
        if name != "bind" && name != "text" {
            part.push(name.to_owned());
        }
        part.extend(rules.chain(words));
    }
    parts.into_iter().map(|(place, said)| (place, said.join("; "))).collect()
}

/// What is decided of a form of others.
pub(super) fn of_terms(terms: &FormTerms) -> Parts {
    let said = [
        ("decided, about", words::about_person(terms).to_owned()),
        ("decided, purpose", terms.purpose.clone()),
        ("decided, sensitivity", words::sensitivity(terms.sensitivity).to_owned()),
        ("decided, days kept", terms.days.map(|days| days.to_string()).unwrap_or_default()),
    ];
    said.into_iter().filter(|(_, said)| !said.is_empty()).map(|(part, said)| (part.to_owned(), said)).collect()
}

/// Each indicator, weight, combination, outcome and whatever else it has, by the names it has there.
pub(super) fn of_rules(rules: &RuleSet) -> Parts {
    let Value::Object(top) = value(rules) else { return Parts::new() };
    let mut parts = Parts::new();
    for (list, said) in &top {
        let one = match list.as_str() {
            "quick" => "quick item".to_owned(),
            list => list.trim_end_matches('s').replace('_', " "),
        };
        match said {
            Value::Array(rows) => of_rows(&mut parts, &one, rows),
            Value::Object(fields) => {
                fields.iter().for_each(|(name, said)| put(&mut parts, format!("{one}, {name}"), said))
            }
            // The id is the same, or it is not the successor.
            said if list != "id" => put(&mut parts, list.clone(), said),
            _ => {}
        }
    }
    // They are looked at in this order.
    let order = |names: Vec<&str>| names.join(", ");
    parts.insert(
        "combinations, order".into(),
        order(rules.combinations().iter().map(|it| it.branch.as_str()).collect()),
    );
    parts.insert("outcomes, order".into(), order(rules.outcomes().iter().map(|it| it.id.as_str()).collect()));
    parts
}

fn of_rows(parts: &mut Parts, one: &str, rows: &[Value]) {
    for (n, row) in rows.iter().enumerate() {
        let named = ["code", "id", "branch", "text"].into_iter().find(|name| row[*name].is_string());
        let name = match named {
            Some(field) => row[field].as_str().unwrap_or_default().chars().take(NAME_OF_TEXT).collect(),
            None => (n + 1).to_string(),
        };
        for (field, said) in row.as_object().into_iter().flatten().filter(|(field, _)| Some(field.as_str()) != named) {
            match said {
                Value::Object(by_profile) if field == "weights" => {
                    let weights = by_profile.iter();
                    weights.for_each(|(profile, said)| put(parts, format!("{one} {name}, weight {profile}"), said));
                }
                said => put(parts, format!("{one} {name}, {field}"), said),
            }
        }
        if named == Some("text") || named.is_none() {
            // Also where it has no other field, it is there.
            let text = row["text"].as_str().unwrap_or_default().to_owned();
            parts.entry(format!("{one} {name}")).or_insert(text);
        }
    }
}

/// Each setting, and of each string its words, what the worker reads, its sound and how far it was checked.
pub(super) fn of_pack(pack: &Pack) -> Parts {
    let Value::Object(top) = value(pack) else { return Parts::new() };
    let mut parts = Parts::new();
    for (name, said) in top.iter().filter(|(name, _)| *name != "strings") {
        put(&mut parts, name.clone(), said);
    }
    for (key, string) in &pack.strings {
        parts.insert(key.clone(), string.text.clone());
        parts.insert(format!("{key}, gloss"), string.gloss.clone());
        put(&mut parts, format!("{key}, checked"), &value(&string.status));
        if let Some(sha256) = &string.audio {
            parts.insert(sound_of(key), format!("sound {}", sha256.get(..8).unwrap_or(sha256)));
        }
    }
    parts
}

/// The name of a string's sound among the parts of a pack.
pub(super) fn sound_of(key: &str) -> String {
    format!("{key}, sound")
}

fn value(of: &impl Serialize) -> Value {
    serde_json::to_value(of).unwrap_or_default()
}

fn put(parts: &mut Parts, part: String, value: &Value) {
    let text = match value {
        Value::Null => return,
        Value::String(text) => text.clone(),
        Value::Array(rows) if rows.iter().all(Value::is_string) => {
            rows.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    };
    if !text.is_empty() {
        parts.insert(part, text);
    }
}
