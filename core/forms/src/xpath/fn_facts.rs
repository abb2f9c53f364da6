//! What the form and the host know of themselves.

use crate::error::Problem;
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
    let name = match (function, arguments.first()) {
        (Function::Property, Some(name)) => Some(e.text(name, c)?),
        _ => None,
    };
    let fact = e.world.host.and_then(|host| match &name {
        Some(name) => host.property(name),
        None => host.version(),
    });
    // What the host does not tell is blank, as in Collect.
    Ok(fact.map_or(Value::BLANK, Value::from))
}
