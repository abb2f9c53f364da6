//! What an open vault holds, and the one way in which it is written.

use std::collections::BTreeSet;
use std::fs::File;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rusqlite::{Connection, TransactionBehavior};
use wayside_model::CaseId;
use wayside_seal::Key;

use crate::digest::{Fold, xor};
use crate::head::{HeadFile, Mark};
use crate::keyring::Keyring;
use crate::keys::VaultKeys;
use crate::layout::Layout;
use crate::planted::{self, Weakness};
use crate::state::{self, Found, State};
use crate::vault::Stop;
use crate::{Part, VaultError, attachments, audit, database, life};

/// What opening a slot gave, kept while the vault is open or suspended.
pub(crate) struct Access {
    pub(crate) keys: VaultKeys,
    pub(crate) slots_epoch: u64,
    /// The decoy's key, unless this is the decoy.
    pub(crate) decoy_key: Option<Key>,
    pub(crate) training: bool,
    /// This copy was put back, and there was no room to write that down.
    pub(crate) owes_epoch: bool,
}

pub(crate) struct Opened {
    pub(crate) connection: Connection,
    pub(crate) access: Access,
    pub(crate) keyring: Keyring,
    fold: Fold,
    pub(crate) head: HeadFile,
    pub(crate) mark: Mark,
    pub(crate) state: State,
    /// The generation in the row of the table `state`: what came after it added steps and nothing else.
    row: u64,
    /// The part that is older than it should be; nothing is written then.
    pub(crate) rolled_back: Option<Part>,
    pub(crate) layout: Layout,
    /// Set when the vault is to be locked: long work that is no statement of the database ends.
    stopped: Arc<AtomicBool>,
    /// Steps that were acknowledged too early, for the search that must find it.
    #[cfg(feature = "planted")]
    pub(crate) owed_steps: Vec<(wayside_model::DraftId, Vec<u8>)>,
    /// The lock on `vault.id`, held for as long as the database is open.
    #[expect(dead_code, reason = "held for its lock")]
    held: File,
}

/// One commit that is being made.
pub(crate) struct Writing<'a> {
    pub(crate) connection: &'a Connection,
    pub(crate) keys: &'a VaultKeys,
    pub(crate) keyring: &'a Keyring,
    pub(crate) mark: Mark,
    pub(crate) state: State,
    /// Where the last step is; set by work that does nothing but add steps.
    pub(crate) last_step: Option<i64>,
}

impl Opened {
    /// Opens the database and compares it with what is kept outside. Destroys the keys of erased cases if that is due.
    pub(crate) fn open(layout: &Layout, access: Access, held: File) -> Result<Self, (VaultError, Access)> {
        match Parts::open(layout, &access) {
            Ok(parts) => {
                let mut opened = Self {
                    connection: parts.connection,
                    access,
                    keyring: parts.keyring,
                    fold: parts.fold,
                    head: parts.head,
                    mark: parts.mark,
                    state: parts.state,
                    row: parts.row,
                    rolled_back: parts.rolled_back,
                    layout: layout.clone(),
                    stopped: Arc::default(),
                    #[cfg(feature = "planted")]
                    owed_steps: Vec::new(),
                    held,
                };
                // A finish or an erasure may have been cut off between its commit and this.
                let due = opened.state.shred_due || opened.keyring.epoch() != opened.mark.keyring_epoch;
                let traces = if due && opened.rolled_back.is_none() { opened.erase_traces() } else { Ok(()) };
                match traces {
                    Ok(()) => Ok(opened),
                    Err(error) => Err((error, opened.access)),
                }
            }
            Err(error) => Err((error, access)),
        }
    }

    /// A new and empty vault.
    pub(crate) fn new(
        layout: &Layout,
        access: Access,
        held: File,
        database: (Connection, Fold),
        keyring: Keyring,
        head: HeadFile,
    ) -> Self {
        let (connection, fold) = database;
        let mark = Mark { keyring_epoch: keyring.epoch(), slots_epoch: access.slots_epoch, ..Mark::default() };
        Self {
            connection,
            access,
            keyring,
            fold,
            head,
            mark,
            state: State::default(),
            row: mark.generation,
            rolled_back: None,
            layout: layout.clone(),
            stopped: Arc::default(),
            #[cfg(feature = "planted")]
            owed_steps: Vec::new(),
            held,
        }
    }

    /// What stops the work that goes on in it.
    pub(crate) fn stop(&self) -> Stop {
        Stop { handle: self.connection.get_interrupt_handle(), flag: Arc::clone(&self.stopped) }
    }

    /// Fails with `vault.suspended` when the vault is to be locked.
    pub(crate) fn go_on(&self) -> Result<(), VaultError> {
        if self.stopped.load(Ordering::Relaxed) { Err(VaultError::Suspended) } else { Ok(()) }
    }

    /// Fails with `vault.rolled_back` while a rollback waits for a person's decision. For what changes files beside the
    /// database.
    pub(crate) fn may_write(&self) -> Result<(), VaultError> {
        self.rolled_back.map_or(Ok(()), |part| Err(VaultError::RolledBack(part)))
    }

    /// Does `work` in one commit, all or nothing, and moves the digest and the head on. What changes nothing commits nothing.
    ///
    /// Fails with `vault.rolled_back` while a rollback waits for a person's decision.
    pub(crate) fn write<T>(
        &mut self,
        work: impl FnOnce(&mut Writing<'_>) -> Result<T, VaultError>,
    ) -> Result<T, VaultError> {
        self.may_write()?;
        self.write_anyway(work)
    }

    pub(crate) fn write_anyway<T>(
        &mut self,
        work: impl FnOnce(&mut Writing<'_>) -> Result<T, VaultError>,
    ) -> Result<T, VaultError> {
        self.fold.take();
        let step = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut writing = Writing {
            connection: &step,
            keys: &self.access.keys,
            keyring: &self.keyring,
            mark: self.mark,
            state: self.state,
            last_step: None,
        };
        let done = work(&mut writing)?;
        let (mut mark, state, last_step) = (writing.mark, writing.state, writing.last_step);
        let folded = self.fold.take();
        mark.keyring_epoch = self.keyring.epoch();
        if folded.is_none() && mark == self.mark && state == self.state {
            return Ok(done);
        }
        let beside = last_step.filter(|_| mark == self.mark && state == self.state);
        mark.digest = xor(&mark.digest, &folded.unwrap_or_default());
        mark.generation += 1;
        match beside {
            Some(place) => state::write_beside(&step, place, &mark, self.row)?,
            None => state::write(&step, &mark, state)?,
        }
        match step.commit().map_err(VaultError::from) {
            Err(VaultError::StorageFull | VaultError::StorageIo) if planted::is(Weakness::WriteErrorSwallowed) => {}
            committed => committed?,
        }
        (self.mark, self.state) = (mark, state);
        if beside.is_none() {
            self.row = mark.generation;
        }
        self.head.write(mark);
        Ok(done)
    }

    /// The key of a case; makes one where there is none.
    pub(crate) fn key_or_new(&mut self, case: CaseId) -> Result<Key, VaultError> {
        self.may_write()?;
        self.keyring.key_or_new(&self.access.keys, case)
    }

    /// After rows were deleted: the keys of cases that nothing belongs to any more go, files without a row, and the log,
    /// where the rows may still stand.
    pub(crate) fn erase_traces(&mut self) -> Result<(), VaultError> {
        let mut alive = BTreeSet::new();
        for select in ["SELECT case_id FROM draft", "SELECT case_id FROM record", "SELECT case_id FROM attachment"] {
            let mut select = self.connection.prepare_cached(select)?;
            let cases = select.query_map([], |row| row.get(0).map(CaseId::from_bytes))?;
            for case in cases {
                alive.insert(case?);
            }
        }
        self.keyring.shred(&self.access.keys, |case| alive.contains(&case))?;
        attachments::remove_orphans(&self.connection, &self.layout)?;
        self.write_anyway(|writing| {
            writing.state.shred_due = false;
            Ok(())
        })?;
        database::truncate_log(&self.connection)?;
        self.head.sync(self.mark)
    }

    /// Ends what is under way: the log goes into the file, the head onto the disk.
    pub(crate) fn settle(&mut self) -> Result<(), VaultError> {
        let done = database::truncate_log(&self.connection);
        self.head.sync(self.mark)?;
        done
    }

    /// Takes what is there as what was written last.
    pub(crate) fn accept_as_it_is(&mut self, part: Part) -> Result<(), VaultError> {
        self.fold.take();
        self.mark.digest = self.fold.of_tables(&self.connection)?;
        (self.mark.audit_seq, self.mark.audit_head) = audit::tail(&self.connection)?;
        // Beyond every number that was ever given out, so that no older mark looks newer.
        self.mark.generation += 1 << 32;
        self.write_anyway(|writing| {
            audit::append(writing, audit::Entry::rollback(part))?;
            life::owe(writing)
        })?;
        self.head.renew(self.mark)?;
        self.rolled_back = None;
        Ok(())
    }

    /// Looks through everything: every page, the structure, and whether the rows are those that were written last.
    pub(crate) fn verify(&self) -> Result<(), VaultError> {
        database::check_pages(&self.connection)?;
        database::check_structure(&self.connection)?;
        if self.fold.of_tables(&self.connection)? != self.mark.digest {
            return Err(VaultError::RolledBack(Part::Database));
        }
        audit::check(&self.connection, &self.access.keys, self.mark)
    }
}

struct Parts {
    connection: Connection,
    fold: Fold,
    keyring: Keyring,
    head: HeadFile,
    mark: Mark,
    state: State,
    row: u64,
    rolled_back: Option<Part>,
}

impl Parts {
    fn open(layout: &Layout, access: &Access) -> Result<Self, VaultError> {
        let keys = &access.keys;
        let (connection, fold) = database::open(layout, keys, || {
            // Before the first commit of the new schema: from then on a missing head is a loss. One that is there already
            // knows that this database is an old copy.
            if layout.head().exists() {
                return Ok(());
            }
            HeadFile::create(&layout.head(), keys.head(), Mark::default()).map(drop)
        })?;
        let Found { mut mark, state, row, torn } = state::read(&connection)?;
        mark.slots_epoch = access.slots_epoch;
        let (head, outside) = HeadFile::read(&layout.head(), keys.head())?;
        let keyring = Keyring::read(layout.keyring(), keys, mark.keyring_epoch)?;
        let rolled_back = match outside {
            _ if planted::is(Weakness::HeadIgnored) => None,
            None => Some(Part::Head),
            Some(_) if torn => Some(Part::Database),
            Some(outside) => older_part(&mark, &keyring, &outside),
        };
        (mark.audit_seq, mark.audit_head) = audit::tail(&connection)?;
        let rolled_back = rolled_back.or_else(|| {
            let lost = outside.is_some_and(|outside| {
                outside.generation == mark.generation
                    && (outside.audit_seq, outside.audit_head) != (mark.audit_seq, mark.audit_head)
            });
            (lost && !planted::is(Weakness::HeadIgnored)).then_some(Part::Database)
        });
        let head = match head {
            Some(head) => head,
            // It stays missed until a person has decided; a new one would hide that it was.
            None => HeadFile::detached(layout.head(), keys.head()),
        };
        Ok(Self { connection, fold, keyring, head, mark, state, row, rolled_back })
    }
}

/// Which part is older than what was written outside.
fn older_part(mark: &Mark, keyring: &Keyring, outside: &Mark) -> Option<Part> {
    if outside.generation > mark.generation || (outside.generation == mark.generation && outside.digest != mark.digest)
    {
        return Some(Part::Database);
    }
    if outside.keyring_epoch > keyring.epoch() {
        return Some(Part::Keyring);
    }
    (outside.slots_epoch > mark.slots_epoch).then_some(Part::Slots)
}
