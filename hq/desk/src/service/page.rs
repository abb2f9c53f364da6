//! The page of a service desk: its letters, and how each stands. Opened by whoever has the folder's passphrase.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Form, Path, State as Shared};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use maud::{Markup, html};
use serde::Deserialize;
use wayside_model::{Coded, EventId};
use wayside_screening::referral::State;

use super::{Letter, LetterRow, ServiceDesk};
use crate::page::{moment, shell};
use crate::referrals::{state_word, word_state};
use crate::routes::{now, style};
use crate::{DeskError, server, words};

type Room = Shared<Arc<ServiceDesk>>;

/// Serves the service's pages until `stop` is done, as [`crate::serve`] does HQ's: on this machine only.
pub async fn serve_service(
    desk: Arc<ServiceDesk>,
    address: SocketAddr,
    ready: impl FnOnce(SocketAddr),
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), DeskError> {
    let pages = Router::new()
        .route("/", get(list))
        .route("/pull", post(pull))
        .route("/letters/{id}", get(letter))
        .route("/letters/{id}/answer", post(answer))
        .route("/letters/{id}/erase", post(erase))
        .route("/style.css", get(style))
        .with_state(desk);
    server::listen(pages, address, ready, stop).await
}

async fn blocking<T: Send + 'static>(
    desk: &Arc<ServiceDesk>,
    work: impl FnOnce(&ServiceDesk) -> Result<T, DeskError> + Send + 'static,
) -> Result<T, DeskError> {
    let desk = Arc::clone(desk);
    tokio::task::spawn_blocking(move || work(&desk)).await.map_err(|_| DeskError::Bug)?
}

fn framed(desk: &ServiceDesk, title: &str, content: &Markup) -> String {
    let bar = html! {
        nav aria-label="Pages" { ul { li { a href="/" { "Referrals" } } } }
        form.who method="post" action="/pull" { button.plain type="submit" { "Fetch and send" } }
    };
    let foot = "Served on this machine only. You see what the person agreed to share with you, and nothing else.";
    shell(title, ("Wayside service desk", desk.name()), &bar, content, foot).into_string()
}

fn answered(desk: &ServiceDesk, page: Result<(String, Markup), DeskError>) -> Response {
    match page {
        Ok((title, content)) => Html(framed(desk, &title, &content)).into_response(),
        Err(error) => {
            let status = match error {
                DeskError::UnknownRecord => StatusCode::NOT_FOUND,
                DeskError::ReferralState | DeskError::NotConfirmed => StatusCode::CONFLICT,
                DeskError::Relay(_) => StatusCode::BAD_GATEWAY,
                _ => StatusCode::INTERNAL_SERVER_ERROR,
            };
            let code = error.code();
            let content = html! {
                h1 { "This did not work" }
                p { (code.meaning()) " " (code.advice()) " " code { (code) } }
                p { a href="/" { "To the referrals" } }
            };
            (status, Html(framed(desk, "This did not work", &content))).into_response()
        }
    }
}

async fn list(Shared(desk): Room) -> Response {
    let page = blocking(&desk, |desk| Ok(("Referrals".to_owned(), letters(&desk.letters()?)))).await;
    answered(&desk, page)
}

async fn letter(Shared(desk): Room, Path(id): Path<String>) -> Response {
    let page = blocking(&desk, move |desk| {
        let letter = desk.letter(id.parse().map_err(|_| DeskError::UnknownRecord)?)?;
        Ok(("Referral".to_owned(), one(&letter)))
    });
    let page = page.await;
    answered(&desk, page)
}

async fn pull(Shared(desk): Room) -> Response {
    went(&desk, "/", blocking(&desk, |desk| desk.pull(now()).map(drop)).await)
}

#[derive(Deserialize)]
struct Answer {
    state: String,
}

async fn answer(Shared(desk): Room, Path(id): Path<String>, Form(Answer { state }): Form<Answer>) -> Response {
    let to = format!("/letters/{id}");
    let done = blocking(&desk, move |desk| {
        let id: EventId = id.parse().map_err(|_| DeskError::UnknownRecord)?;
        desk.answer(id, word_state(&state).ok_or(DeskError::ReferralState)?, now()).map(drop)
    });
    let done = done.await;
    went(&desk, &to, done)
}

async fn erase(Shared(desk): Room, Path(id): Path<String>) -> Response {
    let done = blocking(&desk, move |desk| {
        let id: EventId = id.parse().map_err(|_| DeskError::UnknownRecord)?;
        desk.erase(id, now())
    });
    let done = done.await;
    went(&desk, "/", done)
}

fn went(desk: &ServiceDesk, to: &str, done: Result<(), DeskError>) -> Response {
    match done {
        Ok(()) => Redirect::to(to).into_response(),
        Err(error) => answered(desk, Err(error)),
    }
}

fn letters(rows: &[LetterRow]) -> Markup {
    html! {
        h1 { "Referrals" }
        p.lead { "What phones sealed to this service. HQ handed it on and cannot read it." }
        div.sheet {
            table {
                caption { "To be erased first, then by the time they came" }
                thead {
                    tr { @for name in ["Referral", "State", "Urgency", "Came", "Look at it by"] { th scope="col" { (name) } } }
                }
                tbody {
                    @if rows.is_empty() { tr { td.nothing colspan="5" { "None yet. “Fetch and send” asks the relay." } } }
                    @for row in rows {
                        tr {
                            th scope="row" { a href={ "/letters/" (row.id) } { (short(row.id)) } }
                            td { (state(row)) }
                            td { (words::urgency(&row.urgency)) }
                            td.narrow { (moment(row.received_at)) }
                            td.narrow { @if let Some(at) = row.follow_up { (moment(at)) } }
                        }
                    }
                }
            }
        }
    }
}

/// The first digits of the id: enough to speak of it.
fn short(id: EventId) -> String {
    id.to_string().chars().take(8).collect()
}

fn state(row: &LetterRow) -> Markup {
    html! {
        @if let Some(at) = row.erased_at {
            span.state { "Erased" } span.sub { (moment(at)) }
        } @else if row.taken_back.is_some() {
            span.state.now { "Taken back" } span.sub { "erase it" }
        } @else {
            span.state.(words::referral_tone(row.state())) { (words::referral_state(row.state())) }
        }
    }
}

fn one(letter: &Letter) -> Markup {
    let row = &letter.row;
    html! {
        p.back { a href="/" { "All referrals" } }
        h1 { "Referral " code { (short(row.id)) } }
        @if let (Some(at), None) = (row.taken_back, row.erased_at) {
            div.note.care role="alert" {
                p { "The person took the consent back on " (moment(at)) ". Erase what you have, here and elsewhere." }
                (button(row.id, "erase", None, "Erase it here"))
            }
        }
        div.sheet {
            dl.facts {
                div { dt { "State" } dd { (state(row)) } }
                div { dt { "Urgency" } dd { (words::urgency(&row.urgency)) } }
                div { dt { "Came" } dd { (moment(row.received_at)) } }
                @if !letter.wants.is_empty() { div { dt { "The person wants" } dd dir="auto" { (letter.wants) } } }
                @if let Some(consent) = &letter.consent {
                    div {
                        dt { "Agreed to" }
                        dd { (moment(consent.at)) span.sub { (words::giver(consent.by)) ", " (words::how(consent.how)) } }
                    }
                }
            }
        }
        h2 { "What the person agreed to share" }
        div.sheet {
            table {
                caption { "Only these fields; nothing else of the record is here" }
                thead { tr { th scope="col" { "Field" } th scope="col" { "Value" } } }
                tbody {
                    @if letter.fields.is_empty() { tr { td.nothing colspan="2" { "Nothing." } } }
                    @for (name, value) in &letter.fields {
                        tr { th scope="row" { (words::field(name)) } td dir="auto" { (value) } }
                    }
                }
            }
        }
        @if !row.next().is_empty() {
            h2 { "Answer" }
            p { "HQ gets your answer signed; the worker's phone learns the state and nothing else." }
            div.actions {
                @for next in row.next() {
                    (button(row.id, "answer", Some(next), words::referral_state(next)))
                }
            }
        }
        h2 { "Steps" }
        ol.steps { @for step in &row.steps {
            li { (word_state(&step.state).map_or("", words::referral_state)) " · " (moment(step.at)) }
        } }
    }
}

fn button(id: EventId, action: &str, state: Option<State>, text: &str) -> Markup {
    html! {
        form method="post" action={ "/letters/" (id) "/" (action) } {
            @if let Some(state) = state { input type="hidden" name="state" value=(state_word(state)); }
            button type="submit" { (text) }
        }
    }
}
