//! One record, whole: as much of it as the keys at hand open.

use rusqlite::Connection;
use wayside_model::{ConsentEntry, EventBody, EventId, RecordedAttachment, ScreeningRecord};

use crate::actors::Places;
use crate::keys::Keyring;
use crate::keys::sections::{self, Place, Summary};
use crate::lists::{COLUMNS, Kept, explanation};
use crate::questions::{Questions, word};
use crate::requests::{self, Withdrawal};
use crate::views::{AttachmentView, RecordRow, RecordView, ScreeningView};
use crate::{Desk, DeskError, files, publishing};

/// How much of a record is opened. What is not asked for stays sealed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Depth {
    pub(crate) results: bool,
    pub(crate) answers: bool,
    /// With the answers: also those about alleged actors.
    pub(crate) actors: bool,
}

impl Depth {
    /// All that one person alone may open.
    pub(crate) const WHOLE: Self = Self { results: true, answers: true, actors: false };
}

/// The consent of a record.
pub(crate) struct ConsentView {
    pub(crate) row: RecordRow,
    /// `None` where the record did not open.
    pub(crate) entries: Option<Vec<ConsentEntry>>,
    pub(crate) withdrawn: Vec<Withdrawal>,
}

const SECTIONS: &str = "SELECT results, consent, whole FROM record WHERE device = ?1 AND sha256 = ?2";

impl Desk {
    /// One record; of several copies the verified one, else one that opened. Of a restricted one the content stays shut, and
    /// what any says of alleged actors: that takes two people who have slots.
    /// Fails with `desk.unknown_record`.
    pub fn record(&self, id: EventId) -> Result<RecordView, DeskError> {
        let mut view = self.whole_record(id)?;
        restrict(&mut view);
        Ok(view)
    }

    /// As [`Desk::record`], also where it is restricted: for the person's own copy.
    pub(crate) fn whole_record(&self, id: EventId) -> Result<RecordView, DeskError> {
        self.check_caught_up()?;
        self.read_all(|c, keys| record(c, keys, id, Depth::WHOLE))
    }
}

/// Where and how a record stands, with no more of it than its row. Fails with `desk.unknown_record`.
pub(crate) fn kept(c: &Connection, keys: &Keyring, id: EventId) -> Result<Kept, DeskError> {
    let mut statement = c.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM record r WHERE r.event = ?1 AND r.kind = 0
         ORDER BY r.state <> 1, r.whole IS NULL, r.device, r.sha256 LIMIT 1"
    ))?;
    let mut rows = statement.query([id.as_bytes()])?;
    let mut kept = rows.next()?.ok_or(DeskError::UnknownRecord).and_then(|row| Kept::read(row, keys))?;
    kept.row.restricted = requests::restricted(c)?.contains(&kept.row.case_code);
    Ok(kept)
}

/// A record as far as these keys open it and it is asked for.
pub(crate) fn record(c: &Connection, keys: &Keyring, id: EventId, depth: Depth) -> Result<RecordView, DeskError> {
    let Kept { row, epoch, seq, place, summary } = kept(c, keys, id)?;
    let screening = summary.map(|summary| screening(c, keys, &row, place, summary, depth)).transpose()?;
    Ok(RecordView { row, epoch, seq, screening })
}

/// The consent ledger of a record, and nothing else of it.
pub(crate) fn consent(c: &Connection, keys: &Keyring, id: EventId) -> Result<ConsentView, DeskError> {
    let Kept { row, place, .. } = kept(c, keys, id)?;
    let (_, sealed, _) = sealed_sections(c, place)?;
    let entries = sealed.map(|sealed| sections::consent_of(keys, place, &sealed)).transpose()?.flatten();
    Ok(ConsentView { withdrawn: requests::withdrawals(c, &row.case_code)?, row, entries })
}

/// Shuts the content of a restricted record.
pub(crate) fn restrict(view: &mut RecordView) {
    if !view.row.restricted {
        return;
    }
    view.row.outcomes.clear();
    if let Some(screening) = &mut view.screening {
        screening.answers.clear();
        screening.actors.clear();
        screening.actors_shut = 0;
        screening.corrections.clear();
        screening.attachments.clear();
        screening.explanation = None;
        screening.wording = None;
    }
}

type Sections = (Option<Vec<u8>>, Option<Vec<u8>>, Option<Vec<u8>>);

fn sealed_sections(c: &Connection, place: Place) -> Result<Sections, DeskError> {
    let mut statement = c.prepare_cached(SECTIONS)?;
    let at = (place.device.as_bytes(), place.sha256);
    Ok(statement.query_row(at, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?)
}

fn screening(
    c: &Connection,
    keys: &Keyring,
    row: &RecordRow,
    place: Place,
    summary: Summary,
    depth: Depth,
) -> Result<ScreeningView, DeskError> {
    let (results, consent, whole) = sealed_sections(c, place)?;
    let results = results.filter(|_| depth.results).map(|sealed| sections::results_of(keys, place, &sealed));
    let consents = consent.map(|sealed| sections::consent_of(keys, place, &sealed)).transpose()?.flatten();
    let whole = whole.filter(|_| depth.answers).map(|sealed| sections::event_of(keys, place, &sealed));
    let whole = whole.transpose()?.flatten().and_then(|event| match event.body {
        EventBody::Screening(record) => Some(record),
        _ => None,
    });
    let corrections = match whole {
        Some(_) => requests::corrections(c, keys, &row.case_code)?,
        None => Vec::new(),
    };
    let signed_about_nobody = publishing::is_about_nobody(c, &summary.form)?;
    let mut view = ScreeningView {
        signed_about_nobody,
        form_version: summary.form.version,
        language: summary.language,
        wording: summary.wording,
        started: summary.started,
        ended: summary.ended,
        age: summary.age,
        stopped: summary.stopped,
        gates: summary.gates,
        consents: consents.unwrap_or_default(),
        withdrawn: requests::withdrawals(c, &row.case_code)?,
        corrections,
        answers: Vec::new(),
        actors: Vec::new(),
        actors_shut: 0,
        attachments: Vec::new(),
        explanation: results.transpose()?.flatten().as_deref().and_then(explanation),
    };
    if let Some(record) = whole {
        answers(c, &mut view, record, depth.actors)?;
    }
    Ok(view)
}

fn answers(
    c: &Connection,
    view: &mut ScreeningView,
    record: ScreeningRecord,
    with_actors: bool,
) -> Result<(), DeskError> {
    let questions = Questions::of(&record.form);
    let places = Places::of(c, &record.form)?;
    let (actors, answers): (Vec<_>, Vec<_>) =
        record.answers.into_iter().partition(|answer| places.cover(&answer.reference));
    let (shut, files): (Vec<_>, Vec<_>) =
        record.attachments.into_iter().partition(|file| !with_actors && places.cover(&file.reference));
    if with_actors {
        view.actors = actors.into_iter().map(|answer| word(questions, answer)).collect();
    } else {
        view.actors_shut = actors.len() + shut.len();
    }
    let attachment = |file: RecordedAttachment| {
        Ok(AttachmentView {
            bytes: file.apart.map_or(file.bytes.len() as u64, |apart| apart.len),
            has_come: file.apart.map_or(Ok(true), |apart| files::has_come(c, &apart))?,
            reference: file.reference,
            name: file.name,
        })
    };
    view.answers = answers.into_iter().map(|answer| word(questions, answer)).collect();
    view.attachments = files.into_iter().map(attachment).collect::<Result<_, DeskError>>()?;
    Ok(())
}
