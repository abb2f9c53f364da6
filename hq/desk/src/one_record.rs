//! One record, whole.

use rusqlite::Connection;
use wayside_model::{EventBody, EventId, RecordedAttachment, ScreeningRecord};

use crate::lists::{COLUMNS, Kept, explanation};
use crate::questions::{Questions, word};
use crate::requests::{self, Correction, Withdrawal};
use crate::views::{AttachmentView, RecordView, ScreeningView};
use crate::{Desk, DeskError, files};

impl Desk {
    /// One record; of several copies the verified one, else one that opened. Of a restricted one the content stays shut.
    /// Fails with `desk.unknown_record`.
    pub fn record(&self, id: EventId) -> Result<RecordView, DeskError> {
        let mut view = self.whole_record(id)?;
        if view.row.restricted {
            view.row.outcomes.clear();
        }
        if let Some(screening) = view.screening.as_mut().filter(|_| view.row.restricted) {
            screening.answers.clear();
            screening.corrections.clear();
            screening.attachments.clear();
            screening.explanation = None;
            screening.wording = None;
        }
        Ok(view)
    }

    /// As [`Desk::record`], also where it is restricted: for the person's own copy.
    pub(crate) fn whole_record(&self, id: EventId) -> Result<RecordView, DeskError> {
        self.check_caught_up()?;
        self.store.read(|c| {
            let mut statement = c.prepare_cached(&format!(
                "SELECT {COLUMNS} FROM record r WHERE r.event = ?1 AND r.kind = 0
                 ORDER BY r.state <> 1, r.content IS NULL, r.device, r.sha256 LIMIT 1"
            ))?;
            let mut rows = statement.query([id.as_bytes()])?;
            let Kept { mut row, epoch, seq, event } =
                rows.next()?.ok_or(DeskError::UnknownRecord).and_then(Kept::read)?;
            row.restricted = requests::restricted(c)?.contains(&row.case_code);
            let withdrawn = requests::withdrawals(c, &row.case_code)?;
            let corrections = requests::corrections(c, &row.case_code)?;
            let screening = event.and_then(|event| match event.body {
                EventBody::Screening(record) => Some(screening(c, record, withdrawn, corrections)),
                _ => None,
            });
            let screening = screening.transpose()?;
            Ok(RecordView { row, epoch, seq, screening })
        })
    }
}

fn screening(
    c: &Connection,
    record: ScreeningRecord,
    withdrawn: Vec<Withdrawal>,
    corrections: Vec<Correction>,
) -> Result<ScreeningView, DeskError> {
    let questions = Questions::of(&record.form);
    let attachment = |file: RecordedAttachment| {
        Ok(AttachmentView {
            bytes: file.apart.map_or(file.bytes.len() as u64, |apart| apart.len),
            has_come: file.apart.map_or(Ok(true), |apart| files::has_come(c, &apart))?,
            reference: file.reference,
            name: file.name,
        })
    };
    Ok(ScreeningView {
        form_version: record.form.version,
        language: record.language,
        wording: record.wording,
        started: record.started,
        ended: record.ended,
        age: record.age,
        stopped: record.stopped,
        gates: record.gates,
        consents: record.consents,
        withdrawn,
        corrections,
        answers: record.answers.into_iter().map(|answer| word(questions, answer)).collect(),
        attachments: record.attachments.into_iter().map(attachment).collect::<Result<_, DeskError>>()?,
        explanation: record.explanation.as_deref().and_then(explanation),
    })
}
