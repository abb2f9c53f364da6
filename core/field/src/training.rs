//! A vault for training: interviews can be held in it as in any other, and nothing of them leaves it or stays. It needs no
//! HQ: its directory names a recipient whose key was thrown away when it was made, and so was the key that signed for it. Its
//! site and services are invented, or those of the vault that it was made beside.

use std::path::PathBuf;
use std::sync::Arc;

use wayside_model::{DeviceId, ErrorCode, Sensitive, Timestamp};
use wayside_screening::services::Services;
use wayside_seal::{
    DeviceCertificate, Directory, KeyStore, Recipient, Role, SigningKey, StretchParams, epoch, hpke, random,
};
use wayside_vault::VaultOptions;

use crate::device::Identity;
use crate::duress;
use crate::error::FieldError;
use crate::installed;
use crate::ports::{Clock, SystemClock};
use crate::site::{Here, SERVICES, today};
use crate::vault::{Inner, Vault};

const BEGINNING: Timestamp = Timestamp::from_millis(0);
/// 2099-01-01, when the invented services end too.
const END: Timestamp = Timestamp::from_millis(4_070_908_800_000);
/// The invented site.
const TRAINING: &str = "TRAINING";
const INVENTED: &[u8] = include_bytes!("training_services.json");

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
    /// Its site and services are invented; see [`Vault::train_beside`] for a worker who has others.
    ///
    /// Errors: `vault.exists`, `vault.weak_secret`, `keystore.*`, `storage.*`.
    pub fn train(
        options: TrainingOptions,
        secret: &Sensitive<String>,
        keys: &dyn KeyStore,
    ) -> Result<Self, FieldError> {
        let inner = make(options, secret, keys)?;
        belong_to_nobody(&inner, TRAINING)?;
        inner.store.put_setting(SERVICES, INVENTED)?;
        duress::furnish(&inner)?;
        Ok(Self::of(inner))
    }

    /// Opens the vault for training of this folder, or makes it, and gives it what this open vault has from HQ now: forms with
    /// their lists, language packs with their sound, rule set, and the services of the site while they are in force (after
    /// that the invented ones). A worker then practises with the words of the real talk. Neither a key nor anything of a case
    /// comes over, and nothing goes back. This vault stays open; lock it if it is not needed meanwhile.
    ///
    /// Errors: `vault.exists` where the folder holds this very vault, or one that is not for training; `vault.rolled_back` where a person has
    /// to look at it first ([`Vault::open`]); those of [`Vault::train`] and [`Vault::open`].
    pub fn train_beside(
        &self,
        options: TrainingOptions,
        secret: &Sensitive<String>,
        keys: &dyn KeyStore,
    ) -> Result<Self, FieldError> {
        let inner = if Self::is_present(&options.directory) {
            let is_this = options.directory == self.inner.directory;
            if is_this || !wayside_vault::Vault::is_for_training(&options.directory)? {
                return Err(ErrorCode::VaultExists.into());
            }
            let TrainingOptions { directory, clock, .. } = options;
            Inner::new(directory.clone(), wayside_vault::Vault::open(&directory, secret, keys)?, clock)
        } else {
            make(options, secret, keys)?
        };
        let training = Self::of(inner);
        match self.furnish_training(&training.inner) {
            Ok(()) => Ok(training),
            Err(error) => {
                training.lock();
                Err(error)
            }
        }
    }

    fn furnish_training(&self, training: &Inner) -> Result<(), FieldError> {
        if training.store.rolled_back()?.is_some() {
            return Err(ErrorCode::VaultRolledBack.into());
        }
        let here = Here::load(&self.inner)?;
        let in_force = |services: &&Services| services.site == here.site && services.is_current(today(training));
        let site = here.services.as_ref().filter(in_force).map(|services| services.site.as_str());
        let settings = training.settings();
        let belongs = settings.is_made()?
            && settings
                .certificate(&settings.directory(&settings.identity()?)?)?
                .is_some_and(|certificate| certificate.site == site.unwrap_or(TRAINING));
        if !belongs {
            belong_to_nobody(training, site.unwrap_or(TRAINING))?;
        }
        installed::give(&self.inner, &training.store)?;
        if site.is_none() {
            training.store.put_setting(SERVICES, INVENTED)?;
        }
        duress::furnish(training)
    }
}

fn make(options: TrainingOptions, secret: &Sensitive<String>, keys: &dyn KeyStore) -> Result<Inner, FieldError> {
    let vault_options = VaultOptions { training: true, ..VaultOptions::new(options.stretch) };
    let store = wayside_vault::Vault::create_with(&options.directory, secret, keys, vault_options)?;
    Ok(Inner::new(options.directory, store, options.clock))
}

/// Gives the vault a device with every training at this site, for which nobody holds the keys of HQ.
fn belong_to_nobody(inner: &Inner, site: &str) -> Result<(), FieldError> {
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
        site: site.to_owned(),
        worker: String::from("training"),
        not_before: BEGINNING,
        not_after: END,
    };
    let settings = inner.settings();
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
    settings.put_certificate(&certificate.sign(&hq)?)
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
