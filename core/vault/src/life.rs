//! Whether this copy of the vault is the one that was opened last. The number of a device's envelope is used once, so a copy
//! that was put back (a restored backup, a cloned image) must not go on with the numbers of its time.
//!
//! Each opening has a key of its own in the key store, which no backup holds, and the vault keeps what that key answers. The
//! next opening makes a new one and deletes the old: a copy from before an opening no longer fits. Where two keys are found,
//! an opening was cut off between the vault and the key store, or a copy was put back just then; the safe guess is the
//! latter. A copy that is made while the vault is open and put back before it is opened again fits; HQ's receipts tell then.

use rusqlite::Connection;
use subtle::ConstantTimeEq;
use wayside_model::VaultId;
use wayside_seal::{KeyStore, sha256};

use crate::audit::{self, AuditAction, Entry};
use crate::keys::VaultKeys;
use crate::opened::{Opened, Writing};
use crate::planted::{self, Weakness};
use crate::slots::SlotHeader;
use crate::unlock::ask;
use crate::{Vault, VaultError, settings};

const NAME: &str = "life";
const QUESTION: &[u8] = b"wayside/life/1";

/// The setting: number of the opening 8 · what its key answers 32 · whether a new epoch is owed 1.
#[derive(Clone, Copy)]
struct Life {
    number: u64,
    check: [u8; 32],
    owes_epoch: bool,
}

impl Life {
    fn read(connection: &Connection, keys: &VaultKeys) -> Result<Option<Self>, VaultError> {
        let Some(bytes) = settings::get(connection, keys, NAME)? else { return Ok(None) };
        Self::parse(&bytes).map(Some).ok_or(VaultError::Tampered)
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let (number, rest) = bytes.split_first_chunk()?;
        let (check, rest) = rest.split_first_chunk()?;
        let owes_epoch = match rest {
            [0] => false,
            [1] => true,
            _ => return None,
        };
        Some(Self { number: u64::from_le_bytes(*number), check: *check, owes_epoch })
    }

    fn write(self, writing: &Writing<'_>) -> Result<(), VaultError> {
        let mut bytes = self.number.to_le_bytes().to_vec();
        bytes.extend_from_slice(&self.check);
        bytes.push(u8::from(self.owes_epoch));
        settings::put(writing.connection, writing.keys, NAME, &bytes)
    }
}

/// Which of the two vaults of a folder.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    Own,
    Decoy,
}

/// The key store's names of the keys of openings, of both vaults of a folder.
pub(crate) fn aliases(home: VaultId) -> [String; 4] {
    [alias(home, Which::Own, 0), alias(home, Which::Own, 1), alias(home, Which::Decoy, 0), alias(home, Which::Decoy, 1)]
}

fn alias(home: VaultId, which: Which, number: u64) -> String {
    let place = number % 2 + if which == Which::Own { 0 } else { 2 };
    format!("{}.l{place}", SlotHeader::alias_stem(home))
}

/// The first opening, of a vault that was just made. The decoy's key is made too: that a decoy was never opened must not show.
pub(crate) fn create(opened: &mut Opened, home: VaultId, keys: &dyn KeyStore) -> Result<(), VaultError> {
    let life = Life { number: 0, check: fresh(home, Which::Own, 0, keys)?, owes_epoch: false };
    fresh(home, Which::Decoy, 0, keys)?;
    opened.write(|writing| life.write(writing))
}

/// An opening. Where this copy is not the one that was opened last it is noted, in the audit log too, and an epoch is owed.
/// While a rollback waits for a person's decision nothing is written, so nothing is asked either.
///
/// Errors: `keystore.*`, `storage.*`; after one, the next opening may find two keys, and then owes an epoch.
pub(crate) fn begin(opened: &mut Opened, home: VaultId, which: Which, keys: &dyn KeyStore) -> Result<(), VaultError> {
    if opened.rolled_back.is_some() {
        return Ok(());
    }
    let last = Life::read(&opened.connection, &opened.access.keys)?;
    let number = last.map_or(0, |life| life.number);
    let held = answer(home, which, number, keys)?;
    let other = answer(home, which, number + 1, keys)?;
    let is_last = match last {
        Some(life) => held.is_some_and(|held| bool::from(held.ct_eq(&life.check))) && other.is_none(),
        // Of a build without openings, or a decoy that was never opened; a copy from before them finds their keys.
        None => other.is_none() && (held.is_none() || which == Which::Decoy),
    };
    let restored = !is_last && !planted::is(Weakness::LifeIgnored);
    let next = Life {
        number: number + 1,
        check: fresh(home, which, number + 1, keys)?,
        owes_epoch: restored || last.is_some_and(|life| life.owes_epoch),
    };
    let written = opened.write(|writing| {
        if restored {
            audit::append(writing, Entry::new(AuditAction::Restore, b""))?;
        }
        next.write(writing)
    });
    let forget = keys.delete(&alias(home, which, if written.is_ok() { number } else { number + 1 }));
    match written {
        // A full disk keeps nobody from reading; the next opening finds the same again.
        Err(VaultError::StorageFull | VaultError::StorageIo) => {
            opened.access.owes_epoch |= restored;
            Ok(forget?)
        }
        written => Ok(written.and(forget.map_err(VaultError::from))?),
    }
}

/// From now on an epoch is owed, within a commit.
pub(crate) fn owe(writing: &Writing<'_>) -> Result<(), VaultError> {
    let life = Life::read(writing.connection, writing.keys)?;
    let life = life.unwrap_or(Life { number: 0, check: [0; 32], owes_epoch: false });
    Life { owes_epoch: true, ..life }.write(writing)
}

fn fresh(home: VaultId, which: Which, number: u64, keys: &dyn KeyStore) -> Result<[u8; 32], VaultError> {
    let alias = alias(home, which, number);
    keys.delete(&alias)?;
    keys.create(&alias)?;
    Ok(sha256(&ask(keys, &alias, QUESTION)?))
}

/// `None` where the key store has no such key.
fn answer(home: VaultId, which: Which, number: u64, keys: &dyn KeyStore) -> Result<Option<[u8; 32]>, VaultError> {
    match ask(keys, &alias(home, which, number), QUESTION) {
        Err(VaultError::KeyLost) => Ok(None),
        answer => answer.map(|answer| Some(sha256(&answer))),
    }
}

impl Vault {
    /// Whether numbers of the device's chain may be taken that this vault does not know of: it is a copy that was put back,
    /// a person accepted an older one, or HQ named what was not sealed here. Nothing may be sealed before
    /// [`Vault::begin_epoch`].
    pub fn owes_epoch(&self) -> Result<bool, VaultError> {
        self.with(|open| {
            let life = Life::read(&open.connection, &open.access.keys)?;
            Ok(open.access.owes_epoch || life.is_some_and(|life| life.owes_epoch))
        })
    }

    /// Notes that HQ knows of numbers that this vault never gave: another copy of it is, or was, in use.
    pub fn owe_epoch(&self) -> Result<(), VaultError> {
        self.write(|writing| {
            audit::append(writing, Entry::new(AuditAction::Restore, b""))?;
            owe(writing)
        })
    }

    /// In one commit: these settings in place of those before, among them the chain of a new epoch; none is owed any more.
    pub fn begin_epoch(&self, changed: &[(&str, &[u8])]) -> Result<(), VaultError> {
        self.with(|open| {
            open.write(|writing| {
                for (name, value) in changed {
                    settings::put(writing.connection, writing.keys, name, value)?;
                }
                match Life::read(writing.connection, writing.keys)? {
                    Some(life) => Life { owes_epoch: false, ..life }.write(writing),
                    None => Ok(()),
                }
            })?;
            open.access.owes_epoch = false;
            Ok(())
        })
    }
}
