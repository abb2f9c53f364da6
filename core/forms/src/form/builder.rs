//! What all parts of the form parser share: names, the expression compiler, references.

use std::collections::HashMap;
use std::sync::Arc;

use roxmltree::{Attribute, Node as Xml};

use crate::error::LimitKind;
use crate::form::control::{Action, BodyItem, Control, Repeat};
use crate::form::question::Extension;
use crate::form::schema::{DOCUMENT, DefId, Schema};
use crate::form::text::{Itext, Label, Part, Text};
use crate::limits::Limits;
use crate::mix::Mixed;
use crate::names::{Name, Names};
use crate::secondary::Secondary;
use crate::tree::{NodeId, Tree};
use crate::xml::{Fault, What};
use crate::xpath::ast::{Expr, Path, Start};
use crate::xpath::functions::Function;
use crate::xpath::lexer::{Buffer, TOO_DEEP, TOO_LONG};
use crate::xpath::parser::{Dialect, Scope, parse};

/// JavaRosa's namespace.
pub(crate) const JR: &str = "http://openrosa.org/javarosa";

/// An expression with the place it stands at.
pub(crate) struct Formula {
    pub(crate) expr: Expr,
    pub(crate) offset: usize,
}

/// What a bind says about one definition.
#[derive(Default)]
pub(crate) struct Bind {
    pub(crate) calculate: Option<Formula>,
    pub(crate) relevant: Option<Formula>,
    pub(crate) read_only: Option<Formula>,
    pub(crate) required: Option<Formula>,
    pub(crate) constraint: Option<Expr>,
    pub(crate) constraint_message: Label,
    pub(crate) required_message: Label,
    /// `jr:preload` and its parameter.
    pub(crate) preload: Option<(String, String)>,
    pub(crate) attributes: Vec<Extension>,
}

pub(crate) struct Builder<'x> {
    pub(crate) xml: &'x str,
    /// Byte offset of the primary instance.
    pub(crate) start: usize,
    pub(crate) limits: Limits,
    pub(crate) names: Names,
    pub(crate) namespaces: HashMap<String, String>,
    pub(crate) instances: HashMap<String, u32>,
    pub(crate) primary: Tree,
    pub(crate) others: Vec<Arc<Secondary>>,
    pub(crate) schema: Schema,
    /// Detached nodes of the primary tree that new instances are copied from.
    pub(crate) templates: HashMap<DefId, NodeId, Mixed>,
    pub(crate) binds: HashMap<DefId, Box<Bind>, Mixed>,
    pub(crate) bind_ids: HashMap<String, DefId>,
    pub(crate) itext: Itext,
    pub(crate) controls: Vec<Control>,
    pub(crate) kinds: Vec<String>,
    pub(crate) repeats: HashMap<DefId, Repeat, Mixed>,
    /// What is wrong and tolerated.
    pub(crate) problems: Vec<Fault>,
    pub(crate) items: Vec<BodyItem>,
    pub(crate) counts: Vec<(DefId, Formula)>,
    pub(crate) actions: Vec<Action>,
    /// For the expression compiler.
    pub(crate) tokens: Buffer,
    /// Tokens that expressions may still have.
    pub(crate) tokens_left: usize,
}

/// Byte offset of an attribute.
pub(crate) fn at(attribute: &Attribute<'_, '_>) -> usize {
    attribute.range().start
}

/// Children with this local name, whatever their namespace: forms in the field differ in theirs.
pub(crate) fn elements<'a, 'i>(node: Xml<'a, 'i>, local: &'static str) -> impl Iterator<Item = Xml<'a, 'i>> {
    node.children().filter(move |child| child.is_element() && child.tag_name().name() == local)
}

impl<'x> Builder<'x> {
    pub(crate) fn expression(&mut self, text: &str, offset: usize) -> Result<Expr, Fault> {
        let mut scope = Scope {
            names: &mut self.names,
            namespaces: &self.namespaces,
            instances: &self.instances,
            nesting: self.limits.nesting,
            dialect: Dialect::Odk,
            buffer: &mut self.tokens,
            left: &mut self.tokens_left,
        };
        parse(text, &mut scope).map_err(|what| {
            let what = match what {
                TOO_DEEP => What::TooLarge(LimitKind::Nesting),
                TOO_LONG => What::TooLarge(LimitKind::Tokens),
                what => What::Expression(what),
            };
            Fault { what, offset }
        })
    }

    /// A plain path from the root, or from `base` where it is relative, to a definition. Positions and filters in it are
    /// not known here and find nothing.
    pub(crate) fn resolve(&mut self, path: &str, base: DefId) -> Option<DefId> {
        let path = path.trim();
        let (mut def, rest) = match path.strip_prefix('/') {
            Some(rest) => (DOCUMENT, rest),
            None => (base, path),
        };
        for step in rest.split('/') {
            def = match step.trim() {
                "." | "" => def,
                ".." => Some(self.schema.def(def).parent).filter(|parent| *parent != crate::tree::NONE)?,
                step => match step.strip_prefix('@') {
                    Some(attribute) => {
                        let name = self.name(attribute);
                        self.schema.attribute(def, name)?
                    }
                    None => {
                        let name = self.name(step);
                        self.schema.child(def, name)?
                    }
                },
            };
        }
        Some(def)
    }

    fn name(&mut self, written: &str) -> Name {
        let (prefix, local) = written.split_once(':').unwrap_or(("", written));
        let namespace = self.namespaces.get(prefix).map_or(prefix, String::as_str);
        self.names.intern(prefix, namespace, local)
    }

    /// A `ref`, `nodeset` or `bind` attribute.
    pub(crate) fn reference(&mut self, node: Xml<'_, '_>, base: DefId) -> Result<Option<DefId>, Fault> {
        if let Some(id) = node.attribute("bind") {
            return match self.bind_ids.get(id) {
                Some(def) => Ok(Some(*def)),
                None => Err(Fault::malformed("there is no bind of this id", node.range().start)),
            };
        }
        let Some(attribute) = node.attribute_node("ref").or_else(|| node.attribute_node("nodeset")) else {
            return Ok(None);
        };
        match self.resolve(attribute.value(), base) {
            Some(def) if def != DOCUMENT => Ok(Some(def)),
            _ => Err(Fault::malformed("the reference leads to no node of the form", at(&attribute))),
        }
    }

    /// A `label`, `hint` or `value` element.
    pub(crate) fn label(&mut self, node: Xml<'_, '_>) -> Result<Label, Fault> {
        match node.attribute_node("ref") {
            Some(reference) => {
                let expr = self.expression(reference.value(), at(&reference))?;
                Ok(translated(expr))
            }
            None => self.text(node).map(Label::Plain),
        }
    }

    /// A message attribute: plain text, or `jr:itext('id')`.
    pub(crate) fn message(&mut self, attribute: &Attribute<'_, '_>) -> Result<Label, Fault> {
        let value = attribute.value().trim();
        if value.starts_with("jr:itext(") {
            return self.expression(value, at(attribute)).map(translated);
        }
        Ok(Label::Plain(Text { parts: vec![Part::Plain(value.to_owned())] }))
    }

    /// Notes what is wrong and no hindrance. A form that has much of it is not made slower by that.
    pub(crate) fn tolerate(&mut self, fault: Fault) {
        const ENOUGH: usize = 100;
        if self.problems.len() < ENOUGH {
            self.problems.push(fault);
        }
    }

    /// Mixed text and `<output/>`.
    pub(crate) fn text(&mut self, node: Xml<'_, '_>) -> Result<Text, Fault> {
        let mut parts = Vec::new();
        for child in node.children() {
            if let Some(text) = child.text().filter(|_| child.is_text()) {
                parts.push(Part::Plain(text.to_owned()));
            } else if child.is_element() && child.tag_name().name() == "output" {
                let Some(value) = child.attribute_node("value").or_else(|| child.attribute_node("ref")) else {
                    return Err(Fault::malformed("an output has no value", child.range().start));
                };
                // A text that cannot be completed is no reason to refuse a form: it is shown without that part.
                match self.expression(value.value(), at(&value)) {
                    Ok(expr) => parts.push(Part::Output(Formula { expr, offset: at(&value) })),
                    Err(fault @ Fault { what: What::Expression(_), .. }) => {
                        self.tolerate(fault);
                    }
                    Err(fault) => return Err(fault),
                }
            }
        }
        trim(&mut parts);
        Ok(Text { parts })
    }
}

/// White space at both ends comes from the layout of the XML, not from the author.
fn trim(parts: &mut Vec<Part>) {
    if let Some(Part::Plain(text)) = parts.first_mut() {
        *text = text.trim_start().to_owned();
    }
    if let Some(Part::Plain(text)) = parts.last_mut() {
        *text = text.trim_end().to_owned();
    }
    parts.retain(|part| !matches!(part, Part::Plain(text) if text.is_empty()));
}

/// `jr:itext('id')` names its text once and for all.
fn translated(expr: Expr) -> Label {
    match expr {
        Expr::Call(Function::Itext, mut arguments) if matches!(arguments.as_slice(), [Expr::Text(_)]) => {
            match arguments.pop() {
                Some(Expr::Text(id)) => Label::Translated(id.into()),
                _ => Label::None,
            }
        }
        expr => Label::Computed(expr),
    }
}

/// Turns an expression written for a node into one for the node above it: the first `..` of its paths falls away.
pub(crate) fn lift(expr: &mut Expr) {
    match expr {
        Expr::Number(_) | Expr::Text(_) => {}
        Expr::Or(list) | Expr::And(list) | Expr::Union(list) | Expr::Call(_, list) => list.iter_mut().for_each(lift),
        Expr::Compare(first, rest) => {
            lift(first);
            rest.iter_mut().for_each(|(_, part)| lift(part));
        }
        Expr::Arithmetic(first, rest) => {
            lift(first);
            rest.iter_mut().for_each(|(_, part)| lift(part));
        }
        Expr::Negate(inner) => lift(inner),
        Expr::Path(path) => lift_path(path),
    }
}

fn lift_path(path: &mut Path) {
    let from_here = matches!(path.start, Start::Context | Start::Current);
    if from_here && path.steps.first().is_some_and(|step| step.axis == crate::xpath::ast::Axis::Parent) {
        path.steps.remove(0);
    }
}
