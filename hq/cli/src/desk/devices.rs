//! `wayside desk devices`.

use wayside_desk::{Delivery, Desk, DeviceState};
use wayside_model::DeviceId;

use crate::clock;
use crate::desk::args::DeviceIdArgs;
use crate::error::CliError;
use crate::output::Output;
use crate::table::Table;

/// Lists the devices.
pub(crate) fn list(desk: &Desk, output: &Output) -> Result<(), CliError> {
    let rows = desk.devices()?;
    output.result(&rows, || {
        let mut table = Table::new(&["device", "state", "words", "role", "site", "records", "sealed"]);
        for row in &rows {
            table.row([
                row.id.to_string(),
                state_text(row.state).to_owned(),
                row.words.clone(),
                row.role.clone(),
                row.site.clone(),
                row.records.to_string(),
                row.sealed.to_string(),
            ]);
        }
        table.text("No device has enrolled. `wayside desk pull` fetches requests.")
    })
}

const fn state_text(state: DeviceState) -> &'static str {
    match state {
        DeviceState::Waiting => "waiting: compare the words",
        DeviceState::Confirmed => "confirmed",
        DeviceState::Revoked => "revoked",
    }
}

/// Confirms a device.
pub(crate) fn confirm(desk: &Desk, args: &DeviceIdArgs, output: &Output) -> Result<(), CliError> {
    let delivery = desk.confirm(id(args)?, clock::now())?;
    told("confirmed", args, &delivery, output)
}

/// Revokes a device.
pub(crate) fn revoke(desk: &Desk, args: &DeviceIdArgs, output: &Output) -> Result<(), CliError> {
    let delivery = desk.revoke(id(args)?, clock::now())?;
    told("revoked", args, &delivery, output)
}

pub(crate) fn id(args: &DeviceIdArgs) -> Result<DeviceId, CliError> {
    args.id.parse().map_err(|_| CliError::Usage("A device's id is 32 hexadecimal digits.".into()))
}

fn told(what: &str, args: &DeviceIdArgs, delivery: &Delivery, output: &Output) -> Result<(), CliError> {
    output.result(&serde_json::json!({ "device": args.id, "state": what, "delivery": delivery }), || match delivery {
        Delivery::Sent => format!("The device is {what}; it learns so at its next sync.\n"),
        Delivery::Later { code } => {
            format!("The device is {what}. The relay does not know yet ({code}); `wayside desk pull` tries again.\n")
        }
    })
}
