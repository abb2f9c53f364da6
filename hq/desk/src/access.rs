//! Who may see what. A right that is not given here is refused, and what a slot unwraps follows from the same table (`keys`): a
//! page that forgot to ask would have nothing to show. The expected cells stand in `tests/desk/roles.csv`, written
//! from domain.md 6 and not from this table, and are tried over HTTP.

use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension};
use wayside_model::{EventId, Route, Timestamp};

use crate::actors::Release;
use crate::keys::Keyring;
use crate::one_record::{self, ConsentView, Depth};
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
    /// Answers about alleged actors, which are released apart (`actors`).
    Actors,
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
    /// Confirming a device whose words were compared, and ending one.
    Admit,
    /// Facts for an impact assessment.
    Facts,
    /// What devices get: the directory of services, forms. Which of it is for `PublishedKind` to say.
    Publishing,
}

impl Right {
    /// All of them.
    pub(crate) const ALL: [Self; 16] = [
        Self::Queue,
        Self::Dimensions,
        Self::Answers,
        Self::Actors,
        Self::Consent,
        Self::Devices,
        Self::DeviceLost,
        Self::Audit,
        Self::Statistics,
        Self::Export,
        Self::Team,
        Self::Requests,
        Self::AskWipe,
        Self::Admit,
        Self::Facts,
        Self::Publishing,
    ];

    /// What it reaches, in words.
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::Queue => "work queue",
            Self::Dimensions => "result of each dimension",
            Self::Answers => "answers, after a reason",
            Self::Actors => "answers about alleged actors, after a reason; a case manager also with a second person",
            Self::Consent => "consent",
            Self::Devices => "devices",
            Self::DeviceLost => "reporting a device lost",
            Self::Audit => "audit",
            Self::Statistics => "published numbers",
            Self::Export => "files",
            Self::Team => "team",
            Self::Requests => "requests",
            Self::AskWipe => "asking for a wipe",
            Self::Admit => "confirming and ending devices",
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
        Actors, Admit, Answers, AskWipe, Audit, Consent, DeviceLost, Devices, Dimensions, Export, Facts, Publishing,
        Queue, Requests, Statistics, Team,
    };
    match (role, right) {
        (SiteFocalPoint, Queue | Dimensions | Answers | Actors | Consent | Devices | DeviceLost | Audit | Team) => {
            Reach::Site
        }
        (SiteFocalPoint, AskWipe | Publishing) => Reach::Site,
        (ChildProtection | CaseManager | Analyst | KeyOfficer, Publishing) => Reach::All,
        (ChildProtection, Queue | Dimensions | Answers | Actors | Consent) => Reach::Children,
        (CaseManager, Queue | Dimensions | Answers | Actors | Consent | Devices | DeviceLost) => Reach::All,
        (CaseManager, Export | Statistics | Team | Requests | AskWipe) => Reach::All,
        (Analyst, Statistics) => Reach::All,
        (KeyOfficer, Consent | Devices | DeviceLost | Audit | Statistics | Requests) => Reach::All,
        (KeyOfficer, AskWipe | Admit | Facts) => Reach::All,
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
        self.reaches(right, &row.site, row.route == Some(Route::Child))
    }

    fn reaches(&self, right: Right, site: &str, child: bool) -> bool {
        match (self.reach(right), self.session()) {
            (Reach::All, _) => true,
            (Reach::Site, Some(session)) => !site.is_empty() && site == session.person.site,
            (Reach::Children, _) => child,
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
    /// How far the viewer is with what it says of alleged actors.
    pub(crate) release: Release,
}

impl Desk {
    /// Reads with the keys of who looks: those of their slot, or all of them where nobody has a slot yet.
    pub(crate) fn read_for<T>(
        &self,
        viewer: &Viewer,
        work: impl FnOnce(&Connection, &Keyring) -> Result<T, DeskError>,
    ) -> Result<T, DeskError> {
        match viewer.session() {
            Some(session) => self.store.read(|c| work(c, &session.keys)),
            None => self.read_all(work),
        }
    }

    /// A record in a list. Fails with `desk.unknown_record`.
    pub(crate) fn row_for(&self, viewer: &Viewer, id: EventId) -> Result<RecordRow, DeskError> {
        self.check_caught_up()?;
        self.read_for(viewer, |c, keys| Ok(one_record::kept(c, keys, id)?.row))
    }

    /// Records that this viewer reaches by a right. Those of other sites and ways are not opened.
    pub(crate) fn records_for(&self, viewer: &Viewer, right: Right) -> Result<Vec<RecordRow>, DeskError> {
        self.check_caught_up()?;
        self.read_for(viewer, |c, keys| Self::records_with(c, keys, |site, child| viewer.reaches(right, site, child)))
    }

    /// The consent of a record, for who guards it; that it was read goes into the audit first. Fails with
    /// `desk.unknown_record` as [`Self::record_for`] does.
    pub(crate) fn consent_for(&self, viewer: &Viewer, id: EventId, now: Timestamp) -> Result<ConsentView, DeskError> {
        self.check_caught_up()?;
        let view = self.read_for(viewer, |c, keys| one_record::consent(c, keys, id))?;
        if !viewer.may_see(Right::Consent, &view.row) {
            return Err(DeskError::UnknownRecord);
        }
        let (object, site) = (id.to_string(), &view.row.site);
        self.write_sealed(|sealer| audit::append(sealer, viewer.session(), "consent_read", &object, site, now))?;
        Ok(view)
    }

    /// A record as this viewer may see it; that it was opened goes into the audit first. Fails with `desk.unknown_record`
    /// also where it is there and the viewer may not know.
    pub(crate) fn record_for(&self, viewer: &Viewer, id: EventId, now: Timestamp) -> Result<Seen, DeskError> {
        let row = self.row_for(viewer, id)?;
        if !viewer.may_see(Right::Queue, &row) {
            return Err(DeskError::UnknownRecord);
        }
        let read = |depth| {
            let mut view = self.read_for(viewer, |c, keys| one_record::record(c, keys, id, depth))?;
            one_record::restrict(&mut view);
            Ok::<_, DeskError>(view)
        };
        let Some(session) = viewer.session() else {
            // Nobody has a slot: what is opened is written down all the same.
            self.write_sealed(|sealer| audit::append(sealer, None, "answers_read", &id.to_string(), &row.site, now))?;
            return Ok(Seen { view: read(Depth::WHOLE)?, ask_reason: false, release: Release::Never });
        };
        let reason = self.write_sealed(|sealer| {
            let tx = sealer.tx;
            let sql = "SELECT text FROM reason WHERE person = ?1 AND event = ?2";
            let reason: Option<String> =
                tx.query_row(sql, (session.person.id, id.as_bytes()), |row| row.get(0)).optional()?;
            let action = if reason.is_some() { "answers_read" } else { "record_opened" };
            audit::append(sealer, Some(session), action, &id.to_string(), &row.site, now)?;
            Ok(reason)
        })?;
        let may_read = viewer.may_see(Right::Answers, &row);
        let answers = reason.is_some() && may_read;
        // What the case manager needs to know of a case is a need, too.
        let is_need = session.person.role == PersonRole::CaseManager;
        let results = answers || (viewer.may_see(Right::Dimensions, &row) && !is_need);
        let release = self.release_for(viewer, &row, now)?;
        let view = read(Depth { results, answers, actors: answers && release.is_open() })?;
        self.note_actors_read(viewer, [&view], now)?;
        Ok(Seen { ask_reason: may_read && reason.is_none() && view.screening.is_some(), view, release })
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
        self.write_sealed(|sealer| {
            let tx = sealer.tx;
            tx.execute(
                "INSERT INTO reason (person, event, text, at) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
                (by.person.id, id.as_bytes(), text, now.as_millis()),
            )?;
            audit::append(sealer, Some(by), "reason_given", &id.to_string(), "", now)
        })
    }
}
