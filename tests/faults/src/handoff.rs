//! After the hand-off the phone cannot read the record: with PIN, key store and all files nothing of it can be read.

use wayside_model::EventId;
use wayside_vault::{CHAIN, FinishRequest, Vault};

use crate::Amount;
use crate::place::{at, case_id, chain, copy, count, draft_id, event_id, files, folder, make, open, outbox, vault_dir};
use crate::tally::Tally;

const BATCH: u8 = 40;

pub(crate) fn run(amount: Amount) -> Tally {
    let mut tally = Tally::default();
    for batch in 0..amount.of(1_000).div_ceil(usize::from(BATCH)) {
        one_batch(batch, &mut tally);
    }
    tally
}

fn word(batch: usize, n: u8) -> String {
    format!("zq{batch}x{n}whatapersonsaidinconfidence")
}

/// Interviews captured, finished and handed over; then the phone is looked through by somebody who has everything.
fn one_batch(batch: usize, tally: &mut Tally) {
    let root = folder();
    let vault = make(root.path());
    let mut cases = Vec::new();
    for n in 1..=BATCH {
        let word = word(batch, n);
        vault.start_draft(draft_id(n), case_id(n), word.as_bytes()).unwrap();
        vault.append_steps(draft_id(n), &[word.as_bytes(), word.repeat(200).as_bytes()]).unwrap();
        let file = EventId::from_bytes([n ^ 0x2a; 16]);
        vault.start_attachment(file, case_id(n)).unwrap();
        vault.append_attachment(file, word.repeat(3000).as_bytes()).unwrap();
        vault.end_attachment(file).unwrap();
        if n == 1 {
            let mut hits = 0;
            vault.scan_pages(&mut |_, bytes| hits += count(bytes, word.as_bytes())).unwrap();
            assert!(hits > 3000, "the search finds it before");
        }
        let before = chain(&vault);
        let sealed = before.seal(event_id(n), 1, word.as_bytes()).unwrap();
        outbox(root.path()).add(&sealed.bytes).unwrap();
        let request = FinishRequest {
            draft: Some(draft_id(n)),
            event: event_id(n),
            seq: before.next_seq(),
            envelope_sha256: sealed.sha256,
            chain: &sealed.next.to_bytes(),
            at: at(1),
            kept: &[],
        };
        vault.finish(&request).unwrap();
        cases.push((word, sealed.bytes));
    }
    vault.lock();
    // An image of the phone, and everything that opens it.
    let image = folder();
    copy(root.path(), image.path());
    let vault = open(image.path()).unwrap();
    let left = vault.setting(CHAIN).unwrap().unwrap();
    let left = wayside_seal::Chain::from_bytes(&left).unwrap();
    let mut pieces: Vec<Vec<u8>> =
        files(&vault_dir(image.path())).iter().map(|path| std::fs::read(path).unwrap()).collect();
    vault.scan_pages(&mut |_, bytes| pieces.push(bytes.to_vec())).unwrap();
    for (n, (word, envelope)) in (1..).zip(&cases) {
        let hits: usize = pieces.iter().map(|piece| count(piece, word.as_bytes())).sum();
        let keys = pieces.iter().map(|piece| count(piece, case_id(n).as_bytes())).sum::<usize>();
        tally.check(hits == 0, || format!("batch {batch}: {hits} hits of interview {n}"));
        tally.check(keys == 0, || format!("batch {batch}: the key or name of case {n} is still here"));
        tally.check(left.open(envelope).is_err(), || format!("batch {batch}: the chain opens envelope {n}"));
    }
    drop::<Vault>(vault);
}
