//! A draft that goes on, also in a newer version of its form, and a sent form that is corrected.

use std::sync::Arc;

use roxmltree::Node as Xml;
use wayside_model::AnswerState;

use crate::build::prefix_of;
use crate::error::FormError;
use crate::form::control::{Choices, Event};
use crate::form::schema::DefId;
use crate::form::{Form, QuestionKind};
use crate::resources::Resources;
use crate::session::answer::{DECLINED, UNKNOWN};
use crate::session::submission::{DRAFT_NAMESPACE, DRAFT_STATE};
use crate::session::{Env, Session, State};
use crate::tree::{Kind, NONE, NodeId, Tree};
use crate::xml;

/// Why a stored value has no place in the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum MisfitKind {
    /// The form has no such node any more.
    Gone,
    /// The node holds other nodes now, or no longer does.
    Shape,
    /// The value does not fit the question's type.
    Type,
    /// The value is no choice of the question any more.
    Choice,
}

/// One stored value that did not fit. It is not part of the session; the caller still has the stored XML.
/// No `Debug`: it holds what a person said.
#[derive(Clone, PartialEq, Eq)]
pub struct Misfit {
    /// Its place in the stored XML, with a position at each name that occurs more than once.
    pub reference: String,
    /// Why.
    pub kind: MisfitKind,
    /// The value as it was stored; empty for a group.
    pub value: String,
}

/// A session over a stored instance.
pub struct Reopened {
    /// Ready to go on.
    pub session: Session,
    /// What did not fit, in document order. Empty where the form is the one the instance was stored with.
    pub misfits: Vec<Misfit>,
}

impl Session {
    /// Goes on with a draft, stored by [`Session::draft_xml`] or as a submission. Where `form` is a newer version, every value
    /// is put where its path leads in it; what has no place is reported and nothing else is lost. The instance id stays the
    /// draft's. Actions of a first load do not run again, those of every load do.
    ///
    /// # Errors
    /// `form.malformed`, `form.too_large` or `form.forbidden` for the stored XML, with the place in it; `form.malformed` where
    /// its root element is another form's.
    pub fn reopen(form: Arc<Form>, env: Env, resources: &Resources, xml: &str) -> Result<Reopened, FormError> {
        Self::load(form, env, resources, xml, false)
    }

    /// Corrects an instance that was finished or sent: as [`Session::reopen`], with the new instance id of `env` and the
    /// stored one as `deprecatedID` (OpenRosa metadata).
    ///
    /// # Errors
    /// As [`Session::reopen`].
    pub fn edit(form: Arc<Form>, env: Env, resources: &Resources, xml: &str) -> Result<Reopened, FormError> {
        Self::load(form, env, resources, xml, true)
    }

    fn load(
        form: Arc<Form>,
        env: Env,
        resources: &Resources,
        stored: &str,
        is_edit: bool,
    ) -> Result<Reopened, FormError> {
        let document = xml::read(stored, &form.limits)?;
        let source = document.root_element();
        let mut session = Self::prepare(form, env, resources);
        let root = session.tree.children(Tree::ROOT).first().copied();
        let is_same =
            |root: &NodeId| session.form.names.local(session.tree.node(*root).name) == source.tag_name().name();
        let Some(root) = root.filter(is_same) else {
            let place = xml::place_of(stored, source.range().start);
            return Err(FormError::Malformed { what: "the stored instance belongs to another form", place });
        };
        let mut loading = Loading { stored, misfits: Vec::new() };
        loading.children(&mut session, root, source, &format!("/{}", loading.name(source)));
        session.set_ids(is_edit);
        session.attach(Tree::ROOT);
        session.settle();
        session.raise_load();
        Ok(Reopened { session, misfits: loading.misfits })
    }

    fn set_ids(&mut self, is_edit: bool) {
        let mut id = None;
        self.tree.walk(Tree::ROOT, &mut |node| {
            if id.is_none() && self.is_instance_id(node) {
                id = Some(node);
            }
        });
        let Some(id) = id else { return };
        let stored = self.tree.node(id).text.clone();
        if is_edit || stored.is_empty() {
            self.tree.node_mut(id).text = self.instance_id();
        }
        if is_edit && let Some(meta) = self.tree.parent(id) {
            let name = self.deprecated_name(id);
            let node = self.tree.child_named(meta, name).unwrap_or_else(|| {
                let node = self.tree.create(Kind::Element, name);
                self.tree.append(meta, node);
                self.states.resize(self.tree.len(), State::default());
                node
            });
            self.tree.node_mut(node).text = stored;
        }
    }

    /// `deprecatedID` as the form writes `instanceID`.
    fn deprecated_name(&self, instance_id: NodeId) -> crate::names::Name {
        let prefix = self.form.names.get(self.tree.node(instance_id).name).map_or("", |name| &name.prefix);
        if prefix.is_empty() { self.form.deprecated_id.0 } else { self.form.deprecated_id.1 }
    }

    fn raise_load(&mut self) {
        let form = Arc::clone(&self.form);
        for action in form.actions.iter().filter(|action| action.events.contains(&Event::Load)) {
            self.run_everywhere(action);
        }
    }
}

struct Loading<'x> {
    stored: &'x str,
    misfits: Vec<Misfit>,
}

impl Loading<'_> {
    fn name(&self, node: Xml<'_, '_>) -> String {
        match prefix_of(self.stored, node) {
            "" => node.tag_name().name().to_owned(),
            prefix => format!("{prefix}:{}", node.tag_name().name()),
        }
    }

    fn misfit(&mut self, reference: String, kind: MisfitKind, source: Xml<'_, '_>) {
        let is_group = source.children().any(|child| child.is_element());
        let value = if is_group { String::new() } else { source.text().unwrap_or_default().to_owned() };
        // Blank nodes say nothing, so nothing is lost with them.
        if is_group || !value.is_empty() {
            self.misfits.push(Misfit { reference, kind, value });
        }
    }

    /// Puts what stands in `source` into `node`. Depth is bounded by the reader's limit.
    fn children(&mut self, session: &mut Session, node: NodeId, source: Xml<'_, '_>, path: &str) {
        let def = session.tree.node(node).def;
        let mut seen: Vec<(&str, usize)> = Vec::new();
        let mut counts: Vec<(DefId, usize)> = Vec::new();
        for child in source.children().filter(Xml::is_element) {
            let local = child.tag_name().name();
            let position = match seen.iter_mut().find(|(name, _)| *name == local) {
                Some((_, count)) => {
                    *count += 1;
                    *count
                }
                None => {
                    seen.push((local, 1));
                    1
                }
            };
            let mut reference = format!("{path}/{}", self.name(child));
            if position > 1 {
                reference.push_str(&format!("[{position}]"));
            }
            let Some(child_def) = session.child_def(def, local) else {
                // An instance that was corrected before names the one before it; this session has its own.
                if local != "deprecatedID" {
                    self.misfit(reference, MisfitKind::Gone, child);
                }
                continue;
            };
            let is_repeat = session.form.schema.def(child_def).is_repeat;
            let number = match counts.iter_mut().find(|(known, _)| *known == child_def) {
                Some((_, count)) => {
                    *count += 1;
                    *count
                }
                None => {
                    counts.push((child_def, 1));
                    1
                }
            };
            let existing = session.instances(node, child_def).get(number - 1).copied();
            let target = match existing {
                None if is_repeat && session.has_room(child_def, 1) => session.insert_instance(node, child_def),
                other => other,
            };
            match target {
                Some(target) => self.node(session, target, child, &reference),
                None => self.misfit(reference, MisfitKind::Gone, child),
            }
        }
        // The form may begin with instances that the draft took out.
        for repeat in session.form.schema.def(def).children.clone() {
            if session.form.schema.def(repeat).is_repeat {
                let kept = counts.iter().find(|(known, _)| *known == repeat).map_or(0, |(_, count)| *count);
                for extra in session.instances(node, repeat).into_iter().skip(kept) {
                    session.tree.detach(extra);
                }
            }
        }
    }

    fn node(&mut self, session: &mut Session, node: NodeId, source: Xml<'_, '_>, reference: &str) {
        let holds_nodes = source.children().any(|child| child.is_element());
        let def = session.tree.node(node).def;
        let is_leaf = def == NONE || session.form.schema.is_leaf(def);
        self.attributes(session, node, source);
        if !is_leaf {
            if source.text().is_some_and(|text| !text.trim().is_empty()) && !holds_nodes {
                self.misfit(reference.to_owned(), MisfitKind::Shape, source);
                return;
            }
            self.children(session, node, source, reference);
            return;
        }
        if holds_nodes {
            self.misfit(reference.to_owned(), MisfitKind::Shape, source);
            return;
        }
        let value: String = source.children().filter(Xml::is_text).filter_map(|child| child.text()).collect();
        match session.misfit(node, &value) {
            Some(kind) => self.misfit(reference.to_owned(), kind, source),
            None => session.tree.node_mut(node).text = value,
        }
        session.state_mut(node).mark = match source.attribute((DRAFT_NAMESPACE, DRAFT_STATE)) {
            Some(UNKNOWN) => Some(AnswerState::Unknown),
            Some(DECLINED) => Some(AnswerState::Declined),
            _ => None,
        };
    }

    /// Those the form has below its root, such as an entity's id.
    fn attributes(&self, session: &mut Session, node: NodeId, source: Xml<'_, '_>) {
        for attribute in session.tree.attributes(node).to_vec() {
            let local = session.form.names.local(session.tree.node(attribute).name);
            let stored = source.attributes().find(|stored| stored.name() == local);
            if let Some(stored) = stored {
                session.tree.node_mut(attribute).text = stored.value().to_owned();
            }
        }
    }
}

impl Session {
    /// By local name: versions of a form differ in prefixes.
    fn child_def(&self, def: DefId, local: &str) -> Option<DefId> {
        let schema = &self.form.schema;
        schema.def(def).children.iter().copied().find(|child| self.form.names.local(schema.def(*child).name) == local)
    }

    /// Whether a stored value can stand in a node of this form.
    fn misfit(&self, node: NodeId, value: &str) -> Option<MisfitKind> {
        let question = self.question_of(node).filter(|_| !value.is_empty())?;
        let control = self.control_of(question)?;
        match question.kind {
            QuestionKind::Note | QuestionKind::Binary => None,
            QuestionKind::SelectOne | QuestionKind::SelectMultiple | QuestionKind::Rank => {
                // Filters and lists beside the form are left aside: they follow other answers.
                let known = super::choices::all_values(&self.form, question);
                let is_open = matches!(control.choices, Choices::None) || known.is_empty();
                let fits = |code: &str| known.iter().any(|one| one == code);
                let is_known = fits(value) || value.split_whitespace().all(fits);
                (!is_open && !is_known).then_some(MisfitKind::Choice)
            }
            kind => self.checked(control, kind, node, value).is_err().then_some(MisfitKind::Type),
        }
    }
}
