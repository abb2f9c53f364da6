//! What really happened, kept apart from every place that may forget or misread it.

use wayside_sync::merge::CaseEvent;

/// Stands in the content of every event. Nobody but phones and the desk may ever hold it in clear.
pub(crate) const CANARY: &[u8; 16] = b"canary answer 7f";

/// One event that a person recorded.
#[derive(Clone)]
pub(crate) struct Truth {
    pub(crate) id: [u8; 16],
    pub(crate) phone: usize,
    pub(crate) case: usize,
    pub(crate) event: CaseEvent,
    /// Equal for people who gave the same answers.
    pub(crate) body: u8,
    pub(crate) len: usize,
    /// The commit was made: from here on it must not be lost.
    pub(crate) committed: bool,
    /// Destroyed by what no software can undo: an order for everything, a copy put back over the disk.
    pub(crate) excused: bool,
}

impl Truth {
    pub(crate) fn plain(&self, index: usize) -> Vec<u8> {
        let mut plain = CANARY.to_vec();
        plain.extend_from_slice(&(index as u32).to_le_bytes());
        plain.resize(plain.len() + self.len, self.body);
        plain
    }
}

/// The event that a content belongs to.
pub(crate) fn index_of(plain: &[u8]) -> Option<usize> {
    let rest = plain.strip_prefix(CANARY)?;
    Some(u32::from_le_bytes(*rest.first_chunk()?) as usize)
}

/// What is equal where two people gave the same answers.
pub(crate) fn body_hash(plain: &[u8]) -> [u8; 32] {
    wayside_seal::sha256(plain.get(CANARY.len() + 4..).unwrap_or_default())
}
