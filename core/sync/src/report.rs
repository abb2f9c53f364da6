//! What an engine did so far.

use wayside_model::ErrorCode;

use crate::SyncClass;

/// How far sending is. Counts what the relay acknowledged to this engine, never what was merely sent, and of that the device's
/// own items only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Items handed over by this engine.
    pub done: u32,
    /// Those and the ones still waiting. Items set aside are not in it.
    pub total: u32,
    /// Bytes of the items handed over.
    pub bytes: u64,
    /// Bytes of `total`.
    pub bytes_total: u64,
    /// Tries that failed, whatever the reason. Each is repeated.
    pub failures: u32,
}

/// An item that is not tried again by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SetAside {
    /// Which.
    pub id: [u8; 16],
    /// Why.
    pub code: ErrorCode,
}

/// What an engine did since it was made.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// Items the relay took. "Handed over" is not "HQ has it": that needs HQ's receipt.
    pub handed_over: u32,
    /// Their bytes.
    pub bytes: u64,
    /// Items of other devices, which this one carries, that the relay took. It goes on carrying them until HQ's receipt.
    pub carried: u32,
    /// Items that a neighbour took to carry. They wait for the relay as before.
    pub with_neighbour: u32,
    /// What a neighbour refused last, by its code. It changes nothing of the items.
    pub refused: Option<ErrorCode>,
    /// Control entries received.
    pub control_entries: u32,
    /// Items set aside. A person has to see them.
    pub set_aside: Vec<SetAside>,
    /// Why it waits, or why the last try failed; `None` where all goes well.
    pub obstacle: Option<SyncClass>,
}
