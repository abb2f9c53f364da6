//! Functions over sets of nodes.

use std::borrow::Cow;

use crate::error::Problem;
use crate::names::Name;
use crate::tree::{Kind, NodeId, Tree};
use crate::xpath::ast::{Axis, Expr, Path, Start, Step, Test};
use crate::xpath::eval::{Context, Eval, Source};
use crate::xpath::functions::Function;
use crate::xpath::value::{NodeRef, Value};

pub(crate) fn call<'a>(
    e: &Eval<'a>,
    function: Function,
    arguments: &'a [Expr],
    c: &Context,
) -> Result<Value<'a>, Problem> {
    let nodes = |index: usize| e.nodes(&arguments[index], c);
    match function {
        Function::Count => match &arguments[0] {
            Expr::Path(path) if path.simple => count(e, path, c),
            other => Ok((e.nodes(other, c)?.len() as f64).into()),
        },
        Function::CountNonEmpty => {
            Ok((nodes(0)?.iter().filter(|node| !e.text_of(**node).is_empty()).count() as f64).into())
        }
        Function::Sum => {
            let numbers = nodes(0)?.into_iter().map(|node| e.text_of(node)).filter(|text| !text.trim().is_empty());
            Ok(numbers.map(|text| e.text_to_number(&text)).sum::<f64>().into())
        }
        Function::Min => extreme(e, arguments, c, f64::min),
        Function::Max => extreme(e, arguments, c, f64::max),
        Function::Position => match arguments.first() {
            None => Ok((c.position as f64).into()),
            Some(argument) => position(e, argument, c),
        },
        Function::Last => Ok((c.size as f64).into()),
        Function::Id => by_id(e, &arguments[0], c),
        Function::Name | Function::LocalName | Function::NamespaceUri => {
            let node = match arguments.first() {
                None => Some(c.node),
                Some(argument) => e.nodes(argument, c)?.first().copied(),
            };
            Ok(node.map_or(Value::BLANK, |node| name_of(e, function, node)))
        }
        Function::Current => Ok(Value::Nodes(vec![c.current])),
        Function::Instance => {
            let id = e.text(&arguments[0], c)?;
            let tree = e.world.host.and_then(|host| host.instance(&id)).ok_or(Problem::Instance)?;
            if matches!(e.world.source(tree), Source::Missing) {
                return Err(Problem::Missing);
            }
            Ok(Value::Nodes(vec![NodeRef { tree, node: Tree::ROOT }]))
        }
        Function::IndexedRepeat => indexed_repeat(e, arguments, c),
        _ => pulldata(e, arguments, c),
    }
}

fn position<'a>(e: &Eval<'a>, argument: &'a Expr, c: &Context) -> Result<Value<'a>, Problem> {
    let node = match argument {
        Expr::Path(path) if path.simple => e.first(path, c)?,
        other => e.nodes(other, c)?.first().copied(),
    };
    let position = |node: NodeRef| match e.world.source(node.tree) {
        Source::Tree(tree) => f64::from(tree.node(node.node).position),
        Source::List(listed) => f64::from(listed.position(node.node)),
        Source::Missing => f64::NAN,
    };
    Ok(node.map_or(f64::NAN, position).into())
}

fn count<'a>(e: &Eval<'a>, path: &'a Path, c: &Context) -> Result<Value<'a>, Problem> {
    let mut count = 0_u32;
    e.visit(path, c, &mut |_| {
        count += 1;
        false
    })?;
    Ok(f64::from(count).into())
}

/// Blank nodes are passed over, as in Collect; a set of blanks has no extreme.
fn extreme<'a>(
    e: &Eval<'a>,
    arguments: &'a [Expr],
    c: &Context,
    better: fn(f64, f64) -> f64,
) -> Result<Value<'a>, Problem> {
    let mut best: Option<f64> = None;
    let mut consider = |number: f64| {
        best = Some(match best {
            Some(best) if best.is_nan() || number.is_nan() => f64::NAN,
            Some(best) => better(best, number),
            None => number,
        });
    };
    for argument in arguments {
        match e.eval(argument, c)? {
            Value::Nodes(nodes) => {
                for node in nodes {
                    let text = e.text_of(node);
                    if !text.trim().is_empty() {
                        consider(e.text_to_number(&text));
                    }
                }
            }
            value => consider(e.to_number(&value)),
        }
    }
    Ok(best.unwrap_or(f64::NAN).into())
}

fn by_id<'a>(e: &Eval<'a>, argument: &'a Expr, c: &Context) -> Result<Value<'a>, Problem> {
    let wanted: Vec<String> = match e.eval(argument, c)? {
        Value::Nodes(nodes) => nodes.iter().map(|node| e.text_of(*node).into_owned()).collect(),
        value => vec![e.to_text(value).into_owned()],
    };
    let wanted: Vec<&str> = wanted.iter().flat_map(|text| text.split_whitespace()).collect();
    let Some(tree) = e.world.tree(c.node.tree) else { return Ok(Value::Nodes(Vec::new())) };
    let mut found = Vec::new();
    e.spend(tree.len())?;
    tree.walk(Tree::ROOT, &mut |node| {
        let is_id = |attribute: &u32| {
            let attribute = tree.node(*attribute);
            e.world.names.local(attribute.name) == "id" && wanted.contains(&attribute.text.as_str())
        };
        if tree.attributes(node).iter().any(is_id) {
            found.push(NodeRef { tree: c.node.tree, node });
        }
    });
    Ok(Value::Nodes(found))
}

fn name_of<'a>(e: &Eval<'a>, function: Function, node: NodeRef) -> Value<'a> {
    let name = match e.world.source(node.tree) {
        Source::Tree(tree) if tree.kind(node.node) != Kind::Text => tree.node(node.node).name,
        Source::List(listed) => {
            let name = listed.name(node.node);
            if name == Name::NONE && function != Function::NamespaceUri {
                return Value::Text(Cow::Borrowed(listed.written_name(node.node)));
            }
            name
        }
        _ => return Value::BLANK,
    };
    match function {
        Function::Name => e.world.names.qualified(name).into(),
        Function::LocalName => Value::Text(Cow::Borrowed(e.world.names.local(name))),
        _ => Value::Text(Cow::Borrowed(e.world.names.get(name).map_or("", |full| &full.namespace))),
    }
}

/// `indexed-repeat(node, repeat, index, …)`: the node in the instances the indexes name; blank beyond the last.
fn indexed_repeat<'a>(e: &Eval<'a>, arguments: &'a [Expr], c: &Context) -> Result<Value<'a>, Problem> {
    if arguments.len().is_multiple_of(2) {
        return Err(Problem::Arguments);
    }
    let Expr::Path(target) = &arguments[0] else { return Err(Problem::NotNodes) };
    // Anything but a plain path from the document is followed instead of read.
    let is_absolute = |expr: &Expr| matches!(expr, Expr::Path(Path { start: Start::Root, .. }));
    if !arguments.iter().take(1).chain(arguments[1..].iter().step_by(2)).all(is_absolute) {
        return relative_indexed_repeat(e, arguments, c);
    }
    let mut from = vec![NodeRef { tree: 0, node: Tree::ROOT }];
    let mut used = 0;
    for pair in arguments[1..].chunks_exact(2) {
        let Expr::Path(repeat) = &pair[0] else { return Err(Problem::NotNodes) };
        let index = e.number(&pair[1], c)?;
        let index = if index >= 1.0 && index.fract() == 0.0 { index as usize } else { return Ok(Value::BLANK) };
        if repeat.steps.len() <= used || repeat.steps.len() >= target.steps.len() {
            return relative_indexed_repeat(e, arguments, c);
        }
        let instance = match (from.as_slice(), &repeat.steps[used..]) {
            ([from], steps) if repeat.simple && from.tree == 0 && used == 0 => outermost(e, from.node, steps, index),
            _ => None,
        };
        let instance = match instance {
            Some(node) => Some(NodeRef { tree: 0, node }),
            None => e.steps(from, &repeat.steps[used..], c)?.get(index - 1).copied(),
        };
        match instance {
            Some(instance) => from = vec![instance],
            None => return Ok(Value::BLANK),
        }
        used = repeat.steps.len();
    }
    e.steps(from, &target.steps[used..], c).map(Value::Nodes)
}

/// The instance of a repeat that is in no other: its parent is the only node of its path.
fn outermost(e: &Eval<'_>, from: NodeId, steps: &[Step], index: usize) -> Option<NodeId> {
    let tree = e.world.primary;
    let (last, above) = steps.split_last()?;
    let named = |step: &Step| match step.test {
        Test::Name(name) if step.axis == Axis::Child => Some(name),
        _ => None,
    };
    let mut parent = from;
    for step in above {
        let name = named(step)?;
        parent = tree.nth_named(parent, name, 1)?;
        if tree.nth_named(tree.parent(parent)?, name, 2).is_some() {
            return None;
        }
    }
    tree.nth_named(parent, named(last)?, u32::try_from(index).ok()?)
}

/// The same where the arguments are not absolute paths: picks, among all target nodes, those below the named instances.
fn relative_indexed_repeat<'a>(e: &Eval<'a>, arguments: &'a [Expr], c: &Context) -> Result<Value<'a>, Problem> {
    let tree = e.world.primary;
    let Some(sample) = e.nodes(&arguments[0], c)?.first().copied().filter(|node| node.tree == 0) else {
        return Ok(Value::BLANK);
    };
    // The names from the document down to the target.
    let mut names = Vec::new();
    let mut at = Some(sample.node);
    while let Some(id) = at {
        names.push(tree.node(id).name);
        at = tree.parent(id);
    }
    names.pop();
    names.reverse();
    let mut wanted = Vec::new();
    for pair in arguments[1..].chunks_exact(2) {
        let Some(repeat) = e.nodes(&pair[0], c)?.first().copied() else { return Ok(Value::BLANK) };
        // Only the instance that is filled in has repeats.
        if repeat.tree != 0 {
            return Err(Problem::NotNodes);
        }
        wanted.push((tree.node(repeat.node).name, e.number(&pair[1], c)?));
    }
    let mut node = Tree::ROOT;
    for name in names {
        let index = wanted.iter().find(|(repeat, _)| *repeat == name).map_or(1.0, |(_, index)| *index);
        e.spend(tree.children(node).len())?;
        let fits = |child: &u32| tree.node(*child).name == name && f64::from(tree.node(*child).position) == index;
        match tree.children(node).iter().copied().find(fits) {
            Some(child) => node = child,
            None => return Ok(Value::BLANK),
        }
    }
    Ok(Value::Nodes(vec![NodeRef { tree: 0, node }]))
}

/// `pulldata(instance, column, key column, key)`: the column of the first row whose key fits, else blank.
fn pulldata<'a>(e: &Eval<'a>, arguments: &'a [Expr], c: &Context) -> Result<Value<'a>, Problem> {
    let text = |index: usize| e.text(&arguments[index], c);
    let (id, column, key_column, key) = (text(0)?, text(1)?, text(2)?, text(3)?);
    let number = e.world.host.and_then(|host| host.instance(&id)).ok_or(Problem::Instance)?;
    match e.world.source(number) {
        Source::Missing => Err(Problem::Missing),
        Source::List(listed) => {
            let number_of = |name: &str| listed.list.columns().iter().position(|one| one == name);
            let (Some(key_column), Some(column)) = (number_of(&key_column), number_of(&column)) else {
                return Ok(Value::BLANK);
            };
            let mut rows = Vec::new();
            listed.list.find(&[(key_column as u32, &key)], &mut rows).map_err(|_| Problem::List)?;
            e.spend(rows.len())?;
            let Some(row) = rows.first() else { return Ok(Value::BLANK) };
            let cell = listed.list.cell(*row, column as u32).map_err(|_| Problem::List)?;
            Ok(cell.map_or(Value::BLANK, Value::Text))
        }
        Source::Tree(tree) => {
            let field = |row: u32, wanted: &str| {
                tree.children(row).iter().copied().find(|child| e.world.names.local(tree.node(*child).name) == wanted)
            };
            for root in tree.children(Tree::ROOT) {
                e.spend(tree.children(*root).len())?;
                for row in tree.children(*root) {
                    if field(*row, &key_column).is_some_and(|cell| tree.node(cell).text == key) {
                        let cell = field(*row, &column).map(|node| NodeRef { tree: number, node });
                        return Ok(cell.map_or(Value::BLANK, |cell| Value::Nodes(vec![cell])));
                    }
                }
            }
            Ok(Value::BLANK)
        }
    }
}
