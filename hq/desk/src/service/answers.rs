//! What a service says of its referrals: sealed to HQ, signed, in order. And what it shows to its people.

use rusqlite::{Connection, OptionalExtension};
use serde::Serialize;
use wayside_model::{CaseId, ConsentEntry, Event, EventBody, EventId, ReferralLetter, Timestamp, from_canonical};
use wayside_screening::referral::State;
use wayside_seal::{Chain, Checkpoint, item, random, sha256};
use wayside_sync::{transfer, wire};

use super::{ServiceDesk, settings};
use crate::referrals::{ReferralStep, state_word, word_state};
use crate::store::setting;
use crate::{Delivery, DeskError};

/// Answers go with referrals: before everything that waits longer.
const PRIORITY: u8 = 0;

/// A referral in the service's list. No content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LetterRow {
    /// The event that made it.
    pub id: EventId,
    /// Word of the urgency; empty once it is erased.
    pub urgency: String,
    /// When it came.
    pub received_at: Timestamp,
    /// When to look at it again.
    pub follow_up: Option<Timestamp>,
    /// When the person took it back: then it is to be erased.
    pub taken_back: Option<Timestamp>,
    /// When it was erased here.
    pub erased_at: Option<Timestamp>,
    /// All steps; the last one holds.
    pub steps: Vec<ReferralStep>,
}

impl LetterRow {
    /// How it stands.
    pub fn state(&self) -> State {
        self.steps.last().and_then(|step| word_state(&step.state)).unwrap_or(State::Sent)
    }

    /// What may be answered now.
    pub fn next(&self) -> Vec<State> {
        if self.taken_back.is_some() || self.erased_at.is_some() {
            return Vec::new();
        }
        State::ALL.into_iter().filter(|next| self.state().leads_to(*next)).collect()
    }
}

/// A letter: the fields the person agreed to, and the line that says so. No `Debug`.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Letter {
    /// As in the list.
    #[serde(flatten)]
    pub row: LetterRow,
    /// What the person wants.
    pub wants: String,
    /// Field and value.
    pub fields: Vec<(String, String)>,
    /// The person's line for this service; empty once it is erased.
    pub consent: Option<ConsentEntry>,
}

impl ServiceDesk {
    /// All referrals: the ones to be erased first, then the ones not at their end, then by the time they came.
    pub fn letters(&self) -> Result<Vec<LetterRow>, DeskError> {
        Ok(self.all(None)?.into_iter().map(|letter| letter.row).collect())
    }

    /// One letter. Fails with `desk.unknown_record`.
    pub fn letter(&self, id: EventId) -> Result<Letter, DeskError> {
        self.all(Some(id))?.pop().ok_or(DeskError::UnknownRecord)
    }

    fn all(&self, only: Option<EventId>) -> Result<Vec<Letter>, DeskError> {
        self.store.read(|c| {
            let mut steps = c.prepare_cached("SELECT state, at FROM step WHERE letter = ?1 ORDER BY number")?;
            let mut statement = c.prepare_cached(
                "SELECT id, content, received_at, taken_back, erased_at FROM letter WHERE ?1 IS NULL OR id = ?1
                 ORDER BY taken_back IS NULL OR erased_at IS NOT NULL, received_at DESC, id",
            )?;
            let mut rows = statement.query([only.map(|id| *id.as_bytes())])?;
            let mut letters = Vec::new();
            while let Some(row) = rows.next()? {
                let id: [u8; 16] = row.get(0)?;
                let content: Option<Vec<u8>> = row.get(1)?;
                let letter: Option<ReferralLetter> = content.map(|bytes| from_canonical(&bytes)).transpose()?;
                let moment = |at: Option<i64>| at.map(Timestamp::from_millis);
                let all = steps.query_map([id], |row| {
                    Ok(ReferralStep { state: row.get(0)?, at: Timestamp::from_millis(row.get(1)?) })
                })?;
                let row = LetterRow {
                    id: EventId::from_bytes(id),
                    urgency: letter.as_ref().map(|letter| letter.urgency.clone()).unwrap_or_default(),
                    received_at: Timestamp::from_millis(row.get(2)?),
                    follow_up: letter.as_ref().map(|letter| letter.follow_up),
                    taken_back: moment(row.get(3)?),
                    erased_at: moment(row.get(4)?),
                    steps: all.collect::<Result<_, _>>()?,
                };
                let (wants, fields, consent) =
                    letter.map_or_else(Default::default, |letter| (letter.wants, letter.fields, Some(letter.consent)));
                letters.push(Letter { row, wants, fields, consent });
            }
            Ok(letters)
        })
    }

    /// Says how a referral stands; HQ gets it signed, the phone learns the state. Fails with `desk.unknown_record`,
    /// `referral.state` for a step that may not follow, `desk.not_confirmed`, `desk.revoked`.
    pub fn answer(&self, id: EventId, next: State, now: Timestamp) -> Result<Delivery, DeskError> {
        self.check_confirmed()?;
        if !self.letter(id)?.row.next().contains(&next) {
            return Err(DeskError::ReferralState);
        }
        self.store.write(|tx| step(tx, id, next, now))?;
        Delivery::of(self.send().map(drop))
    }

    /// Erases a letter here: its content goes, that it was here stays. Fails with `desk.unknown_record`.
    pub fn erase(&self, id: EventId, now: Timestamp) -> Result<(), DeskError> {
        self.store.write(|tx| {
            let erased = "UPDATE letter SET content = NULL, erased_at = coalesce(erased_at, ?2) WHERE id = ?1";
            match tx.execute(erased, (id.as_bytes(), now.as_millis()))? {
                0 => Err(DeskError::UnknownRecord),
                _ => Ok(()),
            }
        })
    }

    /// Sends what waits, in order. Returns how many answers the relay has since.
    pub(super) fn send(&self) -> Result<u64, DeskError> {
        self.store.write(|tx| {
            if setting::number(tx, settings::CHECKPOINT_DUE)? == 1 {
                let checkpoint = Checkpoint::make(&chain(tx)?, &self.signing)?;
                queue(tx, &checkpoint)?;
                setting::put_number(tx, settings::CHECKPOINT_DUE, 0)?;
            }
            Ok(())
        })?;
        let mut sent = 0;
        loop {
            let next: Option<(u64, [u8; 16], Vec<u8>)> = self.store.read(|c| {
                Ok(c.query_row(
                    "SELECT number, id, bytes FROM outbox WHERE sent = 0 ORDER BY number LIMIT 1",
                    [],
                    |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
                )
                .optional()?)
            })?;
            let Some((number, id, bytes)) = next else { return Ok(sent) };
            self.client.write("PUT", &wire::item(&id), &bytes)?;
            self.store.write(|tx| Ok(tx.execute("UPDATE outbox SET sent = 1 WHERE number = ?1", [number])?))?;
            let is_answer = item::Header::read(&bytes).is_ok_and(|header| header.kind == item::ItemKind::Envelope);
            sent += u64::from(is_answer);
        }
    }
}

/// Takes a step and seals it for HQ, in one transaction.
pub(super) fn step(tx: &Connection, id: EventId, state: State, now: Timestamp) -> Result<(), DeskError> {
    let at = now.rounded();
    let event = Event {
        id: random::id()?,
        // A service knows the referral and not the case.
        case: CaseId::from_bytes(*id.as_bytes()),
        at,
        body: EventBody::ReferralAnswer { referral: id, state: state_word(state) },
    };
    let sealed = chain(tx)?.seal(event.id, PRIORITY, &transfer::pack(&event)?)?;
    queue(tx, &sealed.bytes)?;
    setting::put(tx, settings::CHAIN, &sealed.next.to_bytes())?;
    setting::put_number(tx, settings::CHECKPOINT_DUE, 1)?;
    tx.execute(
        "INSERT INTO step (letter, state, at) VALUES (?1, ?2, ?3)",
        (id.as_bytes(), state_word(state), at.as_millis()),
    )?;
    Ok(())
}

fn chain(tx: &Connection) -> Result<Chain, DeskError> {
    Ok(Chain::from_bytes(&setting::get(tx, settings::CHAIN)?.ok_or(DeskError::NotConfirmed)?)?)
}

/// Puts an item behind the others.
pub(super) fn queue(tx: &Connection, bytes: &[u8]) -> Result<(), DeskError> {
    tx.execute("INSERT INTO outbox (id, sha256, bytes) VALUES (?1, ?2, ?3)", (item::id(bytes)?, sha256(bytes), bytes))?;
    Ok(())
}
