//! Step 6: the desk opens the envelopes and shows each record with its outcome, the rule branch and the answers behind it.

use serde_json::Value;

use crate::demo::checks::Check;
use crate::demo::device::text;
use crate::demo::files::INTERRUPTED_PLACE;
use crate::demo::step_hq::{Hq, get};
use crate::demo::step_interviews::{Told, outcomes, positive};
use crate::demo::tamper::RelayFile;
use crate::demo::world::World;
use crate::error::CliError;
use crate::table::Table;

/// Looks at everything from the desk's side.
pub(crate) fn run(world: &World<'_>, hq: &Hq, told: &Told) -> Result<(), CliError> {
    world.heading("6. The desk opens the envelopes");
    let records = world.desk(&["list"])?.as_array().cloned().unwrap_or_default();
    show(world, &records);
    if !world.sabotages(Check::DeskShowsWhy) {
        shows_why(world, told)?;
    }
    blind_relay(world)?;
    page(world, hq, told);
    Ok(())
}

fn show(world: &World<'_>, records: &[Value]) {
    let mut table = Table::new(&["case", "form", "way", "outcomes", "state"]);
    for record in records {
        let outcomes: Vec<String> = record["outcomes"].as_array().into_iter().flatten().map(text).collect();
        table.row([
            text(&record["case_code"]),
            text(&record["form"]),
            text(&record["route"]),
            outcomes.join(" "),
            text(&record["state"]),
        ]);
    }
    world.tell(&table.text("none"));
}

/// The adult's record at the desk says what the device said, and holds every answer that was entered.
pub(crate) fn shows_why(world: &World<'_>, told: &Told) -> Result<(), CliError> {
    let id = text(&told.adult["event"]);
    let shown = world.attempt_desk(&["show", &id])?;
    let screening = &shown.json["screening"];
    let listed: Vec<String> = shown.json["outcomes"].as_array().into_iter().flatten().map(text).collect();
    let branches = positive(&screening["explanation"]);
    let there = told.answers.iter().filter(|(reference, value)| has_answer(screening, reference, value)).count();
    let same = listed == outcomes(&told.adult)
        && branches == positive(&told.adult["explanation"])
        && there == told.answers.len()
        && !branches.is_empty();
    let saw = match shown.refused() {
        Some(code) => code.to_owned(),
        None => format!("{}; {}; {there} of {} answers", listed.join(" "), branches.join(", "), told.answers.len()),
    };
    if same {
        tell_why(world, screening);
    }
    world.check(Check::DeskShowsWhy, same && shown.json["state"] == "verified", saw);
    Ok(())
}

fn has_answer(screening: &Value, reference: &str, value: &str) -> bool {
    let answers = screening["answers"].as_array();
    answers.is_some_and(|answers| answers.iter().any(|answer| answer["ref"] == reference && answer["value"] == value))
}

fn tell_why(world: &World<'_>, screening: &Value) {
    let mut table = Table::new(&["dimension", "branch", "indicator", "answer behind it"]);
    for dimension in screening["explanation"]["dimensions"].as_array().into_iter().flatten() {
        for because in dimension["because"].as_array().into_iter().flatten() {
            table.row([
                format!("{} {}", text(&dimension["id"]), text(&dimension["name"])),
                text(&dimension["branch"]),
                text(&because["indicator"]),
                text(&because["answer_id"]),
            ]);
        }
    }
    world.tell(&table.text("none"));
}

fn blind_relay(world: &World<'_>) -> Result<(), CliError> {
    const WORDS: &str = "night shifts at the looms, unpaid";
    if world.sabotages(Check::RelayIsBlind) {
        RelayFile::open(&world.dir.join("relay/relay.db"))?.plant_note(INTERRUPTED_PLACE)?;
    }
    let (mut at_hq, mut at_relay) = (0, Vec::new());
    for words in [WORDS, INTERRUPTED_PLACE] {
        at_hq += world.desk(&["search", "--for", words])?["hits"].as_array().map_or(0, Vec::len);
        at_relay.extend(
            crate::search::files_with(&world.dir.join("relay"), words, &[])
                .map_err(CliError::file("the relay's folder"))?,
        );
    }
    let (items, bytes) = RelayFile::open(&world.dir.join("relay/relay.db"))?.items()?;
    let saw = format!(
        "{items} items of {bytes} bytes; the words are in {} of the relay's files and in {at_hq} places that HQ's keys open",
        at_relay.len()
    );
    world.check(Check::RelayIsBlind, at_relay.is_empty() && at_hq >= 1 && items >= 1, saw);
    Ok(())
}

fn page(world: &World<'_>, hq: &Hq, told: &Told) {
    let id = text(&told.adult["event"]);
    let url = format!("{}/records/{id}", hq.desk_url());
    let page = get(&url).filter(|(status, _)| *status == 200).map(|(_, body)| body).unwrap_or_default();
    let case = text(&told.adult["case_code"]);
    let dimensions = positive(&told.adult["explanation"]);
    let ids = dimensions.iter().filter_map(|text| text.split(' ').next());
    let missing: Vec<String> = ids
        .map(str::to_owned)
        .chain(outcomes(&told.adult))
        .chain([case, "night shifts at the looms, unpaid".to_owned()])
        .filter(|wanted| !page.contains(wanted.as_str()))
        .collect();
    let saw = if page.is_empty() {
        "no page for the record".to_owned()
    } else if missing.is_empty() {
        format!("{} bytes with outcome, dimensions and answers", page.len())
    } else {
        format!("missing on the page: {}", missing.join(", "))
    };
    world.tell(&format!("page         {url}"));
    world.check(Check::PageShowsTheSame, missing.is_empty() && !page.is_empty(), saw);
}
