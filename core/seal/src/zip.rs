//! zstd (RFC 8878) with a dictionary. Bounded: what claims to be larger than asked for is refused before it is unpacked.

use std::io::{Read, Write};

use crate::SealError;

/// Every frame begins with it, so it is left out.
const MAGIC: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];

/// Packs with `dictionary` (may be empty), which whoever unpacks has to have.
pub(crate) fn pack(bytes: &[u8], dictionary: &[u8], level: i32) -> Result<Vec<u8>, SealError> {
    let packed = || -> std::io::Result<Vec<u8>> {
        let mut encoder = zstd::stream::write::Encoder::with_ref_prefix(Vec::new(), level, dictionary)?;
        encoder.include_contentsize(false)?;
        encoder.include_checksum(false)?;
        encoder.long_distance_matching(dictionary.len() > 1 << 17)?;
        encoder.write_all(bytes)?;
        encoder.finish()
    };
    let packed = packed().map_err(|_| SealError::TooLarge)?;
    packed.strip_prefix(MAGIC).map(<[u8]>::to_vec).ok_or(SealError::Bug)
}

/// Unpacks at most `limit` bytes. Fails with `seal.malformed`, `seal.too_large`.
pub(crate) fn unpack(packed: &[u8], dictionary: &[u8], limit: usize) -> Result<Vec<u8>, SealError> {
    let mut out = Vec::new();
    let framed = MAGIC.chain(packed);
    let decoder = zstd::stream::read::Decoder::with_ref_prefix(std::io::BufReader::new(framed), dictionary);
    let decoder = decoder.map_err(|_| SealError::Malformed)?;
    decoder.take(limit as u64 + 1).read_to_end(&mut out).map_err(|_| SealError::Malformed)?;
    if out.len() > limit { Err(SealError::TooLarge) } else { Ok(out) }
}
