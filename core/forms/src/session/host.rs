//! What a session shows to the evaluator.

use crate::error::Problem;
use crate::session::Session;
use crate::session::labels::Kind;
use crate::xpath::budget::Budget;
use crate::xpath::dates::Clock;
use crate::xpath::eval::{Host, World};
use crate::xpath::value::NodeRef;

impl Session {
    pub(super) fn clock(&self) -> Clock {
        Clock { now: self.env.now.as_millis(), offset_minutes: self.env.offset_minutes }
    }

    pub(super) fn world(&self) -> World<'_> {
        World {
            primary: &self.tree,
            others: &self.others,
            names: &self.form.names,
            clock: self.clock(),
            host: Some(self),
            text: self.form.limits.text,
        }
    }

    /// What one answer, or one label, may still use.
    pub(super) fn budget(&self) -> Budget {
        Budget::new(self.steps, self.form.limits.nesting)
    }
}

impl Host for Session {
    fn choice_label(
        &self,
        value: &str,
        question: &str,
        context: NodeRef,
        budget: &Budget,
    ) -> Result<Option<String>, Problem> {
        let Some(control) = self.form.control_named(question) else { return Ok(None) };
        let from = if context.tree == 0 { context.node } else { crate::tree::Tree::ROOT };
        let Some(node) = self.nearest(from, control.def) else { return Ok(None) };
        self.label_of_choice(control, node, value, budget)
    }

    fn text(&self, id: &str, context: NodeRef, budget: &Budget) -> Result<Option<String>, Problem> {
        self.translated_within(id, Kind::Plain, context, budget)
    }

    fn property(&self, name: &str) -> Option<String> {
        self.host_property(name.trim())
    }

    fn version(&self) -> Option<String> {
        Some(self.form.version().to_owned())
    }

    fn instance(&self, id: &str) -> Option<u32> {
        self.form.instances.get(id).copied()
    }
}
