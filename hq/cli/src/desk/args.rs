//! Arguments of the desk commands.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::secrets::{Kdf, SecretArgs};

/// Work with HQ's desk: keys, devices, records, the web page.
#[derive(Args)]
#[command(subcommand_required = true, arg_required_else_help = true)]
pub(crate) struct DeskArgs {
    /// The desk's folder.
    #[arg(long, value_name = "DIR", default_value = "desk")]
    pub(crate) dir: PathBuf,
    #[command(flatten)]
    pub(crate) secret: SecretArgs,
    #[command(subcommand)]
    pub(crate) command: DeskCommand,
}

/// What to do at the desk.
#[derive(Subcommand)]
pub(crate) enum DeskCommand {
    /// Make HQ's keys in an empty folder and hand the signed directory to the relay.
    ///
    /// Besides the desk's own key file a recovery key is made, sealed under words of its own. They are printed once; keep
    /// them on paper, away from the desk.
    Init(InitArgs),
    /// Make an enrolment record for one device. It holds for 15 minutes, once.
    Enrol(DeskEnrolArgs),
    /// See the devices, confirm or revoke one.
    Devices(DevicesArgs),
    /// Give people at the desk slots of their own, list or end them.
    People(PeopleArgs),
    /// Report a device lost: revoke it, write down what was on it as far as HQ knows, start the 72 hours.
    Lost(DeviceIdArgs),
    /// Hand a services directory or a form to the devices, signed: now, and to those that are confirmed later.
    HandOut(HandOutArgs),
    /// Publish the tables of a month that is over, once: numbers that let nobody be picked out.
    Publish(PublishArgs),
    /// Check the audit: no entry changed, missing, or signed by another.
    VerifyAudit,
    /// Fetch what the relay holds, open it, and hand out receipts.
    Pull,
    /// List the records.
    List,
    /// Show one record: outcome, rule branch, the answers behind it.
    Show(ShowArgs),
    /// Serve the desk's pages on this machine.
    Serve(ServeArgs),
    /// Search everything the desk and the relay hold, opened with HQ's keys, for a text.
    Search(SearchArgs),
}

/// Arguments of `desk init`.
#[derive(Args)]
pub(crate) struct InitArgs {
    /// Name of the organisation, as devices see it.
    #[arg(long, value_name = "NAME")]
    pub(crate) org: String,
    /// Address of the relay.
    #[arg(long, value_name = "URL")]
    pub(crate) relay: String,
    /// The file `desk-token` of the relay's folder.
    #[arg(long, value_name = "FILE")]
    pub(crate) relay_token: PathBuf,
    /// Cost of stretching the passphrase.
    #[arg(long, value_enum, default_value = "default")]
    pub(crate) kdf: Kdf,
    /// Write the recovery words to this new file instead of printing them.
    #[arg(long, value_name = "FILE")]
    pub(crate) recovery_out: Option<PathBuf>,
}

/// Arguments of `desk enrol`.
#[derive(Args)]
pub(crate) struct DeskEnrolArgs {
    /// Role of the device's worker.
    #[arg(long, value_name = "ROLE")]
    pub(crate) role: String,
    /// Code of the site.
    #[arg(long, value_name = "SITE")]
    pub(crate) site: String,
    /// Pseudonym of the worker; never a name.
    #[arg(long, value_name = "WORKER", default_value = "")]
    pub(crate) worker: String,
    /// Write the record to this new file too, for `device enrol --record`.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

/// Arguments of `desk devices`.
#[derive(Args)]
#[command(subcommand_required = true, arg_required_else_help = true)]
pub(crate) struct DevicesArgs {
    #[command(subcommand)]
    pub(crate) command: DevicesCommand,
}

/// What to do with devices.
#[derive(Subcommand)]
pub(crate) enum DevicesCommand {
    /// List the devices with the words to compare.
    List,
    /// Confirm a device, after its words were compared.
    Confirm(DeviceIdArgs),
    /// Revoke a device: what it sends from now on does not count as verified.
    Revoke(DeviceIdArgs),
}

/// One device.
#[derive(Args)]
pub(crate) struct DeviceIdArgs {
    /// The device's id.
    #[arg(value_name = "ID")]
    pub(crate) id: String,
}

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
    /// End a person's access, at once.
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

/// One person.
#[derive(Args)]
pub(crate) struct PersonArgs {
    /// The staff code.
    #[arg(value_name = "CODE")]
    pub(crate) name: String,
}

/// Arguments of `desk hand-out`.
#[derive(Args)]
#[command(subcommand_required = true, arg_required_else_help = true)]
pub(crate) struct HandOutArgs {
    #[command(subcommand)]
    pub(crate) command: HandOutCommand,
}

/// What to hand out.
#[derive(Subcommand)]
pub(crate) enum HandOutCommand {
    /// The services directory of a site, JSON. Its devices hold no interview without one.
    Services(ContentFileArgs),
    /// A form, XForms XML. It can be used on every device from then on.
    Form(ContentFileArgs),
}

/// A file to hand out.
#[derive(Args)]
pub(crate) struct ContentFileArgs {
    /// The file.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
}

/// Arguments of `desk publish`.
#[derive(Args)]
pub(crate) struct PublishArgs {
    /// The month, as 2026-03.
    #[arg(value_name = "MONTH")]
    pub(crate) month: String,
}

/// Arguments of `desk show`.
#[derive(Args)]
pub(crate) struct ShowArgs {
    /// The record's id.
    #[arg(value_name = "ID")]
    pub(crate) id: String,
}

/// Arguments of `desk serve`.
#[derive(Args)]
pub(crate) struct ServeArgs {
    /// Address to listen on; of this machine only. Port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8600")]
    pub(crate) listen: SocketAddr,
}

/// Arguments of `desk search`.
#[derive(Args)]
pub(crate) struct SearchArgs {
    /// The text to search for.
    #[arg(long = "for", value_name = "TEXT")]
    pub(crate) text: String,
    /// The relay's folder: its files are searched as they lie on disk, and its items opened with the recovery key.
    #[arg(long, value_name = "DIR", requires = "recovery_words")]
    pub(crate) relay_dir: Option<PathBuf>,
    /// File with the recovery words that `desk init` gave.
    #[arg(long, value_name = "FILE")]
    pub(crate) recovery_words: Option<PathBuf>,
}
