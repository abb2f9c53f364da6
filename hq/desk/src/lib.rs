#![doc = include_str!("../README.md")]

mod chain_check;
mod client;
mod control_log;
mod delivery;
mod desk;
mod enrolment;
mod epoch;
mod error;
mod indicators;
mod items;
mod key_file;
mod lists;
mod one_record;
mod page;
mod page_devices;
mod page_overview;
mod page_record;
mod page_rules;
mod pull;
mod questions;
mod server;
mod store;
mod views;
mod words;

pub use delivery::Delivery;
pub use desk::{Desk, Founded, Founding, open_recovery_key};
pub use error::DeskError;
pub use pull::{Problem, PullReport};
pub use server::serve;
pub use views::{
    AnswerView, AttachmentView, DeviceRow, DeviceState, Gap, Overview, RecordRow, RecordState, RecordView,
    ScreeningView,
};
