//! `jr:preload`: metadata that the host knows.

use std::sync::Arc;

use crate::session::Session;
use crate::tree::NodeId;
use crate::xpath::value::When;

impl Session {
    /// Runs once, when the instance begins.
    pub(super) fn preload(&mut self) {
        let form = Arc::clone(&self.form);
        let mut all = Vec::new();
        self.tree.walk_all(0, &mut |node| all.push(node));
        for node in all {
            let def = self.tree.node(node).def;
            let preload = form.binds.get(&def).and_then(|bind| bind.preload.as_ref());
            let value = match preload {
                Some((kind, parameter)) => self.preloaded(kind, parameter),
                None if self.is_instance_id(node) && self.tree.node(node).text.is_empty() => {
                    let calculated = self.form.graph.on.get(def as usize).is_some_and(|list| !list.is_empty());
                    (!calculated).then(|| self.instance_id())
                }
                None => None,
            };
            if let Some(value) = value {
                self.tree.node_mut(node).text = value;
            }
        }
    }

    fn preloaded(&self, kind: &str, parameter: &str) -> Option<String> {
        let now = When::Moment(self.env.now.as_millis());
        let clock = self.clock();
        match (kind, parameter) {
            ("uid", _) => Some(self.instance_id()),
            ("timestamp", "start") => Some(clock.write(now)),
            ("date", "today") => Some(clock.write(When::Day(clock.day_of(now)))),
            ("property", name) => self.host_property(name),
            _ => None,
        }
    }

    pub(super) fn host_property(&self, name: &str) -> Option<String> {
        let value = match name {
            "deviceid" => &self.env.device_id,
            "username" => &self.env.username,
            "email" => &self.env.email,
            "phonenumber" => &self.env.phone_number,
            _ => return None,
        };
        Some(value.clone()).filter(|value| !value.is_empty())
    }

    pub(super) fn instance_id(&self) -> String {
        let id = &self.env.instance_id;
        if id.starts_with("uuid:") { id.clone() } else { format!("uuid:{id}") }
    }

    /// `meta/instanceID` below the root element.
    pub(super) fn is_instance_id(&self, node: NodeId) -> bool {
        let local = |node: NodeId| self.form.names.local(self.tree.node(node).name);
        let parent = self.tree.parent(node);
        local(node) == "instanceID" && parent.is_some_and(|parent| local(parent) == "meta")
    }

    /// `timestamp end` is written when the form is finished, not before.
    pub(super) fn is_end(&self, node: NodeId) -> bool {
        let bind = self.form.binds.get(&self.tree.node(node).def);
        bind.and_then(|bind| bind.preload.as_ref())
            .is_some_and(|(kind, parameter)| kind == "timestamp" && parameter == "end")
    }
}
