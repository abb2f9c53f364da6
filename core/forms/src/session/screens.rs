//! Screens: one question each, or one group that is shown together.

use crate::form::control::BodyItem;
use crate::form::schema::DefId;
use crate::form::text::Label;
use crate::session::Session;
use crate::session::view::{QuestionView, RepeatView, ScreenView};
use crate::tree::{NodeId, Tree};

/// What a screen shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ScreenKind {
    /// One question.
    Question,
    /// All questions of a group or of an instance of a repeat (`field-list`).
    FieldList,
    /// The end of a repeat, where the person may add an instance.
    Repeat,
}

/// A screen, known by what it is for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ScreenRef {
    /// The question, group, instance or repeat.
    pub reference: String,
    /// Kind of screen.
    pub kind: ScreenKind,
}

/// A screen while it is being found.
struct Found<'f> {
    kind: ScreenKind,
    /// The node it stands on; for a repeat the node above it.
    node: NodeId,
    item: &'f BodyItem,
    titles: Vec<(&'f Label, NodeId)>,
}

impl Session {
    /// The screens at present, in order; only what is relevant. Changes with the answers, so keep references, not numbers.
    pub fn screens(&self) -> Vec<ScreenRef> {
        let reference = |found: &Found<'_>| ScreenRef { reference: self.screen_reference(found), kind: found.kind };
        self.found_screens().iter().map(reference).collect()
    }

    /// One of [`Session::screens`], by its number.
    pub fn screen(&self, number: usize) -> Option<ScreenView> {
        let screens = self.found_screens();
        let found = screens.get(number)?;
        let mut view = ScreenView {
            reference: self.screen_reference(found),
            kind: found.kind,
            titles: found
                .titles
                .iter()
                .map(|(label, node)| self.label(label, *node))
                .filter(|title| !title.is_empty())
                .collect(),
            questions: Vec::new(),
            repeats: Vec::new(),
        };
        match (found.kind, found.item) {
            (ScreenKind::Repeat, BodyItem::Repeat { def, label, .. }) => {
                view.repeats.push(self.repeat_view(*def, label, found.node));
            }
            (ScreenKind::FieldList, BodyItem::Group { children, .. } | BodyItem::Repeat { children, .. }) => {
                self.list(children, found.node, &mut view.questions, &mut view.repeats);
            }
            (_, item) => self.list(std::slice::from_ref(item), found.node, &mut view.questions, &mut view.repeats),
        }
        Some(view)
    }

    fn screen_reference(&self, found: &Found<'_>) -> String {
        match (found.kind, found.item) {
            (ScreenKind::Repeat, BodyItem::Repeat { def, .. }) => self.repeat_reference(*def, found.node),
            _ => self.reference(found.node),
        }
    }

    fn repeat_reference(&self, def: DefId, parent: NodeId) -> String {
        format!("{}/{}", self.reference(parent), self.form.names.qualified(self.form.schema.def(def).name))
    }

    fn found_screens(&self) -> Vec<Found<'_>> {
        let mut found = Vec::new();
        let root = self.tree.children(Tree::ROOT).first().copied().unwrap_or(Tree::ROOT);
        self.find_screens(&self.form.body, root, &[], &mut found);
        found
    }

    fn find_screens<'f>(
        &'f self,
        items: &'f [BodyItem],
        context: NodeId,
        titles: &[(&'f Label, NodeId)],
        found: &mut Vec<Found<'f>>,
    ) {
        for item in items {
            match item {
                BodyItem::Question { .. } => {
                    if let Some(node) = self.relevant_node(item, context) {
                        found.push(Found { kind: ScreenKind::Question, node, item, titles: titles.to_vec() });
                    }
                }
                BodyItem::Group { label, field_list, children, .. } => {
                    let Some(node) = self.relevant_node(item, context) else { continue };
                    let mut titles = titles.to_vec();
                    titles.push((label, node));
                    if *field_list {
                        if self.shows_anything(children, node) {
                            found.push(Found { kind: ScreenKind::FieldList, node, item, titles });
                        }
                    } else {
                        self.find_screens(children, node, &titles, found);
                    }
                }
                BodyItem::Repeat { def, label, field_list, children } => {
                    let Some(parent) = self.parent_of_repeat(*def, context) else { continue };
                    for node in self.instances(parent, *def) {
                        if !self.tree.node(node).relevant {
                            continue;
                        }
                        let mut titles = titles.to_vec();
                        titles.push((label, node));
                        if *field_list {
                            if self.shows_anything(children, node) {
                                found.push(Found { kind: ScreenKind::FieldList, node, item, titles });
                            }
                        } else {
                            self.find_screens(children, node, &titles, found);
                        }
                    }
                    if self.can_add(*def) {
                        found.push(Found { kind: ScreenKind::Repeat, node: parent, item, titles: titles.to_vec() });
                    }
                }
            }
        }
    }

    fn parent_of_repeat(&self, def: DefId, context: NodeId) -> Option<NodeId> {
        let parent = self.nearest(context, self.form.schema.def(def).parent)?;
        self.tree.node(parent).relevant.then_some(parent)
    }

    fn relevant_node(&self, item: &BodyItem, context: NodeId) -> Option<NodeId> {
        let node = match item {
            BodyItem::Question { control } => self.nearest(context, self.form.controls.get(*control as usize)?.def)?,
            BodyItem::Group { def: Some(def), .. } => self.nearest(context, *def)?,
            _ => context,
        };
        self.tree.node(node).relevant.then_some(node)
    }

    fn shows_anything(&self, items: &[BodyItem], context: NodeId) -> bool {
        let (mut questions, mut repeats) = (Vec::new(), Vec::new());
        self.list(items, context, &mut questions, &mut repeats);
        !questions.is_empty() || !repeats.is_empty()
    }

    /// Everything relevant below, one after the other.
    fn list(
        &self,
        items: &[BodyItem],
        context: NodeId,
        questions: &mut Vec<QuestionView>,
        repeats: &mut Vec<RepeatView>,
    ) {
        for item in items {
            match item {
                BodyItem::Question { control } => {
                    let control = self.form.controls.get(*control as usize);
                    if let (Some(node), Some(control)) = (self.relevant_node(item, context), control) {
                        questions.extend(self.question_view(control, node));
                    }
                }
                BodyItem::Group { children, .. } => {
                    if let Some(node) = self.relevant_node(item, context) {
                        self.list(children, node, questions, repeats);
                    }
                }
                BodyItem::Repeat { def, label, children, .. } => {
                    let Some(parent) = self.parent_of_repeat(*def, context) else { continue };
                    for node in self.instances(parent, *def) {
                        if self.tree.node(node).relevant {
                            self.list(children, node, questions, repeats);
                        }
                    }
                    if self.can_add(*def) {
                        repeats.push(self.repeat_view(*def, label, parent));
                    }
                }
            }
        }
    }

    fn repeat_view(&self, def: DefId, label: &Label, parent: NodeId) -> RepeatView {
        let count = self.instances(parent, def).len();
        let can_add = self.can_add(def);
        RepeatView {
            reference: self.repeat_reference(def, parent),
            label: self.label(label, parent),
            count,
            can_add,
            can_remove: can_add && count > 0,
        }
    }
}
