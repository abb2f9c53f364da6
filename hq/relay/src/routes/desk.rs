//! What the desk calls.

use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use wayside_model::{DeviceId, ErrorCode};
use wayside_sync::wire::{self, TokenTicket};

use super::{Shared, StartQuery, asked};
use crate::answer::{Answer, Refusal};
use crate::tables::control::PutControl;
use crate::tables::{Put, control, devices, enrolments, items, published};
use crate::{auth, body, database};

/// Items of a page, where the desk does not say.
const ITEMS: usize = 100;

pub(super) async fn put_directory(relay: Shared, headers: HeaderMap, request: Body) -> Result<Answer, Refusal> {
    let ((), bytes) = body::admitted(auth::desk(&relay, &headers), request).await?;
    let sha256 = wayside_seal::sha256(&bytes);
    relay.database.write(move |connection| published::put_directory(connection, &bytes)).await?;
    Ok(Answer::stored(sha256, true))
}

pub(super) async fn add_token(relay: Shared, headers: HeaderMap, request: Body) -> Result<Answer, Refusal> {
    let ((), bytes) = body::admitted(auth::desk(&relay, &headers), request).await?;
    let ticket: TokenTicket = wire::decode(&bytes).ok_or(Refusal::MALFORMED)?;
    match relay.database.write(move |connection| enrolments::add_token(connection, &ticket)).await? {
        put @ (Put::New | Put::Duplicate) => Ok(Answer::stored(wayside_seal::sha256(&bytes), put == Put::New)),
        Put::Conflict => Err(Refusal::CONFLICT),
    }
}

pub(super) async fn enrolments(relay: Shared, query: StartQuery, headers: HeaderMap) -> Result<Answer, Refusal> {
    auth::desk(&relay, &headers)?;
    let after = asked(query)?.after;
    let page = database::read(&relay.database, move |connection| enrolments::page(connection, after)).await?;
    Ok(Answer::of(&page))
}

pub(super) async fn items(relay: Shared, query: StartQuery, headers: HeaderMap) -> Result<Answer, Refusal> {
    auth::desk(&relay, &headers)?;
    let from = asked(query)?;
    let limit = from.limit.unwrap_or(ITEMS);
    let page = database::read(&relay.database, move |connection| items::page(connection, from.after, limit)).await?;
    Ok(Answer::of(&page))
}

pub(super) async fn put_control(
    relay: Shared,
    Path((device, counter)): Path<(String, String)>,
    headers: HeaderMap,
    request: Body,
) -> Result<Answer, Refusal> {
    let ((), bytes) = body::admitted(auth::desk(&relay, &headers), request).await?;
    let device: DeviceId = device.parse().map_err(|_| Refusal::NOT_FOUND)?;
    let counter: u64 = counter.parse().map_err(|_| Refusal::NOT_FOUND)?;
    let sha256 = wayside_seal::sha256(&bytes);
    let put = relay.database.write(move |connection| {
        Ok(match devices::is_known(connection, device)? {
            true => Some(control::put(connection, device, counter, &bytes)?),
            false => None,
        })
    });
    match put.await? {
        Some(PutControl::New) => Ok(Answer::stored(sha256, true)),
        Some(PutControl::Duplicate) => Ok(Answer::stored(sha256, false)),
        Some(PutControl::Conflict) => Err(Refusal::CONFLICT),
        Some(PutControl::OutOfOrder) => Err(Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, ErrorCode::SyncRefused)),
        None => Err(Refusal::NOT_FOUND),
    }
}

pub(super) async fn revoke(
    relay: Shared,
    Path(device): Path<String>,
    headers: HeaderMap,
    request: Body,
) -> Result<Answer, Refusal> {
    let ((), bytes) = body::admitted(auth::desk(&relay, &headers), request).await?;
    let device: DeviceId = device.parse().map_err(|_| Refusal::NOT_FOUND)?;
    let known = relay.database.write(move |connection| devices::revoke(connection, device)).await?;
    if known { Ok(Answer::stored(wayside_seal::sha256(&bytes), false)) } else { Err(Refusal::NOT_FOUND) }
}
