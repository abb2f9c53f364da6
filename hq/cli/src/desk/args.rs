//! Arguments of the desk commands.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::desk::people_args::{PagesKeyArgs, PeopleArgs};
use crate::desk::terms_args::FormFileArgs;
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
    /// Besides the desk's own key file a recovery key is made, sealed under a secret that is split: three shares, of which any
    /// two open it and one opens nothing. They are printed once; give them to three people, on paper, away from the desk.
    Init(InitArgs),
    /// Make an enrolment record for one device. It holds for 15 minutes, once.
    Enrol(DeskEnrolArgs),
    /// See the devices, confirm or revoke one.
    Devices(DevicesArgs),
    /// Give people at the desk slots of their own, list or end them.
    People(PeopleArgs),
    /// See the directory that devices trust, or sign its next version with the organisation's root.
    Directory(DirectoryArgs),
    /// Report a device lost: revoke it, write down what was on it as far as HQ knows, start the 72 hours.
    Lost(DeviceIdArgs),
    /// Hand a services directory, a form, a rule set, a language pack or a bundle of them to the devices, signed: now, and to
    /// those that are confirmed later.
    HandOut(HandOutArgs),
    /// Publish the tables of a month that is over, once: numbers that let nobody be picked out.
    Publish(PublishArgs),
    /// Check the audit: no entry changed, missing, or signed by another.
    VerifyAudit,
    /// Fetch what the relay holds, open it, and hand out receipts. At a service desk: fetch letters, send answers.
    Pull,
    /// Take in sealed items that came as a file, or write one with HQ's entries for devices, for a stick or another phone.
    Bundle(DeskBundleArgs),
    /// Copy the desk into one sealed file.
    Backup(BackupArgs),
    /// Put a copy into an empty folder, with the desk's passphrase.
    Restore(RestoreArgs),
    /// Put a copy into an empty folder with two shares of the recovery secret, for the day the desk's keys are lost.
    Recover(RecoverArgs),
    /// Say that the relay was put back from a copy: it is told everything again with the next pull.
    RelayRestored,
    /// Requests to erase, correct or restrict: see them, make one, decide one.
    Requests(RequestsArgs),
    /// Orders to wipe a device: ask for one, sign it as a key officer. Two have to sign.
    Wipe(WipeArgs),
    /// Who asks to read what a record says of alleged actors: see it, agree as the second person.
    Actors(ActorsArgs),
    /// Write a file of what is recorded: the queue as csv, xlsx or json, or the cases as htcds.
    Export(ExportArgs),
    /// Write what is kept of one person, in words, for that person.
    OwnCopy(OwnCopyArgs),
    /// Write a file of a record, put together from its parts.
    File(FileArgs),
    /// Show or set how many days each class of records is kept.
    Retention(RetentionArgs),
    /// Keep one case longer, with a reason.
    Extend(ExtendArgs),
    /// See the referrals: at HQ where each stands, at a service the letters, and answer them.
    Referrals(ReferralsArgs),
    /// List the records.
    List,
    /// Show one record: outcome, rule branch, the answers behind it.
    Show(ShowArgs),
    /// Serve the desk's pages on this machine, with the desk's passphrase or that of `pages-key`. From the first slot on it holds
    /// no key of a record: what a page shows opens with the slot of who is signed in.
    Serve(ServeArgs),
    /// Write `pages.keys`, under a passphrase of its own, so that `serve` runs without the desk's.
    PagesKey(PagesKeyArgs),
    /// Print facts for an impact assessment, made from what is configured: fields of each form with what they are for,
    /// recipients, roles, how long it is kept, where it goes, what protects it.
    Facts,
    /// Search everything the desk and the relay hold, opened with HQ's keys, for a text.
    Search(SearchArgs),
}

/// Arguments of `desk init`.
#[derive(Args)]
pub(crate) struct InitArgs {
    /// Name of the organisation, as devices see it.
    #[arg(long, value_name = "NAME", required_unless_present = "service")]
    pub(crate) org: Option<String>,
    /// Address of the relay.
    #[arg(long, value_name = "URL", required_unless_present = "service")]
    pub(crate) relay: Option<String>,
    /// The file `desk-token` of the relay's folder.
    #[arg(long, value_name = "FILE", required_unless_present = "service")]
    pub(crate) relay_token: Option<PathBuf>,
    /// Certificates (PEM) to trust alone, where the relay's is not from a public authority.
    #[arg(long, value_name = "FILE")]
    pub(crate) relay_roots: Option<PathBuf>,
    /// Make the desk of a referral partner instead: the code of the service in HQ's directory.
    #[arg(long, value_name = "CODE", requires = "record", conflicts_with_all = ["org", "relay", "relay_token", "relay_roots"])]
    pub(crate) service: Option<String>,
    /// The record HQ made for the service with `desk enrol --role service --worker CODE`.
    #[arg(long, value_name = "FILE", requires = "service")]
    pub(crate) record: Option<PathBuf>,
    /// Cost of stretching the passphrase.
    #[arg(long, value_enum, default_value = "default")]
    pub(crate) kdf: Kdf,
    /// Write the shares of the recovery secret into this new folder, a file each, instead of printing them.
    #[arg(long, value_name = "DIR")]
    pub(crate) shares_out: Option<PathBuf>,
}

/// Arguments of `desk bundle`.
#[derive(Args)]
#[command(subcommand_required = true, arg_required_else_help = true)]
pub(crate) struct DeskBundleArgs {
    #[command(subcommand)]
    pub(crate) command: DeskBundleCommand,
}

/// Which way.
#[derive(Subcommand)]
pub(crate) enum DeskBundleCommand {
    /// Take in a bundle that a device wrote. Cut off, twice or out of order is fine: each thing counts once.
    Import {
        /// The file.
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Write HQ's entries for devices: receipts and what else waits for them. Each device takes what is its own and new.
    Export {
        /// Write into this new file.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// Ids of devices; all where none is named.
        #[arg(value_name = "ID")]
        devices: Vec<String>,
    },
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
    /// Write the QR code to this new file as a picture (SVG), to show on a screen or to print.
    #[arg(long, value_name = "FILE")]
    pub(crate) image: Option<PathBuf>,
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

/// Arguments of `desk directory`.
#[derive(Args)]
#[command(subcommand_required = true, arg_required_else_help = true)]
pub(crate) struct DirectoryArgs {
    #[command(subcommand)]
    pub(crate) command: DirectoryCommand,
}

/// What to do with the directory.
#[derive(Subcommand)]
pub(crate) enum DirectoryCommand {
    /// Its version, how long it holds, and the officers it names.
    Show,
    /// Sign the next version: the key officers as they are now, a year from now. Devices get it with their next sync.
    Sign(DirectorySignArgs),
}

/// Arguments of `desk directory sign`.
#[derive(Args)]
pub(crate) struct DirectorySignArgs {
    /// The file `root.key`, where it is not kept in the desk's folder.
    #[arg(long, value_name = "FILE")]
    pub(crate) root: Option<PathBuf>,
    /// File whose first line is the passphrase of the root, where it is not the desk's.
    #[arg(long, value_name = "FILE")]
    pub(crate) root_pin_file: Option<PathBuf>,
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
    Form(FormFileArgs),
    /// A newer version of the rule set that comes with the program, JSON.
    RuleSet(ContentFileArgs),
    /// A language pack, JSON, with the files of its folder `audio`.
    Pack(PackArgs),
    /// Rule sets, forms, services and packs that devices take as a whole or not at all: a list of their files, JSON.
    /// The audio files of a pack lie in the folder `audio` beside it.
    ///
    /// `{"format": 1, "version": 2, "purpose": "training", "expires": "2027-06-01", "rule_sets": ["rules.json"],
    /// "forms": ["form.xml"], "services": "services.json", "packs": ["fr/pack.json"]}`; the files are named from where the
    /// list lies. A bundle for `production` names who reviewed it (`reviewed_by`), and everything safety-critical in it has to
    /// be reviewed.
    Bundle(FormFileArgs),
}

/// A file to hand out.
#[derive(Args)]
pub(crate) struct ContentFileArgs {
    /// The file.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Only to this device, as a trial: nothing is kept of it at the desk, and no other device gets it.
    #[arg(long, value_name = "ID")]
    pub(crate) device: Option<String>,
    /// With --device: sign it also where the desk refuses it, to see the device refuse it.
    #[arg(long, requires = "device")]
    pub(crate) unchecked: bool,
}

/// A language pack to hand out.
#[derive(Args)]
pub(crate) struct PackArgs {
    #[command(flatten)]
    pub(crate) content: ContentFileArgs,
    /// The folder with the pack's audio files; `audio` beside the file where it is not named.
    #[arg(long, value_name = "DIR")]
    pub(crate) audio: Option<PathBuf>,
}

/// Arguments of `desk publish`.
#[derive(Args)]
pub(crate) struct PublishArgs {
    /// The month, as 2026-03.
    #[arg(value_name = "MONTH")]
    pub(crate) month: String,
}

/// Arguments of `desk backup`.
#[derive(Args)]
pub(crate) struct BackupArgs {
    /// The new file.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

/// Arguments of `desk restore`.
#[derive(Args)]
pub(crate) struct RestoreArgs {
    /// The copy.
    #[arg(long, value_name = "FILE")]
    pub(crate) from: PathBuf,
}

/// Arguments of `desk recover`.
#[derive(Args)]
pub(crate) struct RecoverArgs {
    /// The copy.
    #[arg(long, value_name = "FILE")]
    pub(crate) from: PathBuf,
    /// File with a share of the recovery secret; two are needed.
    #[arg(long, value_name = "FILE", required = true)]
    pub(crate) share: Vec<PathBuf>,
    /// Cost of stretching the new passphrase.
    #[arg(long, value_enum, default_value = "default")]
    pub(crate) kdf: Kdf,
}

/// Arguments of `desk export`.
#[derive(Args)]
pub(crate) struct ExportArgs {
    /// csv, xlsx, json or htcds.
    #[arg(long, value_name = "FORMAT")]
    pub(crate) format: String,
    /// The new file.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

/// Arguments of `desk own-copy`.
#[derive(Args)]
pub(crate) struct OwnCopyArgs {
    /// Code of the case.
    #[arg(value_name = "CASE")]
    pub(crate) case: String,
    /// The new file.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

/// Arguments of `desk file`.
#[derive(Args)]
pub(crate) struct FileArgs {
    /// Id of the record.
    #[arg(value_name = "RECORD")]
    pub(crate) id: String,
    /// Name of the file, as `desk show` lists it.
    #[arg(value_name = "NAME")]
    pub(crate) name: String,
    /// The new file.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

/// Arguments of `desk retention`.
#[derive(Args)]
pub(crate) struct RetentionArgs {
    /// adult or child.
    #[arg(value_name = "CLASS", requires = "days")]
    pub(crate) class: Option<String>,
    /// Days it is kept from the interview on.
    #[arg(long, value_name = "DAYS", requires = "class")]
    pub(crate) days: Option<u32>,
}

/// Arguments of `desk extend`.
#[derive(Args)]
pub(crate) struct ExtendArgs {
    /// Code of the case.
    #[arg(value_name = "CASE")]
    pub(crate) case: String,
    /// First day on which it is due again, as 2027-03-31.
    #[arg(long, value_name = "DAY")]
    pub(crate) until: String,
    /// Why.
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
}

/// Arguments of `desk requests`.
#[derive(Args)]
#[command(subcommand_required = true, arg_required_else_help = true)]
pub(crate) struct RequestsArgs {
    #[command(subcommand)]
    pub(crate) command: RequestsCommand,
}

/// What to do with requests.
#[derive(Subcommand)]
pub(crate) enum RequestsCommand {
    /// List them, what waits first.
    List,
    /// Put one into the queue, for somebody who came to HQ.
    Ask(AskArgs),
    /// Decide one. Granting an erasure erases here, at the relay and on every device.
    Decide(DecideArgs),
    /// End a restriction.
    Lift(LiftArgs),
}

/// Arguments of `desk requests ask`.
#[derive(Args)]
pub(crate) struct AskArgs {
    /// erasure, rectification or restriction.
    #[arg(value_name = "KIND")]
    pub(crate) kind: String,
    /// Code of the case.
    #[arg(value_name = "CASE")]
    pub(crate) case: String,
    /// What should stand there, or why.
    #[arg(long, value_name = "TEXT")]
    pub(crate) text: String,
}

/// Arguments of `desk requests decide`.
#[derive(Args)]
pub(crate) struct DecideArgs {
    /// The request's id.
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    /// Refuse it. Without this it is granted.
    #[arg(long)]
    pub(crate) refuse: bool,
    /// Why.
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
}

/// Arguments of `desk requests lift`.
#[derive(Args)]
pub(crate) struct LiftArgs {
    /// Code of the case.
    #[arg(value_name = "CASE")]
    pub(crate) case: String,
}

/// Arguments of `desk actors`.
#[derive(Args)]
#[command(subcommand_required = true, arg_required_else_help = true)]
pub(crate) struct ActorsArgs {
    #[command(subcommand)]
    pub(crate) command: ActorsCommand,
}

/// What to do about answers on alleged actors. They are read on the page alone, by people who have slots.
#[derive(Subcommand)]
pub(crate) enum ActorsCommand {
    /// List who asked and what is open, what waits first.
    List,
    /// Agree as the second person, with your own passphrase. Who asked can read them for a day.
    Agree(ActorsAgreeArgs),
}

/// Arguments of `desk actors agree`.
#[derive(Args)]
pub(crate) struct ActorsAgreeArgs {
    /// Id of the record.
    #[arg(value_name = "RECORD")]
    pub(crate) id: String,
    /// Staff code of who asked.
    #[arg(long = "for", value_name = "CODE")]
    pub(crate) asked_by: String,
    /// Your staff code.
    #[arg(long = "as", value_name = "CODE")]
    pub(crate) name: String,
    /// File whose first line is your passphrase. Without it you are asked, hidden.
    #[arg(long, value_name = "FILE")]
    pub(crate) slot_pin_file: Option<PathBuf>,
}

/// Arguments of `desk wipe`.
#[derive(Args)]
#[command(subcommand_required = true, arg_required_else_help = true)]
pub(crate) struct WipeArgs {
    #[command(subcommand)]
    pub(crate) command: WipeCommand,
}

/// What to do with orders.
#[derive(Subcommand)]
pub(crate) enum WipeCommand {
    /// List them, what waits first.
    List,
    /// Ask for one.
    Ask(WipeAskArgs),
    /// Sign one with your own passphrase.
    Approve(WipeApproveArgs),
}

/// Arguments of `desk wipe ask`.
#[derive(Args)]
pub(crate) struct WipeAskArgs {
    #[command(flatten)]
    pub(crate) device: DeviceIdArgs,
    /// Also what was not sent; otherwise the sealed outbox stays and can be sent.
    #[arg(long)]
    pub(crate) everything: bool,
}

/// Arguments of `desk wipe approve`.
#[derive(Args)]
pub(crate) struct WipeApproveArgs {
    #[command(flatten)]
    pub(crate) device: DeviceIdArgs,
    /// Number of the order.
    #[arg(long, value_name = "NUMBER")]
    pub(crate) order: u64,
    /// Your staff code.
    #[arg(long = "as", value_name = "CODE")]
    pub(crate) name: String,
    /// File whose first line is your passphrase. Without it you are asked, hidden.
    #[arg(long, value_name = "FILE")]
    pub(crate) slot_pin_file: Option<PathBuf>,
}

/// Arguments of `desk referrals`.
#[derive(Args)]
#[command(subcommand_required = true, arg_required_else_help = true)]
pub(crate) struct ReferralsArgs {
    #[command(subcommand)]
    pub(crate) command: ReferralsCommand,
}

/// What to do with referrals.
#[derive(Subcommand)]
pub(crate) enum ReferralsCommand {
    /// List them.
    List,
    /// At a service: one letter.
    Letter(LetterArgs),
}

/// Arguments of `desk referrals letter`.
#[derive(Args)]
#[command(subcommand_required = true, arg_required_else_help = true)]
pub(crate) struct LetterArgs {
    /// The referral's id.
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    #[command(subcommand)]
    pub(crate) command: LetterCommand,
}

/// What to do with one letter.
#[derive(Subcommand)]
pub(crate) enum LetterCommand {
    /// Show what the person agreed to share.
    Show,
    /// Say how it stands; HQ gets the answer signed, the phone learns the state alone.
    Answer(AnswerArgs),
    /// Erase the letter here, after the person took it back or when it is no longer needed.
    Erase,
}

/// Arguments of `desk referrals letter answer`.
#[derive(Args)]
pub(crate) struct AnswerArgs {
    /// accepted, declined, started, done or failed.
    #[arg(value_name = "STATE")]
    pub(crate) state: String,
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
    #[arg(long, value_name = "DIR", requires = "share")]
    pub(crate) relay_dir: Option<PathBuf>,
    /// File with a share of the recovery secret; two are needed.
    #[arg(long, value_name = "FILE")]
    pub(crate) share: Vec<PathBuf>,
}
