//! Screens: one question each, or one group that is shown together. Each is found from the one before it, so that going
//! through a long form costs a step a screen and not the whole form.

use crate::form::control::{BodyItem, ItemKind};
use crate::form::schema::DefId;
use crate::form::text::Label;
use crate::session::Session;
use crate::session::view::{QuestionView, RepeatView, ScreenView, TitleView};
use crate::tree::{NONE, NodeId, Tree};

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
    /// Number of the item of the body: two questions may stand for one node.
    item: u32,
}

/// A screen while it is being found.
#[derive(Clone, Copy)]
struct Found {
    kind: ScreenKind,
    /// The node it stands on; for a repeat the node above it.
    node: NodeId,
    item: u32,
}

impl Session {
    /// The screens at present, in order; only what is relevant. Changes with the answers, so keep references, not numbers.
    pub fn screens(&self) -> Vec<ScreenRef> {
        let mut screens = Vec::new();
        let mut at = self.first();
        while let Some(found) = at {
            screens.push(self.screen_ref(found));
            at = self.next(found);
        }
        screens
    }

    /// One of [`Session::screens`], by its number.
    pub fn screen(&self, number: usize) -> Option<ScreenView> {
        let mut at = self.first();
        for _ in 0..number {
            at = self.next(at?);
        }
        self.view(at?)
    }

    /// The first screen at present.
    pub fn first_screen(&self) -> Option<ScreenRef> {
        self.first().map(|found| self.screen_ref(found))
    }

    /// The screen that comes after this one at present, also where this one is no longer relevant. Nothing at the end, and
    /// where the instance it stands in was taken out.
    pub fn screen_after(&self, screen: &ScreenRef) -> Option<ScreenRef> {
        self.next(self.found(screen)?).map(|found| self.screen_ref(found))
    }

    /// The first screen of an instance, given as `/data/repeat[2]`: where to go after [`Session::add_repeat`], and how to
    /// jump. Where nothing of it is shown, the next screen behind it.
    pub fn screen_in(&self, instance: &str) -> Option<ScreenRef> {
        let node = self.find(instance)?;
        let of_node =
            |item: &BodyItem| matches!(item.kind, ItemKind::Repeat { def, .. } if def == self.tree.node(node).def);
        let number = self.form.items.iter().position(of_node)? as u32;
        let item = self.item(number)?;
        let parent = self.tree.parent(node)?;
        let found = self.in_instances(number, item, parent, self.tree.node(node).slot as usize)?;
        Some(self.screen_ref(found))
    }

    /// What a screen shows at present; nothing where it is not relevant now.
    pub fn show(&self, screen: &ScreenRef) -> Option<ScreenView> {
        let found = self.found(screen)?;
        if self.tree.node(found.node).relevant { self.view(found) } else { None }
    }

    fn screen_ref(&self, found: Found) -> ScreenRef {
        let reference = match (found.kind, self.item(found.item)) {
            (ScreenKind::Repeat, Some(BodyItem { kind: ItemKind::Repeat { def, .. }, .. })) => {
                self.repeat_reference(*def, found.node)
            }
            _ => self.reference(found.node),
        };
        ScreenRef { reference, kind: found.kind, item: found.item }
    }

    fn found(&self, screen: &ScreenRef) -> Option<Found> {
        let node = match screen.kind {
            ScreenKind::Repeat => self.find_repeat(&screen.reference)?.0,
            ScreenKind::Question | ScreenKind::FieldList => self.find(&screen.reference)?,
        };
        Some(Found { kind: screen.kind, node, item: screen.item })
    }

    fn item(&self, number: u32) -> Option<&BodyItem> {
        self.form.items.get(number as usize)
    }

    fn siblings(&self, item: &BodyItem) -> &[u32] {
        self.item(item.parent).map_or(&self.form.body, BodyItem::children)
    }

    fn first(&self) -> Option<Found> {
        let root = self.tree.children(Tree::ROOT).first().copied()?;
        self.first_in(&self.form.body, root)
    }

    /// The first screen among these items; `context` is a node of the instance they belong to.
    fn first_in(&self, items: &[u32], context: NodeId) -> Option<Found> {
        items.iter().find_map(|number| {
            let item = self.item(*number)?;
            match &item.kind {
                ItemKind::Question { .. } => {
                    let node = self.relevant_node(item, context)?;
                    Some(Found { kind: ScreenKind::Question, node, item: *number })
                }
                ItemKind::Group { field_list, .. } => {
                    let node = self.relevant_node(item, context)?;
                    self.inside(*number, item, *field_list, node)
                }
                ItemKind::Repeat { def, .. } => {
                    let parent = self.parent_of_repeat(*def, context)?;
                    self.in_instances(*number, item, parent, 0)
                }
            }
        })
    }

    /// The first screen of a group or of an instance.
    fn inside(&self, number: u32, item: &BodyItem, field_list: bool, node: NodeId) -> Option<Found> {
        if field_list {
            let found = Found { kind: ScreenKind::FieldList, node, item: number };
            self.shows_anything(item.children(), node).then_some(found)
        } else {
            self.first_in(item.children(), node)
        }
    }

    /// The first screen of a repeat's instances behind the first `skipped` children of its parent, or the one that offers another.
    fn in_instances(&self, number: u32, item: &BodyItem, parent: NodeId, skipped: usize) -> Option<Found> {
        let ItemKind::Repeat { def, field_list, .. } = &item.kind else { return None };
        let children = self.tree.children(parent).get(skipped..).unwrap_or_default();
        let instances = children.iter().filter(|child| self.tree.node(**child).def == *def);
        let found = instances
            .filter(|instance| self.tree.node(**instance).relevant)
            .find_map(|instance| self.inside(number, item, *field_list, *instance));
        found.or_else(|| self.can_add(*def).then_some(Found { kind: ScreenKind::Repeat, node: parent, item: number }))
    }

    fn next(&self, found: Found) -> Option<Found> {
        let mut number = found.item;
        // The instance that the screen belongs to, which is over when its last screen is.
        let mut instance = match found.kind {
            ScreenKind::Repeat => None,
            ScreenKind::Question | ScreenKind::FieldList => Some(found.node),
        };
        loop {
            let item = self.item(number)?;
            if let (ItemKind::Repeat { def, .. }, Some(inside)) = (&item.kind, instance)
                && let Some(over) = self.above(inside, *def)
                && let Some(parent) = self.tree.parent(over).filter(|parent| self.tree.node(*parent).relevant)
            {
                let behind = self.tree.node(over).slot as usize + 1;
                if let Some(next) = self.in_instances(number, item, parent, behind) {
                    return Some(next);
                }
            }
            // Behind a repeat, the node above it is where what follows belongs.
            let context = match (&item.kind, instance) {
                (ItemKind::Repeat { def, .. }, Some(inside)) => {
                    self.above(inside, *def).and_then(|over| self.tree.parent(over)).unwrap_or(inside)
                }
                (_, Some(inside)) => inside,
                (_, None) => found.node,
            };
            let behind = self.siblings(item).get(item.slot as usize + 1..).unwrap_or_default();
            if let Some(next) = self.first_in(behind, context) {
                return Some(next);
            }
            if item.parent == NONE {
                return None;
            }
            (number, instance) = (item.parent, Some(context));
        }
    }

    /// The node of `def` at or above `node`.
    fn above(&self, node: NodeId, def: DefId) -> Option<NodeId> {
        let mut at = Some(node);
        while let Some(id) = at.filter(|id| self.tree.node(*id).def != def) {
            at = self.tree.parent(id);
        }
        at
    }

    fn view(&self, found: Found) -> Option<ScreenView> {
        let item = self.item(found.item)?;
        let mut view = ScreenView {
            reference: self.screen_ref(found).reference,
            kind: found.kind,
            titles: self.titles(found, item),
            questions: Vec::new(),
            repeats: Vec::new(),
        };
        match (found.kind, &item.kind) {
            (ScreenKind::Repeat, ItemKind::Repeat { def, label, .. }) => {
                view.repeats.push(self.repeat_view(*def, label, found.node));
            }
            (ScreenKind::FieldList, ItemKind::Group { children, .. } | ItemKind::Repeat { children, .. }) => {
                self.list(children, found.node, &mut view.questions, &mut view.repeats);
            }
            _ => self.list(&[found.item], found.node, &mut view.questions, &mut view.repeats),
        }
        Some(view)
    }

    /// Labels of what the screen stands in, outermost first; a field list's own is the last one.
    fn titles(&self, found: Found, item: &BodyItem) -> Vec<TitleView> {
        let mut titles = Vec::new();
        let mut at = if found.kind == ScreenKind::FieldList { Some(item) } else { self.item(item.parent) };
        while let Some(item) = at {
            let (text, def) = match &item.kind {
                ItemKind::Question { .. } => (&Label::None, None),
                ItemKind::Group { def, label, .. } => (label, *def),
                ItemKind::Repeat { def, label, .. } => (label, Some(*def)),
            };
            let node = def.and_then(|def| self.above(found.node, def));
            let label = self.label(text, node.unwrap_or(found.node));
            if !label.is_empty() {
                let reference = def.map(|def| self.form.schema.def(def).path.clone()).unwrap_or_default();
                titles.push(TitleView { reference, label });
            }
            at = self.item(item.parent);
        }
        titles.reverse();
        titles
    }

    fn repeat_reference(&self, def: DefId, parent: NodeId) -> String {
        format!("{}/{}", self.reference(parent), self.form.names.qualified(self.form.schema.def(def).name))
    }

    fn parent_of_repeat(&self, def: DefId, context: NodeId) -> Option<NodeId> {
        let parent = self.nearest(context, self.form.schema.def(def).parent)?;
        self.tree.node(parent).relevant.then_some(parent)
    }

    fn relevant_node(&self, item: &BodyItem, context: NodeId) -> Option<NodeId> {
        let node = match &item.kind {
            ItemKind::Question { control } => self.nearest(context, self.form.controls.get(*control as usize)?.def)?,
            ItemKind::Group { def: Some(def), .. } => self.nearest(context, *def)?,
            _ => context,
        };
        self.tree.node(node).relevant.then_some(node)
    }

    fn shows_anything(&self, items: &[u32], context: NodeId) -> bool {
        items.iter().filter_map(|number| self.item(*number)).any(|item| match &item.kind {
            ItemKind::Question { .. } => self.relevant_node(item, context).is_some(),
            ItemKind::Group { children, .. } => {
                self.relevant_node(item, context).is_some_and(|node| self.shows_anything(children, node))
            }
            ItemKind::Repeat { def, children, .. } => self.parent_of_repeat(*def, context).is_some_and(|parent| {
                let shows = |node: &NodeId| self.tree.node(*node).relevant && self.shows_anything(children, *node);
                self.can_add(*def) || self.instances(parent, *def).iter().any(shows)
            }),
        })
    }

    /// Everything relevant below, one after the other.
    fn list(&self, items: &[u32], context: NodeId, questions: &mut Vec<QuestionView>, repeats: &mut Vec<RepeatView>) {
        for item in items.iter().filter_map(|number| self.item(*number)) {
            match &item.kind {
                ItemKind::Question { control } => {
                    let control = self.form.controls.get(*control as usize);
                    if let (Some(node), Some(control)) = (self.relevant_node(item, context), control) {
                        questions.extend(self.question_view(control, node));
                    }
                }
                ItemKind::Group { children, .. } => {
                    if let Some(node) = self.relevant_node(item, context) {
                        self.list(children, node, questions, repeats);
                    }
                }
                ItemKind::Repeat { def, label, children, .. } => {
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
