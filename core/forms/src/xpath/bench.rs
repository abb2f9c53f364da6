//! One expression on one document, without a form around it.

use std::collections::HashMap;

use crate::build::add_element;
use crate::error::Problem;
use crate::limits::Limits;
use crate::names::Names;
use crate::tree::{Kind, NodeId, TEXT, Tree};
use crate::xpath::budget::Budget;
use crate::xpath::dates::Clock;
use crate::xpath::eval::{Context, Eval, World};
use crate::xpath::parser::{Dialect, Scope, parse};
use crate::xpath::value::{NodeRef, Value};

pub(crate) struct Bench {
    pub(crate) names: Names,
    pub(crate) tree: Tree,
    pub(crate) namespaces: HashMap<String, String>,
    pub(crate) clock: Clock,
    pub(crate) dialect: Dialect,
}

pub(crate) enum Outcome {
    Text(String),
    Number(f64),
    Boolean(bool),
    /// Place and string value of each node, in document order.
    Nodes(Vec<(String, String)>),
}

impl Bench {
    /// `root` is the element that `/` starts from, as a place such as `/*[1]/*[2]`; without it, the document's own.
    /// Nothing where the document is no XML or has no such element.
    pub(crate) fn new(document: &str, root: Option<&str>) -> Option<Self> {
        // Recorded documents may carry a document type; forms may not.
        let options = roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() };
        let parsed = roxmltree::Document::parse_with_options(document, options).ok()?;
        let (mut names, mut tree) = (Names::default(), Tree::default());
        let mut from = parsed.root_element();
        for step in root.unwrap_or_default().split('/').filter(|step| !step.is_empty()).skip(1) {
            let (_, index) = split(step)?;
            from = from.children().filter(|child| child.is_element()).nth(index - 1)?;
        }
        let namespaces: HashMap<_, _> = parsed
            .descendants()
            .flat_map(|node| node.namespaces())
            .filter_map(|space| Some((space.name()?.to_owned(), space.uri().to_owned())))
            .collect();
        add_element(document, from, &mut names, &mut tree, Tree::ROOT);
        let clock = Clock { now: 1_700_000_000_000, offset_minutes: 0 };
        Some(Self { names, tree, namespaces, clock, dialect: Dialect::Odk })
    }

    /// `/*[1]/*[2]/text()[1]` to a node.
    pub(crate) fn node(&self, path: &str) -> Option<NodeId> {
        let mut at = Tree::ROOT;
        for step in path.split('/').filter(|step| !step.is_empty()) {
            if let Some(name) = step.strip_prefix('@') {
                let named = |attribute: &NodeId| self.names.qualified(self.tree.node(*attribute).name) == name;
                at = self.tree.attributes(at).iter().copied().find(named)?;
                continue;
            }
            let (kind, index) = split(step)?;
            let of_kind = |kind| self.tree.children(at).iter().copied().filter(move |id| self.tree.kind(*id) == kind);
            at = match kind {
                "*" => of_kind(Kind::Element).nth(index - 1)?,
                "text()" if self.tree.is_leaf(at) => at | TEXT,
                "text()" => of_kind(Kind::Text).nth(index - 1)?,
                _ => return None,
            };
        }
        Some(at)
    }

    /// The inverse of [`Bench::node`].
    fn place(&self, node: NodeId) -> String {
        let mut steps = Vec::new();
        let mut at = node;
        while let Some(parent) = self.tree.parent(at) {
            let kind = self.tree.kind(at);
            let is_before =
                |id: &NodeId| self.tree.kind(*id) == kind && self.tree.node(*id).slot < self.tree.node(at).slot;
            let before =
                if at & TEXT == 0 { self.tree.children(parent).iter().copied().filter(is_before).count() } else { 0 };
            steps.push(match kind {
                Kind::Attribute => format!("@{}", self.names.qualified(self.tree.node(at).name)),
                Kind::Text => format!("text()[{}]", before + 1),
                _ => format!("*[{}]", before + 1),
            });
            at = parent;
        }
        steps.reverse();
        format!("/{}", steps.join("/"))
    }

    pub(crate) fn run<T>(
        &mut self,
        expression: &str,
        context: NodeId,
        read: impl FnOnce(&Self, &Eval<'_>, Result<Value<'_>, Problem>) -> T,
    ) -> Result<T, &'static str> {
        let instances = HashMap::new();
        let mut scope = Scope {
            names: &mut self.names,
            namespaces: &self.namespaces,
            instances: &instances,
            nesting: Limits::default().nesting,
            dialect: self.dialect,
            buffer: &mut Vec::new(),
            left: &mut Limits::default().tokens,
        };
        let expr = parse(expression, &mut scope)?;
        let world = World {
            primary: &self.tree,
            others: &[],
            names: &self.names,
            clock: self.clock,
            host: None,
            text: Limits::default().text,
        };
        let eval = Eval::new(world, 7, Budget::new(1_000_000, Limits::default().nesting));
        let value = eval.eval(&expr, &Context::at(NodeRef { tree: 0, node: context }));
        Ok(read(self, &eval, value))
    }

    /// The value cast to `kind`: `boolean`, `number`, `node-set`, or text for every other.
    pub(crate) fn outcome(&mut self, expression: &str, context: NodeId, kind: &str) -> Result<Outcome, String> {
        self.run(expression, context, |bench, eval, value| {
            let value = value.map_err(|problem| problem.to_string())?;
            Ok(match (kind, value) {
                ("boolean", value) => Outcome::Boolean(eval.to_boolean(&value)),
                ("number" | "number-rounded", value) => Outcome::Number(eval.to_number(&value)),
                ("node-set", Value::Nodes(nodes)) => Outcome::Nodes(
                    nodes.iter().map(|node| (bench.place(node.node), eval.text_of(*node).into_owned())).collect(),
                ),
                (_, value) => Outcome::Text(eval.to_text(value).into_owned()),
            })
        })
        .map_err(str::to_owned)?
    }
}

/// `*[2]` to its name and number.
fn split(step: &str) -> Option<(&str, usize)> {
    let (kind, index) = step.trim_end_matches(']').split_once('[')?;
    index.parse().ok().filter(|index| *index > 0).map(|index| (kind, index))
}
