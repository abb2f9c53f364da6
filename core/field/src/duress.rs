//! The worker's secret, and the decoy that a duress code opens instead. The decoy is made as an enrolled device is, with keys
//! that HQ does not know and an outbox of its own, so that an interview can be held in it; nothing in it ever goes out. Every
//! vault has one, whether or not a duress code is set, so that no file tells.

use wayside_model::Sensitive;
use wayside_seal::{Key, KeyStore, SigningKey, epoch, hpke, random};
use wayside_vault::outbox::{Outbox, OutboxConfig};

use crate::device::{Identity, Settings};
use crate::error::FieldError;
use crate::installed;
use crate::vault::{Inner, Vault};

pub use wayside_vault::Duress;

/// What the decoy's envelopes are numbered in. They are never sent.
const DECOY_EPOCH: u32 = 1;

impl Vault {
    /// Gives the vault a new secret and, if wanted, a duress code; without one, a code that was set before is off. `old` is
    /// checked as a guess is. What a guess costs and how many wipe the vault stay as they are.
    ///
    /// Errors: `vault.wrong_secret`, `vault.wait`, `vault.weak_secret` (also if both secrets are the same), `vault.key_lost`,
    /// `keystore.*`, `storage.*`. After an error the old secret still opens.
    pub fn change_secret(
        &self,
        old: &Sensitive<String>,
        new: &Sensitive<String>,
        duress: Option<Duress<'_>>,
        keys: &dyn KeyStore,
    ) -> Result<(), FieldError> {
        let store = &self.inner.store;
        store.change_secret(old, new, duress, keys, store.options()?)?;
        // A vault of an earlier build has an empty decoy, and one of the first build has had none until now.
        furnish(&self.inner)
    }

    /// Opens the decoy, to make it look like one that is used: what is held in it stays there. Lock it before going on.
    ///
    /// Errors: `vault.missing` in a decoy, and in a vault of the first build whose secret was never changed.
    pub fn open_decoy(&self) -> Result<Self, FieldError> {
        let (directory, clock) = (self.inner.directory.clone(), self.inner.clock.clone());
        Ok(Self::of(Inner::new(directory, self.inner.store.open_decoy()?, clock)))
    }
}

/// Gives the decoy what an enrolled device has, and what HQ sent to this one: place, services, forms with their lists.
pub(crate) fn furnish(inner: &Inner) -> Result<(), FieldError> {
    if inner.store.is_decoy() {
        return Ok(());
    }
    let decoy = inner.store.open_decoy()?;
    let (own, settings) = (inner.settings(), Settings(&decoy));
    let identity = own.identity()?;
    // A vault for training may belong elsewhere than when its decoy was made.
    if !settings.is_made()? || settings.identity()?.root_fingerprint != identity.root_fingerprint {
        let directory = own.directory(&identity)?;
        let signing = SigningKey::generate()?;
        let started = epoch::start(identity.device, DECOY_EPOCH, &directory, &signing)?;
        if !decoy.is_training()? {
            let config = OutboxConfig {
                relay: inner.outbox()?.config().relay.clone(),
                device: identity.device,
                upload_token: Key::from_bytes(random::bytes()?),
            };
            Outbox::create(decoy.folder(), config)?.add(&started.header)?;
        }
        settings.put_chain(&started.chain)?;
        settings.put_identity(&Identity {
            device: identity.device,
            sign_seed: *signing.seed(),
            seal_secret: *hpke::PrivateKey::generate()?.expose(),
            receipt_key: *started.receipt_key.expose(),
            root_fingerprint: identity.root_fingerprint,
            words: identity.words.clone(),
        })?;
    }
    settings.take_over(&own)?;
    installed::give(inner, &decoy)?;
    decoy.lock();
    Ok(())
}
