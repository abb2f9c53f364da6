//! A parsed expression. Chains of one precedence are lists, so that depth follows nesting and not length.

use crate::names::Name;
use crate::xpath::functions::Function;

pub(crate) enum Expr {
    Number(f64),
    Text(Box<str>),
    Or(Vec<Expr>),
    And(Vec<Expr>),
    /// `first op next op next …`, from left to right; all operators of one precedence.
    Compare(Box<Expr>, Vec<(Comparison, Expr)>),
    Arithmetic(Box<Expr>, Vec<(Operator, Expr)>),
    Negate(Box<Expr>),
    Union(Vec<Expr>),
    Call(Function, Vec<Expr>),
    Path(Path),
}

impl Expr {
    /// Expressions inside each other, itself included. Looks no deeper than `most` and one more.
    pub(crate) fn height(&self, most: usize) -> usize {
        let Some(below) = most.checked_sub(1) else { return 1 };
        let mut highest = 0;
        self.parts(&mut |part| highest = highest.max(part.height(below)));
        highest + 1
    }

    /// The expressions this one is made of, those of paths and predicates too.
    pub(crate) fn parts<'e>(&'e self, see: &mut dyn FnMut(&'e Expr)) {
        match self {
            Self::Number(_) | Self::Text(_) => {}
            Self::Or(list) | Self::And(list) | Self::Union(list) | Self::Call(_, list) => list.iter().for_each(see),
            Self::Compare(first, rest) => {
                see(first);
                rest.iter().for_each(|(_, part)| see(part));
            }
            Self::Arithmetic(first, rest) => {
                see(first);
                rest.iter().for_each(|(_, part)| see(part));
            }
            Self::Negate(inner) => see(inner),
            Self::Path(path) => {
                if let Start::Filter(inner, predicates) = &path.start {
                    see(inner);
                    predicates.iter().for_each(|predicate| see(&predicate.expr));
                }
                path.steps.iter().flat_map(|step| &step.predicates).for_each(|predicate| see(&predicate.expr));
            }
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
}

pub(crate) struct Path {
    pub(crate) start: Start,
    pub(crate) steps: Vec<Step>,
    /// Up and then down by names, without predicates: such a path finds each node once, in document order, by walking.
    pub(crate) simple: bool,
}

impl Path {
    pub(crate) fn new(start: Start, steps: Vec<Step>) -> Self {
        let known_start = !matches!(start, Start::Filter(..));
        let up = steps.iter().take_while(|step| matches!(step.axis, Axis::Parent | Axis::SelfNode)).count();
        let is_named = |step: &Step| step.axis == Axis::Child && matches!(step.test, Test::Name(_));
        let simple = known_start
            && steps.iter().all(|step| step.predicates.is_empty())
            && steps[..up].iter().all(|step| step.test == Test::Node)
            && steps[up..].iter().all(is_named);
        Self { start, steps, simple }
    }
}

pub(crate) enum Start {
    /// `/`: the document of the context node, for forms the primary instance.
    Root,
    /// A relative path.
    Context,
    /// `current()`: the node the expression was written for.
    Current,
    /// `instance('id')` with an id the form has; 0 is the primary instance.
    Instance(u32),
    /// Any other expression with predicates or steps behind it.
    Filter(Box<Expr>, Vec<Predicate>),
}

pub(crate) struct Step {
    pub(crate) axis: Axis,
    pub(crate) test: Test,
    pub(crate) predicates: Vec<Predicate>,
}

pub(crate) struct Predicate {
    pub(crate) expr: Expr,
    /// The column, where the predicate is `column = value` and the value is the same for every node: then a list answers it
    /// at once. The column stands on the left of the comparison.
    pub(crate) key: Option<Name>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Axis {
    Ancestor,
    AncestorOrSelf,
    Attribute,
    Child,
    Descendant,
    DescendantOrSelf,
    Following,
    FollowingSibling,
    Namespace,
    Parent,
    Preceding,
    PrecedingSibling,
    SelfNode,
}

impl Axis {
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "ancestor" => Self::Ancestor,
            "ancestor-or-self" => Self::AncestorOrSelf,
            "attribute" => Self::Attribute,
            "child" => Self::Child,
            "descendant" => Self::Descendant,
            "descendant-or-self" => Self::DescendantOrSelf,
            "following" => Self::Following,
            "following-sibling" => Self::FollowingSibling,
            "namespace" => Self::Namespace,
            "parent" => Self::Parent,
            "preceding" => Self::Preceding,
            "preceding-sibling" => Self::PrecedingSibling,
            "self" => Self::SelfNode,
            _ => return None,
        })
    }

    /// Counts positions from the context node backwards.
    pub(crate) fn is_reverse(self) -> bool {
        matches!(self, Self::Ancestor | Self::AncestorOrSelf | Self::Preceding | Self::PrecedingSibling)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Test {
    Name(Name),
    /// `*`
    Any,
    /// `prefix:*`; holds any name of that namespace.
    Namespace(Name),
    /// `node()`
    Node,
    /// `text()`
    Text,
    /// `comment()`, `processing-instruction()`: instances keep none.
    Nothing,
}
