//! Opens what a relay holds, with the recovery key: the search for traces must look at what is inside the seals.

use std::collections::HashMap;
use std::path::Path;

use rusqlite::{Connection, OpenFlags};
use wayside_model::{DeviceId, ErrorCode};
use wayside_seal::hpke::PrivateKey;
use wayside_seal::{EnrolmentRequest, EpochSecret, Header, ItemKind, VerifyingKey};
use wayside_sync::wire;
use zeroize::Zeroizing;

use crate::error::CliError;

/// What lies in a relay's file, opened.
pub(crate) struct RelayItems {
    /// Plain text of each envelope that opened.
    pub(crate) plain: Vec<Zeroizing<Vec<u8>>>,
    /// Envelopes that did not open.
    pub(crate) shut: usize,
}

/// Opens every envelope of the relay's file with `key`. Reads only; a running relay is not disturbed.
pub(crate) fn open_all(relay: &Path, key: &PrivateKey) -> Result<RelayItems, CliError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let file = Connection::open_with_flags(relay.join("relay.db"), flags).map_err(failed)?;
    file.busy_timeout(std::time::Duration::from_secs(5)).map_err(failed)?;
    let devices = devices(&file)?;
    let items = items(&file, relay)?;

    let mut secrets: HashMap<(DeviceId, u32), EpochSecret> = HashMap::new();
    for (device, bytes) in items.iter().filter(|(_, bytes)| kind(bytes) == Some(ItemKind::EpochHeader)) {
        let Some(sign) = devices.get(device) else { continue };
        if let Ok(secret) = EpochSecret::unwrap(bytes, key, sign) {
            secrets.insert((*device, secret.epoch()), secret);
        }
    }
    let mut opened = RelayItems { plain: Vec::new(), shut: 0 };
    for (device, bytes) in items.iter().filter(|(_, bytes)| kind(bytes) == Some(ItemKind::Envelope)) {
        let secret = Header::read(bytes).ok().and_then(|header| secrets.get(&(*device, header.device_epoch)));
        match secret.and_then(|secret| secret.open(bytes).ok()) {
            Some((_, plain)) => opened.plain.push(plain),
            None => opened.shut += 1,
        }
    }
    Ok(opened)
}

fn kind(bytes: &[u8]) -> Option<ItemKind> {
    Header::read(bytes).ok().map(|header| header.kind)
}

fn devices(file: &Connection) -> Result<HashMap<DeviceId, VerifyingKey>, CliError> {
    let mut statement = file.prepare("SELECT request FROM enrolment").map_err(failed)?;
    let requests = statement.query_map([], |row| row.get::<_, Vec<u8>>(0)).map_err(failed)?;
    let requests = requests.filter_map(|bytes| EnrolmentRequest::verify(&bytes.ok()?).ok());
    Ok(requests.map(|request| (request.device, request.sign)).collect())
}

/// Large items lie beside the database, by their hash; of deleted ones nothing is left to open.
fn items(file: &Connection, relay: &Path) -> Result<Vec<(DeviceId, Vec<u8>)>, CliError> {
    let mut statement = file.prepare("SELECT device, sha256, bytes FROM item ORDER BY cursor").map_err(failed)?;
    let mut rows = statement.query([]).map_err(failed)?;
    let mut items = Vec::new();
    while let Some(row) = rows.next().map_err(failed)? {
        let device = DeviceId::from_bytes(row.get(0).map_err(failed)?);
        let sha256: Vec<u8> = row.get(1).map_err(failed)?;
        let bytes: Option<Vec<u8>> = row.get(2).map_err(failed)?;
        let bytes = bytes.or_else(|| std::fs::read(relay.join("blobs/items").join(wire::hex(&sha256))).ok());
        items.extend(bytes.map(|bytes| (device, bytes)));
    }
    Ok(items)
}

fn failed(_: rusqlite::Error) -> CliError {
    CliError::At { code: ErrorCode::RelayStorage, place: "the relay's file".into() }
}
