//! Truth, choice between values, checklists.

use crate::error::Problem;
use crate::tree::NodeId;
use crate::xpath::ast::Expr;
use crate::xpath::eval::{Context, Eval};
use crate::xpath::functions::Function;
use crate::xpath::value::Value;

pub(crate) fn call<'a>(
    e: &Eval<'a>,
    function: Function,
    arguments: &'a [Expr],
    c: &Context,
) -> Result<Value<'a>, Problem> {
    match function {
        Function::True => Ok(true.into()),
        Function::False => Ok(false.into()),
        Function::Boolean => Ok(e.boolean(&arguments[0], c)?.into()),
        Function::Not => Ok((!e.boolean(&arguments[0], c)?).into()),
        Function::If => {
            let chosen = if e.boolean(&arguments[0], c)? { &arguments[1] } else { &arguments[2] };
            e.eval(chosen, c)
        }
        Function::BooleanFromString => {
            let text = e.text(&arguments[0], c)?;
            Ok((text.eq_ignore_ascii_case("true") || text == "1").into())
        }
        Function::Coalesce => {
            for argument in arguments {
                let text = e.text(argument, c)?;
                if !text.is_empty() && text != "NaN" {
                    return Ok(Value::Text(text));
                }
            }
            Ok(Value::BLANK)
        }
        Function::Once => {
            // Also while the node is not relevant: what was drawn once stays.
            let own = e.world.tree(c.node.tree).map_or("", |tree| tree.node(c.node.node).text.as_str());
            if own.is_empty() { e.eval(&arguments[0], c) } else { Ok(Value::Text(own.into())) }
        }
        Function::Checklist => {
            let mut hits = 0.0;
            for value in spread(e, &arguments[2..], c)? {
                hits += f64::from(u8::from(value.0));
            }
            within(e, arguments, c, hits)
        }
        Function::WeightedChecklist => {
            let values = spread(e, &arguments[2..], c)?;
            let mut weight = 0.0;
            for pair in values.chunks(2) {
                let [value, by] = pair else { return Err(Problem::Arguments) };
                if value.0 {
                    weight += by.1;
                }
            }
            within(e, arguments, c, weight)
        }
        Function::Lang => Ok(has_language(e, &e.text(&arguments[0], c)?, c).into()),
        // `depend`: names nodes for the dependency graph and is true.
        _ => Ok(true.into()),
    }
}

/// Truth and number of each argument; a set of nodes counts one by one.
fn spread<'a>(e: &Eval<'a>, arguments: &'a [Expr], c: &Context) -> Result<Vec<(bool, f64)>, Problem> {
    let mut list = Vec::new();
    for argument in arguments {
        match e.eval(argument, c)? {
            Value::Nodes(nodes) => {
                for node in nodes {
                    let one = Value::Nodes(vec![node]);
                    list.push((e.to_boolean(&one), e.to_number(&one)));
                }
            }
            value => list.push((e.to_boolean(&value), e.to_number(&value))),
        }
    }
    Ok(list)
}

/// `-1` means that there is no bound on that side.
fn within<'a>(e: &Eval<'a>, arguments: &'a [Expr], c: &Context, hits: f64) -> Result<Value<'a>, Problem> {
    let (least, most) = (e.number(&arguments[0], c)?, e.number(&arguments[1], c)?);
    Ok(((least < 0.0 || hits >= least) && (most < 0.0 || hits <= most)).into())
}

fn has_language(e: &Eval<'_>, wanted: &str, c: &Context) -> bool {
    let Some(tree) = e.world.tree(c.node.tree) else { return false };
    let mut at: Option<NodeId> = Some(c.node.node);
    while let Some(id) = at {
        for attribute in tree.attributes(id) {
            let attribute = tree.node(*attribute);
            let is_lang =
                e.world.names.get(attribute.name).is_some_and(|name| &*name.prefix == "xml" && &*name.local == "lang");
            if is_lang {
                let (have, wanted) = (attribute.text.to_ascii_lowercase(), wanted.to_ascii_lowercase());
                return have == wanted || have.strip_prefix(&wanted).is_some_and(|rest| rest.starts_with('-'));
            }
        }
        at = tree.parent(id);
    }
    false
}
