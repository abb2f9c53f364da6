//! Looks for plain text in every file, also unlinked ones that are still open, at many moments.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use wayside_model::EventId;
use wayside_vault::{AuditAction, FinishRequest, NewRecord, RecordClass, TextSource, Vault};

use crate::keys::FileKeys;
use crate::place::{
    CANARY, SECRET, at, case_id, chain, copy, count, draft_id, event_id, files, folder, make, open, outbox, secret,
    vault_dir,
};
use crate::tally::Tally;
use crate::{Amount, content};

/// What must not be found, and where it hides.
struct Needles(Vec<(String, Vec<u8>)>);

impl Needles {
    fn new() -> Self {
        let mut all = Vec::new();
        for word in [CANARY, SECRET, "draft_by_case", "SQLite format 3", "wayside"] {
            let utf16 = |bytes: fn(u16) -> [u8; 2]| word.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
            let hex: String = word.bytes().map(|byte| format!("{byte:02x}")).collect();
            let mut forms = vec![
                ("UTF-8", word.as_bytes().to_vec()),
                ("UTF-16LE", utf16(u16::to_le_bytes)),
                ("UTF-16BE", utf16(u16::to_be_bytes)),
                ("hex", hex.clone().into_bytes()),
                ("HEX", hex.to_uppercase().into_bytes()),
            ];
            // Base64 depends on where in three bytes the word begins; the ends that depend on neighbours are left out.
            for lead in 0..3 {
                let text = STANDARD.encode([&vec![b'x'; lead], word.as_bytes()].concat());
                let from = [0, 2, 3][lead];
                let to = text.len() - 4;
                forms.push(("base64", text.as_bytes()[from..to].to_vec()));
            }
            // Short words would hit by chance.
            forms.retain(|(_, bytes)| bytes.len() >= 6);
            all.extend(forms.into_iter().map(|(form, bytes)| (format!("{word} as {form}"), bytes)));
        }
        Self(all)
    }

    /// The first that is found in any file of the vault, or in a file that this process has open below `root`. The outbox's
    /// address is not secret, and the key store's own files stand for hardware.
    fn found(&self, root: &Path) -> Option<String> {
        let mut paths = files(&vault_dir(root));
        for fd in std::fs::read_dir("/proc/self/fd").into_iter().flatten().flatten() {
            if std::fs::read_link(fd.path()).is_ok_and(|target| {
                target.starts_with(root) || target.starts_with("/tmp") || target.starts_with("/var/tmp")
            }) {
                paths.push(fd.path());
            }
        }
        for path in paths {
            // A file may go between the listing and the look.
            let Ok(bytes) = std::fs::read(&path) else { continue };
            if let Some((what, _)) = self.0.iter().find(|(_, needle)| count(&bytes, needle) > 0) {
                return Some(format!("{what} in {:?}", path.file_name()?));
            }
        }
        None
    }
}

pub(crate) fn run(amount: Amount) -> Tally {
    let mut tally = Tally::default();
    let needles = Needles::new();
    let proof = folder();
    std::fs::create_dir_all(vault_dir(proof.path())).unwrap();
    for (what, needle) in &needles.0 {
        std::fs::write(vault_dir(proof.path()).join("x"), [b"..", needle.as_slice(), b".."].concat()).unwrap();
        assert!(needles.found(proof.path()).is_some(), "the search does not find {what}");
    }
    for round in 0..amount.of(50) {
        moments(&needles, round, &mut tally);
    }
    tally
}

fn moments(needles: &Needles, round: usize, tally: &mut Tally) {
    let root = folder();
    let root = root.path();
    let look = |when: &str, tally: &mut Tally| {
        tally.case(needles.found(root).map(|what| format!("round {round}, {when}: {what}")));
    };
    let vault = make(root);
    look("made", tally);
    vault.start_draft(draft_id(20), case_id(20), CANARY.as_bytes()).unwrap();
    look("draft", tally);
    vault.append_steps(draft_id(20), &[CANARY.as_bytes()]).unwrap();
    look("step", tally);
    content::fill(&vault, CANARY);
    look("filled", tally);
    // A transaction far beyond the cache, looked at while it runs.
    let (done, moments) = (AtomicBool::new(false), AtomicUsize::new(0));
    let seen = std::thread::scope(|scope| {
        let watch = scope.spawn(|| {
            let mut seen = None;
            while !done.load(Ordering::Relaxed) {
                seen = seen.or_else(|| needles.found(root));
                moments.fetch_add(1, Ordering::Relaxed);
            }
            seen
        });
        let step = CANARY.repeat(100);
        let steps: Vec<&[u8]> = (0..600).map(|_| step.as_bytes()).collect();
        vault.append_steps(draft_id(20), &steps).unwrap();
        content::of(&vault).unwrap();
        vault.verify().unwrap();
        done.store(true, Ordering::Relaxed);
        watch.join().unwrap()
    });
    (0..moments.load(Ordering::Relaxed)).for_each(|_| tally.check(true, String::new));
    tally.case(seen.map(|what| format!("round {round}, within a transaction: {what}")));
    let file = EventId::from_bytes([0x61; 16]);
    vault.start_attachment(file, case_id(20)).unwrap();
    vault.append_attachment(file, CANARY.repeat(4000).as_bytes()).unwrap();
    look("within a capture", tally);
    vault.end_attachment(file).unwrap();
    look("captured", tally);
    vault.search_texts(TextSource::Directory, "harbour", 10).unwrap();
    look("searched", tally);
    vault.verify().unwrap();
    look("verified", tally);
    vault.suspend().unwrap();
    look("suspended", tally);
    vault.resume().unwrap();
    look("resumed", tally);
    let record =
        NewRecord { id: event_id(30), case: case_id(30), class: RecordClass::Copy, at: at(3), body: CANARY.as_bytes() };
    vault.put_record(&record).unwrap();
    look("record", tally);
    vault.note(AuditAction::View, CANARY.as_bytes()).unwrap();
    look("audit", tally);
    let before = chain(&vault);
    let sealed = before.seal(event_id(31), 1, CANARY.as_bytes()).unwrap();
    outbox(root).add(&sealed.bytes).unwrap();
    look("sealed", tally);
    let finished = FinishRequest {
        draft: Some(draft_id(20)),
        event: event_id(31),
        seq: 2,
        envelope_sha256: sealed.sha256,
        chain: &sealed.next.to_bytes(),
        at: at(4),
        kept: &[],
    };
    vault.finish(&finished).unwrap();
    look("finished", tally);
    vault.erase_case(case_id(1), &[], None).unwrap();
    look("erased", tally);
    vault.erase_texts(TextSource::Directory, "a").unwrap();
    look("texts erased", tally);
    let crashed = folder();
    copy(root, crashed.path());
    tally.case(needles.found(crashed.path()).map(|what| format!("round {round}, as after a crash: {what}")));
    vault.lock();
    look("locked", tally);
    let _ = Vault::open(&vault_dir(root), &secret("999999"), &FileKeys::new(root));
    look("a wrong guess", tally);
    let vault = open(root).unwrap();
    look("opened", tally);
    vault.panic_wipe(&FileKeys::new(root)).unwrap();
    look("panic", tally);
    Vault::sweep(&vault_dir(root), &FileKeys::new(root)).unwrap();
    look("swept", tally);
}
