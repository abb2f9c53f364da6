//! What HQ hands out: services directories, forms, rule sets, language packs and bundles of these, signed into the control log
//! of every device they are for. `checked` looks at each as a device will.

use rusqlite::Connection;
use wayside_model::{DeviceId, FormTerms};

use crate::checked::Checked;
use crate::contents::{
    Held, append_all, audio_file, audio_for_all, audio_site, end_trial, entries, forget_audio, keep, kept, length,
    note_trial,
};
use crate::enrolment::SERVICE_ROLE;
use crate::{Delivery, Desk, DeskError, actors, audit, publishing, words};

/// A form, as its XML says.
#[derive(Debug, Clone, Copy)]
pub struct HandedForm<'a> {
    /// Its id.
    pub id: &'a str,
    /// Its version.
    pub version: &'a str,
    /// The XForm. Whoever calls has parsed it.
    pub xml: &'a str,
    /// What is decided of it; where nothing is said, what was decided of it before stays.
    pub terms: Option<&'a FormTerms>,
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
    pub(crate) const fn is_checked(self) -> bool {
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
        let checked = self.checked_services(json, whom)?;
        let site = checked.site.clone();
        self.hand_out(checked, whom)?;
        Ok((site, self.deliver_all()?))
    }

    /// Hands out a form. It can be used on the devices from then on, behind the same gates and consent as those that come
    /// with the program, but where its terms say that it is not about a person. Terms stand in the audit.
    ///
    /// # Errors
    /// `form.forbidden` for the id of a form that comes with the program, `form.*` for one that does not read,
    /// `indicator.unknown`; `bundle.not_reviewed` where devices work with people; `form.about_person` for a screening form
    /// that is said not to be about a person, `session.reason` for terms without a purpose.
    pub fn hand_out_form(&self, form: &HandedForm<'_>, whom: Whom) -> Result<Delivery, DeskError> {
        self.hand_out(self.checked_form(form, whom)?.decided(form.terms, whom)?, whom)?;
        self.deliver_all()
    }

    /// Hands out a newer version of the rule set that comes with the program. It has to have all that the forms in use ask for.
    /// Returns the content's id.
    ///
    /// # Errors
    /// `ruleset.malformed` with the place, `ruleset.unknown` for another rule set, `ruleset.downgrade`, `indicator.unknown`;
    /// `bundle.not_reviewed` where devices work with people.
    pub fn hand_out_rule_set(&self, json: &str, whom: Whom) -> Result<(String, Delivery), DeskError> {
        let checked = self.checked_rule_set(json, whom)?;
        let id = checked.content.id.clone();
        self.hand_out(checked, whom)?;
        Ok((id, self.deliver_all()?))
    }

    /// Hands out a language pack with its audio files. Files that devices have from an earlier version are not sent again, and
    /// files that it does not name are not sent at all. Returns the content's id.
    ///
    /// # Errors
    /// `pack.malformed` with the place, `pack.incomplete`, `pack.audio`, `bundle.downgrade`; `bundle.not_reviewed` where
    /// devices work with people.
    pub fn hand_out_pack(&self, json: &str, audio: &[Vec<u8>], whom: Whom) -> Result<(String, Delivery), DeskError> {
        let checked = self.checked_pack(json, audio, whom)?;
        let id = checked.content.id.clone();
        self.hand_out(checked, whom)?;
        Ok((id, self.deliver_all()?))
    }

    /// Hands out a bundle: rule sets, forms, services and language packs that devices take as a whole or not at all
    /// ([`crate::BundleList::compose`] makes one of files). Returns the content's id.
    ///
    /// # Errors
    /// `bundle.malformed` with the place, `bundle.expired`, `bundle.downgrade`, `bundle.not_reviewed`, and whatever is wrong
    /// with a part. `terms` are decided of every form of others in it; as with [`Desk::hand_out_form`].
    pub fn hand_out_bundle(
        &self,
        json: &str,
        audio: &[Vec<u8>],
        terms: Option<&FormTerms>,
        whom: Whom,
    ) -> Result<(String, Delivery), DeskError> {
        let checked = self.checked_bundle(json, audio, whom)?.decided(terms, whom)?;
        let id = checked.content.id.clone();
        self.hand_out(checked, whom)?;
        Ok((id, self.deliver_all()?))
    }

    fn hand_out(&self, checked: Checked, whom: Whom) -> Result<(), DeskError> {
        self.write_sealed(|sealer| {
            if let (Some(terms), Whom::Everybody) = (&checked.terms, whom) {
                let object = words::decided(&checked.content.id, terms);
                audit::append(sealer, None, "form_terms", &object, "", crate::routes::now())?;
            }
            self.hand_out_in(sealer.tx, &checked, whom)
        })
    }

    /// To each device a patch from the version before, which stands in its log as this one will; the whole where that is
    /// shorter, where there is none before, and where the device has tried another. To be called inside the transaction it
    /// belongs to.
    pub(crate) fn hand_out_in(&self, tx: &Connection, checked: &Checked, whom: Whom) -> Result<(), DeskError> {
        let Checked { content, site, audio, terms } = checked;
        actors::note(tx, content)?;
        let all: Vec<Held> = audio.iter().map(|bytes| audio_file(bytes)).collect();
        if let Whom::One { device, .. } = whom {
            note_trial(tx, device, content)?;
            let terms = match terms {
                Some(terms) => Some(publishing::trial_terms(content, terms)?),
                None => publishing::signed_terms(tx, content)?,
            };
            return append_all(tx, &self.signing, device, &entries(&all, content, None, terms)?);
        }
        if let Some(terms) = terms {
            publishing::keep_terms(tx, content, terms)?;
        }
        let terms = publishing::signed_terms(tx, content)?;
        let devices: Vec<DeviceId> = tx
            .prepare_cached(
                "SELECT id FROM device WHERE confirmed_at IS NOT NULL AND revoked_at IS NULL
                    AND role <> ?2 AND (?1 = '' OR site = ?1)",
            )?
            .query_map([site.as_str(), SERVICE_ROLE], |row| row.get(0).map(DeviceId::from_bytes))?
            .collect::<Result<_, _>>()?;
        let before = kept(tx, content.kind, &content.id)?;
        let (mut new, mut sent) = (Vec::new(), Vec::new());
        for file in &all {
            match audio_site(tx, file)? {
                Some(held) if held.is_empty() || held == *site => continue,
                // Devices of another site have it: from now on it is for all, and keeps its turn before what names it there.
                Some(_) => audio_for_all(tx, file)?,
                None => new.push(file),
            }
            sent.push(file);
        }
        new.into_iter().chain([content]).try_for_each(|held| keep(tx, held, site))?;
        forget_audio(tx)?;
        let whole = entries(sent.iter().copied(), content, None, terms.clone())?;
        let patch = before.map(|before| entries(sent.iter().copied(), content, Some(&before), terms.clone()));
        let patch = patch.transpose()?;
        for device in devices {
            if end_trial(tx, device, content)? {
                // With what it tried it let go of the audio that only the version before names.
                append_all(tx, &self.signing, device, &entries(&all, content, None, terms.clone())?)?;
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
