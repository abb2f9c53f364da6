//! The worker's secret, and the decoy that a duress code opens instead. The decoy is made as an enrolled device is, with keys
//! that HQ does not know and an outbox of its own, so that an interview can be held in it; nothing in it ever goes out. Every
//! vault has one, whether or not a duress code is set, so that no file tells.

use wayside_model::Sensitive;
use wayside_screening::packs::Pack;
use wayside_seal::{Key, KeyStore, SigningKey, epoch, hpke, random};
use wayside_vault::outbox::{Outbox, OutboxConfig};

use crate::content::CONTENT;
use crate::device::{Identity, Settings};
use crate::entity_cases;
use crate::error::FieldError;
use crate::forms;
use crate::installed::{self, BUNDLE, PACKS, RULE_SET, audio_setting, pack_setting, replaced};
use crate::site::SERVICES;
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
    if !settings.is_made()? {
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
    let packs: Vec<String> = installed::languages(inner)?.iter().map(|language| pack_setting(language)).collect();
    let handed_out = [SERVICES, RULE_SET, BUNDLE, PACKS, CONTENT].into_iter().chain(packs.iter().map(String::as_str));
    for name in handed_out {
        if let Some(value) = inner.store.setting(name)? {
            decoy.put_setting(name, &value)?;
        }
    }
    for sha256 in installed::packs(inner)?.iter().flat_map(Pack::audio) {
        let name = audio_setting(sha256);
        if let (None, Some(bytes)) = (decoy.setting(&name)?, inner.store.setting(&name)?) {
            decoy.put_setting(&name, &bytes)?;
        }
    }
    for form in inner.store.forms()? {
        if let Some(mark) = inner.store.setting(&replaced(&form.id))? {
            decoy.put_setting(&replaced(&form.id), &mark)?;
        }
        decoy.put_form(&form.id, &form.version, &form.sha256, &form.xml)?;
        let vouched = forms::vouched(&form.sha256);
        if let Some(mark) = inner.store.setting(&vouched)? {
            decoy.put_setting(&vouched, &mark)?;
        }
    }
    entity_cases::furnish(inner, &decoy)?;
    decoy.lock();
    Ok(())
}
