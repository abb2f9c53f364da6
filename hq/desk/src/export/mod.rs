//! Files of what a role may see. That one was made goes into the audit before it is handed out.

mod formats;
mod htcds;
mod person;

use wayside_model::Timestamp;

use crate::access::{Right, Viewer};
use crate::one_record::{self, Depth};
use crate::views::RecordRow;
use crate::{Desk, DeskError, audit, words};

/// What kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportFormat {
    /// The work queue, as comma-separated values (RFC 4180).
    Csv,
    /// The work queue, as a workbook.
    Xlsx,
    /// The work queue, as JSON.
    Json,
    /// Records in the words of the Human Trafficking Case Data Standard 2.0, as comma-separated values.
    Htcds,
}

impl ExportFormat {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Csv, Self::Xlsx, Self::Json, Self::Htcds];

    /// The word for it at the command line and in an address.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Json => "json",
            Self::Htcds => "htcds",
        }
    }

    /// The format of a word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.word() == word)
    }

    pub(crate) const fn media_type(self) -> &'static str {
        match self {
            Self::Csv | Self::Htcds => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Json => "application/json",
        }
    }
}

/// A table on its way into a file.
struct Sheet {
    head: Vec<&'static str>,
    rows: Vec<Vec<String>>,
}

impl Desk {
    /// A file of everything, for the desk's owner. Fails with `desk.restored`, `storage.*`.
    pub fn export(&self, format: ExportFormat, now: Timestamp) -> Result<Vec<u8>, DeskError> {
        self.export_for(&Viewer::Owner, format, now)
    }

    /// Of whom a record is, in a file the person can keep: what was recorded, in words, with every line of consent.
    /// Fails with `desk.unknown_record` where no case has this code, and for a record that is about nobody.
    pub fn own_copy(&self, code: &str, now: Timestamp) -> Result<String, DeskError> {
        self.own_copy_for(&Viewer::Owner, code, now)
    }

    pub(crate) fn export_for(
        &self,
        viewer: &Viewer,
        format: ExportFormat,
        now: Timestamp,
    ) -> Result<Vec<u8>, DeskError> {
        let rows: Vec<RecordRow> = self
            .records_for(viewer, Right::Export)?
            .into_iter()
            .filter(|row| !row.case_code.is_empty() && !row.restricted)
            .collect();
        let sheet = match format {
            ExportFormat::Htcds => htcds::sheet(self, viewer, &rows)?,
            _ => queue(&rows),
        };
        let told = format!("{}, {} lines", format.word(), sheet.rows.len());
        self.write_sealed(|sealer| audit::append(sealer, viewer.session(), "exported", &told, "", now))?;
        match format {
            ExportFormat::Csv | ExportFormat::Htcds => Ok(formats::csv(&sheet).into_bytes()),
            ExportFormat::Xlsx => formats::xlsx(&sheet),
            ExportFormat::Json => formats::json(&sheet),
        }
    }

    pub(crate) fn own_copy_for(&self, viewer: &Viewer, code: &str, now: Timestamp) -> Result<String, DeskError> {
        let rows = self.records_for(viewer, Right::Answers)?;
        let rows: Vec<RecordRow> = rows.into_iter().filter(|row| row.case_code == code && !row.about_nobody).collect();
        let first = rows.first().ok_or(DeskError::UnknownRecord)?;
        for row in &rows {
            if !self.has_reason(viewer, row.id)? {
                return Err(DeskError::NoReason);
            }
        }
        self.write_sealed(|sealer| audit::append(sealer, viewer.session(), "own_copy_made", code, &first.site, now))?;
        let open = rows.iter().map(|row| Ok((row.id, self.release_for(viewer, row, now)?.is_open())));
        let open = open.collect::<Result<Vec<_>, DeskError>>()?;
        let (views, referrals) = self.read_for(viewer, |c, keys| {
            let views = open
                .iter()
                .map(|(id, actors)| one_record::record(c, keys, *id, Depth { actors: *actors, ..Depth::WHOLE }));
            Ok((views.collect::<Result<Vec<_>, _>>()?, Self::referrals_with(c, keys)?))
        })?;
        self.note_actors_read(viewer, &views, now)?;
        let referrals = referrals.into_iter().filter(|row| row.case_code == code).collect::<Vec<_>>();
        Ok(person::text(self.org(), code, &views, &referrals, now))
    }
}

/// Case code, form, outcomes, way, site, day, whether it is about a person: no answer, no device, no worker.
fn queue(rows: &[RecordRow]) -> Sheet {
    let line = |row: &RecordRow| {
        vec![
            row.case_code.clone(),
            row.form.clone(),
            row.outcomes.join(" "),
            words::route(row.route).to_owned(),
            row.site.clone(),
            words::iso(row.at)[..10].to_owned(),
            if row.about_nobody { words::ABOUT_NOBODY } else { "person" }.to_owned(),
        ]
    };
    Sheet {
        head: vec!["case", "form", "outcomes", "way", "site", "day", "about"],
        rows: rows.iter().map(line).collect(),
    }
}
