//! The work queue.

use maud::{Markup, html};
use wayside_model::Timestamp;

use crate::access::Right;
use crate::page::{Head, Tab, form_name, frame, outcome_tags, record_state};
use crate::views::{Overview, RecordRow, RecordState};
use crate::words;

pub(crate) fn overview(head: &Head<'_>, view: &Overview, now: Timestamp) -> Markup {
    let overdue: Vec<&RecordRow> = view.records.iter().filter(|row| row.is_receipt_overdue(now)).collect();
    let (opened, closed): (Vec<&RecordRow>, Vec<&RecordRow>) =
        view.records.iter().partition(|row| row.state != RecordState::Problem);
    let (first, rest): (Vec<&RecordRow>, Vec<&RecordRow>) = opened.into_iter().partition(|row| row.urgency() < 2);
    let content = html! {
        h1 { "Work queue" }
        p.lead { "What field teams finished and this desk has opened." }
        dl.counts {
            (count(view.verified, "Records HQ has"))
            (count(first.len() as u64, "To act on first"))
            (count(view.unverified + view.sealed, "Not verified yet"))
            (count(view.devices_waiting, "Devices to confirm"))
        }
        @if view.sealed > 0 {
            p.note.care {
                (view.sealed) " sealed " (plural(view.sealed, "envelope", "envelopes"))
                " came from devices whose words nobody has compared yet. They stay shut until then: "
                a href="/devices" { "devices" } "."
            }
        }
        @if view.missing > 0 {
            p.note.care {
                (view.missing) " " (plural(view.missing, "envelope is", "envelopes are")) " missing from the order of a device: "
                a href="/devices" { "see which" } "."
            }
        }
        @if head.viewer.and_then(|viewer| viewer.session()).is_some_and(|session| session.keys_missing) {
            p.note.care {
                "Your slot does not unwrap all keys of your role yet. The next command at this desk puts them in; then sign in again."
            }
        }
        h2 #first { "Act first" }
        (table(&first, "Urgent needs and the child’s way, newest first", "Nothing urgent is recorded."))
        @if !overdue.is_empty() {
            h2 #overdue { "Receipt overdue" }
            p { "Their phones wait for HQ’s receipt and keep them. The state says why; a pull may be due, or a phone has to sync again." }
            (table(&overdue, "Here for more than a day without a receipt at the relay, the urgent ones first", ""))
        }
        h2 #rest { "All other records" }
        (table(&rest, "Newest first", "No other record has come."))
        @if !closed.is_empty() {
            h2 #problems { "Does not verify" }
            (table(&closed, "Kept, not counted, and given no receipt. The code says what does not fit", ""))
        }
        @if head.viewer.is_some_and(|viewer| viewer.session().is_some() && viewer.may(Right::Export)) {
            p {
                "Save this list: " a href="/export/queue.csv" download="queue.csv" { "CSV" } " · "
                a href="/export/queue.xlsx" download="queue.xlsx" { "XLSX" } " · "
                a href="/export/queue.json" download="queue.json" { "JSON" } " · "
                a href="/export/cases.htcds" download="cases-htcds.csv" { "HTCDS" }
                span.sub { "Each file is written into the audit. HTCDS holds the cases whose answers you have opened." }
            }
        }
        p.note { (words::CAVEAT) }
    };
    frame("Work queue", head, Some(Tab::Records), &content)
}

fn count(number: u64, name: &str) -> Markup {
    html! { div { dt { (name) } dd { (number) } } }
}

const fn plural<'a>(number: u64, one: &'a str, many: &'a str) -> &'a str {
    if number == 1 { one } else { many }
}

fn table(rows: &[&RecordRow], caption: &str, empty: &str) -> Markup {
    html! {
        div.sheet {
            table.queue {
                caption { (caption) }
                thead {
                    tr {
                        th scope="col" { "Case" }
                        th scope="col" { "Outcome" }
                        th scope="col" { "Way" }
                        th scope="col" { "Site" }
                        th scope="col" { "Finished" }
                        th scope="col" { "State" }
                    }
                }
                tbody {
                    @if rows.is_empty() {
                        tr { td.nothing colspan="6" { (empty) } }
                    }
                    @for row in rows { (line(row)) }
                }
            }
        }
    }
}

fn line(row: &RecordRow) -> Markup {
    let opened = !row.case_code.is_empty();
    html! {
        tr {
            th scope="row" {
                a href={ "/records/" (row.id) } { @if opened { (row.case_code) } @else { "not opened" } }
                span.sub dir="auto" { (form_name(&row.form)) }
            }
            td { @if row.about_nobody { span.quiet { "About nobody" } } @else if opened && !row.restricted { (outcome_tags(&row.outcomes)) } @else { span.quiet { "–" } } }
            td { @if row.restricted || row.about_nobody { span.quiet { "–" } } @else { (words::route(row.route)) } }
            td { span dir="auto" { (row.site) } span.sub dir="auto" { (row.worker) } }
            td.narrow {
                time datetime=(words::iso(row.at)) { (words::day(row.at)) span.sub { (words::time_of_day(row.at)) } }
            }
            td { (record_state(row)) }
        }
    }
}
