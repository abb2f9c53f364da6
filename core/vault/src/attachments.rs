//! Files that belong to a case: sealed chunk by chunk as they are captured, so that there is never a plain file and never a
//! whole one in memory.
//!
//! `blobs/ID`: magic 8, then the STREAM construction of age: chunks of 64 KiB sealed with ChaCha20-Poly1305, nonce = counter
//! 11 · last 1 (Hoang, Reyhanitabar, Rogaway, Vizár, "Online Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance",
//! section 7). The row keeps, sealed, the length, what fills no chunk yet, and from which chunk on which salt made the key:
//! each call has a salt of its own, because a chunk that was written before a cut is written again with other bytes. With the
//! row the file has one length and one key for each chunk.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::PathBuf;

use minicbor::bytes::ByteArray;
use minicbor::{Decode, Encode};
use rusqlite::{Connection, OptionalExtension};
use wayside_model::{CaseId, EventId, from_canonical, to_canonical};
use wayside_seal::aead::{self, CHUNK};
use wayside_seal::{Key, SealError, Sha256, random};
use zeroize::{Zeroize, Zeroizing};

use crate::layout::Layout;
use crate::opened::Opened;
use crate::planted::{self, Weakness};
use crate::{Part, Vault, VaultError, durable, retention, sealed};

const MAGIC: &[u8; 8] = b"WAYBLOB1";
const RECORD_VERSION: u32 = 1;
const SEALED_CHUNK: usize = CHUNK + aead::CHUNK_OVERHEAD;
/// The most that one file holds: 64 MiB, an hour of speech or a few minutes of film. It bounds what waits on a slow link.
pub const LARGEST_ATTACHMENT: u64 = 64 * 1024 * 1024;

/// A file of a case, as far as it was captured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attachment {
    /// Its id.
    pub id: EventId,
    /// Bytes so far.
    pub len: u64,
    /// SHA-256 of its bytes once it has ended.
    pub sha256: Option<[u8; 32]>,
}

/// What the row keeps.
#[derive(Encode, Decode, Default)]
struct Progress {
    #[n(0)]
    len: u64,
    #[n(1)]
    runs: Vec<Run>,
    /// Bytes that fill no chunk yet; of a file that has ended none.
    #[cbor(n(2), with = "minicbor::bytes")]
    tail: Vec<u8>,
    /// Chunks in the file.
    #[n(3)]
    in_file: u64,
    #[n(4)]
    sha256: Option<ByteArray<32>>,
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.tail.zeroize();
    }
}

/// Chunks that one call wrote.
#[derive(Encode, Decode)]
struct Run {
    #[n(0)]
    first: u64,
    #[n(1)]
    salt: ByteArray<16>,
}

impl Progress {
    /// Plain bytes in the file.
    fn stored(&self) -> u64 {
        self.len.saturating_sub(self.tail.len() as u64)
    }

    /// The key of a chunk.
    fn key(&self, case_key: &Key, id: EventId, chunk: u64) -> Option<Key> {
        let run = self.runs.iter().rev().find(|run| run.first <= chunk)?;
        Some(stream_key(case_key, id, &run.salt))
    }

    fn view(&self, id: EventId) -> Attachment {
        Attachment { id, len: self.len, sha256: self.sha256.as_ref().map(|sha256| **sha256) }
    }
}

impl Vault {
    /// Begins a file of a case. `id` is drawn by the caller; the id of a capture that has not ended begins it anew.
    ///
    /// Errors: `bug` if the id is taken by a file that has ended, or by one of another case.
    pub fn start_attachment(&self, id: EventId, case: CaseId) -> Result<(), VaultError> {
        self.with(|open| {
            let case_key = open.key_or_new(case)?;
            if let Some((other, sealed)) = row(&open.connection, id)?
                && (other != case || read_row(&case_key, case, id, &sealed)?.sha256.is_some())
            {
                return Err(VaultError::Conflict);
            }
            durable::make_folder(&open.layout.blobs())?;
            let path = blob(&open.layout, id);
            let mut file = durable::options().write(true).create(true).truncate(false).open(&path)?;
            file.write_all(MAGIC)?;
            file.sync_all()?;
            durable::sync_folder(&path)?;
            write_row(open, case, id, &Progress::default())?;
            // What was captured before goes when no row speaks of it any more. What a cut leaves, the next piece takes away.
            Ok(file.set_len(MAGIC.len() as u64)?)
        })
    }

    /// Adds bytes to a file that has not ended; they are durable when this returns. Gives its length. After an error, or the
    /// end of the process, it goes on at the length that [`Vault::attachment`] says.
    ///
    /// Errors: `seal.too_large` beyond [`LARGEST_ATTACHMENT`]; `bug` if it has ended or there is none.
    pub fn append_attachment(&self, id: EventId, bytes: &[u8]) -> Result<u64, VaultError> {
        self.with(|open| {
            let (case, mut progress) = unfinished(open, id)?;
            progress.len += bytes.len() as u64;
            if progress.len > LARGEST_ATTACHMENT {
                return Err(SealError::TooLarge.into());
            }
            // The last chunk is known as such only when it ends: one is written when more comes.
            let all = Zeroizing::new([progress.tail.as_slice(), bytes].concat());
            let whole = all.len().saturating_sub(1) / CHUNK * CHUNK;
            let (now, later) = all.split_at(whole);
            if !now.is_empty() {
                put_chunks(open, case, id, &mut progress, now, false)?;
            }
            progress.tail.zeroize();
            progress.tail = later.to_vec();
            if planted::is(Weakness::EarlyAcknowledge) && !now.is_empty() {
                return Ok(progress.len);
            }
            write_row(open, case, id, &progress)?;
            Ok(progress.len)
        })
    }

    /// Ends a file: from now on it can be read, and nothing is added. Ending it again changes nothing.
    ///
    /// Errors: `bug` if there is none.
    pub fn end_attachment(&self, id: EventId) -> Result<Attachment, VaultError> {
        self.with(|open| {
            let (case, mut progress) = progress(open, id)?;
            if progress.sha256.is_some() {
                return Ok(progress.view(id));
            }
            let tail = Zeroizing::new(std::mem::take(&mut progress.tail));
            put_chunks(open, case, id, &mut progress, &tail, true)?;
            // For the reading that follows; the hash itself comes from what can be read.
            progress.sha256 = Some([0; 32].into());
            let mut sum = Sha256::default();
            read_all(open, case, id, &progress, &mut |piece| sum.update(piece))?;
            progress.sha256 = Some(sum.finish().into());
            write_row(open, case, id, &progress)?;
            Ok(progress.view(id))
        })
    }

    /// Erases files, whether they have ended or not: rows, bytes, and the key of a case that nothing is left of. An id that
    /// is not here is fine.
    pub fn erase_attachments(&self, ids: &[EventId]) -> Result<(), VaultError> {
        self.with(|open| {
            open.write(|writing| {
                for id in ids {
                    writing.connection.execute("DELETE FROM attachment WHERE id = ?1", [id.as_bytes()])?;
                }
                writing.state.shred_due = true;
                Ok(())
            })?;
            open.erase_traces()
        })
    }

    /// How far a file is; `None` if there is none of this id.
    pub fn attachment(&self, id: EventId) -> Result<Option<Attachment>, VaultError> {
        self.with(|open| match progress(open, id) {
            Ok((_, progress)) => Ok(Some(progress.view(id))),
            Err(VaultError::UnknownItem) => Ok(None),
            Err(error) => Err(error),
        })
    }

    /// Hands the bytes of a file that has ended to `see`, piece by piece, each checked before it is handed out.
    ///
    /// Errors: `bug` if there is none; `vault.tampered` or `vault.damaged` if it is not what was captured, also if only its
    /// end is missing: then some pieces were handed out already and none of them counts. `vault.lease`.
    pub fn read_attachment(&self, id: EventId, see: &mut dyn FnMut(&[u8])) -> Result<(), VaultError> {
        self.with(|open| {
            retention::check_lease(open)?;
            let (case, progress) = finished(open, id)?;
            read_all(open, case, id, &progress, see)
        })
    }

    /// Bytes of a file that has ended, from `from` on, at most `most` and fewer at its end. Also without a lease, as a draft:
    /// capture and sealing go on.
    ///
    /// Errors: as [`Vault::read_attachment`].
    pub fn attachment_piece(&self, id: EventId, from: u64, most: usize) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        self.with(|open| {
            let (case, progress) = finished(open, id)?;
            let mut reader = Reader::open(open, case, id, &progress)?;
            let end = progress.len.min(from.saturating_add(most as u64));
            let mut piece = Zeroizing::new(Vec::with_capacity(usize::try_from(end.saturating_sub(from)).unwrap_or(0)));
            let mut at = from;
            while at < end {
                open.go_on()?;
                let chunk = reader.chunk(at / CHUNK as u64)?;
                let within = usize::try_from(at % CHUNK as u64).map_err(|_| VaultError::Bug)?;
                let wanted = usize::try_from(end - at).map_err(|_| VaultError::Bug)?;
                let bytes = chunk.get(within..chunk.len().min(within + wanted)).ok_or(VaultError::Tampered)?;
                piece.extend_from_slice(bytes);
                at += bytes.len() as u64;
            }
            Ok(piece)
        })
    }

    /// The files of a case, in no order that tells anything.
    pub fn attachments(&self, case: CaseId) -> Result<Vec<Attachment>, VaultError> {
        self.with(|open| {
            let key = open.keyring.key(case);
            let mut select =
                open.connection.prepare("SELECT id, sealed FROM attachment WHERE case_id = ?1 ORDER BY id")?;
            let rows =
                select.query_map([case.as_bytes()], |row| Ok((EventId::from_bytes(row.get(0)?), row.get(1)?)))?;
            let mut found = Vec::new();
            for row in rows {
                let (id, sealed): (EventId, Vec<u8>) = row?;
                found.push(read_row(key.ok_or(VaultError::Tampered)?, case, id, &sealed)?.view(id));
            }
            Ok(found)
        })
    }
}

/// Seals these bytes into the file, behind the chunks that are there, under a key of their own.
fn put_chunks(
    open: &Opened,
    case: CaseId,
    id: EventId,
    progress: &mut Progress,
    bytes: &[u8],
    ends: bool,
) -> Result<(), VaultError> {
    open.may_write()?;
    let key = open.keyring.key(case).ok_or(VaultError::Tampered)?;
    let run = Run { first: progress.in_file, salt: random::bytes::<16>()?.into() };
    let key = stream_key(key, id, &run.salt);
    let mut file = std::fs::OpenOptions::new().write(true).open(blob(&open.layout, id)).map_err(missing)?;
    let at = place(run.first);
    // A cut may have left chunks there that no row speaks of.
    file.set_len(at)?;
    file.seek(SeekFrom::Start(at))?;
    let mut number = run.first;
    let mut chunks = bytes.chunks(CHUNK).peekable();
    loop {
        open.go_on()?;
        let mut sealed = Zeroizing::new(Vec::with_capacity(SEALED_CHUNK));
        sealed.extend_from_slice(chunks.next().unwrap_or_default());
        let last = ends && chunks.peek().is_none();
        aead::seal_chunk(&key, number, last, &mut sealed)?;
        file.write_all(&sealed)?;
        number += 1;
        if chunks.peek().is_none() {
            break;
        }
    }
    file.sync_all()?;
    progress.in_file = number;
    progress.runs.push(run);
    Ok(())
}

/// Where a chunk stands in the file.
const fn place(chunk: u64) -> u64 {
    MAGIC.len() as u64 + chunk * SEALED_CHUNK as u64
}

fn missing(error: std::io::Error) -> VaultError {
    match error.kind() {
        std::io::ErrorKind::NotFound | std::io::ErrorKind::UnexpectedEof => VaultError::Damaged(Part::Attachment),
        _ => error.into(),
    }
}

/// The file of a row, with the length the row says.
struct Reader<'p> {
    file: File,
    key: Key,
    id: EventId,
    progress: &'p Progress,
}

impl<'p> Reader<'p> {
    fn open(open: &Opened, case: CaseId, id: EventId, progress: &'p Progress) -> Result<Self, VaultError> {
        let key = open.keyring.key(case).ok_or(VaultError::Tampered)?.clone();
        let mut file = File::open(blob(&open.layout, id)).map_err(missing)?;
        let mut magic = [0; MAGIC.len()];
        file.read_exact(&mut magic).map_err(missing)?;
        let (len, ended) = (file.metadata()?.len(), progress.sha256.is_some());
        let whole = MAGIC.len() as u64 + progress.stored() + progress.in_file * aead::CHUNK_OVERHEAD as u64;
        // Behind what the row speaks of a cut may have left something, but not behind the end.
        if magic != *MAGIC || len < whole || (ended && len > whole) {
            return Err(VaultError::Damaged(Part::Attachment));
        }
        Ok(Self { file, key, id, progress })
    }

    fn chunk(&mut self, number: u64) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let progress = self.progress;
        let left = progress.stored().checked_sub(number * CHUNK as u64).ok_or(VaultError::Bug)?;
        let size = usize::try_from(left.min(CHUNK as u64)).map_err(|_| VaultError::Bug)?;
        let last = progress.sha256.is_some() && number + 1 == progress.in_file;
        let key = progress.key(&self.key, self.id, number).ok_or(VaultError::Tampered)?;
        self.file.seek(SeekFrom::Start(place(number)))?;
        let mut bytes = Zeroizing::new(vec![0; size + aead::CHUNK_OVERHEAD]);
        self.file.read_exact(&mut bytes).map_err(missing)?;
        aead::open_chunk(&key, number, last, &bytes).map_err(|_| VaultError::Tampered)
    }
}

fn read_all(
    open: &Opened,
    case: CaseId,
    id: EventId,
    progress: &Progress,
    see: &mut dyn FnMut(&[u8]),
) -> Result<(), VaultError> {
    let mut reader = Reader::open(open, case, id, progress)?;
    for number in 0..progress.in_file {
        open.go_on()?;
        see(&reader.chunk(number)?);
    }
    Ok(())
}

/// For searches: everything that is there of a file, also of one that has not ended.
#[cfg(feature = "inspect")]
pub(crate) fn read_so_far(open: &Opened, id: EventId, see: &mut dyn FnMut(&[u8])) -> Result<(), VaultError> {
    let (case, progress) = progress(open, id)?;
    read_all(open, case, id, &progress, see)?;
    see(&progress.tail);
    Ok(())
}

type Row = (CaseId, Vec<u8>);

fn row(connection: &Connection, id: EventId) -> Result<Option<Row>, VaultError> {
    let mut select = connection.prepare_cached("SELECT case_id, sealed FROM attachment WHERE id = ?1")?;
    let row = select.query_row([id.as_bytes()], |row| Ok((CaseId::from_bytes(row.get(0)?), row.get(1)?)));
    Ok(row.optional()?)
}

fn progress(open: &Opened, id: EventId) -> Result<(CaseId, Progress), VaultError> {
    let (case, sealed) = row(&open.connection, id)?.ok_or(VaultError::UnknownItem)?;
    let key = open.keyring.key(case).ok_or(VaultError::Tampered)?;
    Ok((case, read_row(key, case, id, &sealed)?))
}

fn finished(open: &Opened, id: EventId) -> Result<(CaseId, Progress), VaultError> {
    match progress(open, id)? {
        (_, Progress { sha256: None, .. }) => Err(VaultError::UnknownItem),
        found => Ok(found),
    }
}

fn unfinished(open: &Opened, id: EventId) -> Result<(CaseId, Progress), VaultError> {
    match progress(open, id)? {
        (_, Progress { sha256: Some(_), .. }) => Err(VaultError::Conflict),
        found => Ok(found),
    }
}

fn read_row(key: &Key, case: CaseId, id: EventId, sealed: &[u8]) -> Result<Progress, VaultError> {
    from_canonical(&sealed::open(key, &aad(case, id), sealed)?).map_err(|_| VaultError::Tampered)
}

fn write_row(open: &mut Opened, case: CaseId, id: EventId, progress: &Progress) -> Result<(), VaultError> {
    open.write(|writing| {
        let key = writing.keyring.key(case).ok_or(VaultError::UnknownItem)?;
        let sealed = sealed::seal(key, &aad(case, id), &Zeroizing::new(to_canonical(progress)))?;
        let sql = "INSERT INTO attachment (id, case_id, sealed) VALUES (?1, ?2, ?3)
            ON CONFLICT (id) DO UPDATE SET sealed = ?3";
        writing.connection.prepare_cached(sql)?.execute((id.as_bytes(), case.as_bytes(), sealed))?;
        Ok(())
    })
}

/// Deletes the rows of a case's attachments, but of those in `kept`, if neither draft nor record of it is left. The files go
/// with the next cleaning.
pub(crate) fn delete_if_alone(connection: &Connection, case: CaseId, kept: &[EventId]) -> Result<(), VaultError> {
    let select = "SELECT id FROM attachment WHERE case_id = ?1
        AND (SELECT count(*) FROM record WHERE case_id = ?1) + (SELECT count(*) FROM draft WHERE case_id = ?1) = 0";
    let mut select = connection.prepare_cached(select)?;
    let ids = select.query_map([case.as_bytes()], |row| row.get(0).map(EventId::from_bytes))?;
    let gone: Vec<EventId> = ids.collect::<Result<_, _>>()?;
    for id in gone.iter().filter(|id| !kept.contains(id)) {
        connection.execute("DELETE FROM attachment WHERE id = ?1", [id.as_bytes()])?;
    }
    Ok(())
}

/// After an erasure: files that no row names. Also those of captures that were cut off before their row was written.
pub(crate) fn remove_orphans(connection: &Connection, layout: &Layout) -> Result<(), VaultError> {
    let files = match std::fs::read_dir(layout.blobs()) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        files => files?,
    };
    let mut select = connection.prepare_cached("SELECT count(*) FROM attachment WHERE id = ?1")?;
    let mut removed = false;
    for file in files {
        let file = file?;
        let Some(id) = file.file_name().to_str().and_then(|name| name.parse::<EventId>().ok()) else { continue };
        if select.query_row([id.as_bytes()], |row| row.get::<_, i64>(0))? == 0 {
            durable::remove(&file.path())?;
            removed = true;
        }
    }
    if removed {
        // Before it is noted that nothing is due any more, or a power cut would bring the file back for good.
        durable::sync_folder(&layout.blobs().join("any"))?;
    }
    Ok(())
}

fn blob(layout: &Layout, id: EventId) -> PathBuf {
    layout.blobs().join(id.to_string())
}

fn stream_key(case_key: &Key, id: EventId, salt: &[u8; 16]) -> Key {
    case_key.derive_salted(salt, "wayside/attachment/1", id.as_bytes())
}

fn aad(case: CaseId, id: EventId) -> Vec<u8> {
    sealed::aad("attachment", RECORD_VERSION, case, id.as_bytes(), 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::MemoryKeys;
    use rusqlite::hooks::{AuthContext, Authorization};
    use wayside_model::Sensitive;
    use wayside_seal::StretchParams;

    /// Whatever of a call is on the disk when its row cannot be written: the file goes on at what was acknowledged.
    #[test]
    fn a_call_whose_row_cannot_be_written_takes_nothing_away() {
        let folder = tempfile::tempdir().unwrap();
        let secret = Sensitive::new("294017".to_owned());
        let vault = Vault::create(folder.path(), &secret, &MemoryKeys::default(), StretchParams::FLOOR).unwrap();
        let (id, case) = (EventId::from_bytes([1; 16]), CaseId::from_bytes([2; 16]));
        let bytes: Vec<u8> = (0..300_000_u32).map(|n| (n % 253) as u8).collect();
        vault.start_attachment(id, case).unwrap();
        vault.append_attachment(id, &bytes[..100_000]).unwrap();
        vault.with(|open| Ok(open.connection.authorizer(None::<fn(AuthContext<'_>) -> Authorization>)?)).unwrap();
        let no_rows = |no: bool| vault.with(|open| Ok(open.connection.pragma_update(None, "query_only", no)?)).unwrap();
        no_rows(true);
        assert!(vault.start_attachment(id, case).is_err());
        assert!(vault.append_attachment(id, &bytes[100_000..]).is_err());
        assert!(vault.end_attachment(id).is_err());
        no_rows(false);
        assert_eq!(vault.attachment(id).unwrap().unwrap().len, 100_000);
        vault.append_attachment(id, &bytes[100_000..]).unwrap();
        vault.end_attachment(id).unwrap();
        let mut read = Vec::new();
        vault.read_attachment(id, &mut |piece| read.extend_from_slice(piece)).unwrap();
        assert!(read == bytes);
    }
}
