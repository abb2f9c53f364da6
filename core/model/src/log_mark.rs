//! How a device's audit log stands, as it tells HQ with each record.

use minicbor::{Decode, Encode};

/// A place in the audit log: the number of an entry and the beginning of the hash over everything up to it. Eight bytes
/// are enough to tell two logs apart: what a device says of its log is as good as its key, and no better with more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct LogPlace {
    /// Counted from 1; 0 is the beginning.
    #[n(0)]
    pub seq: u64,
    /// The first bytes of the hash.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub head: [u8; 8],
}

/// The log's end when a record was sealed, and what now stands where its end was when the record before was. HQ compares: a
/// log that was put back or cut does not go on from where HQ last saw it. The signed checkpoint that covers the record
/// covers this too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct LogMark {
    /// The end.
    #[n(0)]
    pub end: LogPlace,
    /// What was the end before; absent at first, and where the entry has expired.
    #[n(1)]
    pub before: Option<LogPlace>,
    /// What lay on the device that somebody who has it unlocked could read; absent from a device that does not tell.
    #[n(2)]
    pub held: Option<Held>,
}

/// How much of people lay open on a device besides the record that tells of it. Numbers alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct Held {
    /// Drafts of other interviews.
    #[n(0)]
    pub drafts: u32,
    /// Cases in the worker's list that are not closed.
    #[n(1)]
    pub cases: u32,
}
