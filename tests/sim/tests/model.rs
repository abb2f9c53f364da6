//! Every way events on two or three devices can go, with a few faults: checked over the shipping queue, intake, receipts and
//! merge rules, through their own entry points. And the same with a transition planted, which has to be found.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking, and says its counts"
)]

use std::collections::BTreeSet;

use stateright::{Checker, Model, Property};
use wayside_model::{DeviceId, Timestamp};
use wayside_seal::chain::next_head;
use wayside_seal::item::Header;
use wayside_seal::{Checkpoint, ItemKind, Receipt};
use wayside_sync::clock::Stamp;
use wayside_sync::intake::{Intake, Verdict};
use wayside_sync::merge::{Case, CaseEvent, Change};
use wayside_sync::queue::{Queue, Row};
use wayside_sync::queue_state::{Happening, State, Word, word};

const NOW: Timestamp = Timestamp::from_millis(0);
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct World {
    queues: Vec<Queue>,
    /// Bytes that are on each device.
    disk: Vec<bool>,
    relay: BTreeSet<usize>,
    relay_epoch: u32,
    intake: Intake,
    /// What HQ's case was given, in order; `None` is the erasure.
    given: Vec<Option<usize>>,
    effects: Vec<u8>,
    /// Receipts on their way.
    receipts: BTreeSet<usize>,
    revoked: Vec<bool>,
    faults: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Step {
    /// The relay keeps the item; its answer arrives or not.
    Send(usize, bool),
    Pull(usize),
    Receipt(usize),
    LoseReceipt(usize),
    GiveAgain(usize),
    Purge(usize),
    Stale(usize),
    Restart(usize),
    RelayRestored,
    Erase,
    Revoke(usize),
}

struct Sync {
    devices: usize,
    /// Faults that a path may hold: restarts, restored relays, lost receipts.
    faults: u8,
    /// Bytes are deleted on the relay's acknowledgement.
    planted: bool,
}

fn device(n: usize) -> DeviceId {
    DeviceId::from_bytes([n as u8 + 1; 16])
}

fn header(n: usize) -> Header {
    Header { kind: ItemKind::Envelope, priority: 1, device_epoch: 1, id: [n as u8 + 10; 16], seq: 1 }
}

fn hash(n: usize) -> [u8; 32] {
    [n as u8 + 20; 32]
}

fn case(given: &[Option<usize>]) -> Case {
    let mut case = Case::default();
    for one in given {
        let n = one.unwrap_or(99);
        let stamp = Stamp { ms: 0, counter: 0, device: device(n % 7) };
        let change = one.map_or(Change::Erase, |n| Change::Note(vec![n as u8]));
        case.insert(CaseEvent { id: [n as u8; 16], stamp, seen: Vec::new(), change });
    }
    case
}

impl World {
    fn hq_has(&self, n: usize) -> bool {
        self.effects[n] > 0
    }
}

impl Model for Sync {
    type State = World;
    type Action = Step;

    fn init_states(&self) -> Vec<World> {
        let queue = |n: usize| {
            let Header { id, kind, priority, device_epoch: epoch, seq } = header(n);
            let mut queue = Queue::default();
            queue.add(Row {
                id,
                sha256: hash(n),
                epoch,
                seq,
                kind,
                priority,
                len: 1,
                sealed_at: NOW,
                state: State::Queued,
                failures: 0,
                crashes: 0,
                in_hand: false,
                with_neighbour: None,
            });
            queue
        };
        let mut intake = Intake::default();
        (0..self.devices).for_each(|n| intake.begin(device(n), 1, [0; 32]));
        vec![World {
            queues: (0..self.devices).map(queue).collect(),
            disk: vec![true; self.devices],
            relay: BTreeSet::new(),
            relay_epoch: 1,
            intake,
            given: Vec::new(),
            effects: vec![0; self.devices],
            receipts: BTreeSet::new(),
            revoked: vec![false; self.devices],
            faults: 0,
        }]
    }

    fn actions(&self, world: &World, steps: &mut Vec<Step>) {
        for n in 0..self.devices {
            let sends = world.queues[n].views(NOW).iter().any(|view| !view.handed_over && !view.set_aside);
            if sends && world.disk[n] && !world.revoked[n] {
                steps.extend([Step::Send(n, true), Step::Send(n, false)]);
            }
            if world.relay.contains(&n) {
                steps.push(Step::Pull(n));
            }
            if world.receipts.contains(&n) {
                steps.push(Step::Receipt(n));
            }
            steps.extend([Step::Purge(n), Step::Stale(n)]);
            if world.hq_has(n) && !world.receipts.contains(&n) {
                steps.push(Step::GiveAgain(n));
            }
            if !world.revoked[n] {
                steps.push(Step::Revoke(n));
            }
            if world.faults < self.faults {
                steps.push(Step::Restart(n));
                if world.receipts.contains(&n) {
                    steps.push(Step::LoseReceipt(n));
                }
            }
        }
        if world.faults < self.faults {
            steps.push(Step::RelayRestored);
        }
        if !world.given.contains(&None) {
            steps.push(Step::Erase);
        }
    }

    fn next_state(&self, last: &World, step: Step) -> Option<World> {
        let mut world = last.clone();
        match step {
            Step::Send(n, answered) => {
                world.relay.insert(n);
                let sent = world.queues[n].happened(&header(n).id, Happening::Sent { offset: 0 });
                if answered && sent {
                    let has = Happening::RelayHas { relay_epoch: world.relay_epoch, at: NOW };
                    world.queues[n].happened(&header(n).id, has);
                    world.disk[n] &= !self.planted;
                }
            }
            Step::Pull(n) => {
                if world.intake.accept(device(n), &header(n), hash(n), hash(n)) == Verdict::New {
                    world.effects[n] += 1;
                    world.given.push(Some(n));
                }
                let head = next_head(&[0; 32], &hash(n));
                world.intake.vouch(&Checkpoint { id: [0; 16], device: device(n), epoch: 1, upto_seq: 1, head });
                if world.intake.receipt_due(device(n), 1).is_some() {
                    world.receipts.insert(n);
                }
            }
            Step::Receipt(n) => {
                world.receipts.remove(&n);
                let receipt = Receipt { device: device(n), epoch: 1, items: vec![(1, hash(n))] };
                world.queues[n].receipt(&receipt, NOW);
            }
            Step::LoseReceipt(n) => {
                world.receipts.remove(&n);
                world.faults += 1;
            }
            Step::GiveAgain(n) => {
                world.intake.give_again(device(n), 1);
                if world.intake.receipt_due(device(n), 1).is_some() {
                    world.receipts.insert(n);
                }
            }
            Step::Purge(n) => {
                if world.queues[n].purge(NOW, 0).contains(&header(n).id) {
                    world.disk[n] = false;
                }
            }
            Step::Stale(n) => {
                world.queues[n].happened(&header(n).id, Happening::Stale);
            }
            Step::Restart(n) => {
                world.queues[n].restart();
                world.faults += 1;
            }
            Step::RelayRestored => {
                world.relay.clear();
                world.relay_epoch += 1;
                world.faults += 1;
                let epoch = world.relay_epoch;
                world.queues.iter_mut().for_each(|queue| queue.look_again(NOW, epoch));
            }
            Step::Erase => world.given.push(None),
            Step::Revoke(n) => world.revoked[n] = true,
        }
        (world != *last).then_some(world)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("nothing is lost", |_, world: &World| {
                (0..world.disk.len()).all(|n| world.disk[n] || world.hq_has(n))
            }),
            Property::always("one effect at most", |_, world: &World| world.effects.iter().all(|count| *count <= 1)),
            Property::always("the word is true", |_, world: &World| {
                (0..world.disk.len())
                    .all(|n| world.queues[n].word(&header(n).id) != Some(Word::HqHasIt) || world.hq_has(n))
            }),
            Property::always("purged means that HQ has it", |_, world: &World| {
                (0..world.disk.len()).all(|n| {
                    world.queues[n].row(&header(n).id).is_some_and(|row| row.state != State::Purged || world.hq_has(n))
                })
            }),
            Property::always("erased stays erased", |_, world: &World| {
                !world.given.contains(&None) || case(&world.given).view().erased
            }),
            Property::sometimes("everything can be purged", |_, world: &World| {
                (0..world.disk.len()).all(|n| {
                    world.queues[n]
                        .row(&header(n).id)
                        .is_some_and(|row| word(row.state) == Word::HqHasIt && row.state == State::Purged)
                })
            }),
        ]
    }
}

fn holds(devices: usize, faults: u8, at_least: usize) {
    let checker = Sync { devices, faults, planted: false }.checker().threads(2).spawn_bfs().join();
    checker.assert_properties();
    let (all, different) = (checker.state_count(), checker.unique_state_count());
    println!("{devices} devices, {faults} faults: {all} states, {different} of them different");
    assert!(different > at_least, "{different} states are too few to say anything");
}

#[test]
fn every_way_of_two_devices_holds_with_a_fault() {
    holds(2, 1, 10_000);
    // Minutes and gigabytes more, where they are asked for.
    if std::env::var_os("WAYSIDE_LONG").is_some() {
        holds(2, 2, 30_000);
        holds(2, 3, 50_000);
        holds(3, 0, 50_000);
    }
}

#[test]
fn deleting_on_the_relays_word_is_found() {
    let checker = Sync { devices: 2, faults: 0, planted: true }.checker().spawn_bfs().join();
    assert!(checker.discovery("nothing is lost").is_some());
}
