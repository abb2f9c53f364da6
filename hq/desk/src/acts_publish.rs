//! What people do on the page of publishing: bring, sign, drop.

use axum::Extension;
use axum::extract::{Multipart, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use wayside_model::{FormTerms, Sensitivity};

use crate::access::{Reach, Right};
use crate::acts::act;
use crate::page_publish;
use crate::publishing::{Brought, BroughtFile, PublishedKind};
use crate::routes::{Shared, Who, now, page};
use crate::words;

/// The most that is brought at once, in bytes: of a bundle each part may be as much as a device takes.
pub(crate) const MOST: usize = 8 * wayside_seal::content::MAX_CONTENT;

pub(crate) async fn publishing(State(room): Shared, Extension(viewer): Who) -> Response {
    page(room, viewer, Right::Publishing, |desk, viewer, head| {
        let (mut in_force, mut proposals) = (desk.in_force()?, desk.proposals()?);
        if let Some(session) = viewer.session() {
            let person = &session.person;
            let own = |site: &str| viewer.reach(Right::Publishing) != Reach::Site || site == person.site;
            let seen = |kind: &str| PublishedKind::of(kind).is_some_and(|kind| kind.is_seen_by(person.role));
            in_force.retain(|row| seen(&row.kind) && own(row.id.trim_start_matches("services/")));
            proposals.retain(|row| row.kind.is_seen_by(person.role) && own(&row.id));
        }
        Ok(page_publish::publishing(head, &in_force, &proposals))
    })
    .await
}

/// What the page's form holds, with the files; nothing where it is not that form.
async fn read(mut form: Multipart) -> Option<Brought> {
    let (mut kind, mut text, mut files, mut terms) = (None, String::new(), Vec::new(), FormTerms::default());
    while let Some(field) = form.next_field().await.ok()? {
        let (name, file) = (field.name()?.to_owned(), field.file_name().unwrap_or_default().to_owned());
        let bytes = field.bytes().await.ok()?.to_vec();
        if name == "files" {
            // A browser sends one without a name where none was chosen.
            if !file.is_empty() {
                files.push(BroughtFile { name: file, bytes });
            }
            continue;
        }
        let said = String::from_utf8(bytes).ok()?;
        match name.as_str() {
            "kind" => kind = PublishedKind::of(&said),
            "file" => text = said,
            "purpose" => terms.purpose = said,
            "sensitivity" => terms.sensitivity = Sensitivity::of(&said),
            "days" => terms.days = said.parse().ok(),
            "about" => terms.about_person = said != words::ABOUT_NOBODY,
            _ => {}
        }
    }
    Some(Brought { kind: kind?, text, files, terms })
}

pub(crate) async fn bring(State(room): Shared, Extension(viewer): Who, form: Multipart) -> Response {
    let Some(brought) = read(form).await else {
        return (StatusCode::BAD_REQUEST, "This is not a file of one of the kinds.\n").into_response();
    };
    act(room, viewer, Right::Publishing, "/publishing", move |desk, _, session| {
        desk.propose(session, &brought, now()).map(drop)
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
