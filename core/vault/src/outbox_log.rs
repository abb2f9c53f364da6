//! The format of the file `outbox/outbox`: items one after the other, random bytes up to a multiple of 64 KiB.
//!
//! Sector of 512 bytes: magic 8 · format 4 · zeros. Two sectors that say how far the items go, written in turn: magic 8 ·
//! generation 8 · end 8 · SHA-256 of these; the valid one of the higher generation counts. Then the items: mark 4 · length 4
//! · check 8 · bytes · SHA-256 over position and bytes 32. An item behind the end that is whole was written just before a
//! cut and counts; anything else there is a torn tail and is overwritten by the next item. Numbers are little-endian.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::ops::Range;

use wayside_seal::envelope;
use wayside_seal::item::Header;
use wayside_seal::{random, sha256};

use crate::VaultError;

pub(crate) const SECTOR: usize = 512;
/// Where the first item begins.
pub(crate) const START: usize = 3 * SECTOR;
/// The file grows by this, so that its size does not tell how many items there are.
pub(crate) const STEP: usize = 64 * 1024;
const MAGIC: &[u8; 8] = b"WAYOUTBX";
const END_MAGIC: &[u8; 8] = b"WAYOUTEN";
const FORMAT: u32 = 1;
const MARK: &[u8; 4] = b"ITEM";
pub(crate) const ITEM_HEAD: usize = 16;
const SUM: usize = 32;
/// More than the longest item.
const LARGEST: usize = envelope::MAX_PLAIN + 4096;

/// One whole item in the file.
#[derive(Clone)]
pub(crate) struct Entry {
    pub(crate) header: Header,
    pub(crate) at: Range<usize>,
    pub(crate) sha256: [u8; 32],
}

/// What a file holds.
#[derive(Clone)]
pub(crate) struct Index {
    pub(crate) generation: u64,
    /// Where the next item goes.
    pub(crate) end: usize,
    pub(crate) entries: Vec<Entry>,
    /// Something in front of the end is not whole.
    pub(crate) damaged: bool,
}

/// The valid sector of the higher generation: generation and end.
pub(crate) fn newest_end(head: &[u8]) -> Option<(u64, usize)> {
    let sectors = head.get(SECTOR..START)?.chunks_exact(SECTOR);
    sectors.filter_map(parse_end).max_by_key(|(generation, _)| *generation)
}

fn parse_end(sector: &[u8]) -> Option<(u64, usize)> {
    let body = sector.get(..24)?;
    let number = |range: Range<usize>| body.get(range)?.try_into().ok().map(u64::from_le_bytes);
    let valid = body.starts_with(END_MAGIC) && sector.get(24..56)? == sha256(body);
    let end = usize::try_from(number(16..24)?).ok().filter(|end| *end >= START)?;
    valid.then_some((number(8..16)?, end))
}

/// The sector that says how far the items go in this generation, and where it is written.
pub(crate) fn end_sector(generation: u64, end: usize) -> (usize, Vec<u8>) {
    let mut sector = END_MAGIC.to_vec();
    sector.extend_from_slice(&generation.to_le_bytes());
    sector.extend_from_slice(&(end as u64).to_le_bytes());
    sector.extend_from_slice(&sha256(&sector));
    sector.resize(SECTOR, 0);
    (if generation.is_multiple_of(2) { SECTOR } else { 2 * SECTOR }, sector)
}

/// The file, read piece by piece: what waits may be far more than should stand in memory at once.
pub(crate) struct Source {
    file: File,
    len: usize,
}

impl Source {
    pub(crate) fn new(file: File) -> Result<Self, VaultError> {
        let len = usize::try_from(file.metadata()?.len()).map_err(|_| VaultError::Bug)?;
        Ok(Self { file, len })
    }

    /// These bytes; `None` where the file does not have all of them.
    pub(crate) fn get(&mut self, range: Range<usize>) -> Result<Option<Vec<u8>>, VaultError> {
        if range.end > self.len {
            return Ok(None);
        }
        let mut bytes = vec![0; range.len()];
        self.file.seek(SeekFrom::Start(range.start as u64))?;
        self.file.read_exact(&mut bytes)?;
        Ok(Some(bytes))
    }
}

/// Looks through the whole file. `None` if it is too short to be one.
pub(crate) fn read(file: &mut Source) -> Result<Option<Index>, VaultError> {
    let Some(head) = file.get(0..START)? else { return Ok(None) };
    let newest = newest_end(&head);
    let intact = head.starts_with(MAGIC) && head.get(8..12) == Some(FORMAT.to_le_bytes().as_slice());
    // Without a valid end everything is looked through.
    let (generation, end) = newest.unwrap_or((0, file.len));
    let mut index = Index { generation, end, entries: Vec::new(), damaged: !intact || newest.is_none() };
    if end > file.len {
        index.damaged = true;
    }
    let mut at = START;
    while at < file.len {
        match item_at(file, at)? {
            Some((entry, next)) => {
                index.entries.push(entry);
                at = next;
            }
            None if at < end => {
                index.damaged = true;
                at = next_item(file, at, end)?;
            }
            None => break,
        }
    }
    index.end = at.max(end);
    Ok(Some(index))
}

fn item_at(file: &mut Source, at: usize) -> Result<Option<(Entry, usize)>, VaultError> {
    let Some(len) = file.get(at..at + ITEM_HEAD)?.and_then(|head| item_len(&head, at)) else { return Ok(None) };
    let start = at + ITEM_HEAD;
    let Some(mut body) = file.get(start..start + len + SUM)? else { return Ok(None) };
    let stored = body.split_off(len);
    let found = (stored == sum(at, &body)).then(|| entry(&body, start)).flatten();
    Ok(found.map(|entry| (entry, start + len + SUM)))
}

/// The entry of an item whose bytes begin here.
pub(crate) fn entry(body: &[u8], start: usize) -> Option<Entry> {
    let header = Header::read(body).ok()?;
    Some(Entry { header, at: start..start + body.len(), sha256: sha256(body) })
}

/// Length of the item whose head this is. No item is longer than an envelope.
fn item_len(head: &[u8], at: usize) -> Option<usize> {
    let len = usize::try_from(u32::from_le_bytes(head.get(4..8)?.try_into().ok()?)).ok()?;
    (len <= LARGEST && head.starts_with(MARK) && head == item_head(at, len)).then_some(len)
}

/// Behind something that is not whole: the next place where an item begins.
fn next_item(file: &mut Source, at: usize, end: usize) -> Result<usize, VaultError> {
    let end = end.min(file.len);
    let mut from = at + 1;
    while from < end {
        let upto = end.min(from + STEP);
        let window = file.get(from..file.len.min(upto + ITEM_HEAD))?.unwrap_or_default();
        let heads = window.windows(ITEM_HEAD).take(upto - from);
        if let Some(found) = heads.enumerate().find(|(n, head)| item_len(head, from + n).is_some()) {
            return Ok(from + found.0);
        }
        from = upto;
    }
    Ok(end)
}

fn item_head(at: usize, len: usize) -> Vec<u8> {
    let mut head = MARK.to_vec();
    head.extend_from_slice(&(len as u32).to_le_bytes());
    let check = sha256(&[head.as_slice(), &(at as u64).to_le_bytes()].concat());
    head.extend_from_slice(check.get(..8).unwrap_or_default());
    head
}

fn sum(at: usize, body: &[u8]) -> [u8; 32] {
    sha256(&[&(at as u64).to_le_bytes(), body].concat())
}

/// An item as it stands in the file at this place.
pub(crate) fn item_bytes(at: usize, body: &[u8]) -> Vec<u8> {
    [item_head(at, body.len()).as_slice(), body, &sum(at, body)].concat()
}

/// The item's bytes, if they are still what they were.
pub(crate) fn still_whole(entry: &Entry, body: &[u8]) -> bool {
    sha256(body) == entry.sha256
}

/// Random bytes that fill a file of `len` bytes up to the next step.
pub(crate) fn padding(len: usize) -> Result<Vec<u8>, VaultError> {
    let mut padding = vec![0; len.next_multiple_of(STEP) - len];
    random::fill(&mut padding)?;
    Ok(padding)
}

/// Writes a new file with these items, one after the other.
pub(crate) fn write_new(
    file: &mut File,
    generation: u64,
    items: impl Iterator<Item = Result<Vec<u8>, VaultError>>,
) -> Result<(), VaultError> {
    let mut head = MAGIC.to_vec();
    head.extend_from_slice(&FORMAT.to_le_bytes());
    head.resize(START, 0);
    file.write_all(&head)?;
    let mut at = START;
    for item in items {
        let bytes = item_bytes(at, &item?);
        file.write_all(&bytes)?;
        at += bytes.len();
    }
    file.write_all(&padding(at)?)?;
    let (place, sector) = end_sector(generation, at);
    file.seek(SeekFrom::Start(place as u64))?;
    Ok(file.write_all(&sector)?)
}
