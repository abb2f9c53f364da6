//! What a form takes from outside: by which columns it searches its lists, and what of the last saved instance it reads.

use std::collections::BTreeSet;

use crate::form::control::{ActionValue, Choices, ItemLabel};
use crate::form::schema::{DOCUMENT, DefId};
use crate::form::text::{Label, Part, Text};
use crate::form::{ExternalInstance, Form};
use crate::names::Name;
use crate::resources::LAST_SAVED;
use crate::xpath::ast::{Axis, Expr, Path, Start, Step, Test};
use crate::xpath::functions::Function;

impl Form {
    /// Columns that the form's expressions look rows up by, in the order of their names: where a host keeps the list in a
    /// database, an index on each of them spares a scan.
    pub fn searched_columns(&self, instance: &ExternalInstance) -> Vec<String> {
        let mut columns = BTreeSet::new();
        self.every_expression(&mut |expr| match expr {
            Expr::Path(Path { start: Start::Instance(number), steps, .. }) if *number == instance.number => {
                let keys = steps.iter().flat_map(|step| &step.predicates).filter_map(|predicate| predicate.key);
                columns.extend(keys.map(|key| self.names.local(key).to_owned()));
            }
            Expr::Call(Function::Pulldata, arguments) => {
                if let [Expr::Text(id), _, Expr::Text(column), _] = arguments.as_slice()
                    && self.instances.get(&**id) == Some(&instance.number)
                {
                    columns.insert(column.to_string());
                }
            }
            _ => {}
        });
        columns.into_iter().collect()
    }

    /// Definitions whose values the form reads from its last saved instance; nothing where it has no such instance. A path
    /// that is not plain reads everything.
    pub(crate) fn last_saved_reads(&self) -> Option<BTreeSet<DefId>> {
        let instance = self.external.iter().find(|external| external.source == LAST_SAVED)?;
        let mut reads = BTreeSet::new();
        self.every_expression(&mut |expr| {
            let leads_to = match expr {
                Expr::Path(Path { start: Start::Instance(number), steps, .. }) if *number == instance.number => {
                    self.plain_definition(steps).unwrap_or(Some(DOCUMENT))
                }
                Expr::Path(Path { start: Start::Filter(..), .. }) | Expr::Call(Function::Pulldata, _) => None,
                // An id that is computed may be this one.
                Expr::Call(Function::Instance, _) => Some(DOCUMENT),
                _ => None,
            };
            if let Some(def) = leads_to {
                reads.extend(self.schema.subtree(def));
            }
        });
        Some(reads)
    }

    /// Where names from the root element down lead; nothing inside where the form has no such node.
    fn plain_definition(&self, steps: &[Step]) -> Option<Option<DefId>> {
        let name = |step: &Step| match step.test {
            Test::Name(name) if step.axis == Axis::Child => Some(name),
            _ => None,
        };
        let names: Option<Vec<Name>> = steps.iter().map(name).collect();
        let child = |def: DefId, name: &Name| self.schema.child(def, *name);
        Some(names?.iter().try_fold(DOCUMENT, child))
    }

    /// Every expression of the form with all its parts.
    fn every_expression<'f>(&'f self, see: &mut dyn FnMut(&'f Expr)) {
        let whole = |expr: &'f Expr, see: &mut dyn FnMut(&'f Expr)| walk(expr, see);
        self.graph.computations.iter().for_each(|computation| whole(&computation.expr, see));
        for bind in self.binds.values() {
            bind.constraint.iter().for_each(|expr| whole(expr, see));
            of_label(&bind.constraint_message, see);
            of_label(&bind.required_message, see);
        }
        for control in &self.controls {
            of_label(&control.label, see);
            of_label(&control.hint, see);
            match &control.choices {
                Choices::None => {}
                Choices::Items(items) => items.iter().for_each(|item| of_label(&item.label, see)),
                Choices::Set(set) => {
                    let (ItemLabel::Plain(label) | ItemLabel::Translated(label)) = &set.label;
                    [&set.nodes, &set.value, label].into_iter().for_each(|expr| whole(expr, see));
                }
            }
        }
        for item in &self.items {
            item.label().into_iter().for_each(|label| of_label(label, see));
        }
        for action in &self.actions {
            whole(&action.target, see);
            if let ActionValue::Computed(expr) = &action.value {
                whole(expr, see);
            }
        }
        self.itext.texts.values().flatten().for_each(|(_, _, text)| of_text(text, see));
    }
}

fn walk<'f>(expr: &'f Expr, see: &mut dyn FnMut(&'f Expr)) {
    see(expr);
    expr.parts(&mut |part| walk(part, see));
}

fn of_label<'f>(label: &'f Label, see: &mut dyn FnMut(&'f Expr)) {
    match label {
        Label::None | Label::Translated(_) => {}
        Label::Plain(text) => of_text(text, see),
        Label::Computed(expr) => walk(expr, see),
    }
}

fn of_text<'f>(text: &'f Text, see: &mut dyn FnMut(&'f Expr)) {
    for part in &text.parts {
        if let Part::Output(formula) = part {
            walk(&formula.expr, see);
        }
    }
}
