//! Runs a parsed expression over the trees. It never fails hard: every way to go wrong is a [`Problem`].

use std::borrow::Cow;
use std::cell::Cell;
use std::sync::Arc;

use crate::error::Problem;
use crate::names::Names;
use crate::secondary::{Listed, Secondary};
use crate::tree::{TEXT, Tree};
use crate::xpath::ast::{Comparison, Expr, Operator, Path};
use crate::xpath::budget::Budget;
use crate::xpath::dates::{Clock, DAY_MS};
use crate::xpath::number;
use crate::xpath::value::{NodeRef, Value, When};

/// What the form knows and the evaluator does not.
pub(crate) trait Host {
    /// The label of a choice of the question that `question` names, seen from `context`; nothing where there is none.
    fn choice_label(
        &self,
        value: &str,
        question: &str,
        context: NodeRef,
        budget: &Budget,
    ) -> Result<Option<String>, Problem>;
    /// A text of the current language; nothing where there is none.
    fn text(&self, id: &str, context: NodeRef, budget: &Budget) -> Result<Option<String>, Problem>;
    /// Something the host knows, such as `deviceid`.
    fn property(&self, name: &str) -> Option<String>;
    /// The form's version.
    fn version(&self) -> Option<String>;
    /// The number of an instance.
    fn instance(&self, id: &str) -> Option<u32>;
}

/// Everything an expression can see.
#[derive(Clone, Copy)]
pub(crate) struct World<'a> {
    pub(crate) primary: &'a Tree,
    /// Instances 1 and following.
    pub(crate) others: &'a [Arc<Secondary>],
    pub(crate) names: &'a Names,
    pub(crate) clock: Clock,
    pub(crate) host: Option<&'a dyn Host>,
    /// Bytes of a text that an expression may make.
    pub(crate) text: usize,
}

/// An instance by its number.
#[derive(Clone, Copy)]
pub(crate) enum Source<'a> {
    Tree(&'a Tree),
    List(&'a Listed),
    /// Its file is not there.
    Missing,
}

impl<'a> World<'a> {
    pub(crate) fn source(&self, number: u32) -> Source<'a> {
        match number.checked_sub(1).and_then(|index| self.others.get(index as usize)) {
            None => Source::Tree(self.primary),
            Some(other) => match &**other {
                Secondary::Tree(tree) => Source::Tree(tree),
                Secondary::List(listed) => Source::List(listed),
                Secondary::Missing => Source::Missing,
            },
        }
    }

    /// The tree of an instance that is one; a list has no attributes and no values that expressions set.
    pub(crate) fn tree(&self, number: u32) -> Option<&'a Tree> {
        match self.source(number) {
            Source::Tree(tree) => Some(tree),
            Source::List(_) | Source::Missing => None,
        }
    }

    pub(crate) fn is_numeric(&self, node: NodeRef) -> bool {
        self.tree(node.tree).is_some_and(|tree| tree.node(node.node).numeric)
    }
}

/// The node an expression stands on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Context {
    pub(crate) node: NodeRef,
    pub(crate) position: usize,
    pub(crate) size: usize,
    /// What `current()` is.
    pub(crate) current: NodeRef,
}

impl Context {
    pub(crate) fn at(node: NodeRef) -> Self {
        Self { node, position: 1, size: 1, current: node }
    }
}

pub(crate) struct Eval<'a> {
    pub(crate) world: World<'a>,
    pub(crate) budget: Budget,
    /// State of the generator behind `random` and `uuid`.
    pub(crate) random: Cell<u64>,
    /// A list that could not be read. What it should have given counts as blank until the expression ends.
    unreadable: Cell<bool>,
}

impl<'a> Eval<'a> {
    pub(crate) fn new(world: World<'a>, random: u64, budget: Budget) -> Self {
        Self { world, budget, random: Cell::new(random), unreadable: Cell::new(false) }
    }

    /// A list could not be read since this was made.
    pub(crate) fn missed_something(&self) -> bool {
        self.unreadable.get()
    }

    pub(crate) fn spend(&self, steps: usize) -> Result<(), Problem> {
        self.budget.spend(steps)
    }

    /// A text that an expression makes, or that it is too long.
    pub(crate) fn made(&self, text: String) -> Result<Value<'a>, Problem> {
        self.budget.charge_text(text.len());
        if text.len() > self.world.text { Err(Problem::Text) } else { Ok(Value::Text(Cow::Owned(text))) }
    }

    /// One arm a kind and no work in it: expressions nest, and this frame with them.
    pub(crate) fn eval(&self, expr: &'a Expr, c: &Context) -> Result<Value<'a>, Problem> {
        self.spend(1)?;
        self.budget.enter()?;
        let value = match expr {
            Expr::Number(number) => Ok(Value::Number(*number)),
            Expr::Text(text) => Ok(Value::Text(Cow::Borrowed(text))),
            Expr::Or(list) => self.first_that_is(true, list, c),
            Expr::And(list) => self.first_that_is(false, list, c),
            Expr::Compare(first, rest) => self.compare_chain(first, rest, c),
            Expr::Arithmetic(first, rest) => self.calculate_chain(first, rest, c),
            Expr::Negate(inner) => self.number(inner, c).map(|number| Value::Number(-number)),
            Expr::Union(list) => self.union(list, c),
            Expr::Call(function, arguments) => self.call(*function, arguments, c),
            Expr::Path(path) => self.path(path, c).map(Value::Nodes),
        };
        self.budget.leave();
        value
    }

    fn compare_chain(
        &self,
        first: &'a Expr,
        rest: &'a [(Comparison, Expr)],
        c: &Context,
    ) -> Result<Value<'a>, Problem> {
        if let (Some(path), [(comparison, right)]) = (simple(first), rest)
            && matches!(right, Expr::Text(_) | Expr::Number(_))
        {
            return self.compare_simple(path, *comparison, right, c);
        }
        let mut left = self.eval(first, c)?;
        for (comparison, right) in rest {
            let right = self.eval(right, c)?;
            left = Value::Boolean(self.compare(*comparison, &left, &right));
        }
        Ok(left)
    }

    fn calculate_chain(
        &self,
        first: &'a Expr,
        rest: &'a [(Operator, Expr)],
        c: &Context,
    ) -> Result<Value<'a>, Problem> {
        let mut left = self.number(first, c)?;
        for (operator, right) in rest {
            left = arithmetic(*operator, left, self.number(right, c)?);
        }
        Ok(Value::Number(left))
    }

    fn union(&self, list: &'a [Expr], c: &Context) -> Result<Value<'a>, Problem> {
        let mut nodes = Vec::new();
        for part in list {
            nodes.extend(self.nodes(part, c)?);
        }
        self.sort(&mut nodes);
        Ok(Value::Nodes(nodes))
    }

    fn first_that_is(&self, wanted: bool, list: &'a [Expr], c: &Context) -> Result<Value<'a>, Problem> {
        for part in list {
            if self.boolean(part, c)? == wanted {
                return Ok(Value::Boolean(wanted));
            }
        }
        Ok(Value::Boolean(!wanted))
    }

    pub(crate) fn nodes(&self, expr: &'a Expr, c: &Context) -> Result<Vec<NodeRef>, Problem> {
        match self.eval(expr, c)? {
            Value::Nodes(nodes) => Ok(nodes),
            _ => Err(Problem::NotNodes),
        }
    }

    pub(crate) fn boolean(&self, expr: &'a Expr, c: &Context) -> Result<bool, Problem> {
        match simple(expr) {
            Some(path) => self.first_is_true(path, c),
            None => self.eval(expr, c).map(|value| self.to_boolean(&value)),
        }
    }

    pub(crate) fn number(&self, expr: &'a Expr, c: &Context) -> Result<f64, Problem> {
        match simple(expr) {
            Some(path) => self.first_number(path, c),
            None => self.eval(expr, c).map(|value| self.to_number(&value)),
        }
    }

    pub(crate) fn text(&self, expr: &'a Expr, c: &Context) -> Result<Cow<'a, str>, Problem> {
        let text = match simple(expr) {
            Some(path) => self.first_text(path, c),
            None => self.eval(expr, c).map(|value| self.to_text(value)),
        }?;
        self.budget.charge_text(text.len());
        Ok(text)
    }

    // Apart from the callers, whose frames nest.
    fn first_is_true(&self, path: &'a Path, c: &Context) -> Result<bool, Problem> {
        Ok(self.first(path, c)?.is_some_and(|node| self.is_true(node)))
    }

    fn first_number(&self, path: &'a Path, c: &Context) -> Result<f64, Problem> {
        Ok(self.first(path, c)?.map_or(f64::NAN, |node| self.text_to_number(&self.text_of(node))))
    }

    fn first_text(&self, path: &'a Path, c: &Context) -> Result<Cow<'a, str>, Problem> {
        Ok(self.first(path, c)?.map_or(Cow::Borrowed(""), |node| self.text_of(node)))
    }

    /// The first node of a simple path, without making a set of all.
    pub(crate) fn first(&self, path: &'a Path, c: &Context) -> Result<Option<NodeRef>, Problem> {
        let mut first = None;
        self.visit(path, c, &mut |node| {
            first = Some(node);
            true
        })?;
        Ok(first)
    }

    fn compare_simple(
        &self,
        path: &'a Path,
        comparison: Comparison,
        right: &'a Expr,
        c: &Context,
    ) -> Result<Value<'a>, Problem> {
        let right = self.eval(right, c)?;
        let fits = |node| self.compare(comparison, &Value::Text(self.text_of(node)), &right);
        self.visit(path, c, &mut |node| fits(node)).map(Value::Boolean)
    }

    pub(crate) fn text_of(&self, node: NodeRef) -> Cow<'a, str> {
        match self.world.source(node.tree) {
            Source::Tree(tree) => {
                let text = tree.string_value(node.node);
                if let Cow::Owned(text) = &text {
                    self.budget.charge_text(text.len());
                }
                text
            }
            Source::List(listed) => listed.text(node.node).unwrap_or_else(|| {
                self.unreadable.set(true);
                Cow::Borrowed("")
            }),
            Source::Missing => Cow::Borrowed(""),
        }
    }

    pub(crate) fn to_text(&self, value: Value<'a>) -> Cow<'a, str> {
        match value {
            Value::Nodes(nodes) => nodes.first().map_or(Cow::Borrowed(""), |node| self.text_of(*node)),
            Value::Text(text) => text,
            Value::Number(number) => Cow::Owned(number::write(number)),
            Value::Boolean(value) => Cow::Borrowed(if value { "true" } else { "false" }),
            Value::When(when) => Cow::Owned(self.world.clock.write(when)),
        }
    }

    /// A text is a number by XPath's grammar, or a date: then it is days since 1970-01-01.
    pub(crate) fn text_to_number(&self, text: &str) -> f64 {
        let number = number::parse(text);
        if number.is_nan() && text.len() >= 8 {
            self.world.clock.parse(text.trim()).map_or(number, when_to_number)
        } else {
            number
        }
    }

    pub(crate) fn to_number(&self, value: &Value<'a>) -> f64 {
        match value {
            Value::Nodes(nodes) => nodes.first().map_or(f64::NAN, |node| self.text_to_number(&self.text_of(*node))),
            Value::Text(text) => self.text_to_number(text),
            Value::Number(number) => *number,
            Value::Boolean(value) => f64::from(u8::from(*value)),
            Value::When(when) => when_to_number(*when),
        }
    }

    fn is_true(&self, node: NodeRef) -> bool {
        let text = self.text_of(node);
        if self.world.is_numeric(node) {
            let number = number::parse(&text);
            number != 0.0 && !number.is_nan()
        } else {
            !text.is_empty()
        }
    }

    /// Nodes are true by what the first one holds, as in Collect, not by being there.
    pub(crate) fn to_boolean(&self, value: &Value<'a>) -> bool {
        match value {
            Value::Nodes(nodes) => nodes.first().is_some_and(|node| self.is_true(*node)),
            Value::Text(text) => !text.is_empty(),
            Value::Number(number) => *number != 0.0 && !number.is_nan(),
            Value::Boolean(value) => *value,
            Value::When(_) => true,
        }
    }

    /// A date or moment; nothing where the value is blank or not a number, a problem where it is something else.
    pub(crate) fn to_when(&self, value: Value<'a>) -> Result<Option<When>, Problem> {
        match value {
            Value::When(when) => Ok(Some(when)),
            Value::Number(number) => number_to_when(&self.world.clock, number),
            Value::Boolean(_) => Err(Problem::Date),
            value => {
                let numeric = match &value {
                    Value::Nodes(nodes) => nodes.first().is_some_and(|node| self.world.is_numeric(*node)),
                    _ => false,
                };
                let text = self.to_text(value);
                match text.trim() {
                    "" => Ok(None),
                    text if numeric => number_to_when(&self.world.clock, number::parse(text)),
                    text => self.world.clock.parse(text).map(Some).ok_or(Problem::Date),
                }
            }
        }
    }

    /// Document order, no node twice.
    pub(crate) fn sort(&self, nodes: &mut Vec<NodeRef>) {
        nodes.sort_by(|a, b| {
            a.tree.cmp(&b.tree).then_with(|| match self.world.source(a.tree) {
                Source::Tree(tree) => tree.compare(a.node, b.node),
                // The numbers of a list are in document order, a text behind its cell.
                _ => (a.node & !TEXT, a.node).cmp(&(b.node & !TEXT, b.node)),
            })
        });
        nodes.dedup();
    }
}

/// A path that is walked without making a set.
fn simple(expr: &Expr) -> Option<&Path> {
    match expr {
        Expr::Path(path) if path.simple => Some(path),
        _ => None,
    }
}

/// Days since 1970-01-01 are local: whole numbers are midnights here.
fn number_to_when(clock: &Clock, number: f64) -> Result<Option<When>, Problem> {
    if number.is_nan() {
        return Ok(None);
    }
    // Ten thousand years either way, as far as four digits of a year go.
    if number.abs() > 3_660_000.0 {
        return Err(Problem::Date);
    }
    if number.fract() == 0.0 {
        return Ok(Some(When::Day(number as i64)));
    }
    let start = clock.moment(When::Day(number.floor() as i64));
    let of_day = (number - number.floor()) * DAY_MS as f64;
    Ok(Some(When::Moment(start + of_day.round() as i64)))
}

pub(crate) fn when_to_number(when: When) -> f64 {
    match when {
        When::Day(days) => days as f64,
        When::Moment(millis) => millis as f64 / DAY_MS as f64,
    }
}

fn arithmetic(operator: Operator, left: f64, right: f64) -> f64 {
    match operator {
        Operator::Add => left + right,
        Operator::Subtract => left - right,
        Operator::Multiply => left * right,
        Operator::Divide => left / right,
        Operator::Modulo => left % right,
    }
}
