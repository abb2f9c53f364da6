//! An enrolled device with the interview that is open on it.

use crate::host::{MemoryKeys, Network};
use crate::hq::Hq;
use crate::scenario::{Link, With};
use serde_json::Value;
use std::path::PathBuf;
use std::sync::Arc;
use tempfile::TempDir;
use wayside_field::{
    CancelToken, Clock, EnrolOptions, FieldError, FinishReport, FormSession, OpenOptions, OutboxSession, Sensitive,
    StretchParams, SyncSession, SyncStep, Transport as _, Vault,
};

const SECRET: &str = "river copper window meadow candle thirty";
const ANOTHER: &str = "river copper window meadow candle forty";

/// What the last sync came to.
#[derive(Clone, Copy)]
pub(crate) struct Synced {
    pub(crate) complete: bool,
    pub(crate) failed: bool,
}

pub(crate) struct Device {
    _folder: TempDir,
    pub(crate) directory: PathBuf,
    keys: MemoryKeys,
    clock: Arc<dyn Clock>,
    pub(crate) vault: Vault,
    pub(crate) session: Option<FormSession>,
    pub(crate) report: Option<FinishReport>,
    pub(crate) synced: Option<Synced>,
    /// What the last question about stated facts, a day or a calendar came to.
    pub(crate) answer: Value,
}

impl Device {
    pub(crate) fn enrol(hq: &Hq, clock: Arc<dyn Clock>) -> Result<Self, String> {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let directory = folder.path().join("vault");
        let keys = MemoryKeys::default();
        let mut options = EnrolOptions::new(&directory, hq.enrolment_record()?);
        options.stretch = StretchParams::FLOOR;
        options.clock = Arc::clone(&clock);
        let relay = Network(Link::Relay);
        let enrolled = Vault::enrol(options, &Sensitive::new(SECRET.to_owned()), &keys, &relay);
        let vault = enrolled.map_err(|error| error.to_string())?.vault;
        vault.install_built_in().map_err(|error| error.to_string())?;
        Ok(Self {
            _folder: folder,
            directory,
            keys,
            clock,
            vault,
            session: None,
            report: None,
            synced: None,
            answer: Value::Null,
        })
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

    pub(crate) fn open(&mut self, with: With) -> Result<(), FieldError> {
        self.session = None;
        self.vault.lock();
        let secret = Sensitive::new(if with == With::WrongSecret { ANOTHER } else { SECRET }.to_owned());
        let empty = MemoryKeys::default();
        let keys = if with == With::LostKey { &empty } else { &self.keys };
        let options = OpenOptions { directory: self.directory.clone(), clock: Arc::clone(&self.clock) };
        self.vault = Vault::open(options, &secret, keys)?;
        Ok(())
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

    pub(crate) fn is_present(&self) -> bool {
        Vault::is_present(&self.directory)
    }

    /// Over the relay by itself; over anything else step by step until the engine wants to wait.
    pub(crate) fn sync(&mut self, link: Link) -> Result<(), FieldError> {
        self.synced = Some(if link == Link::Relay {
            let report = self.vault.sync(Arc::new(Network(link)), &CancelToken::new(), None)?;
            Synced { complete: report.complete, failed: report.progress.failures > 0 }
        } else {
            until_it_waits(self.vault.begin_sync()?, link)?
        });
        self.vault.apply_received()
    }

    /// The same without the vault.
    pub(crate) fn sync_locked(&mut self, link: Link) -> Result<(), FieldError> {
        let outbox = OutboxSession::open(&self.directory)?;
        self.synced = Some(if link == Link::Relay {
            let report = outbox.sync(Arc::new(Network(link)), &CancelToken::new(), None)?;
            Synced { complete: report.complete, failed: report.progress.failures > 0 }
        } else {
            until_it_waits(outbox.begin_sync()?, link)?
        });
        Ok(())
    }
}

fn until_it_waits(mut session: SyncSession, link: Link) -> Result<Synced, FieldError> {
    let network = Network(link);
    loop {
        let failed = session.progress().failures > 0;
        match session.next_step()? {
            SyncStep::Wait(_) => return Ok(Synced { complete: false, failed }),
            SyncStep::Done(_) => return Ok(Synced { complete: true, failed }),
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
