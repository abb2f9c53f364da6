//! The class keys as the database keeps them: public halves for who seals, private halves sealed to the case-team key.

use rusqlite::{Connection, OptionalExtension};
use wayside_model::to_canonical;
use wayside_seal::hpke::{self, PrivateKey, PublicKey};

use super::{Class, Keyring, Owner};
use crate::DeskError;

const INFO: &[u8] = b"wayside/desk/class-key/1";

/// The public half in use under a name.
pub(super) fn in_use(c: &Connection, name: &str) -> Result<Option<PublicKey>, DeskError> {
    Ok(c.prepare_cached("SELECT public FROM class_key WHERE name = ?1 AND retired = 0")?
        .query_row([name], |row| row.get(0).map(PublicKey::from_bytes))
        .optional()?)
}

/// Makes a key. With the first of a site come its keys of every class, so that none is missing where only public keys are at
/// hand.
pub(super) fn make(tx: &Connection, owner: &Owner, name: &str) -> Result<PublicKey, DeskError> {
    let made = make_one(tx, owner, name)?;
    if let Some((_, site)) = name.split_once("@site/") {
        for class in Class::ALL.into_iter().filter(|class| class.parts().0) {
            ensure(tx, owner, &class.of_site(site))?;
        }
    }
    Ok(made)
}

/// Makes a key where there is none in use.
pub(super) fn ensure(tx: &Connection, owner: &Owner, name: &str) -> Result<(), DeskError> {
    match in_use(tx, name)? {
        Some(_) => Ok(()),
        None => make_one(tx, owner, name).map(drop),
    }
}

fn make_one(tx: &Connection, owner: &Owner, name: &str) -> Result<PublicKey, DeskError> {
    let private = PrivateKey::generate()?;
    let public = private.public()?;
    let to_team = hpke::seal_to(&owner.team_public()?, INFO, name.as_bytes(), private.expose())?;
    let vouch = owner.vouch(&said(&public, name, &to_team))?;
    tx.execute(
        "INSERT INTO class_key (id, name, public, to_team, vouch) VALUES (?1, ?2, ?3, ?4, ?5)",
        (public.key_id(), name, public.as_bytes(), to_team, vouch),
    )?;
    Ok(public)
}

fn said(public: &PublicKey, name: &str, to_team: &[u8]) -> Vec<u8> {
    to_canonical(&("class key", public.as_bytes().to_vec(), name, to_team.to_vec()))
}

/// From now on something else is sealed to under this name; what was sealed before opens as before.
pub(super) fn turn(tx: &Connection, owner: &Owner, id: &[u8; 8]) -> Result<(), DeskError> {
    let select = "SELECT name FROM class_key WHERE id = ?1 AND retired = 0";
    let name: Option<String> = tx.query_row(select, [id], |row| row.get(0)).optional()?;
    let Some(name) = name else { return Ok(()) };
    tx.execute("UPDATE class_key SET retired = 1 WHERE id = ?1", [id])?;
    make_one(tx, owner, &name).map(drop)
}

/// Checks all keys and unwraps what `keys` does not have yet. Fails with `desk.damaged` where one was not made by the owner.
pub(super) fn unwrap_all(c: &Connection, owner: &Owner, keys: &Keyring) -> Result<(), DeskError> {
    let mut statement = c.prepare_cached("SELECT id, name, public, to_team, vouch FROM class_key")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let id: [u8; 8] = row.get(0)?;
        let (name, public): (String, _) = (row.get(1)?, PublicKey::from_bytes(row.get(2)?));
        let (to_team, vouch): (Vec<u8>, Vec<u8>) = (row.get(3)?, row.get(4)?);
        if id != public.key_id() || !owner.is_vouched(&said(&public, &name, &to_team), &vouch) {
            return Err(DeskError::Damaged);
        }
        if keys.has(&id) {
            continue;
        }
        let plain = hpke::open(&owner.team, INFO, name.as_bytes(), &to_team).map_err(|_| DeskError::Damaged)?;
        let private = PrivateKey::from_bytes(plain.as_slice().try_into().map_err(|_| DeskError::Damaged)?);
        keys.take_in(id, private);
    }
    Ok(())
}

/// Keys of everything and of the child's way, of every class.
pub(super) fn ensure_first(tx: &Connection, owner: &Owner) -> Result<(), DeskError> {
    for class in Class::ALL {
        ensure(tx, owner, &class.of_all())?;
        if class.parts().1 {
            ensure(tx, owner, &class.of_children())?;
        }
    }
    Ok(())
}

/// All keys of a name, also retired ones, that a person's slot does not unwrap yet.
pub(super) fn private_of(
    c: &Connection,
    owner: &Owner,
    name: &str,
    person: &[u8; 16],
) -> Result<Vec<([u8; 8], PrivateKey)>, DeskError> {
    owner.keys(c)?;
    let mut statement = c.prepare_cached(
        "SELECT id, to_team FROM class_key k WHERE name = ?1
           AND NOT EXISTS (SELECT 1 FROM slot_key s WHERE s.person = ?2 AND s.key = k.id)",
    )?;
    let rows = statement.query_map((name, person), |row| Ok((row.get(0)?, row.get::<_, Vec<u8>>(1)?)))?;
    let mut found = Vec::new();
    for row in rows {
        let (id, to_team) = row?;
        let plain = hpke::open(&owner.team, INFO, name.as_bytes(), &to_team).map_err(|_| DeskError::Damaged)?;
        found.push((id, PrivateKey::from_bytes(plain.as_slice().try_into().map_err(|_| DeskError::Damaged)?)));
    }
    Ok(found)
}
