//! The epochs of this device: the keys of their receipts, and the beginning of a new one where a number of the old one may be
//! taken already, because an older copy of the vault was put back, or where it has none left. What the old epoch had sealed
//! stays in the outbox and is sent as before; HQ takes both.

use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};
use wayside_model::{from_canonical, to_canonical};
use wayside_seal::{Key, StartedEpoch, epoch};
use wayside_sync::lifecycle::{Turn, plan};
use zeroize::Zeroizing;

use crate::device::{CHAIN, Identity};
use crate::error::FieldError;
use crate::recorder::{LogLevel, record};
use crate::vault::Inner;

/// The first epoch, begun at enrolment; a device that enrols again has another id. Its receipt key is in the identity.
pub(crate) const FIRST: u32 = 1;

/// The epochs after the first.
const SETTING: &str = "epochs";

/// A number needs so many bits ([`wayside_seal::Chain::is_full`]).
const SEQ_BITS: u32 = 16;

#[derive(Encode, Decode)]
struct Begun {
    #[n(0)]
    number: u32,
    #[cbor(n(1), with = "minicbor::bytes")]
    receipt_key: [u8; 32],
    /// Until HQ has it. It goes into the outbox after the commit, so a crash may come between.
    #[n(2)]
    header: Option<ByteVec>,
}

/// Epoch and number in one, as the vault keeps them: rising from one epoch to the next, and of the first the number itself.
pub(crate) fn place(epoch: u32, seq: u64) -> u64 {
    u64::from(epoch.saturating_sub(FIRST)) << SEQ_BITS | seq
}

/// Epoch and number of a place.
pub(crate) fn of_place(place: u64) -> (u32, u64) {
    let epoch = u32::try_from(place >> SEQ_BITS).unwrap_or(u32::MAX);
    (epoch.saturating_add(FIRST), place & ((1 << SEQ_BITS) - 1))
}

/// The key that checks receipts of an epoch; `None` of one that this vault did not begin.
pub(crate) fn receipt_key(inner: &Inner, identity: &Identity, number: u32) -> Result<Option<Key>, FieldError> {
    if number == FIRST {
        return Ok(Some(identity.receipt_key()));
    }
    Ok(read(inner)?.iter().find(|begun| begun.number == number).map(|begun| Key::from_bytes(begun.receipt_key)))
}

/// HQ has the header of an epoch.
pub(crate) fn arrived(inner: &Inner, number: u32) -> Result<(), FieldError> {
    let mut begun = read(inner)?;
    let Some(one) = begun.iter_mut().find(|one| one.number == number && one.header.is_some()) else { return Ok(()) };
    one.header = None;
    Ok(inner.store.put_setting(SETTING, &written(&begun))?)
}

/// Begins a new epoch where one is owed, or where the one before is full. The caller holds [`Inner::sealing`] and has carried
/// on what was cut off.
///
/// Errors: `directory.expired`: nothing is sealed to keys whose time is over, so a newer directory has to come first;
/// `seal.*`, `storage.*`.
pub(crate) fn begin_if_owed(inner: &Inner) -> Result<(), FieldError> {
    if inner.is_training()? {
        return Ok(());
    }
    keep_header(inner)?;
    let settings = inner.settings();
    let chain = settings.chain()?;
    let restored = inner.store.owes_epoch()? && plan(Turn::Restored).new_epoch;
    if !restored && !chain.is_full() {
        return Ok(());
    }
    let identity = settings.identity()?;
    let directory = settings.directory(&identity)?;
    directory.check_current(inner.clock.now())?;
    let number = epoch::next_number(chain.epoch())?;
    let StartedEpoch { header, chain, receipt_key } =
        epoch::start(identity.device, number, &directory, &identity.signing_key()?)?;
    let mut begun = read(inner)?;
    begun.push(Begun { number, receipt_key: *receipt_key.expose(), header: Some(header.into()) });
    inner.store.begin_epoch(&[(CHAIN, &chain.to_bytes()), (SETTING, &written(&begun))])?;
    record(LogLevel::Warning, "epoch.begun", 0);
    keep_header(inner)
}

/// A header that HQ does not have is in the outbox, before any envelope of its epoch.
fn keep_header(inner: &Inner) -> Result<(), FieldError> {
    let begun = read(inner)?;
    if let Some(header) = begun.last().and_then(|newest| newest.header.as_ref()) {
        inner.outbox()?.add(header)?;
    }
    Ok(())
}

fn read(inner: &Inner) -> Result<Vec<Begun>, FieldError> {
    let bytes = inner.store.setting(SETTING)?;
    Ok(bytes.map(|bytes| from_canonical(&bytes)).transpose()?.unwrap_or_default())
}

fn written(begun: &Vec<Begun>) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(to_canonical(begun))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_an_epoch_and_a_number_and_rises() {
        let places = [(FIRST, 1), (FIRST, 65_535), (2, 1), (2, 7), (u32::MAX, 65_535)];
        for (epoch, seq) in places {
            assert_eq!(of_place(place(epoch, seq)), (epoch, seq));
        }
        assert_eq!(place(FIRST, 5), 5, "as it was kept before there was a second epoch");
        assert!(places.windows(2).all(|pair| place(pair[0].0, pair[0].1) < place(pair[1].0, pair[1].1)));
        assert!(i64::try_from(place(u32::MAX, 65_535)).is_ok());
    }
}
