//! The definition of the primary instance: one entry for each path, whatever number of nodes a session has for it.

use std::collections::HashMap;

use crate::mix::Mixed;
use crate::names::Name;
use crate::tree::NONE;

/// Number of a definition.
pub(crate) type DefId = u32;

/// The document, above the root element.
pub(crate) const DOCUMENT: DefId = 0;

/// `type` of a bind, as far as it changes what the engine does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum ValueType {
    #[default]
    Text,
    Integer,
    Decimal,
    Boolean,
    Date,
    Time,
    DateTime,
    Geopoint,
    Geotrace,
    Geoshape,
    Barcode,
    Binary,
}

impl ValueType {
    pub(crate) fn from_name(name: &str) -> Self {
        match name.rsplit(':').next().unwrap_or_default() {
            "int" | "integer" | "long" | "short" => Self::Integer,
            "decimal" | "double" | "float" => Self::Decimal,
            "boolean" => Self::Boolean,
            "date" => Self::Date,
            "time" => Self::Time,
            "dateTime" => Self::DateTime,
            "geopoint" => Self::Geopoint,
            "geotrace" => Self::Geotrace,
            "geoshape" => Self::Geoshape,
            "barcode" => Self::Barcode,
            "binary" => Self::Binary,
            _ => Self::Text,
        }
    }

    pub(crate) fn is_number(self) -> bool {
        matches!(self, Self::Integer | Self::Decimal)
    }
}

pub(crate) struct Def {
    pub(crate) name: Name,
    pub(crate) parent: DefId,
    /// In the order of the form.
    pub(crate) children: Vec<DefId>,
    /// Attributes: an entity's are computed and set as nodes are.
    pub(crate) attributes: Vec<DefId>,
    pub(crate) is_attribute: bool,
    /// Place among the parent's children.
    pub(crate) order: u32,
    pub(crate) depth: u32,
    /// `/data/group/question`, without positions.
    pub(crate) path: String,
    pub(crate) is_repeat: bool,
    /// The innermost repeat this is in or is; [`DOCUMENT`] where there is none.
    pub(crate) scope: DefId,
    pub(crate) value_type: ValueType,
    /// Number of the question, for leaves with a bind or a control.
    pub(crate) question: Option<u32>,
}

pub(crate) struct Schema {
    pub(crate) defs: Vec<Def>,
    /// Children and attributes by parent and name.
    index: HashMap<(DefId, Name, bool), DefId, Mixed>,
    /// Bytes of all paths together: long names inside each other take their product.
    path_bytes: usize,
}

/// Bytes that the paths of a form may take together. The longest form known to us takes a twentieth.
const PATH_BYTES: usize = 16 << 20;

impl Default for Schema {
    fn default() -> Self {
        let document = Def {
            name: Name::NONE,
            parent: NONE,
            children: Vec::new(),
            attributes: Vec::new(),
            is_attribute: false,
            order: 0,
            depth: 0,
            path: String::new(),
            is_repeat: false,
            scope: DOCUMENT,
            value_type: ValueType::Text,
            question: None,
        };
        Self { defs: vec![document], index: HashMap::default(), path_bytes: 0 }
    }
}

impl Schema {
    pub(crate) fn def(&self, id: DefId) -> &Def {
        &self.defs[id as usize]
    }
    pub(crate) fn def_mut(&mut self, id: DefId) -> &mut Def {
        &mut self.defs[id as usize]
    }
    /// Its paths are longer than any form needs.
    pub(crate) fn is_too_long(&self) -> bool {
        self.path_bytes > PATH_BYTES
    }
    pub(crate) fn len(&self) -> usize {
        self.defs.len()
    }

    pub(crate) fn child(&self, parent: DefId, name: Name) -> Option<DefId> {
        self.index.get(&(parent, name, false)).copied()
    }

    pub(crate) fn attribute(&self, parent: DefId, name: Name) -> Option<DefId> {
        self.index.get(&(parent, name, true)).copied()
    }

    pub(crate) fn add(&mut self, parent: DefId, name: Name, written: &str) -> DefId {
        let path = format!("{}/{written}", self.def(parent).path);
        let order = self.def(parent).children.len() as u32;
        let id = self.push(parent, name, path, order, false);
        self.def_mut(parent).children.push(id);
        id
    }

    pub(crate) fn add_attribute(&mut self, parent: DefId, name: Name, written: &str) -> DefId {
        let path = format!("{}/@{written}", self.def(parent).path);
        let id = self.push(parent, name, path, 0, true);
        self.def_mut(parent).attributes.push(id);
        id
    }

    fn push(&mut self, parent: DefId, name: Name, path: String, order: u32, is_attribute: bool) -> DefId {
        let id = self.defs.len() as DefId;
        self.path_bytes += path.len();
        let above = self.def(parent);
        let (depth, scope) = (above.depth + 1, above.scope);
        self.index.insert((parent, name, is_attribute), id);
        self.defs.push(Def {
            name,
            parent,
            children: Vec::new(),
            attributes: Vec::new(),
            is_attribute,
            order,
            depth,
            path,
            is_repeat: false,
            scope,
            value_type: ValueType::Text,
            question: None,
        });
        id
    }

    pub(crate) fn is_leaf(&self, id: DefId) -> bool {
        self.def(id).children.is_empty()
    }

    /// `id` and what is above it, up to the root element.
    pub(crate) fn chain(&self, id: DefId) -> impl Iterator<Item = DefId> {
        let mut at = id;
        std::iter::from_fn(move || {
            let here = at;
            if here == DOCUMENT || here == NONE {
                return None;
            }
            at = self.def(here).parent;
            Some(here)
        })
    }

    /// The innermost repeat that holds both.
    pub(crate) fn common_scope(&self, left: DefId, right: DefId) -> DefId {
        let repeats = |id| self.chain(id).filter(|id| self.def(*id).is_repeat);
        repeats(left).find(|candidate| repeats(right).any(|other| other == *candidate)).unwrap_or(DOCUMENT)
    }

    /// Every definition below `id` and itself, parents first.
    pub(crate) fn subtree(&self, id: DefId) -> Vec<DefId> {
        let mut all = vec![id];
        let mut next = 0;
        while next < all.len() {
            all.extend_from_slice(&self.def(all[next]).children);
            next += 1;
        }
        all
    }
}
