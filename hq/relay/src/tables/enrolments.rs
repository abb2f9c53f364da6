//! One-time tokens and the requests they admit.

use rusqlite::{Connection, OptionalExtension};
use wayside_model::{DeviceId, Timestamp};
use wayside_sync::wire::{EnrolmentItem, EnrolmentPage, TokenTicket};

use super::{Put, devices, signed, unsigned};
use crate::RelayError;

/// Requests of one page.
const MOST: usize = 200;

/// A request to enrol, as far as the relay reads it.
#[derive(Clone)]
pub(crate) struct Enrolment {
    pub(crate) device: DeviceId,
    /// SHA-256 of the one-time token.
    pub(crate) token_sha256: [u8; 32],
    /// SHA-256 of the upload token the device made for itself.
    pub(crate) upload_sha256: [u8; 32],
    /// The request as it came.
    pub(crate) bytes: Vec<u8>,
    /// SHA-256 of `bytes`.
    pub(crate) sha256: [u8; 32],
}

/// What came of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Enrolled {
    /// The device is in; the token is used up.
    New,
    /// The very same request was admitted before: its answer got lost.
    Again,
    /// The token was never issued here.
    Unknown,
    /// The token admitted another request.
    Used,
    /// The token is too old.
    Expired,
    /// The device id or the upload token belongs to another enrolment.
    Taken,
}

/// Registers a token. The same token with another expiry is a conflict.
pub(crate) fn add_token(connection: &Connection, ticket: &TokenTicket) -> Result<Put, RelayError> {
    let expires = ticket.expires.as_millis();
    let added = connection.execute(
        "INSERT INTO token (sha256, expires) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
        (ticket.sha256, expires),
    )?;
    if added == 1 {
        return Ok(Put::New);
    }
    let held: i64 =
        connection.query_row("SELECT expires FROM token WHERE sha256 = ?1", (ticket.sha256,), |row| row.get(0))?;
    Ok(if held == expires { Put::Duplicate } else { Put::Conflict })
}

/// Admits a device, once per token.
pub(crate) fn enrol(connection: &Connection, enrolment: &Enrolment, now: Timestamp) -> Result<Enrolled, RelayError> {
    let token: Option<(i64, Option<[u8; 32]>)> = connection
        .query_row("SELECT expires, used_by FROM token WHERE sha256 = ?1", (enrolment.token_sha256,), |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    match token {
        None => return Ok(Enrolled::Unknown),
        // Before the expiry: a device that lost the answer may learn of its success later, too.
        Some((_, Some(used_by))) if used_by == enrolment.sha256 => return Ok(Enrolled::Again),
        Some((_, Some(_))) => return Ok(Enrolled::Used),
        Some((expires, None)) if now.as_millis() >= expires => return Ok(Enrolled::Expired),
        Some((_, None)) => {}
    }
    if !devices::add(connection, enrolment.device, &enrolment.upload_sha256)? {
        return Ok(Enrolled::Taken);
    }
    connection
        .execute("UPDATE token SET used_by = ?2 WHERE sha256 = ?1", (enrolment.token_sha256, enrolment.sha256))?;
    connection.execute("INSERT INTO enrolment (request) VALUES (?1)", (&enrolment.bytes,))?;
    Ok(Enrolled::New)
}

/// Requests after `after`, in the order they came.
pub(crate) fn page(connection: &Connection, after: u64) -> Result<EnrolmentPage, RelayError> {
    let mut statement = connection
        .prepare_cached("SELECT cursor, request FROM enrolment WHERE cursor > ?1 ORDER BY cursor LIMIT ?2")?;
    let rows = statement.query_map((signed(after), MOST as i64 + 1), |row| {
        Ok(EnrolmentItem { cursor: unsigned(row.get(0)?), bytes: row.get(1)? })
    })?;
    let mut enrolments = rows.collect::<Result<Vec<_>, _>>()?;
    let more = enrolments.len() > MOST;
    enrolments.truncate(MOST);
    Ok(EnrolmentPage { enrolments, more })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::testing::empty;

    fn request(token: u8, device: u8, upload: u8) -> Enrolment {
        let bytes = vec![token, device, upload];
        Enrolment {
            device: DeviceId::from_bytes([device; 16]),
            token_sha256: [token; 32],
            upload_sha256: [upload; 32],
            sha256: wayside_seal::sha256(&bytes),
            bytes,
        }
    }

    #[test]
    fn a_token_is_good_once_and_for_its_time() {
        let connection = empty();
        let at = Timestamp::from_millis;
        for token in [1, 2, 3] {
            let ticket = TokenTicket { sha256: [token; 32], expires: at(1000) };
            assert_eq!(add_token(&connection, &ticket).unwrap(), Put::New);
            assert_eq!(add_token(&connection, &ticket).unwrap(), Put::Duplicate);
            let later = TokenTicket { expires: at(5000), ..ticket };
            assert_eq!(add_token(&connection, &later).unwrap(), Put::Conflict);
        }
        let enrol = |request: &Enrolment, now| enrol(&connection, request, at(now)).unwrap();
        let first = request(1, 1, 1);
        assert_eq!(enrol(&request(9, 1, 1), 0), Enrolled::Unknown);
        assert_eq!(enrol(&first, 999), Enrolled::New);
        assert_eq!(enrol(&first, 999), Enrolled::Again);
        assert_eq!(enrol(&first, 99_999), Enrolled::Again);
        assert_eq!(enrol(&request(1, 2, 2), 999), Enrolled::Used);
        assert_eq!(enrol(&request(2, 2, 2), 1000), Enrolled::Expired);
        assert_eq!(enrol(&request(2, 1, 2), 999), Enrolled::Taken, "a device that is enrolled already");
        assert_eq!(enrol(&request(2, 2, 1), 999), Enrolled::Taken, "another's upload token");
        assert_eq!(enrol(&request(2, 2, 2), 999), Enrolled::New, "a refused request does not use the token up");
        let page = page(&connection, 0).unwrap();
        assert_eq!(page.enrolments.len(), 2);
        assert!(!page.more && page.enrolments[0].bytes == first.bytes);
        assert_eq!(super::page(&connection, page.enrolments[0].cursor).unwrap().enrolments.len(), 1);
    }
}
