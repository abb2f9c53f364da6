//! The form in which a record travels inside its envelope, the same for whoever seals and whoever opens: small, and read back
//! before it is sealed, so that a fault in the packing can cost bytes and never an answer (`wayside_seal::packed`).
//!
//! No layout of a form is used yet: the desk would need every version that any phone still has, and a record it cannot lay
//! out would wait there for ever. So what travels is the canonical form, zstd with a dictionary.

use wayside_model::{Event, EventId};
use wayside_seal::packed::Packing;
use wayside_seal::{SealError, sha256};
use zeroize::Zeroizing;

/// Canonical records of invented interviews with the built-in forms, and nothing of a person. Never changed: what was sealed
/// with it is opened with it. Another one would need a codec byte of its own.
const DICTIONARY: &[u8] = include_bytes!("dictionary-1.bin");

const PACKING: Packing<'_> = Packing { layouts: &[], dictionary: DICTIONARY, worker: "", site: "" };

/// Bytes of a file in one part of it; the last has the rest. Few enough for the memory of a small phone, enough that the
/// largest file needs few of a device's numbers.
pub const FILE_PART: usize = 1024 * 1024;

/// The event of a part of a file: the same each time, so that what was cut off is not sent twice, and known to whoever has
/// the record that names the file. To everybody else it looks like any other.
pub fn part_event(file: EventId, n: u32) -> EventId {
    let mut named = b"wayside/file-part/1".to_vec();
    named.extend_from_slice(file.as_bytes());
    named.extend_from_slice(&n.to_le_bytes());
    let mut id = [0; 16];
    id.copy_from_slice(&sha256(&named)[..16]);
    EventId::from_bytes(id)
}

/// How many parts a file of this length has.
pub const fn file_parts(len: u64) -> u64 {
    len.div_ceil(FILE_PART as u64)
}

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
