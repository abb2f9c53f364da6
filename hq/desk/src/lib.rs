#![doc = include_str!("../README.md")]

mod access;
mod aggregates;
mod audit;
mod chain_check;
mod client;
mod control_log;
mod delivery;
mod desk;
mod enrolment;
mod epoch;
mod error;
mod export;
mod hand_out;
mod indicators;
mod items;
mod key_file;
mod lists;
mod loss;
mod one_record;
mod page;
mod page_devices;
mod page_overview;
mod page_people;
mod page_record;
mod page_rules;
mod people;
mod pull;
mod questions;
mod routes;
mod server;
mod sessions;
mod store;
mod views;
mod words;

pub use aggregates::{Cell, Month, THRESHOLD, TOGETHER, Table};
pub use audit::AuditEntry;
pub use delivery::Delivery;
pub use desk::{Desk, Founded, Founding, open_recovery_key};
pub use error::DeskError;
pub use hand_out::HandedForm;
pub use loss::{LossReport, NOTICE_MS};
pub use people::{Person, PersonRole};
pub use pull::{Problem, PullReport};
pub use server::serve;
pub use views::{
    AnswerView, AttachmentView, DeviceRow, DeviceState, Gap, Overview, RecordRow, RecordState, RecordView,
    ScreeningView,
};
