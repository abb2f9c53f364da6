//! The frame of every page, and small pieces the pages share. Maud escapes whatever is put in; nothing is passed through raw.

use maud::{DOCTYPE, Markup, html};
use wayside_model::Timestamp;
use wayside_screening::forms::built_in;

use crate::access::{Right, Viewer};
use crate::views::{RecordRow, RecordState};
use crate::words;

/// Which entry of the navigation is the open one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tab {
    Records,
    Referrals,
    Team,
    Requests,
    Devices,
    Statistics,
    Audit,
    Facts,
    Publishing,
}

impl Tab {
    const ALL: [(Self, &'static str, &'static str, Right); 9] = [
        (Self::Records, "/", "Records", Right::Queue),
        (Self::Referrals, "/referrals", "Referrals", Right::Queue),
        (Self::Team, "/team", "Team", Right::Team),
        (Self::Requests, "/requests", "Requests", Right::Requests),
        (Self::Devices, "/devices", "Devices", Right::Devices),
        (Self::Publishing, "/publishing", "Publishing", Right::Publishing),
        (Self::Statistics, "/statistics", "Statistics", Right::Statistics),
        (Self::Audit, "/audit", "Audit", Right::Audit),
        (Self::Facts, "/facts", "Data protection", Right::Facts),
    ];
}

/// What stands above every page: the organisation, who is signed in, and where they may go.
pub(crate) struct Head<'a> {
    pub(crate) org: &'a str,
    /// `None`: nobody is signed in and somebody should be.
    pub(crate) viewer: Option<&'a Viewer>,
}

impl Head<'_> {
    fn tabs(&self) -> impl Iterator<Item = (Tab, &'static str, &'static str)> {
        let may = |right| self.viewer.is_some_and(|viewer| viewer.may(right));
        Tab::ALL.into_iter().filter(move |(.., right)| may(*right)).map(|(tab, path, name, _)| (tab, path, name))
    }

    /// Where the first page of this person is.
    pub(crate) fn home(&self) -> &'static str {
        self.tabs().next().map_or("/", |(_, path, _)| path)
    }
}

pub(crate) fn frame(title: &str, head: &Head<'_>, tab: Option<Tab>, content: &Markup) -> Markup {
    let person = head.viewer.and_then(Viewer::session).map(|session| &session.person);
    let bar = html! {
        nav aria-label="Pages" {
            ul {
                @for (entry, path, name) in head.tabs() {
                    li { a href=(path) aria-current=[(tab == Some(entry)).then_some("page")] { (name) } }
                }
            }
        }
        @if let Some(person) = person {
            form.who method="post" action="/sign-out" {
                span { bdi { (person.name) } span.sub { (words::person_role(person.role)) } }
                button.plain type="submit" { "Sign out" }
            }
        }
    };
    let foot = "Served on this machine only. Times of interviews are rounded to five minutes.";
    shell(title, ("Wayside desk", head.org), &bar, content, foot)
}

/// What every page has around it, HQ's and a service's: the name of the program and of who runs it, a bar, the content.
pub(crate) fn shell(title: &str, whose: (&str, &str), bar: &Markup, content: &Markup, foot: &str) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " · " (whose.0) }
                link rel="stylesheet" href="/style.css";
            }
            body {
                a.skip href="#main" { "Skip to the content" }
                header.bar {
                    div {
                        span.brand { (whose.0) }
                        span.org dir="auto" { (whose.1) }
                        (bar)
                    }
                }
                main #main tabindex="-1" { (content) }
                footer {
                    p { (foot) }
                    p { a href="/language/en" lang="en" { "English" } " · " a href="/language/ar" lang="ar" { "العربية" } }
                }
            }
        }
    }
}

/// A page that says one thing, such as that something was not found.
pub(crate) fn message(title: &str, head: &Head<'_>, text: &str) -> Markup {
    let content = html! {
        h1 { (title) }
        p { (text) }
        p { a href=(head.home()) { "To the first page" } }
    };
    frame(title, head, None, &content)
}

/// The title of a built-in form, else the id.
pub(crate) fn form_name(id: &str) -> &str {
    built_in(id).map_or(id, |form| form.title)
}

pub(crate) fn moment(at: Timestamp) -> Markup {
    html! { time datetime=(words::iso(at)) { (words::moment(at)) } }
}

/// Outcomes as words in a frame.
pub(crate) fn outcome_tags(outcomes: &[String]) -> Markup {
    html! {
        @if outcomes.is_empty() { span.quiet { "No outcome" } } @else {
            ul.tags {
                @for id in outcomes {
                    li.tag.(words::outcome_tone(id)) { (words::outcome_name(id)) }
                }
            }
        }
    }
}

/// Where a record stands, in words.
pub(crate) fn record_state(row: &RecordRow) -> Markup {
    html! {
        @if row.restricted { span.tag.care { "Restricted" } " " }
        @match row.state {
            RecordState::Verified if row.receipt_sent => span.state.well { "HQ has it" },
            RecordState::Verified => { span.state.care { "HQ has it" } span.sub { "receipt not sent yet" } },
            RecordState::Uncovered => {
                span.state.care { "Not verified yet" } span.sub { "signed checkpoint not here yet" }
            },
            RecordState::Problem => {
                span.state.now { "Does not verify" }
                span.sub { code { (row.problem.as_deref().unwrap_or("bug")) } }
            },
        }
    }
}
