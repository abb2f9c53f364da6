//! Texts in the language of the session, outputs filled in.

use std::borrow::Cow;

use crate::error::Problem;
pub(super) use crate::form::text::TextForm as Kind;
use crate::form::text::{Label, Part, Text};
use crate::session::Session;
use crate::session::view::Media;
use crate::tree::NodeId;
use crate::xpath::budget::Budget;
use crate::xpath::value::NodeRef;

impl Session {
    /// A label as plain text. What cannot be computed is left blank.
    pub(super) fn label(&self, label: &Label, node: NodeId) -> String {
        self.label_within(label, NodeRef { tree: 0, node }, &self.budget()).unwrap_or_default()
    }

    pub(super) fn label_within(&self, label: &Label, here: NodeRef, budget: &Budget) -> Result<String, Problem> {
        match label {
            Label::None => Ok(String::new()),
            Label::Plain(text) => self.render(text, here, budget),
            Label::Translated(id) => {
                self.translated_within(id, Kind::Plain, here, budget).map(Option::unwrap_or_default)
            }
            Label::Computed(expr) => {
                self.look_within(here, budget, |eval, here| eval.text(expr, here).map(Cow::into_owned))
            }
        }
    }

    /// Another form of a label, such as the guidance of a hint.
    pub(super) fn other_form(&self, label: &Label, form: Kind, node: NodeId) -> Option<String> {
        match label {
            Label::Translated(id) => {
                self.translated_within(id, form, NodeRef { tree: 0, node }, &self.budget()).ok().flatten()
            }
            _ => None,
        }
    }

    pub(super) fn translated_within(
        &self,
        id: &str,
        form: Kind,
        here: NodeRef,
        budget: &Budget,
    ) -> Result<Option<String>, Problem> {
        match self.form.itext.find(id, self.language.get(), form) {
            Some(text) => self.render(text, here, budget).map(Some),
            None => Ok(None),
        }
    }

    /// An output that cannot be computed is left blank, unless that is because there is nothing left to compute with.
    fn render(&self, text: &Text, here: NodeRef, budget: &Budget) -> Result<String, Problem> {
        let mut rendered = String::new();
        for part in &text.parts {
            match part {
                Part::Plain(text) => rendered.push_str(text),
                Part::Output(formula) => {
                    let value = self
                        .look_within(here, budget, |eval, here| eval.text(&formula.expr, here).map(Cow::into_owned));
                    match value {
                        Ok(text) if text == "NaN" => {}
                        Ok(text) => rendered.push_str(&text),
                        Err(problem @ (Problem::Steps | Problem::Nesting)) => return Err(problem),
                        Err(_) => {}
                    }
                }
            }
            if rendered.len() > self.form.limits.text {
                return Err(Problem::Text);
            }
        }
        budget.charge_text(rendered.len());
        Ok(rendered)
    }

    pub(super) fn media(&self, id: &str, here: NodeRef, budget: &Budget) -> Vec<Media> {
        let kinds = self.form.itext.media(id).into_iter();
        let uri = |kind| self.translated_within(id, Kind::Media(kind), here, budget).ok().flatten();
        kinds.filter_map(|kind| uri(kind).map(|uri| Media { kind, uri })).collect()
    }
}
