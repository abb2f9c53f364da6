//! Devices: who may send, since when, and what is missing.

use maud::{Markup, html};

use crate::page::{Tab, frame, moment};
use crate::views::{DeviceRow, DeviceState, Gap};

pub(crate) fn devices(org: &str, rows: &[DeviceRow]) -> Markup {
    let waiting = rows.iter().any(|row| row.state == DeviceState::Waiting);
    let content = html! {
        h1 { "Devices" }
        p.lead { "Phones that asked to send. Nothing of a device is opened before its words are compared." }
        @if waiting {
            p.note.care {
                "Compare the words with the ones on the phone, by voice or side by side. Equal words: "
                code { "wayside desk devices confirm ID" } ". Other words: "
                code { "wayside desk devices revoke ID" } "."
            }
        }
        h2 { "All devices" }
        div.sheet {
            table {
                caption { "Newest first" }
                thead {
                    tr {
                        th scope="col" { "Device" }
                        th scope="col" { "State" }
                        th scope="col" { "Words to compare" }
                        th scope="col" { "Role and site" }
                        th scope="col" { "Last heard" }
                        th scope="col" { "Records" }
                    }
                }
                tbody {
                    @if rows.is_empty() { tr { td.nothing colspan="6" { "No device has asked yet." } } }
                    @for row in rows { (line(row)) }
                }
            }
        }
    };
    frame("Devices", org, Some(Tab::Devices), &content)
}

fn line(row: &DeviceRow) -> Markup {
    html! {
        tr {
            th scope="row" { code.id { (row.id) } }
            td { (state(row)) }
            td { span.words.narrow lang="zxx" translate="no" { (row.words) } }
            td {
                span dir="auto" { (row.role) }
                span.sub dir="auto" { (row.site) @if !row.worker.is_empty() { " · " (row.worker) } }
            }
            td.narrow { (moment(row.heard_at)) }
            td.narrow {
                (row.records) " verified"
                @if row.sealed > 0 { span.sub { (row.sealed) " kept sealed" } }
                @for gap in &row.gaps { span.sub { "missing: " (range(gap)) } }
            }
        }
    }
}

fn state(row: &DeviceRow) -> Markup {
    html! {
        @match row.state {
            DeviceState::Waiting => { span.state.care { "Waiting" } span.sub { "asked " (moment(row.asked_at)) } },
            DeviceState::Confirmed => {
                span.state.well { "Confirmed" } @if let Some(at) = row.confirmed_at { span.sub { (moment(at)) } }
            },
            DeviceState::Revoked => {
                span.state.now { "Revoked" } @if let Some(at) = row.revoked_at { span.sub { (moment(at)) } }
            },
        }
    }
}

/// `14–16 of epoch 1`.
fn range(gap: &Gap) -> String {
    if gap.first == gap.last {
        format!("{} of epoch {}", gap.first, gap.epoch)
    } else {
        format!("{}–{} of epoch {}", gap.first, gap.last, gap.epoch)
    }
}
