//! What a session shows to the evaluator.

use crate::session::Session;
use crate::session::labels::Kind;
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
            steps: self.steps,
        }
    }
}

impl Host for Session {
    fn choice_label(&self, value: &str, question: &str, context: NodeRef) -> Option<String> {
        let question = question.trim();
        let control = self.form.controls.iter().find(|control| {
            let path = &self.form.schema.def(control.def).path;
            // A relative path is told apart by its last name, which is unique in forms that pyxform makes.
            path == question || (!question.starts_with('/') && path.rsplit('/').next() == question.rsplit('/').next())
        })?;
        let from = if context.tree == 0 { context.node } else { crate::tree::Tree::ROOT };
        let node = self.nearest(from, control.def)?;
        let choice = self.choices(control, node).ok()?.into_iter().find(|choice| choice.value == value)?;
        Some(choice.label)
    }

    fn text(&self, id: &str, context: NodeRef) -> Option<String> {
        self.translated(id, Kind::Plain, context)
    }

    fn instance(&self, id: &str) -> Option<u32> {
        self.form.instances.get(id).copied()
    }
}
