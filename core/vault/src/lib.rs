#![doc = include_str!("../README.md")]

pub mod outbox;
#[cfg(feature = "planted")]
pub mod planted;

mod attachments;
mod audit;
mod boot_clock;
mod database;
mod digest;
mod drafts;
mod durable;
mod erase;
mod error;
mod finish;
mod forms;
mod guesses;
mod head;
mod identity;
#[cfg(feature = "inspect")]
pub mod inspect;
mod keyring;
mod keys;
mod layout;
mod life;
mod lists;
mod make;
mod opened;
mod outbox_file;
mod outbox_log;
mod outbox_notes;
mod outbox_state;
mod outbox_trust;
#[cfg(not(feature = "planted"))]
mod planted;
mod queue;
mod records;
mod retention;
mod schema;
mod scrub;
mod sealed;
mod secret;
mod settings;
mod slots;
mod state;
#[cfg(test)]
mod testing;
mod texts;
mod unlock;
mod vault;
mod watch;
mod wipe;

pub use attachments::{Attachment, LARGEST_ATTACHMENT};
pub use audit::{AuditAction, AuditEntry, AuditHead};
pub use drafts::{Draft, DraftSummary};
pub use error::{Part, VaultError};
pub use finish::FinishRequest;
pub use forms::StoredForm;
pub use lists::{ListInfo, NewList};
pub use make::VaultOptions;
pub use outbox_notes::{CarriedChange, SyncMark};
pub use queue::{Counters, QueueRow, QueueState};
pub use records::{NewRecord, Record, RecordClass, RecordSummary};
pub use retention::{Policy, RetentionReport};
pub use secret::Duress;
pub use settings::CHAIN;
pub use texts::{TextHit, TextSource};
pub use vault::Vault;
