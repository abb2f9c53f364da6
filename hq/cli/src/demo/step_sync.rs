//! Step 5: offline first; then sync over a link that is slow and drops, until HQ's receipts are in.

use wayside_field::DeviceId;

use crate::demo::checks::Check;
use crate::demo::child::Running;
use crate::demo::device::{DemoDevice, refs};
use crate::demo::step_desk;
use crate::demo::step_hq::Hq;
use crate::demo::step_interviews::Told;
use crate::demo::tamper::RelayFile;
use crate::demo::world::{INTERVIEW_TIME, World};
use crate::error::CliError;
use crate::table::Table;

/// Syncs everything.
pub(crate) fn run(world: &World<'_>, hq: &Hq, devices: &[DemoDevice], told: &Told) -> Result<(), CliError> {
    world.heading("5. Offline, then sync over a link that is slow and drops");
    offline(world, hq, devices, told)?;
    hq.link.set_up(true);
    over_the_bad_link(world, hq, devices)?;
    receipts(world, hq, devices, told)
}

fn offline(world: &World<'_>, hq: &Hq, devices: &[DemoDevice], told: &Told) -> Result<(), CliError> {
    let url = hq.link.url();
    let ran = devices[0].attempt(world, "sync", &["--via", &url, "--patience", "0"])?;
    let refused = ran.refused().unwrap_or("success").to_owned();
    let states: Vec<String> = [devices[0].queue(world)?, devices[1].queue(world)?].concat();
    // What an open portal let through is another check's business.
    let let_through = world.sabotages(Check::PortalChangesNothing);
    let all = states.len() == 3 && states.iter().all(|state| state == "sealed" || let_through);
    let saw = format!("sync: {refused}; finished records: {}", states.join(" "));
    // The draft that did not survive is another check's business.
    let lost = world.sabotages(Check::DraftSurvivesKill) && states.len() == 2;
    world.check(Check::OfflineKeepsAll, refused == "sync.no_path" && (all || lost), saw);
    if let Some(draft) = &told.unfinished {
        devices[1].run(world, "finish", &[draft, "--now", INTERVIEW_TIME])?;
    }
    Ok(())
}

fn over_the_bad_link(world: &World<'_>, hq: &Hq, devices: &[DemoDevice]) -> Result<(), CliError> {
    // All three at once; the first shows its progress.
    let running = devices
        .iter()
        .enumerate()
        .map(|(number, device)| sync(world, hq, device, number == 0))
        .collect::<Result<Vec<_>, _>>()?;
    let (mut complete, mut failures) = (0, 0);
    let mut table = Table::new(&["device", "items sent", "bytes", "tries that failed"]);
    for (device, running) in devices.iter().zip(running) {
        let ran = running.end()?;
        world.note_process(format!("device sync {}", device.name), ran.pid);
        complete += usize::from(ran.code == Some(0));
        failures += ran.json["failures"].as_u64().unwrap_or(0);
        let number = |key: &str| ran.json[key].as_u64().map_or_else(|| "?".to_owned(), |number| number.to_string());
        table.row([device.name.to_owned(), number("sent"), number("bytes"), number("failures")]);
    }
    world.tell(&table.text(""));
    let counts = hq.link.counts();
    let (items, _) = RelayFile::open(&world.dir.join("relay/relay.db"))?.items()?;
    let saw = format!(
        "{} cuts, {failures} tries repeated, {complete} of {} syncs complete, the relay holds {items} items",
        counts.cuts,
        devices.len()
    );
    world.check(Check::LinkDropped, counts.cuts >= 3 && failures >= 1 && complete == devices.len(), saw);
    Ok(())
}

fn sync(world: &World<'_>, hq: &Hq, device: &DemoDevice, shown: bool) -> Result<Running, CliError> {
    let url = hq.link.url();
    let args = device.args(world, "sync", &["--via", &url, "--retry-within", "150", "--patience", "20"]);
    world.runner.start(&refs(&args), shown && world.is_watched())
}

/// The desk pulls, and the devices fetch what it has for them.
fn receipts(world: &World<'_>, hq: &Hq, devices: &[DemoDevice], told: &Told) -> Result<(), CliError> {
    if world.sabotages(Check::HqHasIt) {
        let id = devices[1].id.parse::<DeviceId>().map_err(|_| CliError::Demo("a device has no id".into()))?;
        RelayFile::open(&world.dir.join("relay/relay.db"))?.flip_envelope(id)?;
    }
    if world.sabotages(Check::DeskShowsWhy) {
        step_desk::shows_why(world, told)?;
    }
    world.desk(&["pull"])?;
    for device in devices {
        sync(world, hq, device, false)?.end()?.done("device sync")?;
    }
    let mut table = Table::new(&["device", "finished records"]);
    let mut states = Vec::new();
    for device in &devices[..2] {
        let queue = device.queue(world)?;
        table.row([device.name.to_owned(), queue.join(", ")]);
        states.extend(queue);
    }
    world.tell(&table.text(""));
    let arrived = states.iter().filter(|state| *state == "hq_has_it").count();
    let saw = format!("{arrived} of {} records have HQ's receipt", states.len());
    world.check(Check::HqHasIt, arrived == states.len() && !states.is_empty(), saw);
    Ok(())
}
