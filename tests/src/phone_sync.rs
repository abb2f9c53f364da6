//! What a phone sends, and sends again, over the real relay.

use crate::device::Device;
use crate::host::Network;
use crate::hq::Hq;
use crate::player;
use crate::scenario::Link;
use std::sync::{Arc, Mutex};
use wayside_field::{
    CancelToken, CaseRequest, Entry, Failure, FormSession, Method, SessionMode, Transport, WireRequest, WireResponse,
};

/// The real relay, with a list of what was asked of it; it breaks off once after so many requests.
struct Listed {
    asked: Mutex<Vec<(Method, String, usize)>>,
    break_at: Option<usize>,
}

impl Listed {
    fn new(break_at: Option<usize>) -> Arc<Self> {
        Arc::new(Self { asked: Mutex::default(), break_at })
    }
    fn puts(&self) -> Vec<(String, usize)> {
        let asked = self.asked.lock().unwrap();
        let puts = asked.iter().filter(|(method, ..)| *method == Method::Put);
        puts.map(|(_, url, len)| (url.clone(), *len)).collect()
    }
}

impl Transport for Listed {
    fn exchange(&self, request: WireRequest) -> Result<WireResponse, Failure> {
        let count = {
            let mut asked = self.asked.lock().unwrap();
            asked.push((request.method, request.url.clone(), request.body.len()));
            asked.len()
        };
        if self.break_at.is_some_and(|at| count > at) {
            return Err(Failure::Cancelled);
        }
        Network(Link::Relay).exchange(request)
    }
    fn abort(&self) {}
}

pub(crate) fn record(device: &mut Device) {
    device.session = Some(device.vault.start_session("wayside-b2", "en", SessionMode::Interview).unwrap());
    player::entries(device, &crate::root().join("tests/scenarios/demo/unconfirmed.json")).unwrap();
    device.session.as_mut().unwrap().finish().unwrap();
}

/// A session behind its gates, with everything answered but the file.
pub(crate) fn household(device: &Device) -> FormSession {
    let mut session = device.vault.start_session("household", "", SessionMode::Interview).unwrap();
    let gates = std::fs::read_to_string(crate::root().join("tests/scenarios/demo/unconfirmed.json")).unwrap();
    let gates: Vec<Entry> = serde_json::from_str(&gates).unwrap();
    gates.iter().filter(|entry| !matches!(entry, Entry::Value { .. })).for_each(|one| session.apply(one).unwrap());
    session.answer("/data/members", "3").unwrap();
    session
}

/// Bytes that do not shrink when they are packed.
pub(crate) fn noise(mut seed: u32, len: usize) -> impl Iterator<Item = u8> {
    let next = move || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 24) as u8
    };
    std::iter::repeat_with(next).take(len)
}

/// A record with a picture of 90 kB in it.
pub(crate) fn large_record(device: &mut Device) {
    let mut session = household(device);
    let mut photo = std::fs::read(crate::root().join("tests/scenarios/forms/photo.png")).unwrap();
    photo.extend(noise(1, 90_000));
    session.attach("/data/photo", "png", photo).unwrap();
    session.finish().unwrap();
}

#[test]
fn a_receipt_frees_all_that_only_served_the_record() {
    let hq = Hq::start().unwrap();
    let mut device = Device::ready(&hq);
    for _ in 0..3 {
        record(&mut device);
    }
    device.sync(Link::Relay).unwrap();
    hq.desk(&["pull"]).unwrap();
    device.sync(Link::Relay).unwrap();
    assert_eq!(device.vault.queue_status().unwrap().hq_has_it, 3);
    record(&mut device);
    let listed = Listed::new(None);
    device.vault.sync(listed.clone(), &CancelToken::new(), None).unwrap();
    let puts: Vec<usize> = listed.puts().into_iter().map(|(_, len)| len).collect();
    assert_eq!(puts.len(), 2, "the new record and its checkpoint, nothing of before: {puts:?}");
    // 4.7 kB in canonical form, most of it the explanation.
    assert!(puts[0] < 1_200, "{puts:?}");
}

#[test]
fn what_is_sealed_on_several_threads_gets_a_number_each() {
    let hq = Hq::start().unwrap();
    let mut device = Device::ready(&hq);
    record(&mut device);
    let code = device.vault.work_list().unwrap()[0].code.clone();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for n in 0..5 {
                    let text = format!("number {n} is another");
                    device.vault.request(&code, CaseRequest::Correction { text }).unwrap();
                }
            });
        }
    });
    assert_eq!(device.vault.queue_status().unwrap().waiting, 21);
    device.sync(Link::Relay).unwrap();
    let pulled = hq.desk(&["pull"]).unwrap();
    assert_eq!(pulled["problems"].as_array().map_or(0, Vec::len), 0, "{pulled}");
    device.sync(Link::Relay).unwrap();
    assert_eq!(device.vault.queue_status().unwrap().hq_has_it, 21);
}

#[test]
fn a_large_record_goes_on_at_the_byte_the_relay_has() {
    let hq = Hq::start().unwrap();
    let mut device = Device::ready(&hq);
    large_record(&mut device);
    // On a quick link the second part is all the rest: it is the one that does not arrive.
    let cut = Listed::new(Some(2));
    device.vault.sync(cut.clone(), &CancelToken::new(), None).unwrap();
    let again = Listed::new(None);
    device.vault.sync(again.clone(), &CancelToken::new(), None).unwrap();
    let parts = |listed: &Listed| -> Vec<usize> {
        listed.puts().into_iter().filter(|(url, _)| url.contains("/parts?offset=")).map(|(_, len)| len).collect()
    };
    let (before, after) = (parts(&cut), parts(&again));
    let (sent, largest) = (before.iter().chain(&after).sum::<usize>(), before.iter().max().copied().unwrap_or(0));
    assert!(before.len() >= 2 && !after.is_empty(), "{before:?} {after:?}");
    assert!(!again.puts().iter().any(|(url, _)| url.contains("offset=0&")), "it began anew");
    let resumed = again.puts().iter().find(|(url, _)| url.contains("/parts?")).unwrap().0.clone();
    let total: usize = resumed.split_once("total=").unwrap().1.parse().unwrap();
    assert!(sent <= total + largest, "{sent} bytes for {total}");
    hq.desk(&["pull"]).unwrap();
    device.sync(Link::Relay).unwrap();
    assert_eq!(device.vault.queue_status().unwrap().hq_has_it, 1);
}

#[test]
fn what_was_set_aside_goes_when_a_person_says_so() {
    let hq = Hq::start().unwrap();
    let mut device = Device::ready(&hq);
    record(&mut device);
    device.vault.sync(Arc::new(crate::hostile_relay::refusing()), &CancelToken::new(), None).unwrap();
    assert_eq!(device.vault.queue_status().unwrap().quarantined, 1);
    device.sync(Link::Relay).unwrap();
    assert_eq!(device.vault.queue_status().unwrap().quarantined, 1, "not by itself");
    device.vault.retry_set_aside().unwrap();
    device.sync(Link::Relay).unwrap();
    assert_eq!(device.vault.queue_status().unwrap().handed_over, 1);
}
