//! A key store that is gone, invalidated, slow, throws or gives wrong output: no wipe, no wrong guess counted, and the outbox
//! still uploads. And guesses: none is ever free, whatever is killed, restored or set back.

use wayside_seal::KeyStoreError;
use wayside_vault::inspect::advance_boot_clock;
use wayside_vault::{Vault, VaultError};

use crate::keys::{Fault, FaultyKeys, FileKeys};
use crate::place::{SECRET, copy, files, folder, make, open, open_with, outbox, secret, vault_dir};
use crate::run::{self, Harm};
use crate::tally::Tally;
use crate::{Amount, paths};

const FAULTS: [Fault; 7] = [
    Fault::Error(KeyStoreError::Unavailable),
    Fault::Error(KeyStoreError::UserCancelled),
    Fault::Error(KeyStoreError::Invalidated),
    Fault::Error(KeyStoreError::Unexpected),
    Fault::WrongOutput,
    Fault::ShortOutput,
    Fault::Slow,
];
const HOUR: u64 = 60 * 60 * 1000;

pub(crate) fn run(amount: Amount) -> Tally {
    let mut tally = Tally::default();
    for round in 0..amount.of(10) {
        faults(round, &mut tally);
    }
    restored(amount.of(1_000), &mut tally);
    killed(amount.of(500), &mut tally);
    paths::run(amount, &mut tally);
    tally
}

/// One open with a key store that fails, from each of its calls on.
fn faults(round: usize, tally: &mut Tally) {
    let root = folder();
    let vault = make(root.path());
    vault.put_setting("x", b"1").unwrap();
    drop(vault);
    let (dir, inner) = (vault_dir(root.path()), FileKeys::new(root.path()));
    let calls = FaultyKeys::calls_of(&inner, |keys| drop(Vault::open(&dir, &secret(SECRET), keys).unwrap()));
    // The calls behind these are about the opening, and only the right secret comes to them.
    let of_guess = FaultyKeys::calls_of(&inner, |keys| drop(Vault::open(&dir, &secret("000000"), keys)));
    tally.check(of_guess < calls, || format!("{of_guess} calls for a guess, {calls} for an opening"));
    drop(open(root.path()).unwrap());
    for fault in FAULTS {
        for calls_that_work in 0..=calls {
            for text in [SECRET, "000000"] {
                let before = (files(&dir), counts(&dir));
                let keys = FaultyKeys::new(&inner, fault, calls_that_work);
                let opened = Vault::open(&dir, &secret(text), &keys).map(drop);
                let answers = !keys.has_failed();
                // A wrong answer about the opening is taken for a copy that was put back.
                let taken_for_copy = fault == Fault::WrongOutput && calls_that_work >= of_guess && !answers;
                let good = match opened {
                    Ok(()) => text == SECRET && (answers || taken_for_copy),
                    Err(VaultError::WrongSecret) => answers && text != SECRET,
                    Err(VaultError::KeyStore(_) | VaultError::KeyLost) => !answers,
                    Err(_) => false,
                };
                let case = || format!("round {round}, {fault:?} after {calls_that_work} of {calls} calls");
                tally.check(good, || format!("{}: {opened:?}", case()));
                let counted = u32::from(answers && text != SECRET);
                let after = (files(&dir), counts(&dir));
                tally.check(after == (before.0, before.1 + counted), || format!("{}: {} counted", case(), after.1));
                tally.check(outbox_is_whole(root.path()), || format!("{}: the outbox", case()));
                let after = open(root.path()).and_then(|vault| {
                    let owes = vault.owes_epoch()?;
                    vault.begin_epoch(&[])?;
                    Ok(owes)
                });
                // Behind an error either is right: it may have come with the new opening half made.
                let good = if answers || taken_for_copy { after == Ok(taken_for_copy) } else { after.is_ok() };
                tally.check(good, || format!("{}, and then an epoch is owed: {after:?}", case()));
            }
        }
    }
    // Gone for good: the outbox is all that is left, and it is whole.
    std::fs::remove_dir_all(root.path().join("keys")).unwrap();
    tally.check(open(root.path()).err() == Some(VaultError::KeyLost), || "a lost key store".to_owned());
    tally.check(outbox_is_whole(root.path()), || "the outbox without a key store".to_owned());
}

fn outbox_is_whole(root: &std::path::Path) -> bool {
    let outbox = outbox(root);
    let items = outbox.items().unwrap_or_default();
    items.len() == 1 && items.iter().all(|item| outbox.bytes(&item.id).is_ok_and(|bytes| bytes.is_some()))
}

/// The files of before a guess are put back after it: the guess stays counted.
fn restored(tries: usize, tally: &mut Tally) {
    let root = folder();
    drop(make(root.path()));
    let dir = vault_dir(root.path());
    for n in 0..tries {
        let before = folder();
        copy(&dir, before.path());
        let wrong = open_with(root.path(), "000000").map(drop);
        copy(before.path(), &dir);
        let next = open_with(root.path(), "000000").map(drop);
        let good = wrong == Err(VaultError::WrongSecret)
            && matches!(next, Err(VaultError::Wait { seconds }) if seconds > 3500);
        tally.check(good, || format!("restored after guess {n}: {wrong:?}, then {next:?}"));
        advance_boot_clock(HOUR);
        drop(open(root.path()).unwrap());
    }
}

/// Killed at any call of a guess, again and again: whenever the hardware was asked about one, it is on the count already.
/// Setting the clock is no help: only the time since the start of the device counts, and that nobody can set.
fn killed(tries: usize, tally: &mut Tally) {
    let base = folder();
    drop(make(base.path()));
    let root = folder();
    copy(base.path(), root.path());
    let calls = run::calls("guess", root.path(), 0);
    let mut asked_in_all = 0;
    for n in 0..tries {
        let root = folder();
        copy(base.path(), root.path());
        let kill_at = 1 + n * calls / tries;
        let mut asked = 0;
        // One more than are free.
        for _ in 0..6 {
            let ran = run::scenario("guess", root.path(), n, Harm { kill_at: Some(kill_at), fail_at: None });
            asked += ran.lines.iter().filter(|line| *line == "asked").count();
        }
        let counted = counts(&vault_dir(root.path())) as usize;
        tally.check(asked <= counted.min(5), || format!("killed at call {kill_at}: {asked} asked, {counted} counted"));
        asked_in_all += asked;
    }
    tally.check(asked_in_all >= tries, || format!("only {asked_in_all} guesses in {tries} tries came to the hardware"));
}

/// The number of wrong guesses that the file speaks of.
fn counts(dir: &std::path::Path) -> u32 {
    let file = std::fs::read(dir.join("guesses")).unwrap();
    let number = |sector: &[u8]| u64::from_le_bytes(sector[8..16].try_into().unwrap());
    let newest = file.chunks(512).filter(|sector| sector.starts_with(b"WAYGUES2")).max_by_key(|sector| number(sector));
    newest.map_or(0, |sector| u32::from_le_bytes(sector[16..20].try_into().unwrap()))
}
