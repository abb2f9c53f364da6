//! Part of step 4: somebody agrees, says something, and takes it back. Then it is looked for with every key there is.

use std::path::PathBuf;

use crate::demo::checks::Check;
use crate::demo::device::{DemoDevice, text};
use crate::demo::files::{self, REFUSED_PLACE};
use crate::demo::step_forms::QUICK;
use crate::demo::world::World;
use crate::error::CliError;
use crate::search;

/// Plays the refusal and searches before and after.
pub(crate) fn run(world: &World<'_>, device: &DemoDevice) -> Result<(), CliError> {
    let mut agrees = files::REFUSAL_AGREES.to_owned();
    if world.sabotages(Check::RefusalSeenBefore) {
        agrees = agrees.replace(REFUSED_PLACE, "I would rather not say");
    }
    let first = files::put(world, "refusal-1-agrees.json", &agrees)?;
    let draft = text(&device.fill(world, QUICK, &first, &[])?["draft"]);
    let before = hits(world, device)?;
    world.check(Check::RefusalSeenBefore, !before.is_empty(), format!("found in: {}", list(&before)));

    if !world.sabotages(Check::RefusalLeavesNothing) {
        let second = files::put(world, "refusal-2-takes-back.json", files::REFUSAL_TAKES_BACK)?;
        let state = text(&device.fill(world, QUICK, &second, &["--draft", &draft])?["state"]);
        world.tell(&format!("The person takes the consent back: {state}."));
    }
    let after = hits(world, device)?;
    let drafts = device.run(world, "drafts", &[])?.as_array().map_or(0, Vec::len);
    let saw = format!("found in: {}; drafts left: {drafts}", list(&after));
    world.check(Check::RefusalLeavesNothing, after.is_empty() && drafts == 0, saw);
    if world.sabotages(Check::RefusalLeavesNothing) {
        device.run(world, "discard", &[&draft])?;
    }
    Ok(())
}

/// Everywhere: the device with its keys, relay and desk with HQ's keys, and each file of the work folder as it lies there.
/// Only the answer files themselves are left out: they are the person speaking.
fn hits(world: &World<'_>, device: &DemoDevice) -> Result<Vec<String>, CliError> {
    let places = |value: serde_json::Value, whose: &str| -> Vec<String> {
        value["hits"].as_array().into_iter().flatten().map(|hit| format!("{whose}: {}", text(&hit["place"]))).collect()
    };
    let mut found = places(device.run(world, "inspect", &["--for", REFUSED_PLACE])?, device.name);
    let (relay, one, two) = (world.path("relay"), world.path("shares/share-1"), world.path("shares/share-3"));
    let search = ["search", "--for", REFUSED_PLACE, "--relay-dir", &relay, "--share", &one, "--share", &two];
    found.extend(places(world.desk(&search)?, "HQ"));
    let files: Vec<PathBuf> =
        search::files_with(&world.dir, REFUSED_PLACE, &["interviews"]).map_err(CliError::file("the work folder"))?;
    found.extend(files.iter().map(|path| path.strip_prefix(&world.dir).unwrap_or(path).display().to_string()));
    Ok(found)
}

fn list(found: &[String]) -> String {
    if found.is_empty() { "nothing".to_owned() } else { found.join(", ") }
}
