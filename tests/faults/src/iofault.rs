//! A full disk and an I/O error at every call that changes a file, once and for good: a typed error, and nothing lost.

use crate::place::{copy, folder};
use crate::run::{self, After, Harm};
use crate::tally::Tally;
use crate::{Amount, scenario};

const ENOSPC: i32 = 28;
const EIO: i32 = 5;
/// Codes that a storage that fails may give.
const EXPECTED: [&str; 5] = ["storage.full", "storage.io", "keystore.unavailable", "vault.busy", "vault.damaged"];

pub(crate) fn run(amount: Amount) -> Tally {
    let mut tally = Tally::default();
    for name in scenario::ALL {
        let base = folder();
        scenario::prepare(name, base.path());
        let root = folder();
        copy(base.path(), root.path());
        let calls = run::calls(name, root.path(), 0);
        tally.note(format!("{name}: {calls} calls"));
        let step = if amount == Amount::Full { 1 } else { 50.min(calls / 3).max(1) };
        let kinds = [
            (ENOSPC, After::Works),
            (ENOSPC, After::Fails),
            (EIO, After::Works),
            (EIO, After::Fails),
            (ENOSPC, After::IsFull),
        ];
        for (errno, after) in kinds {
            for at in (1..=calls).step_by(step) {
                let root = folder();
                copy(base.path(), root.path());
                let harm = Harm { kill_at: None, fail_at: Some((at, errno, after)) };
                let ran = run::scenario(name, root.path(), 0, harm);
                let bad = typed(&ran).and_then(|()| scenario::check(name, root.path(), &ran.lines)).err();
                tally.case(bad.map(|what| format!("{name}, call {at}, error {errno}, then {after:?}: {what}")));
            }
        }
    }
    full_while_wiping(amount, &mut tally);
    tally
}

/// A disk that is full from some call of a wipe on: everything goes all the same, with one call.
fn full_while_wiping(amount: Amount, tally: &mut Tally) {
    let base = folder();
    scenario::prepare("wipe", base.path());
    let root = folder();
    copy(base.path(), root.path());
    let calls = run::calls("wipe once", root.path(), 0);
    for at in (1..=calls).step_by(if amount == Amount::Full { 1 } else { 5 }) {
        let root = folder();
        copy(base.path(), root.path());
        let harm = Harm { kill_at: None, fail_at: Some((at, ENOSPC, After::IsFull)) };
        let ran = run::scenario("wipe once", root.path(), 0, harm);
        let bad = typed(&ran).and_then(|()| scenario::check_wiped(root.path())).err();
        tally.case(bad.map(|what| format!("wiping on a disk that is full from call {at} on: {what}")));
    }
}

/// Whether the process ended with an error of the storage, or went through.
fn typed(ran: &run::Ran) -> Result<(), String> {
    if ran.well {
        return Ok(());
    }
    let code = ran.lines.last().and_then(|line| line.strip_prefix("err "));
    match code {
        Some(code) if EXPECTED.contains(&code) => Ok(()),
        Some(code) => Err(format!("ended with {code}")),
        None => Err("died without an error".to_owned()),
    }
}
