//! What people do on the page of publishing: bring, sign, drop.

use axum::Extension;
use axum::extract::{Multipart, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::access::{Reach, Right};
use crate::acts::act;
use crate::page_publish;
use crate::publishing::{PublishedKind, Terms};
use crate::routes::{Shared, Who, now, page};

/// The largest file that is brought, in bytes: as much as a device takes.
pub(crate) const MOST: usize = wayside_seal::content::MAX_CONTENT;

pub(crate) async fn publishing(State(room): Shared, Extension(viewer): Who) -> Response {
    page(room, viewer, Right::Publishing, |desk, viewer, head| {
        let (mut in_force, mut proposals) = (desk.in_force()?, desk.proposals()?);
        if let Some(session) = viewer.session() {
            let person = &session.person;
            let own = |site: &str| viewer.reach(Right::Publishing) != Reach::Site || site == person.site;
            let seen = |kind: &str| PublishedKind::of(kind).unwrap_or(PublishedKind::Form).is_seen_by(person.role);
            in_force.retain(|row| seen(&row.kind) && own(row.id.trim_start_matches("services/")));
            proposals.retain(|row| row.kind.is_seen_by(person.role) && own(&row.id));
        }
        Ok(page_publish::publishing(head, &in_force, &proposals))
    })
    .await
}

/// What a form of the page holds, with the file.
#[derive(Default)]
struct Brought {
    kind: Option<PublishedKind>,
    text: String,
    terms: Terms,
}

async fn read(mut form: Multipart) -> Option<Brought> {
    let mut brought = Brought::default();
    while let Some(field) = form.next_field().await.ok()? {
        let name = field.name()?.to_owned();
        let text = String::from_utf8(field.bytes().await.ok()?.to_vec()).ok()?;
        match name.as_str() {
            "kind" => brought.kind = PublishedKind::of(&text),
            "file" => brought.text = text,
            "purpose" => brought.terms.purpose = text,
            "sensitivity" => brought.terms.sensitivity = text,
            "days" => brought.terms.days = text.parse().ok(),
            _ => {}
        }
    }
    Some(brought)
}

pub(crate) async fn bring(State(room): Shared, Extension(viewer): Who, form: Multipart) -> Response {
    let Some(Brought { kind: Some(kind), text, terms }) = read(form).await else {
        return (StatusCode::BAD_REQUEST, "This is not a file of one of the kinds.\n").into_response();
    };
    act(room, viewer, Right::Publishing, "/publishing", move |desk, _, session| {
        desk.propose(session, kind, &text, &terms, now()).map(drop)
    })
    .await
}

pub(crate) async fn sign(State(room): Shared, Extension(viewer): Who, Path(number): Path<u64>) -> Response {
    act(room, viewer, Right::Publishing, "/publishing", move |desk, _, session| {
        desk.publish_proposal(session, number, now()).map(drop)
    })
    .await
}

pub(crate) async fn drop_it(State(room): Shared, Extension(viewer): Who, Path(number): Path<u64>) -> Response {
    act(room, viewer, Right::Publishing, "/publishing", move |desk, _, session| {
        desk.drop_proposal(session, number, now())
    })
    .await
}
