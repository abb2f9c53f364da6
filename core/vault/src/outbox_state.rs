//! The small files of the outbox: `config`, written once, and `state`, which says what the relay has and what HQ sent.
//!
//! Both: magic 8 · length 4 · canonical CBOR · SHA-256 of all before · zeros up to a multiple of 4 KiB.

use std::path::Path;

use minicbor::bytes::{ByteArray, ByteVec};
use minicbor::{Decode, Encode};
use wayside_model::{DeviceId, from_canonical, to_canonical};
use wayside_seal::{Key, sha256};

use crate::{Part, VaultError, durable};

const CONFIG_MAGIC: &[u8; 8] = b"WAYOUTCF";
const STATE_MAGIC: &[u8; 8] = b"WAYOUTST";
const STEP: usize = 4096;
pub(crate) const CAP: u64 = 64 * 1024 * 1024;

#[derive(Encode, Decode)]
pub(crate) struct ConfigBody {
    #[n(0)]
    pub(crate) relay: String,
    #[n(1)]
    pub(crate) device: DeviceId,
    #[cbor(n(2), with = "minicbor::bytes")]
    pub(crate) upload_token: [u8; 32],
}

impl ConfigBody {
    pub(crate) fn write(&self, path: &Path) -> Result<(), VaultError> {
        Ok(durable::replace(path, &frame(CONFIG_MAGIC, &to_canonical(self)))?)
    }
    /// `None` if there is no file.
    pub(crate) fn read(path: &Path) -> Result<Option<Self>, VaultError> {
        let Some(bytes) = durable::read(path, CAP)? else { return Ok(None) };
        let body = unframe(CONFIG_MAGIC, &bytes).and_then(|body| from_canonical(body).ok());
        body.map(Some).ok_or(VaultError::Damaged(Part::OutboxConfig))
    }
    pub(crate) fn token(&self) -> Key {
        Key::from_bytes(self.upload_token)
    }
}

/// Which items the relay has or refuses, and the control entries that nobody has read yet.
#[derive(Encode, Decode, Default)]
pub(crate) struct State {
    #[n(0)]
    pub(crate) handed_over: Vec<ByteArray<16>>,
    #[n(1)]
    pub(crate) set_aside: Vec<SetAside>,
    #[n(2)]
    pub(crate) control_position: u64,
    #[n(3)]
    pub(crate) control: Vec<Control>,
    #[n(4)]
    pub(crate) hq: Option<Hq>,
}

/// By what HQ is known without the vault: enough to tell its bundles and its entries from others, and no name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct Hq {
    /// Tag of the organisation, as bundles carry it ([`wayside_seal::bundle::tenant`]).
    #[cbor(n(0), with = "minicbor::bytes")]
    pub tenant: [u8; 8],
    /// The desk's public signing key.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub desk: [u8; 32],
}

#[derive(Encode, Decode)]
pub(crate) struct SetAside {
    #[n(0)]
    pub(crate) id: ByteArray<16>,
    #[n(1)]
    pub(crate) code: String,
}

#[derive(Encode, Decode)]
pub(crate) struct Control {
    #[n(0)]
    pub(crate) counter: u64,
    #[n(1)]
    pub(crate) bytes: ByteVec,
}

impl State {
    /// Writes the file, then its copy.
    pub(crate) fn write(&self, path: &Path, copy: &Path) -> Result<(), VaultError> {
        let bytes = frame(STATE_MAGIC, &to_canonical(self));
        durable::replace(path, &bytes)?;
        Ok(durable::replace(copy, &bytes)?)
    }

    /// Reads the file, or its copy. An older copy only means that something is sent or fetched once more.
    pub(crate) fn read(path: &Path, copy: &Path) -> Result<Self, VaultError> {
        for path in [path, copy] {
            let bytes = durable::read(path, CAP)?.unwrap_or_default();
            if let Some(state) = unframe(STATE_MAGIC, &bytes).and_then(|body| from_canonical(body).ok()) {
                return Ok(state);
            }
        }
        Err(VaultError::Damaged(Part::OutboxState))
    }
}

pub(crate) fn frame(magic: &[u8; 8], body: &[u8]) -> Vec<u8> {
    let mut bytes = magic.to_vec();
    bytes.extend_from_slice(&(body.len() as u32).to_le_bytes());
    bytes.extend_from_slice(body);
    bytes.extend_from_slice(&sha256(&bytes));
    bytes.resize(bytes.len().next_multiple_of(STEP), 0);
    bytes
}

pub(crate) fn unframe<'b>(magic: &[u8; 8], bytes: &'b [u8]) -> Option<&'b [u8]> {
    unframe_first(magic, bytes).and_then(|(body, rest)| rest.is_empty().then_some(body))
}

/// The bodies of the frames that stand one behind the other, up to the first that is not whole, and where that one begins.
pub(crate) fn unframe_all<'b>(magic: &[u8; 8], bytes: &'b [u8]) -> (Vec<&'b [u8]>, usize) {
    let (mut bodies, mut left) = (Vec::new(), bytes);
    while let Some((body, rest)) = unframe_first(magic, left) {
        bodies.push(body);
        left = rest;
    }
    (bodies, bytes.len() - left.len())
}

/// Body of the first frame, and what stands behind it.
fn unframe_first<'b>(magic: &[u8; 8], bytes: &'b [u8]) -> Option<(&'b [u8], &'b [u8])> {
    let rest = bytes.strip_prefix(magic)?;
    let (len, rest) = rest.split_first_chunk()?;
    let (body, rest) = rest.split_at_checked(usize::try_from(u32::from_le_bytes(*len)).ok()?)?;
    let (sum, rest) = rest.split_first_chunk::<32>()?;
    let covered = bytes.get(..magic.len() + len.len() + body.len())?;
    let (zeros, behind) =
        rest.split_at_checked((covered.len() + sum.len()).next_multiple_of(STEP) - covered.len() - sum.len())?;
    let whole = zeros.iter().all(|byte| *byte == 0) && sha256(covered) == *sum;
    whole.then_some((body, behind))
}
