//! What a worker may open, as HQ signed it into the device certificate. Works offline.

use crate::forms::Training;

/// A worker's trainings and office, read from the role of the device certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Authority {
    trained: bool,
    specialist: bool,
    child_protection: bool,
    supervisor: bool,
}

impl Authority {
    /// Reads a role: words apart by blanks, such as `screener trained child_protection`. Words that are not known give
    /// nothing, so that a newer role never opens more on an older app.
    ///
    /// The role comes from a certificate that the caller has verified (`wayside_seal::DeviceCertificate`).
    pub fn of_role(role: &str) -> Self {
        let has = |word| role.split_ascii_whitespace().any(|held| held == word);
        Self {
            trained: has("trained") || has("specialist") || has("child_protection"),
            specialist: has("specialist"),
            child_protection: has("child_protection"),
            supervisor: has("supervisor"),
        }
    }
    /// Whether the worker has this training.
    pub const fn has(self, training: Training) -> bool {
        match training {
            Training::None => true,
            Training::Trained => self.trained,
            Training::Specialist => self.specialist,
            Training::ChildProtection => self.child_protection,
        }
    }
    /// Whether the worker may confirm a step downwards.
    pub const fn is_supervisor(self) -> bool {
        self.supervisor
    }
}
