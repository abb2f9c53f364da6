//! Items: what a device uploads. All begin alike, so that a relay or an outbox can sort them without any key.
//!
//! `suite and kind 1 · priority 1 · device epoch 4 · id 16`, then what the kind needs.

use wayside_model::LogSafe;

use crate::bytes::Reader;
use crate::{SealError, checkpoint, envelope, epoch};

/// The least urgent priority. 0 is a protection referral, 1 a screening, 4 a photo.
pub const LAST_PRIORITY: u8 = 4;

/// Length of what all items begin with.
pub const PREFIX: usize = 22;

/// Kinds of items.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ItemKind {
    /// Starts an epoch: the epoch's secret, wrapped to each recipient.
    EpochHeader,
    /// One sealed event.
    Envelope,
    /// The device's signature over its chain.
    Checkpoint,
}

impl LogSafe for ItemKind {}

impl ItemKind {
    /// The first byte: suite 1 in the upper half, the kind in the lower.
    pub const fn tag(self) -> u8 {
        match self {
            Self::EpochHeader => 0x11,
            Self::Envelope => 0x12,
            Self::Checkpoint => 0x13,
        }
    }
    fn from_tag(tag: u8) -> Result<Self, SealError> {
        [Self::EpochHeader, Self::Envelope, Self::Checkpoint]
            .into_iter()
            .find(|kind| kind.tag() == tag)
            .ok_or(SealError::Malformed)
    }
}

/// What anybody can read of an item. Nothing of it is proven before a signature or a seal was checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// What it is.
    pub kind: ItemKind,
    /// How urgent, 0 to [`LAST_PRIORITY`]; always 0 for an epoch header or a checkpoint.
    pub priority: u8,
    /// The device's epoch.
    pub device_epoch: u32,
    /// The item's id; for an envelope also the event's.
    pub id: [u8; 16],
    /// An envelope's number in its epoch, or the last number a checkpoint covers; 0 for an epoch header.
    pub seq: u64,
}

impl Header {
    /// Reads the public part and checks the whole shape, lengths included. Fails with `seal.malformed`.
    pub fn read(bytes: &[u8]) -> Result<Self, SealError> {
        let mut reader = Reader::new(bytes);
        let header = Self::read_prefix(&mut reader)?;
        match header.kind {
            ItemKind::EpochHeader => epoch::EpochHeader::read(bytes).map(|_| header),
            ItemKind::Envelope => envelope::Parts::read(bytes).map(|parts| parts.header),
            ItemKind::Checkpoint => checkpoint::Parts::read(bytes).map(|parts| parts.header),
        }
    }

    pub(crate) fn read_prefix(reader: &mut Reader<'_>) -> Result<Self, SealError> {
        let kind = ItemKind::from_tag(reader.u8()?)?;
        let priority = reader.u8()?;
        let last = if kind == ItemKind::Envelope { LAST_PRIORITY } else { 0 };
        if priority > last {
            return Err(SealError::Malformed);
        }
        Ok(Self { kind, priority, device_epoch: reader.u32()?, id: reader.array()?, seq: 0 })
    }

    pub(crate) fn put_prefix(&self, out: &mut Vec<u8>) {
        out.push(self.kind.tag());
        out.push(self.priority);
        out.extend_from_slice(&self.device_epoch.to_be_bytes());
        out.extend_from_slice(&self.id);
    }
}

/// The item's id. Fails with `seal.malformed`.
pub fn id(bytes: &[u8]) -> Result<[u8; 16], SealError> {
    Header::read(bytes).map(|header| header.id)
}
