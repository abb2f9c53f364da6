//! What is kept, and the rules of each table. Every function here runs inside a transaction of the caller.

pub(crate) mod control;
pub(crate) mod devices;
pub(crate) mod enrolments;
pub(crate) mod items;
pub(crate) mod published;

/// What came of "keep this, if nothing else stands here".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Put {
    /// It is new.
    New,
    /// The very same is here already.
    Duplicate,
    /// Something else is here; it stays.
    Conflict,
}

/// SQLite keeps signed integers; cursors and counters are far below the difference.
pub(crate) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The number a row holds.
pub(crate) fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

#[cfg(test)]
pub(crate) mod testing {
    use rusqlite::Connection;

    pub(crate) fn empty() -> Connection {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch(include_str!("../../migrations/0001_start.sql")).unwrap();
        connection
    }
}
