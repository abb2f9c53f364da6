//! Publishing: one person brings what devices are to get, the desk checks it and compares it with what is in force, and somebody
//! whose role it is signs it. The signature covers the bytes and what was decided of them; then it is handed out.

mod brought;
mod differences;
mod found;
mod in_force;
mod kind;
mod parts;
mod terms;

use rusqlite::{Connection, OptionalExtension};
use serde::Serialize;
use wayside_model::{FormTerms, Timestamp, to_canonical};
use wayside_seal::{Signature, sha256};

use crate::keys::Sealer;
use crate::people::PersonRole;
use crate::sessions::Session;
use crate::{Delivery, Desk, DeskError, Whom, audit, words};

pub(crate) use brought::{Brought, BroughtFile};
pub use differences::Difference;
pub use in_force::InForce;
pub use kind::PublishedKind;
pub(crate) use terms::{
    checked_terms, days, is_about_nobody, keep_terms, others_in, signed_terms, take_terms_back, terms, trial_terms,
};

const CONTEXT: &str = "wayside/desk/publication/2";
/// Ended ones that the page still lists.
const ENDED_SHOWN: i64 = 20;

/// Something that waits for a signature, or was decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Proposal {
    /// Counts from 1.
    pub number: u64,
    /// What it is.
    pub kind: PublishedKind,
    /// Site of a directory, id of a form; else the id of what is handed out, as `pack/fr`.
    pub id: String,
    /// Its version.
    pub version: String,
    /// What was decided of forms of others in it.
    pub terms: FormTerms,
    /// Staff code of who brought it.
    pub brought_by: String,
    /// When.
    pub brought_at: Timestamp,
    /// `waits`, `published` or `dropped`.
    pub state: String,
    /// Staff code of who ended it.
    pub ended_by: Option<String>,
    /// What the check found, in words; empty for ended ones.
    pub checks: Vec<String>,
    /// What would change; empty for ended ones.
    pub differences: Vec<Difference>,
}

/// What waits, whole.
struct Waiting {
    kind: PublishedKind,
    id: String,
    text: String,
    terms: FormTerms,
    audio: Vec<Vec<u8>>,
}

impl Desk {
    /// Brings something to be published. It is checked at once: what would be refused does not wait.
    ///
    /// Fails with `desk.not_allowed`, `bundle.malformed` for a list whose files did not come, `session.reason` for forms of
    /// others whose purpose is not said, and as the calls that hand it out do.
    pub(crate) fn propose(&self, by: &Session, brought: &Brought, now: Timestamp) -> Result<u64, DeskError> {
        let kind = brought.kind;
        if !kind.is_brought_by(by.person.role) {
            return Err(DeskError::NotAllowed);
        }
        let text = brought.document()?;
        let checked = self.checked(kind, &text, &brought.audio(), &brought.terms)?;
        let has_others = checked.terms.is_some();
        let terms = checked.terms.unwrap_or_default();
        let version = checked.content.version;
        let id = if kind == PublishedKind::Services { checked.site } else { checked.content.id };
        if by.person.role == PersonRole::SiteFocalPoint && id != by.person.site {
            return Err(DeskError::NotAllowed);
        }
        self.write_sealed(|sealer| {
            let tx = sealer.tx;
            tx.execute(
                "INSERT INTO proposal
                    (kind, id, version, whole, purpose, sensitivity, days, about_person, brought_at, brought_by)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
                (
                    kind.word(),
                    &id,
                    &version,
                    text,
                    &terms.purpose,
                    terms.sensitivity.word(),
                    terms.days,
                    terms.about_person,
                    now.as_millis(),
                    by.person.id,
                ),
            )?;
            let number = u64::try_from(tx.last_insert_rowid()).map_err(|_| DeskError::Bug)?;
            for bytes in &checked.audio {
                tx.execute("INSERT INTO proposal_file (proposal, bytes) VALUES (?1, ?2)", (number, bytes))?;
            }
            let mut object = format!("{} {id} {version}", kind.word());
            if has_others {
                object = words::decided(&object, &terms);
            }
            audit::append(sealer, Some(by), "publication_brought", &object, "", now)?;
            Ok(number)
        })
    }

    /// Signs what waits and hands it out, in one transaction. It is checked once more: something else may be in force since.
    ///
    /// Fails with `desk.not_allowed` for another role, `desk.unknown_record` where nothing of this number waits, and as the
    /// calls that hand it out do.
    pub(crate) fn publish_proposal(&self, by: &Session, number: u64, now: Timestamp) -> Result<Delivery, DeskError> {
        let Waiting { kind, id, text, terms, audio } = self.waiting(number)?;
        if !kind.is_signed_by(by.person.role) {
            return Err(DeskError::NotAllowed);
        }
        let checked = self.checked(kind, &text, &audio, &terms)?;
        let signature = by.key.sign(CONTEXT, &signed_part(kind, &id, &checked.content.version, &text, &terms))?;
        self.write_sealed(|sealer| {
            let tx = sealer.tx;
            end_proposal(sealer, by, number, "published", Some(&signature), now)?;
            self.hand_out_in(tx, &checked, Whom::Everybody)
        })?;
        self.deliver_all()
    }

    /// Takes back what waits. Fails with `desk.not_allowed` for who may neither bring nor sign it, `desk.unknown_record` also
    /// where it waits and they may not know.
    pub(crate) fn drop_proposal(&self, by: &Session, number: u64, now: Timestamp) -> Result<(), DeskError> {
        let Waiting { kind, id, .. } = self.waiting(number)?;
        let role = by.person.role;
        if !kind.is_seen_by(role) || (role == PersonRole::SiteFocalPoint && id != by.person.site) {
            return Err(DeskError::UnknownRecord);
        }
        if !kind.is_brought_by(role) && !kind.is_signed_by(role) {
            return Err(DeskError::NotAllowed);
        }
        self.write_sealed(|sealer| end_proposal(sealer, by, number, "dropped", None, now))
    }

    /// What waits, newest first, then what was decided last.
    pub fn proposals(&self) -> Result<Vec<Proposal>, DeskError> {
        type Row = (Proposal, String);
        let rows: Vec<Row> = self.store.read(|c| {
            let mut statement = c.prepare_cached(
                "SELECT p.number, p.kind, p.id, p.version, b.name, p.brought_at, p.state, e.name, p.whole, p.purpose,
                        p.sensitivity, p.days, p.about_person
                 FROM proposal p JOIN person b ON b.id = p.brought_by LEFT JOIN person e ON e.id = p.ended_by
                 WHERE p.state = 'waits' OR p.number > (SELECT coalesce(max(number), 0) - ?1 FROM proposal)
                 ORDER BY p.state <> 'waits', p.number DESC",
            )?;
            let mut found = statement.query([ENDED_SHOWN])?;
            let mut rows = Vec::new();
            while let Some(row) = found.next()? {
                let kind = PublishedKind::of(&row.get::<_, String>(1)?).ok_or(DeskError::Damaged)?;
                let proposal = Proposal {
                    number: row.get(0)?,
                    kind,
                    id: row.get(2)?,
                    version: row.get(3)?,
                    terms: terms::terms_at(row, 9)?,
                    brought_by: row.get(4)?,
                    brought_at: Timestamp::from_millis(row.get(5)?),
                    state: row.get(6)?,
                    ended_by: row.get(7)?,
                    checks: Vec::new(),
                    differences: Vec::new(),
                };
                rows.push((proposal, row.get(8)?));
            }
            Ok(rows)
        })?;
        rows.into_iter()
            .map(|(mut proposal, text)| {
                if proposal.state == "waits" {
                    let audio = self.store.read(|c| files(c, proposal.number))?;
                    let refused = match self.checked(proposal.kind, &text, &audio, &proposal.terms) {
                        Ok(_) => None,
                        Err(error) if error.is_refusal() => Some(error),
                        // The disk says nothing about what somebody brought.
                        Err(error) => return Err(error),
                    };
                    proposal.differences = self.differences(proposal.kind, &text, &proposal.terms)?;
                    proposal.checks = self.found(proposal.kind, &text, &proposal.differences, refused.as_ref())?;
                }
                Ok(proposal)
            })
            .collect()
    }

    fn waiting(&self, number: u64) -> Result<Waiting, DeskError> {
        type Row = (String, String, String, FormTerms);
        let (found, audio): (Option<Row>, _) = self.store.read(|c| {
            let mut statement = c.prepare_cached(
                "SELECT kind, id, whole, purpose, sensitivity, days, about_person FROM proposal
                 WHERE number = ?1 AND state = 'waits'",
            )?;
            let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?, terms::terms_at(row, 3)?));
            Ok((statement.query_row([number], read).optional()?, files(c, number)?))
        })?;
        let (kind, id, text, terms) = found.ok_or(DeskError::UnknownRecord)?;
        let kind = PublishedKind::of(&kind).ok_or(DeskError::Damaged)?;
        Ok(Waiting { kind, id, text, terms, audio })
    }
}

/// Audio files that wait with it.
fn files(connection: &Connection, number: u64) -> Result<Vec<Vec<u8>>, DeskError> {
    let mut statement =
        connection.prepare_cached("SELECT bytes FROM proposal_file WHERE proposal = ?1 ORDER BY rowid")?;
    let rows = statement.query_map([number], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn end_proposal(
    sealer: &Sealer<'_>,
    by: &Session,
    number: u64,
    state: &str,
    signature: Option<&Signature>,
    now: Timestamp,
) -> Result<(), DeskError> {
    let tx = sealer.tx;
    let ended = tx.execute(
        "UPDATE proposal SET state = ?2, ended_at = ?3, ended_by = ?4, signature = ?5
         WHERE number = ?1 AND state = 'waits'",
        (number, state, now.as_millis(), by.person.id, signature.map(|it| it.as_bytes().to_vec())),
    )?;
    // Somebody else may have ended it since it was looked at.
    if ended == 0 {
        return Err(DeskError::NotWaiting);
    }
    // Those of what is published are in force; of what is dropped nobody needs them.
    tx.execute("DELETE FROM proposal_file WHERE proposal = ?1", [number])?;
    audit::append(sealer, Some(by), &format!("publication_{state}"), &number.to_string(), "", now)
}

fn signed_part(kind: PublishedKind, id: &str, version: &str, text: &str, terms: &FormTerms) -> Vec<u8> {
    let whole = sha256(text.as_bytes()).to_vec();
    to_canonical(&(kind.word(), id, version, whole, terms))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_go_out_is_not_published() {
        let now = crate::routes::now();
        let office = crate::testing::Office::new(now);
        let (desk, session) = (&office.desk, |name, role| office.session(name, role, now));
        let (manager, officer) = (session("cm-1", PersonRole::CaseManager), session("ko-1", PersonRole::KeyOfficer));
        let form = r#"<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"><h:head><model>
            <instance><data id="needs" version="1"><water/></data></instance><bind nodeset="/data/water" type="string"/>
            </model></h:head><h:body><input ref="/data/water"><label>Water?</label></input></h:body></h:html>"#;
        let terms = FormTerms { purpose: "what people need".to_owned(), ..FormTerms::default() };
        let brought = Brought { kind: PublishedKind::Form, text: form.to_owned(), files: Vec::new(), terms };
        let number = desk.propose(&manager, &brought, now).unwrap();
        let broken = "CREATE TRIGGER full BEFORE INSERT ON content BEGIN SELECT raise(ABORT, 'full'); END";
        desk.store.write(|tx| Ok(tx.execute_batch(broken)?)).unwrap();
        assert!(desk.publish_proposal(&officer, number, now).is_err());
        assert_eq!(desk.proposals().unwrap()[0].state, "waits");
        assert!(desk.store.read(|c| super::terms::terms(c, "needs", form)).unwrap().is_none());
        desk.store.write(|tx| Ok(tx.execute_batch("DROP TRIGGER full")?)).unwrap();
        assert!(matches!(desk.publish_proposal(&officer, number, now), Ok(Delivery::Sent | Delivery::Later { .. })));
        assert_eq!(desk.proposals().unwrap()[0].state, "published");
        assert_eq!(desk.in_force().unwrap()[0].id, "needs");
    }
}
