//! Who may see what. A right that is not given here is refused. The expected cells stand in `tests/desk/roles.csv`, written
//! from domain.md 6 and not from this table, and are tried over HTTP.

use std::sync::Arc;

use rusqlite::OptionalExtension;
use wayside_model::{EventId, Route, Timestamp};

use crate::people::PersonRole;
use crate::sessions::Session;
use crate::views::{RecordRow, RecordView};
use crate::{Desk, DeskError, audit};

/// What a page shows or does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Right {
    /// The list of records with their next steps.
    Queue,
    /// The result of each dimension.
    Dimensions,
    /// Answers and narrative, after a reason is recorded.
    Answers,
    /// The consent ledger of a record.
    Consent,
    /// The list of devices.
    Devices,
    /// Saying that a device is lost.
    DeviceLost,
    /// The audit.
    Audit,
    /// Published numbers.
    Statistics,
    /// A file of what the queue lists.
    Export,
    /// Workers who ask for help.
    Team,
    /// What waits for a decision.
    Requests,
    /// Asking that a device be wiped.
    AskWipe,
    /// Facts for an impact assessment.
    Facts,
    /// What devices get: the directory of services, forms. Which of it is for `PublishedKind` to say.
    Publishing,
}

impl Right {
    /// All of them.
    pub(crate) const ALL: [Self; 14] = [
        Self::Queue,
        Self::Dimensions,
        Self::Answers,
        Self::Consent,
        Self::Devices,
        Self::DeviceLost,
        Self::Audit,
        Self::Statistics,
        Self::Export,
        Self::Team,
        Self::Requests,
        Self::AskWipe,
        Self::Facts,
        Self::Publishing,
    ];

    /// What it reaches, in words.
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::Queue => "work queue",
            Self::Dimensions => "result of each dimension",
            Self::Answers => "answers, after a reason",
            Self::Consent => "consent",
            Self::Devices => "devices",
            Self::DeviceLost => "reporting a device lost",
            Self::Audit => "audit",
            Self::Statistics => "published numbers",
            Self::Export => "files",
            Self::Team => "team",
            Self::Requests => "requests",
            Self::AskWipe => "asking for a wipe",
            Self::Facts => "these facts",
            Self::Publishing => "what devices get, as far as its kind is for this role",
        }
    }
}

/// How far a right reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Not at all.
    Nothing,
    /// The person's own site.
    Site,
    /// Records on the child's way.
    Children,
    /// Everything.
    All,
}

/// The table. What is not listed is nothing.
pub(crate) const fn reach(role: PersonRole, right: Right) -> Reach {
    use PersonRole::{Analyst, CaseManager, ChildProtection, KeyOfficer, SiteFocalPoint};
    use Right::{
        Answers, AskWipe, Audit, Consent, DeviceLost, Devices, Dimensions, Export, Facts, Publishing, Queue, Requests,
        Statistics, Team,
    };
    match (role, right) {
        (SiteFocalPoint, Queue | Dimensions | Answers | Consent | Devices | DeviceLost | Audit | Team) => Reach::Site,
        (SiteFocalPoint, AskWipe | Publishing) => Reach::Site,
        (ChildProtection | CaseManager | Analyst | KeyOfficer, Publishing) => Reach::All,
        (ChildProtection, Queue | Dimensions | Answers | Consent) => Reach::Children,
        (CaseManager, Queue | Dimensions | Answers | Consent | Devices | DeviceLost) => Reach::All,
        (CaseManager, Export | Statistics | Team | Requests | AskWipe) => Reach::All,
        (Analyst, Statistics) => Reach::All,
        (KeyOfficer, Consent | Devices | DeviceLost | Audit | Statistics | Requests | AskWipe | Facts) => Reach::All,
        _ => Reach::Nothing,
    }
}

/// Who looks at a page.
#[derive(Clone)]
pub(crate) enum Viewer {
    /// Nobody has a slot yet: whoever started the page.
    Owner,
    /// A person who is signed in.
    Person(Arc<Session>),
}

impl Viewer {
    pub(crate) fn reach(&self, right: Right) -> Reach {
        match self {
            Self::Owner => Reach::All,
            Self::Person(session) => reach(session.person.role, right),
        }
    }

    pub(crate) fn may(&self, right: Right) -> bool {
        self.reach(right) != Reach::Nothing
    }

    pub(crate) fn session(&self) -> Option<&Session> {
        match self {
            Self::Owner => None,
            Self::Person(session) => Some(session),
        }
    }

    /// Whether the right reaches this record. One that did not open belongs to no site and is nobody's way.
    pub(crate) fn may_see(&self, right: Right, row: &RecordRow) -> bool {
        match (self.reach(right), self.session()) {
            (Reach::All, _) => true,
            (Reach::Site, Some(session)) => !row.site.is_empty() && row.site == session.person.site,
            (Reach::Children, _) => row.route == Some(Route::Child),
            _ => false,
        }
    }

    pub(crate) fn may_see_site(&self, right: Right, site: &str) -> bool {
        match (self.reach(right), self.session()) {
            (Reach::All, _) => true,
            (Reach::Site, Some(session)) => site == session.person.site,
            _ => false,
        }
    }
}

/// What of a record somebody sees.
pub(crate) struct Seen {
    pub(crate) view: RecordView,
    /// Whether answers would be shown after a reason.
    pub(crate) ask_reason: bool,
}

impl Desk {
    /// A record as this viewer may see it; that it was opened goes into the audit first. Fails with `desk.unknown_record`
    /// also where it is there and the viewer may not know.
    pub(crate) fn record_for(&self, viewer: &Viewer, id: EventId, now: Timestamp) -> Result<Seen, DeskError> {
        let mut view = self.record(id)?;
        if !viewer.may_see(Right::Queue, &view.row) {
            return Err(DeskError::UnknownRecord);
        }
        let Some(session) = viewer.session() else {
            // Nobody has a slot: what is opened is written down all the same.
            self.store.write(|tx| audit::append(tx, None, "answers_read", &id.to_string(), &view.row.site, now))?;
            return Ok(Seen { view, ask_reason: false });
        };
        let reason = self.store.write(|tx| {
            let sql = "SELECT text FROM reason WHERE person = ?1 AND event = ?2";
            let reason: Option<String> =
                tx.query_row(sql, (session.person.id, id.as_bytes()), |row| row.get(0)).optional()?;
            let action = if reason.is_some() { "answers_read" } else { "record_opened" };
            audit::append(tx, Some(session), action, &id.to_string(), &view.row.site, now)?;
            Ok(reason)
        })?;
        let may_read = viewer.may_see(Right::Answers, &view.row);
        if let Some(screening) = &mut view.screening
            && (reason.is_none() || !may_read)
        {
            screening.answers.clear();
            screening.corrections.clear();
            screening.attachments.clear();
            // What the case manager needs to know of a case is a need, too.
            if session.person.role == PersonRole::CaseManager || !viewer.may_see(Right::Dimensions, &view.row) {
                screening.explanation = None;
            }
        }
        Ok(Seen { ask_reason: may_read && reason.is_none() && view.screening.is_some(), view })
    }

    /// Whether the viewer has said why they need to read a record. The owner need not.
    pub(crate) fn has_reason(&self, viewer: &Viewer, id: EventId) -> Result<bool, DeskError> {
        let Some(session) = viewer.session() else { return Ok(true) };
        self.store.read(|c| {
            let mut statement = c.prepare_cached("SELECT 1 FROM reason WHERE person = ?1 AND event = ?2")?;
            Ok(statement.exists((session.person.id, id.as_bytes()))?)
        })
    }

    /// Records why somebody needs to read a record. Fails with `desk.unknown_record` as [`Self::record_for`] does.
    pub(crate) fn give_reason(&self, by: &Session, id: EventId, text: &str, now: Timestamp) -> Result<(), DeskError> {
        self.store.write(|tx| {
            tx.execute(
                "INSERT INTO reason (person, event, text, at) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
                (by.person.id, id.as_bytes(), text, now.as_millis()),
            )?;
            audit::append(tx, Some(by), "reason_given", &id.to_string(), "", now)
        })
    }
}
