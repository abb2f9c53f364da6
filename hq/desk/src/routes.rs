//! What each path shows, to whom.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Form, Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::{Extension, Router, middleware, routing};
use maud::Markup;
use serde::Deserialize;
use wayside_model::{Coded, DeviceId, EventId, Sensitive, Timestamp};
use wayside_sync::wire::{hex, unhex};

use crate::access::{Reach, Right, Viewer};
use crate::page::Head;
use crate::sessions::{NotSignedIn, Sessions};
use crate::{
    Desk, DeskError, ExportFormat, acts, acts_publish, page, page_devices, page_facts, page_overview, page_people,
    page_record, page_referrals, page_statistics,
};

/// The one style sheet, HQ's and a service's.
pub(crate) const STYLE: &str = include_str!("style.css");
const COOKIE: &str = "wayside-desk";

/// What every handler shares.
pub(crate) struct Room {
    pub(crate) desk: Arc<Desk>,
    pub(crate) sessions: Sessions,
}

pub(crate) type Shared = State<Arc<Room>>;
pub(crate) type Who = Extension<Viewer>;

/// How often sessions that are over are let go of, where nobody asks for a page.
const SWEEP: Duration = Duration::from_secs(20);

/// The pages, and what lets go of sessions whose time is over for as long as the pages are served.
pub(crate) fn pages(desk: Arc<Desk>) -> (Router, impl Future<Output = ()> + Send + 'static) {
    let room = Arc::new(Room { desk, sessions: Sessions::default() });
    let swept = Arc::clone(&room);
    let sweep = async move {
        let mut ticks = tokio::time::interval(SWEEP);
        loop {
            ticks.tick().await;
            swept.sessions.end_those_over();
        }
    };
    (router(room), sweep)
}

fn router(room: Arc<Room>) -> Router {
    use routing::{get, post};
    Router::new()
        .route("/", get(overview))
        .route("/records/{id}", get(record))
        .route("/records/{id}/reason", post(reason))
        .route("/records/{id}/actors", post(acts::ask_actors))
        .route("/records/{id}/actors/agree", post(acts::agree_actors))
        .route("/records/{id}/consent", get(consent))
        .route("/referrals", get(referrals))
        .route("/requests", get(acts::requests).post(acts::ask))
        .route("/requests/{id}", post(acts::decide))
        .route("/conflicts", post(acts::decide_conflict))
        .route("/devices/{id}/wipe", post(acts::ask_wipe))
        .route("/devices/{id}/confirm", post(acts::confirm_device))
        .route("/devices/{id}/revoke", post(acts::revoke_device))
        .route("/wipes/{device}/{number}", post(acts::approve_wipe))
        .route("/team", get(team))
        .route("/team/{id}/seen", post(acts::help_seen))
        .route("/devices", get(devices))
        .route("/devices/{id}/lost", get(loss).post(report_loss))
        .route("/statistics", get(statistics))
        .route("/audit", get(audit))
        .route("/facts", get(facts))
        .route(
            "/publishing",
            get(acts_publish::publishing)
                .post(acts_publish::bring)
                .layer(axum::extract::DefaultBodyLimit::max(acts_publish::MOST)),
        )
        .route("/publishing/{number}/sign", post(acts_publish::sign))
        .route("/publishing/{number}/drop", post(acts_publish::drop_it))
        .route("/export/{format}", get(export))
        .route("/records/{id}/copy", get(own_copy))
        .route("/records/{id}/files/{name}", get(file))
        .route("/sign-out", post(sign_out))
        .fallback(get(nothing_here))
        .layer(middleware::from_fn_with_state(Arc::clone(&room), admit))
        .route("/sign-in", get(sign_in_page).post(sign_in))
        .route("/style.css", get(style))
        .route("/healthz", get(|| async { "ok\n" }))
        .with_state(room)
}

/// Lets nobody past without a session, once anybody has a slot.
async fn admit(State(room): Shared, mut request: axum::extract::Request, next: middleware::Next) -> Response {
    let token = token(request.headers());
    let found = blocking(&room, move |room| {
        if !room.desk.has_people()? {
            return Ok(Some(Viewer::Owner));
        }
        // From the first slot on, what is shown opens with the keys of who is signed in, and with no others.
        room.desk.give_up_keys();
        let Some((token, session)) = token.and_then(|token| Some((token, room.sessions.find(&token)?))) else {
            return Ok(None);
        };
        if room.desk.is_active(&session.person)? {
            return Ok(Some(Viewer::Person(session)));
        }
        room.sessions.end(&token);
        Ok(None)
    });
    match found.await {
        Ok(Some(viewer)) => {
            request.extensions_mut().insert(viewer);
            next.run(request).await
        }
        Ok(None) if request.method() == axum::http::Method::GET => Redirect::to("/sign-in").into_response(),
        Ok(None) => StatusCode::UNAUTHORIZED.into_response(),
        Err(error) => trouble(&room, None, &error),
    }
}

fn token(headers: &HeaderMap) -> Option<[u8; 32]> {
    let cookies = headers.get(header::COOKIE)?.to_str().ok()?;
    cookies
        .split(';')
        .filter_map(|cookie| cookie.trim().split_once('='))
        .find(|(name, _)| *name == COOKIE)
        .and_then(|(_, v)| unhex(v))
}

/// Work on the database, away from the threads that serve.
pub(crate) async fn blocking<T: Send + 'static>(
    room: &Arc<Room>,
    work: impl FnOnce(&Room) -> Result<T, DeskError> + Send + 'static,
) -> Result<T, DeskError> {
    let room = Arc::clone(room);
    tokio::task::spawn_blocking(move || work(&room)).await.map_err(|_| DeskError::Bug)?
}

/// A page, if the viewer has this right at all. What of it they see is the page's affair.
pub(crate) async fn page(
    room: Arc<Room>,
    viewer: Viewer,
    right: Right,
    make: impl FnOnce(&Desk, &Viewer, &Head<'_>) -> Result<Markup, DeskError> + Send + 'static,
) -> Response {
    if !viewer.may(right) {
        return refused(&room, &viewer);
    }
    let shown = viewer.clone();
    let made = blocking(&room, move |room| {
        let head = Head { org: room.desk.org(), viewer: Some(&viewer) };
        make(&room.desk, &viewer, &head)
    });
    match made.await {
        Ok(markup) => Html(markup.into_string()).into_response(),
        Err(error) => trouble(&room, Some(&shown), &error),
    }
}

pub(crate) fn refused(room: &Room, viewer: &Viewer) -> Response {
    let head = Head { org: room.desk.org(), viewer: Some(viewer) };
    let text = "Your role does not reach this page. Ask the data-protection officer if it should.";
    (StatusCode::FORBIDDEN, Html(page::message("Not yours to see", &head, text).into_string())).into_response()
}

pub(crate) fn trouble(room: &Room, viewer: Option<&Viewer>, error: &DeskError) -> Response {
    let head = Head { org: room.desk.org(), viewer };
    let code = error.code();
    let (status, page) = match error {
        DeskError::UnknownRecord | DeskError::UnknownDevice => {
            (StatusCode::NOT_FOUND, page::message("Not found", &head, code.meaning()))
        }
        _ => {
            let status = match error {
                DeskError::NoReason
                | DeskError::NoConsent
                | DeskError::NotWaiting
                | DeskError::SamePerson
                | DeskError::DirectoryDue => StatusCode::CONFLICT,
                DeskError::Restored => StatusCode::SERVICE_UNAVAILABLE,
                DeskError::Content(_) | DeskError::Form(_) | DeskError::FormForbidden | DeskError::FormAboutPerson => {
                    StatusCode::UNPROCESSABLE_ENTITY
                }
                _ => StatusCode::INTERNAL_SERVER_ERROR,
            };
            let text = match error {
                // Where in what somebody brought: nothing of a person is in it.
                DeskError::Content(error) => format!("{} {} ({code}; {error})", code.meaning(), code.advice()),
                _ => format!("{} {} ({code})", code.meaning(), code.advice()),
            };
            (status, page::message("This did not work", &head, &text))
        }
    };
    (status, Html(page.into_string())).into_response()
}

async fn overview(State(room): Shared, Extension(viewer): Who) -> Response {
    if viewer.reach(Right::Queue) == Reach::Nothing {
        let head = Head { org: room.desk.org(), viewer: Some(&viewer) };
        let home = head.home();
        return if home == "/" { refused(&room, &viewer) } else { Redirect::to(home).into_response() };
    }
    page(room, viewer, Right::Queue, |desk, viewer, head| {
        let mut view = desk.overview_of(desk.records_for(viewer, Right::Queue)?)?;
        if viewer.session().is_some() {
            // What waits and is missing is counted for the devices the viewer may see.
            let mut devices = desk.devices()?;
            devices.retain(|row| viewer.may_see_site(Right::Devices, &row.site));
            view.count_devices(&devices);
        }
        Ok(page_overview::overview(head, &view, now()))
    })
    .await
}

async fn record(State(room): Shared, Extension(viewer): Who, Path(id): Path<String>) -> Response {
    page(room, viewer, Right::Queue, move |desk, viewer, head| {
        let id: EventId = id.parse().map_err(|_| DeskError::UnknownRecord)?;
        let seen = desk.record_for(viewer, id, now())?;
        Ok(page_record::record(head, &seen.view, seen.ask_reason, seen.release))
    })
    .await
}

async fn consent(State(room): Shared, Extension(viewer): Who, Path(id): Path<String>) -> Response {
    page(room, viewer, Right::Consent, move |desk, viewer, head| {
        let view = desk.consent_for(viewer, id.parse().map_err(|_| DeskError::UnknownRecord)?, now())?;
        Ok(page_record::consent(head, &view))
    })
    .await
}

#[derive(Deserialize)]
struct Reason {
    reason: String,
}

async fn reason(
    State(room): Shared,
    Extension(viewer): Who,
    Path(id): Path<String>,
    Form(Reason { reason }): Form<Reason>,
) -> Response {
    let Viewer::Person(session) = viewer.clone() else { return refused(&room, &viewer) };
    let to = format!("/records/{id}");
    let given = blocking(&room, move |room| {
        let id: EventId = id.parse().map_err(|_| DeskError::UnknownRecord)?;
        let who = Viewer::Person(Arc::clone(&session));
        let row = room.desk.row_for(&who, id)?;
        let text = reason.trim();
        if !who.may_see(Right::Answers, &row) || !(5..=300).contains(&text.len()) {
            return Err(DeskError::UnknownRecord);
        }
        room.desk.give_reason(&session, id, text, now())
    });
    match given.await {
        Ok(()) => Redirect::to(&to).into_response(),
        Err(_) if !viewer.may(Right::Answers) => refused(&room, &viewer),
        Err(error) => trouble(&room, Some(&viewer), &error),
    }
}

/// Referrals of cases whose record the viewer may see.
async fn referrals(State(room): Shared, Extension(viewer): Who) -> Response {
    page(room, viewer, Right::Queue, |desk, viewer, head| {
        desk.check_caught_up()?;
        let mut rows = desk.read_for(viewer, Desk::referrals_with)?;
        if viewer.reach(Right::Queue) != Reach::All {
            let seen = desk.records_for(viewer, Right::Queue)?.into_iter();
            let codes: BTreeSet<String> = seen.map(|row| row.case_code).collect();
            rows.retain(|row| codes.contains(&row.case_code));
        }
        Ok(page_referrals::referrals(head, &rows, now()))
    })
    .await
}

async fn team(State(room): Shared, Extension(viewer): Who) -> Response {
    page(room, viewer, Right::Team, |desk, viewer, head| {
        let mut rows = desk.help()?;
        rows.retain(|row| viewer.may_see_site(Right::Team, &row.site));
        Ok(page_referrals::team(head, &rows))
    })
    .await
}

async fn devices(State(room): Shared, Extension(viewer): Who) -> Response {
    page(room, viewer, Right::Devices, |desk, viewer, head| {
        let mut rows = desk.devices()?;
        rows.retain(|row| viewer.may_see_site(Right::Devices, &row.site));
        Ok(page_devices::devices(head, &rows))
    })
    .await
}

async fn report_loss(State(room): Shared, Extension(viewer): Who, Path(id): Path<String>) -> Response {
    let Viewer::Person(session) = viewer.clone() else { return refused(&room, &viewer) };
    if !viewer.may(Right::DeviceLost) {
        return refused(&room, &viewer);
    }
    let to = format!("/devices/{id}/lost");
    let who = viewer.clone();
    let reported = blocking(&room, move |room| {
        let id: DeviceId = id.parse().map_err(|_| DeskError::UnknownDevice)?;
        let row = room.desk.devices()?.into_iter().find(|row| row.id == id).ok_or(DeskError::UnknownDevice)?;
        if !who.may_see_site(Right::DeviceLost, &row.site) {
            return Err(DeskError::UnknownDevice);
        }
        room.desk.device_lost_by(Some(&session), id, now())
    });
    match reported.await {
        Ok(_) => Redirect::to(&to).into_response(),
        Err(error) => trouble(&room, Some(&viewer), &error),
    }
}

async fn loss(State(room): Shared, Extension(viewer): Who, Path(id): Path<String>) -> Response {
    page(room, viewer, Right::DeviceLost, move |desk, viewer, head| {
        let id: DeviceId = id.parse().map_err(|_| DeskError::UnknownDevice)?;
        let report = desk.loss(id)?.ok_or(DeskError::UnknownDevice)?;
        if !viewer.may_see_site(Right::DeviceLost, &report.site) {
            return Err(DeskError::UnknownDevice);
        }
        Ok(page_devices::lost(head, &report))
    })
    .await
}

async fn statistics(State(room): Shared, Extension(viewer): Who) -> Response {
    page(room, viewer, Right::Statistics, |desk, viewer, head| {
        Ok(page_statistics::statistics(head, &desk.read_for(viewer, crate::aggregates::frozen)?))
    })
    .await
}

async fn audit(State(room): Shared, Extension(viewer): Who) -> Response {
    page(room, viewer, Right::Audit, |desk, viewer, head| {
        let site = match (viewer.reach(Right::Audit), viewer.session()) {
            (Reach::Site, Some(session)) => Some(session.person.site.clone()),
            _ => None,
        };
        let entries = desk.read_for(viewer, |c, keys| crate::audit::entries(c, keys, site.as_deref()))?;
        Ok(page_people::audit(head, &entries))
    })
    .await
}

async fn facts(State(room): Shared, Extension(viewer): Who) -> Response {
    page(room, viewer, Right::Facts, |desk, _, head| Ok(page_facts::facts(head, &desk.facts(now())?))).await
}

async fn export(State(room): Shared, Extension(viewer): Who, Path(name): Path<String>) -> Response {
    if !viewer.may(Right::Export) {
        return refused(&room, &viewer);
    }
    // `queue.csv`, `queue.xlsx`, `queue.json`, `cases.htcds`
    let Some(format) = name.rsplit_once('.').and_then(|(_, word)| ExportFormat::of(word)) else {
        return trouble(&room, Some(&viewer), &DeskError::UnknownRecord);
    };
    let who = viewer.clone();
    match blocking(&room, move |room| room.desk.export_for(&who, format, now())).await {
        Ok(bytes) => ([(header::CONTENT_TYPE, format.media_type())], bytes).into_response(),
        Err(error) => trouble(&room, Some(&viewer), &error),
    }
}

async fn own_copy(State(room): Shared, Extension(viewer): Who, Path(id): Path<String>) -> Response {
    if !viewer.may(Right::Answers) {
        return refused(&room, &viewer);
    }
    let who = viewer.clone();
    let made = blocking(&room, move |room| {
        let id: EventId = id.parse().map_err(|_| DeskError::UnknownRecord)?;
        let row = room.desk.row_for(&who, id)?;
        room.desk.own_copy_for(&who, &row.case_code, now())
    });
    match made.await {
        Ok(text) => ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response(),
        Err(error) => trouble(&room, Some(&viewer), &error),
    }
}

/// Whatever it is, the browser keeps it and shows nothing of it: what a device sent is not trusted to be what it says.
async fn file(State(room): Shared, Extension(viewer): Who, Path((id, name)): Path<(String, String)>) -> Response {
    if !viewer.may(Right::Answers) {
        return refused(&room, &viewer);
    }
    let who = viewer.clone();
    let made = blocking(&room, move |room| {
        let id: EventId = id.parse().map_err(|_| DeskError::UnknownRecord)?;
        let mut bytes = Vec::new();
        room.desk.file_for(&who, id, &name, &mut bytes, now())?;
        Ok(bytes)
    });
    match made.await {
        Ok(bytes) => {
            let head = [
                (header::CONTENT_TYPE, "application/octet-stream"),
                (header::CONTENT_DISPOSITION, "attachment"),
                (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            ];
            (head, bytes).into_response()
        }
        Err(error) => trouble(&room, Some(&viewer), &error),
    }
}

#[derive(Deserialize)]
struct SignIn {
    name: String,
    passphrase: String,
}

async fn sign_in_page(State(room): Shared) -> Response {
    let head = Head { org: room.desk.org(), viewer: None };
    Html(page_people::sign_in(&head, None).into_string()).into_response()
}

async fn sign_in(State(room): Shared, Form(SignIn { name, passphrase }): Form<SignIn>) -> Response {
    let passphrase = Sensitive::new(passphrase);
    let signed = blocking(&room, move |room| Ok(room.sessions.sign_in(&room.desk, &name, &passphrase, now()))).await;
    let head = Head { org: room.desk.org(), viewer: None };
    let again = |status, text| (status, Html(page_people::sign_in(&head, Some(text)).into_string())).into_response();
    match signed {
        Ok(Ok(token)) => {
            // Strict: no other site can make this browser ask anything here.
            let cookie = format!("{COOKIE}={}; HttpOnly; SameSite=Strict; Path=/", hex(&token));
            let mut response = Redirect::to("/").into_response();
            if let Ok(value) = HeaderValue::from_str(&cookie) {
                response.headers_mut().insert(header::SET_COOKIE, value);
            }
            response
        }
        Ok(Err(NotSignedIn::Wrong)) => again(StatusCode::UNAUTHORIZED, "Staff code and passphrase do not fit."),
        Ok(Err(NotSignedIn::Wait)) => again(StatusCode::TOO_MANY_REQUESTS, "Too many tries. Wait a minute."),
        Ok(Err(NotSignedIn::Trouble(error))) | Err(error) => trouble(&room, None, &error),
    }
}

async fn sign_out(State(room): Shared, headers: HeaderMap) -> Response {
    if let Some(token) = token(&headers) {
        room.sessions.end(&token);
    }
    Redirect::to("/sign-in").into_response()
}

async fn nothing_here(State(room): Shared, Extension(viewer): Who) -> Response {
    let head = Head { org: room.desk.org(), viewer: Some(&viewer) };
    let page = page::message("Not found", &head, "There is no page at this address.");
    (StatusCode::NOT_FOUND, Html(page.into_string())).into_response()
}

pub(crate) async fn style() -> Response {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], STYLE).into_response()
}

pub(crate) fn now() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
