//! Arguments of the commands about people at the desk and the keys of its pages.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::secrets::Kdf;

/// Arguments of `desk people`.
#[derive(Args)]
#[command(subcommand_required = true, arg_required_else_help = true)]
pub(crate) struct PeopleArgs {
    #[command(subcommand)]
    pub(crate) command: PeopleCommand,
}

/// What to do with people.
#[derive(Subcommand)]
pub(crate) enum PeopleCommand {
    /// Give a person a slot. From the first one on everybody signs in at the page.
    Add(AddPersonArgs),
    /// List everybody.
    List,
    /// Give a person another role. Keys that are not of it go out of their slot, and are turned.
    Role(RoleArgs),
    /// End a person's access, at once. The keys their slot unwrapped are turned.
    End(PersonArgs),
}

/// Arguments of `desk people add`.
#[derive(Args)]
pub(crate) struct AddPersonArgs {
    /// Staff code; never a name. Used once.
    #[arg(value_name = "CODE")]
    pub(crate) name: String,
    /// site-focal-point, child-protection, case-manager, analyst or key-officer.
    #[arg(long, value_name = "ROLE")]
    pub(crate) role: String,
    /// The site of a site focal point.
    #[arg(long, value_name = "SITE", default_value = "")]
    pub(crate) site: String,
    /// File whose first line is this person's passphrase. Without it the person is asked, hidden.
    #[arg(long, value_name = "FILE")]
    pub(crate) slot_pin_file: Option<PathBuf>,
    /// Cost of stretching the passphrase.
    #[arg(long, value_enum, default_value = "default")]
    pub(crate) kdf: Kdf,
}

/// Arguments of `desk people role`.
#[derive(Args)]
pub(crate) struct RoleArgs {
    /// The staff code.
    #[arg(value_name = "CODE")]
    pub(crate) name: String,
    /// site-focal-point, child-protection, case-manager, analyst or key-officer.
    #[arg(value_name = "ROLE")]
    pub(crate) role: String,
    /// The site of a site focal point.
    #[arg(long, value_name = "SITE", default_value = "")]
    pub(crate) site: String,
}

/// One person.
#[derive(Args)]
pub(crate) struct PersonArgs {
    /// The staff code.
    #[arg(value_name = "CODE")]
    pub(crate) name: String,
}

/// Arguments of `desk pages-key`.
#[derive(Args)]
pub(crate) struct PagesKeyArgs {
    /// File whose first line is the new passphrase of the pages. Without it you are asked, hidden.
    #[arg(long, value_name = "FILE")]
    pub(crate) pages_pin_file: Option<PathBuf>,
    /// Cost of stretching the passphrase.
    #[arg(long, value_enum, default_value = "default")]
    pub(crate) kdf: Kdf,
}
