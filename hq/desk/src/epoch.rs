//! One epoch of one confirmed device: open what came, see what the checkpoints vouch for, give receipts.
//!
//! Everything happens in the caller's transaction, so a receipt and the records it is for become durable together.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::Connection;
use wayside_model::{Coded, DeviceId, ErrorCode, Event, EventBody, EventId, to_canonical};
use wayside_seal::chain::first_head;
use wayside_seal::{Chain, Checkpoint, ControlKind, EpochHeader, EpochSecret, ItemKind, Receipt, SigningKey};
use wayside_sync::transfer;
use zeroize::Zeroizing;

use crate::chain_check::{self, Anchor, Coverage};
use crate::enrolment::Enrolled;
use crate::items::kind_number;
use crate::keys::sections::{self, Place};
use crate::keys::{Owner, Sealer};
use crate::{DeskError, control_log, effects, erasure, files, unusable};

/// How many envelopes one receipt names. Keeps a control entry far below what the relay takes in one body.
const RECEIPT_ITEMS: usize = 1000;

pub(crate) struct Epoch<'a> {
    pub(crate) tx: &'a Connection,
    pub(crate) sealer: &'a Sealer<'a>,
    pub(crate) signing: &'a SigningKey,
    pub(crate) owner: &'a Owner,
    pub(crate) device: DeviceId,
    pub(crate) enrolled: &'a Enrolled,
    pub(crate) number: u32,
}

/// Hash and bytes of an item.
type Item = ([u8; 32], Vec<u8>);

/// An envelope after a look at it.
struct Seen {
    sha256: [u8; 32],
    seq: u64,
    stored_at: i64,
    /// Its seal fits, so it is this device's, whatever it holds.
    authentic: bool,
    verified: bool,
    problem: Option<ErrorCode>,
}

impl Epoch<'_> {
    /// Returns how many records became verified.
    pub(crate) fn process(&self) -> Result<u64, DeskError> {
        let secret = self.header()?;
        let anchors = self.checkpoints()?;
        let mut seen = self.envelopes(secret.as_ref())?;
        let chosen = choose(&mut seen);
        let first_head = secret.as_ref().map(|secret| *secret.chain().head());
        let coverage = first_head.map_or_else(Coverage::default, |head| chain_check::check(head, &chosen, &anchors));
        let verified = self.settle(&seen, &coverage)?;
        let head = first_head.map_or_else(|| self.head_of_a_closed_header(), |head| Ok(Some(head)))?;
        let own = sealed_there(&seen, chosen, &anchors, head);
        unusable::tell(self.tx, self.signing, self.device, self.number, &own)?;
        self.apply()?;
        self.note_gaps(&gaps(&coverage.missing, &seen))?;
        if let Some(secret) = &secret {
            self.give_receipts(secret)?;
        }
        self.tx.execute(
            "UPDATE item SET done = 1 WHERE device = ?1 AND epoch = ?2",
            (self.device.as_bytes(), self.number),
        )?;
        Ok(verified)
    }

    /// The epoch's secret, from the first header that is signed by the device and sealed to this desk.
    fn header(&self) -> Result<Option<EpochSecret>, DeskError> {
        let mut secret = None;
        for (sha256, bytes) in self.items(ItemKind::EpochHeader)? {
            let problem = match EpochSecret::unwrap(&bytes, &self.owner.team, &self.enrolled.sign) {
                Ok(found) if found.device() != self.device => Some(ErrorCode::SignatureWrong),
                Ok(_) if secret.is_some() => Some(ErrorCode::DeskTwice),
                Ok(found) => {
                    secret = Some(found);
                    None
                }
                Err(error) => Some(error.code()),
            };
            self.note_problem(&sha256, problem)?;
        }
        Ok(secret)
    }

    /// Where the chain begins behind a header that the device did sign, and that this desk cannot open.
    fn head_of_a_closed_header(&self) -> Result<Option<[u8; 32]>, DeskError> {
        let is_own = |bytes: &[u8]| {
            EpochHeader::verify(bytes, &self.enrolled.sign).is_ok_and(|header| header.device == self.device)
        };
        Ok(self
            .items(ItemKind::EpochHeader)?
            .iter()
            .find(|(_, bytes)| is_own(bytes))
            .map(|(_, bytes)| first_head(bytes)))
    }

    fn checkpoints(&self) -> Result<Vec<Anchor>, DeskError> {
        let mut anchors = Vec::new();
        for (sha256, bytes) in self.items(ItemKind::Checkpoint)? {
            let problem = match Checkpoint::verify(&bytes, self.device, &self.enrolled.sign) {
                Ok(checkpoint) => {
                    anchors.push(Anchor { upto: checkpoint.upto_seq, head: checkpoint.head });
                    None
                }
                Err(error) => Some(error.code()),
            };
            self.note_problem(&sha256, problem)?;
        }
        Ok(anchors)
    }

    /// Opens what is not open yet, and keeps a row for each envelope.
    fn envelopes(&self, secret: Option<&EpochSecret>) -> Result<Vec<Seen>, DeskError> {
        let mut opener = secret.map(|secret| Opener { secret, chain: Some(secret.chain()) });
        let mut statement = self.tx.prepare_cached(
            "SELECT i.sha256, i.seq, i.id, i.bytes, i.at, r.state, r.whole IS NOT NULL, i.erased
             FROM item i LEFT JOIN record r ON r.device = i.device AND r.sha256 = i.sha256
             WHERE i.device = ?1 AND i.epoch = ?2 AND i.kind = ?3 ORDER BY i.seq, i.at, i.sha256",
        )?;
        let mut rows = statement.query((self.device.as_bytes(), self.number, kind_number(Some(ItemKind::Envelope))))?;
        let mut seen = Vec::new();
        while let Some(row) = rows.next()? {
            let (sha256, seq, id): ([u8; 32], u64, [u8; 16]) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let (stored_at, state, is_open): (i64, Option<u8>, bool) = (row.get(4)?, row.get(5)?, row.get(6)?);
            if row.get(7)? {
                self.keep_erased(&sha256, seq, &id, stored_at)?;
            }
            if is_open || row.get(7)? {
                if let Some(opener) = &mut opener {
                    opener.chain = None;
                }
                seen.push(Seen { sha256, seq, stored_at, authentic: true, verified: state == Some(1), problem: None });
                continue;
            }
            let bytes: Vec<u8> = row.get(3)?;
            let opened = opener.as_mut().map_or(Err(ErrorCode::DeskNoHeader), |opener| opener.open(&bytes));
            let authentic = opened.is_ok();
            let content = opened.and_then(|plain| read(&plain, id));
            if let Ok((_, event)) = &content
                && erasure::is_erased(self.tx, event.case)?
            {
                erasure::empty_item(self.tx, self.device, &sha256)?;
                self.keep_erased(&sha256, seq, &id, stored_at)?;
                seen.push(Seen { sha256, seq, stored_at, authentic: true, verified: false, problem: None });
                continue;
            }
            let problem = content.as_ref().err().copied();
            let (at, kind) = content.as_ref().map_or((stored_at, 0), |(_, event)| place_in_lists(event));
            let case = content.as_ref().ok().map(|(_, event)| *event.case.as_bytes());
            self.tx
                .prepare_cached(
                    "INSERT INTO record (device, sha256, epoch, seq, event, state, at, kind, case_id)
                     VALUES (?1, ?2, ?3, ?4, ?5, 0, ?6, ?7, ?8)
                     ON CONFLICT (device, sha256) DO UPDATE SET at = ?6, kind = ?7, case_id = ?8",
                )?
                .execute((self.device.as_bytes(), sha256, self.number, seq, id, at, kind, case))?;
            if let Ok((plain, event)) = &content {
                sections::put(self.sealer, Place { device: self.device, sha256 }, event, plain)?;
                if kind == 0 {
                    sections::rescope(self.sealer, self.owner.keys(self.tx)?, event.case)?;
                }
            }
            seen.push(Seen { sha256, seq, stored_at, authentic, verified: false, problem });
        }
        Ok(seen)
    }

    /// A row for an envelope whose content is erased: it has its place in the chain, and gets its receipt.
    fn keep_erased(&self, sha256: &[u8; 32], seq: u64, id: &[u8; 16], at: i64) -> Result<(), DeskError> {
        self.tx
            .prepare_cached(
                "INSERT INTO record (device, sha256, epoch, seq, event, state, at, kind)
                 VALUES (?1, ?2, ?3, ?4, ?5, 0, ?6, ?7) ON CONFLICT DO NOTHING",
            )?
            .execute((self.device.as_bytes(), sha256, self.number, seq, id, at, erasure::ERASED_KIND))?;
        Ok(())
    }

    /// Gives each envelope its state. What is verified stays verified.
    fn settle(&self, seen: &[Seen], coverage: &Coverage) -> Result<u64, DeskError> {
        let mut statement = self.tx.prepare_cached(
            "UPDATE record SET state = ?3, problem = ?4 WHERE device = ?1 AND sha256 = ?2 AND state <> 1",
        )?;
        let mut newly = 0;
        for one in seen.iter().filter(|one| !one.verified) {
            let late = self.enrolled.revoked_at.is_some_and(|revoked| one.stored_at >= revoked)
                && !self.has_receipt(&one.sha256)?;
            let problem = one.problem.or_else(|| {
                if coverage.covered.contains(&one.seq) {
                    late.then_some(ErrorCode::DeskRevoked)
                } else if coverage.contradicted.contains(&one.seq) {
                    Some(ErrorCode::DeskChain)
                } else {
                    coverage.interrupted.contains(&one.seq).then_some(ErrorCode::DeskGap)
                }
            });
            let state = match problem {
                Some(_) => 2,
                None if coverage.covered.contains(&one.seq) => 1,
                None => 0,
            };
            newly += u64::from(state == 1);
            statement.execute((self.device.as_bytes(), one.sha256, state, problem.map(ErrorCode::as_str)))?;
        }
        Ok(newly)
    }

    /// Gives each newly verified event its effect, in the device's own order.
    fn apply(&self) -> Result<(), DeskError> {
        let mut statement = self.tx.prepare_cached(
            "SELECT sha256, whole FROM record
             WHERE device = ?1 AND epoch = ?2 AND kind IN (0, 1) AND state = 1 AND applied = 0
               AND whole IS NOT NULL ORDER BY seq",
        )?;
        let rows = statement.query_map((self.device.as_bytes(), self.number), |row| Ok((row.get(0)?, row.get(1)?)))?;
        for (sha256, whole) in rows.collect::<Result<Vec<Item>, _>>()? {
            let (keys, place) = (self.owner.keys(self.tx)?, Place { device: self.device, sha256 });
            let event = sections::event_of(keys, place, &whole)?.ok_or(DeskError::Damaged)?;
            effects::apply(self.sealer, keys, self.signing, self.device, self.enrolled, &event)?;
            self.tx.execute(
                "UPDATE record SET applied = 1 WHERE device = ?1 AND sha256 = ?2",
                (self.device.as_bytes(), sha256),
            )?;
        }
        Ok(())
    }

    /// What has its receipt was verified before, also where a restored desk fetched it again after the end of its device.
    fn has_receipt(&self, sha256: &[u8; 32]) -> Result<bool, DeskError> {
        let mut statement = self.tx.prepare_cached("SELECT 1 FROM receipt WHERE device = ?1 AND sha256 = ?2")?;
        Ok(statement.exists((self.device.as_bytes(), sha256))?)
    }

    fn note_gaps(&self, gaps: &[(u64, u64)]) -> Result<(), DeskError> {
        let place = (self.device.as_bytes(), self.number);
        self.tx.execute("DELETE FROM gap WHERE device = ?1 AND epoch = ?2", place)?;
        for (first, last) in gaps {
            self.tx
                .prepare_cached("INSERT INTO gap (device, epoch, first, last) VALUES (?1, ?2, ?3, ?4)")?
                .execute((self.device.as_bytes(), self.number, first, last))?;
        }
        Ok(())
    }

    /// A receipt for each verified record that has none, with its exact number and hash.
    fn give_receipts(&self, secret: &EpochSecret) -> Result<(), DeskError> {
        let mut statement = self.tx.prepare_cached(
            "SELECT r.seq, r.sha256 FROM record r
             WHERE r.device = ?1 AND r.epoch = ?2 AND r.state = 1
               AND NOT EXISTS (SELECT 1 FROM receipt g WHERE g.device = r.device AND g.sha256 = r.sha256)
             ORDER BY r.seq",
        )?;
        let due: Vec<(u64, [u8; 32])> = statement
            .query_map((self.device.as_bytes(), self.number), |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<_, _>>()?;
        for items in due.chunks(RECEIPT_ITEMS) {
            let receipt = Receipt { device: self.device, epoch: self.number, items: items.to_vec() };
            let bytes = receipt.make(&secret.receipt_key())?;
            let counter = control_log::append(self.tx, self.signing, self.device, ControlKind::Receipt(bytes))?;
            for (seq, sha256) in items {
                self.tx
                    .prepare_cached(
                        "INSERT INTO receipt (device, epoch, seq, sha256, counter) VALUES (?1, ?2, ?3, ?4, ?5)",
                    )?
                    .execute((self.device.as_bytes(), self.number, seq, sha256, counter))?;
            }
        }
        Ok(())
    }

    fn items(&self, kind: ItemKind) -> Result<Vec<Item>, DeskError> {
        let mut statement = self.tx.prepare_cached(
            "SELECT sha256, bytes FROM item WHERE device = ?1 AND epoch = ?2 AND kind = ?3 ORDER BY at, sha256",
        )?;
        let rows = statement.query_map((self.device.as_bytes(), self.number, kind_number(Some(kind))), |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn note_problem(&self, sha256: &[u8; 32], problem: Option<ErrorCode>) -> Result<(), DeskError> {
        self.tx.prepare_cached("UPDATE item SET problem = ?3 WHERE device = ?1 AND sha256 = ?2")?.execute((
            self.device.as_bytes(),
            sha256,
            problem.map(ErrorCode::as_str),
        ))?;
        Ok(())
    }
}

/// Opens envelopes in their order; one after the other is cheap, after a hole each walks the chain from its start.
struct Opener<'a> {
    secret: &'a EpochSecret,
    chain: Option<Chain>,
}

impl Opener<'_> {
    fn open(&mut self, bytes: &[u8]) -> Result<Zeroizing<Vec<u8>>, ErrorCode> {
        if let Some(opened) = self.chain.as_ref().and_then(|chain| chain.open(bytes).ok()) {
            self.chain = Some(opened.next);
            return Ok(opened.plain);
        }
        self.chain = None;
        self.secret.open(bytes).map(|(_, plain)| plain).map_err(|error| error.code())
    }
}

/// The canonical bytes and the event, if what was sealed is the event whose id the envelope has.
fn read(plain: &[u8], id: [u8; 16]) -> Result<(Zeroizing<Vec<u8>>, Event), ErrorCode> {
    let event = transfer::unpack(plain, EventId::from_bytes(id)).map_err(|error| error.code())?;
    Ok((Zeroizing::new(to_canonical(&event)), event))
}

/// What the lists are sorted by: the end of the interview, or when the event was made; and its kind in the record table.
const fn place_in_lists(event: &Event) -> (i64, u8) {
    match &event.body {
        EventBody::Screening(record) => (record.ended.as_millis(), 0),
        EventBody::FilePart(_) => (event.at.as_millis(), files::FILE_KIND),
        _ => (event.at.as_millis(), 1),
    }
}

/// The ranges of numbers without those that came twice: none of the two is chosen, and neither is lost.
fn gaps(missing: &[(u64, u64)], seen: &[Seen]) -> Vec<(u64, u64)> {
    let came: BTreeSet<u64> = seen.iter().filter(|one| one.authentic).map(|one| one.seq).collect();
    let mut gaps = Vec::new();
    for (first, last) in missing.iter().copied() {
        let mut next = first;
        for seq in came.range(first..=last).copied().chain([last + 1]) {
            if seq > next {
                gaps.push((next, seq - 1));
            }
            next = seq + 1;
        }
    }
    gaps
}

/// Hashes of envelopes that this device did seal: those whose seal fits, and those that a signed checkpoint covers though it
/// does not. What was changed on the way is not among them; the device sends it again by itself.
fn sealed_there(
    seen: &[Seen],
    chosen: BTreeMap<u64, [u8; 32]>,
    anchors: &[Anchor],
    head: Option<[u8; 32]>,
) -> BTreeSet<[u8; 32]> {
    let mut all = chosen;
    for one in seen.iter().filter(|one| !one.authentic) {
        all.entry(one.seq).or_insert(one.sha256);
    }
    let covered = head.map(|head| chain_check::check(head, &all, anchors).covered).unwrap_or_default();
    let is_covered = |one: &&Seen| covered.contains(&one.seq) && all.get(&one.seq) == Some(&one.sha256);
    seen.iter().filter(|one| one.authentic || is_covered(one)).map(|one| one.sha256).collect()
}

/// The one envelope of each number. Where two fit their seals, none is chosen, unless one was verified before.
fn choose(seen: &mut [Seen]) -> BTreeMap<u64, [u8; 32]> {
    let mut chosen: BTreeMap<u64, [u8; 32]> = BTreeMap::new();
    let mut twice: BTreeSet<u64> = BTreeSet::new();
    for one in seen.iter().filter(|one| one.authentic) {
        if chosen.insert(one.seq, one.sha256).is_some() {
            twice.insert(one.seq);
        }
    }
    for seq in twice {
        let kept = seen.iter().find(|one| one.seq == seq && one.verified).map(|one| one.sha256);
        match kept {
            Some(sha256) => chosen.insert(seq, sha256),
            None => chosen.remove(&seq),
        };
        for one in seen.iter_mut().filter(|one| one.seq == seq && one.authentic && !one.verified) {
            one.problem = Some(ErrorCode::DeskTwice);
        }
    }
    chosen
}
