//! The session: what two ends say to each other over any stream of bytes that is already private to them (Noise, TLS, a cable,
//! a local hotspot). The relay, or a phone that carries, is the receiving end; the same frames work over each.
//!
//! ```text
//! device                                   receiver
//! HELLO, and the first urgent item in the same flight
//!                                          RESUME: what it has, and how far the open item is
//! frames: items by urgency, large ones in parts, the checkpoint
//!                                          ACK: how many came, a digest over their hashes, HQ's counter
//! ```
//!
//! A frame is `kind 1 · length 2 · body`. An item of the session's epoch travels without the bytes that HELLO has said
//! already (suite and kind, epoch). An ACK that does not name the very bytes sent counts for nothing.

mod frame;
mod receiver;
mod sender;

pub use frame::{Ack, Frame, FrameError, Hello, MAX_FRAME, Resume, read_frame, write_frame};
pub use receiver::{Heard, Receiver};
pub use sender::{Peer, Sender};
