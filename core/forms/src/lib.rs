#![doc = include_str!("../README.md")]

mod build;
mod error;
mod form;
mod limits;
mod names;
mod session;
mod tree;
mod tree_order;
mod xml;
mod xpath;

pub use error::{AnswerError, FormError, LimitKind, Place, Problem};
pub use form::{Extension, ExternalInstance, Form, MediaKind, Question, QuestionKind, Range};
pub use limits::Limits;
pub use session::{
    ChoiceView, Env, Media, QuestionView, RepeatView, ScreenKind, ScreenRef, ScreenView, Session, Violation,
    ViolationKind,
};
