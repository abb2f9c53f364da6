//! How a person may be contacted again: the rule that was agreed in "Next steps" (B6), kept with the case's code and obeyed by
//! the work list and by referrals. "Do not contact" holds until another is said, and after line C5 was taken back.

use wayside_model::{AnswerState, CaseId, ConsentLine, ConsentValue, ErrorCode, RecordedAnswer, Timestamp};
use wayside_screening::follow_up::{Caller, Channel, ContactRule, IfOther};

use crate::error::FieldError;
use crate::session::FormSession;
use crate::vault::{Inner, Vault};
use crate::worklist;

/// The form in which it is agreed.
const FORM: &str = "wayside-b6";

/// How to contact a person, at a moment at which it is safe. No `Debug`: it holds a word agreed with the person.
#[derive(Clone, PartialEq, Eq)]
pub struct ContactView {
    /// In which way.
    pub channel: Channel,
    /// Who gets in touch, where it was said.
    pub caller: Option<Caller>,
    /// Word by which the person knows the caller; may be empty.
    pub code_word: String,
    /// Whether somebody the person named may answer as well.
    pub trusted_may_answer: bool,
    /// What to do if somebody else answers.
    pub if_other: IfOther,
    /// The story agreed with the person, where it is to be used; may be empty.
    pub story: String,
}

impl Vault {
    /// How to contact the person of a case now, if it may be done in this way at this hour.
    ///
    /// Errors: `contact.forbidden` where nothing was agreed, or not this; `session.unknown` for a code that is not in the
    /// list.
    pub fn contact(&self, code: &str, by: Channel) -> Result<ContactView, FieldError> {
        let rule = worklist::contact_rule(&self.inner, code)?.unwrap_or_default();
        rule.permits(by, hour(&self.inner, self.inner.clock.now()))?;
        match rule {
            ContactRule::Only { channel, caller, code_word, trusted_may_answer, if_other, story, .. } => {
                Ok(ContactView { channel, caller, code_word, trusted_may_answer, if_other, story })
            }
            ContactRule::DoNotContact => Err(ErrorCode::ContactForbidden.into()),
        }
    }
}

/// Whether a contact may be planned for this moment; where nothing was agreed on this device, HQ's rule decides.
pub(crate) fn check_planned(inner: &Inner, rule: Option<&ContactRule>, due: Timestamp) -> Result<(), FieldError> {
    match rule {
        Some(ContactRule::Only { channel, .. }) => {
            Ok(rule.map_or(Ok(()), |rule| rule.permits(*channel, hour(inner, due)))?)
        }
        Some(ContactRule::DoNotContact) => Err(ErrorCode::ContactForbidden.into()),
        None => Ok(()),
    }
}

/// Whether who takes this line back, or refuses it, is not to be contacted: by C5 itself, and where no record is agreed to.
pub(crate) const fn ends_with(line: ConsentLine) -> bool {
    matches!(line, ConsentLine::C1 | ConsentLine::C2 | ConsentLine::C5)
}

/// What a finished form leaves of contact: what B6 says of it, and no contact wherever line C5 was refused or taken back;
/// `None` where it was not spoken of.
pub(crate) fn agreed(session: &FormSession, answers: &[RecordedAnswer]) -> Option<ContactRule> {
    match session.interview.gates().book().standing(ConsentLine::C5, None) {
        Some(ConsentValue::No | ConsentValue::Withdrawn) => Some(ContactRule::DoNotContact),
        Some(ConsentValue::Yes) => in_b6(session, answers),
        None => in_b6(session, answers).map(|_| ContactRule::DoNotContact),
    }
}

fn in_b6(session: &FormSession, answers: &[RecordedAnswer]) -> Option<ContactRule> {
    if session.loaded.reference.id != FORM {
        return None;
    }
    let given = |name: &str| {
        let named = |answer: &&RecordedAnswer| answer.reference.rsplit('/').next() == Some(name);
        let answer = answers.iter().find(named).filter(|answer| answer.state == AnswerState::Given)?;
        Some(answer.value.as_str())
    };
    ContactRule::of_answers(given)
}

/// Whether the person said not to be contacted: then a referral carries no way of contact.
pub(crate) fn is_forbidden(inner: &Inner, case: CaseId) -> Result<bool, FieldError> {
    Ok(worklist::contact_rule_of(inner, case)? == Some(ContactRule::DoNotContact))
}

/// The hour of the day on this device.
fn hour(inner: &Inner, at: Timestamp) -> u8 {
    let local = at.as_millis() + i64::from(inner.clock.offset_minutes()) * 60_000;
    (local.div_euclid(3_600_000).rem_euclid(24)) as u8
}
