//! `POST /v1/items`: many items in one request, for the first contact after days without a network.

use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

/// Path of the call.
pub const PATH: &str = "/v1/items";
/// Items of one batch at most.
pub const LARGEST_BATCH: usize = 256;

/// The request: items as they would be uploaded one by one, in the order in which they are to be kept.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Batch {
    /// The items.
    #[n(1)]
    pub items: Vec<ByteVec>,
}

/// What became of one item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum ItemState {
    /// Held, durably, since this request.
    #[n(0)]
    New,
    /// Held before.
    #[n(1)]
    Held,
    /// Other bytes are held under its id; they stay (`sync.conflict`).
    #[n(2)]
    Conflict,
    /// These bytes are no item (`sync.refused`). The others are not affected.
    #[n(3)]
    NoItem,
}

/// The answer: one state for each item, in the order of the request.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct BatchStored {
    /// SHA-256 of the request body.
    #[n(1)]
    #[cbor(with = "minicbor::bytes")]
    pub sha256: [u8; 32],
    /// The states.
    #[n(2)]
    pub states: Vec<ItemState>,
}
