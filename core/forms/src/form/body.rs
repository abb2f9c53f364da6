//! The body: groups, repeats and controls.

use std::collections::HashMap;

use roxmltree::Node as Xml;

use crate::error::LimitKind;
use crate::form::actions::ACTIONS;
use crate::form::builder::{Builder, Formula, JR, at, elements, lift};
use crate::form::control::{BodyItem, Choices, Control, Item, ItemKind, ItemLabel, Itemset, Range};
use crate::form::schema::{DOCUMENT, DefId};
use crate::form::text::Label;
use crate::mix::Mixed;
use crate::tree::{NONE, NodeId, Tree};
use crate::xml::{Fault, What};
use crate::xpath::ast::Expr;
use crate::xpath::functions::Function;
use crate::xpath::number;

const CONTROLS: [&str; 9] = ["input", "secret", "textarea", "select", "select1", "trigger", "upload", "range", "rank"];

impl Builder<'_> {
    /// Repeats must be known before anything is analysed.
    pub(crate) fn mark_repeats(&mut self, body: Xml<'_, '_>) {
        let paths = body.descendants().filter(|node| node.is_element() && node.tag_name().name() == "repeat");
        let paths: Vec<String> = paths.filter_map(|node| node.attribute("nodeset").map(str::to_owned)).collect();
        for path in paths {
            if let Some(def) = self.resolve(&path, DOCUMENT).filter(|def| *def != DOCUMENT) {
                self.schema.def_mut(def).is_repeat = true;
            }
        }
        // Parents have lower numbers than children.
        for id in 1..self.schema.len() as DefId {
            let (parent, is_repeat) = (self.schema.def(id).parent, self.schema.def(id).is_repeat);
            self.schema.def_mut(id).scope = if is_repeat { id } else { self.schema.def(parent).scope };
        }
    }

    /// New instances of a repeat without a template are copies of the first one as the form has it.
    pub(crate) fn complete_templates(&mut self) -> Result<(), Fault> {
        let mut roots: Vec<_> = self.templates.iter().map(|(def, node)| (*def, *node)).collect();
        roots.sort_unstable();
        let mut first: HashMap<DefId, NodeId, Mixed> = HashMap::default();
        for root in [Tree::ROOT].into_iter().chain(roots.into_iter().map(|(_, node)| node)) {
            self.primary.walk(root, &mut |node| {
                let def = self.primary.node(node).def;
                if def != NONE && self.schema.def(def).is_repeat {
                    first.entry(def).or_insert(node);
                }
            });
        }
        for def in (1..self.schema.len() as DefId).rev() {
            if self.schema.def(def).is_repeat
                && !self.templates.contains_key(&def)
                && let Some(first) = first.get(&def)
            {
                let copy = self.primary.copy(*first);
                self.templates.insert(def, copy);
                // Repeats inside each other are copied once a level.
                if self.primary.len() > self.limits.nodes.saturating_mul(2) {
                    return Err(Fault { what: What::TooLarge(LimitKind::Nodes), offset: 0 });
                }
            }
        }
        Ok(())
    }

    pub(crate) fn body(&mut self, node: Xml<'_, '_>, base: DefId) -> Result<Vec<u32>, Fault> {
        let mut items = Vec::new();
        for child in node.children().filter(Xml::is_element) {
            match child.tag_name().name() {
                "group" => items.push(self.group(child, base)?),
                "repeat" => items.push(self.repeat(child, base, Label::None)?),
                name if CONTROLS.contains(&name) => items.push(self.control(child, base)?),
                name if ACTIONS.contains(&name) => self.action(child, None)?,
                _ => {}
            }
        }
        Ok(items)
    }

    fn group(&mut self, node: Xml<'_, '_>, base: DefId) -> Result<u32, Fault> {
        let def = self.reference(node, base)?;
        let label = match elements(node, "label").next() {
            Some(label) => self.label(label)?,
            None => Label::None,
        };
        let below = def.unwrap_or(base);
        let mut inner = node.children().filter(|child| child.is_element() && child.tag_name().name() != "label");
        // The usual pair of a group and a repeat is one thing.
        if let (Some(only), None) = (inner.next(), inner.next())
            && only.tag_name().name() == "repeat"
        {
            return self.repeat(only, below, label);
        }
        let field_list = is_field_list(node);
        let children = self.body(node, below)?;
        Ok(self.add_item(ItemKind::Group { def, label, field_list, children }))
    }

    fn repeat(&mut self, node: Xml<'_, '_>, base: DefId, label: Label) -> Result<u32, Fault> {
        let Some(def) = self.reference(node, base)? else {
            return Err(Fault::malformed("a repeat has no nodeset", node.range().start));
        };
        let label = match (label, elements(node, "label").next()) {
            (Label::None, Some(own)) => self.label(own)?,
            (label, _) => label,
        };
        if let Some(count) = node.attribute_node((JR, "count")) {
            let mut expr = self.expression(count.value(), at(&count))?;
            lift(&mut expr);
            self.counts.push((def, Formula { expr, offset: at(&count) }));
            self.repeats.entry(def).or_default().counted = true;
        }
        let fixed = node.attribute((JR, "noAddRemove")).is_some_and(|value| !value.trim().starts_with("false"));
        self.repeats.entry(def).or_default().fixed = fixed;
        for action in ACTIONS.iter().flat_map(|name| elements(node, name)) {
            self.action(action, Some(def))?;
        }
        let field_list = is_field_list(node);
        let mut children = Vec::new();
        for child in node.children().filter(Xml::is_element) {
            match child.tag_name().name() {
                "group" => children.push(self.group(child, def)?),
                "repeat" => children.push(self.repeat(child, def, Label::None)?),
                name if CONTROLS.contains(&name) => children.push(self.control(child, def)?),
                _ => {}
            }
        }
        Ok(self.add_item(ItemKind::Repeat { def, label, field_list, children }))
    }

    fn control(&mut self, node: Xml<'_, '_>, base: DefId) -> Result<u32, Fault> {
        let offset = node.range().start;
        let name = node.tag_name().name();
        let Some(def) = self.reference(node, base)? else {
            return Err(Fault::malformed("a question has no reference", offset));
        };
        if !self.schema.is_leaf(def) || self.schema.def(def).is_attribute {
            return Err(Fault::malformed("a question refers to a node that holds others", offset));
        }
        let mut control = Control {
            def,
            offset,
            label: Label::None,
            hint: Label::None,
            appearance: node.attribute("appearance").unwrap_or_default().trim().to_owned(),
            media_type: node.attribute("mediatype").unwrap_or_default().trim().to_owned(),
            choices: Choices::None,
            range: None,
        };
        let mut items = Vec::new();
        for child in node.children().filter(Xml::is_element) {
            match child.tag_name().name() {
                "label" => control.label = self.label(child)?,
                "hint" => control.hint = self.label(child)?,
                "item" => items.push(self.item(child, name != "select1")?),
                "itemset" => control.choices = Choices::Set(self.itemset(child)?),
                name if ACTIONS.contains(&name) => self.action(child, Some(def))?,
                _ => {}
            }
        }
        if !items.is_empty() {
            control.choices = Choices::Items(items);
        }
        if name == "range" {
            control.range = Some(range(node)?);
        }
        self.controls.push(control);
        self.kinds.push(name.to_owned());
        Ok(self.add_item(ItemKind::Question { control: self.controls.len() as u32 - 1 }))
    }

    /// Children come before their parent, which tells them where they are.
    fn add_item(&mut self, kind: ItemKind) -> u32 {
        let number = self.items.len() as u32;
        let item = BodyItem::new(kind);
        for (slot, child) in item.children().iter().enumerate() {
            if let Some(child) = self.items.get_mut(*child as usize) {
                (child.parent, child.slot) = (number, slot as u32);
            }
        }
        self.items.push(item);
        number
    }

    fn item(&mut self, node: Xml<'_, '_>, is_list: bool) -> Result<Item, Fault> {
        let value = elements(node, "value").next().and_then(|value| value.text()).unwrap_or_default().trim().to_owned();
        // Chosen values of a list are written with spaces between them; where only one can be chosen, none is needed.
        if is_list && value.split_whitespace().count() > 1 {
            return Err(Fault::malformed("a choice's value has a space in it", node.range().start));
        }
        let label = match elements(node, "label").next() {
            Some(label) => self.label(label)?,
            None => Label::None,
        };
        Ok(Item { value, label })
    }

    fn itemset(&mut self, node: Xml<'_, '_>) -> Result<Itemset, Fault> {
        let offset = node.range().start;
        let nodeset = node.attribute_node("nodeset").ok_or(Fault::malformed("an itemset has no nodeset", offset))?;
        let nodes = self.expression(nodeset.value(), at(&nodeset))?;
        let part = |name| elements(node, name).next().and_then(|child| child.attribute_node("ref"));
        let value = part("value").ok_or(Fault::malformed("an itemset has no value", offset))?;
        let value = self.expression(value.value(), at(&value))?;
        let label = match part("label") {
            Some(label) => match self.expression(label.value(), at(&label))? {
                Expr::Call(Function::Itext, mut arguments) if arguments.len() == 1 => {
                    arguments.pop().map_or(ItemLabel::Plain(Expr::Text("".into())), ItemLabel::Translated)
                }
                expr => ItemLabel::Plain(expr),
            },
            None => ItemLabel::Plain(Expr::Text("".into())),
        };
        Ok(Itemset { nodes, value, label })
    }
}

fn is_field_list(node: Xml<'_, '_>) -> bool {
    node.attribute("appearance")
        .unwrap_or_default()
        .split_whitespace()
        .any(|token| token == "field-list" || token == "table-list")
}

fn range(node: Xml<'_, '_>) -> Result<Range, Fault> {
    let offset = node.range().start;
    let part = |name| {
        let number = node.attribute(name).map_or(f64::NAN, number::parse);
        if number.is_finite() { Ok(number) } else { Err(Fault::malformed("a range needs start, end and step", offset)) }
    };
    let range = Range { start: part("start")?, end: part("end")?, step: part("step")?.abs() };
    if range.step == 0.0 {
        return Err(Fault { what: What::Malformed("a range has no step"), offset });
    }
    Ok(range)
}
