//! A key store in memory.

use std::collections::BTreeMap;
use std::sync::Mutex;

use wayside_seal::{HardwareLevel, Key, KeyStore, KeyStoreError};

#[derive(Default)]
pub(crate) struct MemoryKeys(Mutex<BTreeMap<String, Key>>);

impl KeyStore for MemoryKeys {
    fn level(&self) -> HardwareLevel {
        HardwareLevel::StrongBox
    }
    fn create(&self, alias: &str) -> Result<(), KeyStoreError> {
        self.0.lock().unwrap().entry(alias.to_owned()).or_insert_with(|| Key::random().unwrap());
        Ok(())
    }
    fn mac(&self, alias: &str, data: &[u8]) -> Result<Vec<u8>, KeyStoreError> {
        let keys = self.0.lock().unwrap();
        let key = keys.get(alias).ok_or(KeyStoreError::Invalidated)?;
        Ok(key.derive("memory-keys", data).expose().to_vec())
    }
    fn delete(&self, alias: &str) -> Result<(), KeyStoreError> {
        self.0.lock().unwrap().remove(alias);
        Ok(())
    }
    fn limited_use(&self) -> bool {
        false
    }
}
