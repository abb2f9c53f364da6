//! What is to be handed out, checked as a device will check it: against what devices hold that took everything so far.

use std::collections::{BTreeMap, BTreeSet};

use wayside_forms::{Extension, Form};
use wayside_model::FormTerms;
use wayside_screening::bundle::{Bundle, Installed, ParsedForm, Purpose};
use wayside_screening::forms::{BUILT_IN, NAMESPACE, built_in};
use wayside_screening::packs::Pack;
use wayside_screening::services::Services;
use wayside_screening::{RuleSet, form_check};
use wayside_seal::content::ContentKind;
use wayside_seal::sha256;
use wayside_sync::wire::hex;

use crate::contents::{Held, contents, kept};
use crate::hand_out::{HandedForm, Whom};
use crate::{Desk, DeskError, publishing};

/// What is handed out, after it was checked.
pub(crate) struct Checked {
    pub(crate) content: Held,
    /// Whose devices get it; empty: those of every site.
    pub(crate) site: String,
    /// Audio files that it names.
    pub(crate) audio: Vec<Vec<u8>>,
    /// What is decided of the forms of others in it, where something is.
    pub(crate) terms: Option<FormTerms>,
}

impl Checked {
    /// With what somebody decided of the forms of others in it; a trial may say what devices refuse.
    ///
    /// Fails with `session.reason` for a purpose that says nothing, `form.about_person` for a screening form that is said not
    /// to be about a person.
    pub(crate) fn decided(self, terms: Option<&FormTerms>, whom: Whom) -> Result<Self, DeskError> {
        let terms = terms.map(publishing::checked_terms).transpose()?;
        if whom.is_checked() && terms.as_ref().is_some_and(|terms| !terms.about_person) {
            let text = String::from_utf8_lossy(&self.content.whole);
            for (_, xml) in publishing::others_in(self.content.kind, &self.content.id, &text)? {
                if !as_rules_see(&Form::parse(&xml)?).is_of_others() {
                    return Err(DeskError::FormAboutPerson);
                }
            }
        }
        Ok(Self { terms, ..self })
    }
}

impl Desk {
    /// A directory as it is handed out, with the keys of services that have a desk here.
    pub(crate) fn checked_services(&self, json: &str, whom: Whom) -> Result<Checked, DeskError> {
        let json = self.with_keys(json)?;
        let services = match self.services_in_use(&Services::from_json(&json)?.site)? {
            Some(before) if whom.is_checked() => before.successor(&json)?,
            _ => Services::from_json(&json)?,
        };
        let (id, version) = (services_id(&services.site), services.version.to_string());
        let content = Held { kind: ContentKind::Services, id, version, whole: json.into_bytes() };
        Ok(Checked { content, site: services.site, audio: Vec::new(), terms: None })
    }

    /// A form as it is handed out. The rule sets have all that it asks for; it is none of those that come with the program.
    pub(crate) fn checked_form(&self, form: &HandedForm<'_>, whom: Whom) -> Result<Checked, DeskError> {
        if whom.is_checked() {
            if built_in(form.id).is_some() {
                return Err(DeskError::FormForbidden);
            }
            let (parsed, installed) = (Form::parse(form.xml)?, self.installed()?);
            let seen = as_rules_see(&parsed);
            installed.check_form(&seen)?;
            if installed.purpose == Purpose::Production {
                form_check::check_reviewed(&seen)?;
            }
        }
        let (id, version) = (form.id.to_owned(), form.version.to_owned());
        let content = Held { kind: ContentKind::Form, id, version, whole: form.xml.as_bytes().to_vec() };
        Ok(Checked { content, site: String::new(), audio: Vec::new(), terms: None })
    }

    /// A rule set that takes the place of the one devices have: it has all that their forms ask for.
    pub(crate) fn checked_rule_set(&self, json: &str, whom: Whom) -> Result<Checked, DeskError> {
        let (id, version) = if whom.is_checked() {
            let mut next = self.installed()?;
            let rules = next.take_rule_set(json)?;
            let named = (rules.id().to_owned(), rules.version().to_string());
            let forms = parse(self.forms_in_use("")?.values())?;
            forms.iter().map(as_rules_see).try_for_each(|form| next.check_form(&form))?;
            named
        } else {
            (wayside_screening::ilo_delphi_2009()?.id().to_owned(), String::from("trial"))
        };
        let whole = json.as_bytes().to_vec();
        let content = Held { kind: ContentKind::RuleSet, id: rule_set_id(&id), version, whole };
        Ok(Checked { content, site: String::new(), audio: Vec::new(), terms: None })
    }

    /// A language pack with the audio files it names.
    pub(crate) fn checked_pack(&self, json: &str, audio: &[Vec<u8>], whom: Whom) -> Result<Checked, DeskError> {
        let (language, version, audio) = if whom.is_checked() {
            let pack = self.installed()?.take_pack(json)?;
            let audio = named_audio(&[&pack], audio)?;
            (pack.language, pack.version.to_string(), audio)
        } else {
            let (language, version) = named_in(json);
            (language, version, audio.to_vec())
        };
        let whole = json.as_bytes().to_vec();
        let content = Held { kind: ContentKind::LanguagePack, id: pack_id(&language), version, whole };
        Ok(Checked { content, site: String::new(), audio, terms: None })
    }

    /// A bundle with the audio files its packs name. With a directory it is for that directory's site.
    pub(crate) fn checked_bundle(&self, json: &str, audio: &[Vec<u8>], whom: Whom) -> Result<Checked, DeskError> {
        let mut bundle = Bundle::from_json(json)?;
        bundle.services = bundle.services.map(|services| self.with_keys(&services)).transpose()?;
        let site = bundle_site(&bundle)?;
        let audio = if whom.is_checked() {
            let mut held = self.installed()?;
            held.services = self.services_in_use(&site)?;
            if let Some(before) = self.text_in_force(ContentKind::Bundle, &bundle_id(&site))? {
                let before = Bundle::from_json(&before)?;
                (held.version, held.purpose) = (before.version, before.purpose);
            }
            let mut forms = self.forms_in_use(&site)?;
            forms.extend(bundle.forms.clone());
            let forms = parse(forms.values())?;
            let forms: Vec<ParsedForm<'_>> = forms.iter().map(as_rules_see).collect();
            bundle.install(&held, &forms, crate::routes::now().date(0))?;
            let packs = bundle.packs.iter().map(|pack| Pack::from_json(pack)).collect::<Result<Vec<_>, _>>()?;
            named_audio(&packs.iter().collect::<Vec<_>>(), audio)?
        } else {
            audio.to_vec()
        };
        let whole = serde_json::to_vec(&bundle).map_err(|_| DeskError::Bug)?;
        let (id, version) = (bundle_id(&site), bundle.version.to_string());
        Ok(Checked { content: Held { kind: ContentKind::Bundle, id, version, whole }, site, audio, terms: None })
    }

    /// What devices hold that took everything handed out so far; the purpose of work is that of each bundle.
    pub(crate) fn installed(&self) -> Result<Installed, DeskError> {
        let mut installed = Installed::built_in()?;
        for content in self.all_in_force()? {
            let text = String::from_utf8_lossy(&content.whole);
            match content.kind {
                ContentKind::RuleSet => newer_rules(&mut installed, &text)?,
                ContentKind::LanguagePack => drop(installed.take_pack(&text)?),
                ContentKind::Bundle => {
                    let bundle = Bundle::from_json(&text)?;
                    bundle.rule_sets.iter().try_for_each(|text| newer_rules(&mut installed, text))?;
                    // An older pack of a bundle that was handed out before stays behind the one in force.
                    bundle.packs.iter().for_each(|text| drop(installed.take_pack(text)));
                    if bundle.purpose == Purpose::Production {
                        installed.purpose = Purpose::Production;
                    }
                }
                ContentKind::Form | ContentKind::Services | ContentKind::Dictionary | ContentKind::Audio => {}
            }
        }
        Ok(installed)
    }

    /// Forms that devices of this site have, by their ids; of every site, where it is empty.
    pub(crate) fn forms_in_use(&self, site: &str) -> Result<BTreeMap<String, String>, DeskError> {
        let mut forms: BTreeMap<String, String> =
            BUILT_IN.iter().map(|form| (form.id.to_owned(), form.xml().to_owned())).collect();
        for held in self.all_in_force()? {
            let text = String::from_utf8_lossy(&held.whole).into_owned();
            match held.kind {
                ContentKind::Form => drop(forms.insert(held.id, text)),
                ContentKind::Bundle => {
                    let bundle = Bundle::from_json(&text)?;
                    if site.is_empty() || ["", site].contains(&bundle_site(&bundle)?.as_str()) {
                        forms.extend(bundle.forms);
                    }
                }
                _ => {}
            }
        }
        Ok(forms)
    }

    /// The newest directory that devices of this site have, by itself or in a bundle.
    pub(crate) fn services_in_use(&self, site: &str) -> Result<Option<Services>, DeskError> {
        let alone = self.text_in_force(ContentKind::Services, &services_id(site))?;
        let bundle = self.text_in_force(ContentKind::Bundle, &bundle_id(site))?;
        let bundled = bundle.map(|text| Bundle::from_json(&text)).transpose()?.and_then(|bundle| bundle.services);
        let both = [alone, bundled].into_iter().flatten().map(|text| Services::from_json(&text));
        Ok(both.collect::<Result<Vec<_>, _>>()?.into_iter().max_by_key(|services| services.version))
    }

    /// The directory with the keys of the services that have a desk of their own, so that phones can seal to them. A key that
    /// stands there already is somebody's own entry and stays.
    pub(crate) fn with_keys(&self, json: &str) -> Result<String, DeskError> {
        let (mut services, keys) = (Services::from_json(json)?, self.service_keys()?);
        for service in &mut services.services {
            if let (None, Some(key)) = (&service.key, keys.get(&service.code)) {
                service.key = Some(hex(key.as_bytes()));
            }
        }
        serde_json::to_string(&services).map_err(|_| DeskError::Bug)
    }

    pub(crate) fn text_in_force(&self, kind: ContentKind, id: &str) -> Result<Option<String>, DeskError> {
        let whole = self.store.read(|c| kept(c, kind, id))?;
        Ok(whole.map(|whole| String::from_utf8_lossy(&whole).into_owned()))
    }

    fn all_in_force(&self) -> Result<Vec<Held>, DeskError> {
        self.store
            .read(|c| contents(c, "SELECT kind, id, version, whole FROM content WHERE kind <> 5 ORDER BY turn", ()))
    }
}

pub(crate) fn services_id(site: &str) -> String {
    format!("services/{site}")
}

pub(crate) fn rule_set_id(id: &str) -> String {
    format!("ruleset/{id}")
}

pub(crate) fn pack_id(language: &str) -> String {
    format!("pack/{language}")
}

pub(crate) fn bundle_id(site: &str) -> String {
    if site.is_empty() { "bundle".to_owned() } else { format!("bundle/{site}") }
}

/// The site of its directory; empty where it has none and is for all.
pub(crate) fn bundle_site(bundle: &Bundle) -> Result<String, DeskError> {
    let services = bundle.services.as_ref().map(|text| Services::from_json(text)).transpose()?;
    Ok(services.map(|services| services.site).unwrap_or_default())
}

fn parse<'a>(forms: impl Iterator<Item = &'a String>) -> Result<Vec<Form>, DeskError> {
    forms.map(|xml| Ok(Form::parse(xml)?)).collect()
}

/// A form as the screening rules look at it.
fn as_rules_see(form: &Form) -> ParsedForm<'_> {
    // The BCP 47 code stands in brackets.
    fn code(name: &str) -> &str {
        name.rsplit_once('(').and_then(|(_, rest)| rest.strip_suffix(')')).unwrap_or(name)
    }
    fn ours(attributes: &[Extension]) -> Vec<(&str, &str)> {
        let ours = attributes.iter().filter(|attribute| attribute.namespace == NAMESPACE);
        ours.map(|attribute| (attribute.name.as_str(), attribute.value.as_str())).collect()
    }
    ParsedForm {
        id: form.id(),
        languages: form.languages().iter().map(|name| code(name)).collect(),
        fields: form.questions().map(|question| (question.reference(), ours(question.attributes()))).collect(),
        headings: form.headings().map(|(place, attributes)| (place, ours(attributes))).collect(),
    }
}

/// Takes the rule set of a content in force, but for one that the program has overtaken since.
fn newer_rules(installed: &mut Installed, text: &str) -> Result<(), DeskError> {
    let rules = RuleSet::from_json(text)?;
    match installed.rule_sets.get(rules.id()) {
        Some(held) if held.version() >= rules.version() => Ok(()),
        _ => Ok(installed.take_rule_set(text).map(drop)?),
    }
}

/// Those of these files that the packs name; each of them is there.
fn named_audio(packs: &[&Pack], files: &[Vec<u8>]) -> Result<Vec<Vec<u8>>, DeskError> {
    let by_hash: BTreeMap<String, &Vec<u8>> = files.iter().map(|bytes| (hex(&sha256(bytes)), bytes)).collect();
    packs.iter().try_for_each(|pack| pack.check_audio(|sha256| by_hash.contains_key(sha256)))?;
    let named: BTreeSet<&str> = packs.iter().flat_map(|pack| pack.audio()).collect();
    Ok(named.into_iter().filter_map(|sha256| by_hash.get(sha256)).map(|bytes| (*bytes).clone()).collect())
}

/// Language and version of a pack that nobody has checked, as far as they can be read.
fn named_in(json: &str) -> (String, String) {
    let pack: serde_json::Value = serde_json::from_str(json).unwrap_or_default();
    (pack["language"].as_str().unwrap_or("und").to_owned(), pack["version"].to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_reviewed_too() {
        let xml = built_in("wayside-b0").unwrap().xml().replace("status=\"draft\"", "status=\"reviewed\"");
        let open = |xml: &str| form_check::check_reviewed(&as_rules_see(&Form::parse(xml).unwrap())).is_err();
        assert!(!open(&xml));
        let heading = "nodeset=\"/data/told_group\" wayside:status=";
        let drafted = xml.replace(&format!("{heading}\"reviewed\""), &format!("{heading}\"draft\""));
        assert!(drafted != xml && open(&drafted));
    }
}
