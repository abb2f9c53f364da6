//! What the process under test does, and whether what it acknowledged is there afterwards.

use std::collections::BTreeMap;
use std::path::Path;

use wayside_model::{EventId, Sensitive};
use wayside_seal::{StretchParams, random, sha256};
use wayside_vault::{
    CHAIN, Duress, FinishRequest, NewRecord, RecordClass, TextSource, Vault, VaultError, VaultOptions,
};

use crate::keys::{FileKeys, TellingKeys};
use crate::paths;
use crate::place::{
    SECRET, at, case_id, chain, copy, draft_id, event_id, files, make, make_outbox, old_vault, open, open_with, outbox,
    secret, vault_dir,
};
use crate::worker::{say, twice};

pub(crate) const ALL: [&str; 6] = ["capture", "migrate", "shred", "wipe", "create", "secret"];
/// Drafts that the capture works on.
const DRAFTS: u8 = 3;
const STEPS: u64 = 4;
/// A draft that was there before.
const BEFORE: u8 = 9;
/// How far the file of draft 2 is after each piece: within a chunk, at its end, behind it, and over two at once.
const PIECES: [u64; 4] = [1_000, 65_536, 70_000, 200_000];
const NEW_SECRET: &str = "975310";
const DURESS: &str = "246802";

/// Makes the files the scenario begins with.
pub(crate) fn prepare(name: &str, root: &Path) {
    match name {
        "create" => drop(FileKeys::new(root)),
        "migrate" => {
            copy(&old_vault(), &vault_dir(root));
            drop(FileKeys::new(root));
        }
        _ => {
            let vault = make(root);
            vault.start_draft(draft_id(BEFORE), case_id(BEFORE), b"header").unwrap();
            for n in 1..=3_u64 {
                vault.append_steps(draft_id(BEFORE), &[&payload(BEFORE, n)]).unwrap();
            }
            let record = NewRecord {
                id: event_id(BEFORE),
                case: case_id(BEFORE),
                class: RecordClass::Assigned,
                at: at(1),
                body: b"assigned",
            };
            vault.put_record(&record).unwrap();
            vault.start_attachment(event_id(BEFORE), case_id(BEFORE)).unwrap();
            vault.append_attachment(event_id(BEFORE), &[1; 3000]).unwrap();
            vault.end_attachment(event_id(BEFORE)).unwrap();
        }
    }
}

pub(crate) fn payload(draft: u8, step: u64) -> Vec<u8> {
    let mut bytes = format!("step {step} of {draft} ").into_bytes();
    bytes.resize(40 + usize::from(draft) * 700 % 5000, b'.');
    bytes
}

/// Bytes of the file from one place up to another.
fn file_bytes(from: u64, upto: u64) -> Vec<u8> {
    (from..upto.max(from)).map(|n| (n % 251) as u8).collect()
}

pub(crate) fn run(name: &str, root: &Path, seed: usize) -> Result<(), VaultError> {
    let keys = FileKeys::new(root);
    match name {
        "capture" => capture(root, seed),
        "migrate" => {
            open(root)?;
            say("migrated");
            Ok(())
        }
        "shred" => {
            let vault = twice(|| open(root))?;
            twice(|| vault.erase_case(case_id(BEFORE), &[], None))?;
            say("erased");
            Ok(())
        }
        "wipe" => {
            twice(|| Vault::wipe(&vault_dir(root), &keys))?;
            say("wiped");
            Ok(())
        }
        "create" => {
            let vault = Vault::create(&vault_dir(root), &secret(SECRET), &keys, StretchParams::FLOOR)?;
            say("created");
            vault.put_setting("x", b"1")?;
            say("set");
            Ok(())
        }
        "secret" => {
            let vault = twice(|| open(root))?;
            let duress: Sensitive<String> = secret(DURESS);
            let duress = Some(Duress { secret: &duress, wipes: false });
            let options = VaultOptions::new(StretchParams::FLOOR);
            vault.change_secret(&secret(SECRET), &secret(NEW_SECRET), duress, &keys, options)?;
            say("changed");
            vault.put_setting("x", b"1")?;
            say("set");
            Ok(())
        }
        "wipe once" => Vault::wipe(&vault_dir(root), &keys),
        "guess" => match Vault::open(&vault_dir(root), &secret("000000"), &TellingKeys(keys)) {
            Err(VaultError::WrongSecret) => Ok(()),
            other => other.map(drop),
        },
        "linger" => linger(root),
        "unlock" | "unlock whole" => {
            paths::in_process(name, root, seed);
            Ok(())
        }
        _ => Err(VaultError::Bug),
    }
}

fn capture(root: &Path, seed: usize) -> Result<(), VaultError> {
    let vault = twice(|| open(root))?;
    let mut outbox = outbox(root);
    // The order differs from seed to seed.
    let drafts = (0..DRAFTS).map(|n| 1 + (n + (seed % usize::from(DRAFTS)) as u8) % DRAFTS);
    for d in drafts {
        twice(|| match vault.start_draft(draft_id(d), case_id(d), b"header") {
            Err(VaultError::Conflict) => Ok(()),
            done => done,
        })?;
        say(&format!("draft {d}"));
        for step in 1..=STEPS {
            let bytes = payload(d, step);
            twice(|| {
                // After an error it may be there all the same.
                let there = vault.draft(draft_id(d))?.ok_or(VaultError::UnknownDraft)?.steps.len() as u64;
                if there < step { vault.append_steps(draft_id(d), &[&bytes]).map(drop) } else { Ok(()) }
            })?;
            say(&format!("step {d} {step}"));
        }
        if d == 2 {
            let id: EventId = random::id()?;
            twice(|| vault.start_attachment(id, case_id(d)))?;
            for upto in PIECES {
                twice(|| {
                    // After an error it may be there all the same.
                    let there = vault.attachment(id)?.map_or(0, |file| file.len);
                    let piece = file_bytes(there, upto);
                    if piece.is_empty() { Ok(there) } else { vault.append_attachment(id, &piece) }
                })?;
                say(&format!("piece {id} {upto}"));
            }
            twice(|| vault.end_attachment(id))?;
            say(&format!("file {id}"));
            twice(|| vault.suspend())?;
            twice(|| vault.resume())?;
        }
        let record = NewRecord {
            id: event_id(0x50 + d),
            case: case_id(0x50 + d),
            class: RecordClass::Assigned,
            at: at(i64::from(d)),
            body: &payload(d, 77),
        };
        twice(|| vault.put_record(&record))?;
        say(&format!("record {d}"));
        if d == 3 {
            continue;
        }
        let before = chain(&vault);
        let id: EventId = random::id()?;
        let sealed = before.seal(id, 1, &payload(d, 0))?;
        twice(|| outbox.add(&sealed.bytes))?;
        let next = sealed.next.to_bytes();
        let request = FinishRequest {
            draft: Some(draft_id(d)),
            event: id,
            seq: before.next_seq(),
            envelope_sha256: sealed.sha256,
            chain: &next,
            at: at(5),
            kept: &[],
        };
        twice(|| vault.finish(&request))?;
        say(&format!("finish {d} {id}"));
    }
    twice(|| vault.put_texts(TextSource::Directory, "a", &[("name", "Night shelter near the harbour")]))?;
    say("texts");
    twice(|| vault.suspend())?;
    twice(|| vault.resume())?;
    vault.lock();
    say("end");
    Ok(())
}

/// Opens, reads everything, locks, and waits to be looked at.
fn linger(root: &Path) -> Result<(), VaultError> {
    let vault = open(root)?;
    crate::content::of(&vault)?;
    vault.note(wayside_vault::AuditAction::View, b"x")?;
    say("open");
    let mut line = String::new();
    let _ = std::io::stdin().read_line(&mut line);
    vault.lock();
    say("locked");
    let _ = std::io::stdin().read_line(&mut line);
    Ok(())
}

/// What the files must hold after the process ended somehow. Says what is wrong.
pub(crate) fn check(name: &str, root: &Path, lines: &[String]) -> Result<(), String> {
    match name {
        "capture" => check_capture(root, lines),
        "migrate" => check_old(root),
        "shred" => check_shred(root, lines),
        "wipe" => check_wipe(root, lines),
        "create" => check_create(root, lines),
        _ => check_secret(root, lines),
    }
}

fn opened(root: &Path, text: &str) -> Result<Vault, String> {
    let vault = open_with(root, text).map_err(|error| format!("does not open: {error:?}"))?;
    match vault.rolled_back() {
        Ok(None) => {}
        other => return Err(format!("rolled back: {other:?}")),
    }
    vault.verify().map_err(|error| format!("does not verify: {error:?}"))?;
    Ok(vault)
}

fn said(lines: &[String], line: &str) -> bool {
    lines.iter().any(|said| said == line)
}

fn check_capture(root: &Path, lines: &[String]) -> Result<(), String> {
    let vault = opened(root, SECRET)?;
    let mut outbox = outbox(root);
    outbox.check().map_err(|error| format!("outbox: {error:?}"))?;
    let wrong = |error: VaultError| format!("{error:?}");
    mend(&vault, &mut outbox)?;
    let queue = vault.queue().map_err(wrong)?;
    let mut finished = BTreeMap::new();
    for line in lines.iter().filter_map(|line| line.strip_prefix("finish ")) {
        let (d, id) = line.split_once(' ').ok_or("a cut line")?;
        let id: EventId = id.parse().map_err(|_| "a cut line")?;
        if queue.iter().filter(|row| row.event == id).count() != 1 {
            return Err(format!("finish of {d} is lost"));
        }
        finished.insert(d.to_owned(), id);
    }
    if !vault.missing_from(&outbox).map_err(wrong)?.is_empty() {
        return Err("an envelope is missing".to_owned());
    }
    for d in (1..=DRAFTS).chain([BEFORE]) {
        let draft = vault.draft(draft_id(d)).map_err(wrong)?;
        let acknowledged = match d {
            BEFORE => 3,
            _ => (1..=STEPS).filter(|step| said(lines, &format!("step {d} {step}"))).count(),
        };
        let there = draft.as_ref().map(|draft| draft.steps.len());
        let is_finished = finished.contains_key(&d.to_string());
        match there {
            Some(_) if is_finished => return Err(format!("draft {d} is finished and still here")),
            Some(there) if there < acknowledged => return Err(format!("draft {d} lost steps")),
            None if acknowledged > 0 && !is_finished && d == 3 => return Err(format!("draft {d} is gone")),
            _ => {}
        }
        for (n, step) in (1..).zip(draft.iter().flat_map(|draft| &draft.steps)) {
            if step.as_slice() != payload(d, n) {
                return Err(format!("draft {d} has another step {n}"));
            }
        }
        if said(lines, &format!("record {d}")) && vault.record(event_id(0x50 + d)).map_err(wrong)?.is_none() {
            return Err(format!("record {d} is lost"));
        }
    }
    // A draft that is gone without a word was finished just before the end: one row for each, not more.
    let gone = (1..DRAFTS)
        .filter(|d| said(lines, &format!("step {d} {STEPS}")))
        .filter(|d| matches!(vault.draft(draft_id(*d)), Ok(None)));
    if gone.count() != queue.len() {
        return Err(format!("{} rows in the queue", queue.len()));
    }
    let case_is_finished = finished.contains_key("2") || matches!(vault.draft(draft_id(2)), Ok(None));
    if !case_is_finished {
        check_file(&vault, lines)?;
    }
    // And it goes on.
    vault.append_steps(draft_id(BEFORE), &[&payload(BEFORE, 4)]).map(drop).map_err(wrong)
}

/// What was acknowledged of the file is there, goes on from there, and reads as what was captured.
fn check_file(vault: &Vault, lines: &[String]) -> Result<(), String> {
    let acknowledged = lines.iter().filter_map(|line| line.strip_prefix("piece ")?.split_once(' ')).next_back();
    let Some((id, upto)) = acknowledged else { return Ok(()) };
    let (id, upto): (EventId, u64) = (id.parse().map_err(|_| "a cut line")?, upto.parse().map_err(|_| "a cut line")?);
    let wrong = |error: VaultError| format!("the file: {error:?}");
    let file = vault.attachment(id).map_err(wrong)?.ok_or("the file is lost")?;
    if file.len < upto || (said(lines, &format!("file {id}")) && file.sha256.is_none()) {
        return Err(format!("{} bytes of the file, and {upto} acknowledged", file.len));
    }
    let end = PIECES[PIECES.len() - 1];
    if file.sha256.is_none() {
        let rest = file_bytes(file.len, end);
        if !rest.is_empty() {
            vault.append_attachment(id, &rest).map_err(wrong)?;
        }
        vault.end_attachment(id).map_err(wrong)?;
    }
    let mut read = Vec::new();
    vault.read_attachment(id, &mut |piece| read.extend_from_slice(piece)).map_err(wrong)?;
    if read == file_bytes(0, end) { Ok(()) } else { Err("the file is another one".to_owned()) }
}

/// As the app does at its start: an envelope in the outbox that the vault does not know is queued, and its draft goes.
fn mend(vault: &Vault, outbox: &mut wayside_vault::outbox::Outbox) -> Result<(), String> {
    let wrong = |error: VaultError| format!("mending: {error:?}");
    let mut chain = chain(vault);
    let mut later: Vec<_> = outbox.items().map_err(wrong)?;
    later.retain(|item| item.seq.is_some_and(|seq| seq >= chain.next_seq()));
    later.sort_by_key(|item| item.seq);
    for item in later {
        let bytes = outbox.bytes(&item.id).map_err(wrong)?.ok_or("an item is gone")?;
        let opened = chain.open(&bytes).map_err(|error| format!("mending: {error:?}"))?;
        let text = String::from_utf8_lossy(&opened.plain).into_owned();
        let d = text.strip_prefix("step 0 of ").and_then(|rest| rest.split(' ').next()?.parse().ok());
        let d: u8 = d.ok_or("an envelope of something else")?;
        let next = opened.next.to_bytes();
        let request = FinishRequest {
            draft: vault.draft(draft_id(d)).map_err(wrong)?.map(|_| draft_id(d)),
            event: EventId::from_bytes(item.id),
            seq: chain.next_seq(),
            envelope_sha256: sha256(&bytes),
            chain: &next,
            at: at(6),
            kept: &[],
        };
        vault.finish(&request).map_err(wrong)?;
        chain = opened.next;
    }
    Ok(())
}

fn check_old(root: &Path) -> Result<(), String> {
    let vault = opened(root, SECRET)?;
    let wrong = |error: VaultError| format!("{error:?}");
    for n in 1..=2 {
        let draft = vault.draft(draft_id(n)).map_err(wrong)?.ok_or("a draft is lost")?;
        if draft.steps.len() != 8 || draft.steps[7].as_slice() != [4; 3000] {
            return Err(format!("draft {n} is not what it was"));
        }
    }
    let setting = vault.setting(CHAIN).map_err(wrong)?;
    if setting.is_none_or(|chain| chain.as_slice() != b"the chain of schema 1")
        || vault.queue().map_err(wrong)?.len() != 1
    {
        return Err("the chain or the queue is not what it was".to_owned());
    }
    if vault_dir(root).join("vault.db.before").exists() {
        return Err("the copy is still there".to_owned());
    }
    vault.put_setting("x", b"1").map_err(wrong)
}

fn check_shred(root: &Path, lines: &[String]) -> Result<(), String> {
    let vault = opened(root, SECRET)?;
    let there = vault.draft(draft_id(BEFORE)).map_err(|error| format!("{error:?}"))?.is_some();
    if there && said(lines, "erased") {
        return Err("erased, and still here".to_owned());
    }
    if there {
        return if crate::content::of(&vault).is_ok() { Ok(()) } else { Err("half erased".to_owned()) };
    }
    let mut hits = 0;
    let id = *case_id(BEFORE).as_bytes();
    vault.scan_pages(&mut |_, bytes| hits += crate::place::count(bytes, &id)).map_err(|error| format!("{error:?}"))?;
    let blobs = files(&vault_dir(root).join("blobs"));
    if hits > 0 || !blobs.is_empty() {
        return Err(format!("{hits} traces, {} files", blobs.len()));
    }
    Ok(())
}

fn check_wipe(root: &Path, lines: &[String]) -> Result<(), String> {
    let (dir, keys) = (vault_dir(root), FileKeys::new(root));
    if Vault::is_present(&dir) {
        if said(lines, "wiped") {
            return Err("wiped, and still present".to_owned());
        }
        // Killed before it began: everything is there.
        opened(root, SECRET).map(drop)?;
    } else if open(root).err() != Some(VaultError::Missing) {
        return Err("half wiped".to_owned());
    }
    Vault::sweep(&dir, &keys).map_err(|error| format!("sweep: {error:?}"))?;
    Vault::wipe(&dir, &keys).map_err(|error| format!("again: {error:?}"))?;
    let left = files(&dir).into_iter().filter(|path| !path.starts_with(dir.join("outbox"))).count();
    let in_key_store =
        files(&root.join("keys")).iter().filter(|path| path.extension().is_none_or(|e| e != "new")).count();
    if left > 0 || in_key_store > 0 {
        return Err(format!("{left} files and {in_key_store} keys are left"));
    }
    let items = outbox(root).items().map_err(|error| format!("{error:?}"))?;
    if items.len() == 1 { Ok(()) } else { Err("the outbox is not what it was".to_owned()) }
}

/// A wipe that had no room for anything from some call on, and was not repeated: nothing is left of vault and keys.
pub(crate) fn check_wiped(root: &Path) -> Result<(), String> {
    let dir = vault_dir(root);
    let left = files(&dir).into_iter().filter(|path| !path.starts_with(dir.join("outbox"))).count();
    let in_key_store = files(&root.join("keys")).len();
    if left > 0 || in_key_store > 0 || Vault::is_present(&dir) {
        return Err(format!("{left} files and {in_key_store} keys are left"));
    }
    if open(root).err() == Some(VaultError::Missing) { Ok(()) } else { Err("something opens".to_owned()) }
}

fn check_create(root: &Path, lines: &[String]) -> Result<(), String> {
    let dir = vault_dir(root);
    if !Vault::is_present(&dir) {
        if said(lines, "created") {
            return Err("created, and not there".to_owned());
        }
        let keys = FileKeys::new(root);
        let made = Vault::create(&dir, &secret(SECRET), &keys, StretchParams::FLOOR);
        drop(made.map_err(|error| format!("cannot be made after all: {error:?}"))?);
    }
    let vault = opened(root, SECRET)?;
    make_outbox(root, &vault);
    let there = vault.setting("x").map_err(|error| format!("{error:?}"))?.is_some();
    if there || !said(lines, "set") { Ok(()) } else { Err("the setting is lost".to_owned()) }
}

fn check_secret(root: &Path, lines: &[String]) -> Result<(), String> {
    let new = open_with(root, NEW_SECRET).map(drop);
    let vault = match new {
        Ok(()) => {
            drop(open_with(root, DURESS).map_err(|error| format!("the decoy does not open: {error:?}"))?);
            if open(root).err() != Some(VaultError::WrongSecret) {
                return Err("both secrets open".to_owned());
            }
            opened(root, NEW_SECRET)?
        }
        Err(_) if said(lines, "changed") => return Err("the new secret does not open".to_owned()),
        Err(_) => opened(root, SECRET)?,
    };
    let draft = vault.draft(draft_id(BEFORE)).map_err(|error| format!("{error:?}"))?;
    if draft.is_some_and(|draft| draft.steps.len() == 3) { Ok(()) } else { Err("the draft is lost".to_owned()) }
}
