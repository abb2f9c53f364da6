//! An opened event, taken apart by class. What lists need lies in a section of its own, so that a list opens no answer.

use minicbor::{Decode, Encode};
use rusqlite::Connection;
use wayside_model::{
    AgeStatement, CaseId, ConsentEntry, DeviceId, Event, EventBody, FormRef, GateRecord, Route, ScreeningRecord,
    StopReason, Timestamp, Wording, from_canonical, to_canonical,
};

use super::{Class, Keyring, Scope, Sealer};
use crate::DeskError;
use crate::lists::explanation;

/// What the queue and the head of a record show.
#[derive(Encode, Decode)]
pub(crate) struct Summary {
    #[n(0)]
    pub(crate) form: FormRef,
    /// Ids of the outcomes that hold.
    #[n(1)]
    pub(crate) outcomes: Vec<String>,
    #[n(2)]
    pub(crate) worker: String,
    #[n(3)]
    pub(crate) language: String,
    #[n(4)]
    pub(crate) started: Timestamp,
    #[n(5)]
    pub(crate) ended: Timestamp,
    #[n(6)]
    pub(crate) gates: Vec<GateRecord>,
    #[n(7)]
    pub(crate) age: AgeStatement,
    #[n(8)]
    pub(crate) stopped: Option<StopReason>,
    #[n(9)]
    pub(crate) wording: Option<Wording>,
    /// Of a form that is not about a person.
    #[n(10)]
    pub(crate) about_nobody: Option<bool>,
}

/// Where a record's row is. Its sections are bound to it.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    pub(crate) device: DeviceId,
    pub(crate) sha256: [u8; 32],
}

impl Place {
    fn bytes(self) -> Vec<u8> {
        [self.device.as_bytes().as_slice(), &self.sha256].concat()
    }
}

/// Seals an event into its row. A screening is sealed for its site and its way; anything else for who sees everything, and
/// with [`rescope`] for those of its case.
pub(crate) fn put(sealer: &Sealer<'_>, place: Place, event: &Event, canonical: &[u8]) -> Result<(), DeskError> {
    let EventBody::Screening(record) = &event.body else {
        if let EventBody::ByCode(json) = &event.body {
            crate::erasure::note_codes(sealer.tx, event.id, json)?;
        }
        let scope = of_case(sealer.tx, event.case)?;
        let whole = sealer.seal(Class::Answers, &scope, &place.bytes(), canonical)?;
        sealer.tx.prepare_cached("UPDATE record SET whole = ?3 WHERE device = ?1 AND sha256 = ?2")?.execute((
            place.device.as_bytes(),
            place.sha256,
            whole,
        ))?;
        return Ok(());
    };
    let child = record.route == Route::Child;
    let scope = Scope { child, ..Scope::of_site(&record.site) };
    let seal = |class, plain: &[u8]| sealer.seal(class, &scope, &place.bytes(), plain);
    let results = record.explanation.as_deref().map(|json| seal(Class::Results, json.as_bytes())).transpose()?;
    sealer
        .tx
        .prepare_cached(
            "UPDATE record SET site = ?3, child = ?4, summary = ?5, results = ?6, consent = ?7, whole = ?8
             WHERE device = ?1 AND sha256 = ?2",
        )?
        .execute((
            place.device.as_bytes(),
            place.sha256,
            &record.site,
            child,
            seal(Class::Queue, &to_canonical(&summary(record)))?,
            results,
            seal(Class::Consent, &to_canonical(&record.consents))?,
            seal(Class::Answers, canonical)?,
        ))?;
    Ok(())
}

fn summary(record: &ScreeningRecord) -> Summary {
    let found = record.explanation.as_deref().and_then(explanation);
    Summary {
        form: record.form.clone(),
        outcomes: found.into_iter().flat_map(|it| it.outcomes).map(|outcome| outcome.id).collect(),
        worker: record.worker.clone(),
        language: record.language.clone(),
        started: record.started,
        ended: record.ended,
        gates: record.gates.clone(),
        age: record.age,
        stopped: record.stopped,
        wording: record.wording.clone(),
        about_nobody: record.about_nobody,
    }
}

/// For whom something of a case is: for whom its records are.
pub(crate) fn of_case(c: &Connection, case: CaseId) -> Result<Scope, DeskError> {
    scope(
        c,
        "SELECT DISTINCT site, child FROM record WHERE case_id = ?1 AND kind = 0 AND site IS NOT NULL ORDER BY 1",
        case.as_bytes(),
    )
}

/// The same by the code of the case, which is its first four bytes.
pub(crate) fn of_code(c: &Connection, code: &str) -> Result<Scope, DeskError> {
    let Some(bytes) = wayside_seal::words::from_proquint(code) else { return Ok(Scope::default()) };
    let select = "SELECT DISTINCT site, child FROM record
        WHERE substr(case_id, 1, 4) = ?1 AND kind = 0 AND site IS NOT NULL ORDER BY 1";
    scope(c, select, &bytes)
}

fn scope(c: &Connection, select: &str, by: &[u8]) -> Result<Scope, DeskError> {
    let mut statement = c.prepare_cached(select)?;
    let mut rows = statement.query([by])?;
    let mut scope = Scope::default();
    while let Some(row) = rows.next()? {
        let site: String = row.get(0)?;
        if !site.is_empty() && !scope.sites.contains(&site) {
            scope.sites.push(site);
        }
        scope.child |= row.get::<_, bool>(1)?;
    }
    Ok(scope)
}

/// What came of a case before its record is sealed again, for whom the record is for: parts of files, referrals, corrections.
/// With the owner's keys.
pub(crate) fn rescope(sealer: &Sealer<'_>, keys: &Keyring, case: CaseId) -> Result<(), DeskError> {
    let (tx, scope) = (sealer.tx, of_case(sealer.tx, case)?);
    if scope == Scope::default() {
        return Ok(());
    }
    let mut parts = tx.prepare_cached(
        "SELECT device, sha256, whole FROM record WHERE case_id = ?1 AND kind <> 0 AND whole IS NOT NULL",
    )?;
    let rows = parts.query_map([case.as_bytes()], |row| {
        Ok((Place { device: DeviceId::from_bytes(row.get(0)?), sha256: row.get(1)? }, row.get::<_, Vec<u8>>(2)?))
    })?;
    for (place, whole) in rows.collect::<Result<Vec<_>, _>>()? {
        let plain = keys.open(Class::Answers, &place.bytes(), &whole)?.ok_or(DeskError::Damaged)?;
        let whole = sealer.seal(Class::Answers, &scope, &place.bytes(), &plain)?;
        tx.prepare_cached("UPDATE record SET whole = ?3 WHERE device = ?1 AND sha256 = ?2")?.execute((
            place.device.as_bytes(),
            place.sha256,
            whole,
        ))?;
    }
    crate::referrals::rescope(sealer, keys, case, &scope)?;
    crate::requests::rescope(sealer, keys, &crate::lists::case_code(case), &scope)
}

/// Opens a summary.
pub(crate) fn summary_of(keys: &Keyring, place: Place, sealed: &[u8]) -> Result<Option<Summary>, DeskError> {
    let plain = keys.open(Class::Queue, &place.bytes(), sealed)?;
    Ok(plain.map(|plain| from_canonical(&plain)).transpose()?)
}

/// Opens the result of the rules: JSON.
pub(crate) fn results_of(keys: &Keyring, place: Place, sealed: &[u8]) -> Result<Option<String>, DeskError> {
    let plain = keys.open(Class::Results, &place.bytes(), sealed)?;
    plain.map(|plain| String::from_utf8(plain.to_vec()).map_err(|_| DeskError::Damaged)).transpose()
}

/// Opens a consent ledger.
pub(crate) fn consent_of(keys: &Keyring, place: Place, sealed: &[u8]) -> Result<Option<Vec<ConsentEntry>>, DeskError> {
    let plain = keys.open(Class::Consent, &place.bytes(), sealed)?;
    Ok(plain.map(|plain| from_canonical(&plain)).transpose()?)
}

/// Opens the whole event.
pub(crate) fn event_of(keys: &Keyring, place: Place, sealed: &[u8]) -> Result<Option<Event>, DeskError> {
    let plain = keys.open(Class::Answers, &place.bytes(), sealed)?;
    Ok(plain.map(|plain| from_canonical(&plain)).transpose()?)
}
