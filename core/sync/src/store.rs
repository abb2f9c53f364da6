//! The device's side: what waits to be sent. Implemented over the outbox.

use wayside_model::{Coded, DeviceId, ErrorCode, Timestamp};

use crate::{ItemKind, SyncClass};

/// One sealed item as the engine sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ItemView {
    /// Its id; the relay keeps it under this. Of one that is carried, the name the store gives it, which is no other item's.
    pub id: [u8; 16],
    /// Epoch header, envelope or checkpoint.
    pub kind: ItemKind,
    /// Sequence number of an envelope; where it has none, items of its kind go in the order of the list.
    pub seq: Option<u64>,
    /// 0 (urgent) to 4.
    pub priority: u8,
    /// Bytes to send.
    pub len: u64,
    /// The relay has it.
    pub handed_over: bool,
    /// Set aside until a person decides; never sent by itself, never removed.
    pub set_aside: bool,
    /// Whose it is, where this device only carries it.
    pub owner: Option<DeviceId>,
}

/// The storage could not do it; the code says why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the device's storage: {0}")]
pub struct StoreError(pub ErrorCode);

impl Coded for StoreError {
    fn code(&self) -> ErrorCode {
        self.0
    }
}

/// Where items wait and the control log is kept. There is no way to remove an item through it.
pub trait Store {
    /// All items held, in the order they were added, those that are carried for others among them.
    fn items(&self) -> Result<Vec<ItemView>, StoreError>;
    /// The bytes of one item; `None` if it is not held any more, because HQ's receipt came.
    fn bytes(&self, id: &[u8; 16]) -> Result<Option<Vec<u8>>, StoreError>;
    /// Notes, durably, that the relay has it. An id it no longer holds is not an error.
    fn mark_handed_over(&mut self, id: &[u8; 16]) -> Result<(), StoreError>;
    /// Notes that a neighbour carries it from now on. It waits for the relay as before: nothing else of it changes.
    fn note_with_neighbour(&mut self, _id: &[u8; 16]) -> Result<(), StoreError> {
        Ok(())
    }
    /// Notes that the relay refuses it for good, with the reason. A store that cannot keep the note may forget it: the item
    /// is then tried once more by the next engine.
    fn set_aside(&mut self, id: &[u8; 16], code: ErrorCode) -> Result<(), StoreError>;
    /// Counter of the last control entry kept; 0 at the start.
    fn control_position(&self) -> Result<u64, StoreError>;
    /// Keeps one control entry, durably. Entries come without gaps. Whether its signature fits is checked by who reads it.
    fn add_control(&mut self, counter: u64, bytes: &[u8]) -> Result<(), StoreError>;
    /// Notes that this item failed by itself, with the status where there was one, and when it is tried again. For the list a
    /// person sees and HQ's daily count; the engine keeps its own.
    fn note_failure(
        &mut self,
        _id: &[u8; 16],
        _status: Option<u16>,
        _class: SyncClass,
        _until: Timestamp,
    ) -> Result<(), StoreError> {
        Ok(())
    }
    /// Notes, durably, that work on this item begins: a program that ends with it in hand three times sets it aside.
    fn take_in_hand(&self, _id: &[u8; 16]) -> Result<(), StoreError> {
        Ok(())
    }
    /// Notes that the work on this item with the relay ended, well or not.
    fn put_down(&self, _id: &[u8; 16]) -> Result<(), StoreError> {
        Ok(())
    }
    /// Notes that the work on this item with a neighbour ended, well or not.
    fn put_back(&self, _id: &[u8; 16]) -> Result<(), StoreError> {
        Ok(())
    }
    /// The bearer text of this device ([`crate::wire::bearer`]).
    fn upload_token(&self) -> String;
}
