//! Devices: who may send, since when, and what is missing.

use maud::{Markup, html};

use crate::access::Right;
use crate::loss::LossReport;
use crate::page::{Head, Tab, frame, moment};
use crate::views::{DeviceRow, DeviceState, Gap};

pub(crate) fn devices(head: &Head<'_>, rows: &[DeviceRow]) -> Markup {
    let may_report = head.viewer.is_some_and(|viewer| viewer.session().is_some() && viewer.may(Right::DeviceLost));
    let may_wipe = head.viewer.is_some_and(|viewer| viewer.session().is_some() && viewer.may(Right::AskWipe));
    let may_admit = head.viewer.is_some_and(|viewer| viewer.session().is_some() && viewer.may(Right::Admit));
    let may = May { report: may_report, wipe: may_wipe, admit: may_admit };
    let waiting = rows.iter().any(|row| row.state == DeviceState::Waiting);
    let content = html! {
        h1 { "Devices" }
        p.lead { "Phones that asked to send. Nothing of a device is opened before its words are compared." }
        @if waiting {
            p.note.care {
                span { "Compare the words with the ones on the phone, by voice or side by side." } " "
                @if may_admit { "Confirm the phone if they are equal, revoke it if they are not." }
                @else {
                    "Equal words: " code { "wayside desk devices confirm ID" } ". Other words: "
                    code { "wayside desk devices revoke ID" } ", or a key officer on this page."
                }
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
                    @for row in rows { (line(row, may)) }
                }
            }
        }
    };
    frame("Devices", head, Some(Tab::Devices), &content)
}

/// What who looks may do with a device.
#[derive(Clone, Copy)]
struct May {
    report: bool,
    wipe: bool,
    admit: bool,
}

/// Confirming wants somebody to say that the words were compared, so that no slip of the hand lets a phone in.
fn admit(row: &DeviceRow) -> Markup {
    html! {
        @if row.state == DeviceState::Waiting {
            form.decide method="post" action={ "/devices/" (row.id) "/confirm" } {
                label for={ "equal-" (row.id) } {
                    input id={ "equal-" (row.id) } type="checkbox" name="words" value="equal" required;
                    " The words are equal"
                }
                button type="submit" aria-describedby={ "device-" (row.id) } { "Confirm" }
            }
        }
        @if row.state != DeviceState::Revoked {
            form method="post" action={ "/devices/" (row.id) "/revoke" } {
                button.plain type="submit" aria-describedby={ "device-" (row.id) } { "Revoke" }
            }
        }
    }
}

fn line(row: &DeviceRow, may: May) -> Markup {
    html! {
        tr {
            th scope="row" { code.id id={ "device-" (row.id) } { (row.id) } }
            td {
                (state(row))
                @if may.admit { (admit(row)) }
                @if may.report && row.state != DeviceState::Revoked {
                    form method="post" action={ "/devices/" (row.id) "/lost" } {
                        button.plain type="submit" aria-describedby={ "device-" (row.id) } { "Report lost" }
                    }
                }
                @if may.wipe && row.confirmed_at.is_some() {
                    form method="post" action={ "/devices/" (row.id) "/wipe" } {
                        button.plain type="submit" aria-describedby={ "device-" (row.id) } { "Ask to wipe" }
                    }
                }
                @if row.state == DeviceState::Revoked {
                    span.sub { a href={ "/devices/" (row.id) "/lost" } { "report of loss" } }
                }
            }
            td { span.words.narrow lang="zxx" translate="no" { (row.words) } }
            td {
                span dir="auto" { (row.role) }
                span.sub { bdi { (row.site) } @if !row.site.is_empty() && !row.worker.is_empty() { " · " } bdi.narrow { (row.worker) } }
            }
            td.narrow { (moment(row.heard_at)) }
            td.narrow {
                bdi { (row.records) } " verified"
                @if row.sealed > 0 { span.sub { bdi { (row.sealed) } " kept sealed" } }
                @if row.set_aside > 0 { span.sub { bdi { (row.set_aside) } " cannot be used; the phone was told" } }
                @if row.restores > 0 { span.sub { "an older copy was put back: " bdi { (row.restores) "×" } } }
                @for gap in &row.gaps { span.sub { "missing: " bdi { (range(gap)) } } }
                @for it in &row.log_breaks {
                    span.sub {
                        "its log of what was done does not go on from entry " (it.seen) ", " (moment(it.at))
                    }
                }
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

/// What was on a lost device, to be printed.
pub(crate) fn lost(head: &Head<'_>, report: &LossReport) -> Markup {
    let content = html! {
        h1 { "Device lost" }
        p.lead { "It is revoked: the relay takes nothing from it, and what comes from it later does not count as verified." }
        div.sheet {
            dl.facts {
                (fact("Device", html! { code.id { (report.device) } }))
                (fact("Site and worker", html! { bdi { (report.site) } span.sub { bdi { (report.worker) } } }))
                (fact("Reported", moment(report.reported)))
                (fact("Authority to be told until", moment(report.notice_until)))
                (fact("Last heard of", moment(report.last_heard)))
                (fact("Records at HQ", html! { (report.records_at_hq) }))
                (fact("Open on it when it last said so", html! {
                    @match &report.held {
                        Some(held) => {
                            (held.drafts) " drafts, " (held.cases) " cases in the worker’s list" span.sub { (moment(held.at)) }
                        },
                        None => "it never said",
                    }
                }))
                (fact("Receipt perhaps not seen", html! { (report.unacknowledged) }))
                (fact("Numbers HQ never got", html! {
                    @if report.missing.is_empty() { "none known" }
                    @for (first, last) in &report.missing { span.sub { (first) "–" (last) } }
                }))
            }
        }
        h2 { "What can be exposed" }
        p {
            "Finished records lie on the device sealed to HQ; the device itself cannot open them. Open drafts and assigned cases "
            "can be read by somebody who has the device unlocked. Numbers HQ never got were sealed, too."
        }
        h2 { "Cases it sent" }
        p { @if report.cases.is_empty() { "None." } @else { (report.cases.join(", ")) } }
    };
    frame("Device lost", head, Some(Tab::Devices), &content)
}

fn fact(name: &str, value: Markup) -> Markup {
    html! { div { dt { (name) } dd { (value) } } }
}
