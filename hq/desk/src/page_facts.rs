//! The facts for an impact assessment, to be printed.

use maud::{Markup, html};

use crate::facts::{Facts, FormFacts};
use crate::page::{Head, Tab, frame, moment};

/// What counts where nobody has said how sensitive a field is.
const UNSAID: &str = "strictly confidential (nobody has said)";

pub(crate) fn facts(head: &Head<'_>, facts: &Facts) -> Markup {
    let content = html! {
        h1 { "Data protection" }
        p.lead { "Facts for an impact assessment, made from what is configured now. Whether it is enough is yours to decide." }
        p.quiet { "Made " (moment(facts.made)) }
        h2 { "Who can open records" }
        (table("Keys, and what they open", &["Key", "Opens"], facts.recipients.iter().map(|row| [html! { bdi { (row.who) } }, html! { (row.opens) }])))
        h2 { "What each role reaches" }
        (table("As the table of roles says now", &["Role", "People", "Reaches"], facts.roles.iter().map(|row| [
            html! { (row.role.replace('-', " ")) },
            html! { (row.people) },
            html! { @for (index, (right, far)) in row.rights.iter().enumerate() { @if index > 0 { ", " } (right) " (" (far) ")" } },
        ])))
        h2 { "How long it is kept" }
        (table("Days from the interview on", &["What", "Days"], facts.retention.iter().map(|row| [html! { (row.what) }, html! { (row.days) }])))
        h2 { "Where something goes" }
        (table("Beyond this desk", &["To", "What", "Ground"], facts.transfers.iter().map(|row| [
            html! { bdi { (row.to) } }, html! { (row.what) }, html! { (row.ground) },
        ])))
        h2 { "What protects it" }
        (table("Measures", &["Where", "What is done"], facts.measures.iter().map(|row| [html! { (row.place) }, html! { (row.what) }])))
        h2 { "Published numbers" }
        p {
            "No group below " (facts.aggregates.threshold) " is published or can be worked out. Months published: "
            @if facts.aggregates.months.is_empty() { "none" } @else { (facts.aggregates.months.join(", ")) } "."
        }
        h2 { "What forms ask for" }
        @for form in &facts.forms { (of_form(form)) }
    };
    frame("Data protection", head, Some(Tab::Facts), &content)
}

fn of_form(form: &FormFacts) -> Markup {
    let source = if form.built_in { "comes with the program" } else { "handed out by HQ" };
    html! {
        div.sheet {
            table {
                caption { bdi { (form.title) } " · " code { (form.id) } " · " (source) " · covered by " (form.covered_by) }
                thead { tr { @for name in ["Field", "For what", "How sensitive"] { th scope="col" { (name) } } } }
                tbody {
                    @if form.fields.is_empty() { tr { td.nothing colspan="3" { "It asks for nothing." } } }
                    @for field in &form.fields {
                        tr {
                            th scope="row" { code.place dir="ltr" { (field.place) } }
                            td dir="auto" { @if field.purpose.is_empty() { "–" } @else { (field.purpose.replace('_', " ")) } }
                            td dir="auto" { @if field.sensitivity.is_empty() { (UNSAID) } @else { (field.sensitivity.replace('_', " ")) } }
                        }
                    }
                }
            }
        }
    }
}

/// A table whose first column names its rows.
fn table<const N: usize>(caption: &str, columns: &[&str; N], rows: impl Iterator<Item = [Markup; N]>) -> Markup {
    html! {
        div.sheet {
            table {
                caption { (caption) }
                thead { tr { @for name in columns { th scope="col" { (name) } } } }
                tbody {
                    @for row in rows {
                        tr {
                            @for (index, cell) in row.iter().enumerate() {
                                @if index == 0 { th scope="row" { (cell) } } @else { td { (cell) } }
                            }
                        }
                    }
                }
            }
        }
    }
}
