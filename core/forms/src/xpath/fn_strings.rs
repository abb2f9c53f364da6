//! Functions over text.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::error::Problem;
use crate::xpath::ast::Expr;
use crate::xpath::eval::{Context, Eval};
use crate::xpath::functions::Function;
use crate::xpath::regex;
use crate::xpath::value::Value;

pub(crate) fn call<'a>(
    e: &Eval<'a>,
    function: Function,
    arguments: &'a [Expr],
    c: &Context,
) -> Result<Value<'a>, Problem> {
    let text = |index: usize| -> Result<Cow<'a, str>, Problem> {
        match arguments.get(index) {
            Some(argument) => e.text(argument, c),
            None => Ok(e.text_of(c.node)),
        }
    };
    let number = |index: usize| e.number(&arguments[index], c);
    Ok(match function {
        Function::String => Value::Text(text(0)?),
        Function::Concat => join(e, "", arguments, c)?,
        Function::Join => join(e, &text(0)?, &arguments[1..], c)?,
        Function::Substr => {
            let end = if arguments.len() > 2 { Some(number(2)?) } else { None };
            substr(&text(0)?, number(1)?, end).into()
        }
        Function::Substring => {
            let length = if arguments.len() > 2 { Some(number(2)?) } else { None };
            substring(&text(0)?, number(1)?, length).into()
        }
        Function::SubstringBefore => {
            let (text, part) = (text(0)?, text(1)?);
            text.split_once(&*part).map_or("", |(before, _)| before).to_owned().into()
        }
        Function::SubstringAfter => {
            let (text, part) = (text(0)?, text(1)?);
            text.split_once(&*part).map_or("", |(_, after)| after).to_owned().into()
        }
        Function::StringLength => (text(0)?.chars().count() as f64).into(),
        Function::NormalizeSpace => {
            let text = text(0)?;
            text.split([' ', '\t', '\r', '\n']).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ").into()
        }
        Function::Translate => translate(&text(0)?, &text(1)?, &text(2)?).into(),
        Function::Contains => text(0)?.contains(&*text(1)?).into(),
        Function::StartsWith => text(0)?.starts_with(&*text(1)?).into(),
        Function::EndsWith => text(0)?.ends_with(&*text(1)?).into(),
        _ => matches(e, &text(0)?, &text(1)?)?.into(),
    })
}

/// Nodes of a set count one by one, blank ones too.
fn join<'a>(e: &Eval<'a>, separator: &str, arguments: &'a [Expr], c: &Context) -> Result<Value<'a>, Problem> {
    let mut joined = String::new();
    let mut first = true;
    let mut add = |text: &str| {
        if !std::mem::take(&mut first) {
            joined.push_str(separator);
        }
        joined.push_str(text);
        // Before it grows, not when it is there.
        if joined.len() > e.world.text { Err(Problem::Text) } else { Ok(()) }
    };
    for argument in arguments {
        match e.eval(argument, c)? {
            Value::Nodes(nodes) => nodes.iter().try_for_each(|node| add(&e.text_of(*node)))?,
            value => add(&e.to_text(value))?,
        }
    }
    e.made(joined)
}

/// A pattern that can only be run by trying counts as if it took a good part of what it may take.
fn matches(e: &Eval<'_>, text: &str, pattern: &str) -> Result<bool, Problem> {
    e.spend(if regex::may_go_back(pattern) { regex::COSTLY } else { 1 + text.len() })?;
    regex::matches_whole(text, pattern)
}

/// From 0, the end not included; negative numbers count from the end.
fn substr(text: &str, start: f64, end: Option<f64>) -> String {
    let length = text.chars().count();
    let place = |number: f64| {
        let from_start = if number < 0.0 { number.trunc() + length as f64 } else { number.trunc() };
        // NaN becomes 0 here.
        from_start.clamp(0.0, length as f64) as usize
    };
    let (start, end) = (place(start), end.map_or(length, place));
    text.chars().take(end).skip(start).collect()
}

/// XPath 1.0 §4.2: from 1, both numbers rounded.
fn substring(text: &str, start: f64, length: Option<f64>) -> String {
    let round = |number: f64| (number + 0.5).floor();
    let start = round(start);
    let end = length.map_or(f64::INFINITY, |length| start + round(length));
    text.chars()
        .enumerate()
        .filter(|(index, _)| {
            let position = *index as f64 + 1.0;
            position >= start && position < end
        })
        .map(|(_, letter)| letter)
        .collect()
}

fn translate(text: &str, from: &str, to: &str) -> String {
    let mut table: HashMap<char, Option<char>> = HashMap::new();
    let mut to = to.chars();
    for letter in from.chars() {
        let other = to.next();
        table.entry(letter).or_insert(other);
    }
    text.chars().filter_map(|letter| table.get(&letter).copied().unwrap_or(Some(letter))).collect()
}
