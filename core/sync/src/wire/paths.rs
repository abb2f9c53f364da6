//! Paths of version 1, each with the method it is used with. They are joined to the relay's address as they are.

use wayside_model::DeviceId;

use super::hex;

/// `GET`, open: is this the relay?
pub const HEALTH: &str = "/v1/health";
/// `GET`, open: the signed directory of recipients, as the desk put it.
pub const DIRECTORY: &str = "/v1/directory";
/// `POST`, open: an enrolment request; the one-time token stands inside.
pub const ENROLMENTS: &str = "/v1/enrolments";

/// `PUT`, device: one item under its id.
pub fn item(id: &[u8; 16]) -> String {
    format!("/v1/items/{}", hex(id))
}

/// `GET`, device: how far a large item is; answered with [`super::PartAt`].
pub fn item_parts(id: &[u8; 16]) -> String {
    format!("/v1/items/{}/parts", hex(id))
}

/// `PUT`, device: bytes of a large item from `offset` on; `total` is its whole length. Appended only where the relay holds
/// exactly `offset` bytes, or `offset` is 0, which begins anew; answered with [`super::PartAt`] in any case. The last part is
/// answered only when the whole item has its place among the items.
pub fn item_part(id: &[u8; 16], offset: u64, total: u64) -> String {
    format!("/v1/items/{}/parts?offset={offset}&total={total}", hex(id))
}

/// What a carrier calls an item that it brings: the first half of its SHA-256.
pub fn carried_id(sha256: &[u8; 32]) -> [u8; 16] {
    std::array::from_fn(|n| sha256[n])
}

/// Under what the relay keeps it, in the place of an item's id: the first half of a SHA-256 over the carrier and the
/// [`carried_id`]. So nobody can take a place that belongs to other bytes or to another carrier, and each is known to have
/// brought what it brought.
pub fn carried_name(carrier: DeviceId, id: &[u8; 16]) -> [u8; 16] {
    carried_id(&wayside_seal::sha256(&[carrier.as_bytes().as_slice(), id].concat()))
}

/// `PUT`, device: an item of another device that this one carries, under its [`carried_id`].
pub fn carried(owner: DeviceId, id: &[u8; 16]) -> String {
    format!("/v1/carried/{owner}/{}", hex(id))
}

/// As [`item_parts`], for an item that is carried.
pub fn carried_parts(owner: DeviceId, id: &[u8; 16]) -> String {
    format!("/v1/carried/{owner}/{}/parts", hex(id))
}

/// As [`item_part`], for an item that is carried.
pub fn carried_part(owner: DeviceId, id: &[u8; 16], offset: u64, total: u64) -> String {
    format!("/v1/carried/{owner}/{}/parts?offset={offset}&total={total}", hex(id))
}

/// `GET`, device: control entries above `after`.
pub fn control(after: u64) -> String {
    format!("/v1/control?after={after}")
}

/// `PUT`, desk: the signed directory.
pub const fn desk_directory() -> &'static str {
    "/v1/desk/directory"
}

/// `POST`, desk: a [`super::TokenTicket`].
pub const fn desk_tokens() -> &'static str {
    "/v1/desk/tokens"
}

/// `GET`, desk: enrolment requests after a cursor (0 = from the start).
pub fn desk_enrolments(after: u64) -> String {
    format!("/v1/desk/enrolments?after={after}")
}

/// `GET`, desk: items after a cursor (0 = from the start), at most `limit` of them.
pub fn desk_items(after: u64, limit: u32) -> String {
    format!("/v1/desk/items?after={after}&limit={limit}")
}

/// `DELETE`, desk: a device's item, for an erasure, by its id or, where a carrier brought it, its [`carried_name`]. Id and
/// hash stay at the relay.
pub fn desk_item(device: DeviceId, id: &[u8; 16]) -> String {
    format!("/v1/desk/items/{device}/{}", hex(id))
}

/// `GET`, desk: entries of a device's control log above `after`, for a desk that was restored.
pub fn desk_control_log(device: DeviceId, after: u64) -> String {
    format!("/v1/desk/control/{device}?after={after}")
}

/// `PUT`, desk: entry `counter` of a device's control log.
pub fn desk_control(device: DeviceId, counter: u64) -> String {
    format!("/v1/desk/control/{device}/{counter}")
}

/// `POST`, desk, no body: from now on this device's uploads are refused. Nothing is deleted.
pub fn desk_revoke(device: DeviceId) -> String {
    format!("/v1/desk/revoke/{device}")
}
