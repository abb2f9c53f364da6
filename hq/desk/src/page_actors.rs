//! What a record says of alleged actors, apart from its other answers, and the second person who agrees that somebody reads it.

use maud::{Markup, html};
use wayside_model::EventId;

use crate::actors::{Release, ReleaseRow, agrees};
use crate::page::moment;
use crate::page_record::answer_row;
use crate::sessions::Session;
use crate::views::ScreeningView;

/// On a record's page, below its answers. Nothing where the form asks for nothing of the kind.
pub(crate) fn of_record(id: EventId, screening: &ScreeningView, release: Release) -> Markup {
    html! {
        @if !screening.actors.is_empty() || screening.actors_shut > 0 {
            h2 #actors { "Alleged actors" }
            @match release {
                Release::Never => p.note { "Answers about alleged actors are kept apart. Your role does not reach them." },
                Release::Shut => (ask(id)),
                Release::Asked(until) => p.note.care {
                    "A second person has to agree before these answers open, under Requests. It counts until " (moment(until))
                },
                Release::Open(until) => { p.note.care { "A second person agreed. Open to you until " (moment(until)) } },
                Release::OfRole => {},
            }
            @if !screening.actors.is_empty() {
                div.sheet {
                    table.answers {
                        caption { "By role, as it was said. Nobody has looked into it here." }
                        thead { tr { th scope="col" { "Question" } th scope="col" { "Answer" } } }
                        tbody { @for answer in &screening.actors { tr { (answer_row(answer, &screening.language)) } } }
                    }
                }
            }
        }
    }
}

fn ask(id: EventId) -> Markup {
    html! {
        form.note.care method="post" action={ "/records/" (id) "/actors" } {
            p #two { "Answers about alleged actors open when a second person agrees, for a day. Say why you need them; the second person reads it." }
            label for="why-actors" { "Reason" }
            input #why-actors type="text" name="reason" required minlength="5" maxlength="300" autocomplete="off" aria-describedby="two";
            button type="submit" { "Ask a second person" }
        }
    }
}

/// On the page of requests: what waits for a second person, and what is open to whom.
pub(crate) fn waiting(rows: &[ReleaseRow], viewer: Option<&Session>) -> Markup {
    html! {
        h2 #releases { "Answers about alleged actors" }
        div.sheet {
            table {
                caption { "A second person agrees; whoever agrees reads nothing by that" }
                thead { tr { @for name in ["Case", "Who asks", "Reason", "Counts until", "State"] { th scope="col" { (name) } } } }
                tbody {
                    @if rows.is_empty() { tr { td.nothing colspan="5" { "Nobody asked for any." } } }
                    @for row in rows {
                        tr {
                            th scope="row" { span.words id={ "case-" (row.id) } lang="zxx" translate="no" { (row.case_code) } }
                            td { bdi { (row.asked_by) } span.sub { (moment(row.asked_at)) } }
                            td dir="auto" { (row.reason) }
                            td.narrow { (moment(row.until)) }
                            td { (state(row, viewer)) }
                        }
                    }
                }
            }
        }
    }
}

fn state(row: &ReleaseRow, viewer: Option<&Session>) -> Markup {
    let is_second = viewer.is_some_and(|session| agrees(session.person.role) && session.person.name != row.asked_by);
    html! {
        @match &row.agreed_by {
            Some(second) => { span.state.well { "Open" } span.sub { bdi { (second) } } },
            None if is_second => form method="post" action={ "/records/" (row.id) "/actors/agree" } {
                input type="hidden" name="asked_by" value=(row.asked_by);
                button type="submit" aria-describedby={ "case-" (row.id) } { "Agree" }
            },
            None => span.state.care { "Waits for a second person" },
        }
    }
}
