//! The format of the file `outbox/outbox`: items one after the other, random bytes up to a multiple of 64 KiB.
//!
//! Sector of 512 bytes: magic 8 · format 4 · zeros. Two sectors that say how far the items go, written in turn: magic 8 ·
//! generation 8 · end 8 · SHA-256 of these; the valid one of the higher generation counts. Then the items: mark 4 · length 4
//! · check 8 · bytes · SHA-256 over position and bytes 32. An item behind the end that is whole was written just before a
//! cut and counts; anything else there is a torn tail and is overwritten by the next item. Numbers are little-endian.

use std::ops::Range;

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
const ITEM_HEAD: usize = 16;
const SUM: usize = 32;

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

/// Reads the whole file. `None` if it is too short to be one.
pub(crate) fn read(file: &[u8]) -> Option<Index> {
    let newest = newest_end(file.get(..START)?);
    let intact = file.starts_with(MAGIC) && file.get(8..12)? == FORMAT.to_le_bytes();
    // Without a valid end everything is looked through.
    let (generation, end) = newest.unwrap_or((0, file.len()));
    let mut index = Index { generation, end, entries: Vec::new(), damaged: !intact || newest.is_none() };
    if end > file.len() {
        index.damaged = true;
    }
    let mut at = START;
    while at < file.len() {
        match item_at(file, at) {
            Some((entry, next)) => {
                index.entries.push(entry);
                at = next;
            }
            None if at < end => {
                index.damaged = true;
                at = next_item(file, at, end);
            }
            None => break,
        }
    }
    index.end = at.max(end);
    Some(index)
}

fn item_at(file: &[u8], at: usize) -> Option<(Entry, usize)> {
    let len = item_len(file, at)?;
    let start = at + ITEM_HEAD;
    let body = file.get(start..start.checked_add(len)?)?;
    let next = start + len + SUM;
    if file.get(start + len..next)? != sum(at, body) {
        return None;
    }
    let header = Header::read(body).ok()?;
    Some((Entry { header, at: start..start + len, sha256: sha256(body) }, next))
}

/// Length of the item whose head is here.
fn item_len(file: &[u8], at: usize) -> Option<usize> {
    let head = file.get(at..at + ITEM_HEAD)?;
    let len = usize::try_from(u32::from_le_bytes(head.get(4..8)?.try_into().ok()?)).ok()?;
    (head == item_head(at, len)).then_some(len)
}

/// Behind something that is not whole: the next place where an item begins.
fn next_item(file: &[u8], at: usize, end: usize) -> usize {
    (at + 1..end.min(file.len())).find(|&place| item_len(file, place).is_some()).unwrap_or(end)
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

/// A new file with these items.
pub(crate) fn make(generation: u64, items: &[&[u8]]) -> Result<Vec<u8>, VaultError> {
    let mut file = MAGIC.to_vec();
    file.extend_from_slice(&FORMAT.to_le_bytes());
    file.resize(START, 0);
    for item in items {
        file.extend(item_bytes(file.len(), item));
    }
    let (at, sector) = end_sector(generation, file.len());
    file.splice(at..at + SECTOR, sector);
    file.extend(padding(file.len())?);
    Ok(file)
}
