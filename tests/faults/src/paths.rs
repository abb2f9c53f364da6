//! Right secret, wrong secret, duress, duress that wipes: nobody who watches an unlock can tell which it was. What is asked
//! of the key store and what is written is the same, call by call; so is the work, to 2 %.

use std::path::Path;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};
use tempfile::TempDir;
use wayside_seal::StretchParams;
use wayside_vault::inspect::unlock_only;
use wayside_vault::{Duress, Vault, VaultError, VaultOptions};

use crate::keys::FileKeys;
use crate::place::{SECRET, copy, folder, make_outbox, secret, vault_dir};
use crate::replay::read_log;
use crate::tally::Tally;
use crate::{Amount, run};

/// What is entered, and how it ends.
const PATHS: [(&str, &str, bool); 4] =
    [("right", SECRET, true), ("wrong", "000000", false), ("decoy", DURESS, true), ("decoy and wipe", DURESS, true)];
const DURESS: &str = "246802";
/// Those that end with an open vault; opening it is work that a wrong secret cannot cause.
const OPENING: [usize; 3] = [0, 2, 3];
/// How far apart they may be.
const PERCENT: f64 = 2.0;
/// Measured until each median is known to so many percent.
const KNOWN: f64 = 0.6;

pub(crate) fn run(amount: Amount, tally: &mut Tally) {
    let bases = [false, true].map(base);
    let base = |path: usize| bases[usize::from(path == 3)].path();
    calls(&base, tally);
    for (scenario, what, paths) in
        [("unlock", "until the slots are done", &[0, 1, 2, 3][..]), ("unlock whole", "to the open vault", &OPENING)]
    {
        work(scenario, what, paths, &base, amount, tally);
    }
}

fn base(wipes: bool) -> TempDir {
    let root = folder();
    let (dir, keys) = (vault_dir(root.path()), FileKeys::new(root.path()));
    let options = VaultOptions { wipe_after: None, ..VaultOptions::new(StretchParams::DEFAULT) };
    let vault = Vault::create_with(&dir, &secret(SECRET), &keys, options).unwrap();
    make_outbox(root.path(), &vault);
    let duress = Duress { secret: &secret(DURESS), wipes };
    vault.change_secret(&secret(SECRET), &secret(SECRET), Some(duress), &keys, options).unwrap();
    root
}

/// Whether it opened.
fn unlock(scenario: &str, root: &Path, path: usize, keys: &dyn wayside_seal::KeyStore) -> bool {
    let (dir, text) = (vault_dir(root), secret(PATHS[path].1));
    match scenario {
        "unlock" => unlock_only(&dir, &text, keys).unwrap(),
        _ => match Vault::open(&dir, &text, keys) {
            Ok(_) => true,
            Err(VaultError::WrongSecret) => false,
            Err(error) => panic!("{error:?}"),
        },
    }
}

/// Every call that asks the key store or changes a file, with its place and length: the same on all paths. Only the folder
/// of the decoy is another one.
fn calls<'b>(base: &dyn Fn(usize) -> &'b Path, tally: &mut Tally) {
    for (scenario, paths) in [("unlock", &[0, 1, 2, 3][..]), ("unlock whole", &OPENING)] {
        let mut first: Option<Vec<String>> = None;
        for &path in paths {
            let root = folder();
            copy(base(path), root.path());
            let log = root.path().with_extension("log");
            assert!(run::logged(scenario, root.path(), path, &log).well, "{scenario} {path} does not run through");
            let calls = read_log(&std::fs::read(&log).unwrap());
            std::fs::remove_file(log).unwrap();
            let seen: Vec<String> = calls.iter().map(|call| call.told(root.path())).collect();
            let expected = first.get_or_insert_with(|| seen.clone());
            let apart = seen.iter().zip(expected.iter()).position(|(one, other)| one != other);
            let name = PATHS[path].0;
            tally.check(seen == *expected, || {
                let at = apart.unwrap_or(seen.len().min(expected.len()));
                format!(
                    "{scenario}, {name}: call {at} is {:?}, and {:?} with the right secret",
                    seen.get(at),
                    expected.get(at)
                )
            });
        }
        tally.note(format!("{scenario}: {} calls on each path", first.map_or(0, |calls| calls.len())));
    }
}

/// CPU time of this thread, for others may use the machine too, as a share of the right secret's in the same round; each on
/// a fresh copy. The median of many rounds, until it is known well enough.
fn work<'b>(
    scenario: &str,
    what: &str,
    paths: &[usize],
    base: &dyn Fn(usize) -> &'b Path,
    amount: Amount,
    tally: &mut Tally,
) {
    let (least, most) = if amount == Amount::Full { (60, 400) } else { (9, 30) };
    let mut shares: Vec<Vec<f64>> = vec![Vec::new(); paths.len()];
    let mut times = vec![Vec::new(); paths.len()];
    let mut rounds = 0;
    while rounds < least || (rounds < most && shares.iter().skip(1).any(|shares| uncertainty(shares) > KNOWN)) {
        let mut round = vec![Duration::ZERO; paths.len()];
        for n in 0..paths.len() {
            let at = (n + rounds) % paths.len();
            let path = paths[at];
            let root = folder();
            copy(base(path), root.path());
            let keys = FileKeys::new(root.path());
            let start = cpu_time();
            let opened = unlock(scenario, root.path(), path, &keys);
            round[at] = cpu_time() - start;
            assert_eq!(opened, PATHS[path].2);
        }
        for (at, time) in round.iter().enumerate() {
            shares[at].push(100.0 * time.as_secs_f64() / round[0].as_secs_f64());
            times[at].push(time.as_secs_f64() * 1e3);
        }
        rounds += 1;
    }
    let medians: Vec<f64> = shares.iter().map(|shares| quantile(shares, 0.5)).collect();
    let (low, high) = medians.iter().fold((f64::MAX, 0.0_f64), |(low, high), &one| (low.min(one), high.max(one)));
    let apart = (high / low - 1.0) * 100.0;
    let known = shares.iter().skip(1).map(|shares| uncertainty(shares)).fold(0.0, f64::max);
    let each: Vec<String> = paths
        .iter()
        .zip(&times)
        .zip(&medians)
        .map(|((path, times), share)| format!("{} {:.1} ms, {share:.2} %", PATHS[*path].0, quantile(times, 0.5)))
        .collect();
    tally.note(format!("{what}, medians of {rounds}: {}; {apart:.2} % apart, known to {known:.2} %", each.join("; ")));
    tally.check(apart <= PERCENT, || format!("unlock paths {what} are {apart:.2} % apart"));
}

fn quantile(values: &[f64], at: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[(at * (sorted.len() - 1) as f64).round() as usize]
}

/// Half of the interval that holds the median nineteen times out of twenty: ranks n/2 ± 0.98 √n.
fn uncertainty(values: &[f64]) -> f64 {
    let reach = 0.98 / (values.len() as f64).sqrt();
    (quantile(values, (0.5 + reach).min(1.0)) - quantile(values, (0.5 - reach).max(0.0))) / 2.0
}

fn cpu_time() -> Duration {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(now.tv_sec.unsigned_abs(), now.tv_nsec as u32)
}

/// In the process under test, which says what its key store is asked.
pub(crate) fn in_process(scenario: &str, root: &Path, path: usize) {
    unlock(scenario, root, path, &crate::keys::SayingKeys(FileKeys::new(root)));
}
