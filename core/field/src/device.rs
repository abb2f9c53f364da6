//! What a device knows of itself: kept in the vault's settings, in canonical form.

use minicbor::{Decode, Encode};
use wayside_model::{DeviceId, ErrorCode, from_canonical, to_canonical};
use wayside_seal::{Chain, DeviceCertificate, Directory, Key, SigningKey};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::error::FieldError;

const IDENTITY: &str = "device";
const DIRECTORY: &str = "directory";
const CERTIFICATE: &str = "certificate";
const REVOKED: &str = "revoked";
/// The chain setting is also written by the vault's finish transaction, which gets the name from here.
pub(crate) const CHAIN: &str = "chain";

/// Keys and names given at enrolment.
#[derive(Encode, Decode, Zeroize, ZeroizeOnDrop)]
pub(crate) struct Identity {
    #[n(0)]
    #[zeroize(skip)]
    pub(crate) device: DeviceId,
    #[cbor(n(1), with = "minicbor::bytes")]
    pub(crate) sign_seed: [u8; 32],
    #[cbor(n(2), with = "minicbor::bytes")]
    pub(crate) seal_secret: [u8; 32],
    #[cbor(n(3), with = "minicbor::bytes")]
    pub(crate) receipt_key: [u8; 32],
    #[cbor(n(4), with = "minicbor::bytes")]
    pub(crate) root_fingerprint: [u8; 32],
    #[n(5)]
    pub(crate) words: String,
}

impl Identity {
    pub(crate) fn signing_key(&self) -> Result<SigningKey, FieldError> {
        Ok(SigningKey::from_seed(self.sign_seed)?)
    }
    pub(crate) fn receipt_key(&self) -> Key {
        Key::from_bytes(self.receipt_key)
    }
}

/// Reads and writes the settings; each missing piece is damage, for enrolment writes them all before a vault is handed out.
pub(crate) struct Settings<'a>(pub(crate) &'a wayside_vault::Vault);

impl Settings<'_> {
    pub(crate) fn put_identity(&self, identity: &Identity) -> Result<(), FieldError> {
        let mut bytes = to_canonical(identity);
        let done = self.0.put_setting(IDENTITY, &bytes);
        bytes.zeroize();
        Ok(done?)
    }

    pub(crate) fn identity(&self) -> Result<Identity, FieldError> {
        let bytes = self.0.setting(IDENTITY)?.ok_or(ErrorCode::VaultDamaged)?;
        Ok(from_canonical(&bytes)?)
    }

    /// Whether a device was made here.
    pub(crate) fn is_made(&self) -> Result<bool, FieldError> {
        Ok(self.0.setting(IDENTITY)?.is_some())
    }

    /// Takes over what says where the device belongs, and none of its keys.
    pub(crate) fn take_over(&self, other: &Self) -> Result<(), FieldError> {
        for name in [DIRECTORY, CERTIFICATE] {
            if let Some(value) = other.0.setting(name)? {
                self.0.put_setting(name, &value)?;
            }
        }
        Ok(())
    }

    pub(crate) fn put_chain(&self, chain: &Chain) -> Result<(), FieldError> {
        Ok(self.0.put_setting(CHAIN, &chain.to_bytes())?)
    }

    pub(crate) fn chain(&self) -> Result<Chain, FieldError> {
        let bytes = self.0.setting(CHAIN)?.ok_or(ErrorCode::VaultDamaged)?;
        Ok(Chain::from_bytes(&bytes)?)
    }

    pub(crate) fn put_directory(&self, signed: &[u8]) -> Result<(), FieldError> {
        Ok(self.0.put_setting(DIRECTORY, signed)?)
    }

    /// The directory in force, as it was signed.
    pub(crate) fn signed_directory(&self) -> Result<Vec<u8>, FieldError> {
        Ok(self.0.setting(DIRECTORY)?.ok_or(ErrorCode::VaultDamaged)?.to_vec())
    }

    /// The directory in force, its signature checked again, its expiry left to the caller.
    pub(crate) fn directory(&self, identity: &Identity) -> Result<Directory, FieldError> {
        Ok(Directory::verify_held(&self.signed_directory()?, &identity.root_fingerprint)?)
    }

    pub(crate) fn put_certificate(&self, signed: &[u8]) -> Result<(), FieldError> {
        Ok(self.0.put_setting(CERTIFICATE, signed)?)
    }

    pub(crate) fn certificate(&self, directory: &Directory) -> Result<Option<DeviceCertificate>, FieldError> {
        let Some(bytes) = self.0.setting(CERTIFICATE)? else { return Ok(None) };
        Ok(Some(DeviceCertificate::verify(&bytes, &directory.desk)?))
    }

    pub(crate) fn put_revoked(&self) -> Result<(), FieldError> {
        Ok(self.0.put_setting(REVOKED, &[1])?)
    }

    pub(crate) fn is_revoked(&self) -> Result<bool, FieldError> {
        Ok(self.0.setting(REVOKED)?.is_some())
    }
}
