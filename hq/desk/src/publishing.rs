//! Publishing: one person brings a directory of services or a form, the desk checks it and compares it with what is in force,
//! and somebody whose role it is signs it. The signature covers the bytes and what was decided of them; then it is handed out.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension};
use serde::Serialize;
use wayside_model::{DeviceId, Timestamp, to_canonical};
use wayside_screening::services::Services;
use wayside_seal::content::{Content, ContentKind};
use wayside_seal::{ControlEntry, ControlKind, Signature, sha256};

use crate::contents::Held;
use crate::differences::{Difference, differences};
use crate::hand_out::{checked_form, services_id};
use crate::people::PersonRole;
use crate::sessions::Session;
use crate::views::DeviceState;
use crate::{Delivery, Desk, DeskError, HandedForm, Whom, audit, facts};

const CONTEXT: &str = "wayside/desk/publication/1";
/// Ended ones that the page still lists.
const ENDED_SHOWN: i64 = 20;

/// What can be published on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PublishedKind {
    /// A site's directory of services.
    Services,
    /// A form of somebody else.
    Form,
}

impl PublishedKind {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Services, Self::Form];

    /// The word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Services => "services",
            Self::Form => "form",
        }
    }

    /// The kind of a word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    const fn content(self) -> ContentKind {
        match self {
            Self::Services => ContentKind::Services,
            Self::Form => ContentKind::Form,
        }
    }

    /// Who reads it (domain rules: the directory of services is for everybody but the key officer).
    pub(crate) const fn is_seen_by(self, role: PersonRole) -> bool {
        match self {
            Self::Services => !matches!(role, PersonRole::KeyOfficer),
            Self::Form => matches!(role, PersonRole::CaseManager | PersonRole::KeyOfficer),
        }
    }

    /// Who brings it.
    pub(crate) const fn is_brought_by(self, role: PersonRole) -> bool {
        match self {
            Self::Services => matches!(role, PersonRole::SiteFocalPoint | PersonRole::CaseManager),
            Self::Form => matches!(role, PersonRole::CaseManager),
        }
    }

    /// Who signs it: what a form asks for and how long it is kept is for who guards data protection.
    pub(crate) const fn is_signed_by(self, role: PersonRole) -> bool {
        match self {
            Self::Services => matches!(role, PersonRole::CaseManager),
            Self::Form => matches!(role, PersonRole::KeyOfficer),
        }
    }
}

/// How sensitive a field can be, the most sensitive last: what counts where nobody says.
pub const SENSITIVITIES: [&str; 3] = ["restricted", "confidential", "strictly_confidential"];

/// What is decided of a form of others.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Terms {
    /// What its fields are for, where they do not say so themselves.
    pub purpose: String,
    /// How sensitive they are, where they do not say so themselves: one of [`SENSITIVITIES`].
    pub sensitivity: String,
    /// Days its records are kept; `None`: as their class.
    pub days: Option<u32>,
}

/// Something that waits for a signature, or was decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Proposal {
    /// Counts from 1.
    pub number: u64,
    /// What it is.
    pub kind: PublishedKind,
    /// Site of a directory, id of a form.
    pub id: String,
    /// Its version.
    pub version: String,
    /// What was decided of a form of others.
    pub terms: Terms,
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

/// Something in force, and who has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InForce {
    /// What it is, in a word: `services`, `form`, `rule_set`, `pack` or `bundle`.
    pub kind: String,
    /// Its id.
    pub id: String,
    /// Its version.
    pub version: String,
    /// Devices that were heard of after it was at the relay.
    pub have: u64,
    /// Devices it is for and that were not heard of since, with the version they had before.
    pub behind: Vec<(DeviceId, Option<String>)>,
}

impl Desk {
    /// Brings something to be published. It is checked at once: what would be refused does not wait.
    ///
    /// Fails with `desk.not_allowed`, `services.malformed`, `bundle.downgrade`, `form.*`, `session.reason` for a form of others
    /// whose purpose is not said.
    pub(crate) fn propose(
        &self,
        by: &Session,
        kind: PublishedKind,
        text: &str,
        terms: &Terms,
        now: Timestamp,
    ) -> Result<u64, DeskError> {
        if !kind.is_brought_by(by.person.role) {
            return Err(DeskError::NotAllowed);
        }
        let (Held { id, version, .. }, site) = self.check(kind, text)?;
        let id = if kind == PublishedKind::Services { site } else { id };
        if by.person.role == PersonRole::SiteFocalPoint && id != by.person.site {
            return Err(DeskError::NotAllowed);
        }
        let terms = if kind == PublishedKind::Form { checked_terms(terms)? } else { Terms::default() };
        self.store.write(|tx| {
            tx.execute(
                "INSERT INTO proposal (kind, id, version, whole, purpose, sensitivity, days, brought_at, brought_by)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                (
                    kind.word(),
                    &id,
                    &version,
                    text,
                    &terms.purpose,
                    &terms.sensitivity,
                    terms.days,
                    now.as_millis(),
                    by.person.id,
                ),
            )?;
            let number = u64::try_from(tx.last_insert_rowid()).map_err(|_| DeskError::Bug)?;
            audit::append(tx, Some(by), "publication_brought", &format!("{} {id} {version}", kind.word()), "", now)?;
            Ok(number)
        })
    }

    /// Signs what waits and hands it out, in one transaction. It is checked once more: something else may be in force since.
    ///
    /// Fails with `desk.not_allowed` for another role, `desk.unknown_record` where nothing of this number waits, and as
    /// [`Desk::hand_out_services`] and [`Desk::hand_out_form`] do.
    pub(crate) fn publish_proposal(&self, by: &Session, number: u64, now: Timestamp) -> Result<Delivery, DeskError> {
        let (kind, id, text, terms) = self.waiting(number)?;
        if !kind.is_signed_by(by.person.role) {
            return Err(DeskError::NotAllowed);
        }
        let (content, site) = self.check(kind, &text)?;
        let signature = by.key.sign(CONTEXT, &signed_part(kind, &id, &content.version, &text, &terms))?;
        self.store.write(|tx| {
            end_proposal(tx, by, number, "published", Some(&signature), now)?;
            if kind == PublishedKind::Form {
                put_terms(tx, &id, &terms)?;
            }
            self.hand_out_in(tx, &[], &content, &site, Whom::Everybody)
        })?;
        self.deliver_all()
    }

    /// Takes back what waits. Fails with `desk.not_allowed` for who may neither bring nor sign it, `desk.unknown_record` also
    /// where it waits and they may not know.
    pub(crate) fn drop_proposal(&self, by: &Session, number: u64, now: Timestamp) -> Result<(), DeskError> {
        let (kind, id, ..) = self.waiting(number)?;
        let role = by.person.role;
        if !kind.is_seen_by(role) || (role == PersonRole::SiteFocalPoint && id != by.person.site) {
            return Err(DeskError::UnknownRecord);
        }
        if !kind.is_brought_by(role) && !kind.is_signed_by(role) {
            return Err(DeskError::NotAllowed);
        }
        self.store.write(|tx| end_proposal(tx, by, number, "dropped", None, now))
    }

    /// What waits, newest first, then what was decided last.
    pub fn proposals(&self) -> Result<Vec<Proposal>, DeskError> {
        type Row = (Proposal, String);
        let rows: Vec<Row> = self.store.read(|c| {
            let mut statement = c.prepare_cached(
                "SELECT p.number, p.kind, p.id, p.version, p.purpose, p.sensitivity, p.days, b.name, p.brought_at, p.state,
                        e.name, p.whole
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
                    terms: Terms { purpose: row.get(4)?, sensitivity: row.get(5)?, days: row.get(6)? },
                    brought_by: row.get(7)?,
                    brought_at: Timestamp::from_millis(row.get(8)?),
                    state: row.get(9)?,
                    ended_by: row.get(10)?,
                    checks: Vec::new(),
                    differences: Vec::new(),
                };
                rows.push((proposal, row.get(11)?));
            }
            Ok(rows)
        })?;
        rows.into_iter()
            .map(|(mut proposal, text)| {
                if proposal.state == "waits" {
                    let held_as = match proposal.kind {
                        PublishedKind::Services => services_id(&proposal.id),
                        PublishedKind::Form => proposal.id.clone(),
                    };
                    let held = self.text_in_force(proposal.kind.content(), &held_as)?;
                    proposal.checks = found(proposal.kind, &text, held.as_deref())?;
                    // As it would be handed out, so that only what changes shows.
                    let next = if proposal.kind == PublishedKind::Services { self.with_keys(&text)? } else { text };
                    proposal.differences = differences(proposal.kind, held.as_deref().unwrap_or_default(), &next);
                }
                Ok(proposal)
            })
            .collect()
    }

    /// What is in force, and which devices have it, as far as HQ has heard of them.
    pub fn in_force(&self) -> Result<Vec<InForce>, DeskError> {
        let contents: Vec<(i64, String, String, String)> = self.store.read(|c| {
            let mut statement =
                c.prepare_cached("SELECT kind, id, version, site FROM content WHERE kind <> 5 ORDER BY kind, id")?;
            let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })?;
        let devices: Vec<_> = self
            .devices()?
            .into_iter()
            .filter(|row| row.state == DeviceState::Confirmed && row.role != crate::SERVICE_ROLE)
            .collect();
        let heard = devices.iter().map(|row| self.heard(row.id)).collect::<Result<Vec<_>, _>>()?;
        let of = |(kind, id, version, site): (i64, String, String, String)| {
            let mut row = InForce { kind: kind_word(kind), id, version, have: 0, behind: Vec::new() };
            for (device, heard) in devices.iter().zip(&heard) {
                if !site.is_empty() && device.site != site {
                    continue;
                }
                match heard.get(&(kind, row.id.clone())) {
                    Some(version) if *version == row.version => row.have += 1,
                    other => row.behind.push((device.id, other.cloned())),
                }
            }
            row
        };
        Ok(contents.into_iter().map(of).collect())
    }

    /// The newest version of each content that was at the relay when this device was last heard of.
    fn heard(&self, device: DeviceId) -> Result<BTreeMap<(i64, String), String>, DeskError> {
        let entries: Vec<Vec<u8>> = self.store.read(|c| {
            let mut statement = c.prepare_cached(
                "SELECT c.bytes FROM control c JOIN device d ON d.id = c.device
                 WHERE c.device = ?1 AND c.counter <= d.said_before AND c.posted = 1
                   AND NOT EXISTS (SELECT 1 FROM receipt r WHERE r.device = c.device AND r.counter = c.counter)
                 ORDER BY c.counter",
            )?;
            let rows = statement.query_map([device.as_bytes()], |row| row.get(0))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })?;
        let mut heard = BTreeMap::new();
        for bytes in entries {
            if let ControlKind::Content(bytes) = ControlEntry::verify(&bytes, &self.signing.public(), device)?.kind {
                let content = Content::from_bytes(&bytes)?;
                heard.insert((content.kind as i64, content.id), content.version);
            }
        }
        Ok(heard)
    }

    /// What is to be handed out, checked as [`Desk::hand_out_services`] and [`Desk::hand_out_form`] do, and its site: none
    /// where it is for all.
    fn check(&self, kind: PublishedKind, text: &str) -> Result<(Held, String), DeskError> {
        match kind {
            PublishedKind::Services => self.checked_services(text, Whom::Everybody),
            PublishedKind::Form => {
                let form = wayside_forms::Form::parse(text)?;
                let handed = HandedForm { id: form.id(), version: form.version(), xml: text };
                Ok((checked_form(&handed, Whom::Everybody)?, String::new()))
            }
        }
    }

    fn waiting(&self, number: u64) -> Result<(PublishedKind, String, String, Terms), DeskError> {
        let found: Option<(String, String, String, Terms)> = self.store.read(|c| {
            let mut statement = c.prepare_cached(
                "SELECT kind, id, whole, purpose, sensitivity, days FROM proposal WHERE number = ?1 AND state = 'waits'",
            )?;
            let read = |row: &rusqlite::Row<'_>| {
                let terms = Terms { purpose: row.get(3)?, sensitivity: row.get(4)?, days: row.get(5)? };
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, terms))
            };
            Ok(statement.query_row([number], read).optional()?)
        })?;
        let (kind, id, text, terms) = found.ok_or(DeskError::UnknownRecord)?;
        Ok((PublishedKind::of(&kind).ok_or(DeskError::Damaged)?, id, text, terms))
    }
}

fn end_proposal(
    tx: &Connection,
    by: &Session,
    number: u64,
    state: &str,
    signature: Option<&Signature>,
    now: Timestamp,
) -> Result<(), DeskError> {
    let ended = tx.execute(
        "UPDATE proposal SET state = ?2, ended_at = ?3, ended_by = ?4, signature = ?5
         WHERE number = ?1 AND state = 'waits'",
        (number, state, now.as_millis(), by.person.id, signature.map(|it| it.as_bytes().to_vec())),
    )?;
    // Somebody else may have ended it since it was looked at.
    if ended == 0 {
        return Err(DeskError::NotWaiting);
    }
    audit::append(tx, Some(by), &format!("publication_{state}"), &number.to_string(), "", now)
}

fn put_terms(tx: &Connection, id: &str, terms: &Terms) -> Result<(), DeskError> {
    tx.execute(
        "INSERT INTO form_terms (id, purpose, sensitivity, days) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (id) DO UPDATE SET purpose = ?2, sensitivity = ?3, days = ?4",
        (id, &terms.purpose, &terms.sensitivity, terms.days),
    )?;
    Ok(())
}

/// What was decided of a form; nothing for one that comes with the program.
pub(crate) fn terms(connection: &Connection, id: &str) -> Result<Option<Terms>, DeskError> {
    let mut statement = connection.prepare_cached("SELECT purpose, sensitivity, days FROM form_terms WHERE id = ?1")?;
    let read =
        |row: &rusqlite::Row<'_>| Ok(Terms { purpose: row.get(0)?, sensitivity: row.get(1)?, days: row.get(2)? });
    Ok(statement.query_row([id], read).optional()?)
}

fn checked_terms(terms: &Terms) -> Result<Terms, DeskError> {
    let purpose = crate::decisions::reason(&terms.purpose)?.to_owned();
    let known = SENSITIVITIES.contains(&terms.sensitivity.as_str());
    let sensitivity = if known { terms.sensitivity.clone() } else { SENSITIVITIES[2].to_owned() };
    Ok(Terms { purpose, sensitivity, days: terms.days.filter(|days| *days > 0) })
}

fn signed_part(kind: PublishedKind, id: &str, version: &str, text: &str, terms: &Terms) -> Vec<u8> {
    let whole = sha256(text.as_bytes()).to_vec();
    to_canonical(&(kind.word(), id, version, whole, (&*terms.purpose, &*terms.sensitivity, terms.days)))
}

fn kind_word(kind: i64) -> String {
    let known = PublishedKind::ALL.into_iter().find(|known| known.content() as i64 == kind);
    let other = match kind {
        kind if kind == ContentKind::RuleSet as i64 => "rule_set",
        kind if kind == ContentKind::LanguagePack as i64 => "pack",
        _ => "bundle",
    };
    known.map_or(other, PublishedKind::word).to_owned()
}

/// What the check found, in words.
fn found(kind: PublishedKind, text: &str, held: Option<&str>) -> Result<Vec<String>, DeskError> {
    match kind {
        PublishedKind::Services => {
            let services = Services::from_json(text)?;
            let (all, keys) =
                (services.services.len(), services.services.iter().filter(|one| one.key.is_some()).count());
            let languages = services.danger_protocol.len();
            let held = held.map(Services::from_json).transpose()?;
            let order = match held.is_none_or(|held| held.version < services.version) {
                true => "is newer than the one in force",
                false => "is not newer than the one in force any more",
            };
            Ok(vec![
                format!("It reads as a directory and {order}. Services: {all}."),
                format!(
                    "With a key for sealed letters: {keys}. Keys of services that have a desk here are added when it is signed."
                ),
                format!("What to do in danger, in languages: {languages}. It may be used until {}.", services.expires),
            ])
        }
        PublishedKind::Form => {
            let form = wayside_forms::Form::parse(text)?;
            let fields = facts::fields(text);
            let unsaid = fields.iter().filter(|field| field.purpose.is_empty()).count();
            let mut lines = vec![
                format!("It reads as a form. Fields: {}. Languages: {}.", fields.len(), form.languages().len().max(1)),
                format!("Fields that do not say what they are for: {unsaid}. For these counts what is decided here."),
            ];
            lines.extend(form.problems().iter().map(|problem| format!("Tolerated: {problem}")));
            Ok(lines)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_signs_what_they_must_not() {
        for role in PersonRole::ALL {
            for kind in PublishedKind::ALL {
                let acts = kind.is_brought_by(role) || kind.is_signed_by(role);
                assert!(!acts || kind.is_seen_by(role), "{role:?} {kind:?}");
            }
        }
        assert!(!PublishedKind::Form.is_signed_by(PersonRole::CaseManager), "who brings a form does not sign it");
    }

    #[test]
    fn what_cannot_go_out_is_not_published() {
        let folder = tempfile::tempdir().unwrap();
        let now = crate::routes::now();
        let secret = |text: &str| wayside_model::Sensitive::new(text.to_owned());
        let (dir, stretch) = (folder.path().join("desk"), wayside_seal::StretchParams::FLOOR);
        let (words, token) = (secret("quiet river stone lamp winter field"), secret("00"));
        let founding = crate::Founding {
            org: "Example Aid",
            relay: "http://127.0.0.1:1",
            relay_token: &token,
            relay_roots: None,
            stretch,
        };
        let desk = Desk::init(&dir, &founding, &words, now).unwrap().desk;
        let session = |name: &str, role| {
            desk.add_person(name, role, "", &words, stretch, now).unwrap();
            let (person, key) = desk.unlock_slot(name, &words).unwrap();
            Session::at_command_line(person, key)
        };
        let (manager, officer) = (session("cm-1", PersonRole::CaseManager), session("ko-1", PersonRole::KeyOfficer));
        let form = r#"<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"><h:head><model>
            <instance><data id="needs" version="1"><water/></data></instance><bind nodeset="/data/water" type="string"/>
            </model></h:head><h:body><input ref="/data/water"><label>Water?</label></input></h:body></h:html>"#;
        let terms = Terms { purpose: "what people need".to_owned(), ..Terms::default() };
        let number = desk.propose(&manager, PublishedKind::Form, form, &terms, now).unwrap();
        let broken = "CREATE TRIGGER full BEFORE INSERT ON content BEGIN SELECT raise(ABORT, 'full'); END";
        desk.store.write(|tx| Ok(tx.execute_batch(broken)?)).unwrap();
        assert!(desk.publish_proposal(&officer, number, now).is_err());
        assert_eq!(desk.proposals().unwrap()[0].state, "waits");
        assert!(desk.store.read(|c| super::terms(c, "needs")).unwrap().is_none());
        desk.store.write(|tx| Ok(tx.execute_batch("DROP TRIGGER full")?)).unwrap();
        assert!(matches!(desk.publish_proposal(&officer, number, now), Ok(Delivery::Sent | Delivery::Later { .. })));
        assert_eq!(desk.proposals().unwrap()[0].state, "published");
        assert_eq!(desk.in_force().unwrap()[0].id, "needs");
    }
}
