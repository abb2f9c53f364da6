//! Step 3: the built-in forms go onto the devices; a form that does not parse goes nowhere.

use serde_json::Value;

use crate::demo::checks::Check;
use crate::demo::device::{DemoDevice, text};
use crate::demo::files;
use crate::demo::world::World;
use crate::error::CliError;
use crate::table::Table;

/// The journey quick screen.
pub(crate) const QUICK: &str = "wayside-b2";
/// The adult labour indicators.
pub(crate) const ADULT: &str = "wayside-b3-al";

/// Installs the forms.
pub(crate) fn run(world: &World<'_>, devices: &[DemoDevice]) -> Result<(), CliError> {
    world.heading("3. The built-in forms are installed");
    let late = world.sabotages(Check::FormsInstalled);
    for device in devices {
        if !(late && device.name == "device-3") {
            device.run(world, "forms", &["--built-in"])?;
        }
    }
    let mut complete = 0;
    for device in devices {
        let forms = forms(world, device)?;
        complete += usize::from([QUICK, ADULT].iter().all(|id| forms.iter().any(|form| form["id"] == *id)));
        if device.name == "device-1" {
            show(world, &forms);
        }
    }
    let saw = format!("{complete} of {} devices have both", devices.len());
    world.check(Check::FormsInstalled, complete == devices.len(), saw);
    if late {
        devices[2].run(world, "forms", &["--built-in"])?;
    }
    broken(world, &devices[2])
}

fn forms(world: &World<'_>, device: &DemoDevice) -> Result<Vec<Value>, CliError> {
    Ok(device.run(world, "forms", &[])?.as_array().cloned().unwrap_or_default())
}

fn show(world: &World<'_>, forms: &[Value]) {
    let mut table = Table::new(&["form", "version", "title", "languages"]);
    for form in forms {
        let languages: Vec<String> = form["languages"].as_array().into_iter().flatten().map(text).collect();
        table.row([text(&form["id"]), text(&form["version"]), text(&form["title"]), languages.join(", ")]);
    }
    world.tell(&table.text("none"));
}

fn broken(world: &World<'_>, device: &DemoDevice) -> Result<(), CliError> {
    let mut xml = files::BROKEN_FORM.to_owned();
    if world.sabotages(Check::FormRefused) {
        xml = xml.replace("</inptu>", "</input>");
    }
    let file = files::put(world, "broken-form.xml", &xml)?;
    let before = forms(world, device)?;
    let ran = device.attempt(world, "forms", &["--add", &file])?;
    let place = text(&ran.json["refused"]["place"]);
    let refused = ran.refused() == Some("form.malformed") && place.starts_with("line 17");
    let unchanged = forms(world, device)? == before;
    let saw = match ran.refused() {
        Some(code) => format!("{code} at {place}"),
        None => "accepted".to_owned(),
    };
    world.check(Check::FormRefused, refused && unchanged, saw);
    Ok(())
}
