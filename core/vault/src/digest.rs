//! One number over all rows. SQLCipher takes an old page for a good one; with an old row the number is another.
//!
//! Each row gives a keyed value of 32 bytes; the digest is the exclusive-or of all of them, so that a change costs two rows
//! and not all. Who does not have the key cannot pick old rows whose values cancel out. Triggers call `fold` for every row
//! that comes, goes or changes, so no statement can forget it; the triggers are in migrations/.

use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::ValueRef;
use wayside_seal::{Key, sha256};

use crate::VaultError;

/// A longer blob is a sealed one: its salt in front, its tag at the end and its length stand for it.
const SEALED_FROM: usize = 64;

/// Every table and what of its rows is folded: as the triggers do it.
const TABLES: [&str; 12] = [
    "SELECT fold('setting', name, sealed) FROM setting",
    "SELECT fold('form', number, id, version, sha256) FROM form",
    "SELECT fold('draft', number, id, case_id, header) FROM draft",
    "SELECT fold('step', place, sealed) FROM step",
    "SELECT fold('queue', event, seq, sha256, state, at) FROM queue",
    "SELECT fold('record', id, case_id, version, class, at, ended, sealed) FROM record",
    "SELECT fold('attachment', id, case_id, sealed) FROM attachment",
    "SELECT fold('tombstone', object, reason, day) FROM tombstone",
    "SELECT fold('audit', seq, mac) FROM audit",
    "SELECT fold('text', number, source, owner, name, digest(body)) FROM text",
    "SELECT fold('list', number, name, sha256, digest(columns), digest(indexed)) FROM list",
    "SELECT fold('list_row', list, n, digest(cells)) FROM list_row",
];
const CELLS: &str = "SELECT fold('list_cell', list, position, digest(value), n) FROM list_cell";

/// What was folded since it was last taken.
#[derive(Clone, Default)]
pub(crate) struct Fold(Arc<Mutex<Sum>>);

#[derive(Default, Clone, Copy)]
struct Sum {
    value: [u8; 32],
    touched: bool,
}

impl Fold {
    /// Gives the connection the functions `fold` and `digest`.
    pub(crate) fn register(connection: &Connection, key: Key) -> Result<Self, VaultError> {
        let fold = Self::default();
        let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_INNOCUOUS;
        let sum = fold.clone();
        connection.create_scalar_function("fold", -1, flags, move |row: &mut Context<'_>| {
            sum.add(key.derive("wayside/vault-row/1", &encode(row)).expose());
            Ok(0)
        })?;
        connection.create_scalar_function("digest", 1, flags | FunctionFlags::SQLITE_DETERMINISTIC, |row| {
            let bytes = match row.get_raw(0) {
                ValueRef::Text(bytes) | ValueRef::Blob(bytes) => sha256(bytes),
                _ => [0; 32],
            };
            Ok(bytes.to_vec())
        })?;
        Ok(fold)
    }

    /// Forgets what was folded and gives it back; `None` if nothing was.
    pub(crate) fn take(&self) -> Option<[u8; 32]> {
        let sum = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        sum.touched.then_some(sum.value)
    }

    fn add(&self, row: &[u8; 32]) {
        let mut sum = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sum.value = xor(&sum.value, row);
        sum.touched = true;
    }

    /// The digest of what the tables hold now, read row by row.
    pub(crate) fn of_tables(&self, connection: &Connection) -> Result<[u8; 32], VaultError> {
        self.take();
        for table in TABLES.into_iter().chain([CELLS]) {
            let mut select = connection.prepare(table)?;
            let mut rows = select.query([])?;
            while rows.next()?.is_some() {}
        }
        Ok(self.take().unwrap_or_default())
    }
}

pub(crate) fn xor(a: &[u8; 32], b: &[u8; 32]) -> [u8; 32] {
    std::array::from_fn(|n| a.get(n).copied().unwrap_or(0) ^ b.get(n).copied().unwrap_or(0))
}

/// Each value with its type and length in front, so that no two rows run together.
fn encode(row: &Context<'_>) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(160);
    for n in 0..row.len() {
        match row.get_raw(n) {
            ValueRef::Null => bytes.push(0),
            ValueRef::Integer(number) => {
                bytes.push(1);
                bytes.extend_from_slice(&number.to_le_bytes());
            }
            ValueRef::Real(number) => {
                bytes.push(2);
                bytes.extend_from_slice(&number.to_le_bytes());
            }
            ValueRef::Text(text) => put(&mut bytes, 3, text),
            ValueRef::Blob(blob) if blob.len() > SEALED_FROM => {
                put(&mut bytes, 5, &(blob.len() as u64).to_le_bytes());
                bytes.extend(blob.iter().take(16));
                bytes.extend(blob.iter().rev().take(16));
            }
            ValueRef::Blob(blob) => put(&mut bytes, 4, blob),
        }
    }
    bytes
}

fn put(bytes: &mut Vec<u8>, kind: u8, value: &[u8]) {
    bytes.push(kind);
    bytes.extend_from_slice(&(value.len() as u64).to_le_bytes());
    bytes.extend_from_slice(value);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_table() -> (Connection, Fold) {
        let connection = Connection::open_in_memory().unwrap();
        let fold = Fold::register(&connection, Key::from_bytes([1; 32])).unwrap();
        connection
            .execute_batch(
                "CREATE TABLE t (a, b);
                CREATE TRIGGER i AFTER INSERT ON t BEGIN SELECT fold('t', new.a, new.b); END;
                CREATE TRIGGER d AFTER DELETE ON t BEGIN SELECT fold('t', old.a, old.b); END;",
            )
            .unwrap();
        (connection, fold)
    }

    #[test]
    fn what_comes_and_goes_leaves_nothing() {
        let (connection, fold) = with_table();
        assert_eq!(fold.take(), None);
        connection.execute("INSERT INTO t VALUES (1, x'02')", []).unwrap();
        let one = fold.take().unwrap();
        assert_ne!(one, [0; 32]);
        connection.execute("INSERT INTO t VALUES (2, x'02')", []).unwrap();
        assert_ne!(fold.take().unwrap(), one);
        connection.execute("DELETE FROM t WHERE a = 1", []).unwrap();
        assert_eq!(fold.take(), Some(one));
    }

    #[test]
    fn no_two_rows_run_together() {
        let (connection, fold) = with_table();
        let mut seen = Vec::new();
        for row in [
            "'ab', 'c'",
            "'a', 'bc'",
            "x'61', 'bc'",
            "NULL, 'abc'",
            "1, 'abc'",
            "1.0, 'abc'",
            "zeroblob(65), 0",
            "zeroblob(66), 0",
        ] {
            connection.execute(&format!("INSERT INTO t VALUES ({row})"), []).unwrap();
            let value = fold.take().unwrap();
            assert!(!seen.contains(&value), "{row}");
            seen.push(value);
        }
    }

    #[test]
    fn without_the_key_the_values_are_others() {
        let (a, fold_a) = with_table();
        let b = Connection::open_in_memory().unwrap();
        let fold_b = Fold::register(&b, Key::from_bytes([2; 32])).unwrap();
        a.execute("INSERT INTO t VALUES (1, 2)", []).unwrap();
        b.query_row("SELECT fold('t', 1, 2)", [], |_| Ok(())).unwrap();
        assert_ne!(fold_a.take(), fold_b.take());
    }
}
