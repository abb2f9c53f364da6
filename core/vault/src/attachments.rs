//! Files that belong to a case: sealed chunk by chunk as they are captured, so that there is never a plain file and never a
//! whole one in memory.
//!
//! `blobs/ID`: magic 8 · salt 16, then the STREAM construction of age: chunks of 64 KiB sealed with ChaCha20-Poly1305 under a
//! key of this file alone, nonce = counter 11 · last 1 (Hoang, Reyhanitabar, Rogaway, Vizár, "Online Authenticated-Encryption
//! and its Nonce-Reuse Misuse-Resistance", section 7). The row keeps length and salt, sealed: with them the file has one length and one key.

use std::fs::File;
use std::io::{Read, Write};
use std::path::PathBuf;

use rusqlite::{Connection, OptionalExtension};
use wayside_model::{CaseId, EventId};
use wayside_seal::aead::{self, CHUNK};
use wayside_seal::{Key, random};
use zeroize::{Zeroize, Zeroizing};

use crate::layout::Layout;
use crate::opened::Opened;
use crate::{Part, Vault, VaultError, durable, retention, sealed};

const MAGIC: &[u8; 8] = b"WAYBLOB1";
const RECORD_VERSION: u32 = 1;
/// Magic and salt.
const HEAD: usize = 8 + 16;

/// A file that is being captured. Dropped without [`AttachmentWriter::finish`] it is no attachment, and what was written
/// goes with its case. Does not hold the vault: other calls go on between two writes.
pub struct AttachmentWriter<'v> {
    vault: &'v Vault,
    id: EventId,
    case: CaseId,
    key: Key,
    salt: [u8; 16],
    file: File,
    path: PathBuf,
    waiting: Zeroizing<Vec<u8>>,
    chunk: u64,
    len: u64,
}

impl Vault {
    /// Begins a file of a case. `id` is drawn by the caller; the id of a capture that was cut off begins it anew.
    ///
    /// Errors: `bug` if the id is taken by a finished file, or by one of another case.
    pub fn start_attachment(&self, id: EventId, case: CaseId) -> Result<AttachmentWriter<'_>, VaultError> {
        self.with(|open| {
            let case_key = open.key_or_new(case)?;
            open.write(|writing| {
                let sql = "INSERT INTO attachment (id, case_id) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
                writing.connection.execute(sql, (id.as_bytes(), case.as_bytes()))?;
                let select = "SELECT count(*) FROM attachment WHERE id = ?1 AND case_id = ?2 AND sealed IS NULL";
                let ids = (id.as_bytes(), case.as_bytes());
                match writing.connection.query_row(select, ids, |row| row.get::<_, i64>(0))? {
                    1 => Ok(()),
                    _ => Err(VaultError::Conflict),
                }
            })?;
            durable::make_folder(&open.layout.blobs())?;
            let path = blob(&open.layout, id);
            let salt: [u8; 16] = random::bytes()?;
            let mut file = durable::options().write(true).create(true).truncate(true).open(&path)?;
            file.write_all(MAGIC)?;
            file.write_all(&salt)?;
            let key = stream_key(&case_key, id, &salt);
            let waiting = Zeroizing::new(Vec::with_capacity(CHUNK + aead::CHUNK_OVERHEAD));
            Ok(AttachmentWriter { vault: self, id, case, key, salt, file, path, waiting, chunk: 0, len: 0 })
        })
    }

    /// Hands the bytes of a finished file to `see`, piece by piece, each checked before it is handed out.
    ///
    /// Errors: `bug` if there is none; `vault.tampered` or `vault.damaged` if it is not what was captured, also if only its
    /// end is missing: then some pieces were handed out already and none of them counts. `vault.lease`.
    pub fn read_attachment(&self, id: EventId, see: &mut dyn FnMut(&[u8])) -> Result<(), VaultError> {
        self.with(|open| {
            retention::check_lease(open)?;
            read(open, id, see)
        })
    }

    /// The finished files of a case with their lengths, in no order that tells anything.
    pub fn attachments(&self, case: CaseId) -> Result<Vec<(EventId, u64)>, VaultError> {
        self.with(|open| {
            let key = open.keyring.key(case);
            let mut select =
                open.connection.prepare("SELECT id, sealed FROM attachment WHERE case_id = ?1 ORDER BY id")?;
            let rows =
                select.query_map([case.as_bytes()], |row| Ok((EventId::from_bytes(row.get(0)?), row.get(1)?)))?;
            let mut found = Vec::new();
            for row in rows {
                let (id, sealed): (EventId, Option<Vec<u8>>) = row?;
                let Some(sealed) = sealed else { continue };
                let summary = summary(key.ok_or(VaultError::Tampered)?, case, id, &sealed)?;
                found.push((id, summary.0));
            }
            Ok(found)
        })
    }
}

impl AttachmentWriter<'_> {
    /// Adds bytes. Whole chunks go to the file, sealed.
    pub fn write(&mut self, mut bytes: &[u8]) -> Result<(), VaultError> {
        while !bytes.is_empty() {
            if self.waiting.len() == CHUNK {
                self.put(false)?;
            }
            let (now, later) = bytes.split_at(bytes.len().min(CHUNK - self.waiting.len()));
            self.waiting.extend_from_slice(now);
            self.len += now.len() as u64;
            bytes = later;
        }
        Ok(())
    }

    /// Ends the file: it is durable, and an attachment of its case, when this returns.
    pub fn finish(mut self) -> Result<(), VaultError> {
        self.put(true)?;
        self.file.sync_all()?;
        durable::sync_folder(&self.path)?;
        let mut summary = Zeroizing::new(self.len.to_le_bytes().to_vec());
        summary.extend_from_slice(&self.salt);
        let (id, case) = (self.id, self.case);
        self.vault.write(|writing| {
            let key = writing.keyring.key(case).ok_or(VaultError::UnknownItem)?;
            let sealed = sealed::seal(key, &aad(case, id), &summary)?;
            let update = "UPDATE attachment SET sealed = ?2 WHERE id = ?1";
            match writing.connection.execute(update, (id.as_bytes(), sealed))? {
                1 => Ok(()),
                _ => Err(VaultError::UnknownItem),
            }
        })
    }

    fn put(&mut self, last: bool) -> Result<(), VaultError> {
        aead::seal_chunk(&self.key, self.chunk, last, &mut self.waiting)?;
        self.file.write_all(&self.waiting)?;
        self.waiting.zeroize();
        self.waiting.reserve(CHUNK + aead::CHUNK_OVERHEAD);
        self.chunk += 1;
        Ok(())
    }
}

pub(crate) fn read(open: &Opened, id: EventId, see: &mut dyn FnMut(&[u8])) -> Result<(), VaultError> {
    let select = "SELECT case_id, sealed FROM attachment WHERE id = ?1 AND sealed IS NOT NULL";
    let row = open.connection.query_row(select, [id.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    let (case, sealed): ([u8; 16], Vec<u8>) = row.ok_or(VaultError::UnknownItem)?;
    let case = CaseId::from_bytes(case);
    let key = open.keyring.key(case).ok_or(VaultError::Tampered)?;
    let (len, salt) = summary(key, case, id, &sealed)?;
    let damaged = VaultError::Damaged(Part::Attachment);
    let missing = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound | std::io::ErrorKind::UnexpectedEof => damaged,
        _ => error.into(),
    };
    let mut file = File::open(blob(&open.layout, id)).map_err(missing)?;
    let mut head = [0; HEAD];
    file.read_exact(&mut head).map_err(missing)?;
    let chunks = len.div_ceil(CHUNK as u64).max(1);
    let whole = HEAD as u64 + len + chunks * aead::CHUNK_OVERHEAD as u64;
    if head.strip_prefix(MAGIC) != Some(&salt) || file.metadata()?.len() != whole {
        return Err(damaged);
    }
    let key = stream_key(key, id, &salt);
    let mut left = len;
    for chunk in 0.. {
        let size = usize::try_from(left.min(CHUNK as u64)).map_err(|_| VaultError::Bug)?;
        left -= size as u64;
        let mut bytes = Zeroizing::new(vec![0; size + aead::CHUNK_OVERHEAD]);
        file.read_exact(&mut bytes).map_err(missing)?;
        let plain = aead::open_chunk(&key, chunk, left == 0, &bytes).map_err(|_| VaultError::Tampered)?;
        see(&plain);
        if left == 0 {
            break;
        }
    }
    Ok(())
}

/// Deletes the rows of a case's attachments if neither draft nor record of it is left. The files go with the next cleaning.
pub(crate) fn delete_if_alone(connection: &Connection, case: CaseId) -> Result<(), VaultError> {
    let delete = "DELETE FROM attachment WHERE case_id = ?1
        AND (SELECT count(*) FROM record WHERE case_id = ?1) + (SELECT count(*) FROM draft WHERE case_id = ?1) = 0";
    connection.prepare_cached(delete)?.execute([case.as_bytes()])?;
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

fn summary(key: &Key, case: CaseId, id: EventId, sealed: &[u8]) -> Result<(u64, [u8; 16]), VaultError> {
    let plain = sealed::open(key, &aad(case, id), sealed)?;
    let (len, salt) = plain.split_first_chunk::<8>().ok_or(VaultError::Tampered)?;
    Ok((u64::from_le_bytes(*len), salt.try_into().map_err(|_| VaultError::Tampered)?))
}

fn aad(case: CaseId, id: EventId) -> Vec<u8> {
    sealed::aad("attachment", RECORD_VERSION, case, id.as_bytes(), 0)
}
