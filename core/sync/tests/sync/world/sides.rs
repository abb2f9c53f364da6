//! The two ends: a device's store and a relay, both in memory.

use std::collections::BTreeMap;

use wayside_model::ErrorCode;
use wayside_sync::wire::{self, ControlItem, ControlPage};
use wayside_sync::{ItemKind, ItemView, Request, Response, Store, StoreError};

use super::{Plant, health, ours, problem, stored};

#[derive(Clone, PartialEq)]
pub(crate) struct Device {
    items: Vec<(ItemView, Vec<u8>)>,
    pub(crate) control: Vec<u64>,
    lies: bool,
}

impl Device {
    /// Items as (kind, priority): 0 = header, 1 = envelope, 2 = checkpoint.
    pub(crate) fn new(items: &[(u8, u8)], plant: Plant) -> Self {
        let mut held = Vec::new();
        for (n, (kind, priority)) in items.iter().enumerate() {
            let bytes = vec![*kind, *priority, n as u8];
            let kind = [ItemKind::EpochHeader, ItemKind::Envelope, ItemKind::Checkpoint][usize::from(*kind)];
            let priority = if kind == ItemKind::Envelope { *priority } else { 0 };
            let (id, seq, len) = ([n as u8 + 1; 16], Some(n as u64), bytes.len() as u64);
            held.push((
                ItemView { id, kind, seq, priority, len, handed_over: false, set_aside: false, owner: None },
                bytes,
            ));
        }
        Self { items: held, control: Vec::new(), lies: plant == Plant::UrgentLast }
    }

    pub(crate) fn views(&self) -> impl Iterator<Item = &ItemView> {
        self.items.iter().map(|(view, _)| view)
    }

    pub(crate) fn view(&self, id: &[u8; 16]) -> Option<&ItemView> {
        self.views().find(|view| view.id == *id)
    }

    pub(crate) fn waiting(&self) -> impl Iterator<Item = &ItemView> {
        self.views().filter(|view| !view.handed_over && !view.set_aside)
    }

    pub(crate) fn remove(&mut self, id: &[u8; 16]) {
        self.items.retain(|(view, _)| view.id != *id);
    }

    fn change(&mut self, id: &[u8; 16], change: impl Fn(&mut ItemView)) {
        self.items.iter_mut().filter(|(view, _)| view.id == *id).for_each(|(view, _)| change(view));
    }
}

impl Store for Device {
    fn items(&self) -> Result<Vec<ItemView>, StoreError> {
        let mut views: Vec<_> = self.views().copied().collect();
        if self.lies {
            views.iter_mut().for_each(|view| view.priority = 4 - view.priority);
        }
        Ok(views)
    }
    fn bytes(&self, id: &[u8; 16]) -> Result<Option<Vec<u8>>, StoreError> {
        let found = self.items.iter().find(|(view, _)| view.id == *id);
        Ok(found.map(|(_, bytes)| bytes.clone()))
    }
    fn mark_handed_over(&mut self, id: &[u8; 16]) -> Result<(), StoreError> {
        self.change(id, |view| view.handed_over = true);
        Ok(())
    }
    fn set_aside(&mut self, id: &[u8; 16], _: ErrorCode) -> Result<(), StoreError> {
        self.change(id, |view| view.set_aside = true);
        Ok(())
    }
    fn control_position(&self) -> Result<u64, StoreError> {
        Ok(self.control.last().copied().unwrap_or(0))
    }
    fn add_control(&mut self, counter: u64, _: &[u8]) -> Result<(), StoreError> {
        self.control.push(counter);
        Ok(())
    }
    fn upload_token(&self) -> String {
        wire::bearer(&[7; 32])
    }
}

pub(crate) struct Relay {
    pub(crate) held: BTreeMap<[u8; 16], Vec<u8>>,
    pub(crate) entries: u64,
    /// What it answers to one item, whatever else happens.
    pub(crate) quirk: Option<([u8; 16], Response)>,
}

impl Relay {
    pub(crate) fn new(entries: u64) -> Self {
        Self { held: BTreeMap::new(), entries, quirk: None }
    }

    pub(crate) fn answer(&mut self, request: &Request) -> Response {
        if request.path == wire::HEALTH {
            return health();
        }
        if request.bearer != Some(wire::bearer(&[7; 32])) {
            return problem(401, "sync.credential");
        }
        if let Some(after) = request.path.strip_prefix("/v1/control?after=") {
            let after: u64 = after.parse().unwrap();
            let last = self.entries.min(after + 2);
            let entries = (after + 1..=last).map(|counter| ControlItem { counter, bytes: vec![1] }).collect();
            return ours(200, wire::encode(&ControlPage { entries, more: last < self.entries }));
        }
        let id = request.path.strip_prefix("/v1/items/").and_then(wire::unhex::<16>).unwrap();
        if let Some((quirky, response)) = &self.quirk
            && *quirky == id
        {
            return response.clone();
        }
        match self.held.get(&id) {
            Some(held) if *held != request.body => problem(409, "sync.conflict"),
            _ => {
                self.held.insert(id, request.body.clone());
                stored(&request.body)
            }
        }
    }
}
