//! An enrolled device with the interview that is open on it.

use crate::host::{BESIDE, Beside, MemoryKeys, Network, NoKeys};
use crate::hq::{Hq, ROLE};
use crate::scenario::{Duress, Link, Practice, Way, With};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;
use wayside_field::{
    BorderReport, BundleReport, CancelToken, Clock, EnrolOptions, ErrorCode, FieldError, FinishReport, FormSession,
    KeyStore, KeyStoreError, OpenOptions, OutboxSession, RetentionReport, Sensitive, StretchParams, SyncReport,
    SyncSession, SyncStep, TrainingOptions, Transport as _, Vault,
};

const SECRET: &str = "river copper window meadow candle thirty";
const ANOTHER: &str = "river copper window meadow candle forty";
const NEW: &str = "harbour lantern gravel orchard violet seven";
const DURESS: &str = "pebble marble thunder willow cotton eight";

/// What the last sync came to.
#[derive(Clone, Copy)]
pub(crate) struct Synced {
    pub(crate) complete: bool,
    pub(crate) failed: bool,
    /// Why it is not complete, where a report says so.
    pub(crate) obstacle: Option<ErrorCode>,
}

pub(crate) struct Device {
    folder: TempDir,
    pub(crate) directory: PathBuf,
    keys: MemoryKeys,
    /// With which it enrolled.
    record: String,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) vault: Vault,
    pub(crate) session: Option<FormSession>,
    pub(crate) report: Option<FinishReport>,
    pub(crate) synced: Option<Synced>,
    /// What the last question about stated facts, a day or a calendar came to.
    pub(crate) answer: Value,
    pub(crate) retention: Option<RetentionReport>,
    pub(crate) border: Option<BorderReport>,
    /// The bundle that goes from hand to hand.
    pub(crate) bundle: Vec<u8>,
    pub(crate) taken: Option<BundleReport>,
}

impl Device {
    #[cfg(test)]
    pub(crate) fn enrol(hq: &Hq, clock: Arc<dyn Clock>) -> Result<Self, String> {
        Self::enrol_as(hq, clock, ROLE)
    }

    /// One that HQ has confirmed, with what HQ has for it and the clock of this machine.
    #[cfg(test)]
    pub(crate) fn ready(hq: &Hq) -> Self {
        let mut device = Self::enrol(hq, Arc::new(wayside_field::SystemClock)).unwrap();
        device.make_ready(hq).unwrap();
        device
    }

    /// With these roles and trainings.
    pub(crate) fn enrol_as(hq: &Hq, clock: Arc<dyn Clock>, role: &str) -> Result<Self, String> {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let directory = folder.path().join("vault");
        let keys = MemoryKeys::default();
        let record = hq.enrolment_record(role)?;
        let vault = enrol(&directory, &record, &keys, &clock, SECRET, Link::Relay).map_err(|e| e.to_string())?;
        vault.install_built_in().map_err(|error| error.to_string())?;
        Ok(Self::holding(folder, directory, keys, record, clock, vault))
    }

    /// With this vault open, and nothing done in it yet.
    fn holding(
        folder: TempDir,
        directory: PathBuf,
        keys: MemoryKeys,
        record: String,
        clock: Arc<dyn Clock>,
        vault: Vault,
    ) -> Self {
        Self {
            folder,
            directory,
            keys,
            record,
            clock,
            vault,
            session: None,
            report: None,
            synced: None,
            answer: Value::Null,
            retention: None,
            border: None,
            bundle: Vec::new(),
            taken: None,
        }
    }

    /// HQ confirms it, and it fetches what HQ has for it.
    pub(crate) fn make_ready(&mut self, hq: &Hq) -> Result<(), String> {
        hq.desk(&["pull"])?;
        let id = self.id().map_err(|error| error.to_string())?;
        hq.desk(&["devices", "confirm", &id])?;
        self.sync(Link::Relay).map_err(|error| error.to_string())?;
        // What a scenario sees of a sync is its own.
        self.synced = None;
        Ok(())
    }

    pub(crate) fn id(&self) -> Result<String, FieldError> {
        Ok(self.vault.status()?.device.to_string())
    }

    /// Tries to enrol beside the vault, or in its place; what comes of it is locked again.
    pub(crate) fn enrol_again(
        &self,
        record: &str,
        here: bool,
        words: Option<&str>,
        over: Link,
    ) -> Result<(), FieldError> {
        let directory = if here { self.directory.clone() } else { self.folder.path().join("another") };
        enrol(&directory, record, &self.keys, &self.clock, words.unwrap_or(SECRET), over).map(|vault| vault.lock())
    }

    #[cfg(test)]
    pub(crate) const fn keys(&self) -> &MemoryKeys {
        &self.keys
    }

    /// What opens it.
    #[cfg(test)]
    pub(crate) fn secret() -> Sensitive<String> {
        secret(SECRET)
    }

    /// The record it enrolled with.
    pub(crate) fn record(&self) -> &str {
        &self.record
    }

    /// A file of the vault goes.
    pub(crate) fn lose(&self, file: &str) -> Result<(), FieldError> {
        std::fs::remove_file(self.directory.join(file)).map_err(|_| ErrorCode::EntryMalformed.into())
    }

    /// A folder in a file's place makes every write of it fail, and the file itself is kept.
    pub(crate) fn block(&self, file: &str, block: bool) -> Result<(), FieldError> {
        let file = self.directory.join(file);
        let aside = file.with_extension("aside");
        let done = if block {
            std::fs::rename(&file, &aside).and_then(|()| std::fs::create_dir(&file))
        } else {
            std::fs::remove_dir(&file).and_then(|()| std::fs::rename(&aside, &file))
        };
        done.map_err(|_| ErrorCode::EntryMalformed.into())
    }

    pub(crate) fn open(&mut self, with: With) -> Result<(), FieldError> {
        self.session = None;
        if with != With::Twice {
            self.vault.lock();
        }
        let secret = secret(match with {
            With::Right | With::LostKey | With::NoAnswer | With::PromptCancelled | With::Twice => SECRET,
            With::WrongSecret => ANOTHER,
            With::NewSecret => NEW,
            With::Duress => DURESS,
        });
        let keys: &dyn KeyStore = match with {
            With::LostKey => &MemoryKeys::default(),
            With::NoAnswer => &NoKeys(KeyStoreError::Unavailable),
            With::PromptCancelled => &NoKeys(KeyStoreError::UserCancelled),
            _ => &self.keys,
        };
        let options = OpenOptions { directory: self.directory.clone(), clock: Arc::clone(&self.clock) };
        self.vault = Vault::open(options, &secret, keys)?;
        Ok(())
    }

    /// The vault opened anew without having been locked: the process that held it is gone.
    #[cfg(test)]
    pub(crate) fn after_a_crash(self, clock: Arc<dyn Clock>) -> Self {
        let Self { folder, directory, keys, record, vault, .. } = self;
        drop(vault);
        let options = OpenOptions { directory: directory.clone(), clock: Arc::clone(&clock) };
        let vault = Vault::open(options, &secret(SECRET), &keys).unwrap();
        Self::holding(folder, directory, keys, record, clock, vault)
    }

    pub(crate) fn resume(&mut self, number: usize) -> Result<(), FieldError> {
        let drafts = self.vault.drafts()?;
        let draft = drafts.get(number.wrapping_sub(1)).ok_or(wayside_field::ErrorCode::SessionUnknown)?;
        self.session = Some(self.vault.resume_session(draft.id)?);
        Ok(())
    }

    pub(crate) fn wipe(&mut self) -> Result<(), FieldError> {
        self.session = None;
        self.vault.lock();
        Vault::wipe(&self.directory, &self.keys)
    }

    pub(crate) fn panic_wipe(&mut self) -> Result<(), FieldError> {
        self.session = None;
        self.vault.panic_wipe(&self.keys)
    }

    pub(crate) fn sweep(&self) -> Result<(), FieldError> {
        Vault::sweep(&self.directory, &self.keys)
    }

    pub(crate) fn change_secret(&self, to: Option<&str>, duress: Option<Duress>) -> Result<(), FieldError> {
        let code = secret(DURESS);
        let duress = duress.map(|duress| wayside_field::Duress { secret: &code, wipes: duress == Duress::Wipe });
        self.vault.change_secret(&secret(SECRET), &secret(to.unwrap_or(NEW)), duress, &self.keys)
    }

    pub(crate) fn border(&mut self) -> Result<(), FieldError> {
        self.session = None;
        self.border = Some(self.vault.clear_for_border(Arc::new(Network(Link::Relay)), &CancelToken::new(), None)?);
        Ok(())
    }

    /// A vault for training in the folder beside, alone or with what this one has.
    pub(crate) fn train(&mut self, practice: Practice) -> Result<(), FieldError> {
        let directory = self.folder.path().join("training");
        let mut options = TrainingOptions::new(&directory);
        options.stretch = StretchParams::FLOOR;
        options.clock = Arc::clone(&self.clock);
        let training = match practice {
            Practice::Alone => Vault::train(options, &secret(SECRET), &self.keys)?,
            Practice::Beside => self.vault.train_beside(options, &secret(SECRET), &self.keys)?,
        };
        self.change_to("training");
        self.vault = training;
        self.vault.install_built_in().map(drop)
    }

    /// The vault of another worker on the same phone: the first is in `vault`.
    pub(crate) fn worker(&mut self, number: u8, hq: &Hq) -> Result<(), FieldError> {
        self.change_to(&folder_of(number));
        if self.is_present() {
            return self.open(With::Right);
        }
        let record = hq.enrolment_record(ROLE).map_err(|_| ErrorCode::Bug)?;
        self.vault = enrol(&self.directory, &record, &self.keys, &self.clock, SECRET, Link::Relay)?;
        self.vault.install_built_in()?;
        self.make_ready(hq).map_err(|_| ErrorCode::Bug.into())
    }

    fn change_to(&mut self, name: &str) {
        self.session = None;
        self.vault.lock();
        self.directory = self.folder.path().join(name);
    }

    pub(crate) fn vaults(&self) -> Vec<String> {
        Vault::vaults_in(self.folder.path())
    }

    pub(crate) fn is_present(&self) -> bool {
        Vault::is_present(&self.directory)
    }

    /// What happens to the bundle that goes from hand to hand.
    pub(crate) fn carry(&mut self, way: Way) -> Result<(), FieldError> {
        match way {
            Way::Out => self.bundle = OutboxSession::open(&self.directory)?.export_bundle()?,
            Way::In => self.taken = Some(self.vault.import_bundle(&self.bundle)?),
            Way::InLocked => self.taken = Some(OutboxSession::open(&self.directory)?.import_bundle(&self.bundle)?),
            Way::Cut => self.bundle.truncate(self.bundle.len() / 2),
        }
        Ok(())
    }

    /// Hands over to the phone of another worker, which carries.
    pub(crate) fn hand_over(&mut self, to: u8, locked: bool, stranger: bool) -> Result<(), FieldError> {
        let carrying = OutboxSession::open(&self.folder.path().join(folder_of(to)))?.begin_carry()?;
        let code = if stranger { "a code of yesterday".to_owned() } else { carrying.code().to_owned() };
        let (beside, cancel) = (Arc::new(Beside::new(carrying)), CancelToken::new());
        let report = if locked {
            let outbox = OutboxSession::open(&self.directory)?;
            outbox.sync_with_neighbour(BESIDE, &code, beside, &cancel, None)?
        } else {
            self.vault.sync_with_neighbour(BESIDE, &code, beside, &cancel, None)?
        };
        self.synced = Some(came_to(&report));
        Ok(())
    }

    /// Makes a copy of the vault's files, the vault locked.
    pub(crate) fn keep_files(&mut self) -> std::io::Result<()> {
        self.session = None;
        self.vault.lock();
        self.copy_aside()
    }

    pub(crate) fn copy_aside(&self) -> std::io::Result<()> {
        copy_files(&self.directory, &self.directory.with_extension("kept"))
    }

    /// Puts the copy back, as a restored backup does.
    pub(crate) fn put_files_back(&mut self) -> std::io::Result<()> {
        self.session = None;
        self.vault.lock();
        copy_files(&self.directory.with_extension("kept"), &self.directory)
    }

    /// Over the relay by itself; over anything else step by step until the engine wants to wait.
    pub(crate) fn sync(&mut self, link: Link) -> Result<(), FieldError> {
        self.synced = Some(if matches!(link, Link::Relay | Link::Cancelled) {
            let report = self.vault.sync(Arc::new(Network(link)), &token(link), None)?;
            came_to(&report)
        } else {
            until_it_waits(self.vault.begin_sync()?, link)?
        });
        self.vault.apply_received()
    }

    /// The same without the vault.
    pub(crate) fn sync_locked(&mut self, link: Link) -> Result<(), FieldError> {
        let outbox = OutboxSession::open(&self.directory)?;
        self.synced = Some(if matches!(link, Link::Relay | Link::Cancelled) {
            let report = outbox.sync(Arc::new(Network(link)), &token(link), None)?;
            came_to(&report)
        } else {
            until_it_waits(outbox.begin_sync()?, link)?
        });
        Ok(())
    }
}

/// The folder of a worker's vault on this phone; the first is in `vault`.
fn folder_of(worker: u8) -> String {
    if worker == 1 { "vault".to_owned() } else { format!("vault{worker}") }
}

fn enrol(
    directory: &Path,
    record: &str,
    keys: &MemoryKeys,
    clock: &Arc<dyn Clock>,
    words: &str,
    over: Link,
) -> Result<Vault, FieldError> {
    let mut options = EnrolOptions::new(directory, record);
    options.stretch = StretchParams::FLOOR;
    options.clock = Arc::clone(clock);
    Ok(Vault::enrol(options, &secret(words), keys, &Network(over))?.vault)
}

fn came_to(report: &SyncReport) -> Synced {
    Synced { complete: report.complete, failed: report.progress.failures > 0, obstacle: report.obstacle }
}

fn token(link: Link) -> CancelToken {
    let token = CancelToken::new();
    if link == Link::Cancelled {
        token.cancel();
    }
    token
}

/// All but the count of guesses: its own copy would make the worker wait for an hour first.
fn copy_files(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for file in std::fs::read_dir(from)? {
        let file = file?;
        let to = to.join(file.file_name());
        if file.path().is_dir() {
            copy_files(&file.path(), &to)?;
        } else if file.file_name() != "guesses" {
            std::fs::copy(file.path(), to)?;
        }
    }
    Ok(())
}

fn secret(text: &str) -> Sensitive<String> {
    Sensitive::new(text.to_owned())
}

fn until_it_waits(mut session: SyncSession, link: Link) -> Result<Synced, FieldError> {
    let network = Network(link);
    loop {
        let failed = session.progress().failures > 0;
        match session.next_step()? {
            SyncStep::Wait(_) => return Ok(Synced { complete: false, failed, obstacle: None }),
            SyncStep::Done(_) => return Ok(Synced { complete: true, failed, obstacle: None }),
            SyncStep::Send(request) => {
                let id = request.id;
                match network.exchange(request) {
                    Ok(response) => session.complete(id, response)?,
                    Err(failure) => session.fail(id, failure)?,
                }
            }
        }
    }
}
