//! A screening record in bits, and what bits do not hold beside them.

use minicbor::{Decode, Encode};
use wayside_model::{
    AgeStatement, AnswerState, BasisRecord, CaseId, ConsentEntry, Event, EventBody, EventId, GateRecord, LogMark,
    Override, RecordedAnswer, RecordedAttachment, Route, ScreeningRecord, StopReason, Timestamp, Withheld, Wording,
    from_canonical, to_canonical,
};

use crate::bytes::{Reader, put_varint};
use crate::envelope::MAX_PLAIN;
use crate::packed::bits::{BitReader, BitWriter};
use crate::packed::layout::Layout;
use crate::packed::{Packing, text};
use crate::{SealError, zip};

/// 2020-01-01T00:00:00Z, from which times are counted.
const TIME_ZERO: i64 = 1_577_836_800_000;
/// Units a time may be whole in, the coarsest first, and the bits for fifty years of them.
const UNITS: [(i64, u32); 4] = [(300_000, 23), (60_000, 25), (1_000, 31), (1, 41)];
const LANGUAGE_BITS: u32 = 6;
const OTHER_LANGUAGE: u64 = 63;
const SHORT_BITS: u32 = 12;
const LEVEL: i32 = 19;

/// What has no bits of its own. Left out where it is empty.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
struct Rest {
    #[n(0)]
    gates: Vec<GateRecord>,
    #[n(1)]
    consents: Vec<ConsentEntry>,
    #[n(2)]
    age: AgeStatement,
    #[n(3)]
    route: Route,
    #[n(4)]
    attachments: Vec<RecordedAttachment>,
    #[n(5)]
    explanation: Option<String>,
    #[n(6)]
    stopped: Option<StopReason>,
    #[n(7)]
    bases: Vec<BasisRecord>,
    #[n(8)]
    withheld: Vec<Withheld>,
    #[n(9)]
    overrides: Vec<Override>,
    #[n(10)]
    log: Option<LogMark>,
    #[n(11)]
    wording: Option<Wording>,
    #[n(12)]
    about_nobody: Option<bool>,
}

const NOTHING: Rest = Rest {
    gates: Vec::new(),
    consents: Vec::new(),
    age: AgeStatement::Unknown,
    route: Route::Adult,
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

pub(super) fn pack(
    event: &Event,
    record: &ScreeningRecord,
    layout: &Layout,
    known: &Packing<'_>,
) -> Result<Vec<u8>, SealError> {
    let (mut bits, mut texts) = (BitWriter::default(), Vec::new());
    let own_case = event.case.as_bytes() == event.id.as_bytes();
    bits.flag(own_case)?;
    if !own_case {
        event.case.as_bytes().iter().try_for_each(|byte| bits.put(u64::from(*byte), 8))?;
    }
    let usual = record.worker == known.worker && record.site == known.site;
    bits.flag(usual)?;
    if !usual {
        texts.extend([record.worker.clone(), record.site.clone()]);
    }
    let language = layout.languages.iter().take(OTHER_LANGUAGE as usize).position(|one| *one == record.language);
    bits.put(language.map_or(OTHER_LANGUAGE, |index| index as u64), LANGUAGE_BITS)?;
    if language.is_none() {
        texts.push(record.language.clone());
    }
    put_times(&mut bits, event.at, record)?;
    let mut answers = record.answers.iter().peekable();
    for field in &layout.fields {
        let Some(answer) = answers.next_if(|answer| answer.reference == field.reference) else {
            bits.put(0, 3)?;
            continue;
        };
        let state = match answer.state {
            AnswerState::Given => {
                bits.flag(true)?;
                field.kind.put(&answer.value, &mut bits, &mut texts)?;
                continue;
            }
            AnswerState::Unknown => 1,
            AnswerState::Declined => 2,
            AnswerState::NotAsked => 3,
        };
        bits.put(state, 3)?;
    }
    if answers.next().is_some() {
        return Err(SealError::Malformed);
    }
    let rest = Rest {
        gates: record.gates.clone(),
        consents: record.consents.clone(),
        age: record.age,
        route: record.route,
        attachments: record.attachments.clone(),
        explanation: record.explanation.clone(),
        stopped: record.stopped,
        bases: record.bases.clone(),
        withheld: record.withheld.clone(),
        overrides: record.overrides.clone(),
        log: record.log,
        wording: record.wording.clone(),
        about_nobody: record.about_nobody,
    };
    bits.flag(rest != NOTHING)?;
    let mut out = bits.into_bytes();
    if rest != NOTHING {
        let packed = zip::pack(&to_canonical(&rest), known.dictionary, LEVEL)?;
        put_varint(&mut out, packed.len() as u64);
        out.extend(packed);
    }
    out.extend(text::pack(&texts, known.dictionary)?);
    Ok(out)
}

pub(super) fn unpack(bytes: &[u8], id: EventId, layout: &Layout, known: &Packing<'_>) -> Result<Event, SealError> {
    let (mut bits, mut slots) = (BitReader::new(bytes), Vec::new());
    let mut case = *id.as_bytes();
    if !bits.flag()? {
        for byte in &mut case {
            *byte = bits.take(8)? as u8;
        }
    }
    let usual = bits.flag()?;
    let language = layout.languages.get(bits.take(LANGUAGE_BITS)? as usize);
    let (at, started, ended) = take_times(&mut bits)?;
    let mut answers = Vec::new();
    for field in &layout.fields {
        let (state, value, is_text) = if bits.flag()? {
            let before = slots.len();
            let value = field.kind.take(&mut bits, &mut slots)?;
            (AnswerState::Given, value, slots.len() > before)
        } else {
            match bits.take(2)? {
                0 => continue,
                1 => (AnswerState::Unknown, String::new(), false),
                2 => (AnswerState::Declined, String::new(), false),
                _ => (AnswerState::NotAsked, String::new(), false),
            }
        };
        answers.push((RecordedAnswer { reference: field.reference.clone(), state, value }, is_text));
    }
    let has_rest = bits.flag()?;
    let mut tail = bits.rest()?;
    let mut rest = NOTHING;
    if has_rest {
        let mut reader = Reader::new(tail);
        let length = usize::try_from(reader.varint()?).map_err(|_| SealError::Malformed)?;
        let start = tail.len() - reader.len();
        let packed = tail.get(start..).and_then(|tail| tail.get(..length)).ok_or(SealError::Malformed)?;
        rest = from_canonical(&zip::unpack(packed, known.dictionary, MAX_PLAIN)?)?;
        tail = &tail[start + length..];
    }
    let count = slots.len() + if usual { 0 } else { 2 } + usize::from(language.is_none());
    let mut texts = text::unpack(tail, count, known.dictionary)?.into_iter();
    let mut next = || texts.next().ok_or(SealError::Malformed);
    let (worker, site) = if usual { (known.worker.to_owned(), known.site.to_owned()) } else { (next()?, next()?) };
    let language = language.cloned().map_or_else(&mut next, Ok)?;
    let mut given = Vec::with_capacity(answers.len());
    for (mut answer, is_text) in answers {
        if is_text {
            answer.value = next()?;
        }
        given.push(answer);
    }
    let record = ScreeningRecord {
        form: layout.form.clone(),
        worker,
        site,
        language,
        started,
        ended,
        gates: rest.gates,
        consents: rest.consents,
        age: rest.age,
        route: rest.route,
        answers: given,
        attachments: rest.attachments,
        explanation: rest.explanation,
        stopped: rest.stopped,
        bases: rest.bases,
        withheld: rest.withheld,
        overrides: rest.overrides,
        log: rest.log,
        wording: rest.wording,
        about_nobody: rest.about_nobody,
    };
    Ok(Event { id, case: CaseId::from_bytes(case), at, body: EventBody::Screening(record) })
}

/// The start from a fixed day, the end from the start; the event's own time is mostly the end.
fn put_times(bits: &mut BitWriter, at: Timestamp, record: &ScreeningRecord) -> Result<(), SealError> {
    let start = record.started.as_millis().checked_sub(TIME_ZERO).ok_or(SealError::Malformed)?;
    let took = record.ended.as_millis().checked_sub(record.started.as_millis()).ok_or(SealError::Malformed)?;
    let whole = |(unit, _): &(i64, u32)| start % unit == 0 && took % unit == 0;
    let index = UNITS.iter().position(whole).ok_or(SealError::Malformed)?;
    let (unit, width) = UNITS[index];
    bits.put(index as u64, 2)?;
    bits.put(u64::try_from(start / unit).map_err(|_| SealError::Malformed)?, width)?;
    let took = u64::try_from(took / unit).map_err(|_| SealError::Malformed)?;
    let short = took >> SHORT_BITS == 0;
    bits.flag(short)?;
    bits.put(took, if short { SHORT_BITS } else { width })?;
    let at_end = at == record.ended;
    bits.flag(at_end)?;
    if at_end { Ok(()) } else { bits.put(at.as_millis() as u64, 64) }
}

fn take_times(bits: &mut BitReader<'_>) -> Result<(Timestamp, Timestamp, Timestamp), SealError> {
    let (unit, width) = UNITS[bits.take(2)? as usize];
    let started = Timestamp::from_millis(TIME_ZERO + bits.take(width)? as i64 * unit);
    let short = bits.flag()?;
    let ended = started.plus_millis(bits.take(if short { SHORT_BITS } else { width })? as i64 * unit);
    let at = if bits.flag()? { ended } else { Timestamp::from_millis(bits.take(64)? as i64) };
    Ok((at, started, ended))
}
