//! The transfer form of an event inside its envelope: small, and checked before it is sealed.
//!
//! First byte 1: packed by the layout of its form version: `1 · layout 2 · check 4 · bits · rest · texts`. First byte 0: the
//! canonical form, zstd with the dictionary. The sender reads back what it packed and compares it with the canonical bytes;
//! where they differ it takes 0. A fault in the packing can so cost bytes, never an answer. The check is the start of SHA-256
//! of the canonical bytes: a reader with another layout of the same tag notices.

mod bits;
mod layout;
mod record;
mod text;

pub use layout::{Field, FieldKind, Layout};

use wayside_model::{Event, EventBody, EventId, from_canonical, to_canonical};
use zeroize::Zeroizing;

use crate::envelope::MAX_PLAIN;
use crate::{SealError, sha256, zip};

const PLAIN: u8 = 0;
const PACKED: u8 = 1;
const LEVEL: i32 = 19;
/// Of pieces of files: pictures, sound and film are packed already, and a phone should not try hard for nothing.
const FILE_LEVEL: i32 = 1;
const CHECK: usize = 4;

/// What both sides know: the layouts of the form versions in use, the dictionary, and from the device's certificate the worker
/// and the site, which most records repeat.
#[derive(Clone, Copy)]
pub struct Packing<'a> {
    /// All layouts; a record names its own.
    pub layouts: &'a [Layout],
    /// Synthetic text only: a dictionary from real interviews would carry pieces of them. At most 64 KiB.
    pub dictionary: &'a [u8],
    /// Pseudonym of the worker.
    pub worker: &'a str,
    /// Code of the site.
    pub site: &'a str,
}

impl Packing<'_> {
    /// The transfer form of an event. Fails with `seal.too_large`.
    pub fn pack(&self, event: &Event) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let canonical = Zeroizing::new(to_canonical(event));
        if let Some(packed) = self.packed(event, &canonical) {
            return Ok(packed);
        }
        let mut plain = Zeroizing::new(vec![PLAIN]);
        let level = if matches!(event.body, EventBody::FilePart(_)) { FILE_LEVEL } else { LEVEL };
        plain.extend(zip::pack(&canonical, self.dictionary, level)?);
        Ok(plain)
    }

    /// Packed by the layout, if reading it back gives the same canonical bytes.
    fn packed(&self, event: &Event, canonical: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let EventBody::Screening(record) = &event.body else { return None };
        let layout = self.layouts.iter().find(|layout| layout.form == record.form)?;
        let mut out = Zeroizing::new(vec![PACKED]);
        out.extend_from_slice(&layout.tag());
        out.extend_from_slice(&sha256(canonical)[..CHECK]);
        out.extend(record::pack(event, record, layout, self).ok()?);
        let back = self.unpack(&out, event.id).ok()?;
        (to_canonical(&back) == canonical).then_some(out)
    }

    /// Reads a transfer form; `id` is that of the envelope. Fails with `seal.malformed` (also where no known layout fits),
    /// `seal.too_large`.
    pub fn unpack(&self, bytes: &[u8], id: EventId) -> Result<Event, SealError> {
        let (codec, body) = bytes.split_first().ok_or(SealError::Malformed)?;
        if *codec == PLAIN {
            let canonical = Zeroizing::new(zip::unpack(body, self.dictionary, MAX_PLAIN)?);
            let event: Event = from_canonical(&canonical)?;
            return if event.id == id { Ok(event) } else { Err(SealError::Malformed) };
        }
        if *codec != PACKED {
            return Err(SealError::Malformed);
        }
        let (tag, body) = body.split_first_chunk::<2>().ok_or(SealError::Malformed)?;
        let (check, body) = body.split_first_chunk::<CHECK>().ok_or(SealError::Malformed)?;
        let fitting = self.layouts.iter().filter(|layout| layout.tag() == *tag);
        let mut events = fitting.filter_map(|layout| record::unpack(body, id, layout, self).ok());
        events.find(|event| sha256(&to_canonical(event))[..CHECK] == *check).ok_or(SealError::Malformed)
    }
}

#[cfg(test)]
pub(crate) mod sample;
#[cfg(test)]
mod tests;
