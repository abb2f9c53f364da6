//! The directory that devices trust: signed by the organisation's root, in a version that only grows. It names the recipients
//! of every record and the officers who may order a wipe, so it is signed anew when an officer comes or goes.

use std::path::Path;

use rusqlite::Connection;
use serde::Serialize;
use wayside_model::{DeviceId, Sensitive, Timestamp};
use wayside_seal::{ControlKind, Directory, Key, Officer, OfficerRole, Recipient, SigningKey, VerifyingKey};

use crate::desk::settings;
use crate::enrolment::SERVICE_ROLE;
use crate::key_file::{self, Purpose};
use crate::store::setting;
use crate::{Delivery, Desk, DeskError, audit, control_log};

/// How long a directory holds, in milliseconds: a year. Devices refuse to seal to an expired one.
const LIFETIME_MS: i64 = 365 * 24 * 60 * 60 * 1000;

/// The directory in force, as the desk shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DirectoryView {
    /// Its version; only grows.
    pub version: u64,
    /// When it was signed.
    pub issued: Timestamp,
    /// From when on devices refuse to seal to it.
    pub expires: Timestamp,
    /// Staff codes of the officers it names, two of whom order a wipe together.
    pub officers: Vec<String>,
    /// Whether an officer came or went since: until it is signed anew, devices do not know.
    pub due: bool,
}

/// The first directory of a desk, without officers.
pub(crate) fn first(
    org: &str,
    root: &SigningKey,
    desk: VerifyingKey,
    recipients: Vec<Recipient>,
    now: Timestamp,
) -> Result<Vec<u8>, DeskError> {
    let directory = Directory {
        org: org.to_owned(),
        version: 1,
        issued: now,
        expires: now.plus_millis(LIFETIME_MS),
        root: root.public(),
        desk,
        recipients,
        officers: Vec::new(),
    };
    Ok(directory.sign(root)?)
}

impl Desk {
    /// The directory in force.
    pub fn directory(&self) -> Result<DirectoryView, DeskError> {
        let held = self.held_directory()?;
        let people = self.store.read(|c| {
            let mut statement = c.prepare_cached("SELECT name, sign FROM person")?;
            let rows = statement.query_map([], |row| Ok((row.get(0)?, VerifyingKey::from_bytes(row.get(1)?))))?;
            Ok(rows.collect::<Result<Vec<(String, VerifyingKey)>, _>>()?)
        })?;
        let name = |officer: &Officer| {
            let person = people.iter().find(|(_, key)| *key == officer.key);
            person.map_or_else(|| "unknown".to_owned(), |(name, _)| name.clone())
        };
        let mut named: Vec<_> = held.officers.iter().map(|officer| *officer.key.as_bytes()).collect();
        let mut active: Vec<_> = self.officers()?.iter().map(|key| *key.as_bytes()).collect();
        named.sort_unstable();
        active.sort_unstable();
        Ok(DirectoryView {
            version: held.version,
            issued: held.issued,
            expires: held.expires,
            officers: held.officers.iter().map(name).collect(),
            due: named != active,
        })
    }

    /// Signs the next version with the organisation's root: the same recipients, the key officers as they are now, a year from
    /// now. Every device gets it with its next sync. `root` is the file `root.key`, wherever it is kept.
    ///
    /// Fails with `desk.missing` without the file, `desk.locked` on another passphrase, `directory.untrusted` for the root of
    /// another organisation, `desk.restored` while the version that was said last is not known.
    pub fn sign_directory(
        &self,
        root: &Path,
        passphrase: &Sensitive<String>,
        now: Timestamp,
    ) -> Result<(u64, Delivery), DeskError> {
        self.check_caught_up()?;
        let [seed]: [Key; 1] = key_file::read(root, Purpose::Root, passphrase)?;
        let root = SigningKey::from_seed(*seed.expose())?;
        let held = self.held_directory()?;
        let expires = now.plus_millis(LIFETIME_MS);
        let officer = |key: VerifyingKey| {
            let before = held.officers.iter().find(|officer| officer.key == key);
            let not_before = before.map_or(now, |officer| officer.not_before);
            Officer { role: OfficerRole::KeyOfficer, key, not_before, not_after: expires }
        };
        let officers = self.officers()?.into_iter().map(officer).collect();
        // A clock that was set back makes no directory that devices would take for an older one.
        let issued = now.max(held.issued);
        let next = Directory { version: held.version + 1, issued, expires, officers, ..held };
        let signed = next.sign(&root)?;
        self.write_sealed(|sealer| {
            let tx = sealer.tx;
            put(tx, &signed)?;
            for device in trusting(tx)? {
                control_log::append(tx, &self.signing, device, ControlKind::Directory(signed.clone()))?;
            }
            audit::append(sealer, None, "directory_signed", &next.version.to_string(), "", now)
        })?;
        let given = Delivery::of(self.publish_directory())?;
        let posted = self.post_control()?;
        let told = posted.failed.first().map_or(Delivery::Sent, |(_, code)| Delivery::later(*code));
        Ok((next.version, if given == Delivery::Sent { told } else { given }))
    }

    /// Whether devices know this key as an officer's at this moment: the directory may have expired.
    pub(crate) fn is_named_officer(&self, key: &VerifyingKey, now: Timestamp) -> Result<bool, DeskError> {
        Ok(self.held_directory()?.officers_at(now).contains(key))
    }

    pub(crate) fn held_directory(&self) -> Result<Directory, DeskError> {
        self.store.read(|c| held(c, &self.root_fingerprint))
    }
}

fn held(connection: &Connection, root_fingerprint: &[u8; 32]) -> Result<Directory, DeskError> {
    let bytes = setting::get(connection, settings::DIRECTORY)?.ok_or(DeskError::Damaged)?;
    Ok(Directory::verify_held(&bytes, root_fingerprint)?)
}

/// Puts a directory in force; the relay is given it with the next call that reaches it.
fn put(connection: &Connection, signed: &[u8]) -> Result<(), DeskError> {
    setting::put(connection, settings::DIRECTORY, signed)?;
    setting::put_number(connection, settings::DIRECTORY_SENT, 0)
}

/// For a device that is confirmed now and asked when another version was in force. To be called inside that transaction.
pub(crate) fn catch_up(
    connection: &Connection,
    signing: &SigningKey,
    root_fingerprint: &[u8; 32],
    device: DeviceId,
) -> Result<(), DeskError> {
    if held(connection, root_fingerprint)?.version > 1 {
        let signed = setting::get(connection, settings::DIRECTORY)?.ok_or(DeskError::Damaged)?;
        control_log::append(connection, signing, device, ControlKind::Directory(signed))?;
    }
    Ok(())
}

/// One that the desk itself said after a copy of it was made is in force again, where it is newer.
pub(crate) fn take_back_in(
    connection: &Connection,
    root_fingerprint: &[u8; 32],
    signed: &[u8],
) -> Result<(), DeskError> {
    let said = Directory::verify_held(signed, root_fingerprint)?;
    if said.version > held(connection, root_fingerprint)?.version { put(connection, signed) } else { Ok(()) }
}

/// Confirmed devices, also revoked ones: an order to wipe is for these above all, and they check it by the directory.
fn trusting(connection: &Connection) -> Result<Vec<DeviceId>, DeskError> {
    let mut statement =
        connection.prepare_cached("SELECT id FROM device WHERE confirmed_at IS NOT NULL AND role <> ?1 ORDER BY id")?;
    let rows = statement.query_map([SERVICE_ROLE], |row| row.get(0).map(DeviceId::from_bytes))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
