//! What the desk calls.

use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use wayside_model::{DeviceId, ErrorCode};
use wayside_sync::wire::{self, ItemPage, StoredItem, TokenTicket, unhex};

use super::{Shared, StartQuery, asked};
use crate::answer::{Answer, Refusal};
use crate::store::{Put, PutControl};
use crate::{auth, body};

/// Items of a page, where the desk does not say.
const ITEMS: usize = 100;

pub(super) async fn put_directory(relay: Shared, headers: HeaderMap, request: Body) -> Result<Answer, Refusal> {
    let ((), body) = body::admitted(&relay.memory, auth::desk(&relay, &headers), request).await?;
    let sha256 = wayside_seal::sha256(&body.bytes);
    relay.store.put_directory(body.bytes).await?;
    Ok(Answer::stored(sha256, true))
}

pub(super) async fn add_token(relay: Shared, headers: HeaderMap, request: Body) -> Result<Answer, Refusal> {
    let ((), body) = body::admitted(&relay.memory, auth::desk(&relay, &headers), request).await?;
    let ticket: TokenTicket = wire::decode(&body.bytes).ok_or(Refusal::MALFORMED)?;
    match relay.store.add_token(ticket).await? {
        put @ (Put::New | Put::Duplicate) => Ok(Answer::stored(wayside_seal::sha256(&body.bytes), put == Put::New)),
        Put::Conflict => Err(Refusal::CONFLICT),
    }
}

pub(super) async fn enrolments(relay: Shared, query: StartQuery, headers: HeaderMap) -> Result<Answer, Refusal> {
    auth::desk(&relay, &headers)?;
    let after = asked(query)?.after;
    Ok(Answer::of(&relay.store.enrolments(after).await?))
}

pub(super) async fn items(relay: Shared, query: StartQuery, headers: HeaderMap) -> Result<Answer, Refusal> {
    auth::desk(&relay, &headers)?;
    let from = asked(query)?;
    let held = relay.store.items(from.after, from.limit.unwrap_or(ITEMS)).await?;
    let mut page = ItemPage { items: Vec::with_capacity(held.items.len()), more: held.more };
    for item in held.items {
        // What got lost or damaged here is named without its bytes: one item must not hold up all others.
        let bytes = match item.bytes {
            Some(bytes) => bytes,
            None => relay.blobs.get(&item.sha256).await?.unwrap_or_default(),
        };
        page.items.push(StoredItem { cursor: item.cursor, device: item.device, bytes, carrier: item.carrier });
    }
    Ok(Answer::of(&page))
}

/// Takes the bytes of an item away, for an erasure or because the desk has it in safety. Again is a success.
pub(super) async fn delete_item(
    relay: Shared,
    Path((device, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Answer, Refusal> {
    auth::desk(&relay, &headers)?;
    let device: DeviceId = device.parse().map_err(|_| Refusal::NOT_FOUND)?;
    let id = unhex::<16>(&id).ok_or(Refusal::NOT_FOUND)?;
    let deleted = relay.store.delete_item(device, id).await?.ok_or(Refusal::NOT_FOUND)?;
    // The row first: bytes that no row names are waste, a row whose bytes are gone would be damage.
    if deleted.in_blobs {
        relay.blobs.delete(&deleted.sha256).await?;
    }
    Ok(Answer::stored(deleted.sha256, false))
}

/// A device's control log as the relay holds it: how a desk that was restored learns what it said since its copy was made.
pub(super) async fn control(
    relay: Shared,
    Path(device): Path<String>,
    query: StartQuery,
    headers: HeaderMap,
) -> Result<Answer, Refusal> {
    auth::desk(&relay, &headers)?;
    let device: DeviceId = device.parse().map_err(|_| Refusal::NOT_FOUND)?;
    Ok(Answer::of(&relay.store.control(device, asked(query)?.after).await?))
}

pub(super) async fn put_control(
    relay: Shared,
    Path((device, counter)): Path<(String, String)>,
    headers: HeaderMap,
    request: Body,
) -> Result<Answer, Refusal> {
    let ((), body) = body::admitted(&relay.memory, auth::desk(&relay, &headers), request).await?;
    let device: DeviceId = device.parse().map_err(|_| Refusal::NOT_FOUND)?;
    let counter: u64 = counter.parse().map_err(|_| Refusal::NOT_FOUND)?;
    let sha256 = wayside_seal::sha256(&body.bytes);
    match relay.store.put_control(device, counter, body.bytes).await? {
        PutControl::New => Ok(Answer::stored(sha256, true)),
        PutControl::Duplicate => Ok(Answer::stored(sha256, false)),
        PutControl::Conflict => Err(Refusal::CONFLICT),
        PutControl::OutOfOrder => Err(Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, ErrorCode::SyncRefused)),
        PutControl::NoDevice => Err(Refusal::NOT_FOUND),
    }
}

pub(super) async fn revoke(
    relay: Shared,
    Path(device): Path<String>,
    headers: HeaderMap,
    request: Body,
) -> Result<Answer, Refusal> {
    let ((), body) = body::admitted(&relay.memory, auth::desk(&relay, &headers), request).await?;
    let device: DeviceId = device.parse().map_err(|_| Refusal::NOT_FOUND)?;
    let known = relay.store.revoke(device).await?;
    if known { Ok(Answer::stored(wayside_seal::sha256(&body.bytes), false)) } else { Err(Refusal::NOT_FOUND) }
}
