//! A device with real keys and real items.

use wayside_model::{DeviceId, EventId, Timestamp};
use wayside_seal::directory::{Directory, Recipient, Role};
use wayside_seal::hpke::PrivateKey;
use wayside_seal::{Chain, Checkpoint, EnrolmentRequest, SigningKey, epoch, random};
use wayside_sync::{Method, wire};

use crate::client::{World, expect_stored};

pub(crate) struct Phone {
    pub(crate) device: DeviceId,
    pub(crate) key: SigningKey,
    token: [u8; 32],
    pub(crate) header: Vec<u8>,
    chain: Chain,
}

impl Phone {
    pub(crate) fn new() -> Self {
        let (device, key): (DeviceId, _) = (random::id().unwrap(), SigningKey::generate().unwrap());
        let epoch = epoch::start(device, 1, &directory(), &key).unwrap();
        Self { device, key, token: random::bytes().unwrap(), header: epoch.header, chain: epoch.chain }
    }

    /// A device that the relay in `world` has taken in.
    pub(crate) fn enrolled(world: &World) -> Self {
        let phone = Self::new();
        let token = random::bytes().unwrap();
        world.ticket(&token, Timestamp::from_millis(i64::MAX));
        let request = phone.request(&token);
        expect_stored(&world.client.send(Method::Post, wire::ENROLMENTS, &request, None), &request);
        phone
    }

    pub(crate) fn bearer(&self) -> String {
        wire::bearer(&self.token)
    }

    pub(crate) fn request(&self, token: &[u8; 16]) -> Vec<u8> {
        let request = EnrolmentRequest {
            device: self.device,
            token: *token,
            sign: self.key.public(),
            seal: PrivateKey::generate().unwrap().public().unwrap(),
            upload_token_hash: wayside_seal::sha256(&self.token),
            at: Timestamp::from_millis(0),
        };
        request.to_bytes(&self.key).unwrap()
    }

    /// The next envelope, under this id.
    pub(crate) fn envelope(&mut self, id: EventId, priority: u8) -> Vec<u8> {
        let sealed = self.chain.seal(id, priority, b"a record").unwrap();
        self.chain = sealed.next;
        sealed.bytes
    }

    /// An envelope of about this size.
    pub(crate) fn large_envelope(&mut self, size: usize) -> Vec<u8> {
        let sealed = self.chain.seal(random::id().unwrap(), 4, &vec![7; size]).unwrap();
        self.chain = sealed.next;
        sealed.bytes
    }

    pub(crate) fn any_envelope(&mut self, priority: u8) -> Vec<u8> {
        self.envelope(random::id().unwrap(), priority)
    }

    pub(crate) fn checkpoint(&self) -> Vec<u8> {
        Checkpoint::make(&self.chain, &self.key).unwrap()
    }

    pub(crate) fn put(&self, world: &World, item: &[u8]) -> wayside_sync::Response {
        world.client.send(Method::Put, &path(item), item, Some(&self.bearer()))
    }
}

pub(crate) fn path(item: &[u8]) -> String {
    wire::item(&wayside_seal::item::id(item).unwrap())
}

fn directory() -> Directory {
    let key = |seed: u8| SigningKey::from_seed([seed; 32]).unwrap().public();
    Directory {
        org: "org".to_owned(),
        version: 1,
        issued: Timestamp::from_millis(0),
        expires: Timestamp::from_millis(i64::MAX),
        root: key(1),
        desk: key(2),
        recipients: vec![Recipient { role: Role::CaseTeam, key: PrivateKey::generate().unwrap().public().unwrap() }],
        officers: Vec::new(),
    }
}
