//! The figures, each from the shipping path.

use serde::Serialize;
use wayside_model::{DeviceId, ErrorCode, Event, Timestamp};
use wayside_seal::directory::Role;
use wayside_seal::hpke::PrivateKey;
use wayside_seal::item::Header;
use wayside_seal::packed::{Layout, Packing};
use wayside_seal::{Chain, Checkpoint, Directory, EpochSecret, Recipient, SigningKey, epoch, sha256};
use wayside_sync::session::{Heard, Hello, Peer, Receiver, Sender};
use wayside_sync::wire::{self, Stored};
use wayside_sync::{Engine, ItemView, Response, Step, Store, StoreError};

use crate::wire::records::{Records, SITE, WORKER};
use crate::wire::{loopback, slow_link};

const DICTIONARY: &[u8] = include_bytes!("dictionary.txt");
pub(crate) const DEVICE: DeviceId = DeviceId::from_bytes([7; 16]);
const NOW: Timestamp = Timestamp::from_millis(1_789_000_000_000);
/// Records in a session of the longer kind.
const MANY: usize = 20;
/// TLS 1.3 with a chain of two elliptic-curve certificates, both ways, measured; and its round trips with TCP's.
const TLS: (f64, f64) = (2_403.0, 2.0);

/// What `wayside wire --json` prints. Bytes are means.
#[derive(Serialize)]
pub(crate) struct Figures {
    sealed_latin: f64,
    sealed_arabic: f64,
    session_one: f64,
    per_record_in_20: f64,
    slow_link_median_s: f64,
    http_one: f64,
    slow_link_tls_s: f64,
    first_session_one: f64,
    loopback_20_s: f64,
    packed: usize,
    records: usize,
}

impl Figures {
    fn limits(&self) -> [(&'static str, f64, f64); 5] {
        [
            ("sealed_latin", self.sealed_latin, 200.0),
            ("sealed_arabic", self.sealed_arabic, 224.0),
            ("session_one", self.session_one, 400.0),
            ("per_record_in_20", self.per_record_in_20, 205.0),
            ("slow_link_median_s", self.slow_link_median_s, 5.0),
        ]
    }

    /// The figures beyond their limit.
    pub(crate) fn beyond(&self) -> Vec<String> {
        self.limits().iter().filter(|(_, figure, limit)| figure > limit).map(|(name, ..)| (*name).to_owned()).collect()
    }

    /// A line for each figure.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        for (name, figure, limit) in self.limits() {
            text.push_str(&format!("{name:20} {figure:9.2}  at most {limit}\n"));
        }
        for (name, figure) in [
            ("http_one", self.http_one),
            ("slow_link_tls_s", self.slow_link_tls_s),
            ("first_session_one", self.first_session_one),
            ("loopback_20_s", self.loopback_20_s),
        ] {
            text.push_str(&format!("{name:20} {figure:9.2}\n"));
        }
        text.push_str(&format!("{} of {} records packed by layout\n", self.packed, self.records));
        text
    }
}

/// Measures everything. Fails with a sentence where the path itself does not work.
pub(crate) fn measure(records: &Records, layouts: &[Layout]) -> Result<Figures, String> {
    let packing = Packing { layouts, dictionary: DICTIONARY, worker: WORKER, site: SITE };
    let latin = seal_all(&records.latin, &packing)?;
    let arabic = seal_all(&records.arabic, &packing)?;
    let mean = |sizes: Vec<usize>| sizes.iter().sum::<usize>() as f64 / sizes.len().max(1) as f64;
    let sealed = |phone: &Phone| mean(phone.envelopes.iter().map(Vec::len).collect());
    let sessions = |size: usize, first: bool| -> Result<f64, String> {
        let chunks = latin.envelopes.chunks_exact(size);
        let sizes: Result<Vec<_>, _> =
            chunks.enumerate().map(|(n, some)| session(&latin, n * size, some, first)).collect();
        Ok(mean(sizes?))
    };
    let twenty = sessions(MANY, false)?;
    Ok(Figures {
        sealed_latin: sealed(&latin),
        sealed_arabic: sealed(&arabic),
        session_one: sessions(1, false)?,
        per_record_in_20: twenty / MANY as f64,
        slow_link_median_s: slow_link::median_s(twenty, 9_600.0, 1.0, (0.0, 0.0)),
        http_one: http_one(&latin)?,
        slow_link_tls_s: slow_link::median_s(twenty, 9_600.0, 1.0, TLS),
        first_session_one: sessions(1, true)?,
        loopback_20_s: loopback::seconds(Outbox::of(&latin, 0, &latin.envelopes[..MANY], false)?)?,
        packed: latin.packed + arabic.packed,
        records: latin.envelopes.len() + arabic.envelopes.len(),
    })
}

struct Phone {
    header: Vec<u8>,
    envelopes: Vec<Vec<u8>>,
    /// The chain after each envelope.
    chains: Vec<Chain>,
    key: SigningKey,
    packed: usize,
}

/// Packs and seals, and opens and unpacks again as the desk does: what is counted is what arrives.
fn seal_all(events: &[Event], packing: &Packing<'_>) -> Result<Phone, String> {
    let wrong = |error: wayside_seal::SealError| format!("sealing failed: {error}");
    let key = SigningKey::generate().map_err(wrong)?;
    let team = PrivateKey::generate().map_err(wrong)?;
    let recipient = Recipient { role: Role::CaseTeam, key: team.public().map_err(wrong)? };
    let directory = Directory {
        org: "measured".to_owned(),
        version: 1,
        issued: NOW,
        expires: NOW.plus_millis(1),
        root: key.public(),
        desk: key.public(),
        recipients: vec![recipient],
        officers: Vec::new(),
    };
    let started = epoch::start(DEVICE, 1, &directory, &key).map_err(wrong)?;
    let secret = EpochSecret::unwrap(&started.header, &team, &key.public()).map_err(wrong)?;
    let mut phone =
        Phone { header: started.header, envelopes: Vec::new(), chains: vec![started.chain], key, packed: 0 };
    for event in events {
        let plain = packing.pack(event).map_err(wrong)?;
        phone.packed += usize::from(plain.first() == Some(&1));
        let Some(chain) = phone.chains.last() else { return Err("no chain".to_owned()) };
        let sealed = chain.seal(event.id, 1, &plain).map_err(wrong)?;
        let (header, opened) = secret.open(&sealed.bytes).map_err(wrong)?;
        if packing.unpack(&opened, header.id.into()).map_err(wrong)? != *event {
            return Err("a record came back changed".to_owned());
        }
        phone.chains.push(sealed.next);
        phone.envelopes.push(sealed.bytes);
    }
    Ok(phone)
}

/// The outbox of a phone that has some of its envelopes to send, and the checkpoint over them.
pub(crate) struct Outbox {
    items: Vec<(ItemView, Vec<u8>)>,
    pub(crate) hello: Hello,
}

impl Outbox {
    fn of(phone: &Phone, from: usize, envelopes: &[Vec<u8>], first: bool) -> Result<Self, String> {
        let Some(chain) = phone.chains.get(from + envelopes.len()) else { return Err("no chain".to_owned()) };
        let checkpoint = Checkpoint::make(chain, &phone.key).map_err(|error| error.to_string())?;
        let header = first.then_some(&phone.header).into_iter();
        let mut items = Vec::new();
        for bytes in header.chain(envelopes).chain([&checkpoint]) {
            let Header { id, kind, seq, priority, .. } = Header::read(bytes).map_err(|error| error.to_string())?;
            let len = bytes.len() as u64;
            let view =
                ItemView { id, kind, seq: Some(seq), priority, len, handed_over: false, set_aside: false, owner: None };
            items.push((view, bytes.clone()));
        }
        let hello = Hello { device: DEVICE, epoch: 1, highest: chain.next_seq() - 1, control: 100, now: NOW };
        Ok(Self { items, hello })
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.items.iter().all(|(view, _)| view.handed_over)
    }
}

impl Store for Outbox {
    fn items(&self) -> Result<Vec<ItemView>, StoreError> {
        Ok(self.items.iter().map(|(view, _)| *view).collect())
    }
    fn bytes(&self, id: &[u8; 16]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.items.iter().find(|(view, _)| view.id == *id).map(|(_, bytes)| bytes.clone()))
    }
    fn mark_handed_over(&mut self, id: &[u8; 16]) -> Result<(), StoreError> {
        self.items.iter_mut().filter(|(view, _)| view.id == *id).for_each(|(view, _)| view.handed_over = true);
        Ok(())
    }
    fn set_aside(&mut self, _: &[u8; 16], code: ErrorCode) -> Result<(), StoreError> {
        Err(StoreError(code))
    }
    fn control_position(&self) -> Result<u64, StoreError> {
        Ok(self.hello.control)
    }
    fn add_control(&mut self, _: u64, _: &[u8]) -> Result<(), StoreError> {
        Ok(())
    }
    fn upload_token(&self) -> String {
        wire::bearer(&[7; 32])
    }
}

/// Bytes of one session both ways: HELLO, RESUME, frames with the checkpoint, ACK.
fn session(phone: &Phone, from: usize, envelopes: &[Vec<u8>], first: bool) -> Result<usize, String> {
    let wrong = |what: &str| format!("the session does not work: {what}");
    let mut outbox = Outbox::of(phone, from, envelopes, first)?;
    let (mut up, mut down) = (Vec::new(), Vec::new());
    let mut sender = Sender::begin(Peer::Relay, outbox.hello, &mut up).map_err(|_| wrong("hello"))?;
    let mut receiver = Receiver::default();
    let (mut heard_up, mut heard_down) = (0, 0);
    loop {
        for heard in receiver.hear(&up[heard_up..]).map_err(|_| wrong("frames"))? {
            match heard {
                Heard::Hello(_) => {
                    let has = if from == 0 { Vec::new() } else { vec![(1, from as u64)] };
                    receiver.resume(1, has, &mut down).map_err(|_| wrong("resume"))?;
                }
                Heard::Item(bytes) => receiver.kept(&bytes),
            }
        }
        heard_up = up.len();
        sender.hear(&down[heard_down..], &mut outbox).map_err(|_| wrong("answers"))?;
        heard_down = down.len();
        if sender.next(&outbox, &mut up).map_err(|_| wrong("outbox"))? {
            continue;
        }
        if sender.is_settled() {
            break;
        }
        receiver.acknowledge(outbox.hello.control, &mut down).map_err(|_| wrong("ack"))?;
    }
    if outbox.is_empty() { Ok(up.len() + down.len()) } else { Err(wrong("something stayed behind")) }
}

/// The same over HTTP/1.1 as the engine does it without a session: one request an item, then the control log.
fn http_one(phone: &Phone) -> Result<f64, String> {
    let mut outbox = Outbox::of(phone, 0, &phone.envelopes[..1], false)?;
    let (mut engine, mut bytes) = (Engine::new(1), 0);
    loop {
        let step = engine.next_step(&outbox, NOW).map_err(|error| error.to_string())?;
        let Step::Send(request) = step else { return Ok(bytes as f64) };
        let body = if request.body.is_empty() {
            wire::encode(&wire::ControlPage { entries: Vec::new(), more: false })
        } else {
            wire::encode(&Stored { sha256: sha256(&request.body) })
        };
        let (media, length) = (wire::MEDIA_TYPE, request.body.len());
        let bearer = request.bearer.unwrap_or_default();
        let (method, path) = (request.method.as_str(), &request.path);
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: hq.example.org\r\nauthorization: Bearer {bearer}\r\ncontent-type: {media}\r\ncontent-length: {length}\r\n\r\n"
        );
        let answer = format!("HTTP/1.1 200 OK\r\ncontent-type: {media}\r\ncontent-length: {}\r\n\r\n", body.len());
        bytes += head.len() + length + answer.len() + body.len();
        let response = Response { status: 200, content_type: media.to_owned(), body, retry_after_s: None };
        engine.complete(&mut outbox, request.id, response, NOW).map_err(|error| error.to_string())?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::layout::layout;
    use crate::wire::records::synthetic;

    #[test]
    fn every_figure_is_within_its_limit_and_none_would_be_without_the_layout() {
        let records = synthetic(MANY);
        let figures = measure(&records, &[layout()]).unwrap();
        assert_eq!(figures.beyond(), Vec::<String>::new(), "{}", figures.text());
        assert_eq!((figures.packed, figures.records), (2 * MANY, 2 * MANY));
        let packing = Packing { layouts: &[], dictionary: DICTIONARY, worker: WORKER, site: SITE };
        let phone = seal_all(&records.latin, &packing).unwrap();
        let bytes: usize = phone.envelopes.iter().map(Vec::len).sum();
        let plain = Figures { sealed_latin: bytes as f64 / MANY as f64, ..figures };
        assert_eq!((phone.packed, plain.beyond()), (0, vec!["sealed_latin".to_owned()]));
    }
}
