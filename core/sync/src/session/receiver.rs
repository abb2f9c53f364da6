//! The end that takes items: a relay, or a phone that carries.

use wayside_seal::item::Header;
use wayside_seal::{ItemKind, sha256};

use crate::session::frame::{Ack, Frame, FrameError, Hello, Resume, read_frame, write_frame};
use crate::session::sender::digest;

/// Largest item taken in parts.
const MAX_ITEM: usize = 9 * 1024 * 1024;

/// Something for the host to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// A session begins: answer with [`Receiver::resume`].
    Hello(Hello),
    /// A whole item: keep it durably, then say so with [`Receiver::kept`].
    Item(Vec<u8>),
}

/// Reads one session. The host keeps the items; an acknowledgement is written only for what it says it kept.
#[derive(Default)]
pub struct Receiver {
    hello: Option<Hello>,
    input: Vec<u8>,
    open: Option<([u8; 16], Vec<u8>)>,
    kept: Vec<[u8; 32]>,
}

impl Receiver {
    /// A receiver that holds the start of a large item from an earlier session.
    pub fn with_open(open: Option<([u8; 16], Vec<u8>)>) -> Self {
        Self { open, ..Self::default() }
    }

    /// Takes bytes in and says what came. Fails where they are not frames of a device: close the connection.
    pub fn hear(&mut self, bytes: &[u8]) -> Result<Vec<Heard>, FrameError> {
        self.input.extend_from_slice(bytes);
        let mut heard = Vec::new();
        let epoch = |hello: &Option<Hello>| hello.map_or(0, |hello| hello.epoch);
        while let Some((frame, length)) = read_frame(&self.input, epoch(&self.hello))? {
            self.input.drain(..length);
            match (frame, self.hello.is_some()) {
                (Frame::Hello(hello), false) => {
                    self.hello = Some(hello);
                    heard.push(Heard::Hello(hello));
                }
                (Frame::Item(bytes), true) => heard.extend(whole(bytes)?),
                (Frame::Part { id, offset, total, bytes }, true) => {
                    heard.extend(self.part(id, offset, total, &bytes)?);
                }
                _ => return Err(FrameError),
            }
        }
        Ok(heard)
    }

    /// Writes RESUME: which life this end is in and what it has of the session's epoch.
    pub fn resume(&self, relay_epoch: u32, has: Vec<(u64, u64)>, out: &mut Vec<u8>) -> Result<(), FrameError> {
        let open = self.open.as_ref().map(|(id, bytes)| {
            let mut short = [0; 8];
            short.copy_from_slice(&id[..8]);
            (short, bytes.len() as u64)
        });
        write_frame(&Frame::Resume(Resume { relay_epoch, has, open }), 0, out)
    }

    /// Notes that an item is kept durably, or was kept before with the same bytes.
    pub fn kept(&mut self, item: &[u8]) {
        self.kept.push(sha256(item));
    }

    /// Writes that this item is not taken.
    pub fn refuse(&self, id: [u8; 16], out: &mut Vec<u8>) -> Result<(), FrameError> {
        write_frame(&Frame::Refused(id), 0, out)
    }

    /// Writes ACK over all that was kept in this session; `control` is HQ's last entry for the device.
    pub fn acknowledge(&self, control: u64, out: &mut Vec<u8>) -> Result<(), FrameError> {
        let ack = Ack { items: self.kept.len() as u64, digest: digest(self.kept.iter()), control };
        write_frame(&Frame::Ack(ack), 0, out)
    }

    /// The large item that is not whole yet, to be kept for the next session.
    pub fn into_open(self) -> Option<([u8; 16], Vec<u8>)> {
        self.open
    }

    fn part(&mut self, id: [u8; 16], offset: u64, total: u64, bytes: &[u8]) -> Result<Option<Heard>, FrameError> {
        let total = usize::try_from(total).ok().filter(|total| *total <= MAX_ITEM).ok_or(FrameError)?;
        let mut held = match self.open.take() {
            Some((open, held)) if open == id => held,
            _ => Vec::new(),
        };
        // A part may overlap what is here; one that leaves a hole is of no use.
        let offset = usize::try_from(offset).ok().filter(|offset| *offset <= held.len()).ok_or(FrameError)?;
        held.truncate(offset);
        held.extend_from_slice(bytes);
        if held.len() > total {
            return Err(FrameError);
        }
        if held.len() < total {
            self.open = Some((id, held));
            return Ok(None);
        }
        whole(held)
    }
}

fn whole(bytes: Vec<u8>) -> Result<Option<Heard>, FrameError> {
    let header = Header::read(&bytes).map_err(|_| FrameError)?;
    debug_assert!(header.kind != ItemKind::Envelope || header.seq > 0);
    Ok(Some(Heard::Item(bytes)))
}
