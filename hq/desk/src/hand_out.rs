//! What HQ hands out: services directories, forms, rule sets, language packs and bundles of these, signed into the control log
//! of every device they are for. Each is checked here as a device will check it.

use std::collections::BTreeSet;

use rusqlite::Connection;
use wayside_model::DeviceId;
use wayside_screening::RuleSet;
use wayside_screening::bundle::{Bundle, Installed, ParsedForm, Purpose};
use wayside_screening::packs::Pack;
use wayside_screening::services::Services;
use wayside_seal::content::ContentKind;
use wayside_seal::sha256;
use wayside_sync::wire::hex;

use crate::contents::{
    Held, append_all, audio_file, contents, end_trial, entries, forget_audio, keep, kept, length, note_trial,
};
use crate::enrolment::SERVICE_ROLE;
use crate::{Delivery, Desk, DeskError};

/// A form, as its XML says.
#[derive(Debug, Clone, Copy)]
pub struct HandedForm<'a> {
    /// Its id.
    pub id: &'a str,
    /// Its version.
    pub version: &'a str,
    /// The XForm. Whoever calls has parsed it.
    pub xml: &'a str,
}

/// Who gets it.
#[derive(Debug, Clone, Copy)]
pub enum Whom {
    /// Every device it is for, now and later.
    Everybody,
    /// One device, as a trial: nothing is kept of it here, and no other device gets it.
    One {
        /// The device.
        device: DeviceId,
        /// Also where the check here refuses it, to see the device refuse it.
        unchecked: bool,
    },
}

impl Whom {
    const fn is_checked(self) -> bool {
        !matches!(self, Self::One { unchecked: true, .. })
    }
}

impl Desk {
    /// Hands a site's services directory to its devices, now and to those that are confirmed later. Without one no device of
    /// the site is ready for an interview. Returns the site's code.
    ///
    /// # Errors
    /// `services.malformed` with the place, `bundle.downgrade` for a version that is not newer than the one handed out.
    pub fn hand_out_services(&self, json: &str, whom: Whom) -> Result<(String, Delivery), DeskError> {
        let (content, site) = self.checked_services(json, whom)?;
        self.hand_out(&[], &content, &site, whom)?;
        Ok((site, self.deliver_all()?))
    }

    /// A directory as it is handed out, checked as a device does, and the code of its site.
    pub(crate) fn checked_services(&self, json: &str, whom: Whom) -> Result<(Held, String), DeskError> {
        let json = self.with_keys(json)?;
        let services =
            match self.text_in_force(ContentKind::Services, &services_id(&Services::from_json(&json)?.site))? {
                Some(before) if whom.is_checked() => Services::from_json(&before)?.successor(&json)?,
                _ => Services::from_json(&json)?,
            };
        let content = Held {
            kind: ContentKind::Services,
            id: services_id(&services.site),
            version: services.version.to_string(),
            whole: json.into_bytes(),
        };
        Ok((content, services.site))
    }

    /// Hands out a form. It can be used on the devices from then on, behind the same gates and consent as those that come
    /// with the program.
    ///
    /// # Errors
    /// `form.forbidden` for the id of a form that comes with the program.
    pub fn hand_out_form(&self, form: &HandedForm<'_>, whom: Whom) -> Result<Delivery, DeskError> {
        self.hand_out(&[], &checked_form(form, whom)?, "", whom)?;
        self.deliver_all()
    }

    /// Hands out a newer version of the rule set that comes with the program. `forms` are the forms that come with it, as an
    /// XForms parser read them: the rule set has to have all that they ask for.
    ///
    /// # Errors
    /// `ruleset.malformed` with the place, `ruleset.unknown` for another rule set, `ruleset.downgrade`, `indicator.unknown`.
    pub fn hand_out_rule_set(
        &self,
        json: &str,
        forms: &[ParsedForm<'_>],
        whom: Whom,
    ) -> Result<(String, Delivery), DeskError> {
        let (id, version) = match whom.is_checked() {
            true => {
                let mut next = self.installed()?;
                let rules = next.take_rule_set(json)?;
                let named = (rules.id().to_owned(), rules.version().to_string());
                forms.iter().try_for_each(|form| next.check_form(form))?;
                named
            }
            false => (wayside_screening::ilo_delphi_2009()?.id().to_owned(), String::from("trial")),
        };
        let id = format!("ruleset/{id}");
        let content = Held { kind: ContentKind::RuleSet, id: id.clone(), version, whole: json.as_bytes().to_vec() };
        self.hand_out(&[], &content, "", whom)?;
        Ok((id, self.deliver_all()?))
    }

    /// Hands out a language pack with its audio files. Files that devices have from an earlier version are not sent again.
    ///
    /// # Errors
    /// `pack.malformed` with the place, `pack.incomplete`, `pack.audio`, `bundle.downgrade`.
    pub fn hand_out_pack(&self, json: &str, audio: &[Vec<u8>], whom: Whom) -> Result<(String, Delivery), DeskError> {
        let (language, version) = match whom.is_checked() {
            true => {
                let pack = self.installed()?.take_pack(json)?;
                check_audio(&pack, audio)?;
                (pack.language, pack.version.to_string())
            }
            false => named_in(json),
        };
        let id = format!("pack/{language}");
        let content =
            Held { kind: ContentKind::LanguagePack, id: id.clone(), version, whole: json.as_bytes().to_vec() };
        self.hand_out(audio, &content, "", whom)?;
        Ok((id, self.deliver_all()?))
    }

    /// Hands out a bundle: rule sets, forms, services and language packs that devices take as a whole or not at all. `forms`
    /// are its forms and those that come with the program and stay, as an XForms parser read them.
    ///
    /// # Errors
    /// `bundle.malformed` with the place, `bundle.expired`, `bundle.downgrade`, `bundle.not_reviewed`, and whatever is wrong
    /// with a part.
    pub fn hand_out_bundle(
        &self,
        json: &str,
        forms: &[ParsedForm<'_>],
        audio: &[Vec<u8>],
        whom: Whom,
    ) -> Result<(String, Delivery), DeskError> {
        let mut bundle = Bundle::from_json(json)?;
        bundle.services = bundle.services.map(|services| self.with_keys(&services)).transpose()?;
        let site = bundle.services.as_ref().map(|text| Services::from_json(text)).transpose()?;
        let site = site.map(|services| services.site).unwrap_or_default();
        if whom.is_checked() {
            let mut held = self.installed()?;
            held.services = self
                .text_in_force(ContentKind::Services, &services_id(&site))?
                .map(|text| Services::from_json(&text))
                .transpose()?;
            if let Some(before) = self.text_in_force(ContentKind::Bundle, &bundle_id(&site))? {
                let before = Bundle::from_json(&before)?;
                (held.version, held.purpose) = (before.version, before.purpose);
            }
            bundle.install(&held, forms, crate::routes::now().date(0))?;
            for pack in &bundle.packs {
                check_audio(&Pack::from_json(pack)?, audio)?;
            }
        }
        let whole = serde_json::to_vec(&bundle).map_err(|_| DeskError::Bug)?;
        let id = bundle_id(&site);
        let content = Held { kind: ContentKind::Bundle, id: id.clone(), version: bundle.version.to_string(), whole };
        self.hand_out(audio, &content, &site, whom)?;
        Ok((id, self.deliver_all()?))
    }

    /// What devices hold that took everything handed out so far; the purpose of work is that of each bundle.
    fn installed(&self) -> Result<Installed, DeskError> {
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

    fn hand_out(&self, audio: &[Vec<u8>], content: &Held, site: &str, whom: Whom) -> Result<(), DeskError> {
        self.store.write(|tx| self.hand_out_in(tx, audio, content, site, whom))
    }

    /// To each device a patch from the version before, which stands in its log as this one will; the whole where that is
    /// shorter, where there is none before, and where the device has tried another. To be called inside the transaction it
    /// belongs to.
    pub(crate) fn hand_out_in(
        &self,
        tx: &Connection,
        audio: &[Vec<u8>],
        content: &Held,
        site: &str,
        whom: Whom,
    ) -> Result<(), DeskError> {
        let all: Vec<Held> = audio.iter().map(|bytes| audio_file(bytes)).collect();
        if let Whom::One { device, .. } = whom {
            note_trial(tx, device, content)?;
            return append_all(tx, &self.signing, device, &entries(&all, content, None)?);
        }
        let devices: Vec<DeviceId> = tx
            .prepare_cached(
                "SELECT id FROM device WHERE confirmed_at IS NOT NULL AND revoked_at IS NULL
                    AND role <> ?2 AND (?1 = '' OR site = ?1)",
            )?
            .query_map([site, SERVICE_ROLE], |row| row.get(0).map(DeviceId::from_bytes))?
            .collect::<Result<_, _>>()?;
        let before = kept(tx, content.kind, &content.id)?;
        let mut new = Vec::new();
        for file in &all {
            if kept(tx, file.kind, &file.id)?.is_none() {
                new.push(file);
            }
        }
        new.iter().copied().chain([content]).try_for_each(|held| keep(tx, held, site))?;
        forget_audio(tx)?;
        let whole = entries(new.iter().copied(), content, None)?;
        let patch = before.map(|before| entries(new.iter().copied(), content, Some(&before))).transpose()?;
        for device in devices {
            if end_trial(tx, device, content)? {
                // With what it tried it let go of the audio that only the version before names.
                append_all(tx, &self.signing, device, &entries(&all, content, None)?)?;
                continue;
            }
            let shorter = patch.as_ref().filter(|patch| length(patch) < length(&whole));
            append_all(tx, &self.signing, device, shorter.unwrap_or(&whole))?;
        }
        Ok(())
    }

    pub(crate) fn deliver_all(&self) -> Result<Delivery, DeskError> {
        let posted = self.post_control()?;
        Ok(posted.failed.first().map_or(Delivery::Sent, |(_, code)| Delivery::later(*code)))
    }
}

pub(crate) fn services_id(site: &str) -> String {
    format!("services/{site}")
}

/// A form as it is handed out.
pub(crate) fn checked_form(form: &HandedForm<'_>, whom: Whom) -> Result<Held, DeskError> {
    if whom.is_checked() && wayside_screening::forms::built_in(form.id).is_some() {
        return Err(DeskError::FormForbidden);
    }
    Ok(Held {
        kind: ContentKind::Form,
        id: form.id.to_owned(),
        version: form.version.to_owned(),
        whole: form.xml.as_bytes().to_vec(),
    })
}

fn bundle_id(site: &str) -> String {
    if site.is_empty() { "bundle".to_owned() } else { format!("bundle/{site}") }
}

/// Takes the rule set of a content in force, but for one that the program has overtaken since.
fn newer_rules(installed: &mut Installed, text: &str) -> Result<(), DeskError> {
    let rules = RuleSet::from_json(text)?;
    match installed.rule_sets.get(rules.id()) {
        Some(held) if held.version() >= rules.version() => Ok(()),
        _ => Ok(installed.take_rule_set(text).map(drop)?),
    }
}

fn check_audio(pack: &Pack, files: &[Vec<u8>]) -> Result<(), DeskError> {
    let held: BTreeSet<String> = files.iter().map(|bytes| hex(&sha256(bytes))).collect();
    Ok(pack.check_audio(|sha256| held.contains(sha256))?)
}

/// Language and version of a pack that nobody has checked, as far as they can be read.
fn named_in(json: &str) -> (String, String) {
    let pack: serde_json::Value = serde_json::from_str(json).unwrap_or_default();
    (pack["language"].as_str().unwrap_or("und").to_owned(), pack["version"].to_string())
}
