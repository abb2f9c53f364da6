//! Old copies put back: of the database, of each page, of the log, of the keyring, the slots, the guesses and the outbox. Each
//! is reported when the vault is opened or verified, or the content is the newest all the same.

use std::path::Path;

use wayside_seal::StretchParams;
use wayside_vault::inspect::open_copy;
use wayside_vault::{Duress, FinishRequest, NewRecord, QueueState, RecordClass, Vault, VaultError, VaultOptions};

use crate::keys::FileKeys;
use crate::place::{
    CANARY, SECRET, at, case_id, chain, copy, draft_id, event_id, folder, make, open_with, outbox, secret, vault_dir,
};
use crate::tally::Tally;
use crate::{Amount, content};

const PAGE: usize = 4096;
const CHANGES: u8 = 12;

pub(crate) fn run(amount: Amount) -> Tally {
    let mut tally = Tally::default();
    for round in 0..amount.of(25) {
        one_history(round, &mut tally);
    }
    for round in 0..amount.of(100) {
        secrets(round, &mut tally);
    }
    tally
}

/// A vault that changes, with a copy from after each change.
fn one_history(round: usize, tally: &mut Tally) {
    let root = folder();
    let vault = make(root.path());
    content::fill(&vault, CANARY);
    let mut copies = Vec::new();
    for n in 0..CHANGES {
        vault.suspend().unwrap();
        let kept = folder();
        copy(root.path(), kept.path());
        copies.push(kept);
        vault.resume().unwrap();
        change(&vault, root.path(), n + 1 + (round % 7) as u8);
    }
    vault.suspend().unwrap();
    let newest = folder();
    copy(root.path(), newest.path());
    vault.resume().unwrap();
    let whole = content::of(&vault).unwrap();
    assert!(opened(&vault, newest.path()).unwrap() == whole, "the newest copy is no rollback");
    for (n, old) in copies.iter().enumerate() {
        let reported = |with: &dyn Fn(&Path), what: &str, tally: &mut Tally| {
            let mixed = folder();
            copy(newest.path(), mixed.path());
            with(mixed.path());
            let good = match opened(&vault, mixed.path()) {
                Err(VaultError::Bug) => false,
                Err(_) => true,
                Ok(content) => content == whole,
            };
            tally.check(good, || format!("round {round}, {what} of {n} changes"));
        };
        let put = |name: &'static str| {
            move |mixed: &Path| {
                std::fs::copy(old.path().join("vault").join(name), vault_dir(mixed).join(name)).unwrap();
            }
        };
        reported(&put("vault.db"), "the database", tally);
        reported(&put("keyring"), "the keyring", tally);
        reported(&put("head"), "the head", tally);
        let both = |mixed: &Path| {
            put("vault.db")(mixed);
            put("keyring")(mixed);
        };
        reported(&both, "database and keyring", tally);
        pages(&vault, old.path(), newest.path(), &whole, &format!("round {round}, page of {n} changes"), tally);
        outboxes(&vault, old.path(), newest.path(), &format!("round {round}, outbox of {n} changes"), tally);
    }
    dropped_log(&vault, root.path(), round, tally);
}

fn change(vault: &Vault, root: &Path, n: u8) {
    match n % 6 {
        0 => drop(vault.append_steps(draft_id(1), &[&[n; 200]]).unwrap()),
        1 => {
            let before = chain(vault);
            let sealed = before.seal(event_id(100 + n), 1, &[n; 300]).unwrap();
            outbox(root).add(&sealed.bytes).unwrap();
            let request = FinishRequest {
                draft: None,
                event: event_id(100 + n),
                seq: before.next_seq(),
                envelope_sha256: sealed.sha256,
                chain: &sealed.next.to_bytes(),
                at: at(1),
                kept: &[],
            };
            vault.finish(&request).unwrap();
        }
        2 => {
            let (id, case, class) = (event_id(4), case_id(4), RecordClass::Assigned);
            vault.put_record(&NewRecord { id, case, class, at: at(9), body: &[n; 800] }).unwrap();
        }
        3 => vault.set_queue_state(event_id(3), QueueState::HandedOver, at(i64::from(n))).unwrap(),
        4 => vault.put_setting("small", &[n; 20]).unwrap(),
        _ => vault.start_draft(draft_id(40 + n), case_id(40 + n), &[n; 40]).unwrap(),
    }
}

/// Opens a copy, reads and verifies it.
fn opened(vault: &Vault, root: &Path) -> Result<Vec<Vec<u8>>, VaultError> {
    let copy = open_copy(vault, &vault_dir(root))?;
    if let Some(part) = copy.rolled_back()? {
        return Err(VaultError::RolledBack(part));
    }
    copy.verify()?;
    content::of(&copy)
}

/// Each page that was another then, alone.
fn pages(vault: &Vault, old: &Path, newest: &Path, whole: &[Vec<u8>], what: &str, tally: &mut Tally) {
    let read = |root: &Path| std::fs::read(vault_dir(root).join("vault.db")).unwrap();
    let (before, now) = (read(old), read(newest));
    for (page, bytes) in before.chunks_exact(PAGE).enumerate() {
        let range = page * PAGE..(page + 1) * PAGE;
        if now.get(range.clone()).is_none_or(|now| now == bytes) {
            continue;
        }
        let mixed = folder();
        copy(newest, mixed.path());
        let mut database = now.clone();
        database[range].copy_from_slice(bytes);
        std::fs::write(vault_dir(mixed.path()).join("vault.db"), database).unwrap();
        let good = match opened(vault, mixed.path()) {
            Err(error) => error != VaultError::Bug,
            Ok(content) => content == whole,
        };
        tally.check(good, || format!("{what}, page {page}"));
    }
}

/// An outbox from before an envelope was added: the vault misses it.
fn outboxes(vault: &Vault, old: &Path, newest: &Path, what: &str, tally: &mut Tally) {
    let items = |root: &Path| outbox(root).items().unwrap().len();
    let (before, now) = (items(old), items(newest));
    let own = vault.missing_from(&outbox(newest)).unwrap();
    let missing = vault.missing_from(&outbox(old)).unwrap().len() - own.len();
    tally.check(missing == now - before, || format!("{what}: {missing} of {} missed", now - before));
}

/// A log that is lost while the vault was open: what it held was acknowledged.
fn dropped_log(vault: &Vault, root: &Path, round: usize, tally: &mut Tally) {
    for n in 0..5_u8 {
        vault.append_steps(draft_id(1), &[&[n; 100]]).unwrap();
        let mixed = folder();
        copy(root, mixed.path());
        std::fs::remove_file(vault_dir(mixed.path()).join("vault.db-wal")).unwrap();
        tally.check(opened(vault, mixed.path()).is_err(), || format!("round {round}: a log of {n} steps is gone"));
    }
}

/// An old slot file, with the old secret, and with the duress code that was on then; and a whole phone put back, which only
/// HQ can know.
fn secrets(round: usize, tally: &mut Tally) {
    let root = folder();
    let vault = make(root.path());
    let keys = FileKeys::new(root.path());
    let duress = secret("246802");
    let duress = Some(Duress { secret: &duress, wipes: round.is_multiple_of(2) });
    let options = VaultOptions::new(StretchParams::FLOOR);
    vault.change_secret(&secret(SECRET), &secret(SECRET), duress, &keys, options).unwrap();
    let device = wayside_seal::SigningKey::generate().unwrap();
    vault.note(wayside_vault::AuditAction::View, b"x").unwrap();
    vault.suspend().unwrap();
    let old = folder();
    copy(&vault_dir(root.path()), old.path());
    vault.resume().unwrap();
    vault.note(wayside_vault::AuditAction::View, b"y").unwrap();
    let head = vault.sign_audit(&device).unwrap();
    vault.change_secret(&secret(SECRET), &secret("975310"), None, &keys, options).unwrap();
    let whole_phone = folder();
    copy(old.path(), whole_phone.path());
    let copy = open_copy(&vault, whole_phone.path()).unwrap();
    tally.check(copy.compare_with_hq(head.seq, &head.head).is_err(), || format!("round {round}: HQ is not believed"));
    drop(copy);
    vault.lock();
    for name in ["slots", "slots.bak"] {
        std::fs::copy(old.path().join(name), vault_dir(root.path()).join(name)).unwrap();
    }
    for text in [SECRET, "246802", "975310"] {
        let opened = open_with(root.path(), text).err();
        tally.check(opened == Some(VaultError::KeyLost), || format!("round {round}: old slots: {opened:?}"));
    }
}
