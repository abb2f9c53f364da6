use serde::Serialize;

/// Whether the relay has what was meant for it. Either way it is stored here, and the next pull sends what is waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "delivery", rename_all = "snake_case")]
pub enum Delivery {
    /// The relay has it.
    Sent,
    /// Not yet.
    Later {
        /// Why (`sync.*`).
        code: &'static str,
    },
}
