//! A phone, as far as HQ can see it.

use wayside_model::{DeviceId, Event};
use wayside_seal::hpke::PrivateKey;
use wayside_seal::{
    Chain, Checkpoint, ControlEntry, ControlKind, Directory, EnrolmentRecord, EnrolmentRequest, Key, Receipt,
    SigningKey, epoch, item, random, sha256,
};
use wayside_sync::wire;

use crate::now;

pub(crate) struct Phone {
    pub(crate) id: DeviceId,
    pub(crate) request: EnrolmentRequest,
    pub(crate) sign: SigningKey,
    pub(crate) seal: PrivateKey,
    pub(crate) directory: Directory,
    pub(crate) header: Vec<u8>,
    pub(crate) chain: Chain,
    pub(crate) receipt_key: Key,
    /// Number and hash of each envelope made.
    pub(crate) made: Vec<(u64, [u8; 32])>,
    relay: String,
    token: [u8; 32],
}

impl Phone {
    pub(crate) fn enrol(text: &str) -> Self {
        let record = EnrolmentRecord::parse(text).unwrap();
        record.check_fresh(now()).unwrap();
        let (id, sign) = (random::id::<DeviceId>().unwrap(), SigningKey::generate().unwrap());
        let seal = PrivateKey::generate().unwrap();
        let token: [u8; 32] = random::bytes().unwrap();
        let request = EnrolmentRequest {
            device: id,
            token: record.token,
            sign: sign.public(),
            seal: seal.public().unwrap(),
            upload_token_hash: sha256(&token),
            at: now(),
        };
        let asked = send("POST", &record.relay, wire::ENROLMENTS, None, &request.to_bytes(&sign).unwrap());
        assert_eq!(asked.0, 201);
        let (status, directory) = send("GET", &record.relay, wire::DIRECTORY, None, &[]);
        assert_eq!(status, 200);
        let directory = Directory::verify(&directory, &record.root_fingerprint, now(), None).unwrap();
        let started = epoch::start(id, 1, &directory, &sign).unwrap();
        let (header, chain, receipt_key) = (started.header, started.chain, started.receipt_key);
        let (made, relay) = (Vec::new(), record.relay);
        Self { id, request, sign, seal, directory, header, chain, receipt_key, made, relay, token }
    }

    /// Seals an event as the next envelope.
    pub(crate) fn seal(&mut self, event: &Event) -> Vec<u8> {
        let sealed = self.chain.seal(event.id, 1, &wayside_sync::transfer::pack(event).unwrap()).unwrap();
        self.made.push((self.chain.next_seq(), sealed.sha256));
        self.chain = sealed.next;
        sealed.bytes
    }

    pub(crate) fn checkpoint(&self) -> Vec<u8> {
        Checkpoint::make(&self.chain, &self.sign).unwrap()
    }

    pub(crate) fn put(&self, bytes: &[u8]) -> u16 {
        let path = wire::item(&item::id(bytes).unwrap());
        send("PUT", &self.relay, &path, Some(&self.token), bytes).0
    }

    /// Brings an item of another device to the relay, as a carrier does.
    pub(crate) fn bring(&self, owner: DeviceId, bytes: &[u8]) {
        let path = wire::carried(owner, &wire::carried_id(&sha256(bytes)));
        let (status, _) = send("PUT", &self.relay, &path, Some(&self.token), bytes);
        assert!(status == 200 || status == 201, "{status}");
    }

    /// Seals an event and sends it.
    pub(crate) fn send_sealed(&mut self, event: &Event) {
        let bytes = self.seal(event);
        assert_eq!(self.put(&bytes), 201);
    }

    /// Header, these events, checkpoint: one session.
    pub(crate) fn upload(&mut self, events: &[Event]) {
        let mut items = vec![self.header.clone()];
        items.extend(events.iter().map(|event| self.seal(event)));
        items.push(self.checkpoint());
        for bytes in items {
            let status = self.put(&bytes);
            assert!(status == 200 || status == 201, "{status}");
        }
    }

    /// The control log, every entry checked as a device checks it.
    pub(crate) fn control(&self) -> Vec<ControlKind> {
        let mut kinds = Vec::new();
        loop {
            let after = kinds.len() as u64;
            let (status, body) = send("GET", &self.relay, &wire::control(after), Some(&self.token), &[]);
            assert_eq!(status, 200);
            let page: wire::ControlPage = wire::decode(&body).unwrap();
            for (place, entry) in (after + 1..).zip(&page.entries) {
                let verified = ControlEntry::verify(&entry.bytes, &self.directory.desk, self.id).unwrap();
                assert_eq!((verified.counter, entry.counter), (place, place));
                kinds.push(verified.kind);
            }
            if !page.more {
                return kinds;
            }
        }
    }

    /// The directory in force here, taken in as a device does.
    pub(crate) fn newest_directory(&self) -> Directory {
        let root = self.directory.root.fingerprint();
        self.control().into_iter().fold(self.directory.clone(), |held, kind| match kind {
            ControlKind::Directory(bytes) => Directory::verify(&bytes, &root, now(), Some(held.version)).unwrap(),
            _ => held,
        })
    }

    /// What HQ gave receipts for: number and hash.
    pub(crate) fn receipted(&self) -> Vec<(u64, [u8; 32])> {
        let mut items = Vec::new();
        for kind in self.control() {
            if let ControlKind::Receipt(bytes) = kind {
                let receipt = Receipt::verify(&bytes, &self.receipt_key).unwrap();
                assert_eq!((receipt.device, receipt.epoch), (self.id, self.chain.epoch()));
                items.extend(receipt.items);
            }
        }
        items
    }
}

pub(crate) fn send(method: &str, relay: &str, path: &str, token: Option<&[u8; 32]>, body: &[u8]) -> (u16, Vec<u8>) {
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let mut request = ureq::http::Request::builder().method(method).uri(format!("{relay}{path}"));
    if let Some(token) = token {
        request = request.header("Authorization", format!("Bearer {}", wire::bearer(token)));
    }
    let mut answer = if method == "GET" {
        agent.run(request.body(()).unwrap()).unwrap()
    } else {
        agent.run(request.header("Content-Type", wire::MEDIA_TYPE).body(body).unwrap()).unwrap()
    };
    (answer.status().as_u16(), answer.body_mut().read_to_vec().unwrap())
}
