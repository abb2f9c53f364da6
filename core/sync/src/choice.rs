//! Which item goes first.

use std::collections::BTreeSet;

use wayside_model::{DeviceId, ErrorCode};

use crate::planted::{self, Fault};
use crate::{ItemKind, ItemView};

/// What a request is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Subject {
    /// Is this the relay?
    Health,
    /// One item.
    Item([u8; 16]),
    /// The control log.
    Control,
}

/// The items that wait, in the order they should go: epoch headers, because nothing after them can be opened without; then
/// envelopes by priority, the oldest of a class first; then checkpoints, which cover what went before. What is carried for others
/// comes after all of that, but for what is urgent, with the headers it needs: that comes after the device's own urgent items.
pub(crate) fn in_order(items: &[ItemView], is_aside: impl Fn(&[u8; 16]) -> bool) -> Vec<ItemView> {
    let mut waiting: Vec<_> =
        items.iter().copied().filter(|item| !item.handed_over && !item.set_aside && !is_aside(&item.id)).collect();
    if planted::is(Fault::PhotoBeforeUrgent) {
        waiting.sort_by_key(|item| std::cmp::Reverse(item.len));
        return waiting;
    }
    waiting.sort_by_key(|item| match (item.owner, item.kind) {
        (None, ItemKind::EpochHeader) => (0, 0, 0),
        (None, ItemKind::Envelope) if item.priority == 0 => (1, 0, item.seq.unwrap_or(u64::MAX)),
        (Some(_), ItemKind::EpochHeader) => (2, 0, 0),
        (Some(_), ItemKind::Envelope) if item.priority == 0 => (3, 0, item.seq.unwrap_or(u64::MAX)),
        (None, ItemKind::Envelope) => (4, item.priority, item.seq.unwrap_or(u64::MAX)),
        (None, ItemKind::Checkpoint) => (5, 0, item.seq.unwrap_or(0)),
        (Some(_), ItemKind::Envelope) => (6, item.priority, item.seq.unwrap_or(u64::MAX)),
        (Some(_), ItemKind::Checkpoint) => (7, 0, item.seq.unwrap_or(0)),
    });
    waiting
}

/// Whether an item goes only after HQ's entries were read: carrying for others must not hold them up.
pub(crate) fn comes_last(item: &ItemView) -> bool {
    item.owner.is_some() && item.kind != ItemKind::EpochHeader && !is_urgent(item)
}

/// Whether it is a person's safety that waits (P0), for which waits are shorter.
pub(crate) fn is_urgent(item: &ItemView) -> bool {
    item.kind == ItemKind::Envelope && item.priority == 0
}

/// What the relay does not take from a carrier at present. It is no fault of the items, which are tried again by the next engine.
#[derive(Default)]
pub(crate) struct PassedOver {
    everybody: bool,
    owners: BTreeSet<DeviceId>,
}

impl PassedOver {
    /// Whether this refusal is of that kind; then it is noted.
    pub(crate) fn note(&mut self, owner: Option<DeviceId>, code: ErrorCode) -> bool {
        match (owner, code) {
            (Some(_), ErrorCode::CarryFull) => self.everybody = true,
            // The relay does not know that device, or takes nothing from carriers.
            (Some(owner), ErrorCode::RelayNotFound) => drop(self.owners.insert(owner)),
            _ => return false,
        }
        true
    }

    pub(crate) fn is(&self, owner: Option<DeviceId>) -> bool {
        owner.is_some_and(|owner| self.everybody || self.owners.contains(&owner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(id: u8, kind: ItemKind, priority: u8, seq: u64) -> ItemView {
        ItemView {
            id: [id; 16],
            kind,
            seq: Some(seq),
            priority,
            len: 1,
            handed_over: false,
            set_aside: false,
            owner: None,
        }
    }

    #[test]
    fn header_then_priority_then_age_then_checkpoint() {
        let done = ItemView { handed_over: true, ..view(9, ItemKind::Envelope, 0, 0) };
        let shut = ItemView { set_aside: true, ..view(8, ItemKind::Envelope, 0, 0) };
        let carried = |item: ItemView| ItemView { owner: Some(DeviceId::from_bytes([1; 16])), ..item };
        let items = [
            carried(view(13, ItemKind::Checkpoint, 0, 1)),
            carried(view(12, ItemKind::Envelope, 1, 1)),
            carried(view(11, ItemKind::Envelope, 0, 1)),
            carried(view(10, ItemKind::EpochHeader, 0, 0)),
            view(1, ItemKind::Checkpoint, 0, 4),
            view(2, ItemKind::Envelope, 1, 2),
            view(3, ItemKind::Envelope, 0, 3),
            view(4, ItemKind::Envelope, 1, 1),
            view(5, ItemKind::EpochHeader, 4, 0),
            view(6, ItemKind::Envelope, 0, 9),
            done,
            shut,
        ];
        let order: Vec<_> = in_order(&items, |id| *id == [6; 16]).iter().map(|item| item.id[0]).collect();
        assert_eq!(order, [5, 3, 10, 11, 4, 2, 1, 12, 13]);
    }
}
