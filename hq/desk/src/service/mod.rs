//! The desk of a referral partner: its own keys, its own folder. It reads the letters sealed to it and nothing else, and
//! answers how each referral stands.
//!
//! At the relay it is enrolled like a device, with the role [`crate::SERVICE_ROLE`] and the code of the service as its worker:
//! two people compare its words before HQ hands it anything, its answers are signed and chained, and it can be revoked.

mod answers;
mod inbox;
mod page;

use std::path::Path;

use wayside_model::{DeviceId, Sensitive, Timestamp};
use wayside_seal::hpke::PrivateKey;
use wayside_seal::keystore::HardwareLevel;
use wayside_seal::stretch::{StretchParams, check_strength};
use wayside_seal::{Directory, EnrolmentRecord, EnrolmentRequest, Key, SigningKey, epoch, random, sha256};
use wayside_sync::wire;

use crate::client::Client;
use crate::desk::make_folder;
use crate::key_file::{self, Purpose};
use crate::store::{self, Store, setting};
use crate::{Delivery, DeskError};

pub use answers::{Letter, LetterRow};
pub use inbox::ServicePull;
pub use page::serve_service;

/// Signing key, opening key, database key, upload token.
const KEYS: &str = "service.keys";
const DATABASE: &str = "service.db";

mod settings {
    pub(super) const NAME: &str = "name";
    pub(super) const ORG: &str = "org";
    pub(super) const RELAY: &str = "relay";
    pub(super) const DEVICE: &str = "device";
    pub(super) const FINGERPRINT: &str = "root.fingerprint";
    pub(super) const REQUEST: &str = "request";
    pub(super) const REQUEST_SENT: &str = "request.sent";
    pub(super) const DIRECTORY: &str = "directory";
    pub(super) const CERTIFICATE: &str = "certificate";
    pub(super) const REVOKED: &str = "revoked";
    pub(super) const CONTROL: &str = "cursor.control";
    pub(super) const CHAIN: &str = "chain";
    pub(super) const RECEIPT_KEY: &str = "receipt.key";
    pub(super) const CHECKPOINT_DUE: &str = "checkpoint.due";
}

/// An open service desk. Calls block. No `Debug`: it holds keys.
pub struct ServiceDesk {
    store: Store,
    client: Client,
    signing: SigningKey,
    opening: PrivateKey,
    device: DeviceId,
    name: String,
}

/// What a founding gives back.
pub struct FoundedService {
    /// The desk, open.
    pub desk: ServiceDesk,
    /// To be compared with HQ's list of devices, by voice or side by side.
    pub words: String,
    /// Whether the relay has the request.
    pub request: Delivery,
}

impl ServiceDesk {
    /// Whether a folder holds a service desk.
    pub fn is_in(dir: &Path) -> bool {
        dir.join(KEYS).exists()
    }

    /// Founds a service desk in `dir` with the enrolment record HQ made for it; `name` is the code of the service in HQ's
    /// directory.
    ///
    /// Fails with `desk.exists`, `vault.weak_secret` below six words, `enrol.malformed`, `enrol.expired`, `desk.relay_address`.
    pub fn init(
        dir: &Path,
        record: &str,
        name: &str,
        passphrase: &Sensitive<String>,
        stretch: StretchParams,
        now: Timestamp,
    ) -> Result<FoundedService, DeskError> {
        check_strength(HardwareLevel::None, passphrase.expose())?;
        let record = EnrolmentRecord::parse(record)?;
        record.check_fresh(now)?;
        make_folder(dir)?;
        if [KEYS, DATABASE].iter().any(|name| dir.join(name).exists()) {
            return Err(DeskError::Exists);
        }
        let (signing, opening) = (SigningKey::generate()?, PrivateKey::generate()?);
        let (database, token) = (Key::random()?, Key::random()?);
        Client::new(&record.relay, &wire::bearer(token.expose()), None)?;
        let request = EnrolmentRequest {
            device: random::id()?,
            token: record.token,
            sign: signing.public(),
            seal: opening.public()?,
            upload_token_hash: sha256(token.expose()),
            at: now,
        };
        let words = request.comparison_words();
        let store = Store::create(&dir.join(DATABASE), &database, store::SERVICE, None)?;
        store.write(|tx| {
            setting::put(tx, settings::NAME, name.as_bytes())?;
            setting::put(tx, settings::ORG, record.org.as_bytes())?;
            setting::put(tx, settings::RELAY, record.relay.trim().trim_end_matches('/').as_bytes())?;
            setting::put(tx, settings::DEVICE, request.device.as_bytes())?;
            setting::put(tx, settings::FINGERPRINT, &record.root_fingerprint)?;
            setting::put(tx, settings::REQUEST, &request.to_bytes(&signing)?)
        })?;
        drop(store);
        // Last: the desk is there when this file is.
        let seeds = [Key::from_bytes(*signing.seed()), Key::from_bytes(*opening.expose())];
        let keys = [&seeds[0], &seeds[1], &database, &token];
        key_file::write_new(&dir.join(KEYS), Purpose::Service, passphrase, stretch, &keys)?;
        let desk = Self::open(dir, passphrase)?;
        let request = Delivery::of(desk.ask_to_enrol())?;
        Ok(FoundedService { desk, words, request })
    }

    /// Opens the service desk in `dir`. Fails with `desk.missing`, `desk.locked`, `desk.damaged`, `desk.newer`.
    pub fn open(dir: &Path, passphrase: &Sensitive<String>) -> Result<Self, DeskError> {
        let [signing, opening, database, token] = key_file::read(&dir.join(KEYS), Purpose::Service, passphrase)?;
        let store = Store::open(&dir.join(DATABASE), &database, store::SERVICE, None)?;
        let (relay, device, name) = store.read(|c| {
            let device = setting::get(c, settings::DEVICE)?.and_then(|bytes| bytes.try_into().ok());
            let device = DeviceId::from_bytes(device.ok_or(DeskError::Damaged)?);
            Ok((setting::text(c, settings::RELAY)?, device, setting::text(c, settings::NAME)?))
        })?;
        Ok(Self {
            client: Client::new(&relay, &wire::bearer(token.expose()), None)?,
            store,
            signing: SigningKey::from_seed(*signing.expose())?,
            opening: PrivateKey::from_bytes(*opening.expose()),
            device,
            name,
        })
    }

    /// Code of the service.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The organisation whose referrals come here.
    pub fn org(&self) -> Result<String, DeskError> {
        self.store.read(|c| setting::text(c, settings::ORG))
    }

    /// Its id among HQ's devices.
    pub const fn device(&self) -> DeviceId {
        self.device
    }

    fn ask_to_enrol(&self) -> Result<(), DeskError> {
        let request = self.store.read(|c| {
            let sent = setting::number(c, settings::REQUEST_SENT)? == 1;
            Ok(if sent { None } else { setting::get(c, settings::REQUEST)? })
        })?;
        if let Some(request) = request {
            self.client.write("POST", wire::ENROLMENTS, &request)?;
            self.store.write(|tx| setting::put_number(tx, settings::REQUEST_SENT, 1))?;
        }
        Ok(())
    }

    /// The directory, fetched and pinned the first time. Starts the epoch in which answers are sealed.
    fn directory(&self, now: Timestamp) -> Result<Directory, DeskError> {
        let (held, pinned) = self.store.read(|c| {
            let pinned = setting::get(c, settings::FINGERPRINT)?.and_then(|bytes| bytes.try_into().ok());
            Ok((setting::get(c, settings::DIRECTORY)?, pinned.ok_or(DeskError::Damaged)?))
        })?;
        if let Some(held) = held {
            return Ok(Directory::verify_held(&held, &pinned)?);
        }
        let bytes = self.client.fetch(wire::DIRECTORY)?;
        let directory = Directory::verify(&bytes, &pinned, now, None)?;
        let started = epoch::start(self.device, 1, &directory, &self.signing)?;
        self.store.write(|tx| {
            setting::put(tx, settings::DIRECTORY, &bytes)?;
            setting::put(tx, settings::CHAIN, &started.chain.to_bytes())?;
            setting::put(tx, settings::RECEIPT_KEY, started.receipt_key.expose())?;
            answers::queue(tx, &started.header)
        })?;
        Ok(directory)
    }

    /// Fails with `desk.not_confirmed` before HQ's certificate, `desk.revoked` after the end.
    fn check_confirmed(&self) -> Result<(), DeskError> {
        self.store.read(|c| match setting::get(c, settings::CERTIFICATE)? {
            _ if setting::number(c, settings::REVOKED)? == 1 => Err(DeskError::Revoked),
            None => Err(DeskError::NotConfirmed),
            Some(_) => Ok(()),
        })
    }
}
