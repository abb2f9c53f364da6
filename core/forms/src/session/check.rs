//! Whether a value fits its question, and how it is written down.

use std::borrow::Cow;

use crate::error::AnswerError;
use crate::form::QuestionKind;
use crate::form::control::{Choices, Control};
use crate::form::schema::ValueType;
use crate::session::Session;
use crate::tree::NodeId;
use crate::xpath::dates::{Clock, parse_date, parse_time, write_date};
use crate::xpath::{fn_geo, number};

impl Session {
    /// The value in the form the instance holds it. Blank fits everything.
    pub(super) fn checked(
        &self,
        control: &Control,
        kind: QuestionKind,
        node: NodeId,
        value: &str,
    ) -> Result<String, AnswerError> {
        if value.is_empty() {
            return Ok(String::new());
        }
        let value = &*as_xml(value);
        match kind {
            QuestionKind::Note => Err(AnswerError::ReadOnly),
            QuestionKind::SelectOne | QuestionKind::SelectMultiple | QuestionKind::Rank => {
                self.chosen(control, kind, node, value)
            }
            QuestionKind::Trigger => {
                if value == "OK" {
                    Ok(value.to_owned())
                } else {
                    Err(AnswerError::Type)
                }
            }
            _ => {
                let value_type = self.form.schema.def(control.def).value_type;
                let text = typed(&self.clock(), value_type, value).ok_or(AnswerError::Type)?;
                match control.range {
                    Some(range)
                        if !(range.start.min(range.end)..=range.start.max(range.end))
                            .contains(&number::parse(&text)) =>
                    {
                        Err(AnswerError::Type)
                    }
                    _ => Ok(text),
                }
            }
        }
    }

    fn chosen(&self, control: &Control, kind: QuestionKind, node: NodeId, value: &str) -> Result<String, AnswerError> {
        let chosen: Vec<&str> = match kind {
            QuestionKind::SelectOne => vec![value.trim()].into_iter().filter(|value| !value.is_empty()).collect(),
            _ => value.split_whitespace().collect(),
        };
        if matches!(control.choices, Choices::None) {
            return Ok(chosen.join(" "));
        }
        let codes = self.choice_codes(control, node);
        let mut seen = std::collections::HashSet::new();
        let known = chosen.iter().all(|code| codes.iter().any(|known| known == code) && seen.insert(*code));
        let count_fits = match kind {
            QuestionKind::SelectOne => chosen.len() <= 1,
            // An order holds every choice.
            QuestionKind::Rank => chosen.len() == codes.len(),
            _ => true,
        };
        if known && count_fits { Ok(chosen.join(" ")) } else { Err(AnswerError::Choice) }
    }
}

/// XML 1.0 §2.2: characters a document may hold.
pub(super) fn is_xml(letter: char) -> bool {
    matches!(letter, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// A scanned code or a pasted text may hold characters that XML cannot. Each becomes U+FFFD, which stands for a character
/// that could not be kept.
fn as_xml(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_xml) {
        return Cow::Borrowed(text);
    }
    text.chars().map(|letter| if is_xml(letter) { letter } else { char::REPLACEMENT_CHARACTER }).collect()
}

fn typed(clock: &Clock, value_type: ValueType, value: &str) -> Option<String> {
    let trimmed = value.trim();
    let kept = || Some(trimmed.to_owned());
    match value_type {
        ValueType::Text | ValueType::Barcode | ValueType::Binary => Some(value.to_owned()),
        ValueType::Integer => trimmed.parse::<i64>().ok().filter(|_| !trimmed.starts_with('+')).and_then(|_| kept()),
        ValueType::Decimal => {
            let text = trimmed.replacen(',', ".", 1);
            number::parse(&text).is_finite().then_some(text)
        }
        ValueType::Boolean => {
            if matches!(trimmed, "true" | "false" | "1" | "0") {
                kept()
            } else {
                None
            }
        }
        ValueType::Date => parse_date(trimmed).map(write_date),
        ValueType::DateTime => clock.parse(trimmed).and_then(|_| kept()),
        ValueType::Time => parse_time(trimmed).and_then(|_| kept()),
        ValueType::Geopoint => fn_geo::point(trimmed).and_then(|_| kept()),
        ValueType::Geotrace => points(trimmed).filter(|points| points.len() >= 2).and_then(|_| kept()),
        ValueType::Geoshape => {
            points(trimmed).filter(|points| points.len() >= 4 && points.first() == points.last()).and_then(|_| kept())
        }
    }
}

fn points(text: &str) -> Option<Vec<(f64, f64)>> {
    text.split(';').filter(|part| !part.trim().is_empty()).map(fn_geo::point).collect()
}
