//! The form in which a record travels inside its envelope, the same for whoever seals and whoever opens: small, and read back
//! before it is sealed, so that a fault in the packing can cost bytes and never an answer (`wayside_seal::packed`).
//!
//! No layout of a form is used yet: the desk would need every version that any phone still has, and a record it cannot lay
//! out would wait there for ever. So what travels is the canonical form, zstd with a dictionary.

use wayside_model::{Event, EventId};
use wayside_seal::SealError;
use wayside_seal::packed::Packing;
use zeroize::Zeroizing;

/// Canonical records of invented interviews with the built-in forms, and nothing of a person. Never changed: what was sealed
/// with it is opened with it. Another one would need a codec byte of its own.
const DICTIONARY: &[u8] = include_bytes!("dictionary-1.bin");

const PACKING: Packing<'_> = Packing { layouts: &[], dictionary: DICTIONARY, worker: "", site: "" };

/// What is sealed of an event. It is read back first: from here on the phone keeps nothing else of the interview.
///
/// Errors: `seal.too_large`; `bug` where it does not come back as it was.
pub fn pack(event: &Event) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let plain = PACKING.pack(event)?;
    if PACKING.unpack(&plain, event.id)? == *event { Ok(plain) } else { Err(SealError::Bug) }
}

/// The event that was sealed; `id` is that of its envelope.
///
/// Errors: `seal.malformed`, also where the event has another id; `seal.too_large`.
pub fn unpack(bytes: &[u8], id: EventId) -> Result<Event, SealError> {
    PACKING.unpack(bytes, id)
}
