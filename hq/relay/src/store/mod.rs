//! What is kept, whatever keeps it. Every write is answered after it is on disk there, never before; doing it again has
//! one effect; a page read by cursor never misses what is committed later.

mod postgres;
mod sqlite;

use std::future::Future;
use std::path::Path;
use std::pin::Pin;

use wayside_model::{DeviceId, Timestamp};
use wayside_sync::wire::{ControlPage, EnrolmentPage, TokenTicket};

use crate::{Database, RelayError};

/// What a call of a store comes to.
pub(crate) type Pending<'a, T> = Pin<Box<dyn Future<Output = Result<T, RelayError>> + Send + 'a>>;

/// A device whose token fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Device {
    pub(crate) id: DeviceId,
    pub(crate) revoked: bool,
    /// Bytes of its items and unfinished uploads that are held here.
    pub(crate) held: u64,
    /// Bytes of other devices' items that it carried here.
    pub(crate) carried: u64,
}

/// What came of "keep this, if nothing else stands here".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Put {
    /// It is new.
    New,
    /// The very same is here already, or was here until the desk had it deleted.
    Duplicate,
    /// Something else is here; it stays.
    Conflict,
}

/// An item to keep.
#[derive(Clone)]
pub(crate) struct NewItem {
    /// Its own id, or, where a carrier brings it, the name it has by carrier and hash.
    pub(crate) id: [u8; 16],
    pub(crate) sha256: [u8; 32],
    pub(crate) len: u64,
    /// `None`: the bytes are in the blob store under their hash, durably.
    pub(crate) bytes: Option<Vec<u8>>,
    /// Who brings it, where that is not the device whose it is: it pays for the room.
    pub(crate) carrier: Option<DeviceId>,
}

/// An item that is held.
pub(crate) struct HeldItem {
    pub(crate) cursor: u64,
    pub(crate) device: DeviceId,
    pub(crate) sha256: [u8; 32],
    /// `None`: in the blob store.
    pub(crate) bytes: Option<Vec<u8>>,
    pub(crate) carrier: Option<DeviceId>,
}

/// Items in the order they came.
pub(crate) struct HeldPage {
    pub(crate) items: Vec<HeldItem>,
    pub(crate) more: bool,
}

/// What is known of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Known {
    pub(crate) len: u64,
    pub(crate) sha256: [u8; 32],
    pub(crate) deleted: bool,
}

/// An item that is gone. Its id and hash stay, so that it is not taken in again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Deleted {
    pub(crate) sha256: [u8; 32],
    /// Whether the bytes are in the blob store.
    pub(crate) in_blobs: bool,
}

/// A request to enrol, as far as the relay reads it.
#[derive(Clone)]
pub(crate) struct Enrolment {
    pub(crate) device: DeviceId,
    /// SHA-256 of the one-time token.
    pub(crate) token_sha256: [u8; 32],
    /// SHA-256 of the upload token the device made for itself.
    pub(crate) upload_sha256: [u8; 32],
    /// The request as it came.
    pub(crate) bytes: Vec<u8>,
    /// SHA-256 of `bytes`.
    pub(crate) sha256: [u8; 32],
}

/// What came of a request to enrol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Enrolled {
    /// The device is in; the token is used up.
    New,
    /// The very same request was admitted before: its answer got lost.
    Again,
    /// The token was never issued here.
    Unknown,
    /// The token admitted another request.
    Used,
    /// The token is too old.
    Expired,
    /// The device id or the upload token belongs to another enrolment.
    Taken,
}

impl Enrolled {
    /// What the token alone decides (its expiry in milliseconds, and the request that used it), if it decides.
    fn before_the_device(token: Option<(i64, Option<[u8; 32]>)>, request: &[u8; 32], now: Timestamp) -> Option<Self> {
        match token {
            None => Some(Self::Unknown),
            // Before the expiry: a device that lost the answer may learn of its success later, too.
            Some((_, Some(used_by))) if used_by == *request => Some(Self::Again),
            Some((_, Some(_))) => Some(Self::Used),
            Some((expires, None)) if now.as_millis() >= expires => Some(Self::Expired),
            Some((_, None)) => None,
        }
    }
}

/// What came of an entry of a control log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PutControl {
    /// It is the next one.
    New,
    /// The very same is there.
    Duplicate,
    /// Another entry has this number; it stays.
    Conflict,
    /// It is not the next one: a device would wait for the gap for ever.
    OutOfOrder,
    /// No such device.
    NoDevice,
}

/// A piece of an item that comes in pieces.
#[derive(Clone)]
pub(crate) struct Part {
    pub(crate) id: [u8; 16],
    /// Where it begins.
    pub(crate) offset: u64,
    pub(crate) bytes: Vec<u8>,
}

/// Unfinished uploads of one device; one more puts the oldest away.
pub(crate) const MOST_UPLOADS: usize = 4;
/// Items of one page, whatever is asked for.
pub(crate) const MOST_ITEMS: usize = 500;
/// Bytes after which a page of items ends.
pub(crate) const MOST_ITEM_BYTES: u64 = 4 << 20;
/// Requests to enrol of one page.
pub(crate) const MOST_ENROLMENTS: usize = 200;
/// Entries of one page of a control log.
pub(crate) const MOST_CONTROL: usize = 100;
/// Bytes after which a page of a control log ends: small, because it goes over a phone's link and there is no going on in
/// the middle.
pub(crate) const MOST_CONTROL_BYTES: usize = 64 << 10;

/// The store. One conformance suite (`conformance`) says what each call means, and runs on every kind.
pub(crate) trait Store: Send + Sync {
    /// Writes a small thing durably: whether an item could be taken now.
    fn probe(&self) -> Pending<'_, ()>;
    /// The device with this token hash.
    fn device(&self, token_sha256: [u8; 32]) -> Pending<'_, Option<Device>>;
    /// Whether a device of this id is enrolled.
    fn is_enrolled(&self, device: DeviceId) -> Pending<'_, bool>;
    /// Keeps each item if this device has nothing under its id: no device can stand in another's way. All of them are durable
    /// together, or none is.
    fn put_items(&self, device: DeviceId, items: Vec<NewItem>) -> Pending<'_, Vec<Put>>;
    /// Items after a cursor.
    fn items(&self, after: u64, limit: usize) -> Pending<'_, HeldPage>;
    /// What is known of a device's item, also of a deleted one.
    fn known(&self, device: DeviceId, id: [u8; 16]) -> Pending<'_, Option<Known>>;
    /// Deletes an item's bytes; `None` where there is no such item. Again is not an error.
    fn delete_item(&self, device: DeviceId, id: [u8; 16]) -> Pending<'_, Option<Deleted>>;
    /// Adds a piece if it begins where the held ones end; a piece at 0 begins anew. Nothing else changes anything. The answer
    /// says how many bytes are held, from the start and without a gap.
    fn append(&self, device: DeviceId, part: Part) -> Pending<'_, u64>;
    /// How many bytes of an unfinished upload are held.
    fn upload_len(&self, device: DeviceId, id: [u8; 16]) -> Pending<'_, u64>;
    /// The pieces put together; empty where there are none.
    fn uploaded(&self, device: DeviceId, id: [u8; 16]) -> Pending<'_, Vec<u8>>;
    /// Forgets an unfinished upload.
    fn drop_upload(&self, device: DeviceId, id: [u8; 16]) -> Pending<'_, ()>;
    /// Registers an enrolment token. The same token with another expiry is a conflict.
    fn add_token(&self, ticket: TokenTicket) -> Pending<'_, Put>;
    /// Admits a device, once per token.
    fn enrol(&self, enrolment: Enrolment, now: Timestamp) -> Pending<'_, Enrolled>;
    /// Requests to enrol after a cursor.
    fn enrolments(&self, after: u64) -> Pending<'_, EnrolmentPage>;
    /// Appends an entry to a device's control log.
    fn put_control(&self, device: DeviceId, counter: u64, bytes: Vec<u8>) -> Pending<'_, PutControl>;
    /// Entries of a device's control log above `after`.
    fn control(&self, device: DeviceId, after: u64) -> Pending<'_, ControlPage>;
    /// From now on its uploads are refused; its items and its control log stay, its unfinished uploads go. `false`: no such
    /// device.
    fn revoke(&self, device: DeviceId) -> Pending<'_, bool>;
    /// Puts the directory in place of the one before.
    fn put_directory(&self, bytes: Vec<u8>) -> Pending<'_, ()>;
    /// The directory in force. Whether it is newer than another is checked by who verifies its signature.
    fn directory(&self) -> Pending<'_, Option<Vec<u8>>>;
}

/// Opens the store of a relay whose folder is `dir`.
pub(crate) async fn open(dir: &Path, database: &Database) -> Result<Box<dyn Store>, RelayError> {
    Ok(match database {
        Database::Sqlite => Box::new(sqlite::Sqlite::open(&dir.join("relay.db"))?),
        Database::Postgres { url, roots } => Box::new(postgres::Postgres::open(url.expose(), roots.as_deref()).await?),
    })
}

/// Databases keep signed integers; cursors, counters and lengths are far below the difference.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The number a row holds.
fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

#[cfg(test)]
mod conformance;
