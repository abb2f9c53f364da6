//! What differs between what devices have and what somebody brought: part by part, so that a person sees the change and not the
//! file.

use std::collections::BTreeSet;

use serde::Serialize;
use wayside_model::FormTerms;
use wayside_screening::RuleSet;
use wayside_screening::bundle::{Bundle, Installed};
use wayside_screening::forms::built_in;
use wayside_screening::packs::Pack;
use wayside_screening::services::Services;
use wayside_seal::content::ContentKind;

use super::PublishedKind;
use super::parts::{self, Parts};
use crate::checked::{bundle_id, bundle_site};
use crate::{Desk, DeskError};

/// What differs from the version in force in one part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Which part: a service, an indicator or a string by its code or key, a field by its place, a setting by its name. In a
    /// bundle the name of what it is a part of stands before it.
    pub part: String,
    /// As devices have it; empty where it is new.
    pub before: String,
    /// As it would be; empty where it goes.
    pub after: String,
}

impl Desk {
    /// What would change on devices of those it is for. `text` has been checked; where it does not fit any more, it is compared
    /// all the same.
    pub(super) fn differences(
        &self,
        kind: PublishedKind,
        text: &str,
        terms: &FormTerms,
    ) -> Result<Vec<Difference>, DeskError> {
        let (before, after) = match kind {
            PublishedKind::Services => self.both_services(text)?,
            PublishedKind::Form => {
                let id = wayside_forms::Form::parse(text)?.id().to_owned();
                self.both_forms("", &id, text, terms)?
            }
            PublishedKind::RuleSet => both_rules(&self.installed()?, text)?,
            PublishedKind::Pack => both_packs(&self.installed()?, text)?,
            PublishedKind::Bundle => self.both_bundles(text, terms)?,
        };
        Ok(between(before, after))
    }

    fn both_services(&self, text: &str) -> Result<(Parts, Parts), DeskError> {
        let before = self.services_in_use(&Services::from_json(text)?.site)?;
        let before = before.map(|services| serde_json::to_string(&services)).transpose();
        let before = before.map_err(|_| DeskError::Bug)?.unwrap_or_default();
        // As it would be handed out, so that only what changes shows.
        Ok((parts::of_services(&before), parts::of_services(&self.with_keys(text)?)))
    }

    fn both_forms(&self, site: &str, id: &str, text: &str, terms: &FormTerms) -> Result<(Parts, Parts), DeskError> {
        let before = self.forms_in_use(site)?.remove(id).unwrap_or_default();
        let (mut held, mut next) = (parts::of_form(&before), parts::of_form(text));
        if built_in(id).is_none() {
            if let Some(terms) = self.store.read(|c| super::terms(c, id, &before))? {
                held.extend(parts::of_terms(&terms));
            }
            next.extend(parts::of_terms(terms));
        }
        Ok((held, next))
    }

    /// What the bundle says of itself, and the parts of each of its parts beside what devices have of it now.
    fn both_bundles(&self, text: &str, terms: &FormTerms) -> Result<(Parts, Parts), DeskError> {
        let bundle = Bundle::from_json(text)?;
        let site = bundle_site(&bundle)?;
        let held = self.text_in_force(ContentKind::Bundle, &bundle_id(&site))?;
        let held = held.map(|text| Bundle::from_json(&text)).transpose()?;
        let mut before = held.map(|held| outside(&held)).transpose()?.unwrap_or_default();
        let mut after = outside(&bundle)?;
        let installed = self.installed()?;
        let mut put = |of: String, (old, new): (Parts, Parts)| {
            for (all, inner) in [(&mut before, old), (&mut after, new)] {
                all.extend(inner.into_iter().map(|(part, said)| (format!("{of}: {part}"), said)));
            }
        };
        for text in &bundle.rule_sets {
            put(format!("rule set {}", RuleSet::from_json(text)?.id()), both_rules(&installed, text)?);
        }
        for (id, text) in &bundle.forms {
            put(format!("form {id}"), self.both_forms(&site, id, text, terms)?);
        }
        for text in &bundle.packs {
            put(format!("pack {}", Pack::from_json(text)?.language), both_packs(&installed, text)?);
        }
        if let Some(text) = &bundle.services {
            put("services".to_owned(), self.both_services(text)?);
        }
        Ok((before, after))
    }
}

fn both_rules(installed: &Installed, text: &str) -> Result<(Parts, Parts), DeskError> {
    let next = RuleSet::from_json(text)?;
    let before = installed.rule_sets.get(next.id()).map(parts::of_rules).unwrap_or_default();
    Ok((before, parts::of_rules(&next)))
}

fn both_packs(installed: &Installed, text: &str) -> Result<(Parts, Parts), DeskError> {
    let next = Pack::from_json(text)?;
    let before = installed.packs.iter().find(|pack| pack.language == next.language);
    Ok((before.map(parts::of_pack).unwrap_or_default(), parts::of_pack(&next)))
}

/// What a bundle says of itself, and which parts it has.
fn outside(bundle: &Bundle) -> Result<Parts, DeskError> {
    let names = |names: Vec<String>| names.join(", ");
    let rule_sets =
        bundle.rule_sets.iter().map(|text| RuleSet::from_json(text).map(|one| named(one.id(), one.version())));
    let packs = bundle.packs.iter().map(|text| Pack::from_json(text).map(|one| named(&one.language, one.version)));
    let services = bundle.services.as_ref().map(|text| Services::from_json(text)).transpose()?;
    let said = [
        ("version", bundle.version.to_string()),
        (
            "purpose",
            serde_json::to_value(bundle.purpose).ok().and_then(|it| it.as_str().map(str::to_owned)).unwrap_or_default(),
        ),
        ("reviewed by", bundle.reviewed_by.clone().unwrap_or_default()),
        ("expires", bundle.expires.to_string()),
        ("rule sets", names(rule_sets.collect::<Result<_, _>>()?)),
        ("forms", names(bundle.forms.keys().cloned().collect())),
        ("language packs", names(packs.collect::<Result<_, _>>()?)),
        ("directory of services", services.map(|one| named(&one.site, one.version)).unwrap_or_default()),
    ];
    Ok(said.into_iter().filter(|(_, said)| !said.is_empty()).map(|(part, said)| (part.to_owned(), said)).collect())
}

fn named(id: &str, version: u32) -> String {
    format!("{id} {version}")
}

/// What differs, part by part: what goes and what changes where it stood, then what is new.
fn between(before: Parts, mut after: Parts) -> Vec<Difference> {
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

/// How many things of a kind have a part that differs, by their names up to the first comma.
pub(super) fn changed(differences: &[Difference], of: &str) -> usize {
    let named = differences.iter().filter_map(|one| one.part.strip_prefix(of)?.split(',').next());
    named.collect::<BTreeSet<_>>().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(found: &[Difference]) -> Vec<(&str, &str, &str)> {
        found.iter().map(|one| (one.part.as_str(), one.before.as_str(), one.after.as_str())).collect()
    }

    #[test]
    fn a_difference_names_the_part_and_nothing_else() {
        let before = r#"{"version": 1, "services": [{"code": "a", "hours": "8-12"}, {"code": "b", "hours": "9-10"}]}"#;
        let after = r#"{"version": 2, "services": [{"code": "a", "hours": "8-13"}, {"code": "c", "hours": "9-10"}]}"#;
        let of = parts::of_services;
        let found = between(of(before), of(after));
        assert_eq!(
            rows(&found),
            [("a, hours", "8-12", "8-13"), ("b, hours", "9-10", ""), ("version", "1", "2"), ("c, hours", "", "9-10")]
        );
        assert!(between(of(before), of(before)).is_empty());

        let form = |label: &str, extra: &str| {
            format!(
                "<a><bind nodeset=\"/data/x\" required=\"true()\"/><input ref=\"/data/x\"><label>{label}</label></input>{extra}</a>"
            )
        };
        let found = between(
            parts::of_form(&form("How many?", "")),
            parts::of_form(&form("How few?", "<input ref=\"/data/y\"><label>Why?</label></input>")),
        );
        assert_eq!(found.iter().map(|one| one.part.as_str()).collect::<Vec<_>>(), ["/data/x", "/data/y"]);
        assert_eq!(found[0].before, "required: true(); input; How many?");
        assert_eq!(found[0].after, "required: true(); input; How few?");
    }

    #[test]
    fn of_a_rule_set_weights_combinations_indicators_and_their_order_are_named() {
        let text = include_str!("../../../../core/screening/rulesets/ilo-delphi-2009.json");
        let held = wayside_screening::ilo_delphi_2009().unwrap();
        let with = |change: &dyn Fn(&mut serde_json::Value)| {
            let mut document: serde_json::Value = serde_json::from_str(text).unwrap();
            document["version"] = 2.into();
            change(&mut document);
            let next = held.successor(&document.to_string()).unwrap();
            between(parts::of_rules(held), parts::of_rules(&next))
        };
        assert_eq!(rows(&with(&|_| ())), [("version", "1", "2")]);
        let found = with(&|document| {
            document["indicators"][0]["weights"]["AL"] = "M".into();
            document["combinations"][3]["m"] = 4.into();
            document["combinations"][3]["branch"] = "4M".into();
        });
        assert_eq!(rows(&found)[..2], [("combination 3M, m", "3", ""), ("combination 3M, s", "0", "")], "{found:?}");
        assert!(rows(&found).contains(&("indicator DR1, weight AL", "S", "M")));
        assert!(rows(&found).contains(&("combination 4M, m", "", "4")));
        assert_eq!((changed(&found, "indicator "), changed(&found, "combination ")), (1, 2));
        let found = with(&|document| document["combinations"].as_array_mut().unwrap().swap(0, 1));
        assert_eq!(found[0].part, "combinations, order");
        let found = with(&|document| document["caveats"].as_array_mut().unwrap().truncate(9));
        assert!(found[0].part.starts_with("caveat ") && found[0].after.is_empty(), "{found:?}");
    }
}
