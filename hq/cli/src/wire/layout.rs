//! The layout of the measured form, made from the form itself.

use wayside_forms::{Form, QuestionKind};
use wayside_model::FormRef;
use wayside_seal::packed::{Field, FieldKind, Layout};

const FORM: &str = include_str!("form.xml");
/// Bounds of the whole numbers, which the form states as constraints.
const BOUNDS: [(&str, i64, i64); 3] = [("age_years", 0, 99), ("group_size", 1, 60), ("days_in_transit", 0, 1_500)];

/// Empty where the committed form does not parse; a test sees to it that it does.
pub(crate) fn layout() -> Layout {
    let sha256 = wayside_seal::sha256(FORM.as_bytes());
    let Ok(form) = Form::parse(FORM) else {
        let form = FormRef { id: String::new(), version: String::new(), sha256 };
        return Layout { form, languages: Vec::new(), fields: Vec::new() };
    };
    let fields = form.questions().map(|question| Field {
        reference: question.reference().to_owned(),
        kind: kind(&form, question.kind(), question.reference()),
    });
    Layout {
        form: FormRef { id: form.id().to_owned(), version: form.version().to_owned(), sha256 },
        languages: vec![form.default_language().to_owned()],
        fields: fields.collect(),
    }
}

fn kind(form: &Form, kind: QuestionKind, reference: &str) -> FieldKind {
    match kind {
        QuestionKind::SelectOne => FieldKind::One(form.choice_values(reference)),
        QuestionKind::SelectMultiple => FieldKind::Many(form.choice_values(reference)),
        QuestionKind::Integer => {
            let bounds = BOUNDS.iter().find(|(name, ..)| reference.ends_with(name));
            bounds.map_or(FieldKind::Text, |(_, low, high)| FieldKind::Whole { low: *low, high: *high })
        }
        QuestionKind::Date => FieldKind::Date,
        QuestionKind::Geopoint => FieldKind::Point,
        _ => FieldKind::Text,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_form_has_its_forty_questions() {
        assert_eq!(super::layout().fields.len(), 40);
    }
}
