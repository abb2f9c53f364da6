//! Who calls. A token is compared by its hash and in constant time; it is never kept or printed.

use axum::http::{HeaderMap, StatusCode, header};
use subtle::ConstantTimeEq;
use wayside_model::ErrorCode;
use wayside_sync::wire::token_of;

use crate::answer::Refusal;
use crate::routes::Relay;
use crate::store::Device;

/// SHA-256 of the bearer token, if there is one of the right form.
fn token_sha256(headers: &HeaderMap) -> Option<[u8; 32]> {
    let text = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = text.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return None;
    }
    token_of(token.trim()).map(|token| wayside_seal::sha256(&token))
}

/// The device, also a revoked one: it may still read its control log.
pub(crate) async fn device(relay: &Relay, headers: &HeaderMap) -> Result<Device, Refusal> {
    let found = match token_sha256(headers) {
        Some(sha256) => relay.store.device(sha256).await?,
        None => None,
    };
    let Some(device) = found else {
        relay.rates.stranger()?;
        return Err(Refusal::new(StatusCode::UNAUTHORIZED, ErrorCode::SyncCredential));
    };
    relay.rates.device(device.id, 1.0)?;
    Ok(device)
}

/// The device, if it may upload and has room left.
pub(crate) async fn uploader(relay: &Relay, headers: &HeaderMap) -> Result<Device, Refusal> {
    let device = device(relay, headers).await?;
    if device.revoked {
        return Err(Refusal::new(StatusCode::FORBIDDEN, ErrorCode::SyncCredential));
    }
    Ok(device)
}

/// The desk.
pub(crate) fn desk(relay: &Relay, headers: &HeaderMap) -> Result<(), Refusal> {
    if token_sha256(headers).is_some_and(|sha256| bool::from(sha256.ct_eq(&relay.desk_sha256))) {
        return Ok(());
    }
    relay.rates.stranger()?;
    Err(Refusal::new(StatusCode::UNAUTHORIZED, ErrorCode::RelayCredential))
}
