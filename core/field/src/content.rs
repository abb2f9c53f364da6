//! What HQ hands out, as it comes in with the control log: checked whole, then in force at once. What is refused changes
//! nothing, what was there before stays, and [`Vault::content`] says what was refused and why.

use std::collections::BTreeSet;

use minicbor::{Decode, Encode};
use wayside_model::{Coded, ErrorCode, from_canonical, to_canonical};
use wayside_screening::bundle::{Bundle, Installed};
use wayside_screening::packs::Pack;
use wayside_screening::{ScreeningError, form_check};
use wayside_seal::content::{Content, ContentKind, Files};
use wayside_sync::wire::hex;
use wayside_vault::StoredForm;

use crate::error::{FieldError, Place};
use crate::forms::{self, LoadedForm, Source};
use crate::installed::{self, BUNDLE, BundleInForce, PACKS, RULE_SET, audio_setting, pack_setting, parsed, replaced};
use crate::site::{SERVICES, today};
use crate::terms;
use crate::vault::{Inner, Vault};

/// Setting that says what was handed out, and what of it was refused.
pub(crate) const CONTENT: &str = "content";

/// Something that HQ handed out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContentView {
    /// Its id: `ruleset/ilo-delphi-2009`, `pack/fr`, `services/SITE-1`, `bundle`, or a form's own.
    pub id: String,
    /// The version in use; empty where none of HQ's ever was.
    pub version: String,
    /// What HQ sent after it and this device did not take.
    pub refused: Option<RefusedView>,
}

/// Something that was refused. It changed nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedView {
    /// Its version.
    pub version: String,
    /// Why.
    pub code: ErrorCode,
    /// What is wrong, and where in HQ's document.
    pub at: String,
}

#[derive(Clone, Encode, Decode)]
struct Noted {
    #[n(0)]
    id: String,
    #[n(1)]
    version: String,
    #[n(2)]
    refused: Option<Refused>,
}

#[derive(Clone, Encode, Decode)]
struct Refused {
    #[n(0)]
    version: String,
    #[n(1)]
    code: String,
    #[n(2)]
    at: String,
}

/// Why a content is not taken.
struct Refusal {
    code: ErrorCode,
    at: String,
}

impl Refusal {
    const fn of(code: ErrorCode) -> Self {
        Self { code, at: String::new() }
    }
}

impl From<ScreeningError> for Refusal {
    fn from(error: ScreeningError) -> Self {
        Self { code: error.code(), at: error.to_string() }
    }
}

impl From<FieldError> for Refusal {
    fn from(error: FieldError) -> Self {
        let at = match error.place {
            Place::Line { line, column } => format!("line {line}, column {column}"),
            _ => String::new(),
        };
        Self { code: error.code, at }
    }
}

type Taken = Result<(), Refusal>;

impl Vault {
    /// What HQ has handed out to this device: versions in use, and what was refused, with its place.
    pub fn content(&self) -> Result<Vec<ContentView>, FieldError> {
        let view = |noted: Noted| ContentView {
            refused: noted.refused.map(|refused| RefusedView {
                code: ErrorCode::ALL
                    .iter()
                    .copied()
                    .find(|code| code.as_str() == refused.code)
                    .unwrap_or(ErrorCode::Bug),
                version: refused.version,
                at: refused.at,
            }),
            id: noted.id,
            version: noted.version,
        };
        Ok(noted(&self.inner)?.into_iter().map(view).collect())
    }
}

/// Takes one content in; the inner error is one that lies in the content.
pub(crate) fn take_in(inner: &Inner, bytes: &[u8]) -> Result<Result<(), ErrorCode>, FieldError> {
    let Ok(content) = Content::from_bytes(bytes) else { return Ok(Err(ErrorCode::SealMalformed)) };
    let taken = take(inner, &content)?;
    if content.kind != ContentKind::Audio {
        note(inner, &content, taken.as_ref().err())?;
    }
    Ok(taken.map_err(|refusal| refusal.code))
}

fn take(inner: &Inner, content: &Content) -> Result<Taken, FieldError> {
    let held = match content.kind {
        ContentKind::Services => inner.store.setting(SERVICES)?.map(|held| held.to_vec()),
        ContentKind::RuleSet => inner.store.setting(RULE_SET)?.map(|held| held.to_vec()),
        ContentKind::LanguagePack => inner.store.setting(&content.id)?.map(|held| held.to_vec()),
        ContentKind::Form => inner.store.form(&content.id)?.map(|held| held.xml.into_bytes()),
        ContentKind::Audio | ContentKind::Bundle => None,
        // Dictionaries come with the program; none is handed out yet.
        ContentKind::Dictionary => return Ok(Err(Refusal::of(ErrorCode::SealMalformed))),
    };
    // A patch starts from what HQ sent last, whether or not it could be used here; else from what is in use.
    let received = format!("content/{}/{}", content.kind as u8, content.id);
    let last = inner.store.setting(&received)?.map(|last| last.to_vec());
    let whole = match content.unpack(last.as_deref()).or_else(|_| content.unpack(held.as_deref())) {
        Ok(whole) => whole,
        Err(error) => return Ok(Err(Refusal::of(error.code()))),
    };
    if content.kind == ContentKind::Audio {
        return audio(inner, &whole);
    }
    inner.store.put_setting(&received, &whole)?;
    let Ok(text) = std::str::from_utf8(&whole) else { return Ok(Err(Refusal::of(ErrorCode::SealMalformed))) };
    let terms = content.terms.as_ref().map(|terms| terms.0.as_slice());
    match content.kind {
        ContentKind::Form => form(inner, text, terms),
        ContentKind::RuleSet => rule_set(inner, text),
        ContentKind::LanguagePack => pack(inner, text),
        ContentKind::Bundle => bundle(inner, text, terms),
        _ => services(inner, text),
    }
}

fn services(inner: &Inner, text: &str) -> Result<Taken, FieldError> {
    match installed::load(inner)?.take_services(text) {
        Ok(()) => Ok(Ok(inner.store.put_setting(SERVICES, text.as_bytes())?)),
        Err(error) => Ok(Err(error.into())),
    }
}

fn form(inner: &Inner, text: &str, terms: Option<&[u8]>) -> Result<Taken, FieldError> {
    let read = forms::read(text, Source::Hq).and_then(|form| Ok((terms::signed(terms, &form)?, form)));
    let (terms, form) = match read {
        Ok(read) => read,
        Err(error) => return Ok(Err(error.into())),
    };
    let installed = installed::load(inner)?;
    let checked = installed.check_form(&parsed(&form)).and_then(|()| match installed.purpose {
        wayside_screening::bundle::Purpose::Training => Ok(()),
        wayside_screening::bundle::Purpose::Production => form_check::check_reviewed(&parsed(&form)),
    });
    match checked {
        Ok(()) => Ok(Ok(forms::keep_signed(inner, &form, text, &terms)?)),
        Err(error) => Ok(Err(error.into())),
    }
}

/// A rule set is in force at once, for interviews that are open too: what they recorded is looked at by it when they finish.
fn rule_set(inner: &Inner, text: &str) -> Result<Taken, FieldError> {
    let mut next = installed::load(inner)?;
    if let Err(error) = next.take_rule_set(text) {
        return Ok(Err(error.into()));
    }
    let in_use = installed::forms_in_use(inner, &[])?;
    match in_use.iter().try_for_each(|form| next.check_form(&parsed(form))) {
        Ok(()) => Ok(Ok(inner.store.put_setting(RULE_SET, text.as_bytes())?)),
        Err(error) => Ok(Err(error.into())),
    }
}

/// Audio comes before the pack that names it; each file is kept under the hash that is made of it here.
fn audio(inner: &Inner, whole: &[u8]) -> Result<Taken, FieldError> {
    let Ok(Files(files)) = from_canonical::<Files>(whole) else {
        return Ok(Err(Refusal::of(ErrorCode::SealMalformed)));
    };
    let named: Vec<(String, Vec<u8>)> =
        files.into_iter().map(|file| (audio_setting(&hex(&wayside_seal::sha256(&file.0))), file.0)).collect();
    let settings: Vec<(&str, &[u8])> = named.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    Ok(Ok(inner.store.install(&[], &settings, &[])?))
}

fn pack(inner: &Inner, text: &str) -> Result<Taken, FieldError> {
    let before = installed::load(inner)?;
    let mut next = before.clone();
    let pack = match next.take_pack(text) {
        Ok(pack) => pack,
        Err(error) => return Ok(Err(error.into())),
    };
    if let Err(error) = installed::check_audio(inner, &pack)? {
        return Ok(Err(error.into()));
    }
    let put = Changes::of_packs(&before, &next, &[(pack.language, text.to_owned())])?;
    Ok(Ok(put.install(inner, &[])?))
}

fn bundle(inner: &Inner, text: &str, terms: Option<&[u8]>) -> Result<Taken, FieldError> {
    let bundle = match Bundle::from_json(text) {
        Ok(bundle) => bundle,
        Err(error) => return Ok(Err(error.into())),
    };
    let mut brought: Vec<(LoadedForm, &str)> = Vec::new();
    let mut decided = Vec::new();
    for (id, xml) in &bundle.forms {
        let read = forms::read(xml, Source::Bundle).and_then(|form| Ok((terms::signed(terms, &form)?, form)));
        match read {
            Ok((terms, form)) if form.reference.id == *id => {
                decided.push(terms::kept(&form, &terms));
                brought.push((form, xml));
            }
            Ok(_) => {
                return Ok(Err(Refusal { code: ErrorCode::BundleMalformed, at: format!("forms.{id}: another id") }));
            }
            Err(error) => {
                let Refusal { code, at } = error.into();
                return Ok(Err(Refusal { code, at: format!("forms.{id} {at}") }));
            }
        }
    }
    let replaced_ids: Vec<&str> = bundle.forms.keys().map(String::as_str).collect();
    let staying = installed::forms_in_use(inner, &replaced_ids)?;
    let all: Vec<_> = staying.iter().chain(brought.iter().map(|(form, _)| form)).map(parsed).collect();
    let before = installed::load(inner)?;
    let next = match bundle.install(&before, &all, today(inner)) {
        Ok(next) => next,
        Err(error) => return Ok(Err(error.into())),
    };
    let mut packs = Vec::new();
    for text in &bundle.packs {
        let pack = Pack::from_json(text)?;
        if let Err(error) = installed::check_audio(inner, &pack)? {
            return Ok(Err(error.into()));
        }
        packs.push((pack.language, text.clone()));
    }
    let mut put = Changes::of_packs(&before, &next, &packs)?;
    let in_force = BundleInForce { version: next.version, purpose: next.purpose };
    put.settings.push((BUNDLE.to_owned(), serde_json::to_vec(&in_force).map_err(|_| ErrorCode::Bug)?));
    put.settings.extend(bundle.rule_sets.iter().map(|text| (RULE_SET.to_owned(), text.clone().into_bytes())));
    put.settings.extend(bundle.services.iter().map(|text| (SERVICES.to_owned(), text.clone().into_bytes())));
    put.settings.extend(decided);
    let mut stored = Vec::new();
    for (form, xml) in &brought {
        let wayside_model::FormRef { id, version, sha256 } = form.reference.clone();
        put.settings.push((forms::vouched(&sha256), vec![1]));
        put.settings.push((replaced(&id), vec![1]));
        stored.push(StoredForm { id, version, sha256, xml: (*xml).to_owned() });
    }
    Ok(Ok(put.install(inner, &stored)?))
}

/// What is written in one step.
struct Changes {
    settings: Vec<(String, Vec<u8>)>,
    gone: Vec<String>,
}

impl Changes {
    /// These packs, and without the audio files that no pack names any more.
    fn of_packs(before: &Installed, next: &Installed, packs: &[(String, String)]) -> Result<Self, FieldError> {
        let named = |installed: &Installed| -> BTreeSet<String> {
            installed.packs.iter().flat_map(Pack::audio).map(audio_setting).collect()
        };
        let languages: Vec<&str> = next.packs.languages().collect();
        let mut settings: Vec<(String, Vec<u8>)> =
            packs.iter().map(|(language, text)| (pack_setting(language), text.clone().into_bytes())).collect();
        settings.push((PACKS.to_owned(), serde_json::to_vec(&languages).map_err(|_| ErrorCode::Bug)?));
        Ok(Self { settings, gone: named(before).difference(&named(next)).cloned().collect() })
    }

    fn install(&self, inner: &Inner, forms: &[StoredForm]) -> Result<(), FieldError> {
        let settings: Vec<(&str, &[u8])> =
            self.settings.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
        let gone: Vec<&str> = self.gone.iter().map(String::as_str).collect();
        Ok(inner.store.install(forms, &settings, &gone)?)
    }
}

fn noted(inner: &Inner) -> Result<Vec<Noted>, FieldError> {
    let Some(bytes) = inner.store.setting(CONTENT)? else { return Ok(Vec::new()) };
    Ok(from_canonical(&bytes)?)
}

fn note(inner: &Inner, content: &Content, refusal: Option<&Refusal>) -> Result<(), FieldError> {
    let mut all = noted(inner)?;
    if !all.iter().any(|held| held.id == content.id) {
        all.push(Noted { id: content.id.clone(), version: String::new(), refused: None });
        all.sort_by(|a, b| a.id.cmp(&b.id));
    }
    if let Some(held) = all.iter_mut().find(|held| held.id == content.id) {
        held.refused = refusal.map(|refusal| Refused {
            version: content.version.clone(),
            code: refusal.code.as_str().to_owned(),
            at: refusal.at.clone(),
        });
        if refusal.is_none() {
            held.version.clone_from(&content.version);
        }
    }
    Ok(inner.store.put_setting(CONTENT, &to_canonical(&all))?)
}
