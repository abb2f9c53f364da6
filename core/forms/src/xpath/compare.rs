//! `=` and `<` between values (XPath 1.0 §3.4), with ODK's dates.

use crate::xpath::ast::Comparison;
use crate::xpath::eval::Eval;
use crate::xpath::value::{Value, When};

impl<'a> Eval<'a> {
    pub(crate) fn compare(&self, comparison: Comparison, left: &Value<'a>, right: &Value<'a>) -> bool {
        match (left, right) {
            // A boolean is compared with the whole set.
            (Value::Nodes(_), Value::Boolean(_)) | (Value::Boolean(_), Value::Nodes(_)) => {
                self.compare_single(comparison, left, right)
            }
            (Value::Nodes(nodes), _) => {
                nodes.iter().any(|node| self.compare(comparison, &Value::Text(self.text_of(*node)), right))
            }
            (_, Value::Nodes(nodes)) => {
                nodes.iter().any(|node| self.compare_single(comparison, left, &Value::Text(self.text_of(*node))))
            }
            _ => self.compare_single(comparison, left, right),
        }
    }

    fn compare_single(&self, comparison: Comparison, left: &Value<'a>, right: &Value<'a>) -> bool {
        let equality = matches!(comparison, Comparison::Equal | Comparison::NotEqual);
        match (left, right) {
            (Value::Boolean(_), _) | (_, Value::Boolean(_)) if equality => {
                hold(comparison, &self.to_boolean(left), &self.to_boolean(right))
            }
            (Value::Text(left), Value::Text(right)) if equality => hold(comparison, &**left, &**right),
            (Value::When(_), _) | (_, Value::When(_)) => hold(comparison, &self.instant(left), &self.instant(right)),
            _ => {
                let (left, right) = (self.to_number(left), self.to_number(right));
                // Collect's tolerance: 6.1 - 7.8 equals -1.7.
                let same = equality && (left - right).abs() < 1e-12;
                hold(comparison, &left, if same { &left } else { &right })
            }
        }
    }

    /// Days and moments on one scale: a day is its midnight here. Numbers are days already.
    fn instant(&self, value: &Value<'a>) -> f64 {
        let clock = &self.world.clock;
        let on_scale = |when| clock.moment(when) as f64;
        match value {
            Value::When(when) => on_scale(*when),
            Value::Text(text) => match clock.parse(text.trim()) {
                Some(when) => on_scale(when),
                None => self.days(crate::xpath::number::parse(text)),
            },
            _ => self.days(self.to_number(value)),
        }
    }

    fn days(&self, number: f64) -> f64 {
        let midnight = self.world.clock.moment(When::Day(0)) as f64;
        number * crate::xpath::dates::DAY_MS as f64 + midnight
    }
}

fn hold<T: PartialOrd + ?Sized>(comparison: Comparison, left: &T, right: &T) -> bool {
    match comparison {
        Comparison::Equal => left == right,
        Comparison::NotEqual => left != right,
        Comparison::Less => left < right,
        Comparison::LessOrEqual => left <= right,
        Comparison::Greater => left > right,
        Comparison::GreaterOrEqual => left >= right,
    }
}
