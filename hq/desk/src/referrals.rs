//! Referrals as HQ sees them: who sent which kind of data to whom, and how it stands. The letter itself is sealed to the
//! service; HQ hands it on unopened, and tells the phone the state and nothing else.

use std::collections::BTreeMap;

use minicbor::{Decode, Encode};
use rusqlite::{Connection, OptionalExtension};
use serde::Serialize;
use wayside_model::{
    CaseId, ConsentLine, DeviceId, Event, EventId, SentReferral, Timestamp, from_canonical, to_canonical,
};
use wayside_screening::referral::State;
use wayside_seal::hpke::PublicKey;
use wayside_seal::minimum::Minimum;
use wayside_seal::one_shot::OneShot;
use wayside_seal::{ControlKind, DeviceCertificate, SealError, SigningKey};

use crate::enrolment::{CERTIFICATE_LIFETIME_MS, Enrolled, SERVICE_ROLE};
use crate::keys::{Class, Keyring, Scope, Sealer, sections};
use crate::lists::case_code;
use crate::requests::{self, Withdrawal};
use crate::{Desk, DeskError, control_log};

/// A step of a referral.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReferralStep {
    /// Word of the state.
    pub state: String,
    /// When, by who said so.
    pub at: Timestamp,
}

/// A referral in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReferralRow {
    /// The event that made it.
    pub id: EventId,
    /// The case in a form that can be said aloud.
    pub case_code: String,
    /// Code of the service.
    pub recipient: String,
    /// Word of the urgency.
    pub urgency: String,
    /// Names of the fields in the letter.
    pub fields: Vec<String>,
    /// Site of the phone that sent it.
    pub site: String,
    /// When it was sent.
    pub at: Timestamp,
    /// When to look at it again.
    pub follow_up: Timestamp,
    /// Whether it was handed to the service's desk.
    pub handed_on: bool,
    /// Error code of what keeps it from being handed on.
    pub problem: Option<String>,
    /// All steps, in order; the last one holds.
    pub steps: Vec<ReferralStep>,
}

impl ReferralRow {
    /// How it stands.
    pub fn state(&self) -> State {
        self.steps.last().and_then(|step| word_state(&step.state)).unwrap_or(State::Draft)
    }

    /// Whether somebody should look at it: it is not at its end, and its time has come.
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        !self.state().is_final() && now >= self.follow_up
    }
}

/// The word of a state, as it stands in events and lists.
pub(crate) fn state_word(state: State) -> String {
    serde_json::to_value(state).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

pub(crate) fn word_state(word: &str) -> Option<State> {
    serde_json::from_value(serde_json::Value::from(word)).ok()
}

/// What of a referral is for who sees its case.
#[derive(Encode, Decode)]
pub(crate) struct Details {
    #[n(0)]
    pub(crate) recipient: String,
    #[n(1)]
    pub(crate) urgency: String,
}

/// The names of the fields in the letter stand beside it, because they go when the case is erased.
fn seal_fields(sealer: &Sealer<'_>, referral: EventId, scope: &Scope, fields: &str) -> Result<(), DeskError> {
    let sealed = sealer.seal(Class::Referrals, scope, &fields_place(referral), fields.as_bytes())?;
    sealer.tx.execute("UPDATE referral SET field_names = ?2 WHERE event = ?1", (referral.as_bytes(), sealed))?;
    Ok(())
}

fn fields_place(referral: EventId) -> Vec<u8> {
    [referral.as_bytes().as_slice(), b"/fields"].concat()
}

fn open_fields(keys: &Keyring, referral: EventId, sealed: &[u8]) -> Result<String, DeskError> {
    if sealed.is_empty() {
        return Ok(String::new());
    }
    let plain = keys.open(Class::Referrals, &fields_place(referral), sealed)?.ok_or(DeskError::Damaged)?;
    String::from_utf8(plain.to_vec()).map_err(|_| DeskError::Damaged)
}

/// Seals the details of a referral that is there.
pub(crate) fn seal(
    sealer: &Sealer<'_>,
    referral: EventId,
    scope: &Scope,
    details: &Details,
    fields: &str,
) -> Result<(), DeskError> {
    // Of an erased case none is left.
    if !fields.is_empty() {
        seal_fields(sealer, referral, scope, fields)?;
    }
    let sealed = sealer.seal(Class::Referrals, scope, referral.as_bytes(), &to_canonical(details))?;
    sealer.tx.execute("UPDATE referral SET details = ?2 WHERE event = ?1", (referral.as_bytes(), sealed))?;
    Ok(())
}

fn open(keys: &Keyring, referral: EventId, sealed: &[u8]) -> Result<Option<Details>, DeskError> {
    let plain = keys.open(Class::Referrals, referral.as_bytes(), sealed)?;
    Ok(plain.map(|plain| from_canonical(&plain)).transpose()?)
}

/// Seals referrals that came before their record again, for whom the record is.
pub(crate) fn rescope(sealer: &Sealer<'_>, keys: &Keyring, case: CaseId, scope: &Scope) -> Result<(), DeskError> {
    let held: Vec<([u8; 16], Vec<u8>, Vec<u8>)> = sealer
        .tx
        .prepare_cached("SELECT event, details, field_names FROM referral WHERE case_id = ?1")?
        .query_map([case.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect::<Result<_, _>>()?;
    for (referral, details, fields) in held {
        let referral = EventId::from_bytes(referral);
        let details = open(keys, referral, &details)?.ok_or(DeskError::Damaged)?;
        seal(sealer, referral, scope, &details, &open_fields(keys, referral, &fields)?)?;
    }
    Ok(())
}

/// Keeps a referral that a phone sent. One from a service desk has no effect: a service refers nobody through HQ. One that
/// comes in after the withdrawal that ended it is taken back at once.
pub(crate) fn keep(
    sealer: &Sealer<'_>,
    signing: &SigningKey,
    device: DeviceId,
    enrolled: &Enrolled,
    event: &Event,
    sent: &SentReferral,
) -> Result<(), DeskError> {
    if enrolled.role == SERVICE_ROLE {
        return Ok(());
    }
    let tx = sealer.tx;
    let new = tx.execute(
        "INSERT INTO referral (event, device, case_id, sealed, follow_up, at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING",
        (
            event.id.as_bytes(),
            device.as_bytes(),
            event.case.as_bytes(),
            &sent.sealed,
            sent.follow_up.as_millis(),
            event.at.as_millis(),
        ),
    )?;
    if new == 0 {
        return Ok(());
    }
    let (recipient, urgency) = (sent.recipient.clone(), sent.urgency.clone());
    let scope = sections::of_case(tx, event.case)?;
    seal(sealer, event.id, &scope, &Details { recipient, urgency }, &sent.fields.join(" "))?;
    step(tx, event.id, event.id, State::Sent, event.at)?;
    let ends = |taken: &Withdrawal| taken.at >= event.at && ends_referrals_to(taken, &sent.recipient);
    match requests::withdrawals(tx, &case_code(event.case))?.into_iter().find(ends) {
        Some(taken) => revoke(tx, signing, event.id, event.id, taken.at),
        None => Ok(()),
    }
}

/// Whether nothing may go to this service any more: the line of referrals for it or for all, or one without which nothing
/// may be kept at all.
fn ends_referrals_to(taken: &Withdrawal, recipient: &str) -> bool {
    match taken.line {
        ConsentLine::C1 | ConsentLine::C2 => true,
        ConsentLine::C4 => taken.recipient.as_deref().is_none_or(|to| to == recipient),
        _ => false,
    }
}

fn step(tx: &Connection, referral: EventId, event: EventId, state: State, at: Timestamp) -> Result<(), DeskError> {
    tx.execute(
        "INSERT INTO referral_step (referral, event, state, at) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
        (referral.as_bytes(), event.as_bytes(), state_word(state), at.as_millis()),
    )?;
    Ok(())
}

/// Takes a service's answer in, if this service was asked and the step may follow; tells the phone the state.
pub(crate) fn answered(
    tx: &Connection,
    signing: &SigningKey,
    service: DeviceId,
    event: &Event,
    referral: EventId,
    word: &str,
) -> Result<(), DeskError> {
    let sql = "SELECT service FROM referral WHERE event = ?1";
    let asked: Option<Option<[u8; 16]>> = tx.query_row(sql, [referral.as_bytes()], |row| row.get(0)).optional()?;
    let (Some(Some(asked)), Some(next)) = (asked, word_state(word)) else { return Ok(()) };
    if asked != *service.as_bytes() || !state(tx, referral)?.leads_to(next) {
        return Ok(());
    }
    step(tx, referral, event.id, next, event.at)?;
    tell_phone(tx, signing, referral, next)
}

/// Takes the referrals of a case to one service back, because the person wants so: what was not handed on stays here, and a
/// service that has the letter is asked to erase it.
pub(crate) fn take_back(
    tx: &Connection,
    keys: &Keyring,
    signing: &SigningKey,
    code: &str,
    recipient: Option<&str>,
    event: &Event,
) -> Result<(), DeskError> {
    let mut statement = tx.prepare_cached("SELECT event, case_id, details FROM referral ORDER BY at, event")?;
    let rows = statement.query_map([], |row| {
        Ok((EventId::from_bytes(row.get(0)?), CaseId::from_bytes(row.get(1)?), row.get::<_, Vec<u8>>(2)?))
    })?;
    for (referral, case, details) in rows.collect::<Result<Vec<_>, _>>()? {
        if case_code(case) != code {
            continue;
        }
        let to = open(keys, referral, &details)?.ok_or(DeskError::Damaged)?.recipient;
        if recipient.is_none_or(|recipient| recipient == to) {
            revoke(tx, signing, referral, event.id, event.at)?;
        }
    }
    Ok(())
}

/// Takes one referral back. After its end the service is asked to erase it all the same.
pub(crate) fn revoke(
    tx: &Connection,
    signing: &SigningKey,
    referral: EventId,
    cause: EventId,
    at: Timestamp,
) -> Result<(), DeskError> {
    if state(tx, referral)? == State::Revoked {
        return Ok(());
    }
    // One withdrawal may end several referrals, and a step is known by what caused it.
    let own = wayside_seal::sha256(&[*referral.as_bytes(), *cause.as_bytes()].concat());
    let mut id = [0; 16];
    id.copy_from_slice(&own[..16]);
    step(tx, referral, EventId::from_bytes(id), State::Revoked, at)?;
    tell_phone(tx, signing, referral, State::Revoked)?;
    let service: Option<[u8; 16]> =
        tx.query_row("SELECT service FROM referral WHERE event = ?1", [referral.as_bytes()], |row| row.get(0))?;
    match service {
        Some(service) => tell(tx, signing, DeviceId::from_bytes(service), referral, State::Revoked),
        None => Ok(()),
    }
}

fn state(tx: &Connection, referral: EventId) -> Result<State, DeskError> {
    let word: Option<String> = tx
        .prepare_cached("SELECT state FROM referral_step WHERE referral = ?1 ORDER BY number DESC LIMIT 1")?
        .query_row([referral.as_bytes()], |row| row.get(0))
        .optional()?;
    Ok(word.and_then(|word| word_state(&word)).unwrap_or(State::Draft))
}

fn tell_phone(tx: &Connection, signing: &SigningKey, referral: EventId, state: State) -> Result<(), DeskError> {
    let phone: [u8; 16] =
        tx.query_row("SELECT device FROM referral WHERE event = ?1", [referral.as_bytes()], |row| row.get(0))?;
    tell(tx, signing, DeviceId::from_bytes(phone), referral, state)
}

/// Tells a device how a referral stands: code and state alone, sealed to it.
fn tell(
    tx: &Connection,
    signing: &SigningKey,
    device: DeviceId,
    referral: EventId,
    state: State,
) -> Result<(), DeskError> {
    let enrolled = Enrolled::load(tx, device)?.ok_or(DeskError::UnknownDevice)?;
    let told = Minimum::ReferralState { referral, state: state_word(state) }.seal(device, &enrolled.seal)?;
    control_log::append(tx, signing, device, ControlKind::Minimum(told)).map(drop)
}

impl Desk {
    /// Hands each waiting referral to the desk of its service, where that has been confirmed.
    pub(crate) fn hand_on_referrals(&self, now: Timestamp) -> Result<(), DeskError> {
        let owner = self.owner()?;
        self.store.write(|tx| {
            let mut services = tx.prepare_cached(
                "SELECT id FROM device WHERE role = ?1 AND worker = ?2 AND confirmed_at IS NOT NULL AND revoked_at IS NULL
                 ORDER BY confirmed_at DESC LIMIT 1",
            )?;
            let mut statement = tx.prepare_cached(
                "SELECT r.event, r.device, r.details, r.sealed FROM referral r
                 WHERE r.service IS NULL AND r.sealed <> x''
                   AND NOT EXISTS (SELECT 1 FROM referral_step p WHERE p.referral = r.event AND p.state = 'revoked')
                 ORDER BY r.at, r.event",
            )?;
            let rows = statement.query_map([], |row| {
                let (event, phone) = (EventId::from_bytes(row.get(0)?), DeviceId::from_bytes(row.get(1)?));
                Ok((event, phone, row.get(2)?, row.get(3)?))
            })?;
            for (event, phone, details, sealed) in rows.collect::<Result<Vec<(_, _, Vec<u8>, Vec<u8>)>, _>>()? {
                let to = open(owner.keys(tx)?, event, &details)?.ok_or(DeskError::Damaged)?.recipient;
                let service: Option<[u8; 16]> =
                    services.query_row((SERVICE_ROLE, to), |row| row.get(0)).optional()?;
                if let Some(service) = service {
                    self.hand_on(tx, event, phone, &sealed, DeviceId::from_bytes(service), now)?;
                }
            }
            Ok(())
        })
    }

    fn hand_on(
        &self,
        tx: &Connection,
        event: EventId,
        phone: DeviceId,
        sealed: &[u8],
        service: DeviceId,
        now: Timestamp,
    ) -> Result<(), DeskError> {
        let (from, to) = (Enrolled::load(tx, phone)?, Enrolled::load(tx, service)?);
        let (from, to) = (from.ok_or(DeskError::UnknownDevice)?, to.ok_or(DeskError::UnknownDevice)?);
        let fits = OneShot::peek(sealed)
            .is_ok_and(|(head, key)| (head.id, head.device) == (event, phone) && key == to.seal.key_id());
        let problem = (!fits).then_some(wayside_model::Coded::code(&SealError::Broken).as_str());
        tx.execute("UPDATE referral SET problem = ?2 WHERE event = ?1", (event.as_bytes(), problem))?;
        if !fits {
            return Ok(());
        }
        // The service learns whose signature to check, and not who works where.
        let certificate = DeviceCertificate {
            device: phone,
            sign: from.sign,
            seal: from.seal,
            role: from.role,
            site: String::new(),
            worker: String::new(),
            not_before: now,
            not_after: now.plus_millis(CERTIFICATE_LIFETIME_MS),
        };
        let letter = Minimum::Referral { sealed: sealed.to_vec(), certificate: certificate.sign(&self.signing)? };
        control_log::append(tx, &self.signing, service, ControlKind::Minimum(letter.seal(service, &to.seal)?))?;
        tx.execute("UPDATE referral SET service = ?2 WHERE event = ?1", (event.as_bytes(), service.as_bytes()))?;
        Ok(())
    }

    /// Keys of the confirmed service desks, by the code of the service: what a services directory names, so that phones can
    /// seal to them.
    pub fn service_keys(&self) -> Result<BTreeMap<String, PublicKey>, DeskError> {
        self.store.read(|c| {
            let mut statement = c.prepare_cached(
                "SELECT worker, seal FROM device WHERE role = ?1 AND confirmed_at IS NOT NULL AND revoked_at IS NULL
                 ORDER BY confirmed_at",
            )?;
            let rows =
                statement.query_map([SERVICE_ROLE], |row| Ok((row.get(0)?, PublicKey::from_bytes(row.get(1)?))))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// All referrals: the ones that are not at their end first, by the day on which to look at them.
    pub fn referrals(&self) -> Result<Vec<ReferralRow>, DeskError> {
        self.check_caught_up()?;
        self.read_all(Self::referrals_with)
    }

    /// The same, of cases that these keys open.
    pub(crate) fn referrals_with(c: &Connection, keys: &Keyring) -> Result<Vec<ReferralRow>, DeskError> {
        let mut steps = c.prepare_cached("SELECT state, at FROM referral_step WHERE referral = ?1 ORDER BY number")?;
        let mut statement = c.prepare_cached(
            "SELECT r.event, r.case_id, r.details, d.site, r.at, r.follow_up, r.service IS NOT NULL, r.problem,
                        r.field_names
                 FROM referral r JOIN device d ON d.id = r.device ORDER BY r.follow_up, r.event",
        )?;
        let mut found = statement.query([])?;
        let mut rows = Vec::new();
        while let Some(row) = found.next()? {
            let id: [u8; 16] = row.get(0)?;
            let Some(details) = open(keys, EventId::from_bytes(id), &row.get::<_, Vec<u8>>(2)?)? else { continue };
            let all = steps.query_map([id], |row| {
                Ok(ReferralStep { state: row.get(0)?, at: Timestamp::from_millis(row.get(1)?) })
            })?;
            rows.push(ReferralRow {
                id: EventId::from_bytes(id),
                case_code: case_code(CaseId::from_bytes(row.get(1)?)),
                recipient: details.recipient,
                urgency: details.urgency,
                fields: open_fields(keys, EventId::from_bytes(id), &row.get::<_, Vec<u8>>(8)?)?
                    .split_whitespace()
                    .map(str::to_owned)
                    .collect(),
                site: row.get(3)?,
                at: Timestamp::from_millis(row.get(4)?),
                follow_up: Timestamp::from_millis(row.get(5)?),
                handed_on: row.get(6)?,
                problem: row.get(7)?,
                steps: all.collect::<Result<_, _>>()?,
            });
        }
        rows.sort_by_key(|row: &ReferralRow| row.state().is_final());
        Ok(rows)
    }
}
