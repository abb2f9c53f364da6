//! A desk as one sealed file, and back. The file opens with the desk's own passphrase, or with two shares of the recovery
//! secret; without either it says how large the desk was and when it was copied.

use std::path::Path;

use minicbor::{Decode, Encode};
use rusqlite::Connection;
use wayside_model::{Sensitive, Timestamp, from_canonical, to_canonical};
use wayside_seal::hpke::{self, PrivateKey};
use wayside_seal::keystore::HardwareLevel;
use wayside_seal::stretch::{StretchParams, check_strength};
use wayside_seal::{Directory, Key, Role, SigningKey, aead, sha256};
use zeroize::Zeroizing;

use crate::desk::{DATABASE, KEYS, RECOVERY, ROOT, make_folder, settings};
use crate::key_file::{self, Purpose, write_file};
use crate::keys::{Owner, move_over};
use crate::store::{self, Store, setting};
use crate::{Delivery, Desk, DeskError, audit, shares};

const VERSION: u8 = 1;
const INFO: &[u8] = b"wayside/desk-backup/1";

#[derive(Encode, Decode)]
struct Backup {
    #[n(0)]
    head: Head,
    /// The key of `sealed`, to the case team and to the recovery key.
    #[cbor(n(1), with = "minicbor::bytes")]
    to_team: Vec<u8>,
    #[cbor(n(2), with = "minicbor::bytes")]
    to_recovery: Vec<u8>,
    #[cbor(n(3), with = "minicbor::bytes")]
    sealed: Vec<u8>,
}

/// What is not sealed. Bound into the seal of the rest.
#[derive(Encode, Decode)]
struct Head {
    #[n(0)]
    version: u8,
    #[n(1)]
    made: Timestamp,
    /// `desk.keys`, sealed under the passphrase.
    #[cbor(n(2), with = "minicbor::bytes")]
    keys: Vec<u8>,
    /// `recovery.key`, sealed under the split secret.
    #[cbor(n(3), with = "minicbor::bytes")]
    recovery: Vec<u8>,
    /// `root.key`, where it was in the folder; empty where it is kept elsewhere.
    #[cbor(n(4), with = "minicbor::bytes")]
    root: Vec<u8>,
}

#[derive(Encode, Decode)]
struct Inner {
    #[cbor(n(0), with = "minicbor::bytes")]
    signing: [u8; 32],
    #[cbor(n(1), with = "minicbor::bytes")]
    team: [u8; 32],
    #[cbor(n(2), with = "minicbor::bytes")]
    database_key: [u8; 32],
    /// The database as it lay on disk, encrypted.
    #[cbor(n(3), with = "minicbor::bytes")]
    database: Vec<u8>,
}

/// What a restore comes to.
pub struct Restored {
    /// The desk, open.
    pub desk: Desk,
    /// Whether the relay's log was read back. Until it was, the desk shows no record: one that was erased since the copy was
    /// made must not come back. The next pull tries again.
    pub caught_up: Delivery,
}

impl Desk {
    /// Copies the desk in `dir` into one sealed file. Others may go on working meanwhile.
    /// Fails with `desk.exists` where `file` is, and `storage.*`.
    pub fn backup(&self, dir: &Path, file: &Path, now: Timestamp) -> Result<u64, DeskError> {
        self.write_sealed(|sealer| audit::append(sealer, None, "backed_up", "", "", now))?;
        let owner = self.owner()?;
        let bytes = copy(dir, &self.store, &self.signing, &owner, &self.database, now)?;
        write_file(file, &bytes)?;
        Ok(bytes.len() as u64)
    }

    /// Puts a copy into an empty folder, with the desk's passphrase, and reads the relay's log back.
    /// Fails with `desk.exists`, `desk.locked`, `desk.damaged`, `desk.newer`.
    pub fn restore(
        dir: &Path,
        file: &Path,
        passphrase: &Sensitive<String>,
        now: Timestamp,
    ) -> Result<Restored, DeskError> {
        let backup = read(file)?;
        let [_, team, _]: [Key; 3] = key_file::open(&backup.head.keys, Purpose::Desk, passphrase)?;
        let inner = backup.open(&backup.to_team, &PrivateKey::from_bytes(*team.expose()))?;
        let head = &backup.head;
        put_back(dir, &inner, &[(RECOVERY, &head.recovery), (ROOT, &head.root), (KEYS, &head.keys)])?;
        caught_up(dir, passphrase, "restored", now)
    }

    /// Puts a copy into an empty folder with two shares of the recovery secret, under a new passphrase: for the day on which
    /// the desk's keys are lost. Also brings the root back.
    /// Fails with `desk.shares`, `desk.locked` for shares of another desk, and as [`Desk::restore`] does.
    pub fn recover(
        dir: &Path,
        file: &Path,
        shares: &[Sensitive<String>],
        passphrase: &Sensitive<String>,
        stretch: StretchParams,
        now: Timestamp,
    ) -> Result<Restored, DeskError> {
        check_strength(HardwareLevel::None, passphrase.expose())?;
        let backup = read(file)?;
        let (recovery, root) = open_recovery(&backup.head.recovery, shares)?;
        let inner = backup.open(&backup.to_recovery, &recovery)?;
        let seeds = [inner.signing, inner.team, inner.database_key].map(Key::from_bytes);
        let keys = key_file::seal(Purpose::Desk, passphrase, stretch, &[&seeds[0], &seeds[1], &seeds[2]])?;
        let root = key_file::seal(Purpose::Root, passphrase, stretch, &[&root])?;
        put_back(dir, &inner, &[(RECOVERY, &backup.head.recovery), (ROOT, &root), (KEYS, &keys)])?;
        caught_up(dir, passphrase, "recovered", now)
    }
}

/// The bytes of a copy.
pub(crate) fn copy(
    dir: &Path,
    store: &Store,
    signing: &SigningKey,
    owner: &Owner,
    database: &Key,
    now: Timestamp,
) -> Result<Vec<u8>, DeskError> {
    let recipient = store.read(|c| {
        let fingerprint = setting::get(c, settings::ROOT_FINGERPRINT)?.ok_or(DeskError::Damaged)?;
        let fingerprint = fingerprint.try_into().map_err(|_| DeskError::Damaged)?;
        let directory = setting::get(c, settings::DIRECTORY)?.ok_or(DeskError::Damaged)?;
        let directory = Directory::verify_held(&directory, &fingerprint)?;
        let recovery = directory.recipients.iter().find(|recipient| recipient.role == Role::Recovery);
        recovery.map(|recipient| recipient.key).ok_or(DeskError::Damaged)
    })?;
    let root = dir.join(ROOT);
    let head = Head {
        version: VERSION,
        made: now,
        keys: key_file::read_file(&dir.join(KEYS))?,
        recovery: key_file::read_file(&dir.join(RECOVERY))?,
        root: if root.exists() { std::fs::read(root)? } else { Vec::new() },
    };
    let inner = Inner {
        signing: *signing.seed(),
        team: *owner.team.expose(),
        database_key: *database.expose(),
        database: store.snapshot(&dir.join(DATABASE))?,
    };
    let (plain, key) = (Zeroizing::new(to_canonical(&inner)), Key::random()?);
    let to = |recipient| hpke::seal_to(recipient, INFO, &sha256(&to_canonical(&head)), key.expose());
    let (to_team, to_recovery) = (to(&owner.team_public()?)?, to(&recipient)?);
    let sealed = aead::seal(&key, &bound(&head, &to_team, &to_recovery), &plain)?;
    Ok(to_canonical(&Backup { head, to_team, to_recovery, sealed }))
}

/// Opens `recovery.key`: the second recipient's key, and the root's.
pub(crate) fn open_recovery(file: &[u8], texts: &[Sensitive<String>]) -> Result<(PrivateKey, Key), DeskError> {
    let secret = shares::join(texts)?;
    let secret = Sensitive::new(wayside_seal::words::proquint(secret.as_slice()));
    let [recovery, root] = key_file::open(file, Purpose::Recovery, &secret)?;
    Ok((PrivateKey::from_bytes(*recovery.expose()), root))
}

impl Backup {
    fn open(&self, wrap: &[u8], key: &PrivateKey) -> Result<Inner, DeskError> {
        let damaged = |_| DeskError::Damaged;
        let key = hpke::open(key, INFO, &sha256(&to_canonical(&self.head)), wrap).map_err(damaged)?;
        let key = Key::from_bytes(key.as_slice().try_into().map_err(|_| DeskError::Damaged)?);
        let bound = bound(&self.head, &self.to_team, &self.to_recovery);
        Ok(from_canonical(&aead::open(&key, &bound, &self.sealed).map_err(damaged)?)?)
    }
}

/// Everything around the seal: a changed byte anywhere opens nothing, whichever way it is tried.
fn bound(head: &Head, to_team: &[u8], to_recovery: &[u8]) -> Vec<u8> {
    [to_canonical(head).as_slice(), to_team, to_recovery].concat()
}

impl Drop for Inner {
    fn drop(&mut self) {
        use zeroize::Zeroize;
        self.signing.zeroize();
        self.team.zeroize();
        self.database_key.zeroize();
    }
}

fn read(file: &Path) -> Result<Backup, DeskError> {
    let backup: Backup = from_canonical(&std::fs::read(file)?)?;
    match backup.head.version {
        VERSION => Ok(backup),
        newer if newer > VERSION => Err(DeskError::Newer),
        _ => Err(DeskError::Damaged),
    }
}

/// Writes the files; the key file comes last, because the desk is there when that is.
fn put_back(dir: &Path, inner: &Inner, files: &[(&str, &Vec<u8>)]) -> Result<(), DeskError> {
    make_folder(dir)?;
    if [KEYS, ROOT, RECOVERY, DATABASE].iter().any(|name| dir.join(name).exists()) {
        return Err(DeskError::Exists);
    }
    let database = dir.join(DATABASE);
    write_file(&database, &inner.database)?;
    // Before the keys: a desk that opens knows that it has to catch up, also where this is cut off.
    let owner = Owner::new(PrivateKey::from_bytes(inner.team));
    let seal = |tx: &Connection| move_over::run(tx, &owner);
    let key = Key::from_bytes(inner.database_key);
    let store = Store::open(&database, &key, store::DESK, Some((move_over::STEP, &seal)))?;
    store.write(|tx| setting::put_number(tx, settings::RESTORED, 1))?;
    drop(store);
    files.iter().filter(|(_, bytes)| !bytes.is_empty()).try_for_each(|(name, bytes)| write_file(&dir.join(name), bytes))
}

fn caught_up(dir: &Path, passphrase: &Sensitive<String>, how: &str, now: Timestamp) -> Result<Restored, DeskError> {
    let desk = Desk::open(dir, passphrase)?;
    desk.write_sealed(|sealer| audit::append(sealer, None, how, "", "", now))?;
    let caught_up = Delivery::of(desk.catch_up(now))?;
    Ok(Restored { desk, caught_up })
}
