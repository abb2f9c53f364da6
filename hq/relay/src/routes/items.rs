//! How items come in: one, many, or one in parts.

use axum::body::Body;
use axum::extract::Path;
use axum::extract::rejection::QueryRejection;
use axum::http::{HeaderMap, StatusCode};
use wayside_model::{DeviceId, ErrorCode};
use wayside_sync::wire::{self, PartAt, unhex};

use super::{Relay, Shared};
use crate::answer::{Answer, Refusal};
use crate::batch::{Batch, BatchStored, ItemState, LARGEST_BATCH};
use crate::blobs::LARGEST_INLINE;
use crate::store::{Device, Known, NewItem, Part, Put};
use crate::{auth, body};

/// Largest item that may come in parts: minutes of audio.
const MAX_ITEM_BYTES: u64 = 16 << 20;

/// Checks that the bytes are an item and takes the large ones to the blob store, durably. `None`: they are no item.
async fn prepare(relay: &Relay, device: DeviceId, bytes: Vec<u8>) -> Result<Option<NewItem>, Refusal> {
    let Ok(id) = wayside_seal::item::id(&bytes) else { return Ok(None) };
    let sha256 = wayside_seal::sha256(&bytes);
    let len = bytes.len() as u64;
    if bytes.len() <= LARGEST_INLINE {
        return Ok(Some(NewItem { id, sha256, len, bytes: Some(bytes) }));
    }
    // What was deleted is not written again: nobody would remove it. What got lost or damaged here is.
    let is_held = match relay.store.known(device, id).await? {
        Some(known) => known.deleted || known.sha256 != sha256 || relay.blobs.get(&sha256).await?.is_some(),
        None => false,
    };
    if !is_held {
        relay.blobs.put(&sha256, bytes).await?;
    }
    Ok(Some(NewItem { id, sha256, len, bytes: None }))
}

/// Whether so many more bytes may be held for this device. What is under way at the same moment may pass it by as much.
fn room(relay: &Relay, device: &Device, more: u64) -> Result<(), Refusal> {
    let full = device.held.saturating_add(more) > relay.limits.device_bytes;
    if full { Err(Refusal::QUOTA) } else { Ok(()) }
}

pub(super) async fn put_item(
    relay: Shared,
    Path(id): Path<String>,
    headers: HeaderMap,
    request: Body,
) -> Result<Answer, Refusal> {
    let who = auth::uploader(&relay, &headers).await;
    let (device, body) = body::admitted(&relay.memory, who, request).await?;
    let id = unhex::<16>(&id).ok_or(Refusal::NOT_FOUND)?;
    room(&relay, &device, body.bytes.len() as u64)?;
    // The item names its own id; kept under another it could never be found again.
    if wayside_seal::item::id(&body.bytes).ok() != Some(id) {
        return Err(Refusal::MALFORMED);
    }
    let item = prepare(&relay, device.id, body.bytes).await?.ok_or(Refusal::MALFORMED)?;
    let sha256 = item.sha256;
    match relay.store.put_items(device.id, vec![item]).await?.as_slice() {
        [Put::New] => Ok(Answer::stored(sha256, true)),
        [Put::Duplicate] => Ok(Answer::stored(sha256, false)),
        _ => Err(Refusal::CONFLICT),
    }
}

/// Many small items: one answer for each, after one wait for the disk.
pub(super) async fn put_batch(relay: Shared, headers: HeaderMap, request: Body) -> Result<Answer, Refusal> {
    let who = auth::uploader(&relay, &headers).await;
    let (device, body) = body::admitted(&relay.memory, who, request).await?;
    let batch: Batch = wire::decode(&body.bytes).ok_or(Refusal::MALFORMED)?;
    if batch.items.len() > LARGEST_BATCH {
        return Err(Refusal::TOO_LARGE);
    }
    room(&relay, &device, body.bytes.len() as u64)?;
    let (mut states, mut items) = (Vec::with_capacity(batch.items.len()), Vec::with_capacity(batch.items.len()));
    for bytes in batch.items {
        let item = prepare(&relay, device.id, bytes.into()).await?;
        states.push(if item.is_some() { ItemState::New } else { ItemState::NoItem });
        items.extend(item);
    }
    let mut puts = relay.store.put_items(device.id, items).await?.into_iter();
    for state in states.iter_mut().filter(|state| **state == ItemState::New) {
        *state = match puts.next().ok_or(Refusal::MALFORMED)? {
            Put::New => ItemState::New,
            Put::Duplicate => ItemState::Held,
            Put::Conflict => ItemState::Conflict,
        };
    }
    Ok(Answer::of(&BatchStored { sha256: wayside_seal::sha256(&body.bytes), states }))
}

/// Where a part belongs.
#[derive(serde::Deserialize)]
pub(super) struct Place {
    offset: u64,
    total: u64,
}

pub(super) async fn parts(relay: Shared, Path(id): Path<String>, headers: HeaderMap) -> Result<Answer, Refusal> {
    let device = auth::device(&relay, &headers).await?;
    let id = unhex::<16>(&id).ok_or(Refusal::NOT_FOUND)?;
    if let Some(Known { len, sha256, .. }) = relay.store.known(device.id, id).await? {
        return Ok(Answer::of(&PartAt { offset: len, sha256 }));
    }
    // The answer names the hash of all that is held: it costs as much as a part does.
    let len = relay.store.upload_len(device.id, id).await?;
    relay.rates.device(device.id, len as f64 / f64::from(1 << 20))?;
    let mut share = relay.memory.share();
    relay.memory.grow(&mut share, usize::try_from(len).unwrap_or(usize::MAX))?;
    let held = relay.store.uploaded(device.id, id).await?;
    Ok(Answer::of(&PartAt { offset: held.len() as u64, sha256: wayside_seal::sha256(&held) }))
}

pub(super) async fn put_part(
    relay: Shared,
    Path(id): Path<String>,
    place: Result<axum::extract::Query<Place>, QueryRejection>,
    headers: HeaderMap,
    request: Body,
) -> Result<Answer, Refusal> {
    let who = auth::uploader(&relay, &headers).await;
    let (device, body) = body::admitted(&relay.memory, who, request).await?;
    let id = unhex::<16>(&id).ok_or(Refusal::NOT_FOUND)?;
    let Place { offset, total } = place.map_err(|_| Refusal::MALFORMED)?.0;
    if total > MAX_ITEM_BYTES {
        return Err(Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, ErrorCode::SyncRefused));
    }
    if offset.saturating_add(body.bytes.len() as u64) > total {
        return Err(Refusal::MALFORMED);
    }
    room(&relay, &device, body.bytes.len() as u64)?;
    let end = relay.store.append(device.id, Part { id, offset, bytes: body.bytes }).await?;
    // The answer names the hash of all that is held, so a part costs as much as what lies before it.
    relay.rates.device(device.id, end as f64 / f64::from(1 << 20))?;
    let mut share = relay.memory.share();
    relay.memory.grow(&mut share, usize::try_from(end).unwrap_or(usize::MAX))?;
    let held = relay.store.uploaded(device.id, id).await?;
    let at = PartAt { offset: held.len() as u64, sha256: wayside_seal::sha256(&held) };
    if at.offset < total {
        return Ok(Answer::of(&at));
    }
    let whole = match wayside_seal::item::id(&held) {
        Ok(named) if named == id => prepare(&relay, device.id, held).await?,
        _ => None,
    };
    let Some(item) = whole else {
        relay.store.drop_upload(device.id, id).await?;
        return Err(Refusal::MALFORMED);
    };
    let put = relay.store.put_items(device.id, vec![item]).await?;
    // The parts go only when the item has its place. Cut off between the two, they go with the next try.
    relay.store.drop_upload(device.id, id).await?;
    if put.as_slice() == [Put::Conflict] { Err(Refusal::CONFLICT) } else { Ok(Answer::of(&at)) }
}
