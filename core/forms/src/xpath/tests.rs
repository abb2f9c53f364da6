//! `Bench` runs one expression on a small document.

use std::collections::HashMap;

use crate::build::add_element;
use crate::error::Problem;
use crate::limits::Limits;
use crate::names::Names;
use crate::tree::{NodeId, Tree};
use crate::xpath::dates::Clock;
use crate::xpath::eval::{Context, Eval, World};
use crate::xpath::parser::{Dialect, Scope, parse};
use crate::xpath::value::{NodeRef, Value};

pub(super) struct Bench {
    pub(super) names: Names,
    pub(super) tree: Tree,
    pub(super) namespaces: HashMap<String, String>,
    pub(super) clock: Clock,
    pub(super) dialect: Dialect,
}

pub(super) enum Outcome {
    Text(String),
    Number(f64),
    Boolean(bool),
}

impl Bench {
    pub(super) fn new(document: &str) -> Self {
        // Documents of XPath tests may carry a document type; forms may not.
        let options = roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() };
        let parsed = roxmltree::Document::parse_with_options(document, options).unwrap();
        let (mut names, mut tree) = (Names::default(), Tree::default());
        let root = parsed.root_element();
        let namespaces: HashMap<_, _> = root
            .descendants()
            .flat_map(|node| node.namespaces())
            .filter_map(|space| Some((space.name()?.to_owned(), space.uri().to_owned())))
            .collect();
        add_element(document, root, &mut names, &mut tree, Tree::ROOT);
        Self {
            names,
            tree,
            namespaces,
            clock: Clock { now: 1_700_000_000_000, offset_minutes: 0 },
            dialect: Dialect::Odk,
        }
    }

    /// `/*[1]/*[2]/text()[1]` to a node.
    pub(super) fn node(&self, path: &str) -> Option<NodeId> {
        let mut at = Tree::ROOT;
        for step in path.split('/').filter(|step| !step.is_empty()) {
            let (kind, index) = step.trim_end_matches(']').split_once('[')?;
            let index = index.parse::<usize>().ok()? - 1;
            at = match kind {
                "*" => *self.tree.children(at).get(index)?,
                "text()" => at | crate::tree::TEXT,
                _ => return None,
            };
        }
        Some(at)
    }

    pub(super) fn run<T>(
        &mut self,
        expression: &str,
        context: NodeId,
        read: impl FnOnce(&Eval<'_>, Result<Value<'_>, Problem>) -> T,
    ) -> Result<T, &'static str> {
        let instances = HashMap::new();
        let mut scope = Scope {
            names: &mut self.names,
            namespaces: &self.namespaces,
            instances: &instances,
            nesting: Limits::default().nesting,
            dialect: self.dialect,
        };
        let expr = parse(expression, &mut scope)?;
        let world = World {
            primary: &self.tree,
            others: &[],
            names: &self.names,
            clock: self.clock,
            host: None,
            steps: 1_000_000,
        };
        let eval = Eval::new(world, 7);
        let value = eval.eval(&expr, &Context::at(NodeRef { tree: 0, node: context }));
        Ok(read(&eval, value))
    }

    pub(super) fn outcome(&mut self, expression: &str, context: NodeId, kind: &str) -> Result<Outcome, String> {
        self.run(expression, context, |eval, value| {
            let value = value.map_err(|problem| problem.to_string())?;
            Ok(match kind {
                "boolean" => Outcome::Boolean(eval.to_boolean(&value)),
                "number" | "number-rounded" => Outcome::Number(eval.to_number(&value)),
                _ => Outcome::Text(eval.to_text(value).into_owned()),
            })
        })
        .map_err(str::to_owned)?
    }
}
