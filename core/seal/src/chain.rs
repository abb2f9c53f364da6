//! The one-way chain of an epoch's keys, and the chain of hashes beside it.
//!
//! message key = HKDF(chain key, salt = event id); next chain key = HKDF(chain key). A chain that went on cannot open what
//! it sealed before, and a chain restored from a backup seals under another key, because the event id is fresh.

use wayside_model::{DeviceId, EventId};
use zeroize::Zeroizing;

use crate::bytes::{Reader, labelled};
use crate::envelope::{self, LAST_SEQ};
use crate::item::{Header, ItemKind, LAST_PRIORITY};
use crate::{Key, SealError, sha256};

const MESSAGE: &str = "wayside/message-key/1";
const STEP: &str = "wayside/chain-step/1";
const HEAD: &str = "wayside/chain-head/1";
/// First byte of the kept form.
const FORMAT: u8 = 1;

/// Where an epoch stands. The device keeps it in its vault and replaces it in the commit that stores the envelope.
#[derive(Clone, PartialEq, Eq)]
pub struct Chain {
    device: DeviceId,
    epoch: u32,
    next_seq: u64,
    key: Key,
    head: [u8; 32],
}

/// A new envelope and where the chain stands after it.
pub struct SealedEnvelope {
    /// The item to upload.
    pub bytes: Vec<u8>,
    /// Its SHA-256, as a receipt names it.
    pub sha256: [u8; 32],
    /// The chain after it. Keep this one, forget the other.
    pub next: Chain,
}

/// An envelope that opened, and where the chain stands after it.
pub struct Opened {
    /// Its public part, proven now.
    pub header: Header,
    /// What was sealed.
    pub plain: Zeroizing<Vec<u8>>,
    /// The chain after it.
    pub next: Chain,
}

impl Chain {
    pub(crate) fn start(device: DeviceId, epoch: u32, key: Key, head: [u8; 32]) -> Self {
        Self { device, epoch, next_seq: 1, key, head }
    }
    /// The device.
    pub const fn device(&self) -> DeviceId {
        self.device
    }
    /// The device's epoch.
    pub const fn epoch(&self) -> u32 {
        self.epoch
    }
    /// The number the next envelope gets, counted from 1.
    pub const fn next_seq(&self) -> u64 {
        self.next_seq
    }
    /// The hash over the epoch's header and all envelopes before; what a checkpoint signs.
    pub const fn head(&self) -> &[u8; 32] {
        &self.head
    }
    /// Whether no envelope fits into this epoch any more.
    pub const fn is_full(&self) -> bool {
        self.next_seq > LAST_SEQ
    }

    /// Seals an event. `id` has to be drawn afresh for each attempt, because the key depends on it and on the chain alone.
    /// Fails with `seal.epoch_full`, `seal.too_large`, and `seal.malformed` on a priority above 4.
    pub fn seal(&self, id: EventId, priority: u8, plain: &[u8]) -> Result<SealedEnvelope, SealError> {
        if self.is_full() {
            return Err(SealError::EpochFull);
        }
        if priority > LAST_PRIORITY {
            return Err(SealError::Malformed);
        }
        let header = Header {
            kind: ItemKind::Envelope,
            priority,
            device_epoch: self.epoch,
            id: *id.as_bytes(),
            seq: self.next_seq,
        };
        let bytes = envelope::seal(self.device, &header, &self.message_key(&header.id), plain)?;
        let sha256 = sha256(&bytes);
        Ok(SealedEnvelope { bytes, sha256, next: self.after(&sha256) })
    }

    /// Opens the next envelope of this chain: at HQ, and on the device to mend a finish that stopped half-way.
    /// Fails with `seal.malformed`, `seal.order` (not the next one, or of another epoch), `seal.broken`.
    pub fn open(&self, bytes: &[u8]) -> Result<Opened, SealError> {
        let parts = envelope::Parts::read(bytes)?;
        if parts.header.device_epoch != self.epoch || parts.header.seq != self.next_seq {
            return Err(SealError::OutOfOrder);
        }
        let plain = parts.open(self.device, &self.message_key(&parts.header.id))?;
        Ok(Opened { header: parts.header, plain, next: self.after(&sha256(bytes)) })
    }

    /// The chain as it stands before envelope `seq`, its head left behind. Nothing for numbers that are over.
    pub(crate) fn walked_to(&self, seq: u64) -> Result<Self, SealError> {
        if !(self.next_seq..=LAST_SEQ).contains(&seq) {
            return Err(SealError::OutOfOrder);
        }
        let mut chain = self.clone();
        while chain.next_seq < seq {
            chain.key = chain.next_key();
            chain.next_seq += 1;
        }
        Ok(chain)
    }

    /// The bytes to keep, in the vault only: they are the key to the envelopes to come.
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut out = Zeroizing::new(Vec::with_capacity(93));
        out.push(FORMAT);
        out.extend_from_slice(self.device.as_bytes());
        out.extend_from_slice(&self.epoch.to_be_bytes());
        out.extend_from_slice(&self.next_seq.to_be_bytes());
        out.extend_from_slice(self.key.expose());
        out.extend_from_slice(&self.head);
        out
    }

    /// Reads what [`Chain::to_bytes`] wrote. Fails with `seal.malformed`.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SealError> {
        let mut reader = Reader::new(bytes);
        if reader.u8()? != FORMAT {
            return Err(SealError::Malformed);
        }
        let chain = Self {
            device: DeviceId::from_bytes(reader.array()?),
            epoch: reader.u32()?,
            next_seq: reader.u64()?,
            key: Key::from_bytes(reader.array()?),
            head: reader.array()?,
        };
        reader.end()?;
        if (1..=LAST_SEQ + 1).contains(&chain.next_seq) { Ok(chain) } else { Err(SealError::Malformed) }
    }

    fn message_key(&self, id: &[u8; 16]) -> Key {
        self.key.derive_salted(id, MESSAGE, &[])
    }
    fn next_key(&self) -> Key {
        self.key.derive(STEP, &[])
    }
    fn after(&self, envelope_sha256: &[u8; 32]) -> Self {
        Self {
            device: self.device,
            epoch: self.epoch,
            next_seq: self.next_seq + 1,
            key: self.next_key(),
            head: next_head(&self.head, envelope_sha256),
        }
    }
}

/// The head after an envelope. It runs over hashes of sealed bytes, so HQ can check the chain of records it has erased.
pub fn next_head(head: &[u8; 32], envelope_sha256: &[u8; 32]) -> [u8; 32] {
    sha256(&labelled(HEAD, &[head, envelope_sha256]))
}

/// The head before the first envelope: bound to the epoch's header.
pub fn first_head(epoch_header: &[u8]) -> [u8; 32] {
    next_head(&[0; 32], &sha256(epoch_header))
}
