//! Predicates as they are kept: conjunctions taken apart, look-ups by a column known as such.

use crate::names::Name;
use crate::xpath::ast::{Axis, Comparison, Expr, Path, Predicate, Start, Step, Test};
use crate::xpath::functions::Function;

/// Adds `expr` as one predicate, or as one for each part of an `and` where that means the same: every part is true or false
/// and none asks for a position.
pub(crate) fn split(expr: Expr, list: &mut Vec<Predicate>) {
    match expr {
        Expr::And(parts) if parts.iter().all(|part| is_boolean(part) && !asks_for_position(part)) => {
            parts.into_iter().for_each(|part| split(part, list));
        }
        expr => list.push(predicate(expr)),
    }
}

fn predicate(expr: Expr) -> Predicate {
    match expr {
        Expr::Compare(first, mut rest) if rest.len() == 1 && rest[0].0 == Comparison::Equal => {
            let key = |column: &Expr, value: &Expr| column_name(column).filter(|_| is_fixed(value));
            if let Some(name) = key(&first, &rest[0].1) {
                return Predicate { expr: Expr::Compare(first, rest), key: Some(name) };
            }
            match (key(&rest[0].1, &first), rest.pop()) {
                (Some(name), Some((equal, column))) => {
                    Predicate { expr: Expr::Compare(Box::new(column), vec![(equal, *first)]), key: Some(name) }
                }
                (_, popped) => {
                    rest.extend(popped);
                    Predicate { expr: Expr::Compare(first, rest), key: None }
                }
            }
        }
        expr => Predicate { expr, key: None },
    }
}

/// `column`, `./column`
fn column_name(expr: &Expr) -> Option<Name> {
    let Expr::Path(Path { start: Start::Context, steps, .. }) = expr else { return None };
    let steps = match steps.as_slice() {
        [Step { axis: Axis::SelfNode, test: Test::Node, predicates }, rest @ ..] if predicates.is_empty() => rest,
        steps => steps,
    };
    match steps {
        [Step { axis: Axis::Child, test: Test::Name(name), predicates }] if predicates.is_empty() => Some(*name),
        _ => None,
    }
}

/// The value does not depend on the node the predicate looks at, as long as that node is in another instance.
fn is_fixed(expr: &Expr) -> bool {
    match expr {
        Expr::Number(_) | Expr::Text(_) => true,
        Expr::Or(list) | Expr::And(list) | Expr::Union(list) => list.iter().all(is_fixed),
        Expr::Compare(first, rest) => is_fixed(first) && rest.iter().all(|(_, part)| is_fixed(part)),
        Expr::Arithmetic(first, rest) => is_fixed(first) && rest.iter().all(|(_, part)| is_fixed(part)),
        Expr::Negate(inner) => is_fixed(inner),
        Expr::Call(function, arguments) => !reads_context(*function, arguments.len()) && arguments.iter().all(is_fixed),
        Expr::Path(path) => match &path.start {
            Start::Context => false,
            Start::Root | Start::Current | Start::Instance(_) => true,
            Start::Filter(inner, _) => is_fixed(inner),
        },
    }
}

/// The function looks at the context node, or gives another result each time.
fn reads_context(function: Function, arguments: usize) -> bool {
    match function {
        Function::Position
        | Function::Name
        | Function::LocalName
        | Function::NamespaceUri
        | Function::String
        | Function::Number
        | Function::StringLength
        | Function::NormalizeSpace => arguments == 0,
        Function::Last
        | Function::Once
        | Function::Lang
        | Function::Id
        | Function::Random
        | Function::Uuid
        | Function::Randomize
        | Function::ChoiceName
        | Function::Itext
        | Function::Unknown => true,
        _ => false,
    }
}

fn is_boolean(expr: &Expr) -> bool {
    match expr {
        Expr::Compare(..) | Expr::Or(_) | Expr::And(_) => true,
        Expr::Call(function, _) => matches!(
            function,
            Function::Not
                | Function::True
                | Function::False
                | Function::Boolean
                | Function::Selected
                | Function::IsSelected
                | Function::Contains
                | Function::StartsWith
                | Function::EndsWith
                | Function::Regex
        ),
        _ => false,
    }
}

/// `position()` or `last()` of these nodes; those inside a path's own predicates mean other nodes.
fn asks_for_position(expr: &Expr) -> bool {
    match expr {
        Expr::Number(_) | Expr::Text(_) => false,
        Expr::Or(list) | Expr::And(list) | Expr::Union(list) => list.iter().any(asks_for_position),
        Expr::Compare(first, rest) => asks_for_position(first) || rest.iter().any(|(_, part)| asks_for_position(part)),
        Expr::Arithmetic(first, rest) => {
            asks_for_position(first) || rest.iter().any(|(_, part)| asks_for_position(part))
        }
        Expr::Negate(inner) => asks_for_position(inner),
        Expr::Call(function, arguments) => {
            let own = *function == Function::Last || (*function == Function::Position && arguments.is_empty());
            own || arguments.iter().any(asks_for_position)
        }
        Expr::Path(path) => match &path.start {
            Start::Filter(inner, _) => asks_for_position(inner),
            _ => false,
        },
    }
}
