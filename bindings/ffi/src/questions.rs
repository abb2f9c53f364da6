//! Questions as a screen shows them.
use crate::values::AnswerState;
use wayside_field as field;

/// How a question is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum QuestionKind {
    /// Free text; also for kinds that these bindings have no word for.
    Text,
    /// A whole number.
    Integer,
    /// A number.
    Decimal,
    /// `true` or `false`.
    YesNo,
    /// A day, `YYYY-MM-DD`.
    Day,
    /// A time of day with its offset.
    TimeOfDay,
    /// A day with a time and its offset.
    Moment,
    /// One of the choices.
    SelectOne,
    /// Any number of the choices, separated by spaces.
    SelectMultiple,
    /// All choices in an order, separated by spaces.
    Rank,
    /// A number between two bounds, in steps.
    Span,
    /// Text to read; takes no answer.
    Note,
    /// `latitude longitude altitude accuracy`.
    Geopoint,
    /// Points separated by `;`.
    Geotrace,
    /// Points separated by `;`, the last equal to the first.
    Geoshape,
    /// What a barcode says.
    Barcode,
    /// An attached file; see `FormSession.attach`.
    Attachment,
    /// `OK` once acknowledged.
    Trigger,
    /// Not shown.
    Hidden,
}

/// One question with what is answered so far.
#[derive(Clone, PartialEq, uniffi::Record)]
pub struct QuestionView {
    /// The node in the form's instance, for `answer` and `mark`.
    pub reference: String,
    /// How it is answered.
    pub kind: QuestionKind,
    /// Its words, in the language shown.
    pub label: String,
    /// The same in fewer words, for where there is little room; empty for none.
    pub short: String,
    /// A hint; empty for none.
    pub hint: String,
    /// Longer guidance for the worker; empty for none.
    pub guidance: String,
    /// The value as the instance holds it; empty for none.
    pub value: String,
    /// What kind of answer it has.
    pub state: AnswerState,
    /// It needs an answer; "declined" and "unknown" are answers.
    pub required: bool,
    /// It cannot be answered by hand.
    pub read_only: bool,
    /// The options in order, for the kinds that have some.
    pub choices: Vec<ChoiceView>,
    /// Bounds, for the kind `Span`.
    pub bounds: Option<Bounds>,
    /// The form's wish for how it looks; empty for none.
    pub appearance: String,
    /// What an attachment takes, as `image/png`; empty for other kinds and where the form does not say.
    pub media_type: String,
    /// What the form says to an answer outside its limits; may be empty.
    pub constraint_message: String,
    /// What the form says to a missing answer; may be empty.
    pub required_message: String,
}

/// One option of a question.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct ChoiceView {
    /// What is stored.
    pub value: String,
    /// What is shown.
    pub label: String,
}

/// A repeat that can be added to or taken from on a screen.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct RepeatView {
    /// For `addRepeat`; with a position, as `…[2]`, for `removeRepeat`.
    pub reference: String,
    /// Its words, in the language shown; may be empty.
    pub label: String,
    /// Instances at present.
    pub count: u32,
    /// The person may add an instance.
    pub can_add: bool,
    /// The person may take one out.
    pub can_remove: bool,
}

/// Bounds of a number.
#[derive(Debug, Clone, Copy, PartialEq, uniffi::Record)]
pub struct Bounds {
    /// Where it starts; may be above the end.
    pub start: f64,
    /// Where it ends.
    pub end: f64,
    /// Distance of two values.
    pub step: f64,
}

impl From<field::QuestionKind> for QuestionKind {
    fn from(kind: field::QuestionKind) -> Self {
        match kind {
            field::QuestionKind::Integer => Self::Integer,
            field::QuestionKind::Decimal => Self::Decimal,
            field::QuestionKind::Boolean => Self::YesNo,
            field::QuestionKind::Date => Self::Day,
            field::QuestionKind::Time => Self::TimeOfDay,
            field::QuestionKind::DateTime => Self::Moment,
            field::QuestionKind::SelectOne => Self::SelectOne,
            field::QuestionKind::SelectMultiple => Self::SelectMultiple,
            field::QuestionKind::Rank => Self::Rank,
            field::QuestionKind::Range => Self::Span,
            field::QuestionKind::Note => Self::Note,
            field::QuestionKind::Geopoint => Self::Geopoint,
            field::QuestionKind::Geotrace => Self::Geotrace,
            field::QuestionKind::Geoshape => Self::Geoshape,
            field::QuestionKind::Barcode => Self::Barcode,
            field::QuestionKind::Binary => Self::Attachment,
            field::QuestionKind::Trigger => Self::Trigger,
            field::QuestionKind::Hidden => Self::Hidden,
            // The core's list may grow; text can hold whatever an instance can.
            _ => Self::Text,
        }
    }
}

impl From<field::RepeatView> for RepeatView {
    fn from(repeat: field::RepeatView) -> Self {
        Self {
            reference: repeat.reference,
            label: repeat.label,
            count: u32::try_from(repeat.count).unwrap_or(u32::MAX),
            can_add: repeat.can_add,
            can_remove: repeat.can_remove,
        }
    }
}

impl From<field::QuestionView> for QuestionView {
    fn from(question: field::QuestionView) -> Self {
        let choice = |choice: field::ChoiceView| ChoiceView { value: choice.value, label: choice.label };
        Self {
            reference: question.reference,
            kind: question.kind.into(),
            label: question.label,
            short: question.short,
            hint: question.hint,
            guidance: question.guidance,
            value: question.value,
            state: question.state.into(),
            required: question.required,
            read_only: question.read_only,
            choices: question.choices.into_iter().map(choice).collect(),
            bounds: question.range.map(|range| Bounds { start: range.start, end: range.end, step: range.step }),
            appearance: question.appearance,
            media_type: question.media_type,
            constraint_message: question.constraint_message,
            required_message: question.required_message,
        }
    }
}
