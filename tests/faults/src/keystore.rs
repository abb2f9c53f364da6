//! A key store that is gone, invalidated, slow, throws or gives wrong output: no wipe, no wrong guess counted, and the outbox
//! still uploads. And guesses: none is ever free, whatever is killed, restored or set back.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};
use wayside_seal::{KeyStoreError, StretchParams};
use wayside_vault::inspect::advance_boot_clock;
use wayside_vault::{Duress, Vault, VaultError, VaultOptions};

use crate::Amount;
use crate::keys::{Fault, FaultyKeys, FileKeys};
use crate::place::{SECRET, copy, files, folder, make, make_outbox, open, open_with, outbox, secret, vault_dir};
use crate::run::{self, Harm};
use crate::tally::Tally;

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
    paths(if amount == Amount::Full { 25 } else { 7 }, &mut tally);
    tally
}

fn faults(round: usize, tally: &mut Tally) {
    let root = folder();
    let vault = make(root.path());
    vault.put_setting("x", b"1").unwrap();
    drop(vault);
    let dir = vault_dir(root.path());
    for fault in FAULTS {
        for calls_that_work in 0..10 {
            for text in [SECRET, "000000"] {
                let before = files(&dir);
                let inner = FileKeys::new(root.path());
                let keys = FaultyKeys::new(&inner, fault, calls_that_work);
                let opened = Vault::open(&dir, &secret(text), &keys).map(drop);
                let reached = calls_that_work >= 9 || fault == Fault::Slow;
                let good = match opened {
                    Ok(()) => text == SECRET && reached,
                    // A key that gives other output is known as lost, unless only the guess itself was answered wrongly:
                    // that cannot be told from a wrong guess, and is counted as one, never as more.
                    Err(VaultError::WrongSecret) => (text != SECRET && reached) || fault == Fault::WrongOutput,
                    Err(VaultError::KeyStore(_) | VaultError::KeyLost | VaultError::Wait { .. }) => {
                        !reached || fault != Fault::Slow
                    }
                    Err(_) => false,
                };
                let what = || format!("round {round}, {fault:?} after {calls_that_work} calls: {opened:?}");
                tally.check(good, what);
                tally.check(files(&dir) == before, || format!("{fault:?} after {calls_that_work}: files came or went"));
                tally
                    .check(outbox(root.path()).items().is_ok_and(|items| items.len() == 1), || "the outbox".to_owned());
                // Whatever it was, nothing was counted, and the right secret opens at once.
                let after = open(root.path()).map(drop);
                tally.check(after.is_ok(), || format!("after {fault:?} at {calls_that_work}: {after:?}"));
            }
        }
    }
    // Gone for good: the outbox is all that is left, and it is whole.
    std::fs::remove_dir_all(root.path().join("keys")).unwrap();
    tally.check(open(root.path()).err() == Some(VaultError::KeyLost), || "a lost key store".to_owned());
    tally.check(outbox(root.path()).items().is_ok_and(|items| items.len() == 1), || "the outbox".to_owned());
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

/// Killed between the guess and its answer: the guess stays counted. Setting the clock is no help: only the time since the
/// start of the device counts, and that nobody can set.
fn killed(tries: usize, tally: &mut Tally) {
    let base = folder();
    drop(make(base.path()));
    let root = folder();
    copy(base.path(), root.path());
    let calls = run::calls("guess", root.path(), 0);
    for n in 0..tries {
        let root = folder();
        copy(base.path(), root.path());
        // Six kills at one place: the fifth guess is the last free one, wherever each was cut off behind its count.
        let kill_at = 1 + n % calls;
        let mut looked = 0;
        for _ in 0..6 {
            let ran = run::scenario("guess", root.path(), n, Harm { kill_at: Some(kill_at), fail_at: None });
            looked += usize::from(ran.well || counts(&vault_dir(root.path())) > looked as u32);
        }
        let counted = counts(&vault_dir(root.path())) as usize;
        tally.check(counted >= looked.min(5), || {
            format!("killed at call {kill_at}: {looked} guesses, {counted} counted")
        });
        if kill_at == calls {
            let next = open_with(root.path(), "000000").err();
            tally.check(matches!(next, Some(VaultError::Wait { .. })), || format!("after six: {next:?}"));
        }
    }
}

/// The number of wrong guesses that the file speaks of.
fn counts(dir: &std::path::Path) -> u32 {
    let file = std::fs::read(dir.join("guesses")).unwrap();
    let number = |sector: &[u8]| u64::from_le_bytes(sector[8..16].try_into().unwrap());
    let newest = file.chunks(512).filter(|sector| sector.starts_with(b"WAYGUES2")).max_by_key(|sector| number(sector));
    newest.map_or(0, |sector| u32::from_le_bytes(sector[16..20].try_into().unwrap()))
}

/// Right, wrong and duress do the same work: their CPU time, because others may use the machine too.
fn paths(rounds: usize, tally: &mut Tally) {
    let root = folder();
    let keys = FileKeys::new(root.path());
    let dir = vault_dir(root.path());
    let options = VaultOptions { wipe_after: None, ..VaultOptions::new(StretchParams::DEFAULT) };
    let vault = Vault::create_with(&dir, &secret(SECRET), &keys, options).unwrap();
    make_outbox(root.path(), &vault);
    let duress = Duress { secret: &secret("246802"), wipes: false };
    vault.change_secret(&secret(SECRET), &secret(SECRET), Some(duress), &keys, options).unwrap();
    drop(vault);
    let mut times = [Duration::MAX; 3];
    for round in 0..rounds {
        for n in 0..3 {
            let path = (n + round) % 3;
            let start = cpu_time();
            let opened = open_with(root.path(), [SECRET, "000000", "246802"][path]);
            times[path] = times[path].min(cpu_time() - start);
            assert_eq!(opened.is_ok(), path != 1);
        }
    }
    let (least, most) = (times.iter().min().unwrap(), times.iter().max().unwrap());
    let apart = (most.as_secs_f64() / least.as_secs_f64() - 1.0) * 100.0;
    let [right, wrong, duress] = times;
    tally.note(format!(
        "unlock, least of {rounds}: right {right:?}, wrong {wrong:?}, duress {duress:?}; {apart:.2} % apart"
    ));
    tally.check(apart <= 2.0, || format!("unlock paths are {apart:.2} % apart"));
}

fn cpu_time() -> Duration {
    let now = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(now.tv_sec.unsigned_abs(), now.tv_nsec as u32)
}
