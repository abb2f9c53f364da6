//! The entities of a form that is finished.

use crate::entities::{EntityAction, EntityChange};
use crate::form::question::find_extension;
use crate::form::schema::DefId;
use crate::session::Session;
use crate::tree::{NONE, NodeId, Tree};

/// Namespace of entity declarations.
const ENTITIES: &str = "http://www.opendatakit.org/xforms/entities";

impl Session {
    /// What the form wants to make or change in lists, one for each entity that is relevant and asks for it. To be applied
    /// when the form is finished ([`EntityChange::apply`]), in the same step that stores it.
    pub fn entities(&self) -> Vec<EntityChange> {
        let mut found = Vec::new();
        self.tree.walk(Tree::ROOT, &mut |node| {
            if self.tree.node(node).relevant && self.is_entity(node) {
                found.push(node);
            }
        });
        found.into_iter().filter_map(|node| self.entity_change(node)).collect()
    }

    /// `meta/entity`
    fn is_entity(&self, node: NodeId) -> bool {
        let local = |node: NodeId| self.form.names.local(self.tree.node(node).name);
        local(node) == "entity" && self.tree.parent(node).is_some_and(|parent| local(parent) == "meta")
    }

    fn entity_change(&self, entity: NodeId) -> Option<EntityChange> {
        let attribute = |name: &str| {
            let mut all = self.tree.attributes(entity).iter().map(|id| self.tree.node(*id));
            all.find(|one| self.form.names.local(one.name) == name).map_or("", |one| one.text.as_str())
        };
        let asks = |name: &str| matches!(attribute(name), "1" | "true");
        let action = match (asks("create"), asks("update")) {
            (true, true) => EntityAction::Upsert,
            (true, false) => EntityAction::Create,
            (false, true) => EntityAction::Update,
            (false, false) => return None,
        };
        let is_label = |child: &&NodeId| self.form.names.local(self.tree.node(**child).name) == "label";
        let label = self.tree.children(entity).iter().find(is_label);
        let holder = self.tree.parent(self.tree.parent(entity)?)?;
        let mut properties = Vec::new();
        self.properties(holder, holder, &mut properties);
        Some(EntityChange {
            list: attribute("dataset").to_owned(),
            id: attribute("id").to_owned(),
            action,
            label: label.map(|label| self.tree.string_value(*label).into_owned()).unwrap_or_default(),
            properties,
            base_version: attribute("baseVersion").to_owned(),
            trunk_version: attribute("trunkVersion").to_owned(),
            branch_id: attribute("branchId").to_owned(),
        })
    }

    /// Relevant nodes below with a `saveto`, as far as no group or instance on the way has an entity of its own.
    fn properties(&self, holder: NodeId, node: NodeId, found: &mut Vec<(String, String)>) {
        for child in self.tree.children(node).iter().copied() {
            let known = self.tree.node(child);
            if known.def == NONE || !known.relevant {
                continue;
            }
            if let Some(property) = self.save_to(known.def) {
                found.push((property.to_owned(), known.text.clone()));
            } else if child != holder && !self.has_entity(child) {
                self.properties(holder, child, found);
            }
        }
    }

    fn save_to(&self, def: DefId) -> Option<&str> {
        find_extension(&self.form.binds.get(&def)?.attributes, ENTITIES, "saveto")
    }

    fn has_entity(&self, node: NodeId) -> bool {
        let children = |node: NodeId| self.tree.children(node).iter().copied();
        children(node).flat_map(children).any(|inner| self.is_entity(inner))
    }
}
