//! Answers as they stand in a finished record.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// What kind of answer a question got. "Unknown" and "declined" are answers, different from "no" and from silence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum AnswerState {
    /// The person (or the worker) gave a value.
    #[n(0)]
    Given,
    /// The person does not know.
    #[n(1)]
    Unknown,
    /// The person does not want to say. Never asked again by the form.
    #[n(2)]
    Declined,
    /// The question was not put, or was left open.
    #[n(3)]
    NotAsked,
}

impl crate::LogSafe for AnswerState {}

/// One question with its answer. No `Debug`: it holds what a person said.
#[derive(Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct RecordedAnswer {
    /// The node in the form's instance, as `/data/group/question` or `/data/repeat[2]/question`.
    #[n(0)]
    #[serde(rename = "ref")]
    pub reference: String,
    /// Kind of answer.
    #[n(1)]
    pub state: AnswerState,
    /// The value as the instance holds it (option codes, never labels; dates in ISO form). Empty unless `state` is `Given`.
    #[n(2)]
    pub value: String,
}

/// A small file that belongs to an answer.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
pub struct RecordedAttachment {
    /// The node whose value is `name`.
    #[n(0)]
    pub reference: String,
    /// File name, unique in the record; made by us, never the host's file name.
    #[n(1)]
    pub name: String,
    /// The bytes.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub bytes: Vec<u8>,
}
