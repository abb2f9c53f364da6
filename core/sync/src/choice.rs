//! Which item goes first.

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
/// envelopes by priority, the oldest of a class first; then checkpoints, which cover what went before.
pub(crate) fn in_order(items: &[ItemView], is_aside: impl Fn(&[u8; 16]) -> bool) -> Vec<ItemView> {
    let mut waiting: Vec<_> =
        items.iter().copied().filter(|item| !item.handed_over && !item.set_aside && !is_aside(&item.id)).collect();
    if planted::is(Fault::PhotoBeforeUrgent) {
        waiting.sort_by_key(|item| std::cmp::Reverse(item.len));
        return waiting;
    }
    waiting.sort_by_key(|item| match item.kind {
        ItemKind::EpochHeader => (0, 0, 0),
        ItemKind::Envelope => (1, item.priority, item.seq.unwrap_or(u64::MAX)),
        ItemKind::Checkpoint => (2, 0, item.seq.unwrap_or(0)),
    });
    waiting
}

/// Whether it is a person's safety that waits (P0), for which waits are shorter.
pub(crate) fn is_urgent(item: &ItemView) -> bool {
    item.kind == ItemKind::Envelope && item.priority == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(id: u8, kind: ItemKind, priority: u8, seq: u64) -> ItemView {
        ItemView { id: [id; 16], kind, seq: Some(seq), priority, len: 1, handed_over: false, set_aside: false }
    }

    #[test]
    fn header_then_priority_then_age_then_checkpoint() {
        let done = ItemView { handed_over: true, ..view(9, ItemKind::Envelope, 0, 0) };
        let shut = ItemView { set_aside: true, ..view(8, ItemKind::Envelope, 0, 0) };
        let items = [
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
        assert_eq!(order, [5, 3, 4, 2, 1]);
    }
}
