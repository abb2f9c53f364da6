//! Epochs: a secret that a device shares with HQ for a time, and what both derive from it.
//!
//! Header: `prefix 22 · device 16 · directory version (varint) · count 1 · wraps of 88 · signature 64`;
//! a wrap is `key id 8 · encapsulated key 32 · sealed secret 48`.

use wayside_model::DeviceId;
use zeroize::Zeroizing;

use crate::bytes::{Reader, labelled, put_varint};
use crate::chain::{Chain, first_head};
use crate::directory::{Directory, MAX_RECIPIENTS};
use crate::envelope;
use crate::hpke::{self, PrivateKey};
use crate::item::{Header, ItemKind};
use crate::random::{self, Source};
use crate::{Key, SealError, Signature, SigningKey, VerifyingKey};

const CONTEXT: &str = "wayside/epoch-header/1";
const WRAP: &str = "wayside/epoch-wrap/1";
const CHAIN: &str = "wayside/chain/1";
const RECEIPT: &str = "wayside/receipt-key/1";
const SECRET: usize = 32;
const SIGNATURE: usize = 64;

/// A new epoch on the device. The secret itself is gone: only what is derived from it stays.
pub struct StartedEpoch {
    /// The item to upload, before any envelope of the epoch.
    pub header: Vec<u8>,
    /// Seals the epoch's envelopes.
    pub chain: Chain,
    /// Checks HQ's receipts; stays when the chain goes on.
    pub receipt_key: Key,
}

/// Starts an epoch: draws its secret, wraps it to every recipient of the directory, signs the header with the device's key.
/// The directory has to be verified and current ([`Directory::check_current`]). A device never uses an epoch number twice.
/// Fails with `seal.no_randomness`, and with `seal.malformed` on a directory without usable recipients.
pub fn start(device: DeviceId, epoch: u32, directory: &Directory, key: &SigningKey) -> Result<StartedEpoch, SealError> {
    start_from(&mut random::fill, device, epoch, directory, key)
}

/// As [`start`], drawing from `source`: whoever can guess what it gives can open the epoch.
pub fn start_from(
    source: Source<'_>,
    device: DeviceId,
    epoch: u32,
    directory: &Directory,
    key: &SigningKey,
) -> Result<StartedEpoch, SealError> {
    let count = u8::try_from(directory.recipients.len()).map_err(|_| SealError::Malformed)?;
    if count == 0 || usize::from(count) > MAX_RECIPIENTS {
        return Err(SealError::Malformed);
    }
    let id = random::draw(source)?;
    let secret = Key::draw(source)?;
    let mut out = Vec::new();
    Header { kind: ItemKind::EpochHeader, priority: 0, device_epoch: epoch, id, seq: 0 }.put_prefix(&mut out);
    out.extend_from_slice(device.as_bytes());
    put_varint(&mut out, directory.version);
    out.push(count);
    let key_ids: Vec<_> = directory.recipients.iter().map(|recipient| recipient.key.key_id()).collect();
    let aad = wrap_aad(&out, &key_ids);
    let info = labelled(WRAP, &[]);
    for (recipient, key_id) in directory.recipients.iter().zip(&key_ids) {
        out.extend_from_slice(key_id);
        out.extend(hpke::seal_to_from(source, &recipient.key, &info, &aad, secret.expose())?);
    }
    let signature = key.sign(CONTEXT, &out)?;
    out.extend_from_slice(signature.as_bytes());
    let secret = EpochSecret::new(device, epoch, secret, &out);
    Ok(StartedEpoch { chain: secret.chain(), receipt_key: secret.receipt_key(), header: out })
}

/// A number for the epoch after `current`, drawn above it: two copies of one device that both begin an epoch do not take the
/// same, and numbers go on rising. Each step takes on average a 128th of all numbers.
/// Fails with `seal.no_randomness`, and with `seal.epoch_full` where no number is left: the device enrols again.
pub fn next_number(current: u32) -> Result<u32, SealError> {
    next_number_from(&mut random::fill, current)
}

/// As [`next_number`], drawing from `source`.
pub fn next_number_from(source: Source<'_>, current: u32) -> Result<u32, SealError> {
    let step = u32::from_be_bytes(random::draw(source)?) >> 6;
    current.checked_add(step).and_then(|number| number.checked_add(1)).ok_or(SealError::EpochFull)
}

/// Every wrap is tied to the header and to the whole list of recipients: none can be added or left out unseen.
fn wrap_aad(fixed_part: &[u8], key_ids: &[[u8; 8]]) -> Vec<u8> {
    labelled(WRAP, &[fixed_part, key_ids.as_flattened()])
}

/// The epoch's secret, wrapped to one recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrap {
    /// Names the recipient's key ([`crate::hpke::PublicKey::key_id`]).
    pub key_id: [u8; 8],
    /// What [`hpke::open`] takes.
    pub bytes: [u8; SECRET + hpke::OVERHEAD],
}

/// An epoch header taken apart; nothing of it is proven before [`EpochHeader::verify`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EpochHeader {
    /// The item's id.
    pub id: [u8; 16],
    /// The device that started the epoch.
    pub device: DeviceId,
    /// The epoch's number on that device.
    pub epoch: u32,
    /// The directory its recipients come from.
    pub directory_version: u64,
    /// One for each recipient.
    pub wraps: Vec<Wrap>,
    /// The device's signature over all before it.
    pub signature: Signature,
    fixed_length: usize,
}

impl EpochHeader {
    /// Takes a header apart. Fails with `seal.malformed`.
    pub fn read(bytes: &[u8]) -> Result<Self, SealError> {
        let mut reader = Reader::new(bytes);
        let header = Header::read_prefix(&mut reader)?;
        let device = DeviceId::from_bytes(reader.array()?);
        let directory_version = reader.varint()?;
        let count = usize::from(reader.u8()?);
        if header.kind != ItemKind::EpochHeader || count == 0 || count > MAX_RECIPIENTS {
            return Err(SealError::Malformed);
        }
        let fixed_length = bytes.len() - reader.len();
        let mut wraps: Vec<Wrap> = Vec::with_capacity(count);
        for _ in 0..count {
            let wrap = Wrap { key_id: reader.array()?, bytes: reader.array()? };
            if wraps.iter().any(|other| other.key_id == wrap.key_id) {
                return Err(SealError::Malformed);
            }
            wraps.push(wrap);
        }
        let signature = Signature::from_bytes(reader.array()?);
        reader.end()?;
        let (id, epoch) = (header.id, header.device_epoch);
        Ok(Self { id, device, epoch, directory_version, wraps, signature, fixed_length })
    }

    /// Takes a header apart and checks the device's signature. Fails with `seal.malformed`, `signature.wrong`.
    pub fn verify(bytes: &[u8], device: &VerifyingKey) -> Result<Self, SealError> {
        let header = Self::read(bytes)?;
        let (message, _) = bytes.split_last_chunk::<SIGNATURE>().ok_or(SealError::Malformed)?;
        device.verify(CONTEXT, message, &header.signature)?;
        Ok(header)
    }
}

/// The secret of an epoch, at HQ. Has no `Debug`.
pub struct EpochSecret {
    device: DeviceId,
    epoch: u32,
    secret: Key,
    head: [u8; 32],
}

impl EpochSecret {
    /// Checks the device's signature on an epoch header and unwraps the secret with one recipient's key.
    /// Fails with `seal.malformed`, `signature.wrong`, and `seal.broken` where it is not wrapped to this key.
    pub fn unwrap(bytes: &[u8], recipient: &PrivateKey, device: &VerifyingKey) -> Result<Self, SealError> {
        let header = EpochHeader::verify(bytes, device)?;
        let key_id = recipient.public()?.key_id();
        let wrap = header.wraps.iter().find(|wrap| wrap.key_id == key_id).ok_or(SealError::Broken)?;
        let key_ids: Vec<_> = header.wraps.iter().map(|wrap| wrap.key_id).collect();
        let fixed_part = bytes.get(..header.fixed_length).ok_or(SealError::Malformed)?;
        let opened = hpke::open(recipient, &labelled(WRAP, &[]), &wrap_aad(fixed_part, &key_ids), &wrap.bytes)?;
        let secret = <[u8; SECRET]>::try_from(opened.as_slice()).map_err(|_| SealError::Malformed)?;
        Ok(Self::new(header.device, header.epoch, Key::from_bytes(secret), bytes))
    }

    fn new(device: DeviceId, epoch: u32, secret: Key, header: &[u8]) -> Self {
        Self { device, epoch, secret, head: first_head(header) }
    }

    /// The device.
    pub const fn device(&self) -> DeviceId {
        self.device
    }
    /// The epoch's number on that device.
    pub const fn epoch(&self) -> u32 {
        self.epoch
    }

    /// Opens any envelope of the epoch, by walking the chain to its number (at most 65,534 steps, some 100 ms).
    /// Fails with `seal.malformed`, `seal.order` (another epoch), `seal.broken`.
    pub fn open(&self, bytes: &[u8]) -> Result<(Header, Zeroizing<Vec<u8>>), SealError> {
        let parts = envelope::Parts::read(bytes)?;
        let opened = self.chain().walked_to(parts.header.seq)?.open(bytes)?;
        Ok((opened.header, opened.plain))
    }

    /// The chain at its start, for opening envelopes one after the other and for comparing heads with checkpoints.
    pub fn chain(&self) -> Chain {
        Chain::start(self.device, self.epoch, self.derive(CHAIN), self.head)
    }

    /// Makes and checks receipts of this epoch.
    pub fn receipt_key(&self) -> Key {
        self.derive(RECEIPT)
    }

    fn derive(&self, label: &str) -> Key {
        self.secret.derive(label, &[self.device.as_bytes().as_slice(), &self.epoch.to_be_bytes()].concat())
    }
}
