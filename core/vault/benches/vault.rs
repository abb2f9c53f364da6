//! The price of the vault against plain SQLite: the same crate, tables, rows, page size, log and syncs, in one run, rounds
//! interleaved, the least of each. Prints one line of JSON.
//!
//! `cargo bench -p wayside-vault`, or with a number for other than 7 rounds. Plain SQLite has no second seal, no digest over
//! its rows and no head file, and writes to the same disk. Ratios are of CPU time, as in the project's measurements, and
//! of wall time where a sync is part of the work.
#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout, reason = "a bench that cannot go on has failed")]

use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use rustix::time::{ClockId, clock_gettime};
use wayside_model::{CaseId, DraftId, EventId, Sensitive, Timestamp};
use wayside_seal::stretch::stretch;
use wayside_seal::{HardwareLevel, Key, KeyStore, KeyStoreError, StretchParams};
use wayside_vault::{NewRecord, RecordClass, Vault};

const RECORDS: u32 = 10_000;
const CASES: u32 = 500;
const ANSWERS: usize = 200;
const LISTS: usize = 500;
const SECRET: &str = "135790";

fn main() {
    let rounds = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(7);
    let dir = tempfile::tempdir().unwrap();
    let keys = FixedKeys;
    let secret = Sensitive::new(SECRET.to_owned());
    let vault = Vault::create(&dir.path().join("vault"), &secret, &keys, StretchParams::FLOOR).unwrap();
    fill(&vault);
    let plain = Plain::new(&dir.path().join("plain.db"));
    let draft = DraftId::from_bytes([1; 16]);
    vault.start_draft(draft, case(0), b"header").unwrap();

    let mut answer = Pair::default();
    let mut list = Pair::default();
    let mut point = Pair::default();
    for round in 0..rounds {
        let step = body(round);
        answer.ours.least(|| {
            (0..ANSWERS).for_each(|_| {
                black_box(vault.append_steps(draft, &[&step]).unwrap());
            });
        });
        answer.plain.least(|| (0..ANSWERS).for_each(|_| plain.answer(&step)));
        list.ours.least(|| (0..LISTS).for_each(|_| drop(black_box(vault.records(None, 50).unwrap()))));
        list.plain.least(|| (0..LISTS).for_each(|_| plain.list()));
        point.ours.least(|| order().for_each(|n| drop(black_box(vault.record(event(n)).unwrap().unwrap()))));
        point.plain.least(|| order().for_each(|n| plain.point(n)));
    }
    drop(vault);

    let (mut open, mut kdf) = (Time::MAX, Time::MAX);
    for _ in 0..rounds {
        kdf.least(|| drop(stretch(SECRET.as_bytes(), &[1; 16], StretchParams::FLOOR).unwrap()));
        let mut vault = None;
        open.least(|| vault = Some(Vault::open(&dir.path().join("vault"), &secret, &keys).unwrap()));
    }
    let vault = Vault::open(&dir.path().join("vault"), &secret, &keys).unwrap();
    let mut wipe = Time::MAX;
    wipe.least(|| vault.panic_wipe(&keys).unwrap());

    println!(
        "{{\"durable_answer_ratio\":{:.2},\"durable_answer_wall_ratio\":{:.2},\"durable_answer_ms\":{:.3},\
         \"list_ratio\":{:.2},\"point_read_ratio\":{:.2},\"unlock_ms\":{:.2},\"unlock_wall_ms\":{:.2},\
         \"panic_wipe_ms\":{:.1},\"records\":{RECORDS},\"rounds\":{rounds}}}",
        answer.cpu_ratio(),
        answer.wall_ratio(),
        millis(answer.ours.wall) / ANSWERS as f64,
        list.cpu_ratio(),
        point.cpu_ratio(),
        millis(open.cpu.saturating_sub(kdf.cpu)),
        millis(open.wall.saturating_sub(kdf.wall)),
        millis(wipe.wall),
    );
}

#[derive(Clone, Copy)]
struct Time {
    cpu: Duration,
    wall: Duration,
}

impl Default for Time {
    fn default() -> Self {
        Self::MAX
    }
}

impl Time {
    const MAX: Self = Self { cpu: Duration::MAX, wall: Duration::MAX };

    fn least(&mut self, work: impl FnOnce()) {
        let (cpu, wall) = (cpu_time(), Instant::now());
        work();
        self.cpu = self.cpu.min(cpu_time() - cpu);
        self.wall = self.wall.min(wall.elapsed());
    }
}

#[derive(Default)]
struct Pair {
    ours: Time,
    plain: Time,
}

impl Pair {
    fn cpu_ratio(&self) -> f64 {
        self.ours.cpu.as_secs_f64() / self.plain.cpu.as_secs_f64()
    }
    fn wall_ratio(&self) -> f64 {
        self.ours.wall.as_secs_f64() / self.plain.wall.as_secs_f64()
    }
}

fn cpu_time() -> Duration {
    let now = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(now.tv_sec.unsigned_abs(), now.tv_nsec as u32)
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// About 350 bytes, as a small record has.
fn body(n: u32) -> Vec<u8> {
    format!("{{\"n\":{n},\"text\":\"{}\"}}", "some words of a record ".repeat(14)).into_bytes()
}

fn case(n: u32) -> CaseId {
    CaseId::from_bytes(id(n % CASES, 0xca))
}
fn event(n: u32) -> EventId {
    EventId::from_bytes(id(n, 0xe0))
}
/// Spread over all values, as random ids are.
fn id(n: u32, kind: u8) -> [u8; 16] {
    let hash = wayside_seal::sha256(&[n.to_le_bytes().as_slice(), &[kind]].concat());
    std::array::from_fn(|at| hash[at])
}
/// Every record once, in no order that pages have.
fn order() -> impl Iterator<Item = u32> {
    (0..RECORDS).map(|n| n * 7919 % RECORDS)
}

fn fill(vault: &Vault) {
    let bodies: Vec<Vec<u8>> = (0..RECORDS).map(body).collect();
    let record = |n: u32| NewRecord {
        id: event(n),
        case: case(n),
        class: RecordClass::Assigned,
        at: Timestamp::from_millis(i64::from(n)),
        body: &bodies[n as usize],
    };
    vault.put_records(&(0..RECORDS).map(record).collect::<Vec<_>>()).unwrap();
}

/// The same tables without protection.
struct Plain(Connection);

impl Plain {
    fn new(path: &Path) -> Self {
        let connection = Connection::open(path).unwrap();
        for (name, value) in
            [("page_size", "4096"), ("journal_mode", "WAL"), ("synchronous", "FULL"), ("cache_size", "-1024")]
        {
            connection.pragma_update(None, name, value).unwrap();
        }
        connection
            .execute_batch(
                "CREATE TABLE record (id BLOB PRIMARY KEY NOT NULL, case_id BLOB NOT NULL, version INTEGER NOT NULL,
                    class INTEGER NOT NULL, at INTEGER NOT NULL, ended INTEGER, body BLOB NOT NULL) STRICT, WITHOUT ROWID;
                CREATE INDEX record_by_time ON record (at DESC, id, case_id, version, class, ended);
                CREATE INDEX record_by_case ON record (case_id);
                CREATE TABLE draft_step (draft BLOB NOT NULL, n INTEGER NOT NULL, body BLOB NOT NULL,
                    PRIMARY KEY (draft, n)) STRICT, WITHOUT ROWID;",
            )
            .unwrap();
        connection.execute_batch("BEGIN IMMEDIATE").unwrap();
        for n in 0..RECORDS {
            let sql = "INSERT INTO record VALUES (?1, ?2, 1, 1, ?3, NULL, ?4)";
            let row = (*event(n).as_bytes(), *case(n).as_bytes(), i64::from(n), body(n));
            connection.prepare_cached(sql).unwrap().execute(row).unwrap();
        }
        connection.execute_batch("COMMIT").unwrap();
        Self(connection)
    }

    fn answer(&self, step: &[u8]) {
        self.0.execute_batch("BEGIN IMMEDIATE").unwrap();
        let last = "SELECT coalesce(max(n), 0) FROM draft_step WHERE draft = ?1";
        let n: i64 = self.0.prepare_cached(last).unwrap().query_row([[1_u8; 16]], |row| row.get(0)).unwrap();
        let sql = "INSERT INTO draft_step VALUES (?1, ?2, ?3)";
        self.0.prepare_cached(sql).unwrap().execute(([1_u8; 16], n + 1, step)).unwrap();
        self.0.execute_batch("COMMIT").unwrap();
    }

    fn list(&self) {
        let select = "SELECT id, case_id, version, class, at, ended FROM record ORDER BY at DESC, id LIMIT 50";
        let mut select = self.0.prepare_cached(select).unwrap();
        let rows = select.query_map([], |row| {
            Ok((
                row.get::<_, [u8; 16]>(0)?,
                row.get::<_, [u8; 16]>(1)?,
                row.get::<_, i64>(2)?,
                row.get::<_, i64>(3)?,
                row.get::<_, i64>(4)?,
                row.get::<_, Option<i64>>(5)?,
            ))
        });
        black_box(rows.unwrap().collect::<Result<Vec<_>, _>>().unwrap());
    }

    fn point(&self, n: u32) {
        let select = "SELECT id, case_id, version, class, at, ended, body FROM record WHERE id = ?1";
        let mut select = self.0.prepare_cached(select).unwrap();
        black_box(select.query_row([event(n).as_bytes()], |row| row.get::<_, Vec<u8>>(6)).unwrap());
    }
}

struct FixedKeys;

impl KeyStore for FixedKeys {
    fn level(&self) -> HardwareLevel {
        HardwareLevel::StrongBox
    }
    fn create(&self, _: &str) -> Result<(), KeyStoreError> {
        Ok(())
    }
    fn mac(&self, alias: &str, data: &[u8]) -> Result<Vec<u8>, KeyStoreError> {
        Ok(Key::from_bytes([7; 32]).derive(alias, data).expose().to_vec())
    }
    fn delete(&self, _: &str) -> Result<(), KeyStoreError> {
        Ok(())
    }
    fn limited_use(&self) -> bool {
        false
    }
}
