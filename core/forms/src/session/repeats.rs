//! Instances of repeats: added, taken out, counted.

use crate::error::{AnswerError, Problem};
use crate::form::schema::DefId;
use crate::session::{Cause, Session, State};
use crate::tree::{Kind, NONE, NodeId};

impl Session {
    /// Adds an instance at the end of a repeat, given as `/data/repeat` or `/data/outer[2]/inner`. Returns its reference.
    ///
    /// # Errors
    /// `answer.unknown_ref`; `answer.not_relevant`; `answer.repeat` where the form fixes the number or it is too large.
    pub fn add_repeat(&mut self, reference: &str) -> Result<String, AnswerError> {
        let (parent, def) = self.find_repeat(reference).ok_or(AnswerError::UnknownReference)?;
        if !self.tree.node(parent).relevant {
            return Err(AnswerError::NotRelevant);
        }
        if !self.can_add(def) || !self.has_room(def, 1) {
            return Err(AnswerError::Repeat);
        }
        let node = self.add_instance(parent, def).ok_or(AnswerError::Repeat)?;
        self.created.push(node);
        self.settle();
        Ok(self.reference(node))
    }

    /// Takes out one instance, given as `/data/repeat[2]`; the ones behind it move up.
    ///
    /// # Errors
    /// `answer.unknown_ref`; `answer.repeat` where the form fixes the number.
    pub fn remove_repeat(&mut self, reference: &str) -> Result<(), AnswerError> {
        let node = self.find(reference).ok_or(AnswerError::UnknownReference)?;
        let def = self.tree.node(node).def;
        if def == NONE || !self.form.schema.def(def).is_repeat {
            return Err(AnswerError::UnknownReference);
        }
        if !self.can_add(def) {
            return Err(AnswerError::Repeat);
        }
        self.take_out(node);
        self.settle();
        Ok(())
    }

    /// The person may change the number of instances.
    pub(super) fn can_add(&self, def: DefId) -> bool {
        self.form.repeats.get(&def).is_some_and(|repeat| !repeat.counted && !repeat.fixed)
    }

    pub(super) fn instances(&self, parent: NodeId, def: DefId) -> Vec<NodeId> {
        self.tree.children(parent).iter().copied().filter(|child| self.tree.node(*child).def == def).collect()
    }

    pub(super) fn has_room(&self, def: DefId, count: usize) -> bool {
        let mut size = 0_usize;
        if let Some(template) = self.form.templates.get(&def) {
            self.tree.walk(*template, &mut |_| size += 1);
        }
        self.tree.len().saturating_add(size.saturating_mul(count)) <= self.form.limits.nodes
    }

    fn add_instance(&mut self, parent: NodeId, def: DefId) -> Option<NodeId> {
        let node = self.insert_instance(parent, def)?;
        self.announce(parent, def, node);
        Some(node)
    }

    /// As the form has it, nothing computed yet.
    pub(super) fn insert_instance(&mut self, parent: NodeId, def: DefId) -> Option<NodeId> {
        let template = *self.form.templates.get(&def)?;
        let node = self.tree.copy(template);
        self.states.resize(self.tree.len(), State::default());
        self.place(parent, def, node);
        Some(node)
    }

    fn put_in(&mut self, parent: NodeId, def: DefId, node: NodeId) {
        self.place(parent, def, node);
        self.announce(parent, def, node);
    }

    fn announce(&mut self, parent: NodeId, def: DefId, node: NodeId) {
        self.attach(node);
        self.enqueue_structure_readers(def, parent);
        self.enqueue_position_readers(def, parent, self.tree.node(node).position);
    }

    /// Behind the last instance; the first one goes where the form has the repeat.
    fn place(&mut self, parent: NodeId, def: DefId, node: NodeId) {
        let order = self.form.schema.def(def).order;
        let behind = |child: &NodeId| {
            let other = self.tree.node(*child);
            other.kind == Kind::Element && other.def != NONE && self.form.schema.def(other.def).order > order
        };
        let children = self.tree.children(parent);
        let slot = children.iter().position(behind).unwrap_or(children.len());
        self.tree.insert(parent, slot, node);
    }

    /// Makes a subtree part of the instance: everything in it is computed.
    pub(super) fn attach(&mut self, node: NodeId) {
        let mut nodes = Vec::new();
        self.tree.walk_all(node, &mut |id| nodes.push(id));
        for id in nodes {
            self.state_mut(id).detached = false;
            let parent = self.tree.parent(id);
            let above = parent.is_none_or(|parent| self.tree.node(parent).relevant);
            self.tree.node_mut(id).relevant = above && self.state_of(id).relevant;
            let locked = parent.is_some_and(|parent| self.state_of(parent).read_only_here);
            self.state_mut(id).read_only_here = locked || self.state_of(id).read_only;
            self.enqueue_on(id);
        }
    }

    fn take_out(&mut self, node: NodeId) {
        let Some(parent) = self.tree.parent(node) else { return };
        let (def, position) = (self.tree.node(node).def, self.tree.node(node).position);
        self.tree.detach(node);
        let mut nodes = Vec::new();
        self.tree.walk_all(node, &mut |id| nodes.push(id));
        nodes.into_iter().for_each(|id| self.state_mut(id).detached = true);
        self.enqueue_structure_readers(def, parent);
        self.enqueue_position_readers(def, parent, position);
    }

    /// Makes the repeat exactly `count` long. Blank counts change nothing; what falls away comes back when the count rises.
    pub(super) fn set_count(&mut self, parent: NodeId, def: DefId, count: f64) {
        if count.is_nan() {
            return;
        }
        let wanted = count.trunc().max(0.0);
        let mut present = self.instances(parent, def);
        let missing = (wanted - present.len() as f64).max(0.0);
        if missing > 0.0 && !self.has_room(def, missing.min(1e9) as usize) {
            self.report(parent, Cause::Count(def), Some(Problem::RepeatSize));
            return;
        }
        self.report(parent, Cause::Count(def), None);
        let wanted = wanted as usize;
        while present.len() > wanted {
            if let Some(last) = present.pop() {
                self.take_out(last);
                self.parked.entry((parent, def)).or_default().push(last);
            }
        }
        let mut fresh = Vec::new();
        for _ in present.len()..wanted {
            match self.parked.get_mut(&(parent, def)).and_then(Vec::pop) {
                Some(node) => self.put_in(parent, def, node),
                None => fresh.extend(self.add_instance(parent, def)),
            }
        }
        self.created.extend(fresh);
    }
}
