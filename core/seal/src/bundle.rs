//! Bundles: sealed items, and HQ's entries on the way back, as a file for a stick or another phone.
//!
//! `magic 8 · tenant 8 · id 16`, then pieces `kind 1 · length 4 · bytes · check 8`, the last of kind 0 with the count and a
//! SHA-256 over all checks. A check is the first 8 bytes of SHA-256 over the check before, the kind and the bytes. It finds
//! damage, not deceit: what the pieces are worth is proven by their own seals and signatures. A file that was cut off is read
//! up to its last whole piece.

use wayside_model::DeviceId;

use crate::bytes::{Reader, labelled};
use crate::item::Header;
use crate::{SealError, VerifyingKey, sha256};

const MAGIC: &[u8; 8] = b"WSBUNDL1";
const LABEL: &str = "wayside/bundle/1";
const HEAD: usize = 32;
const CHECK: usize = 8;
const END: u8 = 0;
const ITEM: u8 = 1;
const ORDER: u8 = 2;
/// Largest piece: an item with its small files.
const MAX_PIECE: usize = 9 * 1024 * 1024;

/// One thing in a bundle.
#[derive(Clone, PartialEq, Eq)]
pub enum Piece {
    /// An item of a device, the same bytes as on any other way.
    Item {
        /// Whose. Unproven; the item's seal and signature tell.
        device: DeviceId,
        /// The item.
        bytes: Vec<u8>,
    },
    /// An entry of a device's control log, as the desk signed it.
    Order {
        /// For whom.
        device: DeviceId,
        /// Its number.
        counter: u64,
        /// The entry.
        bytes: Vec<u8>,
    },
}

/// What a bundle says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BundleHead {
    /// Names the organisation without saying who it is.
    pub tenant: [u8; 8],
    /// The bundle's own id, random.
    pub id: [u8; 16],
}

/// A bundle as it was read.
pub struct ReadBundle {
    /// What it says of itself.
    pub head: BundleHead,
    /// All whole pieces, in their order.
    pub pieces: Vec<Piece>,
    /// Its end is there and fits: nothing was cut off or left out.
    pub complete: bool,
}

/// The tag of an organisation: the start of a hash of its root key.
pub fn tenant(root: &VerifyingKey) -> [u8; 8] {
    let mut tag = [0; 8];
    tag.copy_from_slice(&sha256(&labelled(LABEL, &[root.as_bytes()]))[..8]);
    tag
}

/// The bytes of a bundle. Fails with `seal.malformed` if a piece is not an item, and `seal.too_large`.
pub fn write(head: &BundleHead, pieces: &[Piece]) -> Result<Vec<u8>, SealError> {
    let mut out = MAGIC.to_vec();
    out.extend_from_slice(&head.tenant);
    out.extend_from_slice(&head.id);
    let (mut last, mut all) = (first_check(&out), Vec::new());
    for piece in pieces {
        let (kind, body) = match piece {
            Piece::Item { device, bytes } => {
                Header::read(bytes)?;
                (ITEM, [device.as_bytes().as_slice(), bytes].concat())
            }
            Piece::Order { device, counter, bytes } => {
                (ORDER, [device.as_bytes().as_slice(), &counter.to_be_bytes(), bytes].concat())
            }
        };
        if body.len() > MAX_PIECE {
            return Err(SealError::TooLarge);
        }
        last = put(&mut out, last, kind, &body);
        all.extend_from_slice(&last);
    }
    let count = u32::try_from(pieces.len()).map_err(|_| SealError::TooLarge)?;
    put(&mut out, last, END, &end_body(count, &all));
    Ok(out)
}

/// Reads a bundle as far as it is whole. Fails with `seal.malformed` if it is not a bundle at all.
pub fn read(bytes: &[u8]) -> Result<ReadBundle, SealError> {
    let mut reader = Reader::new(bytes);
    if reader.array::<8>()? != *MAGIC {
        return Err(SealError::Malformed);
    }
    let head = BundleHead { tenant: reader.array()?, id: reader.array()? };
    let (mut last, mut all, mut at) = (first_check(bytes.get(..HEAD).unwrap_or_default()), Vec::new(), HEAD);
    let mut bundle = ReadBundle { head, pieces: Vec::new(), complete: false };
    while let Some((kind, body, next)) = piece_at(bytes, at, &last) {
        last = check(&last, kind, body);
        at = next;
        if kind == END {
            let count = u32::try_from(bundle.pieces.len()).unwrap_or(u32::MAX);
            bundle.complete = body == end_body(count, &all) && at == bytes.len();
            break;
        }
        all.extend_from_slice(&last);
        // A kind of a later version, or an item this version cannot read, is passed over; the rest is still good.
        bundle.pieces.extend(piece(kind, body).ok());
    }
    Ok(bundle)
}

fn piece(kind: u8, body: &[u8]) -> Result<Piece, SealError> {
    let mut reader = Reader::new(body);
    let device = DeviceId::from_bytes(reader.array()?);
    match kind {
        ITEM => {
            let bytes = body.get(16..).ok_or(SealError::Malformed)?.to_vec();
            Header::read(&bytes)?;
            Ok(Piece::Item { device, bytes })
        }
        ORDER => {
            let counter = reader.u64()?;
            Ok(Piece::Order { device, counter, bytes: body.get(24..).ok_or(SealError::Malformed)?.to_vec() })
        }
        _ => Err(SealError::Malformed),
    }
}

fn piece_at<'a>(bytes: &'a [u8], at: usize, last: &[u8; CHECK]) -> Option<(u8, &'a [u8], usize)> {
    let mut reader = Reader::new(bytes.get(at..)?);
    let (kind, length) = (reader.u8().ok()?, usize::try_from(reader.u32().ok()?).ok()?);
    if length > MAX_PIECE + 24 {
        return None;
    }
    let body = bytes.get(at + 5..at + 5 + length)?;
    let end = at + 5 + length;
    let theirs = bytes.get(end..end + CHECK)?;
    (check(last, kind, body) == theirs).then_some((kind, body, end + CHECK))
}

fn put(out: &mut Vec<u8>, last: [u8; CHECK], kind: u8, body: &[u8]) -> [u8; CHECK] {
    out.push(kind);
    // No piece is longer than `MAX_PIECE`.
    out.extend_from_slice(&(body.len() as u32).to_be_bytes());
    out.extend_from_slice(body);
    let check = check(&last, kind, body);
    out.extend_from_slice(&check);
    check
}

fn first_check(head: &[u8]) -> [u8; CHECK] {
    check(&[0; CHECK], END, head)
}

fn check(last: &[u8; CHECK], kind: u8, body: &[u8]) -> [u8; CHECK] {
    let mut check = [0; CHECK];
    check.copy_from_slice(&sha256(&labelled(LABEL, &[last, &[kind], body]))[..CHECK]);
    check
}

fn end_body(count: u32, checks: &[u8]) -> Vec<u8> {
    [count.to_be_bytes().as_slice(), &sha256(checks)].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{DEVICE, envelopes, root, started};

    fn bundle() -> (BundleHead, Vec<Piece>) {
        let item = |bytes: Vec<u8>| Piece::Item { device: DEVICE, bytes };
        let mut pieces = vec![item(started().header)];
        pieces.extend(envelopes(3).0.into_iter().map(|envelope| item(envelope.bytes)));
        pieces.push(Piece::Order { device: DEVICE, counter: 9, bytes: vec![1, 2, 3] });
        (BundleHead { tenant: tenant(&root().public()), id: [7; 16] }, pieces)
    }

    #[test]
    fn read_as_written_and_up_to_the_last_whole_piece_when_cut() {
        let (head, pieces) = bundle();
        let bytes = write(&head, &pieces).unwrap();
        let whole = read(&bytes).unwrap();
        assert!(whole.complete && whole.head == head && whole.pieces == pieces);
        let mut counts = std::collections::BTreeSet::new();
        for cut in HEAD..bytes.len() {
            let part = read(&bytes[..cut]).unwrap();
            assert!(!part.complete && pieces.starts_with(&part.pieces), "cut at {cut}");
            counts.insert(part.pieces.len());
        }
        assert_eq!(counts, (0..=pieces.len()).collect());
        assert!(!read(&[bytes.as_slice(), &[0]].concat()).unwrap().complete);
    }

    #[test]
    fn a_flipped_bit_ends_the_reading_there() {
        let (head, pieces) = bundle();
        let bytes = write(&head, &pieces).unwrap();
        for bit in (HEAD * 8..bytes.len() * 8).step_by(3) {
            let mut changed = bytes.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            let part = read(&changed).unwrap();
            assert!(!part.complete && pieces.starts_with(&part.pieces), "bit {bit}");
        }
        assert_eq!(read(b"something else").err(), Some(SealError::Malformed));
    }
}
