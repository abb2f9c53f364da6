//! Arguments of the device commands.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use wayside_field::{Channel, NextAction, SessionMode};

use crate::clock::{Moment, moment};
use crate::device::way::WayArgs;
use crate::secrets::{Kdf, SecretArgs};

/// The kinds of entries in an answer file.
const ENTRIES: &str = r#"Entries of an answer file:
  {"gate": "setting", "pass": true}             then interpreter, the urgent questions, age, consent, in this order
  {"gate": "interpreter", "pass": true, "interpreter": "INT-4"}   a code, never a name
  {"remote": true}                              instead of the interpreter gate: by phone, for the quick screen only; with
                                                "interpreter": "INT-4" if they have a code
  {"urgent": ["absent", "absent", "absent", "absent", "absent", "absent", "absent", "absent"], "hours_ago": 5}
                                                form B1: present, observed, absent, unknown, declined, not_asked
  {"help_found": true}                          for sexual violence, where the site lets the questions go on; then urgent anew
  {"gate": "age", "pass": true, "age": "unknown"}
  {"gate": "age", "pass": true, "age": {"between": {"low": 16, "high": 19, "basis": "estimate"}}}
  {"gate": "age", "pass": true, "age": {"born": {"calendar": "ethiopian", "year": 2002, "basis": "statement"}}}
                                                gregorian, ethiopian, solar_hijri, lunar_hijri; month and day if known
  {"explained": true}                           before any yes
  {"consent": "C2", "value": "no", "by": "self", "how": "oral"}
                                                C1 to C9; without C1 and C2 nothing of the interview is kept
  {"ref": "/data/group/question", "value": "yes"}
  {"ref": "/data/group/question", "state": "declined"}   or unknown
  {"add": "/data/repeat"}
  {"remove": "/data/repeat[2]"}
  {"attach": "/data/photo", "file": "photo.jpg"}         a file beside the answer file, of 64 MiB at most; a large one, or
                                                with "pieces": 4096, goes in pieces
  {"quick": true}                               there was something in the quick questions
  {"offer": true}                               the person wants the detailed conversation
  {"gender": true}                              the choice of worker and interpreter was offered
  {"finish": true}                              seals the form that is open …
  {"form": "wayside-b4"}                        … and opens the next with the same person
  {"rely_on": "vital_interest", "reason": "injury"}      why B1, B5 or B7 is kept without consent
  {"observe": true}                             from here on only what can be seen
  {"refer": "clinic", "urgency": "day", "fields": {"needs": "a doctor"}, "wants": "help", "warned": true}
                                                after {"consent": "C4", …, "recipient": "clinic", "data_set": ["needs"]}
  {"withhold": "clinic", "reason": "fear_of_harm"}
  {"add_outcomes": ["N4"], "set_aside": [], "because": "local_knowledge"}
  {"language": "fr"}
  {"withdraw": "C2"}
  {"stop": true}"#;

/// Work with one device folder: enrol, interview, sync, wipe.
#[derive(Args)]
#[command(subcommand_required = true, arg_required_else_help = true)]
pub(crate) struct DeviceArgs {
    #[command(subcommand)]
    pub(crate) command: DeviceCommand,
}

/// What to do with it.
#[derive(Subcommand)]
pub(crate) enum DeviceCommand {
    /// Make a device of an empty folder, by an enrolment record from HQ.
    ///
    /// Makes the keys, asks the relay for the signed directory, hands in the enrolment request and prints the words that
    /// HQ must see too before it confirms the device. The key store is one in software, so the secret must be six words or
    /// more.
    Enrol(EnrolArgs),
    /// List the installed forms, or install more.
    Forms(FormsArgs),
    /// Hold an interview: from a file of answers, or by questions in the terminal.
    ///
    /// Each entry that is stored is acknowledged by a line on stderr. What was acknowledged after consent survives a
    /// crash; before consent everything is in memory only.
    #[command(after_long_help = ENTRIES)]
    Fill(FillArgs),
    /// Seal a draft to HQ and queue it. From then on this device cannot read it.
    Finish(DraftArgs),
    /// Leave nothing of a draft anywhere.
    Discard(DraftArgs),
    /// List the interviews that are not finished.
    Drafts(OpenArgs),
    /// List the finished records and where they are.
    Queue(OpenArgs),
    /// Send what is sealed and fetch what HQ has for this device.
    Sync(SyncArgs),
    /// Send as a file instead: for a stick, or for another phone that carries it. Needs no secret.
    Bundle(BundleArgs),
    /// Carry for devices nearby, without a file: listen, and show a code. Needs no secret.
    ///
    /// Whoever types the code can hand over what is sealed, under the quota of what is carried, and fetch HQ's entries that
    /// this device holds for theirs. Everything goes to the relay with this device's next sync. Ends with Ctrl-C; the next
    /// time the code is another.
    Carry(CarryArgs),
    /// Show what this device is and what it holds.
    Status(StatusArgs),
    /// Go on with a vault whose status names an old copy: what was written after that copy is not here.
    AcceptRollback(OpenArgs),
    /// List the cases of finished interviews by code: what to do next, by when, and how referrals stand.
    Work(OpenArgs),
    /// Set what to do next for a case.
    Next(NextArgs),
    /// Say how to contact the person of a case now, if it may be done in this way at this hour.
    Contact(ContactArgs),
    /// Take a case off the list. What HQ holds stays.
    CloseCase(CaseArgs),
    /// Seal a correction, a withdrawal, a wish for erasure or a link to HQ, by the code of a case.
    Request(RequestArgs),
    /// Ask HQ for a call: the worker needs somebody to talk to. Nothing of an interview goes with it.
    CallMe(HelpArgs),
    /// List what HQ has handed out to this device: versions in use, and what was refused, with its place.
    Content(OpenArgs),
    /// Search everything the device holds, decrypted with its own keys, for a text.
    ///
    /// Looks at every page of the database (also free ones and the write-ahead log), drafts, settings, the keyring, the
    /// outbox and every other file of the folder as it lies on disk.
    Inspect(InspectArgs),
    /// Destroy the keys, then the files. The sealed outbox stays, and stays sendable.
    Wipe(WipeArgs),
    /// Look through everything the vault holds, against what was written last.
    Verify(OpenArgs),
    /// Let go what HQ has and what is over its time, and name what waits for a person.
    Retention(RetentionArgs),
    /// List the audit log: numbers, hours and codes.
    Audit(OpenArgs),
    /// Change the secret, and set or take away a duress code.
    ///
    /// A duress code opens a decoy with the same forms, in which interviews can be held: open it and hold some, so that it
    /// looks used. Without one, a code that was set before is off.
    Secret(SecretChangeArgs),
    /// Before a border: sync once, then let everything go that HQ has.
    Border(BorderArgs),
    /// Destroy the keys at once, and leave the files to `sweep`. The sealed outbox stays, and stays sendable.
    Panic(OpenArgs),
    /// End a wipe that was begun. Takes nothing where none was.
    Sweep(SweepArgs),
    /// Make a vault for training. It needs no HQ, and nothing in it is sealed to anybody.
    ///
    /// With `--beside` it has the forms, language packs, sound and services of a worker's own device, and nothing of a case;
    /// one that is there already gets what that device has now.
    Train(TrainArgs),
}

impl DeviceCommand {
    /// Its word and the folder it is about.
    pub(crate) fn name_and_dir(&self) -> (&'static str, &Path) {
        match self {
            Self::Enrol(args) => ("enrol", &args.dir),
            Self::Forms(args) => ("forms", &args.open.dir),
            Self::Fill(args) => ("fill", &args.open.dir),
            Self::Finish(args) => ("finish", &args.open.dir),
            Self::Discard(args) => ("discard", &args.open.dir),
            Self::Drafts(args) => ("drafts", &args.dir),
            Self::Queue(args) => ("queue", &args.dir),
            Self::Sync(args) => ("sync", &args.open.dir),
            Self::Bundle(args) => ("bundle", args.command.dir()),
            Self::Carry(args) => ("carry", &args.dir),
            Self::Status(args) => ("status", &args.open.dir),
            Self::AcceptRollback(args) => ("accept-rollback", &args.dir),
            Self::Work(args) => ("work", &args.dir),
            Self::Next(args) => ("next", &args.case.open.dir),
            Self::Contact(args) => ("contact", &args.case.open.dir),
            Self::CloseCase(args) => ("close-case", &args.open.dir),
            Self::Request(args) => ("request", &args.case.open.dir),
            Self::CallMe(args) => ("call-me", &args.open.dir),
            Self::Content(args) => ("content", &args.dir),
            Self::Inspect(args) => ("inspect", &args.open.dir),
            Self::Wipe(args) => ("wipe", &args.dir),
            Self::Verify(args) => ("verify", &args.dir),
            Self::Retention(args) => ("retention", &args.open.dir),
            Self::Audit(args) => ("audit", &args.dir),
            Self::Secret(args) => ("secret", &args.open.dir),
            Self::Border(args) => ("border", &args.open.dir),
            Self::Panic(args) => ("panic", &args.dir),
            Self::Sweep(args) => ("sweep", &args.dir),
            Self::Train(args) => ("train", &args.dir),
        }
    }
}

/// Arguments of `device carry`.
#[derive(Args)]
pub(crate) struct CarryArgs {
    /// The device folder.
    #[arg(value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// Where to listen. Port 0 takes a free one and says which.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    pub(crate) listen: SocketAddr,
}

/// Arguments of `device bundle`.
#[derive(Args)]
#[command(subcommand_required = true, arg_required_else_help = true)]
pub(crate) struct BundleArgs {
    #[command(subcommand)]
    pub(crate) command: BundleCommand,
}

/// Which way.
#[derive(Subcommand)]
pub(crate) enum BundleCommand {
    /// Write all that waits for HQ's receipt, and what is carried for others, into a new file. It changes nothing here.
    Export {
        /// The device folder.
        #[arg(value_name = "DIR")]
        dir: PathBuf,
        /// The file. Give it a name that says nothing.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Take in a file of HQ or of another device. HQ's receipts count from the next command that opens the vault; what is
    /// for or from others is carried, under a quota.
    Import {
        /// The device folder.
        #[arg(value_name = "DIR")]
        dir: PathBuf,
        /// The file.
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

impl BundleCommand {
    fn dir(&self) -> &Path {
        match self {
            Self::Export { dir, .. } | Self::Import { dir, .. } => dir,
        }
    }
}

/// A device folder and its secret.
#[derive(Args)]
pub(crate) struct OpenArgs {
    /// The device folder.
    #[arg(value_name = "DIR")]
    pub(crate) dir: PathBuf,
    #[command(flatten)]
    pub(crate) secret: SecretArgs,
}

/// A case of the work list.
#[derive(Args)]
pub(crate) struct CaseArgs {
    #[command(flatten)]
    pub(crate) open: OpenArgs,
    /// The case's code, from `device work`.
    #[arg(value_name = "CODE")]
    pub(crate) code: String,
}

/// Arguments of `device next`.
#[derive(Args)]
pub(crate) struct NextArgs {
    #[command(flatten)]
    pub(crate) case: CaseArgs,
    /// What to do.
    #[arg(value_enum)]
    pub(crate) action: ActionArg,
    /// By when, as 2026-06-01T09:30:00+03:00.
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub(crate) by: Moment,
}

/// Arguments of `device contact`.
#[derive(Args)]
pub(crate) struct ContactArgs {
    #[command(flatten)]
    pub(crate) case: CaseArgs,
    /// In which way.
    #[arg(long, value_enum, value_name = "WAY")]
    pub(crate) by: ChannelArg,
}

/// A way of contact.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ChannelArg {
    /// In person, at the site.
    InPerson,
    /// A call.
    Call,
    /// A message.
    Message,
    /// Through somebody the person trusts.
    Trusted,
}

impl From<ChannelArg> for Channel {
    fn from(arg: ChannelArg) -> Self {
        match arg {
            ChannelArg::InPerson => Self::InPerson,
            ChannelArg::Call => Self::Call,
            ChannelArg::Message => Self::Message,
            ChannelArg::Trusted => Self::Trusted,
        }
    }
}

/// What to do next.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ActionArg {
    /// See how a referral stands.
    CheckReferral,
    /// Contact the person by the rule HQ holds.
    Contact,
    /// Offer to talk again.
    TalkAgain,
    /// Nothing.
    None,
}

impl From<ActionArg> for NextAction {
    fn from(action: ActionArg) -> Self {
        match action {
            ActionArg::CheckReferral => Self::CheckReferral,
            ActionArg::Contact => Self::Contact,
            ActionArg::TalkAgain => Self::TalkAgain,
            ActionArg::None => Self::None,
        }
    }
}

/// Arguments of `device request`.
#[derive(Args)]
pub(crate) struct RequestArgs {
    #[command(flatten)]
    pub(crate) case: CaseArgs,
    /// What is asked for.
    #[arg(value_enum)]
    pub(crate) kind: RequestKind,
    /// Of a correction: what should stand there, without names.
    #[arg(long, value_name = "TEXT")]
    pub(crate) text: Option<String>,
    /// Of a withdrawal: the consent line.
    #[arg(long, value_name = "C1…C9")]
    pub(crate) line: Option<String>,
    /// Of a withdrawal of C4: the recipient.
    #[arg(long, value_name = "CODE")]
    pub(crate) recipient: Option<String>,
    /// Of a link: code of the new session's case.
    #[arg(long, value_name = "CODE")]
    pub(crate) again: Option<String>,
}

/// Arguments of `device call-me`.
#[derive(Args)]
pub(crate) struct HelpArgs {
    #[command(flatten)]
    pub(crate) open: OpenArgs,
    /// Not asked for: an interview was hard.
    #[arg(long)]
    pub(crate) hard: bool,
}

/// What is asked for by code.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum RequestKind {
    /// Something recorded is wrong.
    Correction,
    /// The person takes a consent line back.
    Withdrawal,
    /// The person wants the record erased.
    Erasure,
    /// A new session belongs to the same person.
    TalkedAgain,
}

/// Arguments of `device enrol`.
#[derive(Args)]
pub(crate) struct EnrolArgs {
    /// The device folder; empty or not there yet.
    #[arg(value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// File with the enrolment record that HQ made; `-` reads it from stdin.
    #[arg(long, value_name = "FILE")]
    pub(crate) record: PathBuf,
    /// Cost of stretching the secret.
    #[arg(long, value_enum, default_value = "default")]
    pub(crate) kdf: Kdf,
    #[command(flatten)]
    pub(crate) way: WayArgs,
    #[command(flatten)]
    pub(crate) secret: SecretArgs,
}

/// Arguments of `device forms`.
#[derive(Args)]
pub(crate) struct FormsArgs {
    #[command(flatten)]
    pub(crate) open: OpenArgs,
    /// Install the forms that come with this program.
    #[arg(long)]
    pub(crate) built_in: bool,
    /// Install an XForm from a file.
    #[arg(long, value_name = "FILE")]
    pub(crate) add: Option<PathBuf>,
}

/// Arguments of `device fill`.
#[derive(Args)]
pub(crate) struct FillArgs {
    #[command(flatten)]
    pub(crate) open: OpenArgs,
    /// The form's id.
    #[arg(value_name = "FORM")]
    pub(crate) form: String,
    /// JSON list of entries, each one step of the interview.
    #[arg(long, value_name = "FILE", required_unless_present = "interactive", conflicts_with = "interactive")]
    pub(crate) answers: Option<PathBuf>,
    /// Put the questions in the terminal.
    #[arg(long)]
    pub(crate) interactive: bool,
    /// What kind of session it is.
    #[arg(long, value_enum, default_value = "interview")]
    pub(crate) mode: ModeArg,
    /// Language to begin in, by code or by the form's own name of it.
    #[arg(long, value_name = "LANGUAGE", default_value = "en")]
    pub(crate) language: String,
    /// Seal and queue the record after the last entry.
    #[arg(long)]
    pub(crate) finish: bool,
    /// Go on with this draft instead of beginning an interview.
    #[arg(long, value_name = "ID")]
    pub(crate) draft: Option<String>,
    /// Leave out so many entries at the head of the file: those that the draft has already.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) skip: usize,
    /// Wait so many milliseconds before each entry, as a person would.
    #[arg(long, value_name = "MS", default_value_t = 0)]
    pub(crate) pace: u64,
    /// Set the clock to this moment, as 2026-06-01T09:30:00+03:00: for training and for interviews played from files.
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub(crate) now: Option<Moment>,
}

/// What kind of session is begun.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ModeArg {
    /// A worker asks.
    Interview,
    /// The person holds the device.
    SelfAnswer,
    /// Nobody is asked anything.
    Observation,
}

impl From<ModeArg> for SessionMode {
    fn from(mode: ModeArg) -> Self {
        match mode {
            ModeArg::Interview => Self::Interview,
            ModeArg::SelfAnswer => Self::SelfAnswer,
            ModeArg::Observation => Self::Observation,
        }
    }
}

/// Arguments of `device finish` and `device discard`.
#[derive(Args)]
pub(crate) struct DraftArgs {
    #[command(flatten)]
    pub(crate) open: OpenArgs,
    /// The draft's id, from `device drafts`.
    #[arg(value_name = "DRAFT")]
    pub(crate) draft: String,
    /// Set the clock to this moment.
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub(crate) now: Option<Moment>,
}

/// Arguments of `device sync`.
#[derive(Args)]
pub(crate) struct SyncArgs {
    #[command(flatten)]
    pub(crate) open: OpenArgs,
    #[command(flatten)]
    pub(crate) way: WayArgs,
    /// Do not open the vault: send the sealed outbox only, without the secret, as a phone does in the background.
    #[arg(long)]
    pub(crate) locked: bool,
    /// Hand over to a device nearby that carries, instead of to the relay. Everything goes on waiting for the relay.
    #[arg(long, value_name = "URL", requires = "code", conflicts_with = "via")]
    pub(crate) carrier: Option<String>,
    /// The code that device shows now. It opens nothing, and is good for as long as it is shown.
    #[arg(long, value_name = "CODE", requires = "carrier")]
    pub(crate) code: Option<String>,
    /// Give up once the relay could not be reached for so many seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    pub(crate) patience: u64,
    /// Never wait longer than this many milliseconds before the next try.
    #[arg(long, value_name = "MS")]
    pub(crate) retry_within: Option<u64>,
}

/// Arguments of `device status`.
#[derive(Args)]
pub(crate) struct StatusArgs {
    #[command(flatten)]
    pub(crate) open: OpenArgs,
    /// Do not open the vault: show only what can be seen without the secret.
    #[arg(long)]
    pub(crate) locked: bool,
}

/// Arguments of `device inspect`.
#[derive(Args)]
pub(crate) struct InspectArgs {
    #[command(flatten)]
    pub(crate) open: OpenArgs,
    /// The text to search for.
    #[arg(long = "for", value_name = "TEXT")]
    pub(crate) text: String,
}

/// Arguments of `device wipe`.
#[derive(Args)]
pub(crate) struct WipeArgs {
    /// The device folder.
    #[arg(value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// Do not ask again.
    #[arg(long)]
    pub(crate) yes: bool,
    /// Remove the sealed outbox too. What HQ does not have then is lost.
    #[arg(long)]
    pub(crate) everything: bool,
}

/// Arguments of `device retention`.
#[derive(Args)]
pub(crate) struct RetentionArgs {
    #[command(flatten)]
    pub(crate) open: OpenArgs,
    /// Set the clock to this moment.
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub(crate) now: Option<Moment>,
}

/// Arguments of `device secret`.
#[derive(Args)]
pub(crate) struct SecretChangeArgs {
    #[command(flatten)]
    pub(crate) open: OpenArgs,
    /// File whose first line is the new secret. Without it the secret is asked for, hidden.
    #[arg(long, value_name = "FILE")]
    pub(crate) new_pin_file: Option<PathBuf>,
    /// File whose first line is the duress code.
    #[arg(long, value_name = "FILE")]
    pub(crate) duress_pin_file: Option<PathBuf>,
    /// Entering the duress code also destroys the way into the worker's own vault.
    #[arg(long, requires = "duress_pin_file")]
    pub(crate) duress_wipes: bool,
}

/// Arguments of `device border`.
#[derive(Args)]
pub(crate) struct BorderArgs {
    #[command(flatten)]
    pub(crate) open: OpenArgs,
    #[command(flatten)]
    pub(crate) way: WayArgs,
}

/// Arguments of `device sweep`.
#[derive(Args)]
pub(crate) struct SweepArgs {
    /// The device folder.
    #[arg(value_name = "DIR")]
    pub(crate) dir: PathBuf,
}

/// Arguments of `device train`.
#[derive(Args)]
pub(crate) struct TrainArgs {
    /// The device folder; empty or not there yet, or with `--beside` one for training.
    #[arg(value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// Folder of the worker's own device, whose words and services are practised with.
    #[arg(long, value_name = "DIR")]
    pub(crate) beside: Option<PathBuf>,
    /// File whose first line is the secret of the device of --beside.
    #[arg(long, value_name = "FILE", requires = "beside")]
    pub(crate) beside_pin_file: Option<PathBuf>,
    /// Cost of stretching the secret.
    #[arg(long, value_enum, default_value = "default")]
    pub(crate) kdf: Kdf,
    #[command(flatten)]
    pub(crate) secret: SecretArgs,
}
