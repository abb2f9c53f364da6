//! One-time tokens and the requests they admit.

use tokio_postgres::{Client, Transaction};
use wayside_model::Timestamp;
use wayside_sync::wire::{EnrolmentItem, EnrolmentPage, TokenTicket};

use super::super::{Enrolled, Enrolment, MOST_ENROLMENTS, Put, signed, unsigned};
use super::{array, next};
use crate::RelayError;

pub(super) async fn add_token(tx: &Transaction<'_>, ticket: &TokenTicket) -> Result<Put, RelayError> {
    let (sha256, expires) = (ticket.sha256.as_slice(), ticket.expires.as_millis());
    let sql = "INSERT INTO token (sha256, expires) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    if tx.execute(sql, &[&sha256, &expires]).await? == 1 {
        return Ok(Put::New);
    }
    let held: i64 = tx.query_one("SELECT expires FROM token WHERE sha256 = $1", &[&sha256]).await?.try_get(0)?;
    Ok(if held == expires { Put::Duplicate } else { Put::Conflict })
}

pub(super) async fn enrol(tx: &Transaction<'_>, enrolment: &Enrolment, now: Timestamp) -> Result<Enrolled, RelayError> {
    let token = enrolment.token_sha256.as_slice();
    // Locked: two requests with one token, at two relays, come one after the other.
    let sql = "SELECT expires, used_by FROM token WHERE sha256 = $1 FOR UPDATE";
    let held = match tx.query_opt(sql, &[&token]).await? {
        None => None,
        Some(row) => {
            let used_by = row.try_get::<_, Option<&[u8]>>(1)?.map(array::<32>).transpose()?;
            Some((row.try_get(0)?, used_by))
        }
    };
    if let Some(refused) = Enrolled::before_the_device(held, &enrolment.sha256, now) {
        return Ok(refused);
    }
    let sql = "INSERT INTO device (id, token_sha256) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    let (device, upload) = (enrolment.device.as_bytes().as_slice(), enrolment.upload_sha256.as_slice());
    if tx.execute(sql, &[&device, &upload]).await? == 0 {
        return Ok(Enrolled::Taken);
    }
    let sql = "UPDATE token SET used_by = $2 WHERE sha256 = $1";
    tx.execute(sql, &[&token, &enrolment.sha256.as_slice()]).await?;
    let cursor = next(tx, "enrolment").await?;
    tx.execute("INSERT INTO enrolment (cursor, request) VALUES ($1, $2)", &[&cursor, &enrolment.bytes]).await?;
    Ok(Enrolled::New)
}

/// Requests after `after`, in the order they came.
pub(super) async fn page(client: &Client, after: u64) -> Result<EnrolmentPage, RelayError> {
    let sql = "SELECT cursor, request FROM enrolment WHERE cursor > $1 ORDER BY cursor LIMIT $2";
    let rows = client.query(sql, &[&signed(after), &(MOST_ENROLMENTS as i64 + 1)]).await?;
    let read =
        |row: &tokio_postgres::Row| Ok(EnrolmentItem { cursor: unsigned(row.try_get(0)?), bytes: row.try_get(1)? });
    let enrolments = rows.iter().take(MOST_ENROLMENTS).map(read).collect::<Result<_, RelayError>>()?;
    Ok(EnrolmentPage { enrolments, more: rows.len() > MOST_ENROLMENTS })
}
