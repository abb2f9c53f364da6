//! One record, whole.

use wayside_model::{EventBody, EventId, ScreeningRecord};

use crate::lists::{COLUMNS, Kept, explanation};
use crate::questions::{Questions, word};
use crate::views::{AttachmentView, RecordView, ScreeningView};
use crate::{Desk, DeskError};

impl Desk {
    /// One record; of several copies the verified one, else one that opened. Fails with `desk.unknown_record`.
    pub fn record(&self, id: EventId) -> Result<RecordView, DeskError> {
        let kept = self.store.read(|c| {
            let mut statement = c.prepare_cached(&format!(
                "SELECT {COLUMNS} FROM record r WHERE r.event = ?1
                 ORDER BY r.state <> 1, r.content IS NULL, r.device, r.sha256 LIMIT 1"
            ))?;
            let mut rows = statement.query([id.as_bytes()])?;
            rows.next()?.ok_or(DeskError::UnknownRecord).and_then(Kept::read)
        })?;
        let Kept { row, epoch, seq, event } = kept;
        let screening = event.and_then(|event| match event.body {
            EventBody::Screening(record) => Some(screening(record)),
            _ => None,
        });
        Ok(RecordView { row, epoch, seq, screening })
    }
}

fn screening(record: ScreeningRecord) -> ScreeningView {
    let questions = Questions::of(&record.form);
    let attachment = |file: wayside_model::RecordedAttachment| AttachmentView {
        bytes: file.bytes.len(),
        reference: file.reference,
        name: file.name,
    };
    ScreeningView {
        form_version: record.form.version,
        language: record.language,
        started: record.started,
        ended: record.ended,
        age: record.age,
        stopped: record.stopped,
        gates: record.gates,
        consents: record.consents,
        answers: record.answers.into_iter().map(|answer| word(questions, answer)).collect(),
        attachments: record.attachments.into_iter().map(attachment).collect(),
        explanation: record.explanation.as_deref().and_then(explanation),
    }
}
