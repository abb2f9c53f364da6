//! Referrals and how they stand; workers who need somebody.

use maud::{Markup, html};
use wayside_model::Timestamp;

use crate::help::HelpRow;
use crate::page::{Head, Tab, frame, moment};
use crate::referrals::{ReferralRow, word_state};
use crate::words;

pub(crate) fn referrals(head: &Head<'_>, rows: &[ReferralRow], now: Timestamp) -> Markup {
    let content = html! {
        h1 { "Referrals" }
        p.lead { "What was sent to which service, and what came of it. The letters are sealed to the services; HQ cannot read them." }
        div.sheet {
            table {
                caption { "Open ones first, by the day on which to look at them" }
                thead {
                    tr { @for name in ["Case", "To", "State", "Look at it by", "Carries", "Site"] { th scope="col" { (name) } } }
                }
                tbody {
                    @if rows.is_empty() { tr { td.nothing colspan="6" { "No referral was sent." } } }
                    @for row in rows { (line(row, now)) }
                }
            }
        }
    };
    frame("Referrals", head, Some(Tab::Referrals), &content)
}

fn line(row: &ReferralRow, now: Timestamp) -> Markup {
    html! {
        tr {
            th scope="row" { span.words lang="zxx" translate="no" { (row.case_code) } span.sub { (words::urgency(&row.urgency)) } }
            td { bdi { (row.recipient) } }
            td {
                span.state.(words::referral_tone(row.state())) { (words::referral_state(row.state())) }
                @if let Some(code) = &row.problem {
                    span.sub { "not handed on: " code { (code) } }
                } @else if !row.handed_on && !row.state().is_final() {
                    span.sub { "no desk of this service yet" }
                }
                @if row.steps.len() > 1 {
                    details {
                        summary { "Steps" }
                        ol { @for step in &row.steps {
                            li { (word_state(&step.state).map_or("", words::referral_state)) " · " (moment(step.at)) }
                        } }
                    }
                }
            }
            td.narrow {
                (moment(row.follow_up))
                @if row.is_overdue(now) { span.sub { span.tag.now { "overdue" } } }
            }
            td { (row.fields.iter().map(|field| words::field(field)).collect::<Vec<_>>().join(", ")) }
            td { bdi { (row.site) } }
        }
    }
}

pub(crate) fn team(head: &Head<'_>, rows: &[HelpRow]) -> Markup {
    let may_see_to = head.viewer.is_some_and(|viewer| viewer.session().is_some());
    let content = html! {
        h1 { "Team" }
        p.lead { "Workers who ask for help, and interviews that were hard. Talk to them soon; nothing here says what was heard." }
        div.sheet {
            table {
                caption { "Who waits, first" }
                thead { tr { @for name in ["Worker", "Why", "When", "Site", "State"] { th scope="col" { (name) } } } }
                tbody {
                    @if rows.is_empty() { tr { td.nothing colspan="5" { "Nobody waits." } } }
                    @for row in rows {
                        tr {
                            th scope="row" { bdi { (row.worker) } }
                            td { @if row.asked { span.tag.care { "asks for help" } } @else { span.tag { "a hard interview" } } }
                            td.narrow { (moment(row.at)) }
                            td { bdi { (row.site) } }
                            td {
                                @match row.seen_at {
                                    Some(at) => { span.state.well { "Seen to" } span.sub { (moment(at)) } },
                                    None if may_see_to => form method="post" action={ "/team/" (row.id) "/seen" } {
                                        button.plain type="submit" aria-label={ "I see to " (row.worker) } { "I see to it" }
                                    },
                                    None => span.state.care { "Waits" },
                                }
                            }
                        }
                    }
                }
            }
        }
    };
    frame("Team", head, Some(Tab::Team), &content)
}
