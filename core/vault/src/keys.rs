//! The vault key and what is derived from it. Each label stands for one purpose and is never used for another.

use wayside_model::VaultId;
use wayside_seal::Key;
use zeroize::Zeroizing;

/// The vault key, wiped when dropped.
pub(crate) struct VaultKeys {
    vault_key: Key,
    vault: VaultId,
}

impl VaultKeys {
    pub(crate) const fn new(vault_key: Key, vault: VaultId) -> Self {
        Self { vault_key, vault }
    }
    pub(crate) const fn vault(&self) -> VaultId {
        self.vault
    }
    /// Key check of `vault.id` over its other bytes.
    pub(crate) fn check(&self, head: &[u8]) -> Key {
        self.vault_key.derive("wayside/vault-check/1", head)
    }
    /// SQLCipher's raw key.
    pub(crate) fn database(&self) -> Key {
        self.vault_key.derive("wayside/vault-database/1", self.vault.as_bytes())
    }
    /// Seals the keyring of one epoch.
    pub(crate) fn keyring(&self, epoch: u64) -> Key {
        let context = [self.vault.as_bytes().as_slice(), &epoch.to_le_bytes()].concat();
        self.vault_key.derive("wayside/vault-keyring/1", &context)
    }
    /// Marks rows in the digest over all of them.
    pub(crate) fn rows(&self) -> Key {
        self.vault_key.derive("wayside/vault-rows/1", self.vault.as_bytes())
    }
    /// Seals the head file.
    pub(crate) fn head(&self) -> Key {
        self.vault_key.derive("wayside/vault-head/1", self.vault.as_bytes())
    }
    /// MACs of the audit log, and its names for objects and actors.
    pub(crate) fn audit(&self) -> Key {
        self.vault_key.derive("wayside/vault-audit/1", self.vault.as_bytes())
    }
    /// Names of what was erased.
    pub(crate) fn tombstones(&self) -> Key {
        self.vault_key.derive("wayside/vault-tombstones/1", self.vault.as_bytes())
    }
    /// For the slot file that is made anew.
    pub(crate) const fn vault_key(&self) -> &Key {
        &self.vault_key
    }
    /// Seals settings.
    pub(crate) fn settings(&self) -> Key {
        self.vault_key.derive("wayside/vault-settings/1", self.vault.as_bytes())
    }
}

/// The form in which SQLCipher takes a raw key: `x'…'` with 64 hexadecimal digits.
pub(crate) fn raw_literal(key: &Key) -> Zeroizing<Vec<u8>> {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    // Room for all of it from the start, so that growing leaves no copy behind.
    let mut literal = Zeroizing::new(Vec::with_capacity(67));
    literal.extend_from_slice(b"x'");
    for byte in key.expose() {
        literal.extend([byte >> 4, byte & 15].map(|digit| DIGITS[usize::from(digit)]));
    }
    literal.push(b'\'');
    literal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn purposes_have_keys_of_their_own() {
        let keys = VaultKeys::new(Key::from_bytes([1; 32]), VaultId::from_bytes([2; 16]));
        assert!(keys.keyring(1) != keys.keyring(2));
        assert!(keys.database() != keys.settings());
        let other = VaultKeys::new(Key::from_bytes([1; 32]), VaultId::from_bytes([3; 16]));
        assert!(keys.database() != other.database());
    }

    #[test]
    fn raw_key_as_sqlcipher_wants_it() {
        let literal = raw_literal(&Key::from_bytes([0xa7; 32]));
        assert_eq!(literal.as_slice(), format!("x'{}'", "a7".repeat(32)).as_bytes());
    }
}
