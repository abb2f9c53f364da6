#![doc = include_str!("../README.md")]

pub mod outbox;

mod boot_clock;
mod database;
mod drafts;
mod durable;
mod error;
mod finish;
mod forms;
mod guesses;
mod identity;
#[cfg(feature = "inspect")]
mod inspect;
mod keyring;
mod keys;
mod layout;
mod make;
mod outbox_file;
mod outbox_log;
mod outbox_state;
mod queue;
mod schema;
mod settings;
mod slots;
mod unlock;
mod vault;
mod wipe;

pub use drafts::{Draft, DraftSummary};
pub use error::{Part, VaultError};
pub use finish::FinishRequest;
pub use forms::StoredForm;
pub use queue::{Counters, QueueRow, QueueState};
pub use settings::CHAIN;
pub use vault::Vault;
