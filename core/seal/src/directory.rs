//! The directory: to whose keys a device seals and who may order it wiped, signed by the organisation's offline root.

use minicbor::{Decode, Encode};
use subtle::ConstantTimeEq;
use wayside_model::Timestamp;

use crate::hpke::PublicKey;
use crate::signed::{DIRECTORY, Shape};
use crate::{SealError, SigningKey, VerifyingKey};

const SHAPE: Shape = Shape { tag: DIRECTORY, context: "wayside/directory/1" };

/// The most recipients a directory names. Each costs 88 bytes in each epoch header.
pub const MAX_RECIPIENTS: usize = 16;

/// The most officers a directory names.
pub const MAX_OFFICERS: usize = 32;

/// What a recipient's key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum Role {
    /// The team that works on cases.
    #[n(0)]
    CaseTeam,
    /// The recovery key, kept offline by two persons.
    #[n(1)]
    Recovery,
}

/// A key that can open what devices seal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct Recipient {
    /// What it is for.
    #[n(0)]
    pub role: Role,
    /// The key.
    #[n(1)]
    pub key: PublicKey,
}

/// What an officer may order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum OfficerRole {
    /// One of the two who order a wipe together.
    #[n(0)]
    KeyOfficer,
}

/// A person at HQ whose signature counts on devices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct Officer {
    /// What they may order.
    #[n(0)]
    pub role: OfficerRole,
    /// Their own key; nobody else at HQ holds it.
    #[n(1)]
    pub key: VerifyingKey,
    /// The first moment at which their signature counts.
    #[n(2)]
    pub not_before: Timestamp,
    /// The first moment at which it does not count any more.
    #[n(3)]
    pub not_after: Timestamp,
}

/// Whom a device trusts and seals to.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
pub struct Directory {
    /// The organisation, by its short name.
    #[n(0)]
    pub org: String,
    /// Grows with each directory; a lower one is never taken in place of a higher.
    #[n(1)]
    pub version: u64,
    /// When it was signed.
    #[n(2)]
    pub issued: Timestamp,
    /// From when on it is refused.
    #[n(3)]
    pub expires: Timestamp,
    /// The root that signs it.
    #[n(4)]
    pub root: VerifyingKey,
    /// The desk, which signs certificates and the control log.
    #[n(5)]
    pub desk: VerifyingKey,
    /// To whom every epoch is sealed. At least one case team, no key twice.
    #[n(6)]
    pub recipients: Vec<Recipient>,
    /// Who may order a device wiped, two together. No key twice. Empty in directories of the first version: then nobody.
    #[cbor(n(7), skip_if = "Vec::is_empty")]
    pub officers: Vec<Officer>,
}

impl Directory {
    /// The signed bytes. Fails with `seal.malformed` where the directory could not be verified afterwards.
    pub fn sign(&self, root: &SigningKey) -> Result<Vec<u8>, SealError> {
        self.check()?;
        if root.public() != self.root {
            return Err(SealError::DirectoryUntrusted);
        }
        SHAPE.sign(self, root)
    }

    /// Reads a directory and checks it: signed by the root whose fingerprint is pinned (`directory.untrusted`), not older
    /// than the one held (`directory.downgrade`), not expired (`directory.expired`), well formed (`seal.malformed`).
    pub fn verify(
        bytes: &[u8],
        root_fingerprint: &[u8; 32],
        now: Timestamp,
        held_version: Option<u64>,
    ) -> Result<Self, SealError> {
        let directory = Self::verify_held(bytes, root_fingerprint)?;
        if held_version.is_some_and(|held| directory.version < held) {
            return Err(SealError::DirectoryDowngrade);
        }
        directory.check_current(now)?;
        Ok(directory)
    }

    /// Reads again a directory that was verified when it came in. It may have expired since: what must not go on then asks
    /// [`Directory::check_current`]. Fails with `directory.untrusted`, `seal.malformed`.
    pub fn verify_held(bytes: &[u8], root_fingerprint: &[u8; 32]) -> Result<Self, SealError> {
        let directory: Self =
            SHAPE.verify_by(bytes, |directory: &Self| directory.root).map_err(|error| match error {
                SealError::SignatureWrong => SealError::DirectoryUntrusted,
                other => other,
            })?;
        if !bool::from(directory.root.fingerprint().ct_eq(root_fingerprint)) {
            return Err(SealError::DirectoryUntrusted);
        }
        directory.check()?;
        Ok(directory)
    }

    /// Refuses an expired directory. To be asked before each finish, as the directory may have been read long ago.
    /// Code `directory.expired`.
    pub fn check_current(&self, now: Timestamp) -> Result<(), SealError> {
        if now < self.expires { Ok(()) } else { Err(SealError::DirectoryExpired) }
    }

    /// Keys whose owners may order a device wiped at this moment, which is the later of the device's clock and HQ's word of
    /// the time. Two of them have to sign: [`crate::WipeOrder::verify`].
    pub fn officers_at(&self, now: Timestamp) -> Vec<VerifyingKey> {
        let counts = |officer: &&Officer| officer.not_before <= now && now < officer.not_after;
        self.officers.iter().filter(counts).map(|officer| officer.key).collect()
    }

    fn check(&self) -> Result<(), SealError> {
        let keys = &self.recipients;
        let a_team = keys.iter().any(|recipient| recipient.role == Role::CaseTeam);
        let twice = keys.iter().enumerate().any(|(i, a)| keys[..i].iter().any(|b| a.key.key_id() == b.key.key_id()));
        let officers = &self.officers;
        let never = officers.iter().any(|officer| officer.not_before >= officer.not_after);
        // One person with two entries could sign twice.
        let named_twice = officers.iter().enumerate().any(|(i, a)| officers[..i].iter().any(|b| a.key == b.key));
        let too_many = keys.len() > MAX_RECIPIENTS || officers.len() > MAX_OFFICERS;
        if !a_team || twice || never || named_twice || too_many || self.issued >= self.expires {
            return Err(SealError::Malformed);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{NOW, desk, directory, directory_with_officers, officer, root, stranger};
    use crate::testing;

    fn verify(bytes: &[u8], held: Option<u64>) -> Result<Directory, SealError> {
        Directory::verify(bytes, &root().public().fingerprint(), NOW, held)
    }

    #[test]
    fn read_as_it_was_signed() {
        let bytes = directory_with_officers().sign(&root()).unwrap();
        assert!(verify(&bytes, None).unwrap() == directory_with_officers());
        assert!(verify(&bytes, Some(300)).is_ok(), "the same version again");
        testing::every_flip_and_cut_is_refused(&bytes, |bytes| verify(bytes, None).is_err());
    }

    #[test]
    fn another_root_is_not_trusted() {
        let bytes = directory().sign(&root()).unwrap();
        let other = desk().public().fingerprint();
        assert_eq!(Directory::verify(&bytes, &other, NOW, None).err(), Some(SealError::DirectoryUntrusted));
        assert_eq!(directory().sign(&desk()).err(), Some(SealError::DirectoryUntrusted));
        // Somebody else's directory that is sound in itself.
        let forged = Directory { root: desk().public(), ..directory() }.sign(&desk()).unwrap();
        assert_eq!(verify(&forged, None).err(), Some(SealError::DirectoryUntrusted));
        // Names the right root, signed by another key.
        let forged = SHAPE.sign(&directory(), &desk()).unwrap();
        assert_eq!(verify(&forged, None).err(), Some(SealError::DirectoryUntrusted));
    }

    #[test]
    fn neither_older_nor_expired() {
        let bytes = directory().sign(&root()).unwrap();
        assert_eq!(verify(&bytes, Some(301)).err(), Some(SealError::DirectoryDowngrade));
        let late = directory().expires;
        let fingerprint = root().public().fingerprint();
        assert_eq!(Directory::verify(&bytes, &fingerprint, late, None).err(), Some(SealError::DirectoryExpired));
        assert!(Directory::verify_held(&bytes, &fingerprint).is_ok(), "one that was taken in its time");
        assert_eq!(directory().check_current(late), Err(SealError::DirectoryExpired));
        assert_eq!(directory().check_current(late.plus_millis(-1)), Ok(()));
    }

    #[test]
    fn an_officer_counts_from_the_first_moment_to_before_the_last() {
        let directory = directory_with_officers();
        let (one, two) = (officer(1).public(), officer(2).public());
        assert_eq!(directory.officers_at(NOW), [one, two]);
        assert_eq!(directory.officers_at(directory.officers[1].not_before.plus_millis(-1)), [one]);
        assert_eq!(directory.officers_at(directory.officers[0].not_after), [two]);
        assert!(directory.officers_at(directory.officers[1].not_after).is_empty());
    }

    #[test]
    fn unusable_directories_are_neither_signed_nor_read() {
        let with = |change: fn(&mut Directory)| {
            let mut directory = directory_with_officers();
            change(&mut directory);
            directory
        };
        let twice = |d: &mut Directory| d.recipients.push(d.recipients[0]);
        let many = |d: &mut Directory| {
            for i in 0..MAX_RECIPIENTS as u8 {
                d.recipients.push(Recipient { role: Role::Recovery, key: PublicKey::from_bytes([i; 32]) });
            }
        };
        for bad in [
            with(|d| d.recipients.clear()),
            with(|d| d.recipients[0].role = Role::Recovery),
            with(|d| d.expires = d.issued),
            with(twice),
            with(many),
            with(|d| d.officers.push(d.officers[0])),
            with(|d| d.officers[0].not_after = d.officers[0].not_before),
            with(|d| {
                d.officers = (0..=MAX_OFFICERS as u8)
                    .map(|i| Officer { key: VerifyingKey::from_bytes([i; 32]), ..d.officers[0] })
                    .collect();
            }),
        ] {
            assert_eq!(bad.sign(&root()).err(), Some(SealError::Malformed));
            let signed = SHAPE.sign(&bad, &root()).unwrap();
            assert_eq!(verify(&signed, None).err(), Some(SealError::Malformed));
        }
        let more = with(|d| d.recipients.push(Recipient { role: Role::CaseTeam, key: stranger().public().unwrap() }));
        assert!(verify(&more.sign(&root()).unwrap(), None).is_ok());
    }
}
