//! What HQ sent to a service: its certificate, letters, withdrawals, receipts.

use rusqlite::Connection;
use serde::Serialize;
use wayside_model::{ErrorCode, EventId, Timestamp, to_canonical};
use wayside_screening::referral::State;
use wayside_seal::minimum::Minimum;
use wayside_seal::{ControlEntry, ControlKind, DeviceCertificate, Directory, Key, Receipt, referral};
use wayside_sync::wire;

use super::answers;
use super::{ServiceDesk, settings};
use crate::referrals::state_word;
use crate::store::setting;
use crate::{DeskError, SERVICE_ROLE};

/// What a pull did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ServicePull {
    /// Whether HQ has confirmed this desk.
    pub confirmed: bool,
    /// Letters that are new.
    pub letters: u64,
    /// Referrals the person took back since the last pull: to be erased here.
    pub taken_back: u64,
    /// Sealed answers that the relay has since this pull.
    pub sent: u64,
    /// Error codes of what did not fit.
    pub problems: Vec<String>,
}

impl ServiceDesk {
    /// Fetches what HQ sent, answers "received" for each new letter, and sends what waits. Fails with `sync.*`, `storage.*`,
    /// `signature.wrong` on an entry that is not HQ's; nothing after such an entry is believed.
    pub fn pull(&self, now: Timestamp) -> Result<ServicePull, DeskError> {
        self.ask_to_enrol()?;
        let directory = self.directory(now)?;
        let mut pulled = ServicePull::default();
        loop {
            let after = self.store.read(|c| setting::number(c, settings::CONTROL))?;
            let page: wire::ControlPage = self.client.get(&wire::control(after))?;
            for (place, item) in (after + 1..).zip(&page.entries) {
                let entry = ControlEntry::verify(&item.bytes, &directory.desk, self.device)?;
                if (entry.counter, item.counter) != (place, place) {
                    return Err(DeskError::Relay(ErrorCode::SyncImpostor));
                }
                self.store.write(|tx| {
                    if let Some(problem) = self.take(tx, &directory, entry.kind, now, &mut pulled)? {
                        pulled.problems.push(problem.as_str().to_owned());
                    }
                    setting::put_number(tx, settings::CONTROL, place)
                })?;
            }
            if !page.more || page.entries.is_empty() {
                break;
            }
        }
        pulled.confirmed = self.check_confirmed().is_ok();
        pulled.sent = self.send()?;
        Ok(pulled)
    }

    /// Takes one entry in. What does not fit has no effect and is named.
    fn take(
        &self,
        tx: &Connection,
        directory: &Directory,
        kind: ControlKind,
        now: Timestamp,
        pulled: &mut ServicePull,
    ) -> Result<Option<ErrorCode>, DeskError> {
        match kind {
            ControlKind::Certificate(bytes) => match DeviceCertificate::verify(&bytes, &directory.desk) {
                Ok(own) if own.device == self.device && own.role == SERVICE_ROLE && own.worker == self.name => {
                    setting::put(tx, settings::CERTIFICATE, &bytes)?;
                }
                _ => return Ok(Some(ErrorCode::SignatureWrong)),
            },
            ControlKind::Revoked => setting::put_number(tx, settings::REVOKED, 1)?,
            ControlKind::Receipt(bytes) => {
                let key = setting::get(tx, settings::RECEIPT_KEY)?.and_then(|bytes| bytes.try_into().ok());
                let key = Key::from_bytes(key.ok_or(DeskError::Damaged)?);
                let Ok(receipt) = Receipt::verify(&bytes, &key) else { return Ok(Some(ErrorCode::SealBroken)) };
                for (_, sha256) in receipt.items {
                    tx.execute("UPDATE outbox SET receipted = 1, bytes = x'' WHERE sha256 = ?1", [sha256])?;
                }
            }
            ControlKind::Minimum(bytes) => match Minimum::open(&bytes, self.device, &self.opening) {
                Ok(Minimum::Referral { sealed, certificate }) => {
                    return self.letter_in(tx, directory, &sealed, &certificate, now, pulled);
                }
                Ok(Minimum::ReferralState { referral, state }) if state == state_word(State::Revoked) => {
                    let marked = "UPDATE letter SET taken_back = coalesce(taken_back, ?2) WHERE id = ?1";
                    tx.execute(marked, (referral.as_bytes(), now.as_millis()))?;
                    pulled.taken_back += 1;
                }
                Ok(_) => {}
                Err(_) => return Ok(Some(ErrorCode::SealBroken)),
            },
            // Nothing else concerns a service.
            _ => {}
        }
        Ok(None)
    }

    fn letter_in(
        &self,
        tx: &Connection,
        directory: &Directory,
        sealed: &[u8],
        certificate: &[u8],
        now: Timestamp,
        pulled: &mut ServicePull,
    ) -> Result<Option<ErrorCode>, DeskError> {
        let Ok(sender) = DeviceCertificate::verify(certificate, &directory.desk) else {
            return Ok(Some(ErrorCode::SignatureWrong));
        };
        let letter = match referral::open(sealed, &self.opening, &sender.sign) {
            Ok((head, letter)) if head.device == sender.device && letter.recipient == self.name => (head.id, letter),
            _ => return Ok(Some(ErrorCode::SealBroken)),
        };
        let (id, letter): (EventId, _) = letter;
        let new = tx.execute(
            "INSERT INTO letter (id, content, received_at) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
            (id.as_bytes(), to_canonical(&letter), now.as_millis()),
        )?;
        if new == 1 {
            pulled.letters += 1;
            answers::step(tx, id, State::Received, now)?;
        }
        Ok(None)
    }
}
