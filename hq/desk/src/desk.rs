//! The desk itself: founding it, opening it, and what it holds while it is open.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use wayside_model::{ErrorCode, Sensitive, Timestamp};
use wayside_seal::hpke::PrivateKey;
use wayside_seal::keystore::HardwareLevel;
use wayside_seal::stretch::{StretchParams, check_strength};
use wayside_seal::{Key, Recipient, Role, SigningKey, random, words};
use zeroize::Zeroizing;

use crate::client::Client;
use crate::key_file::{self, Purpose};
use crate::keys::{Keyring, Owner, Sealer, move_over, settle};
use crate::shares::{self, SHARES};
use crate::store::{self, Store, setting};
use crate::{Delivery, DeskError, backup, directory};

/// Signing key, case-team key, database key. Without it the desk is nothing.
pub(crate) const KEYS: &str = "desk.keys";
/// Signing key and database key, under a passphrase of its own: what a process that serves pages needs, and no key of a class.
pub(crate) const PAGES: &str = "pages.keys";
/// The organisation's root. Needed to sign a directory only, so it can be carried away and kept offline.
pub(crate) const ROOT: &str = "root.key";
/// The second recipient's key, sealed under words of its own.
pub(crate) const RECOVERY: &str = "recovery.key";
/// The encrypted database.
pub(crate) const DATABASE: &str = "desk.db";

pub(crate) mod settings {
    pub(crate) const ORG: &str = "org";
    pub(crate) const RELAY: &str = "relay";
    pub(crate) const RELAY_TOKEN: &str = "relay.token";
    pub(crate) const RELAY_ROOTS: &str = "relay.roots";
    pub(crate) const ROOT_FINGERPRINT: &str = "root.fingerprint";
    pub(crate) const DIRECTORY: &str = "directory";
    pub(crate) const DIRECTORY_SENT: &str = "directory.sent";
    pub(crate) const ENROLMENT_CURSOR: &str = "cursor.enrolments";
    pub(crate) const ITEM_CURSOR: &str = "cursor.items";
    /// 1: put back from a copy, and the relay's log was not read back yet.
    pub(crate) const RESTORED: &str = "restored";
}

/// What a desk is founded with.
pub struct Founding<'a> {
    /// The organisation's short name.
    pub org: &'a str,
    /// The relay's address: HTTPS, or plain HTTP on this machine.
    pub relay: &'a str,
    /// The text of the relay's `desk-token` file.
    pub relay_token: &'a Sensitive<String>,
    /// Certificates (PEM) to trust alone, where the relay's is not from a public authority.
    pub relay_roots: Option<&'a str>,
    /// What one guess at the passphrase costs.
    pub stretch: StretchParams,
}

/// What a founding gives back. The shares are shown once and kept nowhere.
pub struct Founded {
    /// The desk, open.
    pub desk: Desk,
    /// Any two of them open `recovery.key`, one opens nothing. To be given to three people.
    pub recovery_shares: [Sensitive<String>; SHARES],
    /// Whether the relay has the directory.
    pub directory: Delivery,
}

/// An open desk. Calls block; one value can be shared by threads. No `Debug`: it holds keys.
pub struct Desk {
    pub(crate) store: Store,
    pub(crate) client: Client,
    pub(crate) signing: SigningKey,
    owner: Mutex<Option<Arc<Owner>>>,
    pub(crate) database: Key,
    pub(crate) org: String,
    pub(crate) relay: String,
    pub(crate) root_fingerprint: [u8; 32],
}

impl Desk {
    /// Founds a desk in `dir`: root, desk, case-team and recovery keys, an encrypted database, and version 1 of the
    /// directory, signed by the root and given to the relay (by the next call that reaches it, if it cannot be reached now).
    ///
    /// Fails with `desk.exists` where any file of a desk is, `vault.weak_secret` below six words, `desk.relay_address`.
    pub fn init(
        dir: &Path,
        founding: &Founding<'_>,
        passphrase: &Sensitive<String>,
        now: Timestamp,
    ) -> Result<Founded, DeskError> {
        check_strength(HardwareLevel::None, passphrase.expose())?;
        Client::new(founding.relay, founding.relay_token.expose(), founding.relay_roots)?;
        make_folder(dir)?;
        if [KEYS, ROOT, RECOVERY, DATABASE].iter().any(|name| dir.join(name).exists()) {
            return Err(DeskError::Exists);
        }
        let (root, signing) = (SigningKey::generate()?, SigningKey::generate()?);
        let (team, recovery) = (PrivateKey::generate()?, PrivateKey::generate()?);
        let database = Key::random()?;
        let secret = Zeroizing::new(random::bytes::<{ shares::SECRET }>()?);
        let recovery_shares = shares::split(&secret)?;
        let secret = Sensitive::new(words::proquint(secret.as_slice()));
        let recipients = vec![
            Recipient { role: Role::CaseTeam, key: team.public()? },
            Recipient { role: Role::Recovery, key: recovery.public()? },
        ];
        let directory = directory::first(founding.org, &root, signing.public(), recipients, now)?;

        let seal = |name: &str, purpose, secret: &Sensitive<String>, keys: &[&Key]| {
            key_file::write_new(&dir.join(name), purpose, secret, founding.stretch, keys)
        };
        let (recovery, root_seed) = (Key::from_bytes(*recovery.expose()), Key::from_bytes(*root.seed()));
        // The root too: without it no directory could be signed once the desk's folder is lost.
        seal(RECOVERY, Purpose::Recovery, &secret, &[&recovery, &root_seed])?;
        seal(ROOT, Purpose::Root, passphrase, &[&root_seed])?;
        let owner = Owner::new(PrivateKey::from_bytes(*team.expose()));
        let first = |tx: &Connection| move_over::run(tx, &owner);
        let store = Store::create(&dir.join(DATABASE), &database, store::DESK, Some((move_over::STEP, &first)))?;
        store.write(|tx| {
            setting::put(tx, settings::ORG, founding.org.as_bytes())?;
            setting::put(tx, settings::RELAY, founding.relay.trim().trim_end_matches('/').as_bytes())?;
            setting::put(tx, settings::RELAY_TOKEN, founding.relay_token.expose().trim().as_bytes())?;
            if let Some(roots) = founding.relay_roots {
                setting::put(tx, settings::RELAY_ROOTS, roots.as_bytes())?;
            }
            setting::put(tx, settings::ROOT_FINGERPRINT, &root.public().fingerprint())?;
            setting::put(tx, settings::DIRECTORY, &directory)
        })?;
        drop(store);
        // Last: the desk is there when this file is.
        let keys = [Key::from_bytes(*signing.seed()), Key::from_bytes(*team.expose()), database];
        seal(KEYS, Purpose::Desk, passphrase, &[&keys[0], &keys[1], &keys[2]])?;

        let desk = Self::open(dir, passphrase)?;
        let directory = Delivery::of(desk.publish_directory())?;
        Ok(Founded { desk, recovery_shares, directory })
    }

    /// Opens the desk in `dir`, with every key. A desk of an older version is moved over once: a sealed copy is written into the
    /// folder first, then its contents are sealed by class. Fails with `desk.missing`, `desk.locked` on another passphrase,
    /// `desk.damaged`, `desk.newer`.
    pub fn open(dir: &Path, passphrase: &Sensitive<String>) -> Result<Self, DeskError> {
        let [signing, team, database] = key_file::read(&dir.join(KEYS), Purpose::Desk, passphrase)?;
        let owner = Owner::new(PrivateKey::from_bytes(*team.expose()));
        let path = dir.join(DATABASE);
        if path.exists()
            && let Some(older) = Store::open_older(&path, &database, move_over::STEP)?
        {
            let key = SigningKey::from_seed(*signing.expose())?;
            let copy = backup::copy(dir, &older, &key, &owner, &database, crate::routes::now())?;
            move_over::keep_copy(dir, &copy)?;
        }
        let seal = |tx: &Connection| move_over::run(tx, &owner);
        let store = Store::open(&path, &database, store::DESK, Some((move_over::STEP, &seal)))?;
        store.write(|tx| settle(tx, &owner))?;
        Self::of(store, signing, database, Some(owner))
    }

    /// Opens the desk in `dir` for its pages: with the passphrase of `pages.keys`, where there is that file, or the desk's own.
    /// It holds no key that opens an item or a content; what a page shows opens with the keys of who is signed in. A desk at
    /// which nobody has a slot opens whole with its own passphrase, because its page is open to whoever starts it.
    ///
    /// Fails as [`Desk::open`] does.
    pub fn open_for_pages(dir: &Path, passphrase: &Sensitive<String>) -> Result<Self, DeskError> {
        let pages = dir.join(PAGES);
        if pages.exists() {
            match key_file::read(&pages, Purpose::Pages, passphrase) {
                Err(DeskError::Locked) => {}
                keys => {
                    let [signing, database] = keys?;
                    // A step that seals what is there needs the desk's own passphrase.
                    let store = Store::open(&dir.join(DATABASE), &database, store::DESK, None)?;
                    return Self::of(store, signing, database, None);
                }
            }
        }
        let desk = Self::open(dir, passphrase)?;
        if desk.has_people()? {
            desk.give_up_keys();
        }
        Ok(desk)
    }

    /// Writes `pages.keys`: what a process that serves the pages needs, under a passphrase of its own, so that nobody types the
    /// desk's where pages are served. Fails with `desk.exists` where the file is, `vault.weak_secret` below six words.
    pub fn write_pages_keys(
        &self,
        dir: &Path,
        passphrase: &Sensitive<String>,
        stretch: StretchParams,
    ) -> Result<(), DeskError> {
        check_strength(HardwareLevel::None, passphrase.expose())?;
        let (signing, path) = (Key::from_bytes(*self.signing.seed()), dir.join(PAGES));
        key_file::write_new(&path, Purpose::Pages, passphrase, stretch, &[&signing, &self.database])
    }

    fn of(store: Store, signing: Key, database: Key, owner: Option<Owner>) -> Result<Self, DeskError> {
        let (org, relay, token, roots, fingerprint) = store.read(|c| {
            let fingerprint = setting::get(c, settings::ROOT_FINGERPRINT)?.ok_or(DeskError::Damaged)?;
            Ok((
                setting::text(c, settings::ORG)?,
                setting::text(c, settings::RELAY)?,
                Sensitive::new(setting::text(c, settings::RELAY_TOKEN)?),
                setting::get(c, settings::RELAY_ROOTS)?.and_then(|pem| String::from_utf8(pem).ok()),
                fingerprint.try_into().map_err(|_| DeskError::Damaged)?,
            ))
        })?;
        Ok(Self {
            client: Client::new(&relay, token.expose(), roots.as_deref())?,
            store,
            signing: SigningKey::from_seed(*signing.expose())?,
            owner: Mutex::new(owner.map(Arc::new)),
            database,
            org,
            relay,
            root_fingerprint: fingerprint,
        })
    }

    /// The organisation's short name.
    pub fn org(&self) -> &str {
        &self.org
    }

    /// SHA-256 of the organisation's root key, which enrolment records pin.
    pub const fn root_fingerprint(&self) -> &[u8; 32] {
        &self.root_fingerprint
    }

    /// The case-team key and what comes with it. Fails with `desk.sealed` in a process that serves pages.
    pub(crate) fn owner(&self) -> Result<Arc<Owner>, DeskError> {
        self.owner.lock().unwrap_or_else(PoisonError::into_inner).clone().ok_or(DeskError::Sealed)
    }

    /// Lets the case-team key go. From now on this opens what a person's slot unwraps, and nothing else.
    pub(crate) fn give_up_keys(&self) {
        self.owner.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    /// Reads with every key.
    pub(crate) fn read_all<T>(
        &self,
        work: impl FnOnce(&Connection, &Keyring) -> Result<T, DeskError>,
    ) -> Result<T, DeskError> {
        let owner = self.owner()?;
        self.store.read(|c| work(c, owner.keys(c)?))
    }

    /// Writes with something that seals; a key that is missing can be made by the owner alone.
    pub(crate) fn write_sealed<T>(
        &self,
        work: impl FnOnce(&Sealer<'_>) -> Result<T, DeskError>,
    ) -> Result<T, DeskError> {
        let owner = self.owner().ok();
        self.store.write(|tx| work(&Sealer::new(tx, owner.as_deref())))
    }

    /// Gives the directory to the relay, once.
    pub(crate) fn publish_directory(&self) -> Result<(), DeskError> {
        let waiting = self.store.read(|c| {
            if setting::number(c, settings::DIRECTORY_SENT)? == 1 {
                return Ok(None);
            }
            setting::get(c, settings::DIRECTORY)
        })?;
        if let Some(directory) = waiting {
            self.client.write("PUT", wayside_sync::wire::desk_directory(), &directory)?;
            self.store.write(|tx| setting::put_number(tx, settings::DIRECTORY_SENT, 1))?;
        }
        Ok(())
    }
}

/// Opens the recovery key of a desk with two of its shares. Any record can be opened with it.
/// Fails with `desk.missing`, `desk.shares`, `desk.locked`, `desk.damaged`.
pub fn open_recovery_key(dir: &Path, shares: &[Sensitive<String>]) -> Result<PrivateKey, DeskError> {
    let file = key_file::read_file(&dir.join(RECOVERY))?;
    Ok(backup::open_recovery(&file, shares)?.0)
}

impl Delivery {
    /// Everything but a relay that did not do it stays an error.
    pub(crate) fn of(sent: Result<(), DeskError>) -> Result<Self, DeskError> {
        match sent {
            Ok(()) => Ok(Self::Sent),
            Err(DeskError::Relay(code)) => Ok(Self::later(code)),
            Err(other) => Err(other),
        }
    }

    pub(crate) const fn later(code: ErrorCode) -> Self {
        Self::Later { code: code.as_str() }
    }
}

pub(crate) fn make_folder(dir: &Path) -> Result<(), DeskError> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    Ok(builder.create(dir)?)
}
