//! Changing the worker's secret, the duress code and the policy of wrong guesses: the slot file is made anew under a new
//! key of the key store, and the old one is deleted, so that an old copy of the slot file opens nothing.

use wayside_model::Sensitive;
use wayside_seal::{Key, KeyStore};

use crate::audit::{self, AuditAction, Entry};
use crate::identity::{Identity, Kind};
use crate::keys::VaultKeys;
use crate::make::{VaultOptions, make_decoy};
use crate::opened::{Access, Opened};
use crate::slots::{Slot, SlotHeader, SlotKind, Slots};
use crate::unlock::{self, NewSlots};
use crate::vault::hold;
use crate::{Part, Vault, VaultError};

/// A code that opens the decoy instead.
#[derive(Clone, Copy)]
pub struct Duress<'a> {
    /// The code. Another than the worker's own.
    pub secret: &'a Sensitive<String>,
    /// Whether entering it also destroys the slot of the worker's own vault. What is in the outbox stays sendable.
    pub wipes: bool,
}

impl Vault {
    /// Gives the vault a new secret and, if wanted, a duress code; without one, a code set before is off. `old` is checked
    /// as a guess is. `options.training` is not looked at.
    ///
    /// Errors: `vault.wrong_secret`, `vault.wait`, `vault.weak_secret` (also if both secrets are the same), `vault.key_lost`,
    /// `keystore.*`, `storage.*`, `bug` for a policy out of bounds. After an error the old secret still opens.
    pub fn change_secret(
        &self,
        old: &Sensitive<String>,
        new: &Sensitive<String>,
        duress: Option<Duress<'_>>,
        keys: &dyn KeyStore,
        options: VaultOptions,
    ) -> Result<(), VaultError> {
        let home = self.home.clone();
        self.with(|open| {
            let slots = Slots::read(&home.slots(), &home.slots_copy())?;
            let (vault, epoch) = (slots.header.vault, slots.header.epoch);
            let wipe_after = options.wipe_after_byte()?;
            let own = unlock::open(&home, slots, old, keys)?;
            let is_own = own.kind == SlotKind::Own && own.vault_key == *open.access.keys.vault_key();
            if !is_own {
                // The decoy was opened with the duress code, or the old secret given is the duress code.
                return Err(VaultError::WrongSecret);
            }
            let decoy_key = match &own.decoy_key {
                Some(key) => key.clone(),
                None => {
                    let key = Key::random()?;
                    let kind = if open.access.training { Kind::Training } else { Kind::Work };
                    make_decoy(&home, kind, key.clone())?;
                    key
                }
            };
            let own = Slot { decoy_key: Some(decoy_key.clone()), ..own };
            let mut used = vec![(new, own)];
            if let Some(duress) = duress {
                let kind = if duress.wipes { SlotKind::DecoyAndWipe } else { SlotKind::Decoy };
                used.push((duress.secret, Slot { vault_key: decoy_key.clone(), kind, decoy_key: None }));
            }
            let made = NewSlots { vault, epoch: epoch + 1, params: options.params, wipe_after, used: &used };
            unlock::make(&made, keys)?.write(&home.slots(), &home.slots_copy())?;
            (open.access.slots_epoch, open.access.decoy_key) = (epoch + 1, Some(decoy_key));
            open.mark.slots_epoch = epoch + 1;
            // The commit moves the head on, so that the old slot file shows even where the key store kept its key.
            open.write(|writing| audit::append(writing, Entry::new(AuditAction::Secret, b"")))?;
            open.head.sync(open.mark)?;
            Ok(keys.delete(&SlotHeader::alias(vault, epoch))?)
        })
    }

    /// Opens the decoy from within the worker's own vault, to furnish it: it should look like one that is used. Lock it
    /// before anything else is done with this vault.
    ///
    /// Errors: `vault.missing` if there is none: [`Vault::change_secret`] makes it.
    pub fn open_decoy(&self) -> Result<Self, VaultError> {
        let home = self.home.clone();
        let (key, slots_epoch, training) = self.with(|open| {
            let key = open.access.decoy_key.clone().ok_or(VaultError::Missing)?;
            Ok((key, open.access.slots_epoch, open.access.training))
        })?;
        let layout = home.decoy();
        let identity = Identity::read(&layout.vault_id())?.ok_or(VaultError::Damaged(Part::VaultId))?;
        let keys = VaultKeys::new(key, identity.vault);
        identity.confirm(&keys)?;
        let access = Access { keys, slots_epoch, decoy_key: None, training, owes_epoch: false };
        let held = hold(&layout)?;
        let opened = Opened::open(&layout, access, held).map_err(|(error, _)| error)?;
        Ok(Self::of(home, layout, opened))
    }

    /// What a guess costs and how many wipe the vault, as its slot file says, for a change of the secret that keeps both.
    pub fn options(&self) -> Result<VaultOptions, VaultError> {
        let training = self.is_training()?;
        let header = Slots::read(&self.home.slots(), &self.home.slots_copy())?.header;
        let wipe_after = Some(header.wipe_after).filter(|count| *count > 0);
        Ok(VaultOptions { params: header.params, wipe_after, training })
    }
}
