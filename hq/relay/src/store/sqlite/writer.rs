//! The thread that writes. Requests that arrive together share one transaction, so that one wait for the disk serves all of
//! them; each is answered after that commit, never before. A request that fails is rolled back alone.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;

use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::oneshot;

use crate::RelayError;

/// Requests that may wait at once; beyond it the relay says "later".
const QUEUE: usize = 4096;
/// Requests in one transaction.
const BATCH: usize = 256;

/// One piece of work: done inside the transaction, answered after it.
pub(super) trait Job: Send {
    /// Does the work; `false` rolls it back.
    fn run(&mut self, connection: &Connection) -> bool;
    /// Sends the answer, once the fate of the transaction is known.
    fn answer(self: Box<Self>, committed: Result<(), RelayError>);
}

/// A job made of a function.
pub(super) struct Task<T, F> {
    work: Option<F>,
    result: Result<T, RelayError>,
    reply: oneshot::Sender<Result<T, RelayError>>,
}

impl<T, F> Task<T, F> {
    pub(super) fn new(work: F, reply: oneshot::Sender<Result<T, RelayError>>) -> Self {
        Self { work: Some(work), result: Err(RelayError::Stopped), reply }
    }
}

impl<T: Send, F: FnOnce(&Connection) -> Result<T, RelayError> + Send> Job for Task<T, F> {
    fn run(&mut self, connection: &Connection) -> bool {
        if let Some(work) = self.work.take() {
            self.result = work(connection);
        }
        self.result.is_ok()
    }

    fn answer(self: Box<Self>, committed: Result<(), RelayError>) {
        // Who asked may be gone; what is committed stays committed.
        let _ = self.reply.send(committed.and(self.result));
    }
}

/// The way to the thread. Dropping it lets the thread finish what waits, and waits for that.
pub(super) struct Writer {
    jobs: Option<SyncSender<Box<dyn Job>>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    pub(super) fn start(connection: Connection) -> Result<Self, RelayError> {
        let (jobs, queue) = sync_channel(QUEUE);
        let thread =
            std::thread::Builder::new().name("relay-writer".to_owned()).spawn(move || run(connection, &queue))?;
        Ok(Self { jobs: Some(jobs), thread: Some(thread) })
    }

    pub(super) fn push(&self, job: Box<dyn Job>) -> Result<(), RelayError> {
        match self.jobs.as_ref().map(|jobs| jobs.try_send(job)) {
            Some(Ok(())) => Ok(()),
            Some(Err(TrySendError::Full(_))) => Err(RelayError::Busy),
            Some(Err(TrySendError::Disconnected(_))) | None => Err(RelayError::Stopped),
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            // A panic in there was reported by its own message; there is nothing to add on the way out.
            let _ = thread.join();
        }
    }
}

fn run(mut connection: Connection, queue: &Receiver<Box<dyn Job>>) {
    while let Ok(first) = queue.recv() {
        let mut batch = vec![first];
        batch.extend(queue.try_iter().take(BATCH - 1));
        let committed = commit(&mut connection, &mut batch);
        batch.into_iter().for_each(|job| job.answer(committed));
    }
}

fn commit(connection: &mut Connection, batch: &mut [Box<dyn Job>]) -> Result<(), RelayError> {
    let mut transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for job in batch {
        let savepoint = transaction.savepoint()?;
        if job.run(&savepoint) {
            savepoint.commit()?;
        }
    }
    Ok(transaction.commit()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(sql: &'static str) -> (Box<dyn Job>, oneshot::Receiver<Result<usize, RelayError>>) {
        let (reply, answer) = oneshot::channel();
        let work = move |connection: &Connection| Ok(connection.execute(sql, [])?);
        (Box::new(Task::new(work, reply)), answer)
    }

    #[test]
    fn a_failing_job_is_rolled_back_alone_and_no_answer_comes_before_the_commit() {
        let mut connection = Connection::open_in_memory().unwrap();
        connection.execute_batch("CREATE TABLE t (n INTEGER UNIQUE) STRICT").unwrap();
        let (first, mut first_answer) = task("INSERT INTO t VALUES (1)");
        let (twice, mut twice_answer) = task("INSERT INTO t VALUES (2), (1)");
        let (third, mut third_answer) = task("INSERT INTO t VALUES (3)");
        let mut batch = [first, twice, third];
        let committed = commit(&mut connection, &mut batch);
        assert_eq!(committed, Ok(()));
        assert!(first_answer.try_recv().is_err(), "answered before it was told");
        batch.into_iter().for_each(|job| job.answer(committed));
        assert_eq!(first_answer.try_recv().unwrap(), Ok(1));
        assert!(matches!(twice_answer.try_recv().unwrap(), Err(RelayError::Database { .. })));
        assert_eq!(third_answer.try_recv().unwrap(), Ok(1));
        let rows: i64 = connection.query_row("SELECT sum(n) FROM t", [], |row| row.get(0)).unwrap();
        assert_eq!(rows, 4);
    }

    #[test]
    fn a_failed_commit_is_never_a_success() {
        let mut connection = Connection::open_in_memory().unwrap();
        connection
            .execute_batch(
                "PRAGMA foreign_keys = ON; CREATE TABLE p (id INTEGER PRIMARY KEY);
                 CREATE TABLE t (p INTEGER REFERENCES p (id) DEFERRABLE INITIALLY DEFERRED)",
            )
            .unwrap();
        // Fails at the commit only.
        let (job, mut answer) = task("INSERT INTO t VALUES (1)");
        let mut batch = [job];
        let committed = commit(&mut connection, &mut batch);
        assert!(committed.is_err());
        batch.into_iter().for_each(|job| job.answer(committed));
        assert!(answer.try_recv().unwrap().is_err());
    }
}
