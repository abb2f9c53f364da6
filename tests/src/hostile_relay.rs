//! A relay, or whoever stands in its place, that answers in its own media type and lies.

use crate::device::Device;
use crate::host::Network;
use crate::hq::Hq;
use crate::player;
use crate::scenario::Link;
use std::sync::{Arc, Mutex};
use wayside_field::{
    CancelToken, Failure, LogLevel, LogLine, LogSink, SessionMode, SystemClock, Transport, WireRequest, WireResponse,
    set_log_sink,
};

/// The real relay, but for requests whose path begins with `path`.
struct Lying {
    path: &'static str,
    status: u16,
    body: &'static [u8],
}

impl Transport for Lying {
    fn exchange(&self, request: WireRequest) -> Result<WireResponse, Failure> {
        if !request.url.contains(self.path) {
            return Network(Link::Relay).exchange(request);
        }
        let content_type = "application/vnd.wayside.v1+cbor".to_owned();
        Ok(WireResponse { status: self.status, content_type, retry_after_seconds: None, body: self.body.to_vec() })
    }
    fn abort(&self) {}
}

#[derive(Default)]
struct Heard(Mutex<Vec<LogLine>>);

impl LogSink for Heard {
    fn write(&self, line: LogLine) {
        self.0.lock().unwrap().push(line);
    }
}

/// `{1: [{1: 1, 2: h'00'}], 2: false}`: one entry that nobody signed.
const FORGED: &[u8] = b"\xa2\x01\x81\xa2\x01\x01\x02\x41\x00\x02\xf4";

#[test]
fn a_forged_control_entry_is_heard_of_and_keeps_nothing_away() {
    let hq = Hq::start().unwrap();
    let device = Device::enrol(&hq, Arc::new(SystemClock)).unwrap();
    let sink = Arc::new(Heard::default());
    set_log_sink(Some(sink.clone()));
    let forged = Lying { path: "/v1/control", status: 200, body: FORGED };
    device.vault.sync(Arc::new(forged), &CancelToken::new(), None).unwrap();
    set_log_sink(None);
    let heard = sink.0.lock().unwrap().clone();
    assert!(heard.iter().any(|line| (line.level, line.code, line.number) == (LogLevel::Warning, "signature.wrong", 1)));
    assert!(!device.vault.status().unwrap().confirmed);
    hq.desk(&["pull"]).unwrap();
    hq.desk(&["devices", "confirm", &device.id().unwrap()]).unwrap();
    device.vault.sync(Arc::new(Network(Link::Relay)), &CancelToken::new(), None).unwrap();
    assert!(device.vault.status().unwrap().confirmed, "HQ's own entry 1 came in");
}

/// `{1: "sync.refused"}`.
const REFUSED: &[u8] = b"\xa1\x01\x6csync.refused";

pub(crate) fn refusing() -> impl Transport {
    Lying { path: "/v1/items/", status: 422, body: REFUSED }
}

#[test]
fn a_record_that_is_refused_for_good_is_kept_and_shown() {
    let hq = Hq::start().unwrap();
    let mut device = Device::ready(&hq);
    device.session = Some(device.vault.start_session("wayside-b2", "en", SessionMode::Interview).unwrap());
    player::entries(&mut device, &crate::root().join("tests/scenarios/demo/unconfirmed.json")).unwrap();
    device.session.as_mut().unwrap().finish().unwrap();
    let report = device.vault.sync(Arc::new(refusing()), &CancelToken::new(), None).unwrap();
    let queue = device.vault.queue_status().unwrap();
    assert_eq!((queue.waiting, queue.quarantined), (0, 1), "set aside: {}", report.set_aside);
}
