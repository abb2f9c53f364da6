//! Fills in a form as the driver for the other engine does: every question in order, with answers made by rule.

use wayside_forms::{QuestionKind, QuestionView, ScreenKind, Session};

use crate::forms::clock::spent_ms;

/// Java's own generator (java.util.Random, as its documentation gives it), so that both engines get the same answers.
pub(super) struct JavaRandom(u64);

const MASK: u64 = (1 << 48) - 1;

impl JavaRandom {
    pub(super) const fn new(seed: u64) -> Self {
        Self((seed ^ 0x0005_deec_e66d) & MASK)
    }

    fn bits(&mut self) -> i32 {
        self.0 = self.0.wrapping_mul(0x0005_deec_e66d).wrapping_add(0xb) & MASK;
        (self.0 >> 17) as i32
    }

    /// From 0 to below `bound`, which is no power of two.
    fn below(&mut self, bound: i32) -> i32 {
        loop {
            let bits = self.bits();
            let value = bits % bound;
            if bits.wrapping_sub(value).wrapping_add(bound - 1) >= 0 {
                return value;
            }
        }
    }
}

/// What a walk took.
pub(super) struct Walk {
    pub(super) questions: usize,
    /// Milliseconds of each answer with all that it triggers.
    pub(super) answers: Vec<f64>,
}

/// Goes through all screens, reads each prompt and its choices and answers it; `given` answers by name of the node. Adds up
/// to `instances` to the first repeats that offer one.
pub(super) fn walk(session: &mut Session, given: &[(&str, &str)], instances: usize) -> Walk {
    let mut random = JavaRandom::new(1);
    let mut walk = Walk { questions: 0, answers: Vec::new() };
    let mut left = instances;
    let mut at = session.first_screen();
    while let Some(screen) = at {
        if screen.kind == ScreenKind::Repeat
            && left > 0
            && let Ok(instance) = session.add_repeat(&screen.reference)
        {
            left -= 1;
            at = session.screen_in(&instance);
            continue;
        }
        for question in session.show(&screen).map(|view| view.questions).unwrap_or_default() {
            walk.questions += 1;
            std::hint::black_box(&question.label);
            let name = question.reference.rsplit('/').next().unwrap_or_default();
            let by_rule = answer(&question, &mut random);
            let given = given.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
            if let Some(value) = given.or(by_rule) {
                let started = spent_ms();
                let taken = session.answer(&question.reference, &value);
                walk.answers.push(spent_ms() - started);
                std::hint::black_box(taken.is_ok());
            }
        }
        at = session.screen_after(&screen);
    }
    walk
}

fn answer(question: &QuestionView, random: &mut JavaRandom) -> Option<String> {
    if question.read_only {
        return None;
    }
    let codes = || question.choices.iter().map(|choice| choice.value.as_str());
    Some(match question.kind {
        QuestionKind::SelectOne => codes().next()?.to_owned(),
        QuestionKind::SelectMultiple | QuestionKind::Rank => {
            codes().next()?;
            codes().take(3).collect::<Vec<_>>().join(" ")
        }
        QuestionKind::Integer => (3 + random.below(40)).to_string(),
        QuestionKind::Decimal => format!("{}.5", 1 + random.below(40)),
        QuestionKind::Date => "2025-06-01".to_owned(),
        QuestionKind::DateTime => "2025-06-15T15:06:40.000Z".to_owned(),
        QuestionKind::Time => "15:06:40.000Z".to_owned(),
        QuestionKind::Geopoint => "1.5 30.25 10 5".to_owned(),
        QuestionKind::Binary => "a.jpg".to_owned(),
        QuestionKind::Text | QuestionKind::Barcode => "some text".to_owned(),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::JavaRandom;

    #[test]
    fn the_numbers_are_javas() {
        // `new Random(1)`, then `nextInt(40)` five times.
        let mut random = JavaRandom::new(1);
        let numbers: Vec<i32> = (0..5).map(|_| random.below(40)).collect();
        assert_eq!(numbers, [25, 28, 7, 33, 14]);
    }
}
