//! `wayside desk people`, `lost` and `publish`: who works at the desk, a lost device, numbers that may leave it.

use std::path::Path;

use serde::Serialize;
use wayside_desk::{Delivery, Desk, Person, PersonRole, SlotKeys};
use wayside_model::Sensitive;

use crate::clock;
use crate::desk::args::{DeviceIdArgs, PublishArgs};
use crate::desk::directory;
use crate::desk::people_args::{AddPersonArgs, PersonArgs, RoleArgs};
use crate::error::CliError;
use crate::output::Output;
use crate::secrets::SecretArgs;
use crate::table::Table;

/// Gives a person a slot.
pub(crate) fn add(
    desk: &Desk,
    dir: &Path,
    own: &Sensitive<String>,
    args: &AddPersonArgs,
    output: &Output,
) -> Result<(), CliError> {
    let role = role_of(&args.role, &args.site)?;
    let secret = SecretArgs::of(args.slot_pin_file.clone());
    let passphrase = secret.read_new("New passphrase of this person, six words or more")?;
    desk.add_person(&args.name, role, &args.site, &passphrase, args.kdf.params(), clock::now())?;
    let signed = directory::sign_if_due(desk, dir, own)?;
    let note = directory::note(desk, signed.as_ref())?;
    output.result(&serde_json::json!({ "person": args.name, "role": role.word(), "directory": signed }), || {
        format!("{} signs in at the desk's page with this passphrase. From now on everybody has to.\n{note}", args.name)
    })
}

fn role_of(word: &str, site: &str) -> Result<PersonRole, CliError> {
    let role = PersonRole::of(word).ok_or_else(|| {
        let roles = PersonRole::ALL.map(PersonRole::word).join(", ");
        CliError::Usage(format!("There is no such role. Roles: {roles}."))
    })?;
    if role == PersonRole::SiteFocalPoint && site.is_empty() {
        return Err(CliError::Usage("A site focal point needs --site.".into()));
    }
    Ok(role)
}

/// Gives a person another role.
pub(crate) fn role(
    desk: &Desk,
    dir: &Path,
    own: &Sensitive<String>,
    args: &RoleArgs,
    output: &Output,
) -> Result<(), CliError> {
    let role = role_of(&args.role, &args.site)?;
    desk.change_role(&args.name, role, &args.site, clock::now())?;
    let signed = directory::sign_if_due(desk, dir, own)?;
    let note = directory::note(desk, signed.as_ref())?;
    output.result(&serde_json::json!({ "person": args.name, "role": role.word(), "directory": signed }), || {
        format!("{} is signed out; from the next sign-in on the slot opens what the new role needs.\n{note}", args.name)
    })
}

#[derive(Serialize)]
struct Listed {
    #[serde(flatten)]
    person: Person,
    #[serde(flatten)]
    slot: Option<SlotKeys>,
}

/// Lists everybody, with the class keys that each slot unwraps.
pub(crate) fn list(desk: &Desk, output: &Output) -> Result<(), CliError> {
    let slots = desk.slot_keys()?;
    let slot = |person: &Person| slots.iter().find(|slot| slot.person == person.name).cloned();
    let people: Vec<Listed> = desk.people()?.into_iter().map(|person| Listed { slot: slot(&person), person }).collect();
    output.result(&people, || {
        let mut table = Table::new(&["code", "role", "site", "state", "keys"]);
        for Listed { person, slot } in &people {
            let state = if person.ended_at.is_some() { "ended" } else { "active" };
            let keys = slot.as_ref().map(|slot| match (slot.beyond.as_slice(), slot.missing.as_slice()) {
                ([], []) => slot.keys.join(" "),
                ([], _) => format!("{} (not yet: {})", slot.keys.join(" "), slot.missing.join(" ")),
                _ => format!("{} (NOT OF THIS ROLE: {})", slot.keys.join(" "), slot.beyond.join(" ")),
            });
            table.row([
                person.name.clone(),
                person.role.word().to_owned(),
                person.site.clone(),
                state.to_owned(),
                keys.unwrap_or_default(),
            ]);
        }
        table.text("Nobody has a slot; the page is open to who serves it.")
    })
}

/// Ends a person's access.
pub(crate) fn end(
    desk: &Desk,
    dir: &Path,
    own: &Sensitive<String>,
    args: &PersonArgs,
    output: &Output,
) -> Result<(), CliError> {
    desk.end_person(&args.name, clock::now())?;
    let signed = directory::sign_if_due(desk, dir, own)?;
    let note = directory::note(desk, signed.as_ref())?;
    output.result(&serde_json::json!({ "person": args.name, "state": "ended", "directory": signed }), || {
        format!("{} is signed out and cannot sign in any more.\n{note}", args.name)
    })
}

/// Reports a device lost.
pub(crate) fn lost(desk: &Desk, args: &DeviceIdArgs, output: &Output) -> Result<(), CliError> {
    let (report, delivery) = desk.device_lost(super::devices::id(args)?, clock::now())?;
    output.result(&serde_json::json!({ "report": report, "delivery": delivery }), || {
        let relay = match &delivery {
            Delivery::Sent => "The relay takes nothing more from it.".to_owned(),
            Delivery::Later { code } => format!("The relay does not know yet ({code}); `wayside desk pull` tries again."),
        };
        let held = report.held.map_or_else(String::new, |held| {
            format!("Open on it when it last said so: {} drafts, {} cases in the worker's list\n", held.drafts, held.cases)
        });
        format!(
            "The device is revoked. {relay}\n{held}Records at HQ: {}\nReceipts it may not have seen: {}\nNumbers HQ never got: {}\n\
             Cases it sent: {}\nThe 72 hours to tell the authority have begun.\n",
            report.records_at_hq,
            report.unacknowledged,
            report.missing.iter().map(|(first, last)| last - first + 1).sum::<u64>(),
            report.cases.join(", "),
        )
    })
}

/// Publishes the tables of a month.
pub(crate) fn publish(desk: &Desk, args: &PublishArgs, output: &Output) -> Result<(), CliError> {
    let month = desk.publish(&args.month, clock::now())?;
    output.result(&month, || {
        let Some(total) = month.total else { return "Too few people to publish anything.\n".to_owned() };
        let mut text = format!("{}: {total} people\n", month.month);
        for table in &month.tables {
            let mut lines = Table::new(&[&table.by, "people"]);
            for cell in &table.cells {
                lines
                    .row([cell.category.clone(), cell.people.map_or("hidden".to_owned(), |people| people.to_string())]);
            }
            text.push_str(&lines.text("Hidden."));
        }
        text
    })
}

/// Checks the audit's chain and signatures.
pub(crate) fn verify_audit(desk: &Desk, output: &Output) -> Result<(), CliError> {
    let entries = desk.verify_audit()?;
    output
        .result(&serde_json::json!({ "entries": entries }), || format!("{entries} entries, none changed or missing.\n"))
}
