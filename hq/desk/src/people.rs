//! People at the desk. Each has a slot of their own: a signing key under their own passphrase, and behind it the class keys of
//! their role. What a person does is done under the one, what they read opens with the others; the table of roles is `access`.

use rusqlite::OptionalExtension;
use serde::Serialize;
use wayside_model::{Sensitive, Timestamp};
use wayside_seal::keystore::HardwareLevel;
use wayside_seal::stretch::{StretchParams, check_strength};
use wayside_seal::{Key, SigningKey, VerifyingKey, random};

use crate::key_file::{self, Purpose};
use crate::keys::{names_of, slots};
use crate::sessions::Session;
use crate::{Desk, DeskError, audit};

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
    /// Gives a person a slot with the keys of their role. From the first one on the page wants everybody to sign in.
    ///
    /// Fails with `desk.sealed` without the desk's passphrase, `desk.exists` where the staff code was ever used, `vault.weak_secret` below six words.
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
        let (owner, site) = (self.owner()?, site_of(role, site));
        self.write_sealed(|sealer| {
            let tx = sealer.tx;
            let added = tx.execute(
                "INSERT INTO person (id, name, role, site, sign, slot, added_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                 ON CONFLICT DO NOTHING",
                (id, name, role.word(), site, key.public().as_bytes(), slot, now.as_millis()),
            )?;
            if added == 0 {
                return Err(DeskError::Exists);
            }
            slots::enter(tx, &id, &key)?;
            slots::vouch(tx, &owner, &id)?;
            slots::settle(tx, &owner)?;
            audit::append(sealer, None, "person_added", name, site, now)
        })
    }

    /// Gives a person another role: keys that are not of it go out of their slot, and each of them is turned, so that what comes
    /// from now on opens with another one. Who is signed in has to sign in again. Passphrase and signing key stay.
    ///
    /// Fails with `desk.missing` where nobody of this code works here, `desk.sealed` without the desk's passphrase.
    pub fn change_role(&self, name: &str, role: PersonRole, site: &str, now: Timestamp) -> Result<(), DeskError> {
        let (owner, site) = (self.owner()?, site_of(role, site));
        self.write_sealed(|sealer| {
            let tx = sealer.tx;
            let select = "SELECT id FROM person WHERE name = ?1 AND ended_at IS NULL";
            let id: Option<[u8; 16]> = tx.query_row(select, [name], |row| row.get(0)).optional()?;
            let id = id.ok_or(DeskError::Missing)?;
            tx.execute("UPDATE person SET role = ?2, site = ?3 WHERE id = ?1", (id, role.word(), site))?;
            slots::vouch(tx, &owner, &id)?;
            slots::withdraw(tx, &owner, &id, &names_of(role, site))?;
            slots::settle(tx, &owner)?;
            audit::append(sealer, None, "role_changed", &format!("{name} {}", role.word()), site, now)
        })
    }

    /// Ends a person's access. The keys their slot unwrapped are turned, so that what comes from now on does not open with what
    /// they may have kept. What they did stays in the audit.
    ///
    /// Fails with `desk.missing` where nobody has this code, `desk.sealed` without the desk's passphrase.
    pub fn end_person(&self, name: &str, now: Timestamp) -> Result<(), DeskError> {
        let owner = self.owner()?;
        self.write_sealed(|sealer| {
            let tx = sealer.tx;
            let select = "SELECT id FROM person WHERE name = ?1";
            let id: Option<[u8; 16]> = tx.query_row(select, [name], |row| row.get(0)).optional()?;
            let id = id.ok_or(DeskError::Missing)?;
            let sql = "UPDATE person SET ended_at = coalesce(ended_at, ?2), vouch = NULL WHERE id = ?1";
            tx.execute(sql, (id, now.as_millis()))?;
            slots::withdraw(tx, &owner, &id, &[])?;
            slots::settle(tx, &owner)?;
            audit::append(sealer, None, "person_ended", name, "", now)
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

    /// Whether this person may still stay as they signed in: not if they went, or have another role now.
    pub(crate) fn is_active(&self, person: &Person) -> Result<bool, DeskError> {
        let select = "SELECT 1 FROM person WHERE id = ?1 AND role = ?2 AND site = ?3 AND ended_at IS NULL";
        self.store.read(|c| Ok(c.prepare_cached(select)?.exists((person.id, person.role.word(), &person.site))?))
    }

    /// Opens a person's slot. Fails with `desk.locked` alike for a wrong passphrase, an unknown code and one who went; each
    /// takes as long as the others.
    pub(crate) fn unlock_slot(&self, name: &str, passphrase: &Sensitive<String>) -> Result<Session, DeskError> {
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
        let key = SigningKey::from_seed(*seed.expose())?;
        // Somebody of an older desk: the next command with the desk's passphrase puts the keys of the role into the slot.
        self.store.write(|tx| {
            let is_new = "SELECT 1 FROM person WHERE id = ?1 AND seal IS NULL";
            if tx.prepare_cached(is_new)?.exists([person.id])? {
                slots::enter(tx, &person.id, &key)?;
            }
            Ok(())
        })?;
        let (keys, keys_missing) = self.store.read(|c| slots::unwrap(c, &person, &key))?;
        Ok(Session::of(person, key, keys, keys_missing))
    }
}

/// A site is of a site focal point alone.
fn site_of(role: PersonRole, site: &str) -> &str {
    if role == PersonRole::SiteFocalPoint { site } else { "" }
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
