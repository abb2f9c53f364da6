//! Questions as the caller sees them in a form.

use crate::form::schema::ValueType;

/// What kind of answer a question takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum QuestionKind {
    /// Free text.
    Text,
    /// A whole number.
    Integer,
    /// A number.
    Decimal,
    /// Yes or no as `true` and `false`.
    Boolean,
    /// A day, `YYYY-MM-DD`.
    Date,
    /// A time of day, `HH:MM:SS.mmm` with offset.
    Time,
    /// A day with a time and the device's offset.
    DateTime,
    /// One of the choices.
    SelectOne,
    /// Any number of the choices, separated by spaces.
    SelectMultiple,
    /// All choices in an order, separated by spaces.
    Rank,
    /// A number between two bounds, in steps.
    Range,
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
    /// The name of an attached file.
    Binary,
    /// `OK` once acknowledged.
    Trigger,
    /// Has a bind and no control: calculated, preset or metadata.
    Hidden,
}

/// An attribute of a bind that belongs to another namespace than XForms, such as `wayside:indicator`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extension {
    /// Namespace URI.
    pub namespace: String,
    /// Local name.
    pub name: String,
    /// Value as written.
    pub value: String,
}

/// A leaf of the form with a bind or a control.
#[derive(Debug, Clone)]
pub struct Question {
    pub(crate) reference: String,
    pub(crate) kind: QuestionKind,
    pub(crate) attributes: Vec<Extension>,
    /// First control, where there is one.
    pub(crate) control: Option<u32>,
    pub(crate) calculated: bool,
}

impl Question {
    /// Path without positions, as `/data/group/question`.
    pub fn reference(&self) -> &str {
        &self.reference
    }
    /// Kind of answer.
    pub const fn kind(&self) -> QuestionKind {
        self.kind
    }
    /// The bind's attributes of other namespaces, in document order.
    pub fn attributes(&self) -> &[Extension] {
        &self.attributes
    }
    /// One of them.
    pub fn extension(&self, namespace: &str, name: &str) -> Option<&str> {
        find_extension(&self.attributes, namespace, name)
    }
    /// The form computes the value.
    pub const fn is_calculated(&self) -> bool {
        self.calculated
    }
    /// The form asks for it or shows it.
    pub const fn has_control(&self) -> bool {
        self.control.is_some()
    }
}

pub(crate) fn find_extension<'e>(list: &'e [Extension], namespace: &str, name: &str) -> Option<&'e str> {
    list.iter().find(|one| one.namespace == namespace && one.name == name).map(|one| one.value.as_str())
}

impl QuestionKind {
    /// Of a control and the type of its bind.
    pub(crate) fn of(control: &str, value_type: ValueType) -> Option<Self> {
        Some(match (control, value_type) {
            ("select1", _) => Self::SelectOne,
            ("select", _) => Self::SelectMultiple,
            ("rank", _) => Self::Rank,
            ("range", _) => Self::Range,
            ("trigger", _) => Self::Trigger,
            ("upload", _) => Self::Binary,
            ("input" | "secret" | "textarea", value_type) => match value_type {
                ValueType::Text => Self::Text,
                ValueType::Integer => Self::Integer,
                ValueType::Decimal => Self::Decimal,
                ValueType::Boolean => Self::Boolean,
                ValueType::Date => Self::Date,
                ValueType::Time => Self::Time,
                ValueType::DateTime => Self::DateTime,
                ValueType::Geopoint => Self::Geopoint,
                ValueType::Geotrace => Self::Geotrace,
                ValueType::Geoshape => Self::Geoshape,
                ValueType::Barcode => Self::Barcode,
                ValueType::Binary => Self::Binary,
            },
            _ => return None,
        })
    }

    /// Values come from a list.
    pub const fn has_choices(self) -> bool {
        matches!(self, Self::SelectOne | Self::SelectMultiple | Self::Rank)
    }
}
