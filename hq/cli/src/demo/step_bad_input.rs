//! Between steps 4 and 5: what goes wrong is named by a code, and nothing is lost.

use std::path::{Path, PathBuf};

use crate::demo::checks::Check;
use crate::demo::device::{DemoDevice, refs};
use crate::demo::portal;
use crate::demo::step_hq::{Hq, copy_folder};
use crate::demo::world::World;
use crate::error::CliError;

/// Wrong words, a truncated file, a captive portal.
pub(crate) fn run(world: &World<'_>, hq: &Hq, devices: &[DemoDevice]) -> Result<(), CliError> {
    world.heading("What goes wrong has a name, and nothing is lost");
    wrong_secret(world, &devices[0])?;
    damage(world)?;
    captive_portal(world, hq, &devices[0])
}

fn wrong_secret(world: &World<'_>, device: &DemoDevice) -> Result<(), CliError> {
    world.make_words("wrong.words")?;
    let words =
        if world.sabotages(Check::WrongSecret) { format!("{}.words", device.name) } else { "wrong.words".into() };
    let ran = world.attempt(&refs(&device.args_with(world, "drafts", &[], &words)))?;
    let saw = format!("exit {}, {}", ran.code.unwrap_or(-1), ran.refused().unwrap_or("opened"));
    world.check(Check::WrongSecret, ran.code == Some(1) && ran.refused() == Some("vault.wrong_secret"), saw);
    Ok(())
}

fn damage(world: &World<'_>) -> Result<(), CliError> {
    const WHAT: &str = "a folder of the demo";
    let copy = world.dir.join("damaged");
    copy_folder(&world.dir.join("device-2"), &copy)?;
    let database = copy.join("vault/vault.db");
    if !world.sabotages(Check::DamageIsNamed) {
        let file = std::fs::OpenOptions::new().write(true).open(&database).map_err(CliError::file(WHAT))?;
        let length = file.metadata().map_err(CliError::file(WHAT))?.len();
        file.set_len(length / 2 + 100).map_err(CliError::file(WHAT))?;
    }
    let before = listing(&copy.join("vault")).map_err(CliError::file(WHAT))?;
    let words = world.path("device-2.words");
    let ran = world.attempt(&["device", "drafts", &copy.to_string_lossy(), "--pin-file", &words])?;
    let after = listing(&copy.join("vault")).map_err(CliError::file(WHAT))?;
    let kept = before.iter().all(|entry| after.contains(entry));
    let saw = format!("{}, every file kept: {kept}", ran.refused().unwrap_or("opened"));
    world.check(Check::DamageIsNamed, ran.refused() == Some("vault.damaged") && kept, saw);
    std::fs::remove_dir_all(&copy).map_err(CliError::file(WHAT))
}

/// All files of a vault with their lengths. The counter of guesses is kept at each try, under a key of the key store that
/// is made for it.
fn listing(folder: &Path) -> std::io::Result<Vec<(PathBuf, u64)>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        if entry.path().is_dir() {
            files.extend(listing(&entry.path())?);
        } else if name != "guesses" {
            files.push((entry.path(), entry.metadata()?.len()));
        }
    }
    Ok(files)
}

fn captive_portal(world: &World<'_>, hq: &Hq, device: &DemoDevice) -> Result<(), CliError> {
    let portal = portal::start().map_err(CliError::file("a socket of the demo"))?;
    let via = if world.sabotages(Check::PortalChangesNothing) { hq.relay_url() } else { &portal };
    let before = device.queue(world)?;
    let ran = device.attempt(world, "sync", &["--via", via, "--patience", "0"])?;
    let after = device.queue(world)?;
    let saw = format!("{}; {} before, {} after", ran.refused().unwrap_or("success"), before.join(" "), after.join(" "));
    let holds = ran.refused() == Some("sync.impostor") && before == after && !after.is_empty();
    world.check(Check::PortalChangesNothing, holds, saw);
    Ok(())
}
