//! A form: parsed, checked, its expressions compiled. Immutable; sessions share it.

mod actions;
mod body;
mod builder;
mod circles;
mod compile;
pub(crate) mod control;
mod depends;
mod describe;
pub(crate) mod graph;
mod model;
pub(crate) mod question;
pub(crate) mod schema;
mod searches;
pub(crate) mod text;

use std::collections::HashMap;
use std::sync::Arc;

pub use control::{Range, RequestKind};
pub use describe::{Decides, Dependence};
pub use model::ExternalInstance;
pub use question::{Extension, Question, QuestionKind};
pub use text::MediaKind;

use crate::error::FormError;
use crate::form::builder::Bind;
use crate::form::circles::ControlNames;
use crate::form::control::{Action, BodyItem, Control, Repeat};
use crate::form::graph::Graph;
use crate::form::schema::{DefId, Schema};
use crate::form::text::{Itext, Label};
use crate::limits::Limits;
use crate::mix::Mixed;
use crate::names::{Name, Names};
use crate::secondary::Secondary;
use crate::tree::{NodeId, Tree};

/// What a form says about sending it. Nothing here is followed by this crate.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Submission {
    /// Address the form wants to be sent to, where it names one.
    pub action: Option<String>,
    /// The RSA key, in Base64, that submissions are to be encrypted to.
    pub public_key: Option<String>,
    /// Send as soon as it is finished, or not; nothing where the form leaves it to the host.
    pub auto_send: Option<bool>,
    /// Delete once it is sent, or not.
    pub auto_delete: Option<bool>,
}

/// A form. Built by [`Form::parse`]; filled in by a [`crate::Session`].
pub struct Form {
    pub(crate) limits: Limits,
    pub(crate) names: Names,
    pub(crate) schema: Schema,
    pub(crate) primary: Tree,
    pub(crate) templates: HashMap<DefId, NodeId, Mixed>,
    /// Instances 1 and following as the form has them; those with a file are blank here.
    pub(crate) others: Vec<Arc<Secondary>>,
    pub(crate) instances: HashMap<String, u32>,
    pub(crate) binds: HashMap<DefId, Box<Bind>, Mixed>,
    pub(crate) itext: Itext,
    pub(crate) controls: Vec<Control>,
    pub(crate) control_names: ControlNames,
    pub(crate) questions: Vec<Question>,
    pub(crate) repeats: HashMap<DefId, Repeat, Mixed>,
    pub(crate) submission: Submission,
    pub(crate) problems: Vec<FormError>,
    pub(crate) items: Vec<BodyItem>,
    /// Numbers of the items at the top.
    pub(crate) body: Vec<u32>,
    pub(crate) actions: Vec<Action>,
    pub(crate) graph: Graph,
    /// Default namespace of the primary instance, where it has one of its own.
    pub(crate) root_namespace: Option<String>,
    /// `deprecatedID` without a prefix, and with the one of OpenRosa's metadata.
    pub(crate) deprecated_id: (Name, Name),
    pub(crate) title: String,
    pub(crate) id: String,
    pub(crate) version: String,
    pub(crate) external: Vec<ExternalInstance>,
}

impl Form {
    /// Reads a form within the default [`Limits`].
    ///
    /// # Errors
    /// `form.malformed`, `form.too_large`, `form.forbidden`, `form.unsupported`, `form.expression`, `form.cycle`, each with
    /// line and column.
    pub fn parse(xml: &str) -> Result<Self, FormError> {
        Self::parse_with(xml, &Limits::default())
    }

    /// Reads a form within limits of the caller.
    ///
    /// # Errors
    /// As [`Form::parse`].
    pub fn parse_with(xml: &str, limits: &Limits) -> Result<Self, FormError> {
        compile::compile(xml, limits)
    }

    /// The form's id: the `id` of the primary instance's root element, or its namespace in old forms.
    pub fn id(&self) -> &str {
        &self.id
    }
    /// Version as written; empty where the form has none.
    pub fn version(&self) -> &str {
        &self.version
    }
    /// Title.
    pub fn title(&self) -> &str {
        &self.title
    }
    /// Languages of the translations, as the form names them; empty where it has none.
    pub fn languages(&self) -> &[String] {
        &self.itext.languages
    }
    /// The language a session starts in; empty where the form has no translations.
    pub fn default_language(&self) -> &str {
        self.itext.languages.get(self.itext.default).map_or("", String::as_str)
    }
    /// What the form says about sending it.
    pub const fn submission(&self) -> &Submission {
        &self.submission
    }
    /// What is wrong with the form and does not hinder it: expressions inside labels that are no XPath, and binds for nodes
    /// that the form does not have.
    pub fn problems(&self) -> &[FormError] {
        &self.problems
    }
    /// Every leaf that has a bind or a control, in the order of the instance.
    pub fn questions(&self) -> impl Iterator<Item = &Question> {
        self.questions.iter()
    }
    /// One of them, by its path without positions.
    pub fn question(&self, reference: &str) -> Option<&Question> {
        self.questions.iter().find(|question| question.reference == reference)
    }
    /// An attribute of another namespace on the bind of `path`, also of groups and repeats.
    pub fn bind_extension(&self, path: &str, namespace: &str, name: &str) -> Option<&str> {
        let def = self.schema.defs.iter().position(|def| def.path == path)?;
        question::find_extension(&self.binds.get(&(def as DefId))?.attributes, namespace, name)
    }
    /// Every group and repeat with a heading of its own: its path without positions, and its bind's attributes of other
    /// namespaces. One that stands for no node has the path of the nearest around it (empty at the top) and no attributes.
    pub fn headings(&self) -> impl Iterator<Item = (&str, &[Extension])> {
        let labelled = self.items.iter().filter(|item| !matches!(item.label(), None | Some(Label::None)));
        labelled.map(|item| {
            let around = std::iter::successors(Some(item), |item| self.items.get(item.parent as usize));
            let path = around.filter_map(BodyItem::def).next().map_or("", |def| self.schema.def(def).path.as_str());
            let own = item.def().and_then(|def| self.binds.get(&def));
            (path, own.map_or(&[][..], |bind| bind.attributes.as_slice()))
        })
    }
    /// The first control of the question that an expression names, for `jr:choice-name`.
    pub(crate) fn control_named(&self, question: &str) -> Option<&Control> {
        self.control_names.find(question).and_then(|number| self.controls.get(number))
    }
    /// Instances whose content comes from outside: a session takes it from its [`crate::Resources`].
    pub fn external_instances(&self) -> &[ExternalInstance] {
        &self.external
    }
    /// Codes of the choices of a question that are written into the form: inline ones, and those of an itemset over an
    /// instance of the form, its filter left aside. In document order.
    pub fn choice_values(&self, reference: &str) -> Vec<String> {
        let Some(question) = self.question(reference) else { return Vec::new() };
        crate::session::choices::all_values(self, question)
    }
}
