//! Who calls. A token is compared by its hash and in constant time; it is never kept or printed.

use axum::http::{HeaderMap, StatusCode, header};
use subtle::ConstantTimeEq;
use wayside_model::{DeviceId, ErrorCode};
use wayside_sync::wire::token_of;

use crate::answer::Refusal;
use crate::database::read;
use crate::routes::Relay;
use crate::tables::devices;

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
pub(crate) async fn device(relay: &Relay, headers: &HeaderMap) -> Result<devices::Device, Refusal> {
    let stranger = Refusal::new(StatusCode::UNAUTHORIZED, ErrorCode::SyncCredential);
    let sha256 = token_sha256(headers).ok_or(stranger)?;
    read(&relay.database, move |connection| devices::by_token(connection, &sha256)).await?.ok_or(stranger)
}

/// The device, if it may upload.
pub(crate) async fn uploader(relay: &Relay, headers: &HeaderMap) -> Result<DeviceId, Refusal> {
    let device = device(relay, headers).await?;
    if device.revoked {
        return Err(Refusal::new(StatusCode::FORBIDDEN, ErrorCode::SyncCredential));
    }
    Ok(device.id)
}

/// The desk.
pub(crate) fn desk(relay: &Relay, headers: &HeaderMap) -> Result<(), Refusal> {
    let stranger = Refusal::new(StatusCode::UNAUTHORIZED, ErrorCode::RelayCredential);
    let sha256 = token_sha256(headers).ok_or(stranger)?;
    if bool::from(sha256.ct_eq(&relay.desk_sha256)) { Ok(()) } else { Err(stranger) }
}
