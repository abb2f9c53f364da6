//! What a verified event other than an interview does. Each has its effect once, by its id, in the transaction in which it
//! became verified.

use rusqlite::Connection;
use wayside_model::{DeviceId, Event, EventBody};
use wayside_seal::SigningKey;

use crate::enrolment::Enrolled;
use crate::{DeskError, help, referrals, requests};

pub(crate) fn apply(
    tx: &Connection,
    signing: &SigningKey,
    device: DeviceId,
    enrolled: &Enrolled,
    event: &Event,
) -> Result<(), DeskError> {
    match &event.body {
        EventBody::Screening(_) => Ok(()),
        EventBody::Referral(sent) => referrals::keep(tx, signing, device, enrolled, event, sent),
        EventBody::ReferralAnswer { referral, state } => {
            referrals::answered(tx, signing, device, event, *referral, state)
        }
        EventBody::ByCode(json) => requests::by_code(tx, signing, event, json),
        EventBody::Help { worker, site, asked } => help::keep(tx, event, worker, site, *asked),
    }
}
