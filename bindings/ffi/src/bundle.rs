//! Sealed items and HQ's entries as a file, for a stick or another phone.
use crate::error::FieldError;
use crate::outbox_session::OutboxSession;
use crate::vault::Vault;
use wayside_field as field;

/// What was not taken from a bundle, and why.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct RefusedPieces {
    /// `signature.wrong`, `seal.malformed`, `sync.conflict`, `carry.full` or `carry.gap`.
    pub code: String,
    /// How many.
    pub count: u32,
}

/// What was taken from a bundle.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct BundleReport {
    /// The file's end is there and fits. Of a file that was cut off, all whole pieces were looked at.
    pub complete: bool,
    /// HQ's entries for this device that are new.
    pub received: u32,
    /// Pieces that are carried for others from now on.
    pub carried: u32,
    /// Pieces that were here before.
    pub known: u32,
    /// Items carried for others that HQ has now: given up.
    pub released: u32,
    /// What was not taken.
    pub refused: Vec<RefusedPieces>,
}

impl From<field::BundleReport> for BundleReport {
    fn from(report: field::BundleReport) -> Self {
        let refused = report.refused.into_iter();
        Self {
            complete: report.complete,
            received: report.received,
            carried: report.carried,
            known: report.known,
            released: report.released,
            refused: refused.map(|(code, count)| RefusedPieces { code: code.as_str().to_owned(), count }).collect(),
        }
    }
}

#[uniffi::export]
impl OutboxSession {
    /// All that this device has not got HQ's receipt for, and all it carries for others, as the bytes of a file. Nothing
    /// changes by it.
    ///
    /// Errors: `vault.locked` where HQ's keys were never noted here: open the vault once; `storage.*`, `vault.damaged`.
    pub fn export_bundle(&self) -> Result<Vec<u8>, FieldError> {
        self.core.call(|core| Ok(core.export_bundle()?))
    }

    /// Takes in a file that HQ or another device wrote, cut off, twice, in any order. HQ's entries count from the next time
    /// the vault is open; what is for or from others is carried, under a quota.
    ///
    /// Errors: `seal.malformed` if it is no bundle; `carry.foreign` if it is another organisation's; `vault.locked` as
    /// `exportBundle`; `storage.*`.
    pub fn import_bundle(&self, bytes: Vec<u8>) -> Result<BundleReport, FieldError> {
        self.core.call(|core| Ok(core.import_bundle(&bytes)?.into()))
    }
}

#[uniffi::export]
impl Vault {
    /// As `OutboxSession.exportBundle`.
    ///
    /// Errors: as there; `vault.training`.
    pub fn export_bundle(&self) -> Result<Vec<u8>, FieldError> {
        self.core.call(|core| Ok(core.export_bundle()?))
    }

    /// As `OutboxSession.importBundle`; what HQ sent counts at once.
    ///
    /// Errors: as there; `vault.training`.
    pub fn import_bundle(&self, bytes: Vec<u8>) -> Result<BundleReport, FieldError> {
        self.core.call(|core| Ok(core.import_bundle(&bytes)?.into()))
    }
}
