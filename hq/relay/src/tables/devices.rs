//! Devices and their upload tokens, which are kept as hashes.

use rusqlite::{Connection, OptionalExtension};
use subtle::ConstantTimeEq;
use wayside_model::DeviceId;

use crate::RelayError;

/// A device whose token fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Device {
    pub(crate) id: DeviceId,
    pub(crate) revoked: bool,
}

/// The device with this token hash. The index finds a candidate by a hash an attacker cannot steer; the comparison that
/// decides takes the same time wherever a difference lies.
pub(crate) fn by_token(connection: &Connection, token_sha256: &[u8; 32]) -> Result<Option<Device>, RelayError> {
    let found: Option<([u8; 16], [u8; 32], bool)> = connection
        .prepare_cached("SELECT id, token_sha256, revoked FROM device WHERE token_sha256 = ?1")?
        .query_row((token_sha256,), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    Ok(found
        .filter(|(_, held, _)| bool::from(held.ct_eq(token_sha256)))
        .map(|(id, _, revoked)| Device { id: DeviceId::from_bytes(id), revoked }))
}

/// Whether this device is enrolled.
pub(crate) fn is_known(connection: &Connection, device: DeviceId) -> Result<bool, RelayError> {
    Ok(connection.prepare_cached("SELECT 1 FROM device WHERE id = ?1")?.exists((device.as_bytes(),))?)
}

/// Adds a device. `false`: the id or the token belongs to another one, which stays as it is.
pub(crate) fn add(connection: &Connection, device: DeviceId, token_sha256: &[u8; 32]) -> Result<bool, RelayError> {
    let added = connection
        .prepare_cached("INSERT INTO device (id, token_sha256) VALUES (?1, ?2) ON CONFLICT DO NOTHING")?
        .execute((device.as_bytes(), token_sha256))?;
    Ok(added == 1)
}

/// From now on its uploads are refused; its items and its control log stay. `false`: no such device.
pub(crate) fn revoke(connection: &Connection, device: DeviceId) -> Result<bool, RelayError> {
    let changed = connection.execute("UPDATE device SET revoked = 1 WHERE id = ?1", (device.as_bytes(),))?;
    Ok(changed == 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::testing::empty;

    #[test]
    fn found_by_its_token_only() {
        let connection = empty();
        let (one, two) = (DeviceId::from_bytes([1; 16]), DeviceId::from_bytes([2; 16]));
        assert!(add(&connection, one, &[1; 32]).unwrap());
        assert!(add(&connection, two, &[2; 32]).unwrap());
        assert!(!add(&connection, one, &[3; 32]).unwrap(), "a second token for a device");
        assert!(!add(&connection, DeviceId::from_bytes([3; 16]), &[1; 32]).unwrap(), "another's token");
        assert_eq!(by_token(&connection, &[1; 32]).unwrap(), Some(Device { id: one, revoked: false }));
        assert_eq!(by_token(&connection, &[3; 32]).unwrap(), None);
        assert!(revoke(&connection, one).unwrap() && revoke(&connection, one).unwrap());
        assert!(!revoke(&connection, DeviceId::from_bytes([3; 16])).unwrap());
        assert_eq!(by_token(&connection, &[1; 32]).unwrap(), Some(Device { id: one, revoked: true }));
        assert_eq!(by_token(&connection, &[2; 32]).unwrap(), Some(Device { id: two, revoked: false }));
    }
}
