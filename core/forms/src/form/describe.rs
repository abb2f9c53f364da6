//! What a form is made of, for people who write forms and for tools that check them.

use crate::form::Form;
use crate::form::graph::Role;
use crate::form::text::{Part, TextForm};
use crate::tree::Tree;

/// What an expression of a bind decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Decides {
    /// The value.
    Value,
    /// Whether it is asked and sent.
    Relevance,
    /// Whether it can be answered by hand.
    ReadOnly,
    /// Whether an answer is needed to finish.
    Required,
    /// How many instances a repeat has.
    Count,
}

/// One expression of the dependency graph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dependence {
    /// Path of the node it is for, without positions; for a count, of the repeat.
    pub reference: String,
    /// What it decides.
    pub decides: Decides,
    /// Paths it reads: when one of them changes, it runs again. In the order of the form.
    pub reads: Vec<String>,
    /// Expressions of a lower rank run before it.
    pub rank: u32,
}

impl Form {
    /// The dependency graph: every expression that runs by itself, in the order they run.
    pub fn dependences(&self) -> Vec<Dependence> {
        let graph = &self.graph;
        let mut reads: Vec<Vec<u32>> = vec![Vec::new(); graph.computations.len()];
        for readers in [&graph.value, &graph.structure, &graph.position] {
            for (def, readers) in readers.iter().enumerate() {
                readers.iter().for_each(|reader| reads[reader.computation as usize].push(def as u32));
            }
        }
        let path = |def: u32| self.schema.def(def).path.clone();
        let described = graph.computations.iter().zip(reads).map(|(computation, mut defs)| {
            defs.sort_unstable();
            defs.dedup();
            let (target, decides) = match computation.role {
                Role::Calculate => (computation.target, Decides::Value),
                Role::Relevant => (computation.target, Decides::Relevance),
                Role::ReadOnly => (computation.target, Decides::ReadOnly),
                Role::Required => (computation.target, Decides::Required),
                Role::Count(repeat) => (repeat, Decides::Count),
            };
            let reads = defs.into_iter().map(path).collect();
            Dependence { reference: path(target), decides, reads, rank: computation.rank }
        });
        let mut all: Vec<_> = described.collect();
        all.sort_by_key(|dependence| dependence.rank);
        all
    }

    /// Names of the lists of entities that the form makes or changes entities in. Each once.
    pub fn entity_lists(&self) -> Vec<&str> {
        let mut lists = Vec::new();
        let roots = [Tree::ROOT].into_iter().chain(self.templates.values().copied());
        for root in roots {
            self.primary.walk(root, &mut |node| {
                let local = |node| self.names.local(self.primary.node(node).name);
                let is_entity =
                    local(node) == "entity" && self.primary.parent(node).is_some_and(|meta| local(meta) == "meta");
                let list = self.primary.attributes(node).iter().find(|name| local(**name) == "dataset");
                if let Some(list) = list.filter(|_| is_entity) {
                    lists.push(self.primary.node(*list).text.as_str());
                }
            });
        }
        lists.sort_unstable();
        lists.dedup();
        lists
    }

    /// URIs of pictures, sounds and films beside labels, as far as they are written without an expression. Each once.
    pub fn media(&self) -> Vec<String> {
        let texts = self.itext.texts.values().flatten();
        let media = texts.filter(|(_, form, _)| matches!(form, TextForm::Media(_)));
        let mut uris: Vec<String> = media
            .filter_map(|(_, _, text)| match text.parts.as_slice() {
                [Part::Plain(uri)] => Some(uri.clone()),
                _ => None,
            })
            .collect();
        uris.sort_unstable();
        uris.dedup();
        uris
    }
}
