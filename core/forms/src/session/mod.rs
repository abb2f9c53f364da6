//! One form being filled in. Everything here is in memory and pure: same form, same [`Env`], same calls, same state.

mod actions;
mod answer;
mod answers;
mod check;
pub(crate) mod choices;
mod entities;
mod host;
mod labels;
mod preload;
mod reference;
mod relevance;
mod reopen;
mod repeats;
mod screens;
mod settle;
mod submission;
mod validate;
mod view;

#[cfg(test)]
mod property;

use std::cell::Cell;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use wayside_model::{AnswerState, Timestamp};

pub use actions::Request;
pub use reopen::{Misfit, MisfitKind, Reopened};
pub use screens::{ScreenKind, ScreenRef};
pub use validate::{Violation, ViolationKind};
pub use view::{ChoiceView, Media, QuestionView, RepeatView, ScreenView, TitleView};

use crate::error::{FormError, Problem};
use crate::form::schema::DefId;
use crate::form::{ExternalInstance, Form, QuestionKind};
use crate::mix::Mixed;
use crate::resources::Resources;
use crate::secondary::Secondary;
use crate::session::settle::Queue;
use crate::tree::{NONE, NodeId, Tree};

/// What the host tells a session. The core has no clock, no randomness and no identity of its own.
#[derive(Clone)]
pub struct Env {
    /// The moment `now()` and `today()` mean; see [`Session::set_now`].
    pub now: Timestamp,
    /// Minutes east of UTC where the device is.
    pub offset_minutes: i32,
    /// Id of this filled-in form, with or without `uuid:` before it.
    pub instance_id: String,
    /// Where `random()` and `uuid()` start. They are not for secrets.
    pub random_seed: u64,
    /// For `jr:preload="property"` with `deviceid`; may be empty.
    pub device_id: String,
    /// For `username`; may be empty.
    pub username: String,
    /// For `email`; may be empty.
    pub email: String,
    /// For `phonenumber`; may be empty.
    pub phone_number: String,
}

/// A form being filled in. No `Debug`: it holds what a person said.
pub struct Session {
    form: Arc<Form>,
    env: Env,
    tree: Tree,
    /// Instances 1 and following.
    others: Vec<Arc<Secondary>>,
    states: Vec<State>,
    /// The node of a definition that has exactly one, ever.
    singles: Vec<NodeId>,
    queue: Queue,
    /// Nodes whose value changed and whose actions did not run yet.
    changed: Vec<NodeId>,
    /// New instances whose actions did not run yet.
    created: Vec<NodeId>,
    /// Instances beyond a repeat's count, last one last: they come back when the count rises.
    parked: HashMap<(NodeId, DefId), Vec<NodeId>, Mixed>,
    /// What the host was not asked for yet.
    requests: Vec<Request>,
    /// Definitions with actions on a changed value.
    watched: HashSet<DefId, Mixed>,
    language: Cell<usize>,
    random: u64,
    /// Steps that expressions may still take until this settling ends.
    steps: u64,
    /// Steps taken since it began.
    taken: u64,
}

/// What the engine knows of a node besides its value.
#[derive(Clone)]
struct State {
    /// By the node's own expression; the effective one is in the tree.
    relevant: bool,
    read_only: bool,
    /// With what is inherited.
    read_only_here: bool,
    required: bool,
    /// Not part of the instance: a template, or taken out.
    detached: bool,
    /// Unknown, declined or left open, for questions without such choices.
    mark: Option<AnswerState>,
    problem: Option<(Cause, Problem)>,
}

/// What a problem came from: only the same thing going well takes it away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cause {
    Computation(u32),
    Action,
    Count(DefId),
    Settling,
}

impl Default for State {
    fn default() -> Self {
        Self {
            relevant: true,
            read_only: false,
            read_only_here: false,
            required: false,
            detached: true,
            mark: None,
            problem: None,
        }
    }
}

impl Session {
    /// Begins a new instance without any files beside the form; see [`Session::start_with`].
    ///
    /// # Errors
    /// As [`Session::start_with`].
    pub fn start(form: Arc<Form>, env: Env) -> Result<Self, FormError> {
        Self::start_with(form, env, &Resources::default())
    }

    /// Begins a new instance: preloads, calculations, then the actions of the first load. A file that is missing hinders
    /// nobody: questions and calculations that need it are blank and carry [`Problem::Missing`].
    ///
    /// # Errors
    /// None at present; a form that cannot be filled in by this version would be `form.unsupported`.
    pub fn start_with(form: Arc<Form>, env: Env, resources: &Resources) -> Result<Self, FormError> {
        let mut session = Self::prepare(form, env, resources);
        session.preload();
        session.attach(Tree::ROOT);
        session.settle();
        session.first_load();
        Ok(session)
    }

    /// The blank instance, nothing computed yet.
    fn prepare(form: Arc<Form>, env: Env, resources: &Resources) -> Self {
        let mut others = form.others.clone();
        for external in &form.external {
            let content = resources.instance(external, &form.names, &form.limits);
            if let Some(other) = external.number.checked_sub(1).and_then(|index| others.get_mut(index as usize)) {
                *other = Arc::new(content);
            }
        }
        let tree = form.primary.clone();
        let watched = actions::watched(&form);
        let random = env.random_seed;
        let mut session = Self {
            states: vec![State::default(); tree.len()],
            singles: vec![NONE; form.schema.len()],
            queue: Queue::default(),
            changed: Vec::new(),
            created: Vec::new(),
            parked: HashMap::default(),
            requests: Vec::new(),
            language: Cell::new(form.itext.default),
            watched,
            random,
            steps: form.limits.steps,
            taken: 0,
            tree,
            others,
            form,
            env,
        };
        session.find_singles();
        session
    }

    /// Instances of the form whose files are not there. What needs them is blank, with a problem on its node.
    pub fn missing_instances(&self) -> impl Iterator<Item = &ExternalInstance> {
        self.form.external.iter().filter(|external| {
            let index = external.number.wrapping_sub(1) as usize;
            self.others.get(index).is_some_and(|other| matches!(**other, Secondary::Missing))
        })
    }

    fn find_singles(&mut self) {
        let mut seen = vec![0_u32; self.form.schema.len()];
        let (tree, singles, schema) = (&self.tree, &mut self.singles, &self.form.schema);
        tree.walk_all(Tree::ROOT, &mut |node| {
            let def = tree.node(node).def;
            if def != NONE && schema.def(def).scope == crate::form::schema::DOCUMENT {
                seen[def as usize] += 1;
                singles[def as usize] = if seen[def as usize] == 1 { node } else { NONE };
            }
        });
    }

    /// The form.
    pub fn form(&self) -> &Arc<Form> {
        &self.form
    }

    /// Steps that calculations and actions took since the session began, as [`crate::Limits::steps`] counts them: a measure
    /// of work that is the same on every machine.
    pub const fn steps_taken(&self) -> u64 {
        self.taken
    }

    /// Moves the clock that `now()` and `today()` read; nothing is computed again by that alone.
    pub fn set_now(&mut self, now: Timestamp) {
        self.env.now = now;
    }

    /// Chooses the language of labels and messages. A language the form does not have changes nothing; says whether it has.
    pub fn set_language(&mut self, language: &str) -> bool {
        let Some(number) = self.form.itext.languages.iter().position(|one| one == language) else { return false };
        self.language.set(number);
        let form = Arc::clone(&self.form);
        for (number, computation) in form.graph.computations.iter().enumerate().filter(|(_, one)| one.speaks) {
            self.enqueue_below(Tree::ROOT, number as u32, computation.target);
        }
        self.settle();
        true
    }

    /// Looks at the session in another language, and leaves its own as it is: no value is computed anew. `None` for a language
    /// the form does not have.
    pub fn in_language<T>(&self, language: &str, look: impl FnOnce(&Self) -> T) -> Option<T> {
        let number = self.form.itext.languages.iter().position(|one| one == language)?;
        let own = self.language.replace(number);
        let seen = look(self);
        self.language.set(own);
        Some(seen)
    }

    /// The language of labels and messages; empty where the form has no translations.
    pub fn language(&self) -> &str {
        self.form.itext.languages.get(self.language.get()).map_or("", String::as_str)
    }

    /// The value as the instance holds it. Empty where there is no answer, and where the node is not relevant at present:
    /// the value is kept then and comes back. The name of an attached file always shows, because the file is there.
    pub fn value(&self, reference: &str) -> Option<&str> {
        let id = self.find(reference)?;
        let node = self.tree.node(id);
        let shown = node.relevant || self.question_of(id).is_some_and(|question| question.kind == QuestionKind::Binary);
        node.children.is_empty().then_some(if shown { &node.text } else { "" })
    }

    /// Whether the node is asked at present, by its own rule and those of all groups around it.
    /// A repeat without instances is as relevant as what it stands in.
    pub fn is_relevant(&self, reference: &str) -> bool {
        let node = self.find(reference).or_else(|| self.find_repeat(reference).map(|(parent, _)| parent));
        node.is_some_and(|node| self.tree.node(node).relevant)
    }

    /// Whether an answer is required at present.
    pub fn is_required(&self, reference: &str) -> bool {
        self.find(reference).is_some_and(|node| self.state_of(node).required)
    }

    /// Whether the node cannot be answered by hand, by its own rule or one around it.
    pub fn is_read_only(&self, reference: &str) -> bool {
        self.find(reference).is_some_and(|node| self.state_of(node).read_only_here)
    }

    /// What went wrong in the node's own expressions when they last ran.
    pub fn problem(&self, reference: &str) -> Option<Problem> {
        self.state_of(self.find(reference)?).problem.map(|(_, problem)| problem)
    }

    fn state_of(&self, node: NodeId) -> &State {
        &self.states[node as usize]
    }

    fn report(&mut self, node: NodeId, cause: Cause, problem: Option<Problem>) {
        let known = &mut self.state_mut(node).problem;
        match problem {
            Some(problem) => *known = Some((cause, problem)),
            None if known.is_some_and(|(other, _)| other == cause) => *known = None,
            None => {}
        }
    }

    fn state_mut(&mut self, node: NodeId) -> &mut State {
        &mut self.states[node as usize]
    }
}
