//! Lists of chosen values, labels of choices, translated texts.

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
    let text = |index: usize| e.text(&arguments[index], c);
    Ok(match function {
        Function::Selected | Function::IsSelected => {
            let (list, wanted) = (text(0)?, text(1)?);
            let wanted = wanted.trim();
            let chosen = list.split_whitespace().any(|value| value == wanted);
            (chosen || (wanted.is_empty() && list.trim().is_empty())).into()
        }
        Function::SelectedAt => {
            let index = e.number(&arguments[1], c)?;
            let list = text(0)?;
            let found = if index >= 0.0 { list.split_whitespace().nth(index as usize) } else { None };
            found.unwrap_or_default().to_owned().into()
        }
        Function::CountSelected => (text(0)?.split_whitespace().count() as f64).into(),
        Function::ChoiceName => {
            let (value, question) = (text(0)?, text(1)?);
            let label = match e.world.host {
                Some(host) => host.choice_label(&value, &question, c.node, &e.budget)?,
                None => None,
            };
            label.map_or_else(|| Value::Text(value), Value::from)
        }
        _ => {
            let id = text(0)?;
            let found = match e.world.host {
                Some(host) => host.text(&id, c.node, &e.budget)?,
                None => None,
            };
            found.map_or_else(|| Value::Text(id), Value::from)
        }
    })
}
