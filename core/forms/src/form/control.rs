//! The body: controls, groups, repeats and actions, after parsing.

use crate::form::schema::DefId;
use crate::form::text::Label;
use crate::tree::NONE;
use crate::xpath::ast::Expr;

pub(crate) struct Control {
    pub(crate) def: DefId,
    /// Byte offset in the form.
    pub(crate) offset: usize,
    pub(crate) label: Label,
    pub(crate) hint: Label,
    pub(crate) appearance: String,
    /// What an upload takes, as `image/*`; empty where the form does not say.
    pub(crate) media_type: String,
    pub(crate) choices: Choices,
    pub(crate) range: Option<Range>,
}

#[derive(Default)]
pub(crate) enum Choices {
    #[default]
    None,
    Items(Vec<Item>),
    Set(Itemset),
}

pub(crate) struct Item {
    pub(crate) value: String,
    pub(crate) label: Label,
}

pub(crate) struct Itemset {
    pub(crate) nodes: Expr,
    /// Seen from an item.
    pub(crate) value: Expr,
    pub(crate) label: ItemLabel,
}

pub(crate) enum ItemLabel {
    Plain(Expr),
    /// The expression gives the id of a translated text.
    Translated(Expr),
}

/// Bounds of a range question.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Range {
    /// Where it starts; may be above the end.
    pub start: f64,
    /// Where it ends.
    pub end: f64,
    /// Distance of two values.
    pub step: f64,
}

/// Something of the body, known by its number in [`crate::Form`]'s list.
pub(crate) struct BodyItem {
    /// [`NONE`] at the top.
    pub(crate) parent: u32,
    /// Place among the parent's children.
    pub(crate) slot: u32,
    pub(crate) kind: ItemKind,
}

pub(crate) enum ItemKind {
    Question { control: u32 },
    Group { def: Option<DefId>, label: Label, field_list: bool, children: Vec<u32> },
    Repeat { def: DefId, label: Label, field_list: bool, children: Vec<u32> },
}

impl BodyItem {
    pub(crate) fn new(kind: ItemKind) -> Self {
        Self { parent: NONE, slot: 0, kind }
    }

    /// The node of a group or a repeat.
    pub(crate) const fn def(&self) -> Option<DefId> {
        match &self.kind {
            ItemKind::Question { .. } => None,
            ItemKind::Group { def, .. } => *def,
            ItemKind::Repeat { def, .. } => Some(*def),
        }
    }

    pub(crate) fn label(&self) -> Option<&Label> {
        match &self.kind {
            ItemKind::Question { .. } => None,
            ItemKind::Group { label, .. } | ItemKind::Repeat { label, .. } => Some(label),
        }
    }

    pub(crate) fn children(&self) -> &[u32] {
        match &self.kind {
            ItemKind::Question { .. } => &[],
            ItemKind::Group { children, .. } | ItemKind::Repeat { children, .. } => children,
        }
    }
}

/// A repeat's own rules.
#[derive(Default)]
pub(crate) struct Repeat {
    /// The form sets the number of instances (`jr:count`).
    pub(crate) counted: bool,
    /// `jr:noAddRemove`
    pub(crate) fixed: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Event {
    FirstLoad,
    Load,
    NewRepeat,
    ValueChanged,
}

/// `setvalue`, `odk:setgeopoint`, `odk:recordaudio`
pub(crate) struct Action {
    pub(crate) events: Vec<Event>,
    /// The control or repeat it stands in.
    pub(crate) source: Option<DefId>,
    pub(crate) target: Expr,
    pub(crate) value: ActionValue,
}

pub(crate) enum ActionValue {
    Plain(String),
    Computed(Expr),
    /// The host has it.
    Asked(RequestKind),
}

/// Something only the host can give.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RequestKind {
    /// Where the device is, as `latitude longitude altitude accuracy`.
    Place,
    /// The name of a sound file that is recorded while the form is filled in.
    Recording,
}
