//! Large items go in parts, and go on after a cut at the byte the receiver has. The receiver's word counts only with the hash
//! of what it holds.

use std::collections::BTreeMap;

use wayside_model::ErrorCode;

use crate::peer::Peer;
use crate::planted::{self, Fault};
use crate::wire::PartAt;
use crate::{ItemView, Method, ReplyError};

/// The first part, and the least one: a second at 9.6 kbit/s. Items up to this size go in one piece.
pub const FIRST_PART_BYTES: usize = 1_200;
/// The largest part, so that a fast link does not hold an urgent item up behind a slow server.
const LARGEST_PART_BYTES: usize = 256 * 1024;
/// After so many answers that do not fit, the item begins anew.
const MISFITS_BEFORE_NEW: u8 = 3;

/// What one request carries of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Piece {
    Whole,
    Probe,
    Part { offset: usize, len: usize, total: usize },
}

impl Piece {
    pub(crate) fn request(self, peer: &Peer, item: &ItemView, bytes: Vec<u8>) -> (Method, String, Vec<u8>) {
        let (method, path) = peer.place(item, self, &bytes);
        let body = match self {
            Self::Whole => bytes,
            Self::Probe => Vec::new(),
            Self::Part { offset, len, .. } => bytes.get(offset..offset + len).map(<[u8]>::to_vec).unwrap_or_default(),
        };
        (method, path, body)
    }
}

#[derive(Default, Clone, Copy)]
struct Place {
    /// What the receiver has, where it said so since the last cut.
    offset: Option<usize>,
    misfits: u8,
}

#[derive(Default)]
pub(crate) struct Parts {
    /// Items up to so many bytes go in one piece; all do where there is no limit.
    whole: Option<usize>,
    places: BTreeMap<[u8; 16], Place>,
    /// Bytes a second, measured over the last part; 0 where nothing is known.
    rate: usize,
}

impl Parts {
    pub(crate) fn enable(&mut self, whole_bytes: usize) {
        self.whole = Some(whole_bytes.max(FIRST_PART_BYTES));
    }

    pub(crate) fn next(&self, id: &[u8; 16], total: usize) -> Piece {
        if self.whole.is_none_or(|whole| total <= whole) {
            return Piece::Whole;
        }
        match self.places.get(id).copied().unwrap_or_default().offset {
            None => Piece::Probe,
            Some(offset) => {
                let size = self.rate.clamp(FIRST_PART_BYTES, LARGEST_PART_BYTES);
                Piece::Part { offset, len: size.min(total.saturating_sub(offset)), total }
            }
        }
    }

    /// Takes the receiver's word. The whole length where it has all.
    pub(crate) fn arrived(
        &mut self,
        id: &[u8; 16],
        piece: Piece,
        at: &PartAt,
        bytes: &[u8],
        elapsed_ms: i64,
    ) -> Result<Option<u64>, ReplyError> {
        let place = self.places.entry(*id).or_default();
        let held = usize::try_from(at.offset).ok().and_then(|offset| bytes.get(..offset));
        let Some(held) = held.filter(|held| wayside_seal::sha256(held) == at.sha256) else {
            place.misfits = place.misfits.saturating_add(1);
            // Said again and again of the whole length: it holds other bytes under this id, and keeps them.
            if place.misfits > MISFITS_BEFORE_NEW && at.offset == bytes.len() as u64 {
                return Err(ReplyError::Refused(ErrorCode::SyncConflict));
            }
            place.offset = (place.misfits >= MISFITS_BEFORE_NEW).then_some(0);
            return Err(ReplyError::Integrity);
        };
        place.offset = Some(held.len());
        if let Piece::Part { offset, len, .. } = piece
            && held.len() == offset + len
        {
            place.misfits = 0;
            let elapsed = usize::try_from(elapsed_ms).unwrap_or(0).clamp(1, 3_600_000);
            self.rate = len.saturating_mul(1_000) / elapsed;
        }
        if held.len() == bytes.len() {
            self.places.remove(id);
            return Ok(Some(bytes.len() as u64));
        }
        Ok(None)
    }

    /// Whatever was in the air may or may not have arrived: the receiver is asked.
    pub(crate) fn broke_off(&mut self, id: &[u8; 16]) {
        if let Some(place) = self.places.get_mut(id)
            && place.misfits < MISFITS_BEFORE_NEW
        {
            place.offset = planted::is(Fault::AttachmentFromZero).then_some(0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: [u8; 16] = [1; 16];

    fn at(bytes: &[u8], offset: usize) -> PartAt {
        PartAt { offset: offset as u64, sha256: wayside_seal::sha256(&bytes[..offset]) }
    }

    #[test]
    fn goes_on_where_the_receiver_says_and_not_on_its_word_alone() {
        let bytes: Vec<u8> = (0..10_000_u32).map(|n| n as u8).collect();
        let mut parts = Parts::default();
        assert_eq!(parts.next(&ID, bytes.len()), Piece::Whole, "not asked for");
        parts.enable(20_000);
        assert_eq!(parts.next(&ID, bytes.len()), Piece::Whole, "below the limit");
        parts.enable(0);
        assert_eq!(parts.next(&ID, FIRST_PART_BYTES), Piece::Whole);
        assert_eq!(parts.next(&ID, bytes.len()), Piece::Probe);
        assert_eq!(parts.arrived(&ID, Piece::Probe, &at(&bytes, 3_000), &bytes, 5), Ok(None));
        let part = parts.next(&ID, bytes.len());
        assert_eq!(part, Piece::Part { offset: 3_000, len: FIRST_PART_BYTES, total: 10_000 });
        assert_eq!(parts.arrived(&ID, part, &at(&bytes, 4_200), &bytes, 400), Ok(None));
        let part = parts.next(&ID, bytes.len());
        assert_eq!(part, Piece::Part { offset: 4_200, len: 3_000, total: 10_000 }, "a second of the measured rate");
        parts.broke_off(&ID);
        assert_eq!(parts.next(&ID, bytes.len()), Piece::Probe);
        let wrong = PartAt { sha256: [0; 32], ..at(&bytes, 4_200) };
        for _ in 0..MISFITS_BEFORE_NEW {
            assert_eq!(parts.next(&ID, bytes.len()), Piece::Probe);
            assert_eq!(parts.arrived(&ID, Piece::Probe, &wrong, &bytes, 1), Err(ReplyError::Integrity));
            parts.broke_off(&ID);
        }
        assert!(matches!(parts.next(&ID, bytes.len()), Piece::Part { offset: 0, .. }), "begins anew");
        let other = PartAt { offset: 10_000, sha256: [0; 32] };
        let conflict = Err(ReplyError::Refused(ErrorCode::SyncConflict));
        assert_eq!(parts.arrived(&ID, part, &other, &bytes, 1), conflict, "other bytes under this id, for good");
        assert_eq!(parts.arrived(&ID, part, &at(&bytes, 10_000), &bytes, 1), Ok(Some(10_000)));
    }
}
