//! An enrolled device for tests: HQ has confirmed it, and the test holds HQ's key and the clock.

use std::sync::{Arc, Mutex};

use wayside_model::{DeviceId, Sensitive, Timestamp};
use wayside_seal::{
    ControlEntry, ControlKind, DeviceCertificate, Directory, Key, Recipient, Role, SigningKey, StretchParams, epoch,
    hpke,
};
use wayside_vault::outbox::{Outbox, OutboxConfig};

use crate::device::{Identity, Settings};
use crate::lists_tests::Keys;
use crate::ports::Clock;
use crate::site::SERVICES;
use crate::vault::{Inner, Vault};

pub(crate) const NOW: Timestamp = Timestamp::from_millis(1_790_000_000_000);
const DEVICE: DeviceId = DeviceId::from_bytes([1; 16]);

struct Hand(Mutex<Timestamp>);

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
    fn offset_minutes(&self) -> i32 {
        0
    }
}

fn certificate(site: &str, signing: &SigningKey, sealing: &hpke::PrivateKey) -> DeviceCertificate {
    DeviceCertificate {
        device: DEVICE,
        sign: signing.public(),
        seal: sealing.public().unwrap(),
        role: "interviewer trained specialist child_protection".to_owned(),
        site: site.to_owned(),
        worker: "worker".to_owned(),
        not_before: NOW,
        not_after: NOW.plus_millis(1_000_000_000_000),
    }
}

/// A directory of one organisation, whose case team has this key.
pub(crate) fn directory(hq: &SigningKey, team: hpke::PublicKey) -> Directory {
    Directory {
        org: "org".to_owned(),
        version: 1,
        issued: NOW,
        expires: NOW.plus_millis(1_000_000_000_000),
        root: hq.public(),
        desk: hq.public(),
        recipients: vec![Recipient { role: Role::CaseTeam, key: team }],
        officers: Vec::new(),
    }
}

pub(crate) struct Phone {
    pub(crate) vault: Vault,
    clock: Arc<Hand>,
    hq: SigningKey,
    _folder: tempfile::TempDir,
}

impl Phone {
    pub(crate) fn new() -> Self {
        let (folder, hq) = (tempfile::tempdir().unwrap(), SigningKey::generate().unwrap());
        let secret = Sensitive::new("294017".to_owned());
        let store =
            wayside_vault::Vault::create(folder.path(), &secret, &Keys::default(), StretchParams::FLOOR).unwrap();
        let (signing, sealing) = (SigningKey::generate().unwrap(), hpke::PrivateKey::generate().unwrap());
        let directory = directory(&hq, sealing.public().unwrap());
        let certificate = certificate("TRAINING", &signing, &sealing);
        let started = epoch::start(DEVICE, 1, &directory, &signing).unwrap();
        let settings = Settings(&store);
        let identity = Identity {
            device: DEVICE,
            sign_seed: *signing.seed(),
            seal_secret: *sealing.expose(),
            receipt_key: *started.receipt_key.expose(),
            root_fingerprint: hq.public().fingerprint(),
            words: String::new(),
        };
        settings.put_identity(&identity).unwrap();
        settings.put_directory(&directory.sign(&hq).unwrap()).unwrap();
        settings.put_chain(&started.chain).unwrap();
        settings.put_certificate(&certificate.sign(&hq).unwrap()).unwrap();
        store.put_setting(SERVICES, include_bytes!("training_services.json")).unwrap();
        let config = OutboxConfig { relay: String::new(), device: DEVICE, upload_token: Key::from_bytes([1; 32]) };
        Outbox::create(folder.path(), config).unwrap().add(&started.header).unwrap();
        store.note_contact(NOW).unwrap();
        let clock = Arc::new(Hand(Mutex::new(NOW)));
        let vault = Vault::of(Inner::new(folder.path().to_owned(), store, Arc::<Hand>::clone(&clock)));
        vault.install_built_in().unwrap();
        Self { vault, clock, hq, _folder: folder }
    }

    /// HQ certifies it for another site.
    pub(crate) fn work_at(&self, site: &str) {
        let identity = self.inner().settings().identity().unwrap();
        let sealing = hpke::PrivateKey::generate().unwrap();
        let certificate = certificate(site, &identity.signing_key().unwrap(), &sealing);
        self.inner().settings().put_certificate(&certificate.sign(&self.hq).unwrap()).unwrap();
    }

    pub(crate) fn inner(&self) -> &Inner {
        &self.vault.inner
    }

    /// As if the app was opened again so many days later.
    pub(crate) fn days_later(&self, days: i64) -> Timestamp {
        let now = self.clock.now().plus_millis(days * 24 * 60 * 60 * 1000);
        *self.clock.0.lock().unwrap() = now;
        self.inner().store.keep_time(now).unwrap();
        now
    }

    /// HQ's next entry comes in.
    pub(crate) fn hears(&self, kind: ControlKind, at: Timestamp) {
        let counter = self.inner().outbox().unwrap().control_position().unwrap() + 1;
        let entry = ControlEntry { device: DEVICE, counter, kind, at: Some(at) };
        self.gets(counter, &entry.sign(&self.hq).unwrap());
    }

    /// HQ's first entry, as it is signed.
    pub(crate) fn signed(&self, kind: ControlKind) -> Vec<u8> {
        ControlEntry { device: DEVICE, counter: 1, kind, at: Some(NOW) }.sign(&self.hq).unwrap()
    }

    /// The relay hands on these bytes as an entry.
    pub(crate) fn gets(&self, counter: u64, bytes: &[u8]) {
        self.inner().outbox().unwrap().add_control(counter, bytes).unwrap();
    }
}
