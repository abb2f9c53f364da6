//! Functions over numbers.

use crate::error::Problem;
use crate::xpath::ast::Expr;
use crate::xpath::decimal;
use crate::xpath::eval::{Context, Eval};
use crate::xpath::functions::Function;
use crate::xpath::number;
use crate::xpath::value::Value;

pub(crate) fn call<'a>(
    e: &Eval<'a>,
    function: Function,
    arguments: &'a [Expr],
    c: &Context,
) -> Result<Value<'a>, Problem> {
    let given = |index: usize| match arguments.get(index) {
        Some(argument) => e.number(argument, c),
        None => Ok(e.to_number(&Value::Nodes(vec![c.node]))),
    };
    let result = match function {
        Function::Round => round(e, arguments, c)?,
        Function::Pow => given(0)?.powf(given(1)?),
        Function::Atan2 => given(0)?.atan2(given(1)?),
        Function::Pi => std::f64::consts::PI,
        _ => one(function, given(0)?),
    };
    Ok(result.into())
}

fn one(function: Function, x: f64) -> f64 {
    match function {
        Function::Int => x.trunc() + 0.0,
        Function::Floor => x.floor(),
        Function::Ceiling => x.ceil(),
        Function::Log => x.ln(),
        Function::Log10 => x.log10(),
        Function::Exp => x.exp(),
        Function::Exp10 => 10_f64.powf(x),
        Function::Sqrt => x.sqrt(),
        Function::Abs => x.abs(),
        Function::Sin => x.sin(),
        Function::Cos => x.cos(),
        Function::Tan => x.tan(),
        Function::Asin => x.asin(),
        Function::Acos => x.acos(),
        Function::Atan => x.atan(),
        // `number`
        _ => x,
    }
}

/// Without places, or with 0: half towards plus infinity. With places: on decimal digits, half away from zero.
/// Text may have a comma for the point here, as in Collect.
fn round<'a>(e: &Eval<'a>, arguments: &'a [Expr], c: &Context) -> Result<f64, Problem> {
    let value = e.eval(&arguments[0], c)?;
    let mut x = e.to_number(&value);
    if x.is_nan() {
        x = number::parse(&e.to_text(value).replacen(',', ".", 1));
    }
    let places = match arguments.get(1) {
        Some(places) => e.number(places, c)?,
        None => 0.0,
    };
    if places.is_nan() {
        return Ok(f64::NAN);
    }
    Ok(match places.clamp(-400.0, 400.0) as i32 {
        // Adding one half is not exact just below it; this difference is.
        0 if x.is_finite() => {
            if x - x.floor() >= 0.5 {
                x.ceil()
            } else {
                x.floor()
            }
        }
        places => decimal::round(x, places),
    })
}
