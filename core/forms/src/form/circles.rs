//! Texts and choices that need themselves: a label that shows a label that shows the first again. Those that a form writes
//! down are refused when it is read; those that only show while it is filled in stop at a limit of the evaluator.

use std::collections::HashMap;

use crate::form::builder::{Builder, Formula};
use crate::form::control::{Choices, Control, ItemLabel};
use crate::form::schema::Schema;
use crate::form::text::{Itext, Label, Part, Text};
use crate::xml::{Fault, What};
use crate::xpath::ast::Expr;
use crate::xpath::functions::Function;

/// Controls by what expressions call their question; the first one of each name.
#[derive(Default)]
pub(crate) struct ControlNames {
    by_path: HashMap<String, usize>,
    by_last: HashMap<String, usize>,
}

impl ControlNames {
    pub(crate) fn of(schema: &Schema, controls: &[Control]) -> Self {
        let mut names = Self::default();
        // Few questions show the name of a choice; only those with choices can be asked for one.
        for (number, control) in controls.iter().enumerate().filter(|(_, one)| !matches!(one.choices, Choices::None)) {
            let path = &schema.def(control.def).path;
            names.by_path.entry(path.clone()).or_insert(number);
            names.by_last.entry(last_name(path).to_owned()).or_insert(number);
        }
        names
    }

    /// The number of the control.
    pub(crate) fn find(&self, question: &str) -> Option<usize> {
        let question = question.trim();
        // A relative path is told apart by its last name, which is unique in forms that pyxform makes.
        let relative = || self.by_last.get(last_name(question)).filter(|_| !question.starts_with('/'));
        self.by_path.get(question).or_else(relative).copied()
    }
}

fn last_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Something that has a text made of other texts.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Place<'b> {
    Text(&'b str),
    /// Labels of the choices of a control, by its number.
    Choices(usize),
}

/// What a place leads to, with the byte offset of what says so.
type Leads<'b> = Vec<(Place<'b>, usize)>;

/// Refuses a form in which a text or a choice leads back to itself.
pub(crate) fn refuse(b: &Builder<'_>, names: &ControlNames) -> Result<(), Fault> {
    let mut leads: HashMap<Place<'_>, Leads<'_>> = HashMap::new();
    for (id, entries) in &b.itext.texts {
        let mut found = Vec::new();
        entries.iter().for_each(|(_, _, text)| of_text(b, names, text, &mut found));
        if !found.is_empty() {
            leads.insert(Place::Text(id), found);
        }
    }
    for (number, control) in b.controls.iter().enumerate() {
        let found = of_choices(b, names, control);
        if !found.is_empty() {
            leads.insert(Place::Choices(number), found);
        }
    }
    let mut known: HashMap<Place<'_>, Visit> = HashMap::new();
    // By place in the form, so that always the same one of several circles is named.
    let mut starts: Vec<_> = leads.iter().map(|(place, found)| (found[0].1, *place)).collect();
    starts.sort_by_key(|(offset, _)| *offset);
    for (_, start) in starts {
        walk(start, &leads, &mut known)?;
    }
    Ok(())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Visit {
    Open,
    Done,
}

/// Depth first with a stack of its own: a form may have as long a chain of texts as it likes.
fn walk<'b>(
    start: Place<'b>,
    leads: &HashMap<Place<'b>, Leads<'b>>,
    known: &mut HashMap<Place<'b>, Visit>,
) -> Result<(), Fault> {
    let mut stack = vec![(start, 0)];
    while let Some((place, next)) = stack.pop() {
        if next == 0 && known.insert(place, Visit::Open) == Some(Visit::Done) {
            known.insert(place, Visit::Done);
            continue;
        }
        match leads.get(&place).and_then(|found| found.get(next)) {
            Some((to, offset)) => {
                stack.push((place, next + 1));
                match known.get(to) {
                    Some(Visit::Open) => return Err(Fault { what: What::Cycle, offset: *offset }),
                    Some(Visit::Done) => {}
                    None => stack.push((*to, 0)),
                }
            }
            None => {
                known.insert(place, Visit::Done);
            }
        }
    }
    Ok(())
}

fn of_text<'b>(b: &'b Builder<'_>, names: &ControlNames, text: &'b Text, found: &mut Leads<'b>) {
    for part in &text.parts {
        if let Part::Output(Formula { expr, offset }) = part {
            of_expr(b, names, expr, *offset, found);
        }
    }
}

fn of_choices<'b>(b: &'b Builder<'_>, names: &ControlNames, control: &'b Control) -> Leads<'b> {
    let mut found = Vec::new();
    match &control.choices {
        Choices::None => {}
        Choices::Items(items) => {
            for item in items {
                match &item.label {
                    Label::None => {}
                    Label::Plain(text) => of_text(b, names, text, &mut found),
                    Label::Translated(id) => of_id(&b.itext, id, control.offset, &mut found),
                    Label::Computed(expr) => of_expr(b, names, expr, control.offset, &mut found),
                }
            }
        }
        Choices::Set(set) => {
            let (ItemLabel::Plain(label) | ItemLabel::Translated(label)) = &set.label;
            for expr in [&set.nodes, &set.value, label] {
                of_expr(b, names, expr, control.offset, &mut found);
            }
        }
    }
    found
}

fn of_id<'b>(itext: &'b Itext, id: &str, offset: usize, found: &mut Leads<'b>) {
    if let Some((id, _)) = itext.texts.get_key_value(id) {
        found.push((Place::Text(id), offset));
    }
}

fn of_expr<'b>(b: &'b Builder<'_>, names: &ControlNames, expr: &'b Expr, offset: usize, found: &mut Leads<'b>) {
    if let Expr::Call(function, arguments) = expr {
        match (function, arguments.as_slice()) {
            (Function::Itext, [Expr::Text(id)]) => of_id(&b.itext, id, offset, found),
            (Function::ChoiceName, [_, Expr::Text(question)]) => {
                found.extend(names.find(question).map(|number| (Place::Choices(number), offset)));
            }
            _ => {}
        }
    }
    expr.parts(&mut |part| of_expr(b, names, part, offset, found));
}
