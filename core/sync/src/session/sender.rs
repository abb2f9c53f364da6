//! The end that has items.

use std::collections::{BTreeMap, BTreeSet};

use wayside_model::ErrorCode;
use wayside_seal::{ItemKind, sha256};

use crate::choice::in_order;
use crate::session::frame::{Ack, Frame, FrameError, Hello, MAX_FRAME, Resume, read_frame, write_frame};
use crate::{ItemView, Store, StoreError};

/// Bytes that may be on their way unacknowledged besides the part in hand, so that an urgent item never stands behind a
/// full buffer: one part.
const FIRST_PART: usize = crate::FIRST_PART_BYTES;

/// Who is at the other end, as the host knows it from how it connected; nothing the other end says changes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Peer {
    /// The relay. What it acknowledges is handed over.
    Relay,
    /// A phone that carries for others. What it acknowledges is carried, and no more: it may be lost on the way, so it is
    /// sent to the relay all the same.
    Carrier,
}

/// Sends what a store holds over one connection. May be dropped at any time: the next session's RESUME says where to go on.
pub struct Sender {
    peer: Peer,
    hello: Hello,
    part: usize,
    resumed: Option<Resume>,
    /// Ids in the order their last byte went out, with the hash of each.
    sent: Vec<([u8; 16], [u8; 32])>,
    acknowledged: usize,
    /// Where an item that goes in parts stands.
    offsets: BTreeMap<[u8; 16], usize>,
    refused: BTreeSet<[u8; 16]>,
    input: Vec<u8>,
    /// HQ's last control entry, as the receiver knows it.
    pub control: u64,
    /// Control entries that came.
    pub orders: Vec<(u64, Vec<u8>)>,
}

impl Sender {
    /// Begins a session. The bytes go out first; an urgent item may follow in the same flight.
    pub fn begin(peer: Peer, hello: Hello, out: &mut Vec<u8>) -> Result<Self, FrameError> {
        write_frame(&Frame::Hello(hello), hello.epoch, out)?;
        Ok(Self {
            peer,
            hello,
            part: FIRST_PART,
            resumed: None,
            sent: Vec::new(),
            acknowledged: 0,
            offsets: BTreeMap::new(),
            refused: BTreeSet::new(),
            input: Vec::new(),
            control: 0,
            orders: Vec::new(),
        })
    }

    /// Sets the size of parts to a second of the rate that was measured, in bytes.
    pub fn rate(&mut self, bytes_a_second: usize) {
        self.part = bytes_a_second.clamp(FIRST_PART, MAX_FRAME - 64);
    }

    /// The next frame for `out`. `false`: nothing is left to send now. Asked again after each frame, so that an urgent item
    /// that was added meanwhile goes next, before the rest of a large one.
    pub fn next(&mut self, store: &dyn Store, out: &mut Vec<u8>) -> Result<bool, StoreError> {
        let items = store.items()?;
        let waiting = in_order(&items, |id| self.refused.contains(id) || self.sent.iter().any(|(sent, _)| sent == id));
        for item in waiting {
            // Before the answer only what is urgent, and what it cannot be opened without: it is safe to send it twice.
            let early = item.kind == ItemKind::EpochHeader || (item.kind == ItemKind::Envelope && item.priority == 0);
            if (self.resumed.is_none() && !early) || self.receiver_has(&item) {
                continue;
            }
            let Some(bytes) = store.bytes(&item.id)? else { continue };
            let hash = sha256(&bytes);
            if bytes.len() <= self.part.max(FIRST_PART) {
                if write_frame(&Frame::Item(bytes), self.hello.epoch, out).is_ok() {
                    self.sent.push((item.id, hash));
                    return Ok(true);
                }
                continue;
            }
            let offset = self.offset_of(&item.id).min(bytes.len());
            let end = (offset + self.part).min(bytes.len());
            let total = bytes.len() as u64;
            let part = Frame::Part { id: item.id, offset: offset as u64, total, bytes: bytes[offset..end].to_vec() };
            if write_frame(&part, self.hello.epoch, out).is_ok() {
                self.offsets.insert(item.id, end);
                if end == bytes.len() {
                    self.sent.push((item.id, hash));
                }
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Takes bytes from the other end. Fails where they are not frames, or acknowledge other bytes than were sent: then the
    /// connection is to be closed, and nothing counts that was not acknowledged before.
    pub fn hear(&mut self, bytes: &[u8], store: &mut dyn Store) -> Result<(), FrameError> {
        self.input.extend_from_slice(bytes);
        while let Some((frame, length)) = read_frame(&self.input, self.hello.epoch)? {
            self.input.drain(..length);
            match frame {
                Frame::Resume(resume) => self.resumed = Some(resume),
                Frame::Ack(ack) => self.acknowledged(ack, store)?,
                Frame::Refused(id) => {
                    // It is out of the count on both ends. Only the relay's refusal is one for a person to look at.
                    self.sent.retain(|(sent, _)| *sent != id);
                    self.refused.insert(id);
                    if self.peer == Peer::Relay {
                        let _ = store.set_aside(&id, ErrorCode::SyncRefused);
                    }
                }
                Frame::Control { counter, bytes } => self.orders.push((counter, bytes)),
                _ => return Err(FrameError),
            }
        }
        Ok(())
    }

    /// How many items the other end has acknowledged in this session.
    pub const fn acknowledged_items(&self) -> usize {
        self.acknowledged
    }

    /// Whether everything that went out was acknowledged.
    pub fn is_settled(&self) -> bool {
        self.acknowledged == self.sent.len()
    }

    fn acknowledged(&mut self, ack: Ack, store: &mut dyn Store) -> Result<(), FrameError> {
        let count = usize::try_from(ack.items).map_err(|_| FrameError)?;
        let named = self.sent.get(..count).filter(|_| count >= self.acknowledged).ok_or(FrameError)?;
        if digest(named.iter().map(|(_, hash)| hash)) != ack.digest {
            return Err(FrameError);
        }
        for (id, _) in named[self.acknowledged..].iter().filter(|_| self.peer == Peer::Relay) {
            // A note that cannot be kept now costs a second sending, no more.
            let _ = store.mark_handed_over(id);
        }
        self.acknowledged = count;
        self.control = ack.control;
        Ok(())
    }

    fn receiver_has(&self, item: &ItemView) -> bool {
        // Only envelopes are numbered, and what it says here is a hint: not sending is not the same as handed over.
        let Some(resume) = &self.resumed else { return false };
        let (ItemKind::Envelope, Some(seq)) = (item.kind, item.seq) else { return false };
        item.handed_over && resume.has.iter().any(|(first, last)| (*first..=*last).contains(&seq))
    }

    fn offset_of(&self, id: &[u8; 16]) -> usize {
        let known = self.offsets.get(id).copied();
        let resumed = self.resumed.as_ref().and_then(|resume| resume.open).filter(|(open, _)| id.starts_with(open));
        known.or(resumed.and_then(|(_, offset)| usize::try_from(offset).ok())).unwrap_or(0)
    }
}

/// What an ACK says of these items.
pub(crate) fn digest<'a>(hashes: impl Iterator<Item = &'a [u8; 32]>) -> [u8; 16] {
    let all: Vec<u8> = hashes.flatten().copied().collect();
    let mut digest = [0; 16];
    digest.copy_from_slice(&sha256(&all)[..16]);
    digest
}
