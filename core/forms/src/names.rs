//! Element and attribute names as small numbers, so that a step of a path compares one number.

use std::collections::HashMap;
use std::hash::Hasher;

use crate::mix::Mix;

/// A name: its number in [`Names`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Name(pub(crate) u32);

impl Name {
    /// The name of a document node, which no test matches.
    pub(crate) const NONE: Self = Self(u32::MAX);
}

pub(crate) struct FullName {
    /// As first written. Empty for names without one.
    pub(crate) prefix: Box<str>,
    pub(crate) local: Box<str>,
    /// Empty for names written without a prefix: ODK matches those whatever the default namespace is.
    pub(crate) namespace: Box<str>,
}

/// Turns written names into numbers.
pub(crate) trait Naming {
    fn name(&mut self, prefix: &str, namespace: &str, local: &str) -> Name;
}

impl Naming for Names {
    fn name(&mut self, prefix: &str, namespace: &str, local: &str) -> Name {
        self.intern(prefix, namespace, local)
    }
}

/// The names of a form that is complete: a new one is [`Name::NONE`], because no expression can mean it.
pub(crate) struct Known<'n>(pub(crate) &'n Names);

impl Naming for Known<'_> {
    fn name(&mut self, prefix: &str, namespace: &str, local: &str) -> Name {
        self.0.find(prefix, namespace, local)
    }
}

/// Names that were asked for last, by a quick hash.
const RECENT: usize = 1024;

/// All names of a form. Two names are equal if local part and the prefix's namespace are.
pub(crate) struct Names {
    list: Vec<FullName>,
    /// Names by local part: few forms use one in more than one namespace.
    index: HashMap<Box<str>, Vec<Name>>,
    /// Spares most look-ups in `index`, whose hash is slow so that no form can make names collide. Names that collide here
    /// cost only what they would cost without it.
    recent: Box<[Name]>,
}

impl Default for Names {
    fn default() -> Self {
        Self { list: Vec::new(), index: HashMap::new(), recent: vec![Name::NONE; RECENT].into() }
    }
}

impl Names {
    pub(crate) fn intern(&mut self, prefix: &str, namespace: &str, local: &str) -> Name {
        let namespace = if prefix.is_empty() { "" } else { namespace };
        let place = place(local);
        let recent = self.recent[place];
        if self.is_it(recent, namespace, local) {
            return recent;
        }
        let name = match self.look_up(namespace, local) {
            Name::NONE => {
                let name = Name(self.list.len() as u32);
                self.list.push(FullName { prefix: prefix.into(), local: local.into(), namespace: namespace.into() });
                self.index.entry(local.into()).or_default().push(name);
                name
            }
            known => known,
        };
        self.recent[place] = name;
        name
    }

    /// A name the form has; [`Name::NONE`], which nothing matches, where the form does not have it.
    pub(crate) fn find(&self, prefix: &str, namespace: &str, local: &str) -> Name {
        let namespace = if prefix.is_empty() { "" } else { namespace };
        let recent = self.recent[place(local)];
        if self.is_it(recent, namespace, local) { recent } else { self.look_up(namespace, local) }
    }

    fn look_up(&self, namespace: &str, local: &str) -> Name {
        let candidates = self.index.get(local).map_or(&[][..], Vec::as_slice);
        let is_it = |name: &&Name| self.is_it(**name, namespace, local);
        candidates.iter().find(is_it).copied().unwrap_or(Name::NONE)
    }

    fn is_it(&self, name: Name, namespace: &str, local: &str) -> bool {
        // Most names are in no namespace, and comparing nothing with nothing is a call too.
        self.get(name).is_some_and(|full| {
            *full.local == *local
                && full.namespace.is_empty() == namespace.is_empty()
                && (namespace.is_empty() || *full.namespace == *namespace)
        })
    }

    pub(crate) fn get(&self, name: Name) -> Option<&FullName> {
        self.list.get(name.0 as usize)
    }

    pub(crate) fn local(&self, name: Name) -> &str {
        self.get(name).map_or("", |full| &full.local)
    }

    /// The name as written in XML and in references.
    pub(crate) fn qualified(&self, name: Name) -> String {
        match self.get(name) {
            Some(full) if full.prefix.is_empty() => full.local.to_string(),
            Some(full) => format!("{}:{}", full.prefix, full.local),
            None => String::new(),
        }
    }
}

/// Where a name stands among the recent ones.
fn place(local: &str) -> usize {
    let mut hash = Mix::default();
    hash.write(local.as_bytes());
    hash.finish() as usize % RECENT
}
