//! Step 2: three devices enrol by records that a QR code would carry; HQ compares words and confirms two of them.

use serde_json::Value;
use wayside_field::DeviceId;

use crate::demo::checks::Check;
use crate::demo::device::{DemoDevice, text};
use crate::demo::files;
use crate::demo::tamper::RelayFile;
use crate::demo::world::World;
use crate::error::CliError;
use crate::table::Table;

/// Trained for adults and for children.
const ROLE: &str = "screener trained child_protection";
const NAMES: [&str; 3] = ["device-1", "device-2", "device-3"];

/// Enrols the devices. The third stays unconfirmed.
pub(crate) fn run(world: &World<'_>) -> Result<Vec<DemoDevice>, CliError> {
    world.heading("2. Three devices enrol; HQ compares the words and confirms two");
    let devices = NAMES.iter().map(|name| enrol(world, name)).collect::<Result<Vec<_>, _>>()?;
    world.tell("Their key stores are in software, and say so: six words each, no short PIN.");
    second_try(world, &devices[0])?;
    if world.sabotages(Check::WordsMatch) {
        let id = devices[2].id.parse::<DeviceId>().map_err(|_| CliError::Demo("a device has no id".into()))?;
        RelayFile::open(&world.dir.join("relay/relay.db"))?.swap_newest_request(id, &devices[2].record)?;
    }
    world.desk(&["pull"])?;
    words(world, &devices)?;
    confirm(world, &devices)?;
    make_ready(world, &devices)?;
    Ok(devices)
}

fn enrol(world: &World<'_>, name: &'static str) -> Result<DemoDevice, CliError> {
    let secret = world.make_words(&format!("{name}.words"))?;
    let (file, record) = record(world, name)?;
    let args = ["device", "enrol", &world.path(name), "--record", &file, "--kdf", "floor", "--pin-file", &secret];
    let enrolled = world.run(&args)?;
    Ok(DemoDevice { name, id: text(&enrolled["device"]), words: text(&enrolled["words"]), record })
}

fn record(world: &World<'_>, name: &str) -> Result<(String, String), CliError> {
    let file = world.path(&format!("{name}.record"));
    let worker = name.replace("device", "worker");
    let made = world.desk(&["enrol", "--role", ROLE, "--site", "SITE-1", "--worker", &worker, "--out", &file])?;
    Ok((file, text(&made["record"])))
}

fn second_try(world: &World<'_>, first: &DemoDevice) -> Result<(), CliError> {
    let mut file = world.path(&format!("{}.record", first.name));
    if world.sabotages(Check::RecordOnce) {
        file = record(world, "second-try")?.0;
    }
    let secret = world.make_words("second-try.words")?;
    let args =
        ["device", "enrol", &world.path("second-try"), "--record", &file, "--kdf", "floor", "--pin-file", &secret];
    let ran = world.attempt(&args)?;
    let refused = ran.refused() == Some("enrol.used");
    let vault_made = world.dir.join("second-try/vault").exists();
    let saw = format!("the second try: {}", ran.refused().unwrap_or("accepted"));
    world.check(Check::RecordOnce, refused && !vault_made, saw);
    // Whatever came of it is not part of what follows.
    let _ = std::fs::remove_dir_all(world.dir.join("second-try"));
    Ok(())
}

/// The devices as the desk lists them.
pub(crate) fn listed(world: &World<'_>) -> Result<Vec<Value>, CliError> {
    Ok(world.desk(&["devices", "list"])?.as_array().cloned().unwrap_or_default())
}

/// One of them.
pub(crate) fn row<'v>(rows: &'v [Value], device: &DemoDevice) -> &'v Value {
    rows.iter().find(|row| row["id"].as_str() == Some(device.id.as_str())).unwrap_or(&Value::Null)
}

fn words(world: &World<'_>, devices: &[DemoDevice]) -> Result<(), CliError> {
    let rows = listed(world)?;
    let mut table = Table::new(&["device", "words on the device", "words at HQ"]);
    let mut same = 0;
    for device in devices {
        let at_hq = text(&row(&rows, device)["words"]);
        same += usize::from(!at_hq.is_empty() && at_hq == device.words);
        table.row([device.name.to_owned(), device.words.clone(), at_hq]);
    }
    world.tell(&table.text(""));
    world.check(Check::WordsMatch, same == devices.len(), format!("{same} of {} pairs are the same", devices.len()));
    Ok(())
}

fn confirm(world: &World<'_>, devices: &[DemoDevice]) -> Result<(), CliError> {
    world.desk(&["devices", "confirm", &devices[0].id])?;
    let late = world.sabotages(Check::DevicesConfirmed);
    if !late {
        world.desk(&["devices", "confirm", &devices[1].id])?;
    }
    let rows = listed(world)?;
    let confirmed = devices[..2].iter().filter(|device| row(&rows, device)["state"] == "confirmed").count();
    world.check(Check::DevicesConfirmed, confirmed == 2, format!("{confirmed} of 2 are confirmed"));
    if late {
        world.desk(&["devices", "confirm", &devices[1].id])?;
    }
    if world.sabotages(Check::UnconfirmedHoldsNone) {
        world.desk(&["devices", "confirm", &devices[2].id])?;
    }
    Ok(())
}

/// HQ hands the site's services directory out, and each device fetches what there is for it: at HQ's own network, before
/// anybody goes out.
fn make_ready(world: &World<'_>, devices: &[DemoDevice]) -> Result<(), CliError> {
    let file = files::put(world, "services.json", files::SERVICES)?;
    world.desk(&["hand-out", "services", &file])?;
    for device in devices {
        device.run(world, "sync", &[])?;
    }
    world.tell("HQ hands out the services directory of the site, and the devices fetch it.");
    Ok(())
}
