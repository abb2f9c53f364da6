//! An order from HQ to wipe this device: obeyed as soon as a sync brings it, also while the vault is locked, because whoever
//! has a lost phone does not unlock it. The two who sign are named by the directory, which the organisation's root signs.

use std::path::Path;

use minicbor::{Decode, Encode};
use wayside_model::{Coded, ErrorCode, Timestamp, from_canonical, to_canonical};
use wayside_seal::{ControlEntry, ControlKind, Directory, WipeOrder};
use wayside_vault::VaultError;
use wayside_vault::outbox::Outbox;

use crate::device::Identity;
use crate::error::FieldError;
use crate::recorder::{LogLevel, record};

/// What an order is checked against without the vault: kept beside the sealed outbox. Nothing of it is secret.
#[derive(Encode, Decode)]
struct Trust {
    /// Of the organisation's root, as the enrolment record named it.
    #[cbor(n(0), with = "minicbor::bytes")]
    root_fingerprint: [u8; 32],
    /// Signed.
    #[cbor(n(1), with = "minicbor::bytes")]
    directory: Vec<u8>,
    /// Number of the last order obeyed; 0 if none was.
    #[n(2)]
    last: u64,
}

/// Keeps what orders are checked against. To be called wherever the vault takes a directory in.
pub(crate) fn keep_trust(outbox: &Outbox, identity: &Identity, signed_directory: &[u8]) -> Result<(), FieldError> {
    let held = trust(outbox)?;
    let root_fingerprint = identity.root_fingerprint;
    let is_news = |held: &Trust| (held.root_fingerprint, &*held.directory) != (root_fingerprint, signed_directory);
    if held.as_ref().is_none_or(is_news) {
        let last = held.map_or(0, |held| held.last);
        outbox.put_trust(&to_canonical(&Trust { root_fingerprint, directory: signed_directory.to_vec(), last }))?;
    }
    Ok(())
}

fn trust(outbox: &Outbox) -> Result<Option<Trust>, FieldError> {
    Ok(outbox.trust()?.map(|bytes| from_canonical(&bytes)).transpose()?)
}

/// What became of the orders that came in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Obeyed {
    /// None counted.
    Nothing,
    /// The vault's keys are gone; the outbox is there.
    Vault,
    /// The outbox is gone, too, as the order says.
    Everything,
}

/// Looks at what came in and was not applied yet, and obeys the first order that counts. Where the vault is gone nobody else
/// reads what comes in: it is cleared.
pub(crate) fn obey(directory: &Path, now: Timestamp) -> Result<Obeyed, FieldError> {
    let mut outbox = Outbox::open(directory)?;
    let came_in = outbox.control()?;
    let (Some(newest), Some(mut trust)) = (came_in.last().map(|(counter, _)| *counter), trust(&outbox)?) else {
        return Ok(Obeyed::Nothing);
    };
    let device = outbox.config().device;
    let mut held = Directory::verify_held(&trust.directory, &trust.root_fingerprint)?;
    let is_vault_there = wayside_vault::Vault::is_present(directory);
    for (counter, bytes) in came_in {
        let Ok(entry) = ControlEntry::verify(&bytes, &held.desk, device) else { break };
        if entry.counter != counter {
            break;
        }
        let now = latest(now, &held, entry.at);
        match entry.kind {
            ControlKind::Directory(bytes) => {
                if let Ok(newer) = Directory::verify(&bytes, &trust.root_fingerprint, now, Some(held.version)) {
                    held = newer;
                    trust.directory = bytes;
                }
            }
            ControlKind::Wipe(bytes) => {
                match WipeOrder::verify(&bytes, &held.officers_at(now), device, now, trust.last) {
                    Ok(order) => return carry_out(directory, &mut outbox, trust, &order),
                    // The vault tells of it when it applies the entry.
                    Err(error) if !is_vault_there => record(LogLevel::Warning, error.code().as_str(), counter),
                    Err(_) => {}
                }
            }
            _ => {}
        }
    }
    if !is_vault_there {
        outbox.clear_control(newest)?;
    }
    Ok(Obeyed::Nothing)
}

/// An order that the open vault comes to with an entry. [`obey`] has been there before; one that counts gets here only where
/// that was cut off. Returns why it is refused.
pub(crate) fn refusal(
    outbox: &Outbox,
    held: &Directory,
    order: &[u8],
    at: Option<Timestamp>,
    now: Timestamp,
) -> Result<Option<ErrorCode>, FieldError> {
    let (now, last) = (latest(now, held, at), trust(outbox)?.map_or(0, |trust| trust.last));
    let checked = WipeOrder::verify(order, &held.officers_at(now), outbox.config().device, now, last);
    Ok(checked.err().map(|error| error.code()))
}

/// Whether the vault of this folder went by an order. Without the outbox too it was one for everything: nothing else takes that.
pub(crate) fn was_obeyed(directory: &Path) -> bool {
    let last = || match Outbox::open(directory) {
        Err(VaultError::Missing) => Ok(u64::MAX),
        outbox => Ok::<_, FieldError>(trust(&outbox?)?.map_or(0, |trust| trust.last)),
    };
    !wayside_vault::Vault::is_present(directory) && last().is_ok_and(|last| last > 0)
}

/// The device's clock may be wrong or set back; what HQ has signed is no earlier than it says.
fn latest(now: Timestamp, held: &Directory, at: Option<Timestamp>) -> Timestamp {
    now.max(held.issued).max(at.unwrap_or(held.issued))
}

/// Keys first. The number is noted after them: cut off in between, the order counts once more and finds nothing left to do.
fn carry_out(directory: &Path, outbox: &mut Outbox, mut trust: Trust, order: &WipeOrder) -> Result<Obeyed, FieldError> {
    wayside_vault::Vault::wipe_keys(directory)?;
    record(LogLevel::Warning, ErrorCode::VaultWipedByOrder.as_str(), order.number);
    if order.everything {
        Outbox::destroy(directory)?;
        return Ok(Obeyed::Everything);
    }
    trust.last = order.number;
    outbox.put_trust(&to_canonical(&trust))?;
    outbox.clear_control(u64::MAX)?;
    Ok(Obeyed::Vault)
}

#[cfg(test)]
mod tests {
    use wayside_model::{DeviceId, Sensitive};
    use wayside_seal::hpke::PrivateKey;
    use wayside_seal::stretch::StretchParams;
    use wayside_seal::{Key, Officer, OfficerRole, Recipient, Role, SigningKey};
    use wayside_vault::outbox::OutboxConfig;

    use super::*;
    use crate::lists_tests::Keys;

    const DEVICE: DeviceId = DeviceId::from_bytes([1; 16]);
    const NOW: Timestamp = Timestamp::from_millis(1_790_000_000_000);

    fn key(seed: u8) -> SigningKey {
        SigningKey::from_seed([seed; 32]).unwrap()
    }

    const ROOT: u8 = 1;
    const DESK: u8 = 2;

    fn directory(version: u64, officers: &[u8]) -> Vec<u8> {
        let officer = |seed: &u8| Officer {
            role: OfficerRole::KeyOfficer,
            key: key(*seed).public(),
            not_before: NOW.plus_millis(-1_000),
            not_after: NOW.plus_millis(1_000_000),
        };
        let team = PrivateKey::from_bytes([9; 32]).public().unwrap();
        let directory = Directory {
            org: "org".to_owned(),
            version,
            issued: NOW.plus_millis(-2_000),
            expires: NOW.plus_millis(1_000_000),
            root: key(ROOT).public(),
            desk: key(DESK).public(),
            recipients: vec![Recipient { role: Role::CaseTeam, key: team }],
            officers: officers.iter().map(officer).collect(),
        };
        directory.sign(&key(ROOT)).unwrap()
    }

    fn order(number: u64) -> WipeOrder {
        WipeOrder { device: DEVICE, number, expires: NOW.plus_millis(5_000), everything: false }
    }

    fn signed(order: &WipeOrder, by: [u8; 2]) -> ControlKind {
        ControlKind::Wipe(order.sign([&key(by[0]), &key(by[1])]).unwrap())
    }

    struct Phone {
        folder: tempfile::TempDir,
        keys: Keys,
    }

    impl Phone {
        /// A vault and an outbox, under a directory that names the officers 11 and 12.
        fn new() -> Self {
            let (folder, keys) = (tempfile::tempdir().unwrap(), Keys::default());
            let secret = Sensitive::new("294017".to_owned());
            drop(wayside_vault::Vault::create(folder.path(), &secret, &keys, StretchParams::FLOOR).unwrap());
            let config = OutboxConfig { relay: String::new(), device: DEVICE, upload_token: Key::from_bytes([1; 32]) };
            let outbox = Outbox::create(folder.path(), config).unwrap();
            let root_fingerprint = key(ROOT).public().fingerprint();
            let trust = Trust { root_fingerprint, directory: directory(2, &[11, 12]), last: 0 };
            outbox.put_trust(&to_canonical(&trust)).unwrap();
            Self { folder, keys }
        }

        fn outbox(&self) -> Outbox {
            Outbox::open(self.folder.path()).unwrap()
        }

        /// Says it as HQ's desk does, as the next entry.
        fn hears(&self, kind: ControlKind, desk: u8) {
            let mut outbox = self.outbox();
            let counter = outbox.control_position().unwrap() + 1;
            let entry = ControlEntry { device: DEVICE, counter, kind, at: Some(NOW) };
            outbox.add_control(counter, &entry.sign(&key(desk)).unwrap()).unwrap();
        }

        fn obeys(&self) -> bool {
            obey(self.folder.path(), NOW).unwrap() != Obeyed::Nothing
        }

        fn has_vault(&self) -> bool {
            let secret = Sensitive::new("294017".to_owned());
            wayside_vault::Vault::open(self.folder.path(), &secret, &self.keys).is_ok()
        }
    }

    #[test]
    fn two_officers_that_the_root_names_are_obeyed_and_the_outbox_stays() {
        let phone = Phone::new();
        phone.hears(ControlKind::Revoked, DESK);
        phone.hears(signed(&order(1), [12, 11]), DESK);
        assert!(phone.has_vault() && phone.obeys() && !phone.has_vault());
        assert!(was_obeyed(phone.folder.path()));
        assert!(phone.outbox().control().unwrap().is_empty(), "nobody else reads what came in");
        // The same order once more, as the relay or the desk might give it out again: refused by its number.
        phone.hears(signed(&order(1), [11, 12]), DESK);
        assert!(!phone.obeys());
        assert_eq!(phone.outbox().control_position().unwrap(), 3);
        assert!(crate::recent_log().iter().any(|line| line.code == "seal.order"));
    }

    #[test]
    fn an_order_of_anybody_else_changes_nothing() {
        let phone = Phone::new();
        let expired = WipeOrder { expires: NOW, ..order(1) };
        let elsewhere = WipeOrder { device: DeviceId::from_bytes([2; 16]), ..order(1) };
        for (what, kind, desk) in [
            ("one officer twice", signed(&order(1), [11, 11]), DESK),
            ("an officer and the desk", signed(&order(1), [11, DESK]), DESK),
            ("an officer and the root", signed(&order(1), [11, ROOT]), DESK),
            ("an officer and a stranger", signed(&order(1), [11, 13]), DESK),
            ("forged by who holds the desk's key", signed(&order(1), [21, 22]), DESK),
            ("too late", signed(&expired, [11, 12]), DESK),
            ("for another device", signed(&elsewhere, [11, 12]), DESK),
            (
                "a directory that the root did not sign",
                ControlKind::Directory({
                    let mut bytes = directory(3, &[21, 22]);
                    let last = bytes.len() - 1;
                    bytes[last] ^= 1;
                    bytes
                }),
                DESK,
            ),
            ("and whom it names", signed(&order(1), [21, 22]), DESK),
            ("an older directory", ControlKind::Directory(directory(1, &[21, 22])), DESK),
            ("and whom it named", signed(&order(1), [21, 22]), DESK),
            ("an entry that the desk did not sign", signed(&order(1), [11, 12]), 21),
        ] {
            phone.hears(kind, desk);
            assert!(!phone.obeys(), "{what}");
        }
        assert!(phone.has_vault());
        // What follows an entry that does not verify is not looked at: the vault fetches it again from there.
        phone.hears(signed(&order(1), [11, 12]), DESK);
        assert!(!phone.obeys() && phone.has_vault());
        phone.outbox().rewind_control(12).unwrap();
        phone.hears(signed(&order(1), [11, 12]), DESK);
        assert!(phone.obeys() && !phone.has_vault(), "and the test would see one that counts");
    }

    #[test]
    fn who_is_removed_counts_no_more_and_who_is_added_counts_from_then_on() {
        let phone = Phone::new();
        phone.hears(ControlKind::Directory(directory(3, &[11, 13])), DESK);
        phone.hears(signed(&order(1), [11, 12]), DESK);
        assert!(!phone.obeys() && phone.has_vault());
        phone.hears(signed(&order(2), [11, 13]), DESK);
        assert!(phone.obeys() && !phone.has_vault());
    }

    #[test]
    fn everything_means_the_outbox_too() {
        let phone = Phone::new();
        phone.hears(signed(&WipeOrder { everything: true, ..order(1) }, [11, 12]), DESK);
        assert!(phone.obeys() && !phone.has_vault());
        assert!(Outbox::open(phone.folder.path()).is_err());
        assert!(was_obeyed(phone.folder.path()), "as the vault that is still open says then");
    }
}
