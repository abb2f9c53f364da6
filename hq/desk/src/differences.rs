//! What differs between what is in force and what somebody brought: part by part, so that a person sees the change and not the
//! file.

use std::collections::BTreeMap;

use roxmltree::{Document, Node};
use serde::Serialize;
use serde_json::Value;

use crate::publishing::PublishedKind;

/// What differs from the version in force in one part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Which part: a service by its code, a field by its place, a setting by its name.
    pub part: String,
    /// As it is in force; empty where it is new.
    pub before: String,
    /// As it would be; empty where it goes.
    pub after: String,
}

/// What differs, part by part.
pub(crate) fn differences(kind: PublishedKind, before: &str, after: &str) -> Vec<Difference> {
    let parts = |text: &str| match kind {
        PublishedKind::Services => parts_of_json(text),
        PublishedKind::Form => parts_of_form(text),
    };
    let (before, mut after) = (parts(before), parts(after));
    let mut all = Vec::new();
    for (part, held) in before {
        let next = after.remove(&part).unwrap_or_default();
        if next != held {
            all.push(Difference { part, before: held, after: next });
        }
    }
    all.extend(after.into_iter().map(|(part, after)| Difference { part, before: String::new(), after }));
    all
}

/// Each setting, and of each service each of its fields by its code. What is not said is no part.
fn parts_of_json(text: &str) -> BTreeMap<String, String> {
    let Ok(Value::Object(top)) = serde_json::from_str(text) else { return BTreeMap::new() };
    let mut parts = BTreeMap::new();
    let mut put = |part: String, value: &Value| match value {
        Value::Null => {}
        Value::String(text) => drop(parts.insert(part, text.clone())),
        other => drop(parts.insert(part, other.to_string())),
    };
    for (name, value) in &top {
        let rows = value.as_array().map(Vec::as_slice).unwrap_or_default();
        if rows.is_empty() || !rows.iter().all(|row| row["code"].is_string()) {
            put(name.clone(), value);
        }
        for row in rows {
            let code = row["code"].as_str().unwrap_or_default();
            for (field, value) in row.as_object().into_iter().flatten().filter(|(field, _)| *field != "code") {
                put(format!("{code}, {field}"), value);
            }
        }
    }
    parts
}

/// Each field by its place: how it is asked, and the rules on it.
fn parts_of_form(text: &str) -> BTreeMap<String, String> {
    let Ok(form) = Document::parse(text) else { return BTreeMap::new() };
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_names_the_part_and_nothing_else() {
        let before = r#"{"version": 1, "services": [{"code": "a", "hours": "8-12"}, {"code": "b", "hours": "9-10"}]}"#;
        let after = r#"{"version": 2, "services": [{"code": "a", "hours": "8-13"}, {"code": "c", "hours": "9-10"}]}"#;
        let found = differences(PublishedKind::Services, before, after);
        let rows: Vec<_> =
            found.iter().map(|one| (one.part.as_str(), one.before.as_str(), one.after.as_str())).collect();
        assert_eq!(
            rows,
            [("a, hours", "8-12", "8-13"), ("b, hours", "9-10", ""), ("version", "1", "2"), ("c, hours", "", "9-10")]
        );
        assert!(differences(PublishedKind::Services, before, before).is_empty());

        let form = |label: &str, extra: &str| {
            format!(
                "<a><bind nodeset=\"/data/x\" required=\"true()\"/><input ref=\"/data/x\"><label>{label}</label></input>{extra}</a>"
            )
        };
        let found = differences(
            PublishedKind::Form,
            &form("How many?", ""),
            &form("How few?", "<input ref=\"/data/y\"><label>Why?</label></input>"),
        );
        assert_eq!(found.iter().map(|one| one.part.as_str()).collect::<Vec<_>>(), ["/data/x", "/data/y"]);
        assert_eq!(found[0].before, "required: true(); input; How many?");
        assert_eq!(found[0].after, "required: true(); input; How few?");
    }
}
