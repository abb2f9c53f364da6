//! Referring a person to a service: what goes, to whom, and that the person agreed to exactly that.

use wayside_model::{ConsentLine, ErrorCode, Event, EventBody, EventId, ReferralLetter, SentReferral};
use wayside_screening::ScreeningError;
use wayside_screening::locks::Keep;
use wayside_screening::referral::{Handover, Referral, State, Urgency};
use wayside_seal::hpke::PublicKey;
use wayside_seal::{random, referral};

use crate::contact;
use crate::error::FieldError;
use crate::finish;
use crate::session::FormSession;
use crate::site;

/// Referrals go before everything else (class P0).
const PRIORITY: u8 = 0;

/// A referral to send. No `Debug`: it is about one person.
#[derive(Clone, PartialEq, Eq)]
pub struct ReferralInput {
    /// Code of the service in the site's directory.
    pub recipient: String,
    /// How soon.
    pub urgency: Urgency,
    /// How it is handed over.
    pub handover: Handover,
    /// What the person wants, in a sentence without names.
    pub wants: String,
    /// What goes with it: field (`needs`, `age`, `language`, `contact`, `name`, `summary`, `answers`) and value.
    pub fields: Vec<(String, String)>,
    /// Whether the person was told that the service may have to report to authorities.
    pub warned: bool,
}

impl FormSession {
    /// Refers the person to a service: seals a letter with these fields to the service, where the directory has its key, and
    /// tells HQ that it went, to whom and what kind of fields it has, never their values. Needs consent to a record, and line
    /// C4 for this recipient that names every field; C3 where a name or contact is among them.
    ///
    /// Errors: `services.unknown`, `referral.state` for a field that does not exist, `referral.consent`,
    /// `referral.withheld`, `referral.warning`, `contact.forbidden` for a way of contact of somebody who said not to be
    /// contacted, `session.consent`, `session.closed`, `storage.*`;
    /// `session.mode` in a form that is not about a person.
    pub fn refer(&mut self, input: &ReferralInput) -> Result<EventId, FieldError> {
        self.check_between_forms()?;
        if self.interview.is_about_nobody() {
            return Err(ErrorCode::SessionMode.into());
        }
        if self.interview.keep(&self.loaded.reference.id) != Keep::Stored {
            return Err(ErrorCode::SessionConsent.into());
        }
        let services = site::services(&self.inner)?.ok_or(ScreeningError::ServiceUnknown)?;
        let names: Vec<&str> = input.fields.iter().map(|(name, _)| name.as_str()).collect();
        let case = self.journal.header().case;
        if names.contains(&"contact") && contact::is_forbidden(&self.inner, case)? {
            return Err(ErrorCode::ContactForbidden.into());
        }
        let at = self.now();
        let mut planned = Referral::draft(&services, &input.recipient, input.urgency, input.handover, &names, at)?;
        planned.warned = input.warned;
        let book = self.interview.gates().book();
        for state in [State::Offered, State::Wanted, State::Sent] {
            planned.step(state, book, at)?;
        }
        let consent = book.entries().iter().rfind(|entry| {
            entry.line == ConsentLine::C4 && entry.recipient.as_deref() == Some(input.recipient.as_str())
        });
        let letter = ReferralLetter {
            recipient: input.recipient.clone(),
            urgency: word(input.urgency)?,
            wants: input.wants.clone(),
            fields: input.fields.clone(),
            consent: consent.cloned().ok_or(ScreeningError::ReferralConsent)?,
            follow_up: planned.follow_up,
        };
        let id: EventId = random::id()?;
        let sent = match services.service(&input.recipient)?.key_bytes() {
            Some(key) => {
                let identity = self.inner.settings().identity()?;
                referral::seal(&letter, id, identity.device, &PublicKey::from_bytes(key), &identity.signing_key()?)?
            }
            // Handed over by hand: HQ knows of it, and nothing of it is on its way.
            None => SentReferral {
                recipient: letter.recipient,
                urgency: letter.urgency,
                fields: letter.fields.into_iter().map(|(name, _)| name).collect(),
                follow_up: letter.follow_up,
                sealed: Vec::new(),
            },
        };
        finish::send(&self.inner, &Event { id, case, at: at.rounded(), body: EventBody::Referral(sent) }, PRIORITY)?;
        Ok(id)
    }
}

/// The word of an urgency, as services know it.
fn word(urgency: Urgency) -> Result<String, FieldError> {
    match serde_json::to_value(urgency) {
        Ok(serde_json::Value::String(word)) => Ok(word),
        _ => Err(ErrorCode::Bug.into()),
    }
}
