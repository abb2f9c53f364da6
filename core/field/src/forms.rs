//! Installed forms.

use std::collections::HashMap;
use std::sync::Arc;

use wayside_forms::{Extension, Form};
use wayside_model::{ErrorCode, FormRef, FormTerms};
use wayside_screening::forms::{BUILT_IN, NAMESPACE};

use crate::error::FieldError;
use crate::installed::replaced;
use crate::lists::{self, FormFile};
use crate::terms;
use crate::vault::Inner;

/// A form that can be filled.
#[derive(Clone, PartialEq, Eq)]
pub struct FormSummary {
    /// Its id.
    pub id: String,
    /// Its version.
    pub version: String,
    /// Its title.
    pub title: String,
    /// Its languages, as the form names them.
    pub languages: Vec<String>,
    /// Comes with this build.
    pub built_in: bool,
    /// For persons shown to be adults only.
    pub adults_only: bool,
    /// What HQ decided of a form of others; the strictest where nothing was decided. `None` of a form that comes with this build:
    /// its fields say themselves what they are for.
    pub terms: Option<FormTerms>,
}

/// A form ready for a session, with what the screening rules need to know of it.
pub(crate) struct LoadedForm {
    pub(crate) form: Arc<Form>,
    pub(crate) reference: FormRef,
    pub(crate) adults_only: bool,
    /// Profile of the rule set, where the form has screening meaning.
    pub(crate) profile: Option<String>,
    /// Hidden node that is preset to `adult` or `child`.
    pub(crate) route_node: Option<String>,
    extensions: HashMap<String, Vec<(String, String)>>,
}

impl LoadedForm {
    pub(crate) fn parse(xml: &str) -> Result<Self, FieldError> {
        let form = Form::parse(xml)?;
        let mut loaded = Self {
            reference: FormRef {
                id: form.id().to_owned(),
                version: form.version().to_owned(),
                sha256: wayside_seal::sha256(xml.as_bytes()),
            },
            adults_only: is_adults_only(form.id()),
            profile: None,
            route_node: None,
            extensions: HashMap::new(),
            form: Arc::new(form),
        };
        for question in loaded.form.questions() {
            let ours: Vec<(String, String)> = question
                .attributes()
                .iter()
                .filter(|attribute| attribute.namespace == NAMESPACE)
                .map(|attribute| (attribute.name.clone(), attribute.value.clone()))
                .collect();
            let get = |name: &str| ours.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
            if get("role").as_deref() == Some("route") {
                loaded.route_node = Some(question.reference().to_owned());
            }
            if let Some(profile) = get("profile") {
                loaded.profile = Some(profile);
            }
            if !ours.is_empty() {
                loaded.extensions.insert(question.reference().to_owned(), ours);
            }
        }
        Ok(loaded)
    }

    /// Every question's place with its attributes of our namespace.
    pub(crate) fn fields(&self) -> Vec<(&str, Vec<(&str, &str)>)> {
        self.form.questions().map(|question| (question.reference(), self.extensions(question.reference()))).collect()
    }

    /// Every heading's place with its attributes of our namespace.
    pub(crate) fn headings(&self) -> Vec<(&str, Vec<(&str, &str)>)> {
        fn ours(attributes: &[Extension]) -> Vec<(&str, &str)> {
            let ours = attributes.iter().filter(|attribute| attribute.namespace == NAMESPACE);
            ours.map(|attribute| (attribute.name.as_str(), attribute.value.as_str())).collect()
        }
        self.form.headings().map(|(place, attributes)| (place, ours(attributes))).collect()
    }

    /// Attributes of our namespace on the question at this place; positions of repeats do not matter.
    pub(crate) fn extensions(&self, reference: &str) -> Vec<(&str, &str)> {
        let attributes = self.extensions.get(&without_positions(reference));
        attributes.into_iter().flatten().map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }
}

pub(crate) fn without_positions(reference: &str) -> String {
    let mut inside = false;
    reference
        .chars()
        .filter(|&c| {
            let keep = !inside && c != '[';
            match c {
                '[' => inside = true,
                ']' => inside = false,
                _ => {}
            }
            keep
        })
        .collect()
}

fn is_adults_only(id: &str) -> bool {
    BUILT_IN.iter().any(|form| form.id == id && form.adult_only)
}

/// Where a form comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    /// This build.
    BuiltIn,
    /// HQ, signed.
    Hq,
    /// HQ, signed, in a bundle: it may bring a newer form under the id of one of this build.
    Bundle,
    /// Somebody at hand; nobody vouches for it.
    Hand,
}

pub(crate) fn install_built_in(inner: &Inner) -> Result<Vec<FormSummary>, FieldError> {
    for form in BUILT_IN {
        if inner.store.setting(&replaced(form.id))?.is_some() {
            continue;
        }
        keep(inner, &read(form.xml(), Source::BuiltIn)?, form.xml(), &[])?;
    }
    list(inner)
}

pub(crate) fn install(inner: &Inner, xml: &str, files: &[FormFile]) -> Result<FormSummary, FieldError> {
    keep(inner, &read(xml, Source::Hand)?, xml, files)
}

/// Reads a form without keeping it.
pub(crate) fn read(xml: &str, source: Source) -> Result<LoadedForm, FieldError> {
    let loaded = LoadedForm::parse(xml)?;
    // A form of others must not take the place of a screening form by using its id.
    if matches!(source, Source::Hq | Source::Hand) && BUILT_IN.iter().any(|form| form.id == loaded.reference.id) {
        return Err(ErrorCode::FormForbidden.into());
    }
    Ok(loaded)
}

pub(crate) fn keep(
    inner: &Inner,
    loaded: &LoadedForm,
    xml: &str,
    files: &[FormFile],
) -> Result<FormSummary, FieldError> {
    let FormRef { id, version, sha256 } = &loaded.reference;
    // Its lists first: a form in use has them.
    lists::keep(inner, &loaded.form, sha256, files)?;
    inner.store.put_form(id, version, sha256, xml)?;
    summary(inner, loaded)
}

/// Keeps a form that HQ signed, with what it decided of it.
pub(crate) fn keep_signed(inner: &Inner, loaded: &LoadedForm, xml: &str, terms: &FormTerms) -> Result<(), FieldError> {
    // Its terms first: a form that HQ vouches for has them.
    let (name, value) = terms::kept(loaded, terms);
    inner.store.put_setting(&name, &value)?;
    keep(inner, loaded, xml, &[])?;
    Ok(inner.store.put_setting(&vouched(&loaded.reference.sha256), &[1])?)
}

/// Whether a form came with the program or signed by HQ: exactly these bytes.
pub(crate) fn is_signed(inner: &Inner, form: &FormRef) -> Result<bool, FieldError> {
    let own = |form: &FormRef| {
        BUILT_IN.iter().any(|own| own.id == form.id && wayside_seal::sha256(own.xml().as_bytes()) == form.sha256)
    };
    Ok(own(form) || inner.store.setting(&vouched(&form.sha256))?.is_some())
}

/// Name of the setting that says that HQ has signed a form.
pub(crate) fn vouched(sha256: &[u8; 32]) -> String {
    format!("form/{}", wayside_sync::wire::hex(sha256))
}

pub(crate) fn list(inner: &Inner) -> Result<Vec<FormSummary>, FieldError> {
    inner.store.forms()?.iter().map(|stored| summary(inner, &LoadedForm::parse(&stored.xml)?)).collect()
}

pub(crate) fn load(inner: &Inner, id: &str) -> Result<LoadedForm, FieldError> {
    let stored = inner.store.form(id)?.ok_or(ErrorCode::FormUnknown)?;
    LoadedForm::parse(&stored.xml)
}

/// Exactly this form, whether or not a newer one is in use.
pub(crate) fn load_exactly(inner: &Inner, id: &str, sha256: &[u8; 32]) -> Result<LoadedForm, FieldError> {
    let stored = inner.store.form_exactly(id, sha256)?.ok_or(ErrorCode::FormUnknown)?;
    LoadedForm::parse(&stored.xml)
}

fn summary(inner: &Inner, loaded: &LoadedForm) -> Result<FormSummary, FieldError> {
    let built_in = BUILT_IN.iter().any(|form| form.id == loaded.reference.id);
    Ok(FormSummary {
        id: loaded.reference.id.clone(),
        version: loaded.reference.version.clone(),
        title: loaded.form.title().to_owned(),
        languages: loaded.form.languages().to_vec(),
        built_in,
        adults_only: loaded.adults_only,
        terms: if built_in { None } else { Some(terms::of(inner, loaded)?) },
    })
}

#[cfg(test)]
mod tests {
    use wayside_screening::form_check::check_reviewed;

    use super::*;

    #[test]
    fn a_form_in_production_has_its_headings_reviewed_too() {
        let xml = wayside_screening::forms::built_in("wayside-b0").unwrap().xml();
        let open = |xml: &str| {
            let form = LoadedForm::parse(xml).unwrap();
            check_reviewed(&crate::installed::parsed(&form)).err().map(|error| error.to_string())
        };
        let reviewed = xml.replace("wayside:status=\"draft\"", "wayside:status=\"reviewed\"");
        assert_eq!(open(&reviewed), None);
        let heading = |status: &str| format!("<bind nodeset=\"/data/decide_group\" wayside:status=\"{status}\"/>");
        let (group, draft) = (heading("reviewed"), heading("draft"));
        assert!(reviewed.contains(&group));
        let said = open(&reviewed.replace(&group, &draft));
        assert_eq!(said.as_deref(), Some("nobody has reviewed /data/decide_group in en"));
    }

    #[test]
    fn positions_are_taken_out() {
        assert_eq!(without_positions("/data/r[2]/s[10]/q"), "/data/r/s/q");
        assert_eq!(without_positions("/data/q"), "/data/q");
    }
}
