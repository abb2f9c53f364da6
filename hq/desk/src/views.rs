//! What the desk shows, as plain values: for tables, for JSON, for the pages. None of them has a field that judges a person.
//! The ones that hold what a person said have no `Debug`.

use std::collections::BTreeSet;

use serde::Serialize;
use wayside_model::{
    AgeStatement, AnswerState, ConsentEntry, DeviceId, EventId, GateRecord, Route, StopReason, Timestamp, Wording,
};
use wayside_screening::Explanation;

use crate::device_log::LogBreak;
use crate::requests::{Correction, Withdrawal};

/// How long a device may wait for the receipt of what HQ has, in milliseconds: 24 hours. Ours (docs/needs-review.md).
pub const RECEIPT_DUE_MS: i64 = 24 * 60 * 60 * 1000;

/// Where a device stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceState {
    /// It asked; nobody compared the words yet. Nothing of it is opened.
    Waiting,
    /// Somebody compared the words; it has a certificate.
    Confirmed,
    /// What came later does not count as verified.
    Revoked,
}

/// Sequence numbers that are missing, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Gap {
    /// Whose.
    pub device: DeviceId,
    /// In which epoch of the device.
    pub epoch: u32,
    /// First missing number.
    pub first: u64,
    /// Last missing number.
    pub last: u64,
}

/// One device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeviceRow {
    /// Its id.
    pub id: DeviceId,
    /// Where it stands.
    pub state: DeviceState,
    /// Role it was enrolled for.
    pub role: String,
    /// Site it was enrolled for.
    pub site: String,
    /// Pseudonym of its worker.
    pub worker: String,
    /// Words shown on the device too: equal words mean that these keys are its keys.
    pub words: String,
    /// When it asked, by its own clock.
    pub asked_at: Timestamp,
    /// When somebody confirmed it.
    pub confirmed_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// Last time a pull brought something from it.
    pub heard_at: Timestamp,
    /// Verified records.
    pub records: u64,
    /// Envelopes that are kept sealed because it is not confirmed.
    pub sealed: u64,
    /// Envelopes HQ has and cannot use. The device was told.
    pub set_aside: u64,
    /// How often it went on in a new epoch because an older copy of its files was put back, or another copy was in use. What
    /// it finished in between and had not sent is gone with the files that were written over.
    pub restores: u64,
    /// What is missing in its order.
    pub gaps: Vec<Gap>,
    /// Where its audit log did not go on from what HQ had seen: an old copy was put back, or the log was cut.
    pub log_breaks: Vec<LogBreak>,
}

/// Where a record stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordState {
    /// Opened and covered by a signed checkpoint of a confirmed device: HQ has it.
    Verified,
    /// Opened; the signed checkpoint that covers it has not come.
    Uncovered,
    /// Something does not fit; `problem` says what. No receipt is given.
    Problem,
}

/// One record in a list. What could not be opened has empty fields.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct RecordRow {
    /// The event.
    pub id: EventId,
    /// The case in a form that can be said aloud; empty where the record did not open.
    pub case_code: String,
    /// The device that sealed it.
    pub device: DeviceId,
    /// Id of the form.
    pub form: String,
    /// Ids of the outcomes that hold (`N1` to `N9`).
    pub outcomes: Vec<String>,
    /// The way the interview took; none where it is about nobody.
    pub route: Option<Route>,
    /// Site code.
    pub site: String,
    /// Pseudonym of the worker.
    pub worker: String,
    /// End of the interview, or when it came where it did not open.
    pub at: Timestamp,
    /// Where it stands.
    pub state: RecordState,
    /// Error code, where there is a problem.
    pub problem: Option<String>,
    /// Whether the receipt for it is with the relay.
    pub receipt_sent: bool,
    /// When its envelope came to HQ.
    pub came_at: Option<Timestamp>,
    /// Kept and not used: its content is shown to nobody.
    pub restricted: bool,
    /// Its form is not about a person, as the device had it from HQ. The code is the record's own then, and no case's.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub about_nobody: bool,
}

impl RecordRow {
    /// Hides what was found where the case is restricted: it is kept and not used.
    pub(crate) fn restrict(&mut self, restricted: &BTreeSet<String>) {
        self.restricted = restricted.contains(&self.case_code);
        if self.restricted {
            self.outcomes.clear();
        }
    }

    /// Whether its device waits too long for a receipt: the envelope is here since [`RECEIPT_DUE_MS`] and no receipt of it is
    /// with the relay, be it that it does not verify or that the relay does not take the receipt.
    pub fn is_receipt_overdue(&self, now: Timestamp) -> bool {
        !self.receipt_sent && self.came_at.is_some_and(|came| now >= came.plus_millis(RECEIPT_DUE_MS))
    }

    /// 0 act now, 1 the child's way, 2 the rest and what is restricted. Lists show lower numbers first.
    pub fn urgency(&self) -> u8 {
        if self.restricted {
            return 2;
        }
        let has = |id: &str| self.outcomes.iter().any(|outcome| outcome == id);
        if has("N1") {
            0
        } else if has("N2") || self.route == Some(Route::Child) {
            1
        } else {
            2
        }
    }
}

/// One answer.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct AnswerView {
    /// The question's place in the form.
    #[serde(rename = "ref")]
    pub reference: String,
    /// The question as the form words it in its first language, where the desk has this exact form.
    pub question: Option<String>,
    /// Kind of answer.
    pub state: AnswerState,
    /// The value as recorded: option codes, not labels.
    pub value: String,
    /// The value as the form words it, where that differs.
    pub shown: Option<String>,
}

/// A file of a record; its bytes are fetched apart.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct AttachmentView {
    /// The question.
    #[serde(rename = "ref")]
    pub reference: String,
    /// Name inside the record.
    pub name: String,
    /// Length in bytes.
    pub bytes: u64,
    /// All of it is here. A large file comes in parts, after its record.
    pub has_come: bool,
}

/// What an opened record holds.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct ScreeningView {
    /// HQ says of its form, as it is now, that it is not about a person.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub signed_about_nobody: bool,
    /// Version of the form.
    pub form_version: String,
    /// Language of the interview (BCP 47).
    pub language: String,
    /// In what words the questions were put, where they were not the form's own in the language asked for.
    pub wording: Option<Wording>,
    /// Start, rounded.
    pub started: Timestamp,
    /// End, rounded.
    pub ended: Timestamp,
    /// What is known of the age, in the calendar it was said in.
    pub age: AgeStatement,
    /// Why it ended early.
    pub stopped: Option<StopReason>,
    /// Gates.
    pub gates: Vec<GateRecord>,
    /// Consent ledger.
    pub consents: Vec<ConsentEntry>,
    /// Lines that were taken back after the record was sealed.
    pub withdrawn: Vec<Withdrawal>,
    /// What was found wrong later, beside the record, which itself is never changed.
    pub corrections: Vec<Correction>,
    /// Answers in form order, but for those about alleged actors.
    pub answers: Vec<AnswerView>,
    /// Answers about alleged actors, where who looks may read them now.
    pub actors: Vec<AnswerView>,
    /// How many answers and files about alleged actors stay shut to who looks.
    pub actors_shut: usize,
    /// Files.
    pub attachments: Vec<AttachmentView>,
    /// Outcomes, rule branches and what they rest on; empty for a form without indicators.
    pub explanation: Option<Explanation>,
}

/// One record, whole.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct RecordView {
    /// As in the list.
    #[serde(flatten)]
    pub row: RecordRow,
    /// Epoch of the device.
    pub epoch: u32,
    /// Number in the epoch.
    pub seq: u64,
    /// What it holds; empty where it did not open.
    pub screening: Option<ScreeningView>,
}

/// The first page.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Overview {
    /// The organisation.
    pub org: String,
    /// Verified records.
    pub verified: u64,
    /// Records that wait for a checkpoint or have a problem.
    pub unverified: u64,
    /// Envelopes kept sealed because their device is not confirmed.
    pub sealed: u64,
    /// Devices that wait for somebody to compare the words.
    pub devices_waiting: u64,
    /// Sequence numbers that are missing.
    pub missing: u64,
    /// All records, urgent ones first, then newest first.
    pub records: Vec<RecordRow>,
}

impl Overview {
    /// Counts what these devices wait with and lack.
    pub(crate) fn count_devices(&mut self, devices: &[DeviceRow]) {
        self.sealed = devices.iter().map(|row| row.sealed).sum();
        self.devices_waiting = devices.iter().filter(|row| row.state == DeviceState::Waiting).count() as u64;
        self.missing = devices.iter().flat_map(|row| &row.gaps).map(|gap| gap.last - gap.first + 1).sum();
    }
}
