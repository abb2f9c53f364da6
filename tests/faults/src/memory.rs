//! After a lock the process's memory holds no key. Another process looks, so that its own copies do not count.

use std::io::{BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::process::Stdio;

use wayside_seal::StretchParams;
use wayside_seal::stretch::stretch;

use crate::Amount;
use crate::content;
use crate::place::{CANARY, SECRET, copy, folder, make, open, vault_dir};
use crate::run::{self, Harm};
use crate::tally::Tally;

/// What is looked for, and what it is.
struct Needle {
    name: String,
    bytes: Vec<u8>,
    is_key: bool,
}

pub(crate) fn run(amount: Amount) -> Tally {
    let mut tally = Tally::default();
    let mut texts = 0;
    for round in 0..amount.of(50) {
        let root = folder();
        let vault = make(root.path());
        content::fill(&vault, CANARY);
        drop(vault);
        let copied = folder();
        copy(root.path(), copied.path());
        let mut command = run::command("linger", copied.path(), round, Harm::default());
        command.env_remove("LD_PRELOAD").stdin(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
        assert_eq!(said.next().unwrap().unwrap(), "open");
        let while_open = memory_of(child.id());
        child.stdin.as_mut().unwrap().write_all(b"lock\n").unwrap();
        assert_eq!(said.next().unwrap().unwrap(), "locked");
        let after_lock = memory_of(child.id());
        child.kill().unwrap();
        child.wait().unwrap();
        // Only now does this process learn the keys.
        let needles = needles(copied.path());
        let hits = |memory: &[Vec<u8>], needle: &Needle| -> usize {
            memory.iter().map(|piece| crate::place::count(piece, &needle.bytes)).sum()
        };
        let vault_key = &needles[0];
        tally
            .check(hits(&while_open, vault_key) > 0, || "the search does not find the key of an open vault".to_owned());
        for needle in &needles {
            let left = hits(&after_lock, needle);
            if needle.is_key {
                tally.check(left == 0, || format!("round {round}: {left} copies of {}", needle.name));
            } else {
                texts += left;
            }
        }
    }
    tally.note(format!("texts of records left in freed memory: {texts}"));
    tally
}

fn needles(root: &std::path::Path) -> Vec<Needle> {
    let vault = open(root).unwrap();
    let keys = vault.keys_in_memory().unwrap();
    let mut needles: Vec<Needle> = keys
        .iter()
        .enumerate()
        .map(|(n, key)| Needle { name: format!("key {n}"), bytes: key.to_vec(), is_key: true })
        .collect();
    // The salt stands in the slot file's header: magic 8, format 4, epoch 8, vault 16, memory 4, passes 4, level 1.
    let slots = std::fs::read(vault_dir(root).join("slots")).unwrap();
    let salt: [u8; 16] = slots[45..61].try_into().unwrap();
    let stretched = stretch(SECRET.as_bytes(), &salt, StretchParams::FLOOR).unwrap();
    needles.push(Needle { name: "the stretched secret".to_owned(), bytes: stretched.expose().to_vec(), is_key: true });
    let hex: String = keys[1].iter().map(|byte| format!("{byte:02x}")).collect();
    needles.push(Needle { name: "the database's key in hex".to_owned(), bytes: hex.into_bytes(), is_key: true });
    needles.push(Needle { name: "texts".to_owned(), bytes: CANARY.as_bytes().to_vec(), is_key: false });
    needles
}

/// Every readable and writable piece of a process's memory.
fn memory_of(process: u32) -> Vec<Vec<u8>> {
    let maps = std::fs::read_to_string(format!("/proc/{process}/maps")).unwrap();
    let mut memory = std::fs::File::open(format!("/proc/{process}/mem")).unwrap();
    let mut pieces = Vec::new();
    for line in maps.lines().filter(|line| line.split(' ').nth(1).is_some_and(|rights| rights.starts_with("rw"))) {
        let Some((from, to)) = line.split(' ').next().and_then(|range| range.split_once('-')) else { continue };
        let (from, to) = (u64::from_str_radix(from, 16).unwrap(), u64::from_str_radix(to, 16).unwrap());
        let mut bytes = vec![0; (to - from) as usize];
        memory.seek(SeekFrom::Start(from)).unwrap();
        if memory.read_exact(&mut bytes).is_ok() {
            pieces.push(bytes);
        }
    }
    pieces
}
