//! One-time tokens and the requests they admit.

use rusqlite::{Connection, OptionalExtension};
use wayside_model::Timestamp;
use wayside_sync::wire::{EnrolmentItem, EnrolmentPage, TokenTicket};

use super::super::{Enrolled, Enrolment, MOST_ENROLMENTS, Put, signed, unsigned};
use super::devices;
use crate::RelayError;

pub(super) fn add_token(c: &Connection, ticket: &TokenTicket) -> Result<Put, RelayError> {
    let expires = ticket.expires.as_millis();
    let added = c.execute(
        "INSERT INTO token (sha256, expires) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
        (ticket.sha256, expires),
    )?;
    if added == 1 {
        return Ok(Put::New);
    }
    let held: i64 = c.query_row("SELECT expires FROM token WHERE sha256 = ?1", (ticket.sha256,), |row| row.get(0))?;
    Ok(if held == expires { Put::Duplicate } else { Put::Conflict })
}

pub(super) fn enrol(c: &Connection, enrolment: &Enrolment, now: Timestamp) -> Result<Enrolled, RelayError> {
    let token: Option<(i64, Option<[u8; 32]>)> = c
        .query_row("SELECT expires, used_by FROM token WHERE sha256 = ?1", (enrolment.token_sha256,), |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    if let Some(refused) = Enrolled::before_the_device(token, &enrolment.sha256, now) {
        return Ok(refused);
    }
    if !devices::add(c, enrolment.device, &enrolment.upload_sha256)? {
        return Ok(Enrolled::Taken);
    }
    c.execute("UPDATE token SET used_by = ?2 WHERE sha256 = ?1", (enrolment.token_sha256, enrolment.sha256))?;
    c.execute("INSERT INTO enrolment (request) VALUES (?1)", (&enrolment.bytes,))?;
    Ok(Enrolled::New)
}

/// Requests after `after`, in the order they came.
pub(super) fn page(c: &Connection, after: u64) -> Result<EnrolmentPage, RelayError> {
    let mut statement =
        c.prepare_cached("SELECT cursor, request FROM enrolment WHERE cursor > ?1 ORDER BY cursor LIMIT ?2")?;
    let rows = statement.query_map((signed(after), MOST_ENROLMENTS as i64 + 1), |row| {
        Ok(EnrolmentItem { cursor: unsigned(row.get(0)?), bytes: row.get(1)? })
    })?;
    let mut enrolments = rows.collect::<Result<Vec<_>, _>>()?;
    let more = enrolments.len() > MOST_ENROLMENTS;
    enrolments.truncate(MOST_ENROLMENTS);
    Ok(EnrolmentPage { enrolments, more })
}
