//! Signing in, the audit, and published numbers.

use maud::{Markup, html};

use crate::aggregates::{Month, THRESHOLD};
use crate::audit::AuditEntry;
use crate::page::{Head, Tab, frame, moment};

/// The form, and what went wrong with the last try.
pub(crate) fn sign_in(head: &Head<'_>, trouble: Option<&str>) -> Markup {
    let content = html! {
        h1 { "Sign in" }
        form.sheet.sign-in method="post" action="/sign-in" {
            @if let Some(trouble) = trouble { p.note.care #trouble role="alert" { (trouble) } }
            label for="name" { "Staff code" }
            input #name name="name" type="text" required autocomplete="username" autocapitalize="none" spellcheck="false"
                autofocus aria-describedby=[trouble.map(|_| "trouble")];
            label for="passphrase" { "Passphrase" }
            input #passphrase name="passphrase" type="password" required autocomplete="current-password";
            button type="submit" { "Sign in" }
        }
    };
    frame("Sign in", head, None, &content)
}

pub(crate) fn audit(head: &Head<'_>, entries: &[AuditEntry]) -> Markup {
    let content = html! {
        h1 { "Audit" }
        p.lead { "Who did what at this desk. Each entry is chained to the one before it." }
        div.sheet {
            table {
                caption { "Newest first" }
                thead {
                    tr { @for name in ["Number", "When", "Who", "What", "To what", "Site"] { th scope="col" { (name) } } }
                }
                tbody {
                    @if entries.is_empty() { tr { td.nothing colspan="6" { "Nothing yet." } } }
                    @for entry in entries {
                        tr {
                            th scope="row" { (entry.seq) }
                            td.narrow { (moment(entry.at)) }
                            td { bdi { (entry.person.as_deref().unwrap_or("owner of the desk")) } }
                            td { (entry.action.replace('_', " ")) }
                            td { code { (entry.object) } }
                            td { bdi { (entry.site) } }
                        }
                    }
                }
            }
        }
    };
    frame("Audit", head, Some(Tab::Audit), &content)
}

pub(crate) fn statistics(head: &Head<'_>, months: &[Month]) -> Markup {
    let content = html! {
        h1 { "Statistics" }
        p.lead { "Published numbers of records, of people who agreed to it. Numbers below " (THRESHOLD) " are hidden, and others with them." }
        @if months.is_empty() { p { "No month is published yet." } }
        @for month in months {
            section aria-labelledby={ "m" (month.month) } {
                h2 id={ "m" (month.month) } { (month.month) }
                @match month.total {
                    None => p { "Too few people to publish anything." },
                    Some(total) => {
                        p { (total) " people" }
                        @for table in &month.tables { (bars(month, table)) }
                    },
                }
            }
        }
    };
    frame("Statistics", head, Some(Tab::Statistics), &content)
}

/// A table whose numbers are bars, too; nothing is told by the bar alone.
fn bars(month: &Month, table: &crate::aggregates::Table) -> Markup {
    let most = table.cells.iter().filter_map(|cell| cell.people).max().unwrap_or(1).max(1);
    html! {
        div.sheet {
            table {
                caption { (month.month) ", by " (table.by) }
                thead { tr { th scope="col" { (table.by) } th scope="col" { "People" } } }
                tbody {
                    @if table.cells.is_empty() { tr { td.nothing colspan="2" { "Hidden." } } }
                    @for cell in &table.cells {
                        tr {
                            th scope="row" { bdi { (cell.category) } }
                            td {
                                @match cell.people {
                                    Some(people) => {
                                        span.number { (people) }
                                        meter.bar-of aria-hidden="true" min="0" max=(most) value=(people) {}
                                    },
                                    None => span.quiet { "hidden" },
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
