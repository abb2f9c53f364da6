//! What a verified event does besides being kept. Each has its effect once, by its id, in the transaction in which it
//! became verified.

use wayside_model::{DeviceId, Event, EventBody};
use wayside_seal::SigningKey;

use crate::enrolment::Enrolled;
use crate::keys::{Keyring, Sealer};
use crate::{DeskError, device_log, help, referrals, requests};

pub(crate) fn apply(
    sealer: &Sealer<'_>,
    keys: &Keyring,
    signing: &SigningKey,
    device: DeviceId,
    enrolled: &Enrolled,
    event: &Event,
) -> Result<(), DeskError> {
    let tx = sealer.tx;
    match &event.body {
        EventBody::Screening(record) => match &record.log {
            Some(mark) => device_log::take_in(tx, device, event.id, mark, record.ended),
            None => Ok(()),
        },
        EventBody::Referral(sent) => referrals::keep(sealer, signing, device, enrolled, event, sent),
        EventBody::ReferralAnswer { referral, state } => {
            referrals::answered(tx, signing, device, event, *referral, state)
        }
        EventBody::ByCode(json) => requests::by_code(sealer, keys, signing, event, json),
        // Kept with the records, where the record that names its file finds it.
        EventBody::FilePart(_) => Ok(()),
        EventBody::Help { worker, site, asked } => help::keep(tx, event, worker, site, *asked),
    }
}
