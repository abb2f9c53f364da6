//! Devices and their upload tokens, which are kept as hashes.

use rusqlite::{Connection, OptionalExtension};
use subtle::ConstantTimeEq;
use wayside_model::DeviceId;

use super::super::{Device, unsigned};
use crate::RelayError;

/// The device with this token hash. The index finds a candidate by a hash an attacker cannot steer; the comparison that
/// decides takes the same time wherever a difference lies.
pub(super) fn by_token(c: &Connection, token_sha256: &[u8; 32]) -> Result<Option<Device>, RelayError> {
    let found: Option<([u8; 32], Device)> = c
        .prepare_cached("SELECT token_sha256, id, revoked, held, carried FROM device WHERE token_sha256 = ?1")?
        .query_row((token_sha256,), |row| {
            let id = DeviceId::from_bytes(row.get(1)?);
            let (held, carried) = (unsigned(row.get(3)?), unsigned(row.get(4)?));
            Ok((row.get(0)?, Device { id, revoked: row.get(2)?, held, carried }))
        })
        .optional()?;
    Ok(found.filter(|(kept, _)| bool::from(kept.ct_eq(token_sha256))).map(|(_, device)| device))
}

/// Whether this device is enrolled.
pub(super) fn is_known(c: &Connection, device: DeviceId) -> Result<bool, RelayError> {
    Ok(c.prepare_cached("SELECT 1 FROM device WHERE id = ?1")?.exists((device.as_bytes(),))?)
}

/// Adds a device. `false`: the id or the token belongs to another one, which stays as it is.
pub(super) fn add(c: &Connection, device: DeviceId, token_sha256: &[u8; 32]) -> Result<bool, RelayError> {
    let added = c
        .prepare_cached("INSERT INTO device (id, token_sha256) VALUES (?1, ?2) ON CONFLICT DO NOTHING")?
        .execute((device.as_bytes(), token_sha256))?;
    Ok(added == 1)
}

/// Counts bytes that are held for it, or are not any more.
pub(super) fn charge(c: &Connection, device: DeviceId, bytes: i64) -> Result<(), RelayError> {
    c.prepare_cached("UPDATE device SET held = max(held + ?2, 0) WHERE id = ?1")?
        .execute((device.as_bytes(), bytes))?;
    Ok(())
}

/// The same for what it carries: that never takes the room of its own.
pub(super) fn charge_carrier(c: &Connection, carrier: DeviceId, bytes: i64) -> Result<(), RelayError> {
    c.prepare_cached("UPDATE device SET carried = max(carried + ?2, 0) WHERE id = ?1")?
        .execute((carrier.as_bytes(), bytes))?;
    Ok(())
}

pub(super) fn revoke(c: &Connection, device: DeviceId) -> Result<bool, RelayError> {
    Ok(c.execute("UPDATE device SET revoked = 1 WHERE id = ?1", (device.as_bytes(),))? == 1)
}
