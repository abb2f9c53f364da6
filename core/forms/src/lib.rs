#![doc = include_str!("../README.md")]

mod build;
#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
mod entities;
mod error;
mod form;
mod limits;
mod list;
mod mix;
mod names;
mod resources;
mod secondary;
mod session;
mod tree;
mod tree_order;
mod xml;
mod xpath;

pub use entities::{EntityAction, EntityChange, EntityStore};
pub use error::{AnswerError, FormError, LimitKind, Place, Problem};
pub use form::{
    Decides, Dependence, Extension, ExternalInstance, Form, MediaKind, Question, QuestionKind, Range, RequestKind,
    Submission,
};
pub use limits::Limits;
pub use list::{List, ListUnreadable, ResourceError, Table};
pub use resources::Resources;
pub use session::{
    ChoiceView, Env, Media, Misfit, MisfitKind, QuestionView, Reopened, RepeatView, Request, ScreenKind, ScreenRef,
    ScreenView, Session, TitleView, Violation, ViolationKind,
};
