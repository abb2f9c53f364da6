#![doc = include_str!("../README.md")]

pub mod aead;
pub mod bundle;
pub mod certificate;
pub mod chain;
pub mod checkpoint;
pub mod content;
pub mod control;
pub mod directory;
pub mod enrol;
pub mod envelope;
pub mod epoch;
pub mod hpke;
pub mod item;
pub mod keystore;
pub mod minimum;
pub mod one_shot;
pub mod packed;
pub mod random;
pub mod receipt;
pub mod referral;
pub mod request;
pub mod sign;
pub mod stretch;
pub mod wipe;
pub mod words;

mod base32;
mod bytes;
mod error;
mod fixed;
mod hash;
mod key;
mod signed;
mod zip;

#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod golden;
#[cfg(test)]
mod laws;
#[cfg(test)]
mod oracle;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod wycheproof_vectors;

pub use certificate::DeviceCertificate;
pub use chain::{Chain, Opened, SealedEnvelope};
pub use checkpoint::Checkpoint;
pub use control::{ControlEntry, ControlKind};
pub use directory::{Directory, Officer, OfficerRole, Recipient, Role};
pub use enrol::EnrolmentRecord;
pub use epoch::{EpochHeader, EpochSecret, StartedEpoch, Wrap};
pub use error::SealError;
pub use hash::{Sha256, sha256};
pub use item::{Header, ItemKind};
pub use key::Key;
pub use keystore::{HardwareLevel, KeyStore, KeyStoreError};
pub use receipt::Receipt;
pub use request::EnrolmentRequest;
pub use sign::{Signature, SigningKey, VerifyingKey};
pub use stretch::StretchParams;
pub use wipe::WipeOrder;
