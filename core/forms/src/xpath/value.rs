//! What an expression can be worth.

use std::borrow::Cow;

use crate::tree::NodeId;

/// A node of one of the form's trees; tree 0 is the primary instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct NodeRef {
    pub(crate) tree: u32,
    pub(crate) node: NodeId,
}

/// A day or a moment. Text that is no answer becomes one only through a function or a comparison.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum When {
    /// Days since 1970-01-01, without a time.
    Day(i64),
    /// Milliseconds since 1970-01-01T00:00Z.
    Moment(i64),
}

#[derive(Clone)]
pub(crate) enum Value<'a> {
    /// In document order.
    Nodes(Vec<NodeRef>),
    Text(Cow<'a, str>),
    Number(f64),
    Boolean(bool),
    When(When),
}

impl Value<'_> {
    pub(crate) const BLANK: Self = Value::Text(Cow::Borrowed(""));
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Value::Text(Cow::Owned(text))
    }
}

impl From<bool> for Value<'_> {
    fn from(value: bool) -> Self {
        Value::Boolean(value)
    }
}

impl From<f64> for Value<'_> {
    fn from(value: f64) -> Self {
        Value::Number(value)
    }
}
