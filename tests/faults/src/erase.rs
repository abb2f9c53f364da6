//! After an erasure nothing holds what was erased: no page, free ones too, no index, no log, no keyring, no outbox, no file.

use wayside_model::EventId;
use wayside_vault::{FinishRequest, NewRecord, RecordClass, TextSource, Vault};

use crate::Amount;
use crate::place::{at, case_id, chain, count, draft_id, event_id, files, folder, make, outbox, vault_dir};
use crate::tally::Tally;

pub(crate) fn run(amount: Amount) -> Tally {
    let mut tally = Tally::default();
    let wanted = amount.of(1_000);
    let mut done = 0;
    while done < wanted {
        let root = folder();
        let vault = make(root.path());
        for n in 1..=50_u8.min((wanted - done) as u8 | 8) {
            one(&vault, root.path(), n, done, &mut tally);
            done += 1;
        }
    }
    tally
}

/// Puts something in, sees that it can be found, erases it, and looks again.
fn one(vault: &Vault, root: &std::path::Path, n: u8, round: usize, tally: &mut Tally) {
    let word = format!("zq{round}x{n}canarywordnobodyelsehas");
    let case = case_id(n);
    let (draft, id) = (draft_id(n), event_id(n));
    let attach = || {
        for (file, ends) in [(EventId::from_bytes([n ^ 0x2a; 16]), true), (EventId::from_bytes([n ^ 0x95; 16]), false)]
        {
            vault.start_attachment(file, case).unwrap();
            vault.append_attachment(file, word.repeat(5000).as_bytes()).unwrap();
            if ends {
                vault.end_attachment(file).unwrap();
            }
        }
    };
    let begin = || {
        vault.start_draft(draft, case, word.as_bytes()).unwrap();
        vault.append_steps(draft, &[word.as_bytes(), &[n; 5000], word.as_bytes()]).unwrap();
    };
    let record = |class| {
        let body = [word.as_bytes(), &[n; 4500]].concat();
        vault.put_record(&NewRecord { id, case, class, at: at(1), body: &body }).unwrap();
    };
    let mut sealed = Vec::new();
    let kind = round % 6;
    match kind {
        0 => begin(),
        1 => {
            begin();
            record(RecordClass::Assigned);
            attach();
        }
        2 => vault.put_texts(TextSource::Directory, &word, &[("name", &word)]).unwrap(),
        3 => record(RecordClass::Assigned),
        4 => vault.put_setting("kept", word.as_bytes()).unwrap(),
        _ => {
            begin();
            attach();
            let before = chain(vault);
            let envelope = before.seal(id, 1, word.as_bytes()).unwrap();
            outbox(root).add(&envelope.bytes).unwrap();
            sealed = envelope.bytes[envelope.bytes.len() - 24..].to_vec();
            let request = FinishRequest {
                draft: Some(draft),
                event: id,
                seq: before.next_seq(),
                envelope_sha256: envelope.sha256,
                chain: &envelope.next.to_bytes(),
                at: at(1),
                kept: &[],
            };
            vault.finish(&request).unwrap();
        }
    }
    let inside = |needle: &[u8]| {
        let mut hits = 0;
        vault.scan_pages(&mut |_, bytes| hits += count(bytes, needle)).unwrap();
        hits
    };
    let in_files = |needle: &[u8]| {
        files(&vault_dir(root)).iter().map(|path| count(&std::fs::read(path).unwrap(), needle)).sum::<usize>()
    };
    let found_before = match kind {
        5 => in_files(&sealed),
        _ => inside(word.as_bytes()),
    };
    tally.check(found_before > 0, || format!("round {round}, kind {kind}: the search finds nothing before either"));
    match kind {
        0 => vault.erase_draft(draft).unwrap(),
        1 | 3 => vault.erase_case(case, &[], None).unwrap(),
        2 => vault.erase_texts(TextSource::Directory, &word).unwrap(),
        4 => vault.put_setting("kept", b"").unwrap(),
        _ => vault.erase_case(case, &[id], Some(&mut outbox(root))).unwrap(),
    }
    if kind == 4 {
        // A setting that is replaced is gone from the log when the vault is next suspended.
        vault.suspend().unwrap();
        vault.resume().unwrap();
    }
    let mut left = inside(word.as_bytes()) + in_files(word.as_bytes());
    if kind != 2 && kind != 4 {
        left += inside(case.as_bytes());
    }
    if !sealed.is_empty() {
        left += in_files(&sealed) + inside(&sealed);
    }
    tally.check(left == 0, || format!("round {round}, kind {kind}: {left} hits after erasure"));
}
