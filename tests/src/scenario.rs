//! A scenario file. The format is in `tests/scenarios/README.md`; every language reads the same files.

use serde::Deserialize;
use serde_json::{Map, Value};
use std::path::{Path, PathBuf};
use wayside_field::{AgeEntry, Calendar, Channel, ConsentLine, Entry, NextAction};

/// One file.
#[derive(Clone)]
pub struct Scenario {
    /// Its file name without the ending.
    pub name: String,
    /// The folder that the files it names are relative to.
    pub folder: PathBuf,
    /// What the device's clock shows at the start, as RFC 3339.
    pub now: String,
    /// Whether the device is one that HQ has not confirmed and that has not synced.
    pub fresh: bool,
    /// Roles and trainings of its worker; without them every training.
    pub role: Option<String>,
    /// What happens, in order.
    pub steps: Vec<Step>,
}

/// One step: something done, or something looked at.
#[derive(Clone)]
pub struct Step {
    /// What is done.
    pub(crate) action: Action,
    /// The code it has to be refused with; without one it has to be done.
    pub(crate) refused: Option<String>,
}

impl Step {
    /// Whether it only looks.
    pub const fn is_expectation(&self) -> bool {
        matches!(self.action, Action::Expect { .. })
    }
}

#[derive(Clone, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub(crate) enum Action {
    Expect {
        expect: Map<String, Value>,
    },
    Start {
        start: String,
        #[serde(default = "english")]
        language: String,
        #[serde(default)]
        mode: Wanted,
    },
    Play {
        play: String,
    },
    Jump {
        jump: String,
    },
    Go {
        go: Direction,
    },
    Finish {
        #[serde(rename = "finish")]
        _finish: Yes,
    },
    Discard {
        #[serde(rename = "discard")]
        _discard: Yes,
    },
    Resume {
        resume: usize,
    },
    /// Tries to enrol once more, beside the vault or in its place.
    Enrol {
        /// `fresh`, `used` (the record of this very device), or a file.
        enrol: String,
        #[serde(default)]
        here: bool,
        #[serde(default)]
        over: Option<Link>,
        #[serde(default)]
        secret: Option<String>,
    },
    /// Takes a file of the vault away for good.
    Lose {
        lose: String,
    },
    /// Makes every write of a file of the vault fail, until it is unblocked.
    Block {
        block: String,
    },
    Unblock {
        unblock: String,
    },
    Open {
        open: With,
        /// What the clock shows from then on, as RFC 3339.
        #[serde(default)]
        now: Option<String>,
    },
    Lock {
        #[serde(rename = "lock")]
        _lock: Yes,
    },
    Suspend {
        suspend: bool,
    },
    Install {
        install: String,
        /// Lists that come with it.
        #[serde(default)]
        lists: Vec<String>,
    },
    Sync {
        sync: Link,
    },
    SyncLocked {
        sync_locked: Link,
    },
    Desk {
        desk: Order,
    },
    Bundle {
        bundle: Way,
    },
    Neighbour {
        /// The worker whose phone carries; its vault stays locked.
        neighbour: u8,
        /// With the outbox alone.
        #[serde(default)]
        locked: bool,
        /// Another code than that phone shows.
        #[serde(default)]
        stranger: bool,
    },
    Files {
        files: Copying,
    },
    Screen {
        screen: Value,
    },
    Date {
        date: Day,
    },
    /// Subsets that make each dimension positive for this profile, by going through all.
    Count {
        count_subsets: String,
    },
    /// Published comparisons of tools of this kind.
    Compare {
        #[serde(rename = "comparisons")]
        _comparisons: Yes,
    },
    AskBack {
        ask_back: AgeEntry,
    },
    Next {
        next: NextAction,
        due: String,
    },
    Contact {
        contact: Channel,
    },
    Close {
        #[serde(rename = "close")]
        _close: Yes,
    },
    Request {
        request: Wish,
        #[serde(default)]
        text: Option<String>,
        #[serde(default)]
        line: Option<ConsentLine>,
        #[serde(default)]
        recipient: Option<String>,
    },
    Help {
        help: HelpSign,
    },
    Wipe {
        #[serde(rename = "wipe")]
        _wipe: Yes,
    },
    Verify {
        #[serde(rename = "verify")]
        _verify: Yes,
    },
    Sweep {
        #[serde(rename = "sweep")]
        _sweep: Yes,
    },
    Retention {
        #[serde(rename = "retention")]
        _retention: Yes,
    },
    ChangeSecret {
        #[serde(rename = "change_secret")]
        _change_secret: Yes,
        #[serde(default)]
        duress: Option<Duress>,
        /// Another new secret than usual.
        #[serde(default)]
        to: Option<String>,
    },
    /// Opens the decoy, begins this form in it, does the entries of a file, and locks it.
    Furnish {
        furnish: String,
        play: String,
    },
    AcceptRollback {
        #[serde(rename = "accept_rollback")]
        _accept_rollback: Yes,
    },
    PanicWipe {
        #[serde(rename = "panic_wipe")]
        _panic_wipe: Yes,
    },
    Border {
        #[serde(rename = "border")]
        _border: Yes,
    },
    Train {
        train: Practice,
    },
    /// HQ hands something out to this device alone, whether or not the desk would: the device has to see to it.
    HandOut {
        hand_out: String,
        file: String,
        /// What is put in place of what stands at a path of the file; `null` takes it out.
        #[serde(default)]
        set: Vec<(Vec<Value>, Value)>,
        /// What else is said of it, as options of `wayside desk hand-out`.
        #[serde(default)]
        with: Vec<String>,
    },
    /// The vault of this worker, who enrols at first sight.
    Worker {
        worker: u8,
    },
    Entry(Entry),
}

/// `true`, and nothing else.
#[derive(Clone, Deserialize)]
#[serde(try_from = "bool")]
pub(crate) struct Yes;

impl TryFrom<bool> for Yes {
    type Error = &'static str;
    fn try_from(value: bool) -> Result<Self, Self::Error> {
        if value { Ok(Self) } else { Err("only true means something here") }
    }
}

/// What kind of session is begun.
#[derive(Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Wanted {
    #[default]
    Interview,
    SelfAnswer,
    Observation,
}

/// A day as a calendar names it.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Day {
    pub(crate) calendar: Calendar,
    pub(crate) year: i32,
    pub(crate) month: u8,
    pub(crate) day: u8,
}

/// What is asked for by the code of the first case in the list.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Wish {
    Correction,
    Withdrawal,
    Erasure,
}

/// Whether the worker asks for help, or an interview was hard.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum HelpSign {
    Asked,
    Hard,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Direction {
    Forward,
    Back,
}

/// With what the vault is opened.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum With {
    Right,
    WrongSecret,
    LostKey,
    /// The key store does not answer.
    NoAnswer,
    /// The key store's prompt is cancelled.
    PromptCancelled,
    /// While it is open.
    Twice,
    /// The secret that `change_secret` gave.
    NewSecret,
    /// The code that it gave.
    Duress,
}

/// What a duress code does besides opening the decoy.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Duress {
    Decoy,
    Wipe,
}

/// What the network is.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Link {
    /// The real relay.
    Relay,
    /// No network.
    NoPath,
    /// A captive portal's page with status 200.
    Portal,
    /// A web server's own page with status 404.
    NotFound,
    /// A proxy's page with status 503.
    Down,
    /// A status that no list has.
    Odd,
    /// No answer in time.
    Slow,
    /// The relay's media type, and nothing in it that the relay says.
    Garbled,
    /// The real relay, but what it says of what it took is made up.
    Lying,
    /// The real relay, with the last byte of what it hands out changed on the way.
    Tampered,
    /// The real relay, and a token that is set already.
    Cancelled,
}

/// What a person does at HQ.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Order {
    Confirm,
    Pull,
    Revoke,
    /// Takes the scenario's bundle in, and puts one with what is for its devices in its place.
    Bundle,
    /// An order to wipe the device, signed by two officers.
    Wipe,
    /// The same with one signature: it waits for another.
    WipeOnce,
}

/// What a vault for training is made of.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Practice {
    /// What is invented for it.
    Alone,
    /// What the open vault has from HQ.
    Beside,
}

/// What is done with the scenario's bundle.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Way {
    /// The device writes it.
    Out,
    /// The device takes it in.
    In,
    /// The device takes it in, with its outbox alone.
    InLocked,
    /// Its second half is lost.
    Cut,
}

/// What is done with the vault's files.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Copying {
    /// A copy is made, the vault locked.
    Keep,
    /// A copy is made while the vault is only suspended.
    Image,
    /// The copy is put back, the vault locked.
    PutBack,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "shows")]
    _shows: String,
    #[serde(default = "noon")]
    now: String,
    device: Option<Fresh>,
    role: Option<String>,
    steps: Vec<Map<String, Value>>,
}

/// The one word a file can say of its device.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Fresh {
    Fresh,
}

fn english() -> String {
    "en".to_owned()
}

fn noon() -> String {
    "2026-11-01T12:00:00Z".to_owned()
}

impl Scenario {
    /// Reads one file; says which step is not understood.
    pub fn read(path: &Path) -> Result<Self, String> {
        let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
        let file: File = serde_json::from_str(&text).map_err(|error| error.to_string())?;
        let mut steps = Vec::new();
        for (index, mut step) in file.steps.into_iter().enumerate() {
            let refused = step.remove("refused").and_then(|code| code.as_str().map(str::to_owned));
            let action = serde_json::from_value(Value::Object(step));
            steps.push(Step { action: action.map_err(|_| format!("step {} is not understood", index + 1))?, refused });
        }
        let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        Ok(Self {
            name,
            folder: path.parent().map(Path::to_owned).unwrap_or_default(),
            now: file.now,
            fresh: file.device.is_some(),
            role: file.role,
            steps,
        })
    }

    /// The same without one step.
    pub fn without(&self, index: usize) -> Self {
        let mut other = self.clone();
        other.steps.remove(index);
        other
    }

    /// The codes with which something is refused, a step or what HQ handed out, or that a sync gives as its obstacle.
    pub fn codes(&self) -> impl Iterator<Item = &str> {
        let obstacles = self.looks().filter_map(|look| look.get("sync")?.get("obstacle")?.as_str());
        let contents = self.looks().filter_map(|look| look.get("refused")?.as_object());
        let contents = contents.flat_map(Map::values).filter_map(|why| why.get("code")?.as_str());
        self.steps.iter().filter_map(|step| step.refused.as_deref()).chain(obstacles).chain(contents)
    }

    /// The outcomes that are looked for, wherever they are shown.
    pub fn outcomes(&self) -> impl Iterator<Item = &str> {
        let lists = self.looks().flat_map(|look| {
            let screened = look.get("screened").and_then(|screened| screened.get("outcomes"));
            [look.get("outcomes"), look.get("advice"), screened]
        });
        lists.flatten().filter_map(Value::as_array).flatten().filter_map(Value::as_str)
    }

    fn looks(&self) -> impl Iterator<Item = &Map<String, Value>> {
        self.steps.iter().filter_map(|step| match &step.action {
            Action::Expect { expect } => Some(expect),
            _ => None,
        })
    }

    /// The last thing that was to be done, and not refused, before the last look: what the scenario is about.
    pub fn cause(&self) -> Option<usize> {
        let last_look = self.steps.iter().rposition(Step::is_expectation)?;
        self.steps[..last_look].iter().rposition(|step| !step.is_expectation() && step.refused.is_none())
    }
}

/// Every scenario, in the order of their names.
pub fn all() -> Result<Vec<Scenario>, String> {
    let folder = crate::root().join("tests/scenarios");
    let entries = std::fs::read_dir(&folder).map_err(|error| error.to_string())?;
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .collect();
    files.sort();
    files.iter().map(|file| Scenario::read(file).map_err(|problem| format!("{}: {problem}", file.display()))).collect()
}
