//! Element and attribute names as small numbers, so that a step of a path compares one number.

use std::collections::HashMap;

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

/// All names of a form. Two names are equal if local part and the prefix's namespace are.
#[derive(Default)]
pub(crate) struct Names {
    list: Vec<FullName>,
    /// Names by local part: few forms use one in more than one namespace.
    index: HashMap<Box<str>, Vec<Name>>,
}

impl Names {
    pub(crate) fn intern(&mut self, prefix: &str, namespace: &str, local: &str) -> Name {
        let known = self.find(prefix, namespace, local);
        if known != Name::NONE {
            return known;
        }
        let namespace = if prefix.is_empty() { "" } else { namespace };
        let name = Name(self.list.len() as u32);
        self.list.push(FullName { prefix: prefix.into(), local: local.into(), namespace: namespace.into() });
        self.index.entry(local.into()).or_default().push(name);
        name
    }

    /// A name the form has; [`Name::NONE`], which nothing matches, where the form does not have it.
    pub(crate) fn find(&self, prefix: &str, namespace: &str, local: &str) -> Name {
        let namespace = if prefix.is_empty() { "" } else { namespace };
        let is_it = |name: &&Name| self.get(**name).is_some_and(|full| &*full.namespace == namespace);
        let candidates = self.index.get(local).map_or(&[][..], Vec::as_slice);
        candidates.iter().find(is_it).copied().unwrap_or(Name::NONE)
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
