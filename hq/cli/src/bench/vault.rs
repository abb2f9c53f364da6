//! Ours against plain SQLite: the same crate, tables, rows, page size, log and syncs, in one run, rounds interleaved, the
//! least of each. Plain SQLite has no second seal, no digest over its rows and no head file, and writes to the same disk.
//! Ratios are of CPU time, but for the answer, where a sync is most of the work: of wall time, with that of CPU time beside it.

use std::hint::black_box;

use serde::Serialize;
use wayside_field::{Sensitive, StretchParams};
use wayside_model::{CaseId, DraftId, EventId, Timestamp};
use wayside_vault::{NewRecord, RecordClass, Vault, VaultError};

use crate::bench::plain::Plain;
use crate::bench::timing::{Now, Pair, Time, TimedKeys};
use crate::error::CliError;
use crate::output::Output;

pub(crate) const RECORDS: u32 = 10_000;
const CASES: u32 = 500;
const ANSWERS: usize = 200;
const LISTS: usize = 500;
const SECRET: &str = "135790";

#[derive(Serialize)]
struct Figures {
    /// One answer on the disk: what a worker waits for, so wall time; most of it is the disk's.
    durable_answer_ratio: f64,
    /// The same in CPU time: what a page cipher, a second seal and a mark outside add to one write and one sync.
    durable_answer_cpu_ratio: f64,
    durable_answer_ms: f64,
    /// The newest 50 of all records.
    list_ratio: f64,
    /// Every record once, by its id.
    point_read_ratio: f64,
    /// From the secret to the open vault, without stretching it; CPU time.
    unlock_ms: f64,
    unlock_wall_ms: f64,
    /// The stretching at its floor, which is not in the line above.
    stretch_floor_ms: f64,
    /// Until no key is left; wall time.
    panic_wipe_ms: f64,
    records: u32,
    rounds: u32,
}

/// `wayside bench vault`
pub(crate) fn run(rounds: u32, output: &Output) -> Result<(), CliError> {
    let dir = tempfile::tempdir().map_err(CliError::file("a folder for the measurement"))?;
    let figures = measure(dir.path(), rounds.max(1)).map_err(wayside_field::FieldError::from)?;
    output.result(&figures, || serde_json::to_string(&figures).unwrap_or_default() + "\n")
}

fn measure(dir: &std::path::Path, rounds: u32) -> Result<Figures, VaultError> {
    let (keys, secret, folder) = (TimedKeys::default(), Sensitive::new(SECRET.to_owned()), dir.join("vault"));
    let vault = Vault::create(&folder, &secret, &keys, StretchParams::FLOOR)?;
    fill(&vault)?;
    let plain = Plain::new(&dir.join("plain.db"))?;
    let draft = DraftId::from_bytes([1; 16]);
    vault.start_draft(draft, case(0), b"header")?;

    let (mut answer, mut list, mut point) = (Pair::default(), Pair::default(), Pair::default());
    for round in 0..rounds {
        let step = body(round);
        answer.ours.least(time(|| repeat(ANSWERS, || vault.append_steps(draft, &[&step]).map(drop)))?);
        answer.plain.least(time(|| repeat(ANSWERS, || Ok(plain.answer(&step)?)))?);
        list.ours.least(time(|| repeat(LISTS, || vault.records(None, 50).map(|rows| drop(black_box(rows)))))?);
        list.plain.least(time(|| repeat(LISTS, || Ok(plain.list()?)))?);
        let ours = |n| vault.record(event(n)).map(|record| drop(black_box(record)));
        point.ours.least(time(|| order().try_for_each(ours))?);
        point.plain.least(time(|| order().try_for_each(|n| Ok(plain.point(n)?)))?);
    }
    drop(vault);

    let (mut unlock, mut stretched) = (Time::default(), Time::default());
    for _ in 0..rounds {
        let start = Now::take();
        let vault = Vault::open(&folder, &secret, &keys)?;
        let all = start.until_now();
        let stretch = keys.stretched().ok_or(VaultError::Bug)?;
        unlock.least(all.without(stretch));
        stretched.least(stretch);
        drop(vault);
    }
    let vault = Vault::open(&folder, &secret, &keys)?;
    let wipe = time(|| vault.panic_wipe(&keys))?;
    Ok(Figures {
        durable_answer_ratio: rounded(answer.wall_ratio()),
        durable_answer_cpu_ratio: rounded(answer.cpu_ratio()),
        durable_answer_ms: rounded(answer.ours.wall_millis() / ANSWERS as f64),
        list_ratio: rounded(list.cpu_ratio()),
        point_read_ratio: rounded(point.cpu_ratio()),
        unlock_ms: rounded(unlock.cpu_millis()),
        unlock_wall_ms: rounded(unlock.wall_millis()),
        stretch_floor_ms: rounded(stretched.cpu_millis()),
        panic_wipe_ms: rounded(wipe.wall_millis()),
        records: RECORDS,
        rounds,
    })
}

fn time(work: impl FnOnce() -> Result<(), VaultError>) -> Result<Time, VaultError> {
    let start = Now::take();
    work()?;
    Ok(start.until_now())
}

fn repeat(times: usize, mut work: impl FnMut() -> Result<(), VaultError>) -> Result<(), VaultError> {
    (0..times).try_for_each(|_| work())
}

fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

/// About 350 bytes, as a small record has.
pub(crate) fn body(n: u32) -> Vec<u8> {
    format!("{{\"n\":{n},\"text\":\"{}\"}}", "some words of a record ".repeat(14)).into_bytes()
}

pub(crate) fn case(n: u32) -> CaseId {
    CaseId::from_bytes(id(n % CASES, 0xca))
}

pub(crate) fn event(n: u32) -> EventId {
    EventId::from_bytes(id(n, 0xe0))
}

/// Spread over all values, as random ids are.
fn id(n: u32, kind: u8) -> [u8; 16] {
    let hash = wayside_seal::sha256(&[n.to_le_bytes().as_slice(), &[kind]].concat());
    std::array::from_fn(|at| hash.get(at).copied().unwrap_or(0))
}

/// Every record once, in no order that pages have.
fn order() -> impl Iterator<Item = u32> {
    (0..RECORDS).map(|n| n * 7919 % RECORDS)
}

fn fill(vault: &Vault) -> Result<(), VaultError> {
    let bodies: Vec<Vec<u8>> = (0..RECORDS).map(body).collect();
    let records: Vec<NewRecord<'_>> = (0..RECORDS)
        .zip(&bodies)
        .map(|(n, body)| NewRecord {
            id: event(n),
            case: case(n),
            class: RecordClass::Assigned,
            at: Timestamp::from_millis(i64::from(n)),
            body,
        })
        .collect();
    vault.put_records(&records)
}
