//! Who has the desk's passphrase: the case-team key opens every item that comes, unwraps every class key, and vouches for
//! class keys and people, so that whoever holds the database's key alone can put neither a key nor a person in.

use rusqlite::Connection;
use wayside_seal::hpke::{PrivateKey, PublicKey};
use wayside_seal::{Key, aead};

use super::{Keyring, class_keys};
use crate::DeskError;

/// No `Debug`: it holds keys.
pub(crate) struct Owner {
    pub(crate) team: PrivateKey,
    vouching: Key,
    keys: Keyring,
}

impl Owner {
    pub(crate) fn new(team: PrivateKey) -> Self {
        let vouching = Key::from_bytes(*team.expose()).derive("wayside/desk/vouch/1", &[]);
        Self { team, vouching, keys: Keyring::default() }
    }

    pub(crate) fn team_public(&self) -> Result<PublicKey, DeskError> {
        Ok(self.team.public()?)
    }

    /// All class keys there are now.
    pub(crate) fn keys(&self, c: &Connection) -> Result<&Keyring, DeskError> {
        class_keys::unwrap_all(c, self, &self.keys)?;
        Ok(&self.keys)
    }

    /// Says that this was written with the case-team key at hand.
    pub(super) fn vouch(&self, for_what: &[u8]) -> Result<Vec<u8>, DeskError> {
        Ok(aead::seal(&self.vouching, for_what, &[])?)
    }

    pub(super) fn is_vouched(&self, for_what: &[u8], vouch: &[u8]) -> bool {
        aead::open(&self.vouching, for_what, vouch).is_ok()
    }
}
