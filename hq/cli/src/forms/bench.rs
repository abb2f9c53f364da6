//! `wayside bench forms`: the same work as the driver for JavaRosa does, in CPU time of this thread.

use std::path::Path;
use std::sync::Arc;

use serde::Serialize;
use wayside_field::{FieldError, StoredList, StretchParams};
use wayside_forms::{Form, List, Resources, Session, Table};
use wayside_model::{Sensitive, Timestamp};
use wayside_vault::{Vault, VaultError};

use crate::error::CliError;
use crate::forms::args::{BenchArgs, BenchWhat};
use crate::forms::clock::{peak_mb, spent_ms};
use crate::forms::walk::walk;
use crate::key_store::SoftwareKeyStore;
use crate::output::Output;

/// 2025-06-15, after every date that is answered.
const NOW: Timestamp = Timestamp::from_millis(1_750_000_000_000);
const LIST: &str = "jr://file-csv/places.csv";

#[derive(Serialize)]
struct Document {
    bench500: Bench500,
    extcsv10k: ExtCsv,
    repeat200: Repeat,
    peak_mb: Option<f64>,
}

#[derive(Serialize)]
struct Bench500 {
    parse_init_ms: f64,
    one_answer_ms: f64,
    walk_ms: f64,
    instance_sha256: String,
}

#[derive(Serialize)]
struct ExtCsv {
    total_ms: f64,
    /// Population of the place, places in the region, people in the region.
    values: Vec<String>,
    /// The same with the rows in the vault: they are put there first, or are there already.
    vault_first_ms: f64,
    vault_again_ms: f64,
}

#[derive(Serialize)]
struct Repeat {
    walk_ms: f64,
}

pub(super) fn run(args: &BenchArgs, output: &Output) -> Result<(), CliError> {
    let (dir, rounds) = match &args.what {
        BenchWhat::Forms { dir, rounds } => (dir, rounds),
        BenchWhat::Vault { rounds } => return crate::bench::vault::run(*rounds, output),
    };
    let rounds = (*rounds).max(2);
    let document = Document {
        bench500: bench500(&text(dir, "bench500.xml")?, rounds)?,
        extcsv10k: extcsv(&text(dir, "extcsv10k.xml")?, text(dir, "places.csv")?.as_bytes(), rounds)?,
        repeat200: repeat200(&text(dir, "repeat200.xml")?, rounds)?,
        peak_mb: peak_mb(),
    };
    let json = serde_json::to_string_pretty(&document);
    output.result(&document, || json.unwrap_or_default())
}

fn text(dir: &Path, name: &'static str) -> Result<String, CliError> {
    std::fs::read_to_string(dir.join(name)).map_err(CliError::file("a form or list of the folder"))
}

/// Median of the second half: the first warms caches.
fn warm(mut all: Vec<f64>) -> f64 {
    median(all.split_off(all.len() / 2))
}

fn median(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all.get(all.len() / 2).copied().unwrap_or(f64::NAN)
}

fn start(form: Form, resources: &Resources) -> Result<Session, CliError> {
    Session::start_with(Arc::new(form), super::env(NOW), resources).map_err(super::refused)
}

fn bench500(xml: &str, rounds: usize) -> Result<Bench500, CliError> {
    let (mut parse_init, mut one, mut whole) = (Vec::new(), Vec::new(), Vec::new());
    let mut instance = String::new();
    for _ in 0..rounds {
        let started = spent_ms();
        let mut session = start(Form::parse(xml).map_err(super::refused)?, &Resources::new())?;
        parse_init.push(spent_ms() - started);
        let started = spent_ms();
        let walked = walk(&mut session, &[], 0);
        whole.push(spent_ms() - started);
        one.push(median(walked.answers));
        instance = session.submission_xml(NOW);
    }
    Ok(Bench500 {
        parse_init_ms: warm(parse_init),
        one_answer_ms: warm(one),
        walk_ms: warm(whole),
        instance_sha256: hex(&wayside_seal::sha256(instance.as_bytes())),
    })
}

fn extcsv(xml: &str, csv: &[u8], rounds: usize) -> Result<ExtCsv, CliError> {
    let mut total = Vec::new();
    let mut values = Vec::new();
    for _ in 0..rounds {
        let started = spent_ms();
        let form = Form::parse(xml).map_err(super::refused)?;
        let table = Table::from_csv(csv).map_err(|error| CliError::Usage(error.to_string()))?;
        values = places(form, Arc::new(table))?;
        total.push(spent_ms() - started);
    }
    let (first, again) = in_vault(xml, csv, rounds, &values)?;
    Ok(ExtCsv { total_ms: warm(total), values, vault_first_ms: warm(first), vault_again_ms: warm(again) })
}

/// Walks the form over this list; what it computed.
fn places(form: Form, list: Arc<dyn List>) -> Result<Vec<String>, CliError> {
    let mut resources = Resources::new();
    resources.add_list(LIST, list);
    let mut session = start(form, &resources)?;
    walk(&mut session, &[("district", "r00d00")], 0);
    let value = |name: &str| session.value(&format!("/data/{name}")).unwrap_or_default().to_owned();
    Ok(["pop", "n_region", "sum_region"].map(value).to_vec())
}

/// The same with the rows in a vault made for it: each round puts them there and walks, then walks again over what is there.
fn in_vault(xml: &str, csv: &[u8], rounds: usize, values: &[String]) -> Result<(Vec<f64>, Vec<f64>), CliError> {
    // Most of a round is SQLite writing rows.
    let rounds = rounds.div_ceil(4).max(2);
    let folder = tempfile::tempdir().map_err(CliError::file("a folder for the vault"))?;
    let keys = SoftwareKeyStore::new(&folder.path().join("keys"));
    let secret = Sensitive::new("river copper window meadow candle thirty".to_owned());
    let failed = |error: VaultError| CliError::Field(FieldError::from(error));
    let vault = Vault::create(&folder.path().join("vault"), &secret, &keys, StretchParams::FLOOR).map_err(failed)?;
    let vault = Arc::new(vault);
    let (mut first, mut again) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        vault.erase_list(LIST).map_err(failed)?;
        let started = spent_ms();
        let form = Form::parse(xml).map_err(super::refused)?;
        let instance = form.external_instances().iter().find(|instance| instance.source == LIST);
        let searched = instance.map(|instance| form.searched_columns(instance)).unwrap_or_default();
        let table = Table::from_csv(csv).map_err(|error| CliError::Usage(error.to_string()))?;
        wayside_field::put_list(&vault, LIST, wayside_seal::sha256(csv), &table, &searched)?;
        let mut computed = vec![places(form, stored(&vault)?)?];
        first.push(spent_ms() - started);
        let started = spent_ms();
        computed.push(places(Form::parse(xml).map_err(super::refused)?, stored(&vault)?)?);
        again.push(spent_ms() - started);
        if computed.iter().any(|computed| computed != values) {
            return Err(CliError::Usage("a list in the vault gives other values than one in memory".to_owned()));
        }
    }
    Ok((first, again))
}

fn stored(vault: &Arc<Vault>) -> Result<Arc<dyn List>, CliError> {
    let list = StoredList::open(Arc::clone(vault), LIST)?;
    Ok(Arc::new(list.ok_or_else(|| CliError::Usage("the list is not in the vault".to_owned()))?))
}

fn repeat200(xml: &str, rounds: usize) -> Result<Repeat, CliError> {
    let mut whole = Vec::new();
    for _ in 0..rounds {
        let mut session = start(Form::parse(xml).map_err(super::refused)?, &Resources::new())?;
        let started = spent_ms();
        walk(&mut session, &[], 200);
        whole.push(spent_ms() - started);
    }
    Ok(Repeat { walk_ms: warm(whole) })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
