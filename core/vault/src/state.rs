//! Where the database says that it stands: the row of the table `state`, or the last step of a draft where a later commit
//! did nothing but add steps.

use rusqlite::Connection;

use crate::VaultError;
use crate::head::Mark;

/// What a step's mark takes: generation, generation of the row in `state`, digest.
pub(crate) const BESIDE: usize = 8 + 8 + 32;

/// The row of the table `state`, without what [`Mark`] has.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct State {
    pub(crate) shred_due: bool,
    /// The latest time that was seen, milliseconds.
    pub(crate) latest: i64,
    /// The last contact with HQ, milliseconds; 0 if there was none.
    pub(crate) contact: i64,
}

/// What the database says of itself.
pub(crate) struct Found {
    pub(crate) mark: Mark,
    pub(crate) state: State,
    /// The generation that the row in `state` has.
    pub(crate) row: u64,
    /// The row in `state` is not the one that the newest step was written after.
    pub(crate) torn: bool,
}

pub(crate) fn read(connection: &Connection) -> Result<Found, VaultError> {
    let select = "SELECT generation, digest, keyring_epoch, shred_due, latest, contact FROM state";
    let (mut mark, state) = connection.query_row(select, [], |row| {
        let mark = Mark {
            generation: row.get::<_, i64>(0)?.unsigned_abs(),
            digest: row.get(1)?,
            keyring_epoch: row.get::<_, i64>(2)?.unsigned_abs(),
            ..Mark::default()
        };
        Ok((mark, State { shred_due: row.get(3)?, latest: row.get(4)?, contact: row.get(5)? }))
    })?;
    let row = mark.generation;
    let newest = newest_beside(connection)?.filter(|beside| beside.generation > row);
    let torn = newest.is_some_and(|beside| beside.row != row);
    if let Some(beside) = newest {
        (mark.generation, mark.digest) = (beside.generation, beside.digest);
    }
    Ok(Found { mark, state, row, torn })
}

/// Writes the row.
pub(crate) fn write(connection: &Connection, mark: &Mark, state: State) -> Result<(), VaultError> {
    let update =
        "UPDATE state SET generation = ?1, digest = ?2, keyring_epoch = ?3, shred_due = ?4, latest = ?5, contact = ?6";
    let number = |n: u64| i64::try_from(n).map_err(|_| VaultError::Bug);
    let (generation, epoch) = (number(mark.generation)?, number(mark.keyring_epoch)?);
    let row = (generation, mark.digest, epoch, state.shred_due, state.latest, state.contact);
    connection.prepare_cached(update)?.execute(row)?;
    Ok(())
}

/// Writes the mark into the step at `place` instead; `row` is the generation that the row keeps.
pub(crate) fn write_beside(connection: &Connection, place: i64, mark: &Mark, row: u64) -> Result<(), VaultError> {
    let bytes = Beside { generation: mark.generation, row, digest: mark.digest }.to_bytes();
    connection.prepare_cached("UPDATE step SET mark = ?2 WHERE place = ?1")?.execute((place, bytes))?;
    Ok(())
}

#[derive(Clone, Copy)]
struct Beside {
    generation: u64,
    row: u64,
    digest: [u8; 32],
}

impl Beside {
    fn to_bytes(self) -> [u8; BESIDE] {
        let mut bytes = [0; BESIDE];
        let parts = self.generation.to_le_bytes().into_iter().chain(self.row.to_le_bytes()).chain(self.digest);
        bytes.iter_mut().zip(parts).for_each(|(to, from)| *to = from);
        bytes
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let (generation, rest) = bytes.split_first_chunk()?;
        let (row, rest) = rest.split_first_chunk()?;
        let (generation, row) = (u64::from_le_bytes(*generation), u64::from_le_bytes(*row));
        Some(Self { generation, row, digest: rest.try_into().ok()? })
    }
}

/// The steps of a draft are in the order in which they were written, so only the last of each can be the newest.
fn newest_beside(connection: &Connection) -> Result<Option<Beside>, VaultError> {
    let select =
        "SELECT (SELECT mark FROM step WHERE place < (number + 1) * 4294967296 ORDER BY place DESC LIMIT 1) FROM draft";
    let mut select = connection.prepare(select)?;
    let marks = select.query_map([], |row| row.get::<_, Option<Vec<u8>>>(0))?;
    let marks: Vec<Option<Vec<u8>>> = marks.collect::<Result<_, _>>()?;
    Ok(marks.iter().flatten().filter_map(|mark| Beside::parse(mark)).max_by_key(|beside| beside.generation))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drafts;

    #[test]
    fn a_mark_comes_back_and_no_other_length_is_one() {
        let bytes = Beside { generation: 7, row: 5, digest: [3; 32] }.to_bytes();
        let read = Beside::parse(&bytes).unwrap();
        assert_eq!((read.generation, read.row, read.digest), (7, 5, [3; 32]));
        assert!(Beside::parse(&bytes[1..]).is_none() && Beside::parse(&[bytes.as_slice(), &[0]].concat()).is_none());
    }

    /// A database with the row in `state` and the marks of two drafts.
    fn found(row: u64, marks: [Option<(u64, u64)>; 2]) -> Found {
        let mut connection = Connection::open_in_memory().unwrap();
        let fold = crate::digest::Fold::register(&connection, wayside_seal::Key::from_bytes([1; 32])).unwrap();
        crate::schema::make(&mut connection).unwrap();
        drop(fold);
        let mark = Mark { generation: row, digest: [1; 32], ..Mark::default() };
        write(&connection, &mark, State::default()).unwrap();
        for (number, beside) in [1, 2].into_iter().zip(marks) {
            let draft = (number, [number as u8; 16]);
            connection.execute("INSERT INTO draft VALUES (?1, ?2, ?2, x'00')", draft).unwrap();
            for n in 1..=2 {
                let place = drafts::place(number, n).unwrap();
                connection.execute("INSERT INTO step (place, sealed) VALUES (?1, x'00')", [place]).unwrap();
            }
            let Some((generation, row)) = beside else { continue };
            let mark = Mark { generation, digest: [2; 32], ..Mark::default() };
            write_beside(&connection, drafts::place(number, 2).unwrap(), &mark, row).unwrap();
        }
        read(&connection).unwrap()
    }

    #[test]
    fn the_newest_of_row_and_steps_counts() {
        for (row, marks, generation, digest) in [
            (4, [None, None], 4, 1),
            (4, [Some((5, 4)), None], 5, 2),
            (4, [Some((5, 4)), Some((6, 4))], 6, 2),
            (7, [Some((5, 4)), Some((6, 4))], 7, 1),
            (7, [Some((5, 4)), Some((8, 7))], 8, 2),
        ] {
            let found = found(row, marks);
            assert_eq!((found.mark.generation, found.mark.digest, found.row), (generation, [digest; 32], row));
            assert!(!found.torn);
        }
    }

    /// The page with `state` may be an old one while that with the steps is new.
    #[test]
    fn an_older_row_below_a_newer_step_is_told() {
        assert!(found(4, [Some((8, 7)), None]).torn);
        assert!(found(4, [Some((5, 4)), Some((8, 7))]).torn);
    }
}
