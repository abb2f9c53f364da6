//! Every byte of every file changed: an error, a report, or exactly the same content; never another content, never a panic.

use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use wayside_vault::inspect::{
    SealedValue, forget_reads, open_copy, reads_identity, reads_slots, replace_sealed, sealed_values,
};
use wayside_vault::{Vault, VaultError};

use crate::place::{CANARY, copy, folder, make, open_with, outbox, vault_dir};
use crate::tally::Tally;
use crate::{Amount, content};

const PAGE: usize = 4096;

pub(crate) fn run(amount: Amount) -> Tally {
    let mut tally = Tally::default();
    let root = folder();
    let vault = make(root.path());
    content::fill(&vault, CANARY);
    let (chain, sealed) = {
        let chain = crate::place::chain(&vault);
        let sealed = chain.seal(crate::place::event_id(0x31), 1, CANARY.as_bytes()).unwrap();
        (chain, sealed)
    };
    drop(chain);
    outbox(root.path()).add(&sealed.bytes).unwrap();
    vault.suspend().unwrap();
    vault.resume().unwrap();
    let search = Search { root: root.path(), vault: &vault, amount };
    search.seals(&mut tally);
    search.database(&mut tally);
    search.pages(&mut tally);
    search.log(&mut tally);
    search.small_files(&mut tally);
    search.attachments(&mut tally);
    search.outbox(&mut tally);
    search.slots_and_guesses(&mut tally);
    tally
}

struct Search<'a> {
    root: &'a Path,
    vault: &'a Vault,
    amount: Amount,
}

/// What a changed file led to.
fn seen(found: Result<Vec<Vec<u8>>, VaultError>, whole: &[Vec<u8>]) -> Option<bool> {
    match found {
        Err(VaultError::Bug) => None,
        Err(_) => Some(true),
        Ok(found) => (found == whole).then_some(false),
    }
}

impl Search<'_> {
    fn file(&self, name: &str) -> PathBuf {
        vault_dir(self.root).join(name)
    }

    fn step(&self) -> usize {
        if self.amount == Amount::Full { 1 } else { 50 }
    }

    /// Every byte of what has a seal of its own, and each such value in the place of another, below the cipher of the pages:
    /// reading alone must notice.
    fn seals(&self, tally: &mut Tally) {
        // What marks an opening is another one each time, so that it is no part of the content.
        let read = || {
            let mut all = content::of(self.vault)?;
            all.push(self.vault.setting("life")?.unwrap_or_default().to_vec());
            Ok(all)
        };
        let whole = read().unwrap();
        let values = sealed_values(self.vault).unwrap();
        let mut try_out = |value: &SealedValue, bytes: &[u8], what: &dyn Fn() -> String| {
            replace_sealed(self.vault, value, bytes).unwrap();
            let noticed = seen(read(), &whole) == Some(true);
            replace_sealed(self.vault, value, &value.sealed).unwrap();
            tally.check(noticed, || format!("{}: {}", value.table(), what()));
        };
        for (n, value) in values.iter().enumerate() {
            for at in (0..value.sealed.len()).step_by(self.step()) {
                let mut changed = value.sealed.clone();
                changed[at] ^= 0x08;
                try_out(value, &changed, &|| format!("value {n} byte {at}"));
            }
            for (other, in_its_place) in values.iter().enumerate().filter(|(other, _)| *other != n) {
                try_out(value, &in_its_place.sealed, &|| format!("value {n} is value {other}"));
            }
            try_out(value, &value.sealed[..value.sealed.len() - 1], &|| format!("value {n} cut"));
            try_out(value, &[], &|| format!("value {n} empty"));
        }
        assert!(read().unwrap() == whole, "the search put everything back");
    }

    /// Bytes of the database changed below an open vault, so that only reading can notice; then the check of all pages must.
    fn database(&self, tally: &mut Tally) {
        let path = self.file("vault.db");
        let mut before = std::fs::read(&path).unwrap();
        let whole = content::of(self.vault).unwrap();
        let mut file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
        let mut put = |at: usize, byte: u8| {
            file.seek(SeekFrom::Start(at as u64)).unwrap();
            file.write_all(&[byte]).unwrap();
        };
        for at in (0..before.len()).step_by(self.step()) {
            for flip in [0x01, 0x10, 0xff] {
                put(at, before[at] ^ flip);
                forget_reads(self.vault);
                let read = seen(content::of(self.vault), &whole);
                let noticed = self.vault.verify().is_err();
                put(at, before[at]);
                // The salt is read only when the file is opened.
                let noticed = noticed || at < 16;
                tally.check(read.is_some() && noticed, || {
                    let what = if read.is_none() { "another content" } else { "not noticed" };
                    format!("vault.db byte {at} with {flip:#x}: {what}")
                });
                // SQLCipher refuses everything after its first damaged page, and a report stays, until the file is opened
                // again. What was under way then cannot be settled any more, and need not be.
                let _ = self.vault.suspend();
                self.vault.resume().unwrap();
                before = std::fs::read(&path).unwrap();
            }
        }
        forget_reads(self.vault);
        assert!(content::of(self.vault).unwrap() == whole, "the search put everything back");
    }

    /// Opens a copy in which `name` has these bytes, with the keys of the open vault.
    fn copied(&self, name: &str, bytes: &[u8]) -> Result<Vec<Vec<u8>>, VaultError> {
        let other = folder();
        copy(&vault_dir(self.root), other.path());
        std::fs::write(other.path().join(name), bytes).unwrap();
        let vault = open_copy(self.vault, other.path())?;
        if let Some(part) = vault.rolled_back()? {
            return Err(VaultError::RolledBack(part));
        }
        let found = content::of(&vault)?;
        vault.verify()?;
        Ok(found)
    }

    fn copied_is_fine(
        &self,
        name: &str,
        bytes: &[u8],
        whole: &[Vec<u8>],
        what: impl FnOnce() -> String,
        tally: &mut Tally,
    ) {
        tally.check(seen(self.copied(name, bytes), whole).is_some(), what);
    }

    /// Whole pages swapped, emptied, cut off and added, and the salt changed, in a file at rest.
    fn pages(&self, tally: &mut Tally) {
        self.vault.suspend().unwrap();
        let bytes = std::fs::read(self.file("vault.db")).unwrap();
        self.vault.resume().unwrap();
        let whole = self.copied("vault.db", &bytes).unwrap();
        let pages = bytes.len() / PAGE;
        let range = |page: usize| page * PAGE..(page + 1) * PAGE;
        for page in (0..pages).step_by(if self.amount == Amount::Full { 1 } else { 5 }) {
            let mut zeroed = bytes.clone();
            zeroed[range(page)].fill(0);
            self.must_notice(&zeroed, || format!("page {page} of zeros"), tally);
            let mut swapped = bytes.clone();
            let other = (page + 1) % pages;
            swapped[range(page)].copy_from_slice(&bytes[range(other)]);
            self.must_notice(&swapped, || format!("page {page} is page {other}"), tally);
            self.must_notice(&bytes[..page * PAGE], || format!("cut to {page} pages"), tally);
            self.must_notice(&bytes[..page * PAGE + 100], || format!("cut behind {page} pages"), tally);
        }
        self.must_notice(&[bytes.as_slice(), &[0; PAGE]].concat(), || "a page more".to_owned(), tally);
        for at in 0..16 {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            self.must_notice(&changed, || format!("salt {at}"), tally);
        }
        drop(whole);
    }

    fn must_notice(&self, bytes: &[u8], what: impl FnOnce() -> String, tally: &mut Tally) {
        tally.check(self.copied("vault.db", bytes).is_err(), what);
    }

    /// Every byte of the write-ahead log: SQLite itself drops what it does not like, without a word.
    fn log(&self, tally: &mut Tally) {
        let draft = crate::place::draft_id(1);
        for n in 0..4_u8 {
            self.vault.append_steps(draft, &[&[n; 300]]).unwrap();
        }
        let whole = content::of(self.vault).unwrap();
        let live = folder();
        copy(&vault_dir(self.root), live.path());
        let log = std::fs::read(live.path().join("vault.db-wal")).unwrap();
        assert!(!log.is_empty() && self.copied("vault.db-wal", &log).unwrap() == whole, "the log is looked at");
        for at in (0..log.len()).step_by(self.step()) {
            let mut changed = log.clone();
            changed[at] ^= 0x20;
            self.copied_is_fine("vault.db-wal", &changed, &whole, || format!("log byte {at}"), tally);
        }
        for len in (0..log.len()).step_by(PAGE / 2) {
            self.copied_is_fine("vault.db-wal", &log[..len], &whole, || format!("log cut to {len}"), tally);
        }
    }

    /// Keyring, head and name: every bit.
    fn small_files(&self, tally: &mut Tally) {
        self.vault.suspend().unwrap();
        self.vault.resume().unwrap();
        let whole = content::of(self.vault).unwrap();
        for name in ["keyring", "head", "vault.id"] {
            let bytes = std::fs::read(self.file(name)).unwrap();
            for at in (0..bytes.len()).step_by(self.step()) {
                for bit in 0..8 {
                    let mut changed = bytes.clone();
                    changed[at] ^= 1 << bit;
                    self.copied_is_fine(name, &changed, &whole, || format!("{name} byte {at} bit {bit}"), tally);
                }
            }
        }
    }

    fn attachments(&self, tally: &mut Tally) {
        let whole = content::of(self.vault).unwrap();
        for path in crate::place::files(&self.file("blobs")) {
            let bytes = std::fs::read(&path).unwrap();
            let id = path.file_name().unwrap().to_str().unwrap().parse().unwrap();
            let ended = self.vault.attachment(id).unwrap().unwrap().sha256.is_some();
            for at in (0..bytes.len()).step_by(self.step()) {
                let mut changed = bytes.clone();
                changed[at] ^= 0x04;
                std::fs::write(&path, &changed).unwrap();
                // One that has not ended is read when it ends, and does not end then.
                let read = match ended {
                    true => self.vault.read_attachment(id, &mut |_| {}),
                    false => self.vault.end_attachment(id).map(drop),
                };
                tally.check(read.is_err(), || format!("attachment byte {at}"));
            }
            std::fs::write(&path, &bytes).unwrap();
        }
        assert!(content::of(self.vault).unwrap() == whole, "the search put everything back");
    }

    fn outbox(&self, tally: &mut Tally) {
        let items = || -> Result<Vec<Vec<u8>>, VaultError> {
            let outbox = wayside_vault::outbox::Outbox::open(&vault_dir(self.root))?;
            outbox.check()?;
            let config = outbox.config();
            let mut all = vec![config.relay.clone().into_bytes(), config.upload_token_hex().into_bytes()];
            for item in outbox.items()? {
                all.extend(outbox.bytes(&item.id)?);
            }
            Ok(all)
        };
        let whole = items().unwrap();
        for name in ["outbox", "config", "state", "state.bak"] {
            let path = self.file("outbox").join(name);
            let bytes = std::fs::read(&path).unwrap();
            for at in (0..bytes.len()).step_by(self.step()) {
                for bit in 0..8 {
                    let mut changed = bytes.clone();
                    changed[at] ^= 1 << bit;
                    std::fs::write(&path, &changed).unwrap();
                    tally.check(seen(items(), &whole).is_some(), || format!("outbox/{name} byte {at} bit {bit}"));
                }
            }
            std::fs::write(&path, &bytes).unwrap();
        }
    }

    /// Files that only an unlock reads: every bit against the parser, and samples through the whole unlock.
    fn slots_and_guesses(&self, tally: &mut Tally) {
        self.vault.suspend().unwrap();
        let slots = std::fs::read(self.file("slots")).unwrap();
        let name = std::fs::read(self.file("vault.id")).unwrap();
        assert!(reads_slots(&slots) && reads_identity(&name), "the parsers take what is whole");
        for at in (0..slots.len()).step_by(self.step()) {
            for bit in 0..8 {
                let mut changed = slots.clone();
                changed[at] ^= 1 << bit;
                tally.check(!reads_slots(&changed), || format!("slots byte {at} bit {bit}"));
            }
        }
        let samples = self.amount.of(400);
        for n in 0..samples {
            for file in ["slots", "guesses", "slots and its copy"] {
                let other = folder();
                copy(self.root, other.path());
                let names: &[&str] = if file == "slots and its copy" { &["slots", "slots.bak"] } else { &[file] };
                for name in names {
                    let path = vault_dir(other.path()).join(name);
                    let mut bytes = std::fs::read(&path).unwrap();
                    let at = n * bytes.len() / samples;
                    bytes[at] ^= 1 << (n % 8);
                    std::fs::write(&path, bytes).unwrap();
                }
                let opened = open_with(other.path(), crate::place::SECRET);
                let good = match (file, opened) {
                    ("slots", opened) => opened.is_ok(),
                    ("guesses", opened) => opened.is_ok() || matches!(opened, Err(VaultError::Wait { .. })),
                    (_, opened) => matches!(opened, Err(VaultError::Damaged(_))),
                };
                tally.check(good, || format!("{file}, sample {n}"));
            }
        }
        self.vault.resume().unwrap();
    }
}
