//! Keeping a vault in order where something goes wrong: what must hold then, and what a missing step would look like.

use crate::device::Device;
use crate::host::Network;
use crate::hq::Hq;
use crate::player;
use crate::scenario::{Link, With};
use std::sync::Arc;
use wayside_field::{CancelToken, ErrorCode, SessionMode, Transport, WireRequest, WireResponse};

fn begin(device: &mut Device) {
    device.session = Some(device.vault.start_session("wayside-b2", "en", SessionMode::Interview).unwrap());
    player::entries(device, &crate::root().join("tests/scenarios/entries/agreed.json")).unwrap();
}

fn codes(device: &Device) -> Vec<&'static str> {
    device.vault.audit().unwrap().iter().map(|entry| entry.code).collect()
}

fn unsigned(device: &Device) -> usize {
    device.vault.audit().unwrap().iter().filter(|entry| !entry.signed).count()
}

/// Nobody is there, and whoever waits is told to stop.
struct Cut;

impl Transport for Cut {
    fn exchange(&self, _: WireRequest) -> Result<WireResponse, wayside_field::Failure> {
        Err(wayside_field::Failure::NoPath)
    }
    fn abort(&self) {}
}

#[test]
fn at_a_border_what_hq_has_goes_also_when_the_sync_fails() {
    let hq = Hq::start().unwrap();
    let mut device = Device::ready(&hq);
    begin(&mut device);
    device.session = None;
    let cancelled = CancelToken::new();
    cancelled.cancel();
    let border = device.vault.clear_for_border(Arc::new(Cut), &cancelled, None);
    assert_eq!(border.unwrap_err().code, ErrorCode::Cancelled);
    assert_eq!(codes(&device).last(), Some(&"audit.border"), "it was done all the same");
    assert_eq!(device.vault.drafts().unwrap().len(), 1, "and took nothing that HQ does not have");
}

#[test]
fn the_audit_log_is_signed_at_a_lock_and_at_a_finish_and_not_without() {
    let hq = Hq::start().unwrap();
    let mut device = Device::ready(&hq);
    device.open(With::Right).unwrap();
    assert_eq!(unsigned(&device), 1, "the opening itself");
    // As after a crash: nothing is locked, nothing is signed.
    let clock = Arc::clone(&device.clock);
    device = device.after_a_crash(clock);
    assert_eq!((unsigned(&device), codes(&device).len()), (2, 2));
    begin(&mut device);
    device.session.as_mut().unwrap().finish().unwrap();
    assert_eq!(unsigned(&device), 0, "signed with the finish");
    device.open(With::Right).unwrap();
    device.open(With::Right).unwrap();
    assert_eq!(unsigned(&device), 1, "signed with each lock, but for the newest opening");
}

#[test]
fn a_decoy_says_nothing_of_the_worker_and_the_worker_nothing_of_it() {
    let hq = Hq::start().unwrap();
    let mut device = Device::ready(&hq);
    let files = |device: &Device| {
        let mut names: Vec<_> = std::fs::read_dir(device.directory.join("other"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .filter(|name| !name.to_string_lossy().starts_with("vault.db-"))
            .collect();
        names.sort();
        names
    };
    let without_code = files(&device);
    begin(&mut device);
    device.session = None;
    device.change_secret(None, Some(crate::scenario::Duress::Decoy)).unwrap();
    assert_eq!(files(&device), without_code, "no file tells whether there is a duress code");
    let id = device.id().unwrap();
    device.open(With::Duress).unwrap();
    let status = device.vault.status().unwrap();
    assert_eq!((status.device.to_string(), status.training, status.rolled_back), (id, false, false));
    assert!(device.vault.drafts().unwrap().is_empty() && device.vault.queue().unwrap().is_empty());
    assert_eq!(device.vault.open_decoy().err().map(|error| error.code), Some(ErrorCode::VaultMissing));
    begin(&mut device);
    device.session.as_mut().unwrap().finish().unwrap();
    let report = device.vault.sync(Arc::new(Network(Link::Relay)), &CancelToken::new(), None).unwrap();
    let shown = report.progress;
    assert_eq!((shown.done, shown.total), (2, 2), "record and checkpoint, though the worker had nothing to send");
    assert!(shown.bytes > 300, "{}", shown.bytes);
    begin(&mut device);
    device.session.as_mut().unwrap().finish().unwrap();
    let counts = |device: &Device| {
        let status = device.vault.queue_status().unwrap();
        (status.waiting, status.handed_over)
    };
    assert_eq!(counts(&device), (1, 1));
    device.sync_locked(Link::Relay).unwrap();
    device.vault.apply_received().unwrap();
    assert_eq!(counts(&device), (0, 2), "a sync in the background is one too");
    hq.desk(&["pull"]).unwrap();
    assert!(hq.desk(&["list"]).unwrap().as_array().unwrap().is_empty(), "what a decoy finishes goes to nobody");
    device.open(With::NewSecret).unwrap();
    assert_eq!((device.vault.drafts().unwrap().len(), device.vault.queue().unwrap().len()), (1, 0));
}

#[test]
fn a_vault_that_was_put_back_whole_shows_at_hq_by_its_log() {
    let hq = Hq::start().unwrap();
    let mut device = Device::ready(&hq);
    let record = |device: &mut Device| {
        begin(device);
        device.session.as_mut().unwrap().finish().unwrap();
        device.session = None;
        device.sync(Link::Relay).unwrap();
    };
    let breaks = || hq.desk(&["devices", "list"]).unwrap()[0]["log_breaks"].as_array().unwrap().clone();
    record(&mut device);
    device.vault.lock();
    let files = ["vault.db", "head", "keyring"].map(|name| device.directory.join(name));
    let old = files.each_ref().map(|file| std::fs::read(file).unwrap());
    for _ in 0..6 {
        device.open(With::Right).unwrap();
    }
    record(&mut device);
    hq.desk(&["pull"]).unwrap();
    assert!(breaks().is_empty(), "a log that only grew");
    device.vault.lock();
    for (file, bytes) in files.iter().zip(&old) {
        std::fs::write(file, bytes).unwrap();
    }
    device.open(With::Right).unwrap();
    record(&mut device);
    hq.desk(&["pull"]).unwrap();
    let found = breaks();
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0]["told"].as_u64() < found[0]["seen"].as_u64(), "{found:?}");
}
