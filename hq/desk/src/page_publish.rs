//! Publishing: what is in force and who has it, what waits for a signature, and bringing something new.

use maud::{Markup, html};
use wayside_model::Sensitivity;

use crate::access::Right;
use crate::page::{Head, Tab, frame, moment};
use crate::people::PersonRole;
use crate::publishing::{Difference, InForce, Proposal, PublishedKind};
use crate::words;

pub(crate) fn publishing(head: &Head<'_>, in_force: &[InForce], proposals: &[Proposal]) -> Markup {
    let role = head.viewer.and_then(|viewer| viewer.session()).map(|session| session.person.role);
    let (waiting, ended): (Vec<_>, Vec<_>) = proposals.iter().partition(|row| row.state == "waits");
    let content = html! {
        h1 { "Publishing" }
        p.lead { "What devices get from HQ. One person brings it, the desk checks it, and somebody whose role it is signs it." }
        h2 #waits { "Waits for a signature" }
        @if waiting.is_empty() { p { "Nothing waits." } }
        @for row in waiting { (proposal(row, role)) }
        h2 #in-force { "In force" }
        (versions(in_force, head.viewer.is_none_or(|viewer| viewer.may(Right::Devices))))
        @if let Some(role) = role { (bring(role)) }
        @if !ended.is_empty() {
            h2 { "Decided last" }
            (decided(&ended))
        }
    };
    frame("Publishing", head, Some(Tab::Publishing), &content)
}

fn proposal(row: &Proposal, role: Option<PersonRole>) -> Markup {
    let may_sign = role.is_some_and(|role| row.kind.is_signed_by(role));
    let may_drop = may_sign || role.is_some_and(|role| row.kind.is_brought_by(role));
    html! {
        section.sheet.dimension aria-labelledby={ "proposal-" (row.number) } {
            header {
                h3 id={ "proposal-" (row.number) } {
                    span.name { (words::published_kind(row.kind)) } " " bdi { (row.id) } " · " "version " bdi { (row.version) }
                }
                span.state.care { "Waits" }
            }
            p { "Brought by " bdi { (row.brought_by) } ", " (moment(row.brought_at)) }
            ul.plain { @for check in &row.checks { li { (check) } } }
            @if !row.terms.purpose.is_empty() {
                p {
                    "For fields that do not say so themselves: " bdi { (row.terms.purpose) } ", "
                    (words::sensitivity(row.terms.sensitivity)) ". "
                    @match row.terms.days {
                        Some(days) => { "Its records are kept " (days) " days." },
                        None => "Its records are kept as others of their class.",
                    }
                }
                @if !row.terms.about_person { p.note.care { (ABOUT_NOBODY) } }
            }
            (changes(&row.differences))
            @if may_drop {
                div.actions {
                    @if may_sign {
                        form method="post" action={ "/publishing/" (row.number) "/sign" } {
                            button type="submit" aria-label={ "Sign and publish " (row.number) } { "Sign and publish" }
                        }
                    }
                    form method="post" action={ "/publishing/" (row.number) "/drop" } {
                        button.plain type="submit" aria-label={ "Drop " (row.number) } { "Drop" }
                    }
                }
            }
        }
    }
}

/// Rows that are shown without being asked for: what is new from its first string to its last is longer.
const SHOWN: usize = 60;

/// What it means that a form is not about a person, for who decides it.
const ABOUT_NOBODY: &str = "Not about a person: phones open no gate and ask nobody for consent before this form. It is for a \
    water point, a shelter, a road, and for no answer about somebody. Its records belong to no person and to no case.";

fn changes(differences: &[Difference]) -> Markup {
    let table = table(differences);
    html! {
        @if differences.len() <= SHOWN { (table) } @else {
            details { summary { "All changes: " (differences.len()) } (table) }
        }
    }
}

fn table(differences: &[Difference]) -> Markup {
    html! {
        table.changes {
            caption { "What would change" }
            thead { tr { @for name in ["Part", "In force", "As brought"] { th scope="col" { (name) } } } }
            tbody {
                @if differences.is_empty() { tr { td.nothing colspan="3" { "Nothing." } } }
                @for one in differences {
                    tr {
                        th scope="row" { code.place dir="ltr" { (one.part) } }
                        td dir="auto" { @if one.before.is_empty() { span.quiet { "–" } } @else { del { (one.before) } } }
                        td dir="auto" { @if one.after.is_empty() { span.quiet { "–" } } @else { ins { (one.after) } } }
                    }
                }
            }
        }
    }
}

/// Which devices these are sees only who sees devices.
fn versions(rows: &[InForce], names_devices: bool) -> Markup {
    html! {
        div.sheet {
            table {
                caption { "A device counts as having it when it was heard of after that" }
                thead { tr { @for name in ["What", "Version", "Devices that have it", "Not heard of since"] { th scope="col" { (name) } } } }
                tbody {
                    @if rows.is_empty() { tr { td.nothing colspan="4" { "Nothing was published yet." } } }
                    @for row in rows {
                        tr {
                            th scope="row" { (PublishedKind::of(&row.kind).map_or("", words::published_kind)) span.sub { code { (row.id) } }
                                @for (form, terms) in &row.terms {
                                    span.sub {
                                        @if *form != row.id { code { (form) } ": " }
                                        @if terms.about_person { span { "About a person" } } @else { b { "Not about a person" } }
                                        " · " span { (words::sensitivity(terms.sensitivity)) } " · " bdi { (terms.purpose) }
                                        @if let Some(days) = terms.days { " · " bdi { (days) } " days" }
                                    }
                                }
                            }
                            td { bdi { (row.version) } }
                            td { (row.have) }
                            td {
                                @if row.behind.is_empty() { span.state.well { "None" } }
                                @else if !names_devices { (row.behind.len()) }
                                @for (device, version) in row.behind.iter().filter(|_| names_devices) {
                                    span.sub { code.id { (device) } " " @match version {
                                        Some(version) => { "has " bdi { (version) } },
                                        None => "has none",
                                    } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn bring(role: PersonRole) -> Markup {
    let kinds: Vec<_> = PublishedKind::ALL.into_iter().filter(|kind| kind.is_brought_by(role)).collect();
    html! {
        @if !kinds.is_empty() {
            h2 #bring { "Bring something new" }
            form.note method="post" action="/publishing" enctype="multipart/form-data" {
                label for="kind" { "What it is" }
                select #kind name="kind" { @for kind in &kinds { option value=(kind.word()) { (words::published_kind(*kind)) } } }
                label for="file" { "The file" }
                input #file name="file" type="file" required;
                @if kinds.iter().any(|kind| kind.has_files()) {
                    label for="files" { "Files that belong to it: of a language pack its sound, of a bundle the files its list names and their sound" }
                    input #files name="files" type="file" multiple;
                }
                @if kinds.contains(&PublishedKind::Form) {
                    label for="purpose" { "Of forms of others: what their fields are for" }
                    input #purpose name="purpose" type="text" maxlength="300";
                    label for="sensitivity" { "Of forms of others: how sensitive they are" }
                    select #sensitivity name="sensitivity" {
                        @for one in Sensitivity::ALL.into_iter().rev() {
                            option value=(one.word()) { (words::sensitivity(one)) }
                        }
                    }
                    label for="about" { "Of forms of others: whether they ask about a person" }
                    select #about name="about" aria-describedby="about-nobody" {
                        option value="person" { "About a person: gates and consent come first" }
                        option value=(words::ABOUT_NOBODY) { "Not about a person: no gates, no consent" }
                    }
                    p.small.quiet #about-nobody { (ABOUT_NOBODY) }
                    label for="days" { "Of forms of others: days their records are kept; empty as others" }
                    input #days name="days" type="number" min="1" max="36500";
                }
                button type="submit" { "Check it" }
            }
        }
    }
}

fn decided(rows: &[&Proposal]) -> Markup {
    html! {
        div.sheet {
            table {
                caption { "The newest first" }
                thead { tr { @for name in ["What", "Version", "Brought by", "Decided by", "State"] { th scope="col" { (name) } } } }
                tbody {
                    @for row in rows {
                        tr {
                            th scope="row" { (words::published_kind(row.kind)) span.sub { bdi { (row.id) } } }
                            td { bdi { (row.version) } }
                            td { bdi { (row.brought_by) } }
                            td { bdi { (row.ended_by.as_deref().unwrap_or_default()) } }
                            td { @if row.state == "published" { span.state.well { "Published" } } @else { span.state.care { "Dropped" } } }
                        }
                    }
                }
            }
        }
    }
}
