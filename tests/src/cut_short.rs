//! A finish that is cut short, by an error or a crash, and carried on: one interview is one record, not none and not two.

use crate::device::Device;
use crate::hq::Hq;
use crate::player;
use crate::scenario::{Link, With};
use std::fs;
use std::path::Path;
use wayside_field::{ErrorCode, SessionMode};

fn with_answers(hq: &Hq) -> Device {
    let mut device = Device::ready(hq);
    device.session = Some(device.vault.start_session("wayside-b2", "en", SessionMode::Interview).unwrap());
    player::entries(&mut device, &crate::root().join("tests/scenarios/demo/unconfirmed.json")).unwrap();
    device
}

/// Everything that HQ has opened, when all is sent.
fn records_at_hq(hq: &Hq, device: &mut Device) -> usize {
    device.sync(Link::Relay).unwrap();
    hq.desk(&["pull"]).unwrap();
    device.sync(Link::Relay).unwrap();
    let queue = device.vault.queue_status().unwrap();
    assert_eq!((queue.waiting, queue.handed_over, queue.quarantined), (0, 0, 0));
    let records = hq.desk(&["list"]).unwrap();
    let all = records.as_array().unwrap();
    assert!(all.iter().all(|record| record["state"] == "verified"), "{records:#}");
    assert_eq!(queue.hq_has_it as usize, all.len());
    all.len()
}

/// A folder in a file's place makes every write of it fail, and the file itself is kept.
fn while_blocked<T>(file: &Path, work: impl FnOnce() -> T) -> T {
    let aside = file.with_extension("aside");
    fs::rename(file, &aside).unwrap();
    fs::create_dir(file).unwrap();
    let done = work();
    fs::remove_dir(file).unwrap();
    fs::rename(&aside, file).unwrap();
    done
}

#[test]
fn an_error_after_the_commit_makes_no_second_record() {
    let hq = Hq::start().unwrap();
    let mut device = with_answers(&hq);
    let keyring = device.directory.join("keyring");
    let mut session = device.session.take().unwrap();
    while_blocked(&keyring, || session.finish().map(drop)).unwrap_err();
    assert_eq!(session.discard().unwrap_err().code, ErrorCode::SessionClosed, "HQ's from here on");
    let first = session.finish().unwrap();
    assert!(session.finish().unwrap() == first);
    assert_eq!(device.vault.queue().unwrap().len(), 1);
    assert!(device.vault.drafts().unwrap().is_empty());
    assert_eq!(records_at_hq(&hq, &mut device), 1);
}

#[test]
fn an_error_before_the_outbox_leaves_the_interview_open() {
    let hq = Hq::start().unwrap();
    let mut device = with_answers(&hq);
    let outbox = device.directory.join("outbox/outbox");
    let mut session = device.session.take().unwrap();
    while_blocked(&outbox, || session.finish().map(drop)).unwrap_err();
    assert!(device.vault.queue().unwrap().is_empty());
    session.answer("/data/work/forced", "no").unwrap();
    session.finish().unwrap();
    assert_eq!(records_at_hq(&hq, &mut device), 1);
}

/// The vault as it was before the commit beside the outbox as it was after: what a crash between the two leaves.
#[test]
fn a_crash_between_outbox_and_vault_is_mended() {
    let hq = Hq::start().unwrap();
    let mut device = with_answers(&hq);
    device.vault.lock();
    let before = tempfile::tempdir().unwrap();
    let files = ["vault.db", "keyring", "head"];
    for file in files {
        fs::copy(device.directory.join(file), before.path().join(file)).unwrap();
    }
    device.open(With::Right).unwrap();
    device.resume(1).unwrap();
    let event = device.session.as_mut().unwrap().finish().unwrap().event;
    device.session = None;
    device.vault.lock();
    for file in files {
        fs::copy(before.path().join(file), device.directory.join(file)).unwrap();
    }
    device.open(With::Right).unwrap();
    assert!(device.vault.drafts().unwrap().is_empty(), "the draft went with the commit");
    assert!(device.vault.queue().unwrap().iter().map(|item| item.event).eq([event]));
    assert_eq!(records_at_hq(&hq, &mut device), 1);
}

/// A lost head is what an old copy looks like: reading goes on, writing waits.
#[test]
fn an_old_copy_opens_and_waits_for_a_person() {
    let hq = Hq::start().unwrap();
    let mut device = with_answers(&hq);
    device.vault.lock();
    fs::remove_file(device.directory.join("head")).unwrap();
    device.open(With::Right).unwrap();
    assert!(device.vault.status().unwrap().rolled_back);
    device.resume(1).unwrap();
    let refused = device.session.as_mut().unwrap().finish().map(drop).unwrap_err();
    assert_eq!(refused.code, ErrorCode::VaultRolledBack);
    device.vault.accept_rollback().unwrap();
    assert!(!device.vault.status().unwrap().rolled_back);
    device.session.as_mut().unwrap().finish().unwrap();
    assert_eq!(records_at_hq(&hq, &mut device), 1);
}
