//! What a person who is signed in does: asks, decides, signs. Each act is theirs in the audit.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use wayside_model::{DeviceId, EventId};

use crate::access::{Right, Viewer};
use crate::people::PersonRole;
use crate::requests::RequestKind;
use crate::routes::{Room, Shared, Who, blocking, now, page, refused, trouble};
use crate::sessions::Session;
use crate::{Desk, DeskError, conflicts, page_requests};

pub(crate) async fn requests(State(room): Shared, Extension(viewer): Who) -> Response {
    page(room, viewer, Right::Requests, |desk, viewer, head| {
        desk.check_caught_up()?;
        let (rows, conflicts) =
            desk.read_for(viewer, |c, keys| Ok((Desk::requests_with(c, keys)?, conflicts::all(c, keys)?)))?;
        Ok(page_requests::requests(head, &rows, &conflicts, &desk.releases(now())?, &desk.wipes()?))
    })
    .await
}

/// Something that a person who is signed in does, and the page that shows it afterwards.
pub(crate) async fn act(
    room: Arc<Room>,
    viewer: Viewer,
    right: Right,
    to: &str,
    work: impl FnOnce(&Desk, &Viewer, &Session) -> Result<(), DeskError> + Send + 'static,
) -> Response {
    let Viewer::Person(session) = viewer.clone() else { return refused(&room, &viewer) };
    if !viewer.may(right) {
        return refused(&room, &viewer);
    }
    let who = viewer.clone();
    match blocking(&room, move |room| work(&room.desk, &who, &session)).await {
        Ok(()) => Redirect::to(to).into_response(),
        Err(DeskError::NotAllowed) => refused(&room, &viewer),
        Err(error) => trouble(&room, Some(&viewer), &error),
    }
}

#[derive(Deserialize)]
pub(crate) struct Ask {
    case: String,
    kind: String,
    text: String,
}

pub(crate) async fn ask(State(room): Shared, Extension(viewer): Who, Form(ask): Form<Ask>) -> Response {
    act(room, viewer, Right::Queue, "/", move |desk, viewer, session| {
        let kind = RequestKind::of(&ask.kind).ok_or(DeskError::UnknownRecord)?;
        if !desk.records_for(viewer, Right::Queue)?.iter().any(|row| row.case_code == ask.case) {
            return Err(DeskError::UnknownRecord);
        }
        desk.ask_by(Some(session), kind, &ask.case, &ask.text, now()).map(drop)
    })
    .await
}

#[derive(Deserialize)]
pub(crate) struct Decide {
    decision: String,
    reason: String,
}

pub(crate) async fn decide(
    State(room): Shared,
    Extension(viewer): Who,
    Path(id): Path<String>,
    Form(decide): Form<Decide>,
) -> Response {
    act(room, viewer, Right::Requests, "/requests", move |desk, _, session| {
        let id: EventId = id.parse().map_err(|_| DeskError::UnknownRecord)?;
        let rows = desk.store.read(|c| Desk::requests_with(c, &session.keys))?;
        let row = rows.into_iter().find(|row| row.id == id).ok_or(DeskError::UnknownRecord)?;
        if !page_requests::decides(session.person.role, row.kind) {
            return Err(DeskError::NotAllowed);
        }
        desk.decide_by(Some(session), id, decide.decision == "grant", &decide.reason, now()).map(drop)
    })
    .await
}

#[derive(Deserialize)]
pub(crate) struct DecideConflict {
    case: String,
    field: String,
    value: String,
    reason: String,
}

pub(crate) async fn decide_conflict(
    State(room): Shared,
    Extension(viewer): Who,
    Form(it): Form<DecideConflict>,
) -> Response {
    act(room, viewer, Right::Requests, "/requests", move |desk, _, session| {
        if session.person.role != PersonRole::CaseManager {
            return Err(DeskError::NotAllowed);
        }
        desk.decide_conflict_by(Some(session), &it.case, &it.field, &it.value, &it.reason, now())
    })
    .await
}

#[derive(Deserialize)]
pub(crate) struct AskActors {
    reason: String,
}

pub(crate) async fn ask_actors(
    State(room): Shared,
    Extension(viewer): Who,
    Path(id): Path<String>,
    Form(AskActors { reason }): Form<AskActors>,
) -> Response {
    let to = format!("/records/{id}");
    act(room, viewer, Right::Actors, &to, move |desk, viewer, _| {
        desk.ask_release(viewer, id.parse().map_err(|_| DeskError::UnknownRecord)?, &reason, now())
    })
    .await
}

#[derive(Deserialize)]
pub(crate) struct Agree {
    asked_by: String,
}

/// The second person agrees.
pub(crate) async fn agree_actors(
    State(room): Shared,
    Extension(viewer): Who,
    Path(id): Path<String>,
    Form(Agree { asked_by }): Form<Agree>,
) -> Response {
    act(room, viewer, Right::Requests, "/requests", move |desk, _, session| {
        desk.agree_release_by(session, id.parse().map_err(|_| DeskError::UnknownRecord)?, &asked_by, now())
    })
    .await
}

pub(crate) async fn ask_wipe(State(room): Shared, Extension(viewer): Who, Path(id): Path<String>) -> Response {
    act(room, viewer, Right::AskWipe, "/devices", move |desk, viewer, session| {
        let id: DeviceId = id.parse().map_err(|_| DeskError::UnknownDevice)?;
        let row = desk.devices()?.into_iter().find(|row| row.id == id).ok_or(DeskError::UnknownDevice)?;
        if !viewer.may_see_site(Right::AskWipe, &row.site) {
            return Err(DeskError::UnknownDevice);
        }
        desk.ask_wipe_by(Some(session), id, false, now()).map(drop)
    })
    .await
}

#[derive(Deserialize)]
pub(crate) struct Compared {
    words: Option<String>,
}

/// Confirms a device whose words somebody compared and says so. The certificate is in its log afterwards, the next pull opens
/// what it sent.
pub(crate) async fn confirm_device(
    State(room): Shared,
    Extension(viewer): Who,
    Path(id): Path<String>,
    Form(Compared { words }): Form<Compared>,
) -> Response {
    act(room, viewer, Right::Admit, "/devices", move |desk, _, session| {
        if words.as_deref() != Some("equal") {
            return Err(DeskError::NoReason);
        }
        let id: DeviceId = id.parse().map_err(|_| DeskError::UnknownDevice)?;
        desk.confirm_by(Some(session), id, now()).map(drop)
    })
    .await
}

pub(crate) async fn revoke_device(State(room): Shared, Extension(viewer): Who, Path(id): Path<String>) -> Response {
    act(room, viewer, Right::Admit, "/devices", move |desk, _, session| {
        let id: DeviceId = id.parse().map_err(|_| DeskError::UnknownDevice)?;
        desk.revoke_by(Some(session), id, now()).map(drop)
    })
    .await
}

pub(crate) async fn approve_wipe(
    State(room): Shared,
    Extension(viewer): Who,
    Path((device, number)): Path<(String, u64)>,
) -> Response {
    act(room, viewer, Right::Requests, "/requests", move |desk, _, session| {
        let device: DeviceId = device.parse().map_err(|_| DeskError::UnknownDevice)?;
        desk.approve_wipe_by(session, device, number, now()).map(drop)
    })
    .await
}

pub(crate) async fn help_seen(State(room): Shared, Extension(viewer): Who, Path(id): Path<String>) -> Response {
    act(room, viewer, Right::Team, "/team", move |desk, viewer, session| {
        let id: EventId = id.parse().map_err(|_| DeskError::UnknownRecord)?;
        let row = desk.help()?.into_iter().find(|row| row.id == id).ok_or(DeskError::UnknownRecord)?;
        if !viewer.may_see_site(Right::Team, &row.site) {
            return Err(DeskError::UnknownRecord);
        }
        desk.see_to_help(session, id, now())
    })
    .await
}
