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

/// Where an item goes: a device's own under its id, another's beside it under a name made of the carrier and the item's hash.
#[derive(Clone, Copy)]
struct Place {
    owner: DeviceId,
    id: [u8; 16],
    carrier: Option<DeviceId>,
}

impl Place {
    fn own(device: &Device, id: &str) -> Result<Self, Refusal> {
        Ok(Self { owner: device.id, id: unhex(id).ok_or(Refusal::NOT_FOUND)?, carrier: None })
    }

    /// Only for another device that is enrolled here, also a revoked one: what it sealed before is what carriers are for.
    async fn carried(relay: &Relay, device: &Device, owner: &str, id: &str) -> Result<Self, Refusal> {
        let owner: DeviceId = owner.parse().map_err(|_| Refusal::NOT_FOUND)?;
        let id = unhex(id).ok_or(Refusal::NOT_FOUND)?;
        if owner == device.id {
            return Err(Refusal::MALFORMED);
        }
        if !relay.store.is_enrolled(owner).await? {
            return Err(Refusal::NOT_FOUND);
        }
        Ok(Self { owner, id: wire::carried_name(device.id, &id), carrier: Some(device.id) })
    }

    /// Whether these bytes name this place; kept under another they could never be found again.
    fn is_of(&self, bytes: &[u8]) -> bool {
        match self.carrier {
            None => wayside_seal::item::id(bytes).ok() == Some(self.id),
            Some(carrier) => carried_name(carrier, &wayside_seal::sha256(bytes)) == self.id,
        }
    }
}

fn carried_name(carrier: DeviceId, sha256: &[u8; 32]) -> [u8; 16] {
    wire::carried_name(carrier, &wire::carried_id(sha256))
}

/// Checks that the bytes are an item and takes the large ones to the blob store, durably. `None`: they are no item.
async fn prepare(
    relay: &Relay,
    owner: DeviceId,
    carrier: Option<DeviceId>,
    bytes: Vec<u8>,
) -> Result<Option<NewItem>, Refusal> {
    let Ok(id) = wayside_seal::item::id(&bytes) else { return Ok(None) };
    let sha256 = wayside_seal::sha256(&bytes);
    let id = carrier.map_or(id, |carrier| carried_name(carrier, &sha256));
    let len = bytes.len() as u64;
    if bytes.len() <= LARGEST_INLINE {
        return Ok(Some(NewItem { id, sha256, len, bytes: Some(bytes), carrier }));
    }
    // What was deleted is not written again: nobody would remove it. What got lost or damaged here is.
    let is_held = match relay.store.known(owner, id).await? {
        Some(known) => known.deleted || known.sha256 != sha256 || relay.blobs.get(&sha256).await?.is_some(),
        None => false,
    };
    if !is_held {
        relay.blobs.put(&sha256, bytes).await?;
    }
    Ok(Some(NewItem { id, sha256, len, bytes: None, carrier }))
}

/// Whether so many more bytes may be held for this device, or for what it carries. What is under way at the same moment may
/// pass it by as much.
fn room(relay: &Relay, device: &Device, is_carried: bool, more: u64) -> Result<(), Refusal> {
    if is_carried && device.carried.saturating_add(more) > relay.limits.carried_bytes {
        return Err(Refusal::CARRIED_ENOUGH);
    }
    let is_full = !is_carried && device.held.saturating_add(more) > relay.limits.device_bytes;
    if is_full { Err(Refusal::QUOTA) } else { Ok(()) }
}

pub(super) async fn put_item(
    relay: Shared,
    Path(id): Path<String>,
    headers: HeaderMap,
    request: Body,
) -> Result<Answer, Refusal> {
    let who = auth::uploader(&relay, &headers).await;
    let (device, body) = body::admitted(&relay.memory, who, request).await?;
    put(&relay, &device, Place::own(&device, &id)?, body.bytes).await
}

pub(super) async fn put_carried(
    relay: Shared,
    Path((owner, id)): Path<(String, String)>,
    headers: HeaderMap,
    request: Body,
) -> Result<Answer, Refusal> {
    let who = auth::uploader(&relay, &headers).await;
    let (device, body) = body::admitted(&relay.memory, who, request).await?;
    put(&relay, &device, Place::carried(&relay, &device, &owner, &id).await?, body.bytes).await
}

async fn put(relay: &Relay, device: &Device, place: Place, bytes: Vec<u8>) -> Result<Answer, Refusal> {
    room(relay, device, place.carrier.is_some(), bytes.len() as u64)?;
    if !place.is_of(&bytes) {
        return Err(Refusal::MALFORMED);
    }
    let item = prepare(relay, place.owner, place.carrier, bytes).await?.ok_or(Refusal::MALFORMED)?;
    let sha256 = item.sha256;
    match relay.store.put_items(place.owner, vec![item]).await?.as_slice() {
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
    room(&relay, &device, false, body.bytes.len() as u64)?;
    let (mut states, mut items) = (Vec::with_capacity(batch.items.len()), Vec::with_capacity(batch.items.len()));
    for bytes in batch.items {
        let item = prepare(&relay, device.id, None, bytes.into()).await?;
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

/// Which bytes of the whole a part is.
#[derive(serde::Deserialize)]
pub(super) struct Stretch {
    offset: u64,
    total: u64,
}

type StretchQuery = Result<axum::extract::Query<Stretch>, QueryRejection>;

pub(super) async fn parts(relay: Shared, Path(id): Path<String>, headers: HeaderMap) -> Result<Answer, Refusal> {
    let device = auth::device(&relay, &headers).await?;
    held_of(&relay, &device, Place::own(&device, &id)?).await
}

pub(super) async fn carried_parts(
    relay: Shared,
    Path((owner, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Answer, Refusal> {
    let device = auth::device(&relay, &headers).await?;
    held_of(&relay, &device, Place::carried(&relay, &device, &owner, &id).await?).await
}

/// An unfinished upload is the uploader's, by the item's name alone: a name by hash is of the same bytes, whose ever they are.
async fn held_of(relay: &Relay, device: &Device, place: Place) -> Result<Answer, Refusal> {
    if let Some(Known { len, sha256, .. }) = relay.store.known(place.owner, place.id).await? {
        return Ok(Answer::of(&PartAt { offset: len, sha256 }));
    }
    // The answer names the hash of all that is held: it costs as much as a part does.
    let len = relay.store.upload_len(device.id, place.id).await?;
    relay.rates.device(device.id, len as f64 / f64::from(1 << 20))?;
    let mut share = relay.memory.share();
    relay.memory.grow(&mut share, usize::try_from(len).unwrap_or(usize::MAX))?;
    let held = relay.store.uploaded(device.id, place.id).await?;
    Ok(Answer::of(&PartAt { offset: held.len() as u64, sha256: wayside_seal::sha256(&held) }))
}

pub(super) async fn put_part(
    relay: Shared,
    Path(id): Path<String>,
    stretch: StretchQuery,
    headers: HeaderMap,
    request: Body,
) -> Result<Answer, Refusal> {
    let who = auth::uploader(&relay, &headers).await;
    let (device, body) = body::admitted(&relay.memory, who, request).await?;
    append(&relay, &device, Place::own(&device, &id)?, stretch, body.bytes).await
}

pub(super) async fn put_carried_part(
    relay: Shared,
    Path((owner, id)): Path<(String, String)>,
    stretch: StretchQuery,
    headers: HeaderMap,
    request: Body,
) -> Result<Answer, Refusal> {
    let who = auth::uploader(&relay, &headers).await;
    let (device, body) = body::admitted(&relay.memory, who, request).await?;
    let place = Place::carried(&relay, &device, &owner, &id).await?;
    append(&relay, &device, place, stretch, body.bytes).await
}

async fn append(
    relay: &Relay,
    device: &Device,
    place: Place,
    stretch: StretchQuery,
    bytes: Vec<u8>,
) -> Result<Answer, Refusal> {
    let Stretch { offset, total } = stretch.map_err(|_| Refusal::MALFORMED)?.0;
    if total > MAX_ITEM_BYTES {
        return Err(Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, ErrorCode::SyncRefused));
    }
    if offset.saturating_add(bytes.len() as u64) > total {
        return Err(Refusal::MALFORMED);
    }
    let id = place.id;
    room(relay, device, false, bytes.len() as u64)?;
    room(relay, device, place.carrier.is_some(), total)?;
    let end = relay.store.append(device.id, Part { id, offset, bytes }).await?;
    // The answer names the hash of all that is held, so a part costs as much as what lies before it.
    relay.rates.device(device.id, end as f64 / f64::from(1 << 20))?;
    let mut share = relay.memory.share();
    relay.memory.grow(&mut share, usize::try_from(end).unwrap_or(usize::MAX))?;
    let held = relay.store.uploaded(device.id, id).await?;
    let at = PartAt { offset: held.len() as u64, sha256: wayside_seal::sha256(&held) };
    if at.offset < total {
        return Ok(Answer::of(&at));
    }
    let whole = if place.is_of(&held) { prepare(relay, place.owner, place.carrier, held).await? } else { None };
    let Some(item) = whole else {
        relay.store.drop_upload(device.id, id).await?;
        return Err(Refusal::MALFORMED);
    };
    let put = relay.store.put_items(place.owner, vec![item]).await?;
    // The parts go only when the item has its place. Cut off between the two, they go with the next try.
    relay.store.drop_upload(device.id, id).await?;
    if put.as_slice() == [Put::Conflict] { Err(Refusal::CONFLICT) } else { Ok(Answer::of(&at)) }
}
