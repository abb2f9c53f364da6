//! Answers as they stand in a finished record.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::EventId;

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

/// A file that belongs to an answer.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
pub struct RecordedAttachment {
    /// The node whose value is `name`.
    #[n(0)]
    pub reference: String,
    /// File name, unique in the record; made by us, never the host's file name.
    #[n(1)]
    pub name: String,
    /// The bytes; empty if the file travels apart.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub bytes: Vec<u8>,
    /// Which file it is, if it is too large to travel inside the record.
    #[n(3)]
    pub apart: Option<FileApart>,
}

/// A file whose bytes travel in events of their own, [`FilePart`]s.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct FileApart {
    /// Names the file in its parts; drawn for it.
    #[n(0)]
    pub file: EventId,
    /// Bytes of the whole.
    #[n(1)]
    pub len: u64,
    /// SHA-256 of the whole.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub sha256: [u8; 32],
}

/// A piece of a file that travels apart from its record. No `Debug`: it holds what a person said or showed.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
pub struct FilePart {
    /// The file.
    #[n(0)]
    pub file: EventId,
    /// Its place among the parts, from 0.
    #[n(1)]
    pub n: u32,
    /// The bytes.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub bytes: Vec<u8>,
}
