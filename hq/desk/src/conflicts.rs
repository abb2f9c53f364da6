//! Where two talks with one person contradict each other. What counts meanwhile is for the merge rules to say (`core/sync`,
//! `merge`): the most restrictive consent, the most urgent next step. A person who saw both sides decides; the decision is an
//! event of its own that names what it saw, so that what comes later shows again.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, OptionalExtension};
use serde::Serialize;
use wayside_model::{CaseId, ConsentEntry, ConsentLine, ConsentValue, DeviceId, EventId, Timestamp};
use wayside_seal::{random, sha256};
use wayside_sync::clock::Stamp;
use wayside_sync::merge::{Case, CaseEvent, CaseView, Change, Seen};

use crate::decisions::reason;
use crate::keys::Keyring;
use crate::keys::sections::{self, Place};
use crate::lists::case_code;
use crate::sessions::Session;
use crate::{Desk, DeskError, audit};

/// The safety field that holds the most urgent outcome of each talk.
const URGENCY: u8 = 0;
/// Outcomes, the most urgent last: as a number the higher one acts.
const OUTCOMES: [&str; 9] = ["N9", "N8", "N7", "N6", "N5", "N4", "N3", "N2", "N1"];

/// The field of the most urgent outcome.
const NEXT_STEP: &str = "next step";

/// One side of a contradiction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Side {
    /// Word of the value: `yes`, `no`, `withdrawn`, or an outcome's id.
    pub value: String,
    /// The record that says so, or the decision.
    pub from: EventId,
    /// Site of that record; empty for a decision.
    pub site: String,
    /// When it was said.
    pub at: Timestamp,
    /// Whether somebody at HQ decided so before; otherwise it was said in a talk or by code.
    pub by_hq: bool,
    /// Whether it counts meanwhile.
    pub acts: bool,
}

/// A contradiction, both sides beside each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Conflict {
    /// Code of the case.
    pub case_code: String,
    /// What they differ in: a line of consent with its recipient, or `next step`.
    pub field: String,
    /// The sides; the one that counts first.
    pub sides: Vec<Side>,
    /// A less urgent value that one person has decided for, and that waits for another person to say the same.
    pub waits_for_second: Option<String>,
}

/// What an event of the merge stands for.
struct Source {
    field: String,
    side: Side,
}

impl Desk {
    /// All contradictions nobody has decided.
    pub fn conflicts(&self) -> Result<Vec<Conflict>, DeskError> {
        self.check_caught_up()?;
        self.read_all(all)
    }

    /// Decides a contradiction: `value` is the word of one of its sides. A consent can be decided the restrictive way or left:
    /// nobody at HQ says yes for a person, so a `yes` needs a record in which it was said last. A next step that is less
    /// urgent than the one that counts needs two people: after the first it waits, and goes on counting.
    ///
    /// Fails with `desk.unknown_record` where there is no such contradiction or side, `session.reason` without a reason,
    /// `referral.consent` for a yes against a later no, `desk.same_person` where the second of two has to be another.
    pub fn decide_conflict(
        &self,
        code: &str,
        field: &str,
        value: &str,
        why: &str,
        now: Timestamp,
    ) -> Result<(), DeskError> {
        self.decide_conflict_by(None, code, field, value, why, now)
    }

    pub(crate) fn decide_conflict_by(
        &self,
        by: Option<&Session>,
        code: &str,
        field: &str,
        value: &str,
        why: &str,
        now: Timestamp,
    ) -> Result<(), DeskError> {
        let why = reason(why)?;
        self.check_caught_up()?;
        let owner = if by.is_none() { Some(self.owner()?) } else { None };
        let keys = |c: &Connection| match (by, &owner) {
            (Some(session), _) => Ok(&session.keys),
            (None, Some(owner)) => owner.keys(c),
            (None, None) => Err(DeskError::Bug),
        };
        let all = self.store.read(|c| all(c, keys(c)?))?;
        let conflict = all.iter().find(|it| (it.case_code.as_str(), it.field.as_str()) == (code, field));
        let conflict = conflict.ok_or(DeskError::UnknownRecord)?;
        if !conflict.sides.iter().any(|side| side.value == value) {
            return Err(DeskError::UnknownRecord);
        }
        let said = conflict.sides.iter().filter(|side| !side.by_hq).max_by_key(|side| side.at);
        if value == "yes" && said.is_none_or(|last| last.value != "yes") {
            return Err(DeskError::NoConsent);
        }
        let is_downward =
            field == NEXT_STEP && conflict.sides.iter().any(|side| side.acts && rank(&side.value) > rank(value));
        let id: EventId = random::id()?;
        self.write_sealed(|sealer| {
            let tx = sealer.tx;
            let events = talks(tx, keys(tx)?)?.remove(code).unwrap_or_default();
            let seen: Vec<u8> = Merged::of(tx, code, &events)?.view.heads.concat();
            if is_downward && !second_of_two(tx, by, (code, value, why), &seen, now)? {
                return audit::append(sealer, by, "downward_asked", code, "", now);
            }
            tx.execute(
                "INSERT INTO conflict_decision (event, case_code, field, value, seen, reason, at, by)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                (id.as_bytes(), code, field, value, seen, why, now.as_millis(), by.map(|session| session.person.id)),
            )?;
            audit::append(sealer, by, "conflict_decided", &format!("{code} {field}"), "", now)
        })
    }
}

/// What these keys open of them: who has no key for results sees the ones about consent.
pub(crate) fn all(c: &Connection, keys: &Keyring) -> Result<Vec<Conflict>, DeskError> {
    let mut found = Vec::new();
    for (code, talks) in talks(c, keys)? {
        let merged = Merged::of(c, &code, &talks)?;
        let waits = downward(c, &code)?.filter(|it| it.seen == merged.view.heads.concat());
        found.extend(merged.conflicts(&code).into_iter().map(|mut conflict| {
            if conflict.field == NEXT_STEP {
                conflict.waits_for_second = waits.as_ref().map(|it| it.value.clone());
            }
            conflict
        }));
    }
    Ok(found)
}

/// What one talk says of what can contradict another.
struct Talk {
    device: DeviceId,
    event: EventId,
    case: CaseId,
    site: String,
    ended: Timestamp,
    consents: Vec<ConsentEntry>,
    outcomes: Vec<String>,
}

/// A step downwards that one person has asked for.
struct Downward {
    value: String,
    seen: Vec<u8>,
    by: [u8; 16],
}

fn downward(c: &Connection, code: &str) -> Result<Option<Downward>, DeskError> {
    let mut statement = c.prepare_cached("SELECT value, seen, by FROM downward WHERE case_code = ?1")?;
    let read = |row: &rusqlite::Row<'_>| Ok(Downward { value: row.get(0)?, seen: row.get(1)?, by: row.get(2)? });
    Ok(statement.query_row([code], read).optional()?)
}

/// Whether this is the second person who says so of the same talks; otherwise it is noted as the first one's word.
fn second_of_two(
    tx: &Connection,
    by: Option<&Session>,
    (code, value, why): (&str, &str, &str),
    seen: &[u8],
    now: Timestamp,
) -> Result<bool, DeskError> {
    // Whoever has no slot is nobody in particular, so two of them are not two people.
    let person = by.ok_or(DeskError::SamePerson)?.person.id;
    match downward(tx, code)? {
        Some(first) if first.value == value && first.seen == seen && first.by == person => Err(DeskError::SamePerson),
        Some(first) if first.value == value && first.seen == seen => {
            tx.execute("DELETE FROM downward WHERE case_code = ?1", [code])?;
            Ok(true)
        }
        _ => {
            tx.execute(
                "INSERT INTO downward (case_code, value, seen, reason, at, by) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT (case_code) DO UPDATE SET value = ?2, seen = ?3, reason = ?4, at = ?5, by = ?6",
                (code, value, seen, why, now.as_millis(), person),
            )?;
            Ok(false)
        }
    }
}

fn rank(outcome: &str) -> usize {
    OUTCOMES.iter().position(|id| *id == outcome).unwrap_or_default()
}

/// Verified talks by the code of the person: what belongs together by a worker's word is one.
fn talks(c: &Connection, keys: &Keyring) -> Result<BTreeMap<String, Vec<Talk>>, DeskError> {
    let mut first = BTreeMap::<String, String>::new();
    let mut statement = c.prepare_cached("SELECT code, again FROM case_link ORDER BY event")?;
    let links = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    for link in links {
        let (code, again): (String, String) = link?;
        first.insert(again, code);
    }
    let root = |code: String| {
        let (mut code, mut seen) = (code, BTreeSet::new());
        while let Some(earlier) = first.get(&code)
            && seen.insert(code.clone())
        {
            code.clone_from(earlier);
        }
        code
    };
    let mut statement = c.prepare_cached(
        "SELECT device, sha256, event, case_id, site, at, summary, consent FROM record
         WHERE kind = 0 AND state = 1 AND consent IS NOT NULL GROUP BY event ORDER BY at, event",
    )?;
    let mut rows = statement.query([])?;
    let mut all = BTreeMap::<String, Vec<_>>::new();
    let restricted = crate::requests::restricted(c)?;
    while let Some(row) = rows.next()? {
        let (device, case) = (DeviceId::from_bytes(row.get(0)?), CaseId::from_bytes(row.get(3)?));
        // A restricted record is kept and not used, so it contradicts nothing until that is lifted.
        if restricted.contains(&case_code(case)) {
            continue;
        }
        let place = Place { device, sha256: row.get(1)? };
        let consents = sections::consent_of(keys, place, &row.get::<_, Vec<u8>>(7)?)?;
        let Some(consents) = consents else { continue };
        let summary: Option<Vec<u8>> = row.get(6)?;
        let summary = summary.map(|sealed| sections::summary_of(keys, place, &sealed)).transpose()?.flatten();
        all.entry(root(case_code(case))).or_default().push(Talk {
            device,
            event: EventId::from_bytes(row.get(2)?),
            case,
            site: row.get::<_, Option<String>>(4)?.unwrap_or_default(),
            ended: Timestamp::from_millis(row.get(5)?),
            consents,
            outcomes: summary.map(|summary| summary.outcomes).unwrap_or_default(),
        });
    }
    Ok(all)
}

/// One person's talks, merged.
struct Merged {
    view: CaseView,
    sources: BTreeMap<[u8; 16], Source>,
    /// Which number a consent field has in the merge.
    lines: Vec<String>,
    events: Vec<CaseEvent>,
}

impl Merged {
    fn of(c: &Connection, code: &str, talks: &[Talk]) -> Result<Self, DeskError> {
        let mut merged =
            Self { view: CaseView::default(), sources: BTreeMap::new(), lines: Vec::new(), events: Vec::new() };
        talks.iter().for_each(|talk| merged.talk(talk));
        merged.decisions(c, code)?;
        for talk in talks {
            merged.withdrawals(c, talk)?;
        }
        let mut case = Case::default();
        for event in &merged.events {
            case.insert(event.clone());
        }
        merged.view = case.view();
        Ok(merged)
    }

    fn line(&mut self, line: ConsentLine, recipient: Option<&str>) -> (u8, String) {
        let name = match recipient {
            Some(recipient) => format!("{line:?} {recipient}"),
            None => format!("{line:?}"),
        };
        (self.number(&name), name)
    }

    fn number(&mut self, name: &str) -> u8 {
        let at = self.lines.iter().position(|held| held == name).unwrap_or_else(|| {
            self.lines.push(name.to_owned());
            self.lines.len() - 1
        });
        u8::try_from(at).unwrap_or(u8::MAX)
    }

    /// The last word of each line in one talk, and its most urgent outcome.
    fn talk(&mut self, talk: &Talk) {
        let mut last = BTreeMap::new();
        for entry in &talk.consents {
            last.insert((entry.line, entry.recipient.clone()), entry.value);
        }
        for ((line, recipient), value) in last {
            let (number, field) = self.line(line, recipient.as_deref());
            let side = Side {
                value: word(value).to_owned(),
                from: talk.event,
                site: talk.site.clone(),
                at: talk.ended,
                by_hq: false,
                acts: false,
            };
            self.put(talk.device, side, field, Vec::new(), Change::Consent { line: number, value });
        }
        let most = talk.outcomes.iter().filter_map(|outcome| OUTCOMES.iter().position(|id| id == outcome)).max();
        if let Some(rank) = most {
            let side = Side {
                value: OUTCOMES[rank].to_owned(),
                from: talk.event,
                site: talk.site.clone(),
                at: talk.ended,
                by_hq: false,
                acts: false,
            };
            let value = u8::try_from(rank).unwrap_or_default();
            self.put(talk.device, side, NEXT_STEP.to_owned(), Vec::new(), Change::Safety { field: URGENCY, value });
        }
    }

    /// A withdrawal contradicts nothing, it ends its line: it counts as having seen every word said of it, but for a decision
    /// that was made in view of it.
    fn withdrawals(&mut self, c: &Connection, talk: &Talk) -> Result<(), DeskError> {
        for taken in crate::requests::withdrawals(c, &case_code(talk.case))? {
            let (number, field) = self.line(taken.line, taken.recipient.as_deref());
            let side = Side {
                value: "withdrawn".to_owned(),
                from: talk.event,
                site: String::new(),
                at: taken.at,
                by_hq: false,
                acts: false,
            };
            let seen = self.names(&field, name_of(&id_of(&field, &side)));
            let change = Change::Consent { line: number, value: ConsentValue::Withdrawn };
            self.put(DeviceId::from_bytes([0; 16]), side, field, seen, change);
        }
        Ok(())
    }

    fn decisions(&mut self, c: &Connection, code: &str) -> Result<(), DeskError> {
        let mut statement = c.prepare_cached(
            "SELECT event, field, value, seen, at FROM conflict_decision WHERE case_code = ?1 ORDER BY at, event",
        )?;
        let mut rows = statement.query([code])?;
        while let Some(row) = rows.next()? {
            let (field, value): (String, String) = (row.get(1)?, row.get(2)?);
            let seen = row.get::<_, Vec<u8>>(3)?.as_chunks::<8>().0.to_vec();
            let change = if field == NEXT_STEP {
                let rank = OUTCOMES.iter().position(|id| *id == value).unwrap_or_default();
                Change::Safety { field: URGENCY, value: u8::try_from(rank).unwrap_or_default() }
            } else {
                Change::Consent { line: self.number(&field), value: value_of(&value)? }
            };
            let from = EventId::from_bytes(row.get(0)?);
            let side = Side {
                value,
                from,
                site: String::new(),
                at: Timestamp::from_millis(row.get(4)?),
                by_hq: true,
                acts: false,
            };
            self.put(DeviceId::from_bytes([0; 16]), side, field, seen, change);
        }
        Ok(())
    }

    fn put(&mut self, device: DeviceId, side: Side, field: String, seen: Vec<Seen>, change: Change) {
        let id = id_of(&field, &side);
        let stamp = Stamp { ms: side.at.as_millis(), counter: 0, device };
        self.events.push(CaseEvent { id, stamp, seen, change });
        self.sources.insert(id, Source { field, side });
    }

    /// All that was said of a field by who had not seen `own`.
    fn names(&self, field: &str, own: Seen) -> Vec<Seen> {
        let of = |event: &&CaseEvent| {
            !event.seen.contains(&own) && self.sources.get(&event.id).is_some_and(|source| source.field == field)
        };
        self.events.iter().filter(of).map(CaseEvent::name).collect()
    }

    /// Fields with more than one value standing that differ.
    fn conflicts(&self, code: &str) -> Vec<Conflict> {
        let consent = self.view.consent.iter().map(|(line, values)| {
            let words =
                std::iter::once(values.acting).chain(values.others.iter().copied()).map(|value| word(value).to_owned());
            (self.lines.get(usize::from(*line)).cloned().unwrap_or_default(), words.collect::<Vec<_>>())
        });
        let safety = self.view.safety.values().map(|values| {
            let words = std::iter::once(values.acting).chain(values.others.iter().copied());
            (NEXT_STEP.to_owned(), words.map(|rank| OUTCOMES[usize::from(rank)].to_owned()).collect::<Vec<_>>())
        });
        let differing = consent.chain(safety).filter(|(_, words)| words.iter().any(|word| *word != words[0]));
        differing.map(|(field, words)| self.conflict(code, field, &words)).collect()
    }

    fn conflict(&self, code: &str, field: String, standing: &[String]) -> Conflict {
        let mut sides: Vec<Side> = self
            .sources
            .values()
            .filter(|source| source.field == field && standing.contains(&source.side.value))
            .map(|source| Side { acts: source.side.value == standing[0], ..source.side.clone() })
            .collect();
        sides.sort_by_key(|side| (!side.acts, side.at));
        Conflict { case_code: code.to_owned(), field, sides, waits_for_second: None }
    }
}

/// One record says several things; each has an id of its own.
fn id_of(field: &str, side: &Side) -> [u8; 16] {
    let hash = sha256(format!("{} {field} {}", side.from, side.at.as_millis()).as_bytes());
    let mut id = [0; 16];
    id.copy_from_slice(&hash[..16]);
    id
}

/// How others name it.
fn name_of(id: &[u8; 16]) -> Seen {
    let mut name = [0; 8];
    name.copy_from_slice(&id[..8]);
    name
}

const fn word(value: ConsentValue) -> &'static str {
    match value {
        ConsentValue::Yes => "yes",
        ConsentValue::No => "no",
        ConsentValue::Withdrawn => "withdrawn",
    }
}

fn value_of(word: &str) -> Result<ConsentValue, DeskError> {
    match word {
        "yes" => Ok(ConsentValue::Yes),
        "no" => Ok(ConsentValue::No),
        "withdrawn" => Ok(ConsentValue::Withdrawn),
        _ => Err(DeskError::Damaged),
    }
}
