//! Frames as bytes. Reading is total: whatever comes is a frame, a refusal, or too short yet.

use wayside_model::{DeviceId, Timestamp};
use wayside_seal::ItemKind;

/// The protocol versions this code speaks, first and last.
const VERSIONS: [u8; 2] = [1, 1];
/// Longest body of a frame. A longer item goes in parts.
pub const MAX_FRAME: usize = 16 * 1024;
const HEAD: usize = 3;
/// What an item begins with and a session has said already: suite and kind, then after the priority the epoch.
const STRIPPED: usize = 6;

/// Bytes that are not a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a frame of this protocol")]
pub struct FrameError;

/// Who begins, and what it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hello {
    /// Whose items follow. A carrier says it for each device it carries for.
    pub device: DeviceId,
    /// The epoch whose items travel shortened.
    pub epoch: u32,
    /// The highest number sealed in it.
    pub highest: u64,
    /// The last control entry it has.
    pub control: u64,
    /// Its clock, for HQ to learn the offset; to the second.
    pub now: Timestamp,
}

/// What the receiver has of the session's epoch.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Resume {
    /// Which life of the receiver; a restored one begins another.
    pub relay_epoch: u32,
    /// Numbers it has, as ranges with both ends in them.
    pub has: Vec<(u64, u64)>,
    /// The item it has a part of: the first 8 bytes of its id, and how many bytes.
    pub open: Option<([u8; 8], u64)>,
}

/// What came since HELLO.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ack {
    /// Whole items, as the receiver now holds them durably.
    pub items: u64,
    /// The start of SHA-256 over the SHA-256 of each of them, in their order.
    pub digest: [u8; 16],
    /// HQ's last control entry for this device: above the device's own, there are orders to fetch.
    pub control: u64,
}

/// One frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    /// Opens the session.
    Hello(Hello),
    /// Answers HELLO.
    Resume(Resume),
    /// A whole item, the same bytes as on any other way.
    Item(Vec<u8>),
    /// Bytes of a large item.
    Part {
        /// Its id.
        id: [u8; 16],
        /// Where they belong.
        offset: u64,
        /// The item's whole length.
        total: u64,
        /// The bytes.
        bytes: Vec<u8>,
    },
    /// Says what came.
    Ack(Ack),
    /// This item is not taken: other bytes are held under its id, or it is beyond what the receiver takes.
    Refused([u8; 16]),
    /// An entry of the control log, for the way back.
    Control {
        /// Its number.
        counter: u64,
        /// The entry as the desk signed it.
        bytes: Vec<u8>,
    },
}

const HELLO: u8 = 1;
const RESUME: u8 = 2;
const ITEM: u8 = 3;
const PART: u8 = 4;
const ACK: u8 = 5;
const CONTROL: u8 = 6;
const REFUSED: u8 = 7;
/// Items of the session's epoch, by kind.
const SHORT: [(u8, ItemKind); 3] = [(8, ItemKind::EpochHeader), (9, ItemKind::Envelope), (10, ItemKind::Checkpoint)];

/// Appends a frame. `epoch`: the session's, whose items travel shortened. Fails where a body is beyond [`MAX_FRAME`].
pub fn write_frame(frame: &Frame, epoch: u32, out: &mut Vec<u8>) -> Result<(), FrameError> {
    let mut body = Vec::new();
    let kind = match frame {
        Frame::Hello(hello) => {
            body.extend(VERSIONS);
            body.extend(hello.device.as_bytes());
            body.extend(hello.epoch.to_be_bytes());
            put(&mut body, hello.highest);
            put(&mut body, hello.control);
            body.extend(hello.now.as_millis().div_euclid(1_000).to_be_bytes().split_at(3).1);
            HELLO
        }
        Frame::Resume(resume) => {
            body.extend(resume.relay_epoch.to_be_bytes());
            put(&mut body, resume.has.len() as u64);
            let mut last = 0;
            for (first, end) in &resume.has {
                put(&mut body, first.checked_sub(last).ok_or(FrameError)?);
                put(&mut body, end.checked_sub(*first).ok_or(FrameError)?);
                last = *end;
            }
            if let Some((id, offset)) = resume.open {
                body.extend(id);
                put(&mut body, offset);
            }
            RESUME
        }
        Frame::Item(bytes) => match shorten(bytes, epoch) {
            Some((kind, short)) => {
                body = short;
                kind
            }
            None => {
                body.extend(bytes);
                ITEM
            }
        },
        Frame::Part { id, offset, total, bytes } => {
            body.extend(id);
            put(&mut body, *offset);
            put(&mut body, *total);
            body.extend(bytes);
            PART
        }
        Frame::Ack(ack) => {
            put(&mut body, ack.items);
            body.extend(ack.digest);
            put(&mut body, ack.control);
            ACK
        }
        Frame::Refused(id) => {
            body.extend(id);
            REFUSED
        }
        Frame::Control { counter, bytes } => {
            put(&mut body, *counter);
            body.extend(bytes);
            CONTROL
        }
    };
    let length = u16::try_from(body.len()).map_err(|_| FrameError)?;
    if body.len() > MAX_FRAME {
        return Err(FrameError);
    }
    out.push(kind);
    out.extend(length.to_be_bytes());
    out.extend(body);
    Ok(())
}

/// The frame at the start of `bytes` and its length; `None` where more has to come first.
pub fn read_frame(bytes: &[u8], epoch: u32) -> Result<Option<(Frame, usize)>, FrameError> {
    let Some(([kind, high, low], rest)) = bytes.split_first_chunk::<HEAD>() else { return Ok(None) };
    let length = usize::from(u16::from_be_bytes([*high, *low]));
    if length > MAX_FRAME {
        return Err(FrameError);
    }
    let Some(body) = rest.get(..length) else { return Ok(None) };
    Ok(Some((body_of(*kind, body, epoch)?, HEAD + length)))
}

fn body_of(kind: u8, body: &[u8], epoch: u32) -> Result<Frame, FrameError> {
    let mut at = Cursor(body);
    let frame = match kind {
        HELLO => {
            let [first, last] = at.array()?;
            if first > VERSIONS[1] || last < VERSIONS[0] || first > last {
                return Err(FrameError);
            }
            let (device, epoch) = (DeviceId::from_bytes(at.array()?), u32::from_be_bytes(at.array()?));
            let (highest, control) = (at.number()?, at.number()?);
            let [a, b, c, d, e] = at.array()?;
            let seconds = i64::from_be_bytes([0, 0, 0, a, b, c, d, e]);
            Frame::Hello(Hello { device, epoch, highest, control, now: Timestamp::from_millis(seconds * 1_000) })
        }
        RESUME => {
            let relay_epoch = u32::from_be_bytes(at.array()?);
            let count = at.number()?;
            let (mut has, mut last) = (Vec::new(), 0_u64);
            for _ in 0..count {
                let first = last.checked_add(at.number()?).ok_or(FrameError)?;
                let end = first.checked_add(at.number()?).ok_or(FrameError)?;
                has.push((first, end));
                last = end;
            }
            let open = if at.0.is_empty() { None } else { Some((at.array()?, at.number()?)) };
            Frame::Resume(Resume { relay_epoch, has, open })
        }
        ITEM => Frame::Item(at.rest()),
        PART => {
            let (id, offset, total) = (at.array()?, at.number()?, at.number()?);
            Frame::Part { id, offset, total, bytes: at.rest() }
        }
        ACK => Frame::Ack(Ack { items: at.number()?, digest: at.array()?, control: at.number()? }),
        REFUSED => Frame::Refused(at.array()?),
        CONTROL => Frame::Control { counter: at.number()?, bytes: at.rest() },
        _ => {
            let (_, item) = SHORT.iter().find(|(short, _)| *short == kind).ok_or(FrameError)?;
            let mut bytes = vec![item.tag()];
            bytes.extend(at.array::<1>()?);
            bytes.extend(epoch.to_be_bytes());
            bytes.extend(at.rest());
            Frame::Item(bytes)
        }
    };
    if at.0.is_empty() { Ok(frame) } else { Err(FrameError) }
}

/// Without suite, kind and epoch, where these are what the session's end knows.
fn shorten(item: &[u8], epoch: u32) -> Option<(u8, Vec<u8>)> {
    let (head, rest) = item.split_first_chunk::<STRIPPED>()?;
    let (kind, _) = SHORT.iter().find(|(_, kind)| kind.tag() == head[0])?;
    if head[2..] != epoch.to_be_bytes() {
        return None;
    }
    Some((*kind, [&head[1..2], rest].concat()))
}

/// Little-endian base 128, as in the sealed formats.
fn put(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

struct Cursor<'a>(&'a [u8]);

impl Cursor<'_> {
    fn array<const N: usize>(&mut self) -> Result<[u8; N], FrameError> {
        let (head, tail) = self.0.split_first_chunk().ok_or(FrameError)?;
        self.0 = tail;
        Ok(*head)
    }
    fn number(&mut self) -> Result<u64, FrameError> {
        let mut value = 0_u64;
        for shift in (0..63).step_by(7) {
            let [byte] = self.array()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(FrameError)
    }
    fn rest(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.0).to_vec()
    }
}
