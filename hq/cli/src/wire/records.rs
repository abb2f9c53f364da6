//! Records to measure with: read from JSON Lines, or made. All are synthetic.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use wayside_model::{
    AgeStatement, AnswerState, CaseId, Event, EventBody, EventId, RecordedAnswer, Route, ScreeningRecord, Timestamp,
};
use wayside_seal::packed::{FieldKind, Layout};

use crate::wire::layout::layout;

/// The records of both pools.
pub(crate) struct Records {
    pub(crate) latin: Vec<Event>,
    pub(crate) arabic: Vec<Event>,
}

/// The worker and site that the device's certificate names; the generator's `worker` is its pseudonym.
pub(crate) const SITE: &str = "site";
pub(crate) const WORKER: &str = "worker";
/// At least so many of each pool.
const FEWEST: usize = 300;

#[derive(Deserialize)]
struct Line {
    pool: String,
    meta: Meta,
    answers: BTreeMap<String, Value>,
}

#[derive(Deserialize)]
struct Meta {
    record_id: String,
    start: String,
    end: String,
}

/// Reads JSON Lines; fails with the number of the first line that is no record, or of the last where there are too few.
pub(crate) fn read(text: &str) -> Result<Records, usize> {
    let layout = layout();
    let mut records = Records { latin: Vec::new(), arabic: Vec::new() };
    let mut count = 0;
    for (n, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        count = n + 1;
        let line: Line = serde_json::from_str(line).map_err(|_| n + 1)?;
        let event = event(&line, &layout).ok_or(n + 1)?;
        if line.pool == "ar" { records.arabic.push(event) } else { records.latin.push(event) }
    }
    if records.latin.len() < FEWEST || records.arabic.len() < FEWEST { Err(count) } else { Ok(records) }
}

fn event(line: &Line, layout: &Layout) -> Option<Event> {
    let id = hex16(&line.meta.record_id)?;
    let (started, ended) = (moment(&line.meta.start)?, moment(&line.meta.end)?);
    let mut answers = Vec::new();
    for field in &layout.fields {
        let name = field.reference.rsplit('/').next()?;
        let value = match line.answers.get(name)? {
            Value::Array(parts) if field.kind == FieldKind::Point => {
                let degrees = parts.iter().map(|part| part.as_f64().map(|degrees| format!("{degrees:.5}")));
                format!("{} 0 0", degrees.collect::<Option<Vec<_>>>()?.join(" "))
            }
            Value::Array(parts) => parts.iter().map(Value::as_str).collect::<Option<Vec<_>>>()?.join(" "),
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => return None,
        };
        answers.push(RecordedAnswer { reference: field.reference.clone(), state: AnswerState::Given, value });
    }
    Some(record(id, started, ended, answers, layout))
}

fn record(id: [u8; 16], started: Timestamp, ended: Timestamp, answers: Vec<RecordedAnswer>, layout: &Layout) -> Event {
    let record = ScreeningRecord {
        form: layout.form.clone(),
        worker: WORKER.to_owned(),
        site: SITE.to_owned(),
        language: layout.languages.first().cloned().unwrap_or_default(),
        started,
        ended,
        gates: Vec::new(),
        consents: Vec::new(),
        age: AgeStatement::Unknown,
        route: Route::Adult,
        answers,
        attachments: Vec::new(),
        explanation: None,
        stopped: None,
        bases: Vec::new(),
        withheld: Vec::new(),
        overrides: Vec::new(),
        log: None,
        wording: None,
        about_nobody: None,
    };
    // A first screening opens the case whose id is its own event id.
    Event { id: EventId::from_bytes(id), case: CaseId::from_bytes(id), at: ended, body: EventBody::Screening(record) }
}

#[derive(Deserialize)]
struct Pool {
    places: Vec<String>,
    notes: Vec<String>,
}

/// So many records of each pool, always the same ones.
pub(crate) fn synthetic(count: usize) -> Records {
    let pools: BTreeMap<String, Pool> = serde_json::from_str(include_str!("synthetic.json")).unwrap_or_default();
    let layout = layout();
    let mut random = Random(7);
    let mut of = |pool: &str| {
        let pool = pools.get(pool);
        (0..count).filter_map(|_| make(&mut random, pool?, &layout)).collect()
    };
    Records { latin: of("latin"), arabic: of("arabic") }
}

fn make(random: &mut Random, pool: &Pool, layout: &Layout) -> Option<Event> {
    let mut answers = Vec::new();
    for field in &layout.fields {
        let value = match &field.kind {
            FieldKind::One(codes) => codes.get(random.below(codes.len()))?.clone(),
            FieldKind::Many(codes) => {
                codes.iter().filter(|_| random.below(100) < 18).cloned().collect::<Vec<_>>().join(" ")
            }
            FieldKind::Whole { low, high } => (low + random.below((high - low + 1) as usize) as i64).to_string(),
            FieldKind::Date => format!("2026-0{}-{:02}", 1 + random.below(9), 1 + random.below(28)),
            FieldKind::Point => {
                format!(
                    "{}.{:05} {}.{:05} 0 0",
                    random.below(42),
                    random.below(100_000),
                    random.below(60),
                    random.below(100_000)
                )
            }
            FieldKind::Text if field.reference.ends_with("recruitment_place") => {
                pool.places.get(random.below(pool.places.len()))?.clone()
            }
            FieldKind::Text => pool.notes.get(random.below(pool.notes.len()))?.clone(),
        };
        answers.push(RecordedAnswer { reference: field.reference.clone(), state: AnswerState::Given, value });
    }
    let started = Timestamp::from_millis(1_788_000_000_000 + random.below(1_700_000) as i64 * 1_000);
    let ended = started.plus_millis((420 + random.below(2_000)) as i64 * 1_000);
    let mut id = [0; 16];
    id.iter_mut().for_each(|byte| *byte = random.below(256) as u8);
    Some(record(id, started, ended, answers, layout))
}

/// SplitMix64 (Steele, Lea, Flood, 2014).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
    fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }
    /// Exponential, with this mean.
    pub(crate) fn exponential(&mut self, mean: f64) -> f64 {
        let unit = (self.next() >> 11) as f64 / (1_u64 << 53) as f64;
        -mean * (1.0 - unit).ln()
    }
}

fn hex16(text: &str) -> Option<[u8; 16]> {
    let digits: String = text.chars().filter(|digit| *digit != '-').collect();
    wayside_sync::wire::unhex(&digits)
}

/// `YYYY-MM-DDTHH:MM:SS`, taken as UTC.
fn moment(text: &str) -> Option<Timestamp> {
    let (date, time) = text.split_once('T')?;
    let day = date.parse::<wayside_model::CivilDate>().ok()?.to_days();
    let parts: Vec<i64> = time.split(':').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let [hours, minutes, seconds] = parts.as_slice() else { return None };
    Some(Timestamp::from_millis((((day * 24 + hours) * 60 + minutes) * 60 + seconds) * 1_000))
}
