//! `wayside desk facts`: what an impact assessment needs to know, made from what is configured.

use wayside_desk::{Desk, Facts};

use crate::clock;
use crate::error::CliError;
use crate::output::Output;

/// Prints the facts.
pub(crate) fn run(desk: &Desk, output: &Output) -> Result<(), CliError> {
    let facts = desk.facts(clock::now())?;
    output.result(&facts, || text(&facts))
}

fn text(facts: &Facts) -> String {
    let mut text = format!("Data protection at {}, {}\n", facts.org, clock::text(facts.made));
    let mut head = |title: &str, lines: Vec<String>| {
        text.push_str(&format!("\n{title}\n"));
        lines.iter().for_each(|line| text.push_str(&format!("  {line}\n")));
    };
    head("Who can open records", facts.recipients.iter().map(|row| format!("{}: {}", row.who, row.opens)).collect());
    let role = |row: &wayside_desk::RoleFacts| {
        let rights: Vec<_> = row.rights.iter().map(|(right, far)| format!("{right} ({far})")).collect();
        format!("{}, {} people: {}", row.role, row.people, rights.join("; "))
    };
    head("What each role reaches", facts.roles.iter().map(role).collect());
    let kept = facts.retention.iter().map(|row| format!("{}: {} days", row.what, row.days));
    head("How long it is kept", kept.collect());
    let goes = facts.transfers.iter().map(|row| format!("{}: {} [{}]", row.to, row.what, row.ground));
    head("Where something goes", goes.collect());
    head("What protects it", facts.measures.iter().map(|row| format!("{}: {}", row.place, row.what)).collect());
    let months = match facts.aggregates.months.join(", ") {
        months if months.is_empty() => "none".to_owned(),
        months => months,
    };
    head("Published numbers", vec![format!("none below {}; months: {months}", facts.aggregates.threshold)]);
    for form in &facts.forms {
        let source = if form.built_in { "comes with the program" } else { "handed out" };
        let said = |word: &str| if word.is_empty() { "not said".to_owned() } else { word.to_owned() };
        let fields = form.fields.iter();
        let lines =
            fields.map(|field| format!("{}: {}, {}", field.place, said(&field.purpose), said(&field.sensitivity)));
        head(&format!("{} ({}, {source}, covered by {})", form.title, form.id, form.covered_by), lines.collect());
    }
    text
}
