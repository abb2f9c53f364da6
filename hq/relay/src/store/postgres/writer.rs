//! The task that writes items. Requests that arrive together share one statement, so that one wait for the disk serves all
//! of them; each is answered after that commit, never before.

use std::collections::{HashMap, HashSet};

use tokio::sync::{mpsc, oneshot};
use tokio_postgres::{Client, Row, Statement};
use wayside_model::DeviceId;

use super::super::{NewItem, Put, signed};
use super::link::{Own, Server, within};
use crate::RelayError;

/// Requests that may wait at once; beyond it the relay says "later".
const QUEUE: usize = 4096;
/// Requests in one statement.
const BATCH: usize = 256;
/// Bytes after which a statement takes no further request.
const BATCH_BYTES: u64 = 4 << 20;

/// The items' numbers are taken first: the row of the counter is the lock under which items are added, and it lasts until
/// the commit (schema.sql says why).
const PUT: &str = "
    WITH input AS (
        SELECT * FROM unnest($1::bytea[], $2::bytea[], $3::bytea[], $4::bigint[], $5::bytea[], $6::bytea[])
            WITH ORDINALITY AS t (id, device, sha256, len, bytes, carrier, place)
    ), taken AS (
        UPDATE counter SET next = next + cardinality($1) WHERE name = 'item' RETURNING next - cardinality($1) - 1 AS base
    ), added AS (
        INSERT INTO item (id, cursor, device, sha256, len, bytes, in_blobs, carrier)
        SELECT id, base + place, device, sha256, len, bytes, bytes IS NULL, carrier FROM taken, input
        ON CONFLICT (device, id) DO NOTHING RETURNING id, device, len, carrier
    ), charged AS (
        UPDATE device SET held = held + sums.own, carried = carried + sums.others
        FROM (
            SELECT coalesce(carrier, device) AS payer, coalesce(sum(len) FILTER (WHERE carrier IS NULL), 0)::bigint AS own,
                coalesce(sum(len) FILTER (WHERE carrier IS NOT NULL), 0)::bigint AS others
            FROM added GROUP BY 1
        ) sums WHERE device.id = sums.payer
    )
    SELECT device, id FROM added";

/// What an item is known by.
type Name = ([u8; 16], [u8; 16]);

struct Job {
    device: DeviceId,
    items: Vec<NewItem>,
    reply: oneshot::Sender<Result<Vec<Put>, RelayError>>,
}

/// The way to the task. It ends when this is dropped.
pub(super) struct Writer(mpsc::Sender<Job>);

impl Writer {
    pub(super) fn start(server: Server) -> Self {
        let (jobs, queue) = mpsc::channel(QUEUE);
        tokio::spawn(run(Own::new(server), queue));
        Self(jobs)
    }

    pub(super) async fn put(&self, device: DeviceId, items: Vec<NewItem>) -> Result<Vec<Put>, RelayError> {
        let (reply, answer) = oneshot::channel();
        self.0.try_send(Job { device, items, reply }).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => RelayError::Busy,
            mpsc::error::TrySendError::Closed(_) => RelayError::Stopped,
        })?;
        answer.await.map_err(|_| RelayError::Stopped)?
    }
}

async fn run(own: Own, mut queue: mpsc::Receiver<Job>) {
    let mut prepared = None;
    while let Some(first) = queue.recv().await {
        let mut size = first.size();
        let mut batch = vec![first];
        while batch.len() < BATCH
            && size < BATCH_BYTES
            && let Ok(job) = queue.try_recv()
        {
            size += job.size();
            batch.push(job);
        }
        match within(commit(&own, &mut prepared, &batch)).await {
            Ok(mut puts) => batch.into_iter().for_each(|job| {
                let rest = puts.split_off(job.items.len());
                // Who asked may be gone; what is committed stays committed.
                let _ = job.reply.send(Ok(std::mem::replace(&mut puts, rest)));
            }),
            Err(error) => {
                batch.into_iter().for_each(|job| drop(job.reply.send(Err(error))));
            }
        }
    }
}

impl Job {
    fn size(&self) -> u64 {
        self.items.iter().map(|item| item.bytes.as_ref().map_or(64, |bytes| bytes.len() as u64)).sum()
    }
}

/// One outcome for each item of the batch, in its order.
async fn commit(own: &Own, prepared: &mut Option<(u64, Statement)>, batch: &[Job]) -> Result<Vec<Put>, RelayError> {
    let mut locked = own.lock().await?;
    let connection = locked.number();
    let client = locked.client()?;
    let statement = match prepared.take() {
        Some((made_on, statement)) if made_on == connection => statement,
        _ => client.prepare(PUT).await?,
    };
    let all: Vec<(Name, &NewItem)> =
        batch.iter().flat_map(|job| job.items.iter().map(|item| ((*job.device.as_bytes(), item.id), item))).collect();
    // The first of equal names decides; the others are compared with it afterwards.
    let mut firsts: HashMap<Name, [u8; 32]> = HashMap::new();
    let (mut ids, mut devices, mut hashes, mut lens, mut bytes) = (vec![], vec![], vec![], vec![], vec![]);
    let mut carriers = vec![];
    for ((device, id), item) in &all {
        if firsts.contains_key(&(*device, *id)) {
            continue;
        }
        firsts.insert((*device, *id), item.sha256);
        ids.push(id.as_slice());
        devices.push(device.as_slice());
        hashes.push(item.sha256.as_slice());
        lens.push(signed(item.len));
        bytes.push(item.bytes.as_deref());
        carriers.push(item.carrier.as_ref().map(|carrier| carrier.as_bytes().as_slice()));
    }
    let rows = client.query(&statement, &[&ids, &devices, &hashes, &lens, &bytes, &carriers]).await?;
    *prepared = Some((connection, statement));
    let mut new = rows.iter().map(name).collect::<Result<HashSet<Name>, _>>()?;
    let held = held(client, firsts.keys().filter(|name| !new.contains(*name))).await?;
    Ok(all
        .iter()
        .map(|(name, item)| {
            if new.remove(name) {
                return Put::New;
            }
            let here = held.get(name).or_else(|| firsts.get(name));
            if here == Some(&item.sha256) { Put::Duplicate } else { Put::Conflict }
        })
        .collect())
}

fn name(row: &Row) -> Result<Name, RelayError> {
    Ok((super::array(row.try_get(0)?)?, super::array(row.try_get(1)?)?))
}

/// Hashes of what was there before.
async fn held(client: &Client, names: impl Iterator<Item = &Name>) -> Result<HashMap<Name, [u8; 32]>, RelayError> {
    let (devices, ids): (Vec<&[u8]>, Vec<&[u8]>) = names.map(|(device, id)| (device.as_slice(), id.as_slice())).unzip();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let sql = "SELECT i.device, i.id, i.sha256 FROM item i
               JOIN unnest($1::bytea[], $2::bytea[]) AS asked (device, id) USING (device, id)";
    let rows = client.query(sql, &[&devices, &ids]).await?;
    rows.iter().map(|row| Ok((name(row)?, super::array(row.try_get(2)?)?))).collect()
}
