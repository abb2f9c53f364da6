//! Actions: `setvalue`, `odk:setgeopoint`, `odk:recordaudio`.

use roxmltree::Node as Xml;

use crate::form::builder::{Builder, at};
use crate::form::control::{Action, ActionValue, Event, RequestKind};
use crate::form::schema::DefId;
use crate::xml::Fault;

/// Names of elements that are actions, whatever their namespace.
pub(crate) const ACTIONS: [&str; 3] = ["setvalue", "setgeopoint", "recordaudio"];

impl Builder<'_> {
    /// `source` is the control or repeat that the action stands in.
    pub(crate) fn action(&mut self, node: Xml<'_, '_>, source: Option<DefId>) -> Result<(), Fault> {
        let offset = node.range().start;
        let event_attribute = node.attributes().find(|attribute| attribute.name() == "event");
        let events: Vec<_> = event_attribute.map_or("", |attribute| attribute.value()).split_whitespace().collect();
        let events: Vec<_> = events.into_iter().filter_map(event).collect();
        // An event that only other kinds of clients have is never raised here.
        if events.is_empty() {
            return Ok(());
        }
        let target = match node.attribute("bind") {
            Some(id) => {
                let def = self.bind_ids.get(id).copied();
                let def = def.ok_or(Fault::malformed("there is no bind of this id", offset))?;
                let path = self.schema.def(def).path.clone();
                self.expression(&path, offset)?
            }
            None => {
                let reference = node.attribute_node("ref").or_else(|| node.attribute_node("target"));
                let reference = reference.ok_or(Fault::malformed("an action has no reference", offset))?;
                self.expression(reference.value(), at(&reference))?
            }
        };
        let asked = match node.tag_name().name() {
            "setgeopoint" => Some(RequestKind::Place),
            "recordaudio" => Some(RequestKind::Recording),
            _ => None,
        };
        if let Some(kind) = asked {
            self.actions.push(Action { events, source, target, value: ActionValue::Asked(kind) });
            return Ok(());
        }
        let value = match node.attribute_node("value").filter(|value| !value.value().trim().is_empty()) {
            Some(value) => ActionValue::Computed(self.expression(value.value(), at(&value))?),
            None => ActionValue::Plain(node.text().unwrap_or_default().trim().to_owned()),
        };
        self.actions.push(Action { events, source, target, value });
        Ok(())
    }
}

fn event(name: &str) -> Option<Event> {
    Some(match name {
        "odk-instance-first-load" | "xforms-ready" => Event::FirstLoad,
        "odk-instance-load" => Event::Load,
        "odk-new-repeat" | "jr-insert" => Event::NewRepeat,
        "xforms-value-changed" => Event::ValueChanged,
        _ => return None,
    })
}
