//! Looking after who holds the interviews: whether one was hard, and a call that reaches the supervisor's queue at HQ. It is
//! about the worker, and never about the person of an interview.

use wayside_model::{CaseId, ErrorCode, Event, EventBody, EventId};
use wayside_seal::random;

use crate::error::FieldError;
use crate::finish;
use crate::result::OutcomeView;
use crate::vault::Vault;

/// Outcomes after which a worker is asked how they are. Ours: docs/needs-review.md.
const HARD: [&str; 4] = ["N1", "N2", "N3", "N4"];

/// A worker who asks for help waits no longer than a person in danger (class P0).
const PRIORITY_ASKED: u8 = 0;
/// The sign of a hard interview goes with new records (class P1).
const PRIORITY_SIGN: u8 = 1;

/// Whether what was heard may weigh on who heard it.
pub(crate) fn is_hard(outcomes: &[OutcomeView]) -> bool {
    outcomes.iter().any(|outcome| HARD.contains(&outcome.id.as_str()))
}

impl Vault {
    /// Seals to HQ that this worker wants to be called: with the worker's pseudonym and site, and no word of why. The
    /// supervisor's page shows it. Only the worker's own word sends it, never a rule. `asked` is false for an interview that was hard without the worker asking.
    ///
    /// Errors: `session.not_ready` while HQ has not confirmed the device, for nobody would know whom to call; `storage.*`.
    pub fn ask_for_help(&self, asked: bool) -> Result<EventId, FieldError> {
        let settings = self.inner.settings();
        let certificate = settings.certificate(&settings.directory(&settings.identity()?)?)?;
        let certificate = certificate.ok_or(ErrorCode::SessionNotReady)?;
        // A case of its own: nothing may tie it to an interview.
        let (id, case): (EventId, CaseId) = (random::id()?, random::id()?);
        let at = self.inner.clock.now().rounded();
        let body = EventBody::Help { worker: certificate.worker, site: certificate.site, asked };
        let priority = if asked { PRIORITY_ASKED } else { PRIORITY_SIGN };
        finish::send(&self.inner, &Event { id, case, at, body }, priority)?;
        Ok(id)
    }
}
