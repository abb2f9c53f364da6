//! Signing in, and the audit.

use maud::{Markup, html};

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
