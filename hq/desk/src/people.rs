//! People at the desk. Each has a slot of their own: a signing key under their own passphrase. What a person does is done
//! under that key, and what a role may see is in `access`.

use rusqlite::OptionalExtension;
use serde::Serialize;
use wayside_model::{Sensitive, Timestamp};
use wayside_seal::keystore::HardwareLevel;
use wayside_seal::stretch::{StretchParams, check_strength};
use wayside_seal::{Key, SigningKey, VerifyingKey, random};

use crate::key_file::{self, Purpose};
use crate::{Desk, DeskError};

/// What somebody does at the desk (the columns of HQ in domain.md 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PersonRole {
    /// Leads one site; sees that site.
    SiteFocalPoint,
    /// Works with children; sees children's records.
    ChildProtection,
    /// Manages cases.
    CaseManager,
    /// Reads numbers, never a record.
    Analyst,
    /// Guards data protection and keys; reads the audit, never an answer.
    KeyOfficer,
}

impl PersonRole {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::SiteFocalPoint, Self::ChildProtection, Self::CaseManager, Self::Analyst, Self::KeyOfficer];

    /// The word for it at the command line and in the database.
    pub const fn word(self) -> &'static str {
        match self {
            Self::SiteFocalPoint => "site-focal-point",
            Self::ChildProtection => "child-protection",
            Self::CaseManager => "case-manager",
            Self::Analyst => "analyst",
            Self::KeyOfficer => "key-officer",
        }
    }

    /// The role of a word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word)
    }
}

/// A person as the desk lists one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Person {
    /// Random; what the audit names.
    #[serde(skip)]
    pub id: [u8; 16],
    /// Staff code; never a name.
    pub name: String,
    /// What they do.
    pub role: PersonRole,
    /// Their site; empty where the role has none.
    pub site: String,
    /// When they came.
    pub added_at: Timestamp,
    /// When they went.
    pub ended_at: Option<Timestamp>,
}

impl Desk {
    /// Gives a person a slot. From the first one on the page wants everybody to sign in.
    ///
    /// Fails with `desk.exists` where the staff code was ever used, `vault.weak_secret` below six words.
    pub fn add_person(
        &self,
        name: &str,
        role: PersonRole,
        site: &str,
        passphrase: &Sensitive<String>,
        stretch: StretchParams,
        now: Timestamp,
    ) -> Result<(), DeskError> {
        check_strength(HardwareLevel::None, passphrase.expose())?;
        let (id, key) = (random::bytes::<16>()?, SigningKey::generate()?);
        let slot = key_file::seal(Purpose::Person, passphrase, stretch, &[&Key::from_bytes(*key.seed())])?;
        let site = if role == PersonRole::SiteFocalPoint { site } else { "" };
        self.store.write(|tx| {
            let added = tx.execute(
                "INSERT INTO person (id, name, role, site, sign, slot, added_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                 ON CONFLICT DO NOTHING",
                (id, name, role.word(), site, key.public().as_bytes(), slot, now.as_millis()),
            )?;
            if added == 0 {
                return Err(DeskError::Exists);
            }
            crate::audit::append(tx, None, "person_added", name, site, now)
        })
    }

    /// Ends a person's access. What they did stays in the audit. Fails with `desk.missing` where nobody has this code.
    pub fn end_person(&self, name: &str, now: Timestamp) -> Result<(), DeskError> {
        self.store.write(|tx| {
            let ended = tx.execute(
                "UPDATE person SET ended_at = coalesce(ended_at, ?2) WHERE name = ?1",
                (name, now.as_millis()),
            )?;
            if ended == 0 {
                return Err(DeskError::Missing);
            }
            crate::audit::append(tx, None, "person_ended", name, "", now)
        })
    }

    /// Everybody, also those who went.
    pub fn people(&self) -> Result<Vec<Person>, DeskError> {
        self.store.read(|c| {
            let mut statement =
                c.prepare_cached("SELECT id, name, role, site, added_at, ended_at FROM person ORDER BY name")?;
            let mut rows = statement.query([])?;
            let mut people = Vec::new();
            while let Some(row) = rows.next()? {
                people.push(read(row)?);
            }
            Ok(people)
        })
    }

    /// Keys of the key officers, whose signatures two of a wipe order are.
    pub(crate) fn officers(&self) -> Result<Vec<VerifyingKey>, DeskError> {
        self.store.read(|c| {
            let mut statement =
                c.prepare_cached("SELECT sign FROM person WHERE role = ?1 AND ended_at IS NULL ORDER BY added_at, id")?;
            let rows =
                statement.query_map([PersonRole::KeyOfficer.word()], |row| row.get(0).map(VerifyingKey::from_bytes))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Whether anybody ever had a slot: then nobody sees a page without one.
    pub(crate) fn has_people(&self) -> Result<bool, DeskError> {
        self.store.read(|c| Ok(c.prepare_cached("SELECT 1 FROM person")?.exists([])?))
    }

    /// Whether this person may still sign in and stay.
    pub(crate) fn is_active(&self, id: &[u8; 16]) -> Result<bool, DeskError> {
        self.store
            .read(|c| Ok(c.prepare_cached("SELECT 1 FROM person WHERE id = ?1 AND ended_at IS NULL")?.exists([id])?))
    }

    /// Opens a person's slot. Fails with `desk.locked` alike for a wrong passphrase, an unknown code and one who went; each
    /// takes as long as the others.
    pub(crate) fn unlock_slot(
        &self,
        name: &str,
        passphrase: &Sensitive<String>,
    ) -> Result<(Person, SigningKey), DeskError> {
        let found: Option<(Person, Vec<u8>)> = self.store.read(|c| {
            let mut statement =
                c.prepare_cached("SELECT id, name, role, site, added_at, ended_at, slot FROM person WHERE name = ?1")?;
            let mut rows = statement.query([name])?;
            Ok(match rows.next()? {
                Some(row) => Some((read(row)?, row.get(6)?)),
                None => None,
            })
        })?;
        let any: Option<Vec<u8>> = self
            .store
            .read(|c| Ok(c.query_row("SELECT slot FROM person LIMIT 1", [], |row| row.get(0)).optional()?))?;
        let slot = found.as_ref().map(|(_, slot)| slot).or(any.as_ref()).ok_or(DeskError::Locked)?;
        let opened = key_file::open::<1>(slot, Purpose::Person, passphrase);
        let (person, _) = found.filter(|(person, _)| person.ended_at.is_none()).ok_or(DeskError::Locked)?;
        let [seed] = opened?;
        Ok((person, SigningKey::from_seed(*seed.expose())?))
    }
}

fn read(row: &rusqlite::Row<'_>) -> Result<Person, DeskError> {
    Ok(Person {
        id: row.get(0)?,
        name: row.get(1)?,
        role: PersonRole::of(&row.get::<_, String>(2)?).ok_or(DeskError::Damaged)?,
        site: row.get(3)?,
        added_at: Timestamp::from_millis(row.get(4)?),
        ended_at: row.get::<_, Option<i64>>(5)?.map(Timestamp::from_millis),
    })
}
