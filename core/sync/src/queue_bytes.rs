//! A queue as bytes, for whoever keeps it beside the items. Canonical CBOR; a field's number stays what it is.

use minicbor::decode::Error;
use minicbor::{Decode, Decoder, Encode, Encoder};
use wayside_model::{from_canonical, to_canonical};
use wayside_seal::ItemKind;

use crate::queue::{Queue, Row};

#[derive(Encode, Decode)]
struct Body {
    #[n(0)]
    rows: Vec<Row>,
}

impl Queue {
    /// All rows, in their order.
    pub fn to_bytes(&self) -> Vec<u8> {
        to_canonical(&Body { rows: self.rows().copied().collect() })
    }

    /// What [`Queue::to_bytes`] wrote; `None` where it is anything else.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let body: Body = from_canonical(bytes).ok()?;
        let mut queue = Self::default();
        body.rows.into_iter().for_each(|row| queue.add(row));
        Some(queue)
    }
}

/// A kind as the first byte of its items.
pub(crate) mod kind {
    use super::{Decoder, Encoder, Error, ItemKind};

    const ALL: [ItemKind; 3] = [ItemKind::EpochHeader, ItemKind::Envelope, ItemKind::Checkpoint];

    pub(crate) fn encode<C, W: minicbor::encode::Write>(
        kind: &ItemKind,
        encoder: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        encoder.u8(kind.tag())?.ok()
    }

    pub(crate) fn decode<C>(decoder: &mut Decoder<'_>, _: &mut C) -> Result<ItemKind, Error> {
        let tag = decoder.u8()?;
        ALL.into_iter().find(|kind| kind.tag() == tag).ok_or_else(|| Error::message("no kind of item"))
    }
}
