//! A file of several parts from a device to the desk, over real processes: cut off while it is captured and while it is sent,
//! put together at HQ, and gone from the device.

use crate::device::Device;
use crate::hq::Hq;
use crate::phone_sync::{household, noise};
use crate::scenario::{Link, With};
use std::sync::Arc;

/// Three parts, the last not full.
const LEN: usize = 2 * 1024 * 1024 + 300_000;

#[test]
fn a_film_goes_on_after_a_cut_and_comes_whole_to_hq() {
    let hq = Hq::start().unwrap();
    let mut device = Device::ready(&hq);
    let mut session = household(&device);
    let film: Vec<u8> = noise(7, LEN).collect();
    let name = session.begin_file("/data/photo", "mp4").unwrap();
    session.append_file(&name, &film[..1_500_000]).unwrap();
    // The process is gone in the middle of the capture.
    drop(session);
    let clock = Arc::clone(&device.clock);
    device = device.after_a_crash(clock);
    let draft = device.vault.drafts().unwrap()[0].id;
    let mut session = device.vault.resume_session(draft).unwrap();
    let open = session.files().unwrap();
    assert_eq!((open.len(), open[0].bytes, open[0].ended), (1, 1_500_000, false));
    assert_eq!(session.finish().err().unwrap().code.as_str(), "session.step", "a file that has not ended");
    for piece in film[1_500_000..].chunks(400_000) {
        session.append_file(&name, piece).unwrap();
    }
    session.end_file(&name).unwrap();
    assert!(session.read_file(&name, 1_400_000, 200_000).unwrap().as_slice() == &film[1_400_000..1_600_000]);
    session.finish().unwrap();
    assert_eq!(device.vault.queue_status().unwrap().waiting, 1, "a record and its three parts are one");
    let blobs = std::fs::read_dir(device.directory.join("blobs")).unwrap().count();
    assert_eq!(blobs, 0, "nothing of it can be read here any more");

    device.sync(Link::Relay).unwrap();
    hq.desk(&["pull"]).unwrap();
    device.sync(Link::Relay).unwrap();
    assert_eq!(device.vault.queue_status().unwrap().hq_has_it, 1);
    let list = hq.desk(&["list"]).unwrap();
    let id = list[0]["id"].as_str().unwrap().to_owned();
    let shown = hq.desk(&["show", &id]).unwrap();
    let file = &shown["screening"]["attachments"][0];
    assert_eq!((file["bytes"].as_u64(), file["has_come"].as_bool()), (Some(LEN as u64), Some(true)));
    let out = device.directory.join("out.mp4");
    hq.desk(&["file", &id, &name, "--out", out.to_str().unwrap()]).unwrap();
    assert!(std::fs::read(&out).unwrap() == film, "the very film");
    assert!(hq.desk(&["file", &id, "another.mp4", "--out", "unused"]).is_err());
    device.open(With::Right).unwrap();
}
