//! A relay, a desk, and phones made of the seal layer alone, so that the desk is tested against the formats themselves.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail by panicking")]

mod actors;
mod browser;
mod bundles;
mod carried;
mod conflicts;
mod erasure;
mod exports;
mod facts;
mod moved;
mod path;
mod people;
mod phone;
mod publishing;
mod publishing_kinds;
mod records;
mod recovery;
mod refusals;
mod service;
mod terms;
mod tls;
mod verdicts;
mod web;

use std::net::SocketAddr;
use std::time::{SystemTime, UNIX_EPOCH};

use tempfile::TempDir;
use wayside_desk::{Delivery, Desk, Founded, Founding};
use wayside_model::{DeviceId, Sensitive, Timestamp};
use wayside_relay::{RelayConfig, RunningRelay, read_desk_token};
use wayside_seal::StretchParams;
use wayside_sync::wire;

use phone::{Phone, send};

pub(crate) const PASSPHRASE: &str = "quiet river stone lamp winter field";

pub(crate) fn now() -> Timestamp {
    Timestamp::from_millis(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as i64)
}

pub(crate) fn secret(text: &str) -> Sensitive<String> {
    Sensitive::new(text.to_owned())
}

/// A relay that is away, and where it was.
pub(crate) struct Away(SocketAddr);

impl Away {
    pub(crate) fn back(self, world: &mut World) {
        world.relay = wayside_relay::serve(&RelayConfig::new(world.folder.path().join("relay"), self.0)).unwrap();
    }
}

/// Fields are dropped in their order: the desk before the relay, the folder last.
pub(crate) struct World {
    pub(crate) desk: Desk,
    pub(crate) recovery_shares: [Sensitive<String>; wayside_desk::SHARES],
    pub(crate) relay: RunningRelay,
    pub(crate) folder: TempDir,
}

impl World {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listen = SocketAddr::from(([127, 0, 0, 1], 0));
        let relay = wayside_relay::serve(&RelayConfig::new(folder.path().join("relay"), listen)).unwrap();
        let token = read_desk_token(relay.desk_token_file()).unwrap();
        let address = format!("http://{}", relay.address());
        let founding = Founding {
            org: "Example Aid",
            relay: &address,
            relay_token: &token,
            relay_roots: None,
            stretch: StretchParams::FLOOR,
        };
        let founded = Desk::init(&folder.path().join("desk"), &founding, &secret(PASSPHRASE), now()).unwrap();
        let Founded { desk, recovery_shares, directory } = founded;
        assert_eq!(directory, Delivery::Sent);
        Self { desk, recovery_shares, relay, folder }
    }

    /// A phone that has asked and waits.
    pub(crate) fn phone(&self, worker: &str) -> Phone {
        let record = self.desk.enrol("screener", "Northern transit site", worker, now()).unwrap();
        Phone::enrol(&record.to_text())
    }

    /// A phone that two people have compared words for.
    pub(crate) fn confirmed_phone(&self, worker: &str) -> Phone {
        self.confirm(self.phone(worker))
    }

    /// The same at a site of this name.
    pub(crate) fn confirmed_phone_at(&self, site: &str, worker: &str) -> Phone {
        let record = self.desk.enrol("screener", site, worker, now()).unwrap();
        self.confirm(Phone::enrol(&record.to_text()))
    }

    fn confirm(&self, phone: Phone) -> Phone {
        assert_eq!(self.desk.pull(now()).unwrap().enrolments, 1);
        assert_eq!(self.desk.confirm(phone.id, now()).unwrap(), Delivery::Sent);
        phone
    }

    pub(crate) fn reopened(self) -> Self {
        let Self { desk, recovery_shares, relay, folder } = self;
        drop(desk);
        let desk = Desk::open(&folder.path().join("desk"), &secret(PASSPHRASE)).unwrap();
        Self { desk, recovery_shares, relay, folder }
    }

    /// Ends the relay; it comes back on the same address.
    pub(crate) fn relay_goes_away(&mut self) -> Away {
        let listen = self.relay.address();
        let elsewhere = RelayConfig::new(self.folder.path().join("other-relay"), SocketAddr::from(([127, 0, 0, 1], 0)));
        let relay = std::mem::replace(&mut self.relay, wayside_relay::serve(&elsewhere).unwrap());
        relay.shutdown().unwrap();
        Away(listen)
    }

    /// How many items the relay holds.
    pub(crate) fn items_at_the_relay(&self) -> usize {
        let token = read_desk_token(self.relay.desk_token_file()).unwrap();
        let token = wire::token_of(token.expose().trim()).unwrap();
        let url = format!("http://{}", self.relay.address());
        let (_, body) = send("GET", &url, &wire::desk_items(0, 100), Some(&token), &[]);
        wire::decode::<wire::ItemPage>(&body).unwrap().items.len()
    }

    pub(crate) fn device(&self, id: DeviceId) -> wayside_desk::DeviceRow {
        self.desk.devices().unwrap().into_iter().find(|row| row.id == id).unwrap()
    }
}
