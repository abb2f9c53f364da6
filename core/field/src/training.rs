//! A vault for training: interviews can be held in it as in any other, and nothing of them leaves it or stays. It needs no
//! HQ: its directory names a recipient whose key was thrown away when it was made, and so was the key that signed for it. Its
//! site and services are invented.

use std::path::PathBuf;
use std::sync::Arc;

use wayside_model::{DeviceId, Sensitive, Timestamp};
use wayside_seal::{
    DeviceCertificate, Directory, KeyStore, Recipient, Role, SigningKey, StretchParams, epoch, hpke, random,
};
use wayside_vault::VaultOptions;

use crate::device::{Identity, Settings};
use crate::duress;
use crate::error::FieldError;
use crate::ports::{Clock, SystemClock};
use crate::site::SERVICES;
use crate::vault::{Inner, Vault};

const BEGINNING: Timestamp = Timestamp::from_millis(0);
/// 2099-01-01, when the invented services end too.
const END: Timestamp = Timestamp::from_millis(4_070_908_800_000);

/// How to make a vault for training.
#[derive(Clone)]
pub struct TrainingOptions {
    /// Where the vault will be; nothing of a vault may be there.
    pub directory: PathBuf,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Cost of stretching the secret.
    pub stretch: StretchParams,
}

impl TrainingOptions {
    /// This folder, with the system's clock and the default cost.
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        Self { directory: directory.into(), clock: Arc::new(SystemClock), stretch: StretchParams::DEFAULT }
    }
}

impl Vault {
    /// Makes a vault for training. Nothing in it is sealed to anybody: a finished interview gives its outcomes and is gone.
    ///
    /// Errors: `vault.exists`, `vault.weak_secret`, `keystore.*`, `storage.*`.
    pub fn train(
        options: TrainingOptions,
        secret: &Sensitive<String>,
        keys: &dyn KeyStore,
    ) -> Result<Self, FieldError> {
        let vault_options = VaultOptions { training: true, ..VaultOptions::new(options.stretch) };
        let store = wayside_vault::Vault::create_with(&options.directory, secret, keys, vault_options)?;
        let (device, signing): (DeviceId, _) = (random::id()?, SigningKey::generate()?);
        let hq = SigningKey::generate()?;
        let directory = directory_of_nobody(&hq)?;
        let started = epoch::start(device, 1, &directory, &signing)?;
        let sealing = hpke::PrivateKey::generate()?;
        let certificate = DeviceCertificate {
            device,
            sign: signing.public(),
            seal: sealing.public()?,
            role: String::from("interviewer trained specialist child_protection"),
            site: String::from("TRAINING"),
            worker: String::from("training"),
            not_before: BEGINNING,
            not_after: END,
        };
        let settings = Settings(&store);
        settings.put_identity(&Identity {
            device,
            sign_seed: *signing.seed(),
            seal_secret: *sealing.expose(),
            receipt_key: *started.receipt_key.expose(),
            root_fingerprint: hq.public().fingerprint(),
            words: String::new(),
        })?;
        settings.put_directory(&directory.sign(&hq)?)?;
        settings.put_chain(&started.chain)?;
        settings.put_certificate(&certificate.sign(&hq)?)?;
        store.put_setting(SERVICES, include_bytes!("training_services.json"))?;
        let inner = Inner::new(options.directory, store, options.clock);
        duress::furnish(&inner)?;
        Ok(Self::of(inner))
    }
}

fn directory_of_nobody(hq: &SigningKey) -> Result<Directory, FieldError> {
    Ok(Directory {
        org: String::from("training"),
        version: 1,
        issued: BEGINNING,
        expires: END,
        root: hq.public(),
        desk: hq.public(),
        recipients: vec![Recipient { role: Role::CaseTeam, key: hpke::PrivateKey::generate()?.public()? }],
        officers: Vec::new(),
    })
}
