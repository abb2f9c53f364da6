//! The store in PostgreSQL. Several relays may share one database.

mod control;
mod enrolments;
mod items;
mod link;
mod uploads;
mod writer;

use std::path::Path;

use subtle::ConstantTimeEq;
use tokio_postgres::Transaction;
use wayside_model::{DeviceId, Timestamp};
use wayside_sync::wire::{ControlPage, EnrolmentPage, TokenTicket};

use super::{
    Deleted, Device, Enrolled, Enrolment, HeldPage, Known, NewItem, Part, Pending, Put, PutControl, Store, unsigned,
};
use crate::RelayError;
use link::{Own, Server, Shared, within};
use writer::Writer;

const SCHEMA: &str = include_str!("schema.sql");
/// From version 1: items are known by device and id, no longer by the id alone.
const TO_2: &str = "ALTER TABLE item DROP CONSTRAINT item_pkey, ADD PRIMARY KEY (device, id);
    CREATE INDEX item_in_blobs ON item (sha256) WHERE in_blobs;";
/// From version 2: items that another device carried here.
const TO_3: &str = "ALTER TABLE item ADD COLUMN carrier bytea;
    ALTER TABLE device ADD COLUMN carried bigint NOT NULL DEFAULT 0;";
const SCHEMA_VERSION: i32 = 3;
/// The lock under which the schema is made, so that relays starting together do not make it twice. Any fixed number.
const SCHEMA_LOCK: i64 = 0x0057_6179_7369_6465;
const DIRECTORY: &str = "directory";
/// What a probe writes: nothing, under a name of its own.
const PROBE: &str = "probe";

pub(super) struct Postgres {
    reader: Shared,
    own: Own,
    writer: Writer,
}

impl Postgres {
    pub(super) async fn open(url: &str, roots: Option<&Path>) -> Result<Self, RelayError> {
        let server = Server::new(url, roots)?;
        let own = Own::new(server.clone());
        migrate(&own).await?;
        Ok(Self { reader: Shared::new(server.clone()), own, writer: Writer::start(server) })
    }
}

async fn migrate(own: &Own) -> Result<(), RelayError> {
    let mut locked = own.lock().await?;
    let tx = locked.client()?.transaction().await?;
    tx.execute("SELECT pg_advisory_xact_lock($1)", &[&SCHEMA_LOCK]).await?;
    tx.batch_execute("CREATE TABLE IF NOT EXISTS schema_version (version integer NOT NULL)").await?;
    let version: Option<i32> = tx.query_opt("SELECT version FROM schema_version", &[]).await?.map(|row| row.get(0));
    match version {
        None => {
            tx.batch_execute(SCHEMA).await?;
            tx.execute("INSERT INTO schema_version VALUES ($1)", &[&SCHEMA_VERSION]).await?;
        }
        Some(from @ (1 | 2)) => {
            if from == 1 {
                tx.batch_execute(TO_2).await?;
            }
            tx.batch_execute(TO_3).await?;
            tx.execute("UPDATE schema_version SET version = $1", &[&SCHEMA_VERSION]).await?;
        }
        Some(SCHEMA_VERSION) => {}
        Some(_) => return Err(RelayError::NewerSchema),
    }
    Ok(tx.commit().await?)
}

/// Runs a transaction on the connection that is kept for them.
macro_rules! transact {
    ($own:expr, $tx:ident => $work:expr) => {
        Box::pin(within(async move {
            let mut locked = $own.lock().await?;
            let $tx = locked.client()?.transaction().await?;
            let result = $work.await?;
            $tx.commit().await?;
            Ok(result)
        }))
    };
}

impl Store for Postgres {
    fn probe(&self) -> Pending<'_, ()> {
        self.publish(PROBE, Vec::new())
    }

    fn device(&self, token_sha256: [u8; 32]) -> Pending<'_, Option<Device>> {
        Box::pin(within(async move {
            let client = self.reader.client().await?;
            let sql = "SELECT id, token_sha256, revoked, held, carried FROM device WHERE token_sha256 = $1";
            let Some(row) = client.query_opt(sql, &[&token_sha256.as_slice()]).await? else { return Ok(None) };
            let same = bool::from(row.try_get::<_, &[u8]>(1)?.ct_eq(&token_sha256));
            let (held, carried) = (unsigned(row.try_get(3)?), unsigned(row.try_get(4)?));
            let device = Device { id: device_id(row.try_get(0)?)?, revoked: row.try_get(2)?, held, carried };
            Ok(same.then_some(device))
        }))
    }

    fn is_enrolled(&self, device: DeviceId) -> Pending<'_, bool> {
        Box::pin(within(async move {
            let client = self.reader.client().await?;
            let found =
                client.query_opt("SELECT 1 FROM device WHERE id = $1", &[&device.as_bytes().as_slice()]).await?;
            Ok(found.is_some())
        }))
    }

    fn put_items(&self, device: DeviceId, items: Vec<NewItem>) -> Pending<'_, Vec<Put>> {
        Box::pin(self.writer.put(device, items))
    }

    fn items(&self, after: u64, limit: usize) -> Pending<'_, HeldPage> {
        Box::pin(within(async move { items::page(&*self.reader.client().await?, after, limit).await }))
    }

    fn known(&self, device: DeviceId, id: [u8; 16]) -> Pending<'_, Option<Known>> {
        Box::pin(within(async move { items::known(&*self.reader.client().await?, device, &id).await }))
    }

    fn delete_item(&self, device: DeviceId, id: [u8; 16]) -> Pending<'_, Option<Deleted>> {
        transact!(self.own, tx => items::delete(&tx, device, &id))
    }

    fn append(&self, device: DeviceId, part: Part) -> Pending<'_, u64> {
        transact!(self.own, tx => uploads::append(&tx, device, &part))
    }

    fn upload_len(&self, device: DeviceId, id: [u8; 16]) -> Pending<'_, u64> {
        Box::pin(within(async move { uploads::offset(&*self.reader.client().await?, device, &id).await }))
    }

    fn uploaded(&self, device: DeviceId, id: [u8; 16]) -> Pending<'_, Vec<u8>> {
        Box::pin(within(async move { uploads::bytes(&*self.reader.client().await?, device, &id).await }))
    }

    fn drop_upload(&self, device: DeviceId, id: [u8; 16]) -> Pending<'_, ()> {
        transact!(self.own, tx => uploads::forget(&tx, device, &id))
    }

    fn add_token(&self, ticket: TokenTicket) -> Pending<'_, Put> {
        transact!(self.own, tx => enrolments::add_token(&tx, &ticket))
    }

    fn enrol(&self, enrolment: Enrolment, now: Timestamp) -> Pending<'_, Enrolled> {
        transact!(self.own, tx => enrolments::enrol(&tx, &enrolment, now))
    }

    fn enrolments(&self, after: u64) -> Pending<'_, EnrolmentPage> {
        Box::pin(within(async move { enrolments::page(&*self.reader.client().await?, after).await }))
    }

    fn put_control(&self, device: DeviceId, counter: u64, bytes: Vec<u8>) -> Pending<'_, PutControl> {
        transact!(self.own, tx => control::put(&tx, device, counter, &bytes))
    }

    fn control(&self, device: DeviceId, after: u64) -> Pending<'_, ControlPage> {
        Box::pin(within(async move { control::page(&*self.reader.client().await?, device, after).await }))
    }

    fn revoke(&self, device: DeviceId) -> Pending<'_, bool> {
        transact!(self.own, tx => revoke(&tx, device))
    }

    fn put_directory(&self, bytes: Vec<u8>) -> Pending<'_, ()> {
        self.publish(DIRECTORY, bytes)
    }

    fn directory(&self) -> Pending<'_, Option<Vec<u8>>> {
        Box::pin(within(async {
            let client = self.reader.client().await?;
            let row = client.query_opt("SELECT bytes FROM published WHERE name = $1", &[&DIRECTORY]).await?;
            Ok(row.map(|row| row.try_get(0)).transpose()?)
        }))
    }
}

impl Postgres {
    /// Puts bytes in place of the ones of this name.
    fn publish(&self, name: &'static str, bytes: Vec<u8>) -> Pending<'_, ()> {
        let sql = "INSERT INTO published (name, bytes) VALUES ($1, $2)
                   ON CONFLICT (name) DO UPDATE SET bytes = excluded.bytes";
        Box::pin(within(async move {
            self.reader.client().await?.execute(sql, &[&name, &bytes]).await?;
            Ok(())
        }))
    }
}

async fn revoke(tx: &Transaction<'_>, device: DeviceId) -> Result<bool, RelayError> {
    uploads::forget_all(tx, device).await?;
    Ok(tx.execute("UPDATE device SET revoked = true WHERE id = $1", &[&device.as_bytes().as_slice()]).await? == 1)
}

/// The next number of a counter, whose row stays locked until the commit.
async fn next(tx: &Transaction<'_>, name: &str) -> Result<i64, RelayError> {
    let sql = "UPDATE counter SET next = next + 1 WHERE name = $1 RETURNING next - 1";
    Ok(tx.query_one(sql, &[&name]).await?.try_get(0)?)
}

fn array<const N: usize>(bytes: &[u8]) -> Result<[u8; N], RelayError> {
    bytes.try_into().map_err(|_| RelayError::Row)
}

fn device_id(bytes: &[u8]) -> Result<DeviceId, RelayError> {
    array(bytes).map(DeviceId::from_bytes)
}
