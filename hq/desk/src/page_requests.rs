//! What somebody has to decide: erasure, correction, restriction, and orders to wipe that two key officers sign.

use maud::{Markup, html};

use crate::access::Right;
use crate::actors::ReleaseRow;
use crate::conflicts::Conflict;
use crate::page::{Head, Tab, frame, moment};
use crate::people::PersonRole;
use crate::requests::{RequestKind, RequestRow};
use crate::wipe::WipeRow;
use crate::{page_actors, words};

/// Who decides what: erasing and restricting the key officer, correcting the case manager, who reads the record.
pub(crate) const fn decides(role: PersonRole, kind: RequestKind) -> bool {
    matches!(
        (role, kind),
        (PersonRole::KeyOfficer, RequestKind::Erasure | RequestKind::Restriction)
            | (PersonRole::CaseManager, RequestKind::Rectification)
    )
}

pub(crate) fn requests(
    head: &Head<'_>,
    rows: &[RequestRow],
    conflicts: &[Conflict],
    releases: &[ReleaseRow],
    wipes: &[WipeRow],
) -> Markup {
    let role = head.viewer.and_then(|viewer| viewer.session()).map(|session| session.person.role);
    let sees_text = head.viewer.is_some_and(|viewer| viewer.may(Right::Answers));
    let content = html! {
        h1 { "Requests" }
        p.lead { "What waits for a person's decision. Nothing is erased, corrected or wiped by itself." }
        div.sheet {
            table {
                caption { "What waits first, the oldest of it first" }
                thead { tr { @for name in ["Case", "Asked for", "What or why", "When", "Decision"] { th scope="col" { (name) } } } }
                tbody {
                    @if rows.is_empty() { tr { td.nothing colspan="5" { "Nothing was asked for." } } }
                    @for row in rows {
                        tr {
                            th scope="row" { span.words lang="zxx" translate="no" { (row.case_code) } }
                            td { (words::request(row.kind)) }
                            td dir="auto" {
                                @match &row.text { Some(text) => (text), None => span.quiet { "the case manager reads it" } }
                            }
                            td.narrow { (moment(row.asked_at)) }
                            td { (decision(row, role)) }
                        }
                    }
                }
            }
        }
        @if sees_text && !conflicts.is_empty() {
            h2 #conflicts { "Two talks that contradict each other" }
            p { "Until somebody decides, the most restrictive consent and the most urgent next step count." }
            @for conflict in conflicts { (side_by_side(conflict, role)) }
        }
        (page_actors::waiting(releases, head.viewer.and_then(|viewer| viewer.session())))
        h2 { "Orders to wipe a device" }
        div.sheet {
            table {
                caption { "Two key officers sign each; then the device obeys it with its next contact, also while it is locked" }
                thead { tr { @for name in ["Device", "What goes", "Signed by", "Counts until", "State"] { th scope="col" { (name) } } } }
                tbody {
                    @if wipes.is_empty() { tr { td.nothing colspan="5" { "None was asked for." } } }
                    @for row in wipes {
                        tr {
                            th scope="row" { code.id { (row.device) } }
                            td { @if row.everything { "Keys and outbox" } @else { "Keys; what was sealed can still be sent" } }
                            td { @if row.approved_by.is_empty() { span.quiet { "nobody yet" } } @else { bdi { (row.approved_by.join(", ")) } } }
                            td.narrow { (moment(row.expires)) }
                            td {
                                @if row.sent { span.state.well { "Sent" } }
                                @else if role == Some(PersonRole::KeyOfficer) {
                                    form method="post" action={ "/wipes/" (row.device) "/" (row.number) } {
                                        button.plain type="submit" aria-label={ "Sign the order for " (row.device) } { "Sign" }
                                    }
                                } @else { span.state.care { "Waits" } }
                            }
                        }
                    }
                }
            }
        }
    };
    frame("Requests", head, Some(Tab::Requests), &content)
}

/// Both sides of a contradiction beside each other, and the choice.
fn side_by_side(conflict: &Conflict, role: Option<PersonRole>) -> Markup {
    let name = match conflict.field.as_str() {
        "next step" => "Next step".to_owned(),
        line => format!("Consent, line {line}"),
    };
    html! {
        div.sheet.conflict {
            table {
                caption { "Case " span.words lang="zxx" translate="no" { (conflict.case_code) } " · " bdi { (name) } }
                thead { tr { @for side in &conflict.sides { th scope="col" { bdi { @if side.site.is_empty() { "HQ" } @else { (side.site) } } } } } }
                tbody {
                    tr { @for side in &conflict.sides { td {
                        strong { (words::side(&side.value)) }
                        span.sub { (moment(side.at)) }
                        @if side.acts { span.tag.care { "counts meanwhile" } }
                    } } }
                }
            }
            @if let Some(value) = &conflict.waits_for_second {
                p.note.care { "One person decided for a less urgent step, which waits for a second person: " strong { (words::side(value)) } }
            }
            @if role == Some(PersonRole::CaseManager) {
                form.decide method="post" action="/conflicts" {
                    input type="hidden" name="case" value=(conflict.case_code);
                    input type="hidden" name="field" value=(conflict.field);
                    label for={ "side-" (conflict.case_code) } { "What holds" }
                    select id={ "side-" (conflict.case_code) } name="value" {
                        @for value in values(conflict) { option value=(value) { (words::side(value)) } }
                    }
                    label for={ "because-" (conflict.case_code) } { "Reason" }
                    input id={ "because-" (conflict.case_code) } name="reason" type="text" required minlength="5" maxlength="300";
                    button type="submit" { "Decide" }
                }
            }
        }
    }
}

/// Each value once, the one that counts first.
fn values(conflict: &Conflict) -> Vec<&str> {
    let mut values: Vec<&str> = Vec::new();
    for side in &conflict.sides {
        if !values.contains(&side.value.as_str()) {
            values.push(&side.value);
        }
    }
    values
}

fn decision(row: &RequestRow, role: Option<PersonRole>) -> Markup {
    html! {
        @match &row.decision {
            Some(decided) => {
                span.state.(if decided == "granted" { "well" } else { "now" }) { @if decided == "granted" { "Granted" } @else { "Refused" } }
                @if let Some(at) = row.decided_at { span.sub { (moment(at)) } }
                @if let Some(reason) = &row.reason { span.sub dir="auto" { (reason) } }
            },
            None if role.is_some_and(|role| decides(role, row.kind)) => form.decide method="post" action={ "/requests/" (row.id) } {
                label for={ "why-" (row.id) } { "Reason" }
                input id={ "why-" (row.id) } name="reason" type="text" required minlength="5" maxlength="300";
                div.actions {
                    button type="submit" name="decision" value="grant" { "Grant" }
                    button.plain type="submit" name="decision" value="refuse" { "Refuse" }
                }
            },
            None => span.state.care { "Waits" },
        }
    }
}

/// On a record's page: asking for what others decide.
pub(crate) fn ask(code: &str) -> Markup {
    html! {
        h2 #ask { "Ask for something" }
        form.note method="post" action="/requests" {
            input type="hidden" name="case" value=(code);
            label for="kind" { "What the person asks for" }
            select #kind name="kind" {
                @for kind in [RequestKind::Erasure, RequestKind::Rectification, RequestKind::Restriction] {
                    option value=(kind.word()) { (words::request(kind)) }
                }
            }
            label for="text" { "What should stand there, or why; no names" }
            input #text name="text" type="text" required minlength="5" maxlength="300";
            button type="submit" { "Put into the queue" }
        }
    }
}
