//! A process of its own appends and finishes, and is killed with SIGKILL: what it said was done is there.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use crate::common::{SECRET, TestKeys, case_id, draft_id, finish_request, secret};
use wayside_seal::{HardwareLevel, KeyStore, KeyStoreError, StretchParams};
use wayside_vault::Vault;

const DIR: &str = "WAYSIDE_TEST_KILL_DIR";

/// The same in both processes.
struct FixedKeys(TestKeys);
impl KeyStore for FixedKeys {
    fn level(&self) -> HardwareLevel {
        self.0.level()
    }
    fn create(&self, _: &str) -> Result<(), KeyStoreError> {
        Ok(())
    }
    fn mac(&self, _: &str, data: &[u8]) -> Result<Vec<u8>, KeyStoreError> {
        Ok(wayside_seal::sha256(data).to_vec())
    }
    fn delete(&self, _: &str) -> Result<(), KeyStoreError> {
        Ok(())
    }
    fn limited_use(&self) -> bool {
        false
    }
}

fn keys() -> FixedKeys {
    FixedKeys(TestKeys::default())
}

/// Not a test of its own: the process that gets killed. Appends steps to draft after draft and finishes every one after
/// seven steps. Says on its output what is done: `draft steps`, with 0 steps for a finished one.
#[test]
fn child() {
    let Some(dir) = std::env::var_os(DIR) else { return };
    let vault = Vault::open(dir.as_ref(), &secret(SECRET), &keys()).unwrap();
    let mut out = std::io::stdout();
    let begun = u8::try_from(vault.queue().unwrap().len()).unwrap() + 1;
    for n in begun.. {
        let mut step = match vault.draft(draft_id(n)).unwrap() {
            Some(draft) => draft.steps.len() as u64,
            None => {
                vault.start_draft(draft_id(n), case_id(n), b"header").unwrap();
                0
            }
        };
        while step < 7 {
            step = vault.append_steps(draft_id(n), &[format!("step {}", step + 1).as_bytes()]).unwrap();
            writeln!(out, "done {n} {step}").unwrap();
        }
        vault.finish(&finish_request(n)).unwrap();
        writeln!(out, "done {n} 0").unwrap();
    }
}

#[test]
fn what_was_acknowledged_survives_sigkill() {
    let dir = crate::common::folder();
    drop(Vault::create(dir.path(), &secret(SECRET), &keys(), StretchParams::FLOOR).unwrap());
    let mut finished = 0;
    for round in 0..12 {
        let acknowledged = run_and_kill(dir.path(), 3 + round * 2 % 11);
        let vault = Vault::open(dir.path(), &secret(SECRET), &keys()).unwrap();
        let queue = vault.queue().unwrap();
        for (draft, steps) in acknowledged {
            let queued = queue.iter().filter(|row| *row.event.as_bytes() == [draft; 16]).count();
            if steps == 0 || queued == 1 {
                assert_eq!(queued, 1, "round {round}: draft {draft} finished once");
                assert!(vault.draft(draft_id(draft)).unwrap().is_none(), "round {round}: and left nothing");
            } else {
                let there = vault.draft(draft_id(draft)).unwrap().unwrap().steps;
                assert!(there.len() as u64 >= steps, "round {round}: draft {draft} lost steps");
                for (n, step) in (1..).zip(&there) {
                    assert_eq!(step.as_slice(), format!("step {n}").as_bytes());
                }
            }
        }
        finished = queue.len();
    }
    assert!(finished > 0, "some rounds got as far as a finish");
}

/// Runs the child until it has said this many lines, kills it, and returns all it said.
fn run_and_kill(dir: &std::path::Path, lines: usize) -> Vec<(u8, u64)> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "kill::child", "--nocapture"])
        .env(DIR, dir)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap()).lines();
    let parse = |line: String| {
        // The test harness may put a line of its own in front.
        let rest = line.split_once("done ")?.1;
        let (draft, steps) = rest.split_once(' ')?;
        Some((draft.parse().ok()?, steps.parse().ok()?))
    };
    let mut said: Vec<(u8, u64)> = output.by_ref().map_while(Result::ok).filter_map(parse).take(lines).collect();
    assert_eq!(said.len(), lines, "the child ended by itself");
    child.kill().unwrap();
    child.wait().unwrap();
    said.extend(output.map_while(Result::ok).filter_map(parse));
    said
}
