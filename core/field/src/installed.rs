//! What HQ has handed out besides forms, as it is in use on this device: rule set, services, language packs with their audio.
//! Everything lies in the vault, the sound too; what comes with the program holds until HQ sends something newer.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use wayside_model::ErrorCode;
use wayside_screening::bundle::{Installed, ParsedForm, Purpose};
use wayside_screening::packs::{Pack, Packs};
use wayside_screening::{RuleSet, ilo_delphi_2009};
use wayside_sync::wire::hex;

use crate::content::CONTENT;
use crate::entity_cases;
use crate::error::FieldError;
use crate::forms::{self, LoadedForm};
use crate::pages::code;
use crate::site::{self, SERVICES};
use crate::terms;
use crate::vault::Inner;

/// Setting that holds the rule set HQ handed out, as JSON.
pub(crate) const RULE_SET: &str = "ruleset";
/// Setting that holds the version and the purpose of the bundle in force.
pub(crate) const BUNDLE: &str = "bundle";
/// Setting that lists the languages there are packs for.
pub(crate) const PACKS: &str = "packs";

/// Setting that holds the pack of a language.
pub(crate) fn pack_setting(language: &str) -> String {
    format!("pack/{language}")
}

/// Setting that holds an audio file, by its SHA-256 in hexadecimal digits.
pub(crate) fn audio_setting(sha256: &str) -> String {
    format!("audio/{sha256}")
}

/// Setting that says that HQ has handed out a form under the id of a built-in one, which then stays in use.
pub(crate) fn replaced(form: &str) -> String {
    format!("form-of-hq/{form}")
}

#[derive(Serialize, Deserialize)]
pub(crate) struct BundleInForce {
    pub(crate) version: u32,
    pub(crate) purpose: Purpose,
}

/// The rule set in use: the newer of HQ's and the built-in one.
pub(crate) fn rules(inner: &Inner) -> Result<RuleSet, FieldError> {
    let built_in = ilo_delphi_2009()?;
    let Some(text) = text(&inner.store, RULE_SET)? else { return Ok(built_in.clone()) };
    let held = RuleSet::from_json(&text)?;
    Ok(if held.version() > built_in.version() { held } else { built_in.clone() })
}

/// The language packs of this device.
pub(crate) fn packs(inner: &Inner) -> Result<Packs, FieldError> {
    packs_in(&inner.store)
}

fn packs_in(store: &wayside_vault::Vault) -> Result<Packs, FieldError> {
    let mut packs = Packs::default();
    for language in languages(store)? {
        let text = text(store, &pack_setting(&language))?.ok_or(ErrorCode::VaultDamaged)?;
        packs.install(Pack::from_json(&text)?)?;
    }
    Ok(packs)
}

fn languages(store: &wayside_vault::Vault) -> Result<Vec<String>, FieldError> {
    let listed = text(store, PACKS)?.map(|text| serde_json::from_str(&text)).transpose();
    Ok(listed.map_err(|_| ErrorCode::VaultDamaged)?.unwrap_or_default())
}

/// All of it.
pub(crate) fn load(inner: &Inner) -> Result<Installed, FieldError> {
    let bundle = text(&inner.store, BUNDLE)?.map(|text| serde_json::from_str::<BundleInForce>(&text)).transpose();
    let bundle = bundle.map_err(|_| ErrorCode::VaultDamaged)?;
    let rules = rules(inner)?;
    Ok(Installed {
        version: bundle.as_ref().map_or(0, |bundle| bundle.version),
        purpose: bundle.map_or(Purpose::Training, |bundle| bundle.purpose),
        rule_sets: [(rules.id().to_owned(), rules)].into(),
        services: site::services(inner)?,
        packs: packs(inner)?,
    })
}

/// The bytes of an audio file; `None` where it is not here. They are what their name says, or `vault.tampered`.
pub(crate) fn audio(inner: &Inner, sha256: &str) -> Result<Option<Vec<u8>>, FieldError> {
    let Some(bytes) = inner.store.setting(&audio_setting(sha256))? else { return Ok(None) };
    if hex(&wayside_seal::sha256(&bytes)) != sha256 {
        return Err(ErrorCode::VaultTampered.into());
    }
    Ok(Some(bytes.to_vec()))
}

/// Whether the audio files a pack names are here.
pub(crate) fn check_audio(
    inner: &Inner,
    pack: &Pack,
) -> Result<Result<(), wayside_screening::ScreeningError>, FieldError> {
    let mut held = BTreeSet::new();
    for sha256 in pack.audio() {
        if inner.store.setting(&audio_setting(sha256))?.is_some() {
            held.insert(sha256);
        }
    }
    Ok(pack.check_audio(|sha256| held.contains(sha256)))
}

/// The forms in use that HQ or this build vouches for, but for those of these ids, as the rules look at them.
pub(crate) fn forms_in_use(inner: &Inner, but: &[&str]) -> Result<Vec<LoadedForm>, FieldError> {
    let mut loaded = Vec::new();
    for form in inner.store.forms()?.iter().filter(|form| !but.contains(&form.id.as_str())) {
        let form = LoadedForm::parse(&form.xml)?;
        if forms::is_signed(inner, &form.reference)? {
            loaded.push(form);
        }
    }
    Ok(loaded)
}

/// A form as the screening rules look at it.
pub(crate) fn parsed(form: &LoadedForm) -> ParsedForm<'_> {
    ParsedForm {
        id: &form.reference.id,
        languages: form.form.languages().iter().map(|name| code(name)).collect(),
        fields: form.fields(),
        headings: form.headings(),
    }
}

/// Gives another vault of this worker what HQ handed out and the forms that are installed, with their lists and sound: no key,
/// and nothing of a case. What it had of HQ's before gives way.
pub(crate) fn give(inner: &Inner, to: &wayside_vault::Vault) -> Result<(), FieldError> {
    let audio = |packs: &Packs| -> BTreeSet<String> { packs.iter().flat_map(Pack::audio).map(audio_setting).collect() };
    let (before, now) = (audio(&packs_in(to)?), audio(&packs(inner)?));
    for name in &now {
        if let (None, Some(bytes)) = (to.setting(name)?, inner.store.setting(name)?) {
            to.put_setting(name, &bytes)?;
        }
    }
    let forms = inner.store.forms()?;
    let marks =
        forms.iter().flat_map(|form| [replaced(&form.id), forms::vouched(&form.sha256), terms::setting(&form.sha256)]);
    let packs = languages(&inner.store)?.into_iter().map(|language| pack_setting(&language));
    let names = [SERVICES, RULE_SET, BUNDLE, PACKS, CONTENT].map(str::to_owned).into_iter().chain(packs).chain(marks);
    let mut settings = Vec::new();
    for name in names {
        if let Some(value) = inner.store.setting(&name)? {
            settings.push((name, value));
        }
    }
    let settings: Vec<(&str, &[u8])> = settings.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
    let gone: Vec<&str> = before.difference(&now).map(String::as_str).collect();
    to.install(&forms, &settings, &gone)?;
    entity_cases::give(inner, to)
}

fn text(store: &wayside_vault::Vault, setting: &str) -> Result<Option<String>, FieldError> {
    let Some(bytes) = store.setting(setting)?.filter(|bytes| !bytes.is_empty()) else { return Ok(None) };
    String::from_utf8(bytes.to_vec()).map(Some).map_err(|_| ErrorCode::VaultDamaged.into())
}
