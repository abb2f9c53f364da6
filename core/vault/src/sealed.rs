//! The seal that each record has of its own, inside the encrypted database: SQLCipher gives zeroed bytes instead of an error
//! for some damaged pages, and takes a page of yesterday for one of today.

use wayside_model::CaseId;
use wayside_seal::{Key, aead};
use zeroize::Zeroizing;

use crate::VaultError;
use crate::planted::{self, Weakness};

/// Seals under a fresh salt.
pub(crate) fn seal(key: &Key, aad: &[u8], plain: &[u8]) -> Result<Vec<u8>, VaultError> {
    if planted::is(Weakness::NoRecordSeal) {
        let mut bytes = wayside_seal::random::bytes::<16>()?.to_vec();
        bytes.extend_from_slice(plain);
        bytes.extend_from_slice(&wayside_seal::random::bytes::<16>()?);
        return Ok(bytes);
    }
    Ok(aead::seal(key, aad, plain)?)
}

/// Opens. What does not fit was changed outside.
pub(crate) fn open(key: &Key, aad: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
    if planted::is(Weakness::NoRecordSeal) {
        return Ok(Zeroizing::new(sealed.get(16..sealed.len().saturating_sub(16)).unwrap_or_default().to_vec()));
    }
    aead::open(key, aad, sealed).map_err(|_| VaultError::Tampered)
}

/// Binds a sealed value to its table, the version of its form, its case, its id and its number, so that it cannot stand in
/// another's place.
pub(crate) fn aad(table: &str, form: u32, case: CaseId, id: &[u8; 16], n: i64) -> Vec<u8> {
    // Room for all of it: this is done for every record that is read.
    let mut aad = Vec::with_capacity(table.len() + 64);
    aad.extend_from_slice(table.as_bytes());
    aad.push(b'|');
    aad.extend_from_slice(form.to_string().as_bytes());
    aad.push(b'|');
    aad.extend_from_slice(case.as_bytes());
    aad.extend_from_slice(id);
    aad.extend_from_slice(&n.to_le_bytes());
    aad
}
