//! People's slots: which class keys each unwraps. A slot's own opening key comes from the signing key in it, so one passphrase
//! opens both. Only the owner puts keys in, and only for who was vouched for in that role.

use rusqlite::Connection;
use serde::Serialize;
use wayside_model::to_canonical;
use wayside_seal::hpke::{self, PrivateKey, PublicKey};
use wayside_seal::{Key, Signature, SigningKey, VerifyingKey};

use super::{Keyring, Owner, class_keys, names_of};
use crate::people::{Person, PersonRole};
use crate::{Desk, DeskError};

const INFO: &[u8] = b"wayside/desk/slot-key/1";
const CONTEXT: &str = "wayside/desk/opening-key/1";

/// Which class keys somebody's slot unwraps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SlotKeys {
    /// Staff code.
    pub person: String,
    /// Names of the keys: the class, and how far it goes (`answers`, `answers@children`, `answers@site/CODE`).
    pub keys: Vec<String>,
    /// Of these, the ones their role must not have. None, unless somebody put one in by hand.
    pub beyond: Vec<String>,
    /// What their role has and the slot does not unwrap yet: somebody from an older desk who has not signed in since.
    pub missing: Vec<String>,
}

/// The key that a person's class keys are sealed to.
pub(crate) fn opening_key(key: &SigningKey) -> PrivateKey {
    PrivateKey::from_bytes(*Key::from_bytes(*key.seed()).derive("wayside/desk/opening/1", &[]).expose())
}

/// Writes the public half down, signed by the person.
pub(crate) fn enter(tx: &Connection, id: &[u8; 16], key: &SigningKey) -> Result<(), DeskError> {
    let public = opening_key(key).public()?;
    let signature = key.sign(CONTEXT, public.as_bytes())?;
    tx.execute(
        "UPDATE person SET seal = ?2, seal_signature = ?3 WHERE id = ?1",
        (id, public.as_bytes(), signature.as_bytes()),
    )?;
    Ok(())
}

/// Vouches for a person in their role.
pub(crate) fn vouch(tx: &Connection, owner: &Owner, id: &[u8; 16]) -> Result<(), DeskError> {
    let select = "SELECT sign, role, site FROM person WHERE id = ?1";
    let (sign, role, site): ([u8; 32], String, String) =
        tx.query_row(select, [id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let vouch = owner.vouch(&said(id, &sign, &role, &site))?;
    tx.execute("UPDATE person SET vouch = ?2 WHERE id = ?1", (id, vouch))?;
    Ok(())
}

fn said(id: &[u8; 16], sign: &[u8; 32], role: &str, site: &str) -> Vec<u8> {
    to_canonical(&("person", id.to_vec(), sign.to_vec(), role, site))
}

/// Unwraps what the slot holds, and says whether something of the role is not in it yet.
pub(crate) fn unwrap(c: &Connection, person: &Person, key: &SigningKey) -> Result<(Keyring, bool), DeskError> {
    let (opening, keys) = (opening_key(key), Keyring::default());
    let mut statement = c.prepare_cached(
        "SELECT s.key, s.sealed, k.name FROM slot_key s JOIN class_key k ON k.id = s.key WHERE s.person = ?1",
    )?;
    let mut rows = statement.query([person.id])?;
    let mut held = Vec::new();
    while let Some(row) = rows.next()? {
        let (id, sealed, name): ([u8; 8], Vec<u8>, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let plain = hpke::open(&opening, INFO, &id, &sealed).map_err(|_| DeskError::Damaged)?;
        let private = PrivateKey::from_bytes(plain.as_slice().try_into().map_err(|_| DeskError::Damaged)?);
        keys.take_in(id, private);
        held.push(name);
    }
    let is_missing = names_of(person.role, &person.site).iter().any(|name| !held.contains(name));
    Ok((keys, is_missing))
}

/// Gives everybody who works here the keys of their role that are not in their slot yet. Who was not vouched for gets none.
pub(crate) fn settle(tx: &Connection, owner: &Owner) -> Result<(), DeskError> {
    let mut statement = tx.prepare_cached(
        "SELECT id, sign, role, site, seal, seal_signature, vouch FROM person
         WHERE ended_at IS NULL AND seal IS NOT NULL AND seal_signature IS NOT NULL AND vouch IS NOT NULL",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (id, sign): ([u8; 16], [u8; 32]) = (row.get(0)?, row.get(1)?);
        let (role, site): (String, String) = (row.get(2)?, row.get(3)?);
        let (seal, signature) = (PublicKey::from_bytes(row.get(4)?), Signature::from_bytes(row.get(5)?));
        let is_theirs = VerifyingKey::from_bytes(sign).verify(CONTEXT, seal.as_bytes(), &signature).is_ok();
        let is_vouched = owner.is_vouched(&said(&id, &sign, &role, &site), &row.get::<_, Vec<u8>>(6)?);
        let Some(role) = PersonRole::of(&role).filter(|_| is_theirs && is_vouched) else { continue };
        for name in names_of(role, &site) {
            put(tx, owner, &id, &seal, &name)?;
        }
    }
    Ok(())
}

/// Puts all keys of a name into a slot, also those that open what was sealed earlier.
pub(super) fn put(
    tx: &Connection,
    owner: &Owner,
    id: &[u8; 16],
    seal: &PublicKey,
    name: &str,
) -> Result<(), DeskError> {
    class_keys::ensure(tx, owner, name)?;
    for (key, private) in class_keys::private_of(tx, owner, name, id)? {
        let sealed = hpke::seal_to(seal, INFO, &key, private.expose())?;
        tx.execute("INSERT INTO slot_key (person, key, sealed) VALUES (?1, ?2, ?3)", (id, key, sealed))?;
    }
    Ok(())
}

/// Takes the keys out of a slot that are not of `keep`, and turns each: what is sealed from now on opens with another one,
/// whatever the person kept of it.
pub(crate) fn withdraw(tx: &Connection, owner: &Owner, id: &[u8; 16], keep: &[String]) -> Result<(), DeskError> {
    let held: Vec<([u8; 8], String)> = tx
        .prepare_cached("SELECT s.key, k.name FROM slot_key s JOIN class_key k ON k.id = s.key WHERE s.person = ?1")?
        .query_map([id], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    for (key, _) in held.iter().filter(|(_, name)| !keep.contains(name)) {
        tx.execute("DELETE FROM slot_key WHERE person = ?1 AND key = ?2", (id, key))?;
        class_keys::turn(tx, owner, key)?;
    }
    Ok(())
}

impl Desk {
    /// Which class keys the slot of each person who works here unwraps, against their role.
    pub fn slot_keys(&self) -> Result<Vec<SlotKeys>, DeskError> {
        let people = self.people()?;
        self.store.read(|c| {
            let mut statement = c.prepare_cached(
                "SELECT DISTINCT k.name FROM slot_key s JOIN class_key k ON k.id = s.key WHERE s.person = ?1 ORDER BY 1",
            )?;
            let mut all = Vec::new();
            for person in people {
                let keys: Vec<String> = statement.query_map([person.id], |row| row.get(0))?.collect::<Result<_, _>>()?;
                let is_here = person.ended_at.is_none();
                let due = if is_here { names_of(person.role, &person.site) } else { Vec::new() };
                let beyond: Vec<String> = keys.iter().filter(|name| !due.contains(name)).cloned().collect();
                let missing = due.into_iter().filter(|name| !keys.contains(name)).collect();
                if is_here || !beyond.is_empty() {
                    all.push(SlotKeys { person: person.name, keys, beyond, missing });
                }
            }
            Ok(all)
        })
    }
}
