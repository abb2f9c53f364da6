//! Requests that somebody at HQ decides: erasure, correction, restriction. Who decided and why stands beside each.

use wayside_model::{CaseId, EventId, Timestamp};
use wayside_seal::random;

use crate::keys::Keyring;
use crate::lists::case_code;
use crate::requests::{self, RequestKind};
use crate::sessions::Session;
use crate::{Delivery, Desk, DeskError, audit};

/// The shortest and longest reason that says anything.
const REASON: std::ops::RangeInclusive<usize> = 5..=300;

impl Desk {
    /// Puts a request into the queue, for somebody who came to HQ. Returns its id.
    ///
    /// Fails with `desk.unknown_record` where no case has this code, `session.reason` for a text that says nothing.
    pub fn ask(&self, kind: RequestKind, code: &str, text: &str, now: Timestamp) -> Result<EventId, DeskError> {
        self.ask_by(None, kind, code, text, now)
    }

    pub(crate) fn ask_by(
        &self,
        by: Option<&Session>,
        kind: RequestKind,
        code: &str,
        text: &str,
        now: Timestamp,
    ) -> Result<EventId, DeskError> {
        self.check_case(code)?;
        let text = reason(text)?;
        let id: EventId = random::id()?;
        self.write_sealed(|sealer| {
            requests::ask(sealer, id, kind, code, text, now)?;
            audit::append(sealer, by, "request_made", &format!("{} {code}", kind.word()), "", now)
        })?;
        Ok(id)
    }

    /// Decides a request. Granting an erasure erases, granting a restriction restricts, granting a correction puts its text
    /// beside the record, which itself is never changed.
    ///
    /// Fails with `desk.unknown_record`, `session.reason` without one, `desk.not_waiting` where it is decided already.
    pub fn decide(&self, id: EventId, grant: bool, why: &str, now: Timestamp) -> Result<Delivery, DeskError> {
        self.decide_by(None, id, grant, why, now)
    }

    pub(crate) fn decide_by(
        &self,
        by: Option<&Session>,
        id: EventId,
        grant: bool,
        why: &str,
        now: Timestamp,
    ) -> Result<Delivery, DeskError> {
        let why = reason(why)?;
        let rows = self.store.read(|c| Self::requests_with(c, &Keyring::default()))?;
        let row = rows.into_iter().find(|row| row.id == id).ok_or(DeskError::UnknownRecord)?;
        if row.decision.is_some() {
            return Err(DeskError::NotWaiting);
        }
        let decision = if grant { "granted" } else { "refused" };
        self.write_sealed(|sealer| {
            let tx = sealer.tx;
            let decided = tx.execute(
                "UPDATE request SET decision = ?2, reason = ?3, decided_at = ?4, decided_by = ?5
                 WHERE id = ?1 AND decision IS NULL",
                (id.as_bytes(), decision, why, now.as_millis(), by.map(|session| session.person.id)),
            )?;
            // Somebody else may have decided since it was looked at.
            if decided == 0 {
                return Err(DeskError::NotWaiting);
            }
            if grant && row.kind == RequestKind::Restriction {
                tx.execute(
                    "INSERT INTO restriction (case_code, reason, since) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
                    (&row.case_code, why, now.as_millis()),
                )?;
            }
            audit::append(
                sealer,
                by,
                &format!("request_{decision}"),
                &format!("{} {}", row.kind.word(), row.case_code),
                "",
                now,
            )?;
            if grant && row.kind == RequestKind::Erasure {
                // Erased before, by another request: granted all the same.
                return match self.erase_in(sealer, by, &row.case_code, now) {
                    Err(DeskError::UnknownRecord) => Ok(()),
                    erased => erased,
                };
            }
            Ok(())
        })?;
        if grant && row.kind == RequestKind::Erasure { self.spread_erasures() } else { Ok(Delivery::Sent) }
    }

    /// Fails with `desk.unknown_record` where no record has this code.
    pub(crate) fn check_case(&self, code: &str) -> Result<(), DeskError> {
        self.check_caught_up()?;
        let is_here = self.store.read(|c| {
            let select = "SELECT DISTINCT case_id FROM record WHERE kind = 0 AND case_id IS NOT NULL";
            let mut statement = c.prepare_cached(select)?;
            let cases = statement.query_map([], |row| row.get(0).map(CaseId::from_bytes))?;
            Ok(cases.collect::<Result<Vec<_>, _>>()?.into_iter().any(|case| case_code(case) == code))
        })?;
        if is_here { Ok(()) } else { Err(DeskError::UnknownRecord) }
    }

    /// Ends a restriction. Fails with `desk.unknown_record` where there is none.
    pub fn lift_restriction(&self, code: &str, now: Timestamp) -> Result<(), DeskError> {
        self.write_sealed(|sealer| match sealer.tx.execute("DELETE FROM restriction WHERE case_code = ?1", [code])? {
            0 => Err(DeskError::UnknownRecord),
            _ => audit::append(sealer, None, "restriction_lifted", code, "", now),
        })
    }
}

/// A reason, trimmed. Fails with `session.reason` where it says nothing.
pub(crate) fn reason(text: &str) -> Result<&str, DeskError> {
    let text = text.trim();
    if REASON.contains(&text.len()) { Ok(text) } else { Err(DeskError::NoReason) }
}
