//! An older copy of a phone's files put back: no number is given twice, HQ has everything once and shows what happened.

use crate::device::Device;
use crate::hq::Hq;
use crate::phone_sync::record;
use crate::scenario::{Link, With};
use serde_json::Value;

/// State, epoch and number of every record at HQ.
fn at_hq(hq: &Hq) -> Vec<(String, u64, u64)> {
    let list = hq.desk(&["list"]).unwrap();
    let mut records: Vec<_> = list
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let one = hq.desk(&["show", row["id"].as_str().unwrap()]).unwrap();
            (one["state"].as_str().unwrap().to_owned(), one["epoch"].as_u64().unwrap(), one["seq"].as_u64().unwrap())
        })
        .collect();
    records.sort();
    records
}

fn the_device(hq: &Hq) -> Value {
    hq.desk(&["devices", "list"]).unwrap()[0].clone()
}

fn both_ways(hq: &Hq, device: &mut Device) -> Value {
    device.sync(Link::Relay).unwrap();
    let pulled = hq.desk(&["pull"]).unwrap();
    device.sync(Link::Relay).unwrap();
    pulled
}

#[test]
fn a_copy_that_was_put_back_goes_on_in_a_new_epoch_and_hq_shows_it() {
    let hq = Hq::start().unwrap();
    let mut device = Device::ready(&hq);
    record(&mut device);
    device.keep_files().unwrap();
    device.open(With::Right).unwrap();
    record(&mut device);
    record(&mut device);
    both_ways(&hq, &mut device);
    assert_eq!(the_device(&hq)["restores"], 0);
    // Twice from the same copy: the second must not take the numbers of the first, which it knows nothing of.
    for round in 1..=2 {
        device.put_files_back().unwrap();
        device.open(With::Right).unwrap();
        assert_eq!(device.vault.queue_status().unwrap().waiting, 1, "as it was");
        record(&mut device);
        let pulled = both_ways(&hq, &mut device);
        assert_eq!(pulled["problems"].as_array().map(Vec::len), Some(0), "{pulled}");
        assert_eq!(pulled["gaps"].as_array().map(Vec::len), Some(0), "{pulled}");
        let queue = device.vault.queue_status().unwrap();
        assert_eq!((queue.hq_has_it, queue.waiting + queue.handed_over + queue.quarantined), (2, 0));
        let records = at_hq(&hq);
        assert!(records.iter().all(|(state, ..)| state == "verified"), "{records:?}");
        assert_eq!(records.len(), 3 + round, "nothing lost, nothing twice");
        let mut places: Vec<_> = records.iter().map(|(_, epoch, seq)| (epoch, seq)).collect();
        places.dedup();
        assert_eq!(places.len(), records.len(), "a number is used once: {records:?}");
        assert_eq!(the_device(&hq)["restores"], round);
    }
}

#[test]
fn what_the_old_epoch_had_sealed_is_sent_and_the_next_opening_is_quiet() {
    let hq = Hq::start().unwrap();
    let mut device = Device::ready(&hq);
    record(&mut device);
    record(&mut device);
    device.keep_files().unwrap();
    device.open(With::Right).unwrap();
    device.put_files_back().unwrap();
    for _ in 0..3 {
        device.open(With::Right).unwrap();
    }
    record(&mut device);
    let pulled = both_ways(&hq, &mut device);
    assert_eq!(pulled["problems"].as_array().map(Vec::len), Some(0), "{pulled}");
    let records = at_hq(&hq);
    let epochs: Vec<u64> = records.iter().map(|(_, epoch, _)| *epoch).collect();
    assert_eq!(epochs[..2], [1, 1]);
    assert!(epochs[2] > 1 && records[2].2 == 1, "{records:?}");
    assert_eq!(the_device(&hq)["restores"], 1);
}

/// A live image of an open vault fits its key store when it is put back; HQ's receipts tell.
#[test]
fn an_image_of_an_open_vault_is_known_by_hqs_receipts() {
    let hq = Hq::start().unwrap();
    let mut device = Device::ready(&hq);
    record(&mut device);
    device.vault.suspend().unwrap();
    device.copy_aside().unwrap();
    device.vault.resume().unwrap();
    record(&mut device);
    both_ways(&hq, &mut device);
    device.put_files_back().unwrap();
    device.open(With::Right).unwrap();
    device.sync(Link::Relay).unwrap();
    record(&mut device);
    let pulled = both_ways(&hq, &mut device);
    assert_eq!(pulled["problems"].as_array().map(Vec::len), Some(0), "{pulled}");
    let records = at_hq(&hq);
    assert!(records.len() == 3 && records.iter().all(|(state, ..)| state == "verified"), "{records:?}");
    assert_eq!(the_device(&hq)["restores"], 1);
}

/// A number that was given twice all the same: HQ keeps both and uses neither, shows it, and the phone shows it too.
#[test]
fn what_hq_cannot_use_is_seen_on_both_sides() {
    let hq = Hq::start().unwrap();
    let mut device = Device::ready(&hq);
    device.vault.suspend().unwrap();
    device.copy_aside().unwrap();
    device.vault.resume().unwrap();
    record(&mut device);
    device.sync(Link::Relay).unwrap();
    device.put_files_back().unwrap();
    device.open(With::Right).unwrap();
    record(&mut device);
    assert_eq!(the_device(&hq)["set_aside"], 0);
    let pulled = both_ways(&hq, &mut device);
    let codes: Vec<_> = pulled["problems"].as_array().unwrap().iter().map(|problem| &problem["code"]).collect();
    assert_eq!(codes, ["desk.twice", "desk.twice"]);
    assert_eq!(the_device(&hq)["set_aside"], 2);
    assert_eq!(device.vault.queue_status().unwrap().quarantined, 1);
    assert_eq!(at_hq(&hq).len(), 2, "both are kept");
}
