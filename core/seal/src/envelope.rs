//! The envelope's bytes: `prefix 22 · number (varint) · blocks (varint) · sealed blocks of 32 · tag 16`.
//!
//! All before the sealed blocks is authenticated, and so is the device, which is not in the bytes: the relay knows it by
//! the upload token. The plain bytes are padded to whole blocks, so that the length says little.

use wayside_model::DeviceId;
use zeroize::Zeroizing;

use crate::aead::{self, TAG};
use crate::bytes::{Reader, labelled, put_varint};
use crate::item::Header;
use crate::{ItemKind, Key, SealError};

/// Plain bytes are padded to a multiple of this.
pub const BLOCK: usize = 32;
/// The most an envelope holds: 8 MiB. A record with its small attachments stays far below.
pub const MAX_PLAIN: usize = 8 * 1024 * 1024;
/// The last number of an epoch. HQ walks the chain from its start, so this bounds what a hostile number can cost it.
pub const LAST_SEQ: u64 = 65_535;

const LABEL: &str = "wayside/envelope/1";
/// Ends the plain bytes; zeros follow up to the block's end.
const END_MARK: u8 = 0x80;

/// An envelope taken apart.
pub(crate) struct Parts<'a> {
    pub(crate) header: Header,
    authenticated: &'a [u8],
    sealed: &'a [u8],
}

impl<'a> Parts<'a> {
    pub(crate) fn read(bytes: &'a [u8]) -> Result<Self, SealError> {
        let mut reader = Reader::new(bytes);
        let mut header = Header::read_prefix(&mut reader)?;
        header.seq = reader.varint()?;
        let blocks = reader.varint()?;
        let (authenticated, sealed) = bytes.split_at(bytes.len() - reader.len());
        let fits = blocks >= 1 && blocks <= (MAX_PLAIN / BLOCK + 1) as u64;
        if header.kind != ItemKind::Envelope
            || !(1..=LAST_SEQ).contains(&header.seq)
            || !fits
            || sealed.len() as u64 != blocks * BLOCK as u64 + TAG as u64
        {
            return Err(SealError::Malformed);
        }
        Ok(Self { header, authenticated, sealed })
    }

    pub(crate) fn open(&self, device: DeviceId, key: &Key) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let mut plain = aead::open_once(key, &authenticated_data(device, self.authenticated), self.sealed)?;
        let end = plain.iter().rposition(|byte| *byte != 0).ok_or(SealError::Malformed)?;
        if plain[end] != END_MARK || plain.len() - end > BLOCK {
            return Err(SealError::Malformed);
        }
        plain.truncate(end);
        Ok(plain)
    }
}

/// Seals `plain` under a key that is used for this envelope alone.
pub(crate) fn seal(device: DeviceId, header: &Header, key: &Key, plain: &[u8]) -> Result<Vec<u8>, SealError> {
    if plain.len() > MAX_PLAIN {
        return Err(SealError::TooLarge);
    }
    let blocks = plain.len() / BLOCK + 1;
    // Reserved in full: a vector that grows would leave copies of the plain bytes behind.
    let mut out = Vec::with_capacity(64 + blocks * BLOCK + TAG);
    header.put_prefix(&mut out);
    put_varint(&mut out, header.seq);
    put_varint(&mut out, blocks as u64);
    let start = out.len();
    let aad = authenticated_data(device, &out);
    out.extend_from_slice(plain);
    out.push(END_MARK);
    out.resize(start + blocks * BLOCK, 0);
    aead::seal_once(key, &aad, &mut out, start)?;
    Ok(out)
}

fn authenticated_data(device: DeviceId, header: &[u8]) -> Vec<u8> {
    labelled(LABEL, &[device.as_bytes(), header])
}
