use wayside_model::{Coded, ErrorCode};

/// Everything that can go wrong in this crate. Holds no key, no name, no byte of what was sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// Sealed bytes do not open: wrong key, or changed on the way. Code `seal.broken`.
    #[error("sealed bytes do not open")]
    Broken,
    /// Bytes are not in a form this version knows. Code `seal.malformed`.
    #[error("sealed bytes are not in a known form")]
    Malformed,
    /// A signature or a MAC does not fit. Code `signature.wrong`.
    #[error("a signature does not fit")]
    SignatureWrong,
    /// The envelope is not the next one of this chain. Code `seal.order`.
    #[error("the envelope is not the next one of its chain")]
    OutOfOrder,
    /// The epoch has no sequence number left; a new epoch has to be started. Code `seal.epoch_full`.
    #[error("the epoch is full")]
    EpochFull,
    /// The plain bytes are beyond [`crate::envelope::MAX_PLAIN`], or a list is too long. Code `seal.too_large`.
    #[error("too large to be sealed in one piece")]
    TooLarge,
    /// The system gave no randomness. Code `seal.no_randomness`.
    #[error("the system gave no randomness")]
    NoRandomness,
    /// There was not enough memory to stretch the secret. Code `seal.no_memory`.
    #[error("not enough memory to stretch the secret")]
    NoMemory,
    /// Stretching parameters are below the floor or above the cap. Code `seal.malformed`.
    #[error("stretching parameters are out of bounds")]
    StretchBounds,
    /// The secret is too short for what the key store gives. Code `vault.weak_secret`.
    #[error("the secret is too short for this key store")]
    WeakSecret,
    /// The text is not an enrolment record. Code `enrol.malformed`.
    #[error("not an enrolment record")]
    EnrolMalformed,
    /// The enrolment record's 15 minutes are over. Code `enrol.expired`.
    #[error("the enrolment record has expired")]
    EnrolExpired,
    /// The directory is not signed by the pinned root. Code `directory.untrusted`.
    #[error("the directory is not signed by the pinned root")]
    DirectoryUntrusted,
    /// The directory has expired. Code `directory.expired`.
    #[error("the directory has expired")]
    DirectoryExpired,
    /// An older directory than the one held. Code `directory.downgrade`.
    #[error("the directory is older than the one held")]
    DirectoryDowngrade,
    /// A primitive refused input that it must take. Code `bug`.
    #[error("a primitive refused valid input")]
    Bug,
}

impl Coded for SealError {
    fn code(&self) -> ErrorCode {
        match self {
            Self::Broken => ErrorCode::SealBroken,
            Self::Malformed | Self::StretchBounds => ErrorCode::SealMalformed,
            Self::SignatureWrong => ErrorCode::SignatureWrong,
            Self::OutOfOrder => ErrorCode::SealOrder,
            Self::EpochFull => ErrorCode::SealEpochFull,
            Self::TooLarge => ErrorCode::SealTooLarge,
            Self::NoRandomness => ErrorCode::SealNoRandomness,
            Self::NoMemory => ErrorCode::SealNoMemory,
            Self::WeakSecret => ErrorCode::VaultWeakSecret,
            Self::EnrolMalformed => ErrorCode::EnrolMalformed,
            Self::EnrolExpired => ErrorCode::EnrolExpired,
            Self::DirectoryUntrusted => ErrorCode::DirectoryUntrusted,
            Self::DirectoryExpired => ErrorCode::DirectoryExpired,
            Self::DirectoryDowngrade => ErrorCode::DirectoryDowngrade,
            Self::Bug => ErrorCode::Bug,
        }
    }
}

impl From<wayside_model::Malformed> for SealError {
    fn from(_: wayside_model::Malformed) -> Self {
        Self::Malformed
    }
}
