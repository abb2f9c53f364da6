//! Faults planted behind everybody's back, straight in the relay's file: what somebody could do who has that machine.

use std::path::Path;

use rusqlite::Connection;
use wayside_field::DeviceId;
use wayside_model::ErrorCode;
use wayside_seal::{EnrolmentRecord, EnrolmentRequest, Header, ItemKind, SigningKey, hpke, random};

use crate::error::CliError;

/// The relay's file.
pub(crate) struct RelayFile(Connection);

impl RelayFile {
    /// Opens it beside the running relay.
    pub(crate) fn open(path: &Path) -> Result<Self, CliError> {
        let connection = Connection::open(path).map_err(failed)?;
        connection.busy_timeout(std::time::Duration::from_secs(5)).map_err(failed)?;
        Ok(Self(connection))
    }

    /// Puts a request with keys of somebody else in the place of the newest one.
    pub(crate) fn swap_newest_request(&self, device: DeviceId, record: &str) -> Result<(), CliError> {
        let (sign, seal) = (SigningKey::generate()?, hpke::PrivateKey::generate()?);
        let request = EnrolmentRequest {
            device,
            token: EnrolmentRecord::parse(record)?.token,
            sign: sign.public(),
            seal: seal.public()?,
            upload_token_hash: random::bytes()?,
            at: crate::clock::now().rounded(),
        };
        let bytes = request.to_bytes(&sign)?;
        let changed = self
            .0
            .execute("UPDATE enrolment SET request = ?1 WHERE cursor = (SELECT max(cursor) FROM enrolment)", [bytes])
            .map_err(failed)?;
        planted(changed)
    }

    /// Flips one bit in the middle of an envelope of this device.
    pub(crate) fn flip_envelope(&self, device: DeviceId) -> Result<(), CliError> {
        let mut statement =
            self.0.prepare("SELECT cursor, bytes FROM item WHERE device = ?1 ORDER BY cursor").map_err(failed)?;
        let rows: Vec<(i64, Vec<u8>)> = statement
            .query_map([device.as_bytes().as_slice()], |row| Ok((row.get(0)?, row.get(1)?)))
            .and_then(Iterator::collect)
            .map_err(failed)?;
        let is_envelope = |bytes: &[u8]| Header::read(bytes).is_ok_and(|header| header.kind == ItemKind::Envelope);
        let Some((cursor, mut bytes)) = rows.into_iter().find(|(_, bytes)| is_envelope(bytes)) else {
            return planted(0);
        };
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        planted(
            self.0
                .execute("UPDATE item SET bytes = ?2 WHERE cursor = ?1", rusqlite::params![cursor, bytes])
                .map_err(failed)?,
        )
    }

    /// Leaves a note in plain text.
    pub(crate) fn plant_note(&self, text: &str) -> Result<(), CliError> {
        self.0.execute("CREATE TABLE planted_note (text TEXT)", []).map_err(failed)?;
        planted(self.0.execute("INSERT INTO planted_note VALUES (?1)", [text]).map_err(failed)?)
    }

    /// How many items it holds, and of how many bytes.
    pub(crate) fn items(&self) -> Result<(u64, u64), CliError> {
        self.0
            .query_row("SELECT count(*), coalesce(sum(length(bytes)), 0) FROM item", [], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .map_err(failed)
    }
}

fn planted(rows: usize) -> Result<(), CliError> {
    if rows == 1 { Ok(()) } else { Err(CliError::Demo("the fault could not be planted".into())) }
}

fn failed(_: rusqlite::Error) -> CliError {
    CliError::At { code: ErrorCode::RelayStorage, place: "the relay's file, opened by the demo".into() }
}
