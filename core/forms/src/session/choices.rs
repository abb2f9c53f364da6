//! The choices of a question at present.

use std::borrow::Cow;

use crate::error::Problem;
use crate::form::control::{Choices, Control, ItemLabel, Itemset};
use crate::form::text::Label;
use crate::form::{Form, Question};
use crate::names::Name;
use crate::secondary::Secondary;
use crate::session::Session;
use crate::session::labels::Kind;
use crate::session::view::ChoiceView;
use crate::tree::{NodeId, Tree};
use crate::xpath::ast::{Axis, Expr, Path, Start, Test};
use crate::xpath::budget::Budget;
use crate::xpath::eval::{Context, Eval};
use crate::xpath::functions::Function;
use crate::xpath::value::NodeRef;

impl Session {
    /// All choices with their labels.
    pub(super) fn choices(&self, control: &Control, node: NodeId) -> Result<Vec<ChoiceView>, Problem> {
        Ok(match &control.choices {
            Choices::None => Vec::new(),
            Choices::Items(items) => items
                .iter()
                .map(|item| ChoiceView {
                    value: item.value.clone(),
                    label: self.label(&item.label, node),
                    media: match &item.label {
                        Label::Translated(id) => self.media(id, NodeRef { tree: 0, node }, &self.budget()),
                        _ => Vec::new(),
                    },
                })
                .collect(),
            Choices::Set(set) => return self.itemset(set, node),
        })
    }

    /// The label of one choice; nothing where the question does not offer it at present.
    pub(super) fn label_of_choice(
        &self,
        control: &Control,
        node: NodeId,
        value: &str,
        budget: &Budget,
    ) -> Result<Option<String>, Problem> {
        let here = NodeRef { tree: 0, node };
        match &control.choices {
            Choices::None => Ok(None),
            Choices::Items(items) => match items.iter().find(|item| item.value == value) {
                Some(item) => self.label_within(&item.label, here, budget).map(Some),
                None => Ok(None),
            },
            Choices::Set(set) => self.look_within(here, budget, |eval, here| {
                for item in eval.nodes(&set.nodes, here)? {
                    let at = Context { node: item, ..*here };
                    if eval.text(&set.value, &at)? == value {
                        return self.item_label(set, eval, &at).map(|(label, _)| Some(label));
                    }
                }
                Ok(None)
            }),
        }
    }

    /// The label of an item of a set, and the id of its text where it is translated.
    fn item_label<'a>(
        &'a self,
        set: &'a Itemset,
        eval: &Eval<'a>,
        at: &Context,
    ) -> Result<(String, Option<Cow<'a, str>>), Problem> {
        match &set.label {
            ItemLabel::Plain(expr) => Ok((eval.text(expr, at)?.into_owned(), None)),
            ItemLabel::Translated(expr) => {
                let id = eval.text(expr, at)?;
                let label = self.translated_within(&id, Kind::Plain, at.current, &eval.budget)?;
                Ok((label.unwrap_or_else(|| id.clone().into_owned()), Some(id)))
            }
        }
    }

    /// Codes alone, without the cost of labels.
    pub(super) fn choice_codes(&self, control: &Control, node: NodeId) -> Vec<String> {
        match &control.choices {
            Choices::None => Vec::new(),
            Choices::Items(items) => items.iter().map(|item| item.value.clone()).collect(),
            Choices::Set(set) => self.items(set, node, |eval, here| eval.text(&set.value, here)).unwrap_or_default(),
        }
    }

    fn items<'a>(
        &'a self,
        set: &'a Itemset,
        node: NodeId,
        read: impl Fn(&Eval<'a>, &Context) -> Result<Cow<'a, str>, Problem>,
    ) -> Result<Vec<String>, Problem> {
        let (found, _) = self.look(node, |eval, here| {
            let nodes = eval.nodes(&set.nodes, here)?;
            let at = |node: &NodeRef| Context { node: *node, ..*here };
            nodes.iter().map(|node| read(eval, &at(node)).map(|text| text.into_owned())).collect()
        });
        found
    }

    fn itemset(&self, set: &Itemset, node: NodeId) -> Result<Vec<ChoiceView>, Problem> {
        let (found, _) = self.look(node, |eval, here| {
            let mut choices = Vec::new();
            for item in eval.nodes(&set.nodes, here)? {
                let at = Context { node: item, ..*here };
                let value = eval.text(&set.value, &at)?.into_owned();
                let (label, text) = self.item_label(set, eval, &at)?;
                let media = text.map(|id| self.media(&id, at.current, &eval.budget)).unwrap_or_default();
                choices.push(ChoiceView { value, label, media });
            }
            Ok(choices)
        });
        found
    }
}

/// Codes a form holds for a question, filters left aside.
pub(crate) fn all_values(form: &Form, question: &Question) -> Vec<String> {
    let Some(control) = question.control.and_then(|number| form.controls.get(number as usize)) else {
        return Vec::new();
    };
    match &control.choices {
        Choices::None => Vec::new(),
        Choices::Items(items) => items.iter().map(|item| item.value.clone()).collect(),
        Choices::Set(set) => set_values(form, set).unwrap_or_default(),
    }
}

fn set_values(form: &Form, set: &Itemset) -> Option<Vec<String>> {
    let Expr::Path(value) = &set.value else { return None };
    let [step] = value.steps.as_slice() else { return None };
    let Test::Name(column) = step.test else { return None };
    let path = unfiltered(&set.nodes)?;
    let Start::Instance(number) = path.start else { return None };
    let names: Option<Vec<Name>> = path
        .steps
        .iter()
        .map(|step| match step.test {
            Test::Name(name) if step.axis == Axis::Child => Some(name),
            _ => None,
        })
        .collect();
    let names = names?;
    match &**form.others.get(number.checked_sub(1)? as usize)? {
        Secondary::List(listed) => Some(listed.values(&names, column)),
        Secondary::Tree(tree) => {
            let mut found = vec![Tree::ROOT];
            for name in names {
                let below = |node: &NodeId| tree.children(*node).to_vec();
                found = found.iter().flat_map(below).filter(|child| tree.node(*child).name == name).collect();
            }
            let cells = found.into_iter().filter_map(|row| tree.child_named(row, column));
            Some(cells.map(|cell| tree.node(cell).text.clone()).collect())
        }
        Secondary::Missing => None,
    }
}

/// `instance('id')/…`, also inside `randomize`.
fn unfiltered(nodes: &Expr) -> Option<&Path> {
    match nodes {
        Expr::Path(path) => Some(path),
        Expr::Call(Function::Randomize, arguments) => arguments.first().and_then(unfiltered),
        _ => None,
    }
}
