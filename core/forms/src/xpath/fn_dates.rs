//! Dates and times.

use crate::error::Problem;
use crate::xpath::ast::Expr;
use crate::xpath::dates::{DAY_MS, parse_time};
use crate::xpath::eval::{Context, Eval};
use crate::xpath::format_date::format;
use crate::xpath::functions::Function;
use crate::xpath::value::{Value, When};

pub(crate) fn call<'a>(
    e: &Eval<'a>,
    function: Function,
    arguments: &'a [Expr],
    c: &Context,
) -> Result<Value<'a>, Problem> {
    let clock = &e.world.clock;
    let now = When::Moment(clock.now);
    match function {
        Function::Now => return Ok(Value::When(now)),
        Function::Today => return Ok(Value::When(When::Day(clock.day_of(now)))),
        Function::DecimalTime => return decimal_time(e, &arguments[0], c),
        _ => {}
    }
    let value = e.eval(&arguments[0], c)?;
    if function == Function::Date {
        return date(e, value);
    }
    let Some(when) = e.to_when(value)? else {
        return Ok(if function == Function::DecimalDateTime { f64::NAN.into() } else { Value::BLANK });
    };
    match function {
        Function::DateTime => Ok(Value::When(When::Moment(clock.moment(when)))),
        Function::DecimalDateTime => Ok((clock.moment(when) as f64 / DAY_MS as f64).into()),
        _ => {
            let pattern = e.text(&arguments[1], c)?;
            format(clock, when, &pattern).map(Value::from).ok_or(Problem::Date)
        }
    }
}

/// A date has no time: of a text with one, the day stands as it is written, wherever the device is.
fn date<'a>(e: &Eval<'a>, value: Value<'a>) -> Result<Value<'a>, Problem> {
    let value = match value {
        Value::Text(_) | Value::Nodes(_) => {
            let text = e.to_text(value);
            match text.trim().split_once('T') {
                Some((day, _)) if e.world.clock.parse(text.trim()).is_some() => Value::from(day.to_owned()),
                _ => Value::Text(text),
            }
        }
        value => value,
    };
    let when = match value {
        Value::Number(number) => e.to_when(Value::Number(number.floor()))?,
        value => e.to_when(value)?,
    };
    Ok(when.map_or(Value::BLANK, |when| Value::When(When::Day(e.world.clock.day_of(when)))))
}

/// The part of the day, 0 to 1.
fn decimal_time<'a>(e: &Eval<'a>, argument: &'a Expr, c: &Context) -> Result<Value<'a>, Problem> {
    let value = e.eval(argument, c)?;
    let part = |millis: i64| Value::Number(millis as f64 / DAY_MS as f64);
    let value = match value {
        Value::Text(_) | Value::Nodes(_) => {
            let text = e.to_text(value);
            match parse_time(text.trim()) {
                Some((of_day, None)) => return Ok(part(of_day)),
                Some((of_day, Some(offset))) => {
                    let local = of_day + i64::from(e.world.clock.offset_minutes - offset) * 60_000;
                    return Ok(part(local.rem_euclid(DAY_MS)));
                }
                None => Value::Text(text),
            }
        }
        value => value,
    };
    Ok(e.to_when(value)?.map_or(f64::NAN.into(), |when| part(e.world.clock.time_of(when))))
}
