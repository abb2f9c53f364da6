//! The store in one SQLite file. Every function of the submodules runs inside a transaction of the caller.

mod control;
mod database;
mod devices;
mod enrolments;
mod items;
mod published;
mod uploads;
mod writer;

use std::path::Path;
use std::sync::Arc;

use rusqlite::Connection;
use wayside_model::{DeviceId, Timestamp};
use wayside_sync::wire::{ControlPage, EnrolmentPage, TokenTicket};

use super::{Deleted, Device, Enrolled, Enrolment, HeldPage, Known, NewItem, Part, Pending, Put, PutControl, Store};
use crate::RelayError;
use database::Database;

pub(super) struct Sqlite(Arc<Database>);

impl Sqlite {
    pub(super) fn open(file: &Path) -> Result<Self, RelayError> {
        Ok(Self(Arc::new(Database::open(file)?)))
    }

    /// Runs `work` on what is committed, on a thread that may block.
    fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, RelayError> + Send + 'static,
    ) -> Pending<'_, T> {
        let database = Arc::clone(&self.0);
        Box::pin(async move {
            tokio::task::spawn_blocking(move || database.read(work)).await.map_err(|_| RelayError::Stopped)?
        })
    }

    /// Runs `work` in a transaction and answers once it is committed and on disk.
    fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, RelayError> + Send + 'static,
    ) -> Pending<'_, T> {
        Box::pin(self.0.write(work))
    }
}

impl Store for Sqlite {
    fn probe(&self) -> Pending<'_, ()> {
        self.write(published::probe)
    }
    fn device(&self, token_sha256: [u8; 32]) -> Pending<'_, Option<Device>> {
        self.read(move |c| devices::by_token(c, &token_sha256))
    }
    fn is_enrolled(&self, device: DeviceId) -> Pending<'_, bool> {
        self.read(move |c| devices::is_known(c, device))
    }
    fn put_items(&self, device: DeviceId, items: Vec<NewItem>) -> Pending<'_, Vec<Put>> {
        self.write(move |c| items.iter().map(|item| items::put(c, device, item)).collect())
    }
    fn items(&self, after: u64, limit: usize) -> Pending<'_, HeldPage> {
        self.read(move |c| items::page(c, after, limit))
    }
    fn known(&self, device: DeviceId, id: [u8; 16]) -> Pending<'_, Option<Known>> {
        self.read(move |c| items::known(c, device, &id))
    }
    fn delete_item(&self, device: DeviceId, id: [u8; 16]) -> Pending<'_, Option<Deleted>> {
        self.write(move |c| items::delete(c, device, &id))
    }
    fn append(&self, device: DeviceId, part: Part) -> Pending<'_, u64> {
        self.write(move |c| uploads::append(c, device, &part))
    }
    fn upload_len(&self, device: DeviceId, id: [u8; 16]) -> Pending<'_, u64> {
        self.read(move |c| uploads::offset(c, device, &id))
    }
    fn uploaded(&self, device: DeviceId, id: [u8; 16]) -> Pending<'_, Vec<u8>> {
        self.read(move |c| uploads::bytes(c, device, &id))
    }
    fn drop_upload(&self, device: DeviceId, id: [u8; 16]) -> Pending<'_, ()> {
        self.write(move |c| uploads::forget(c, device, &id))
    }
    fn add_token(&self, ticket: TokenTicket) -> Pending<'_, Put> {
        self.write(move |c| enrolments::add_token(c, &ticket))
    }
    fn enrol(&self, enrolment: Enrolment, now: Timestamp) -> Pending<'_, Enrolled> {
        self.write(move |c| enrolments::enrol(c, &enrolment, now))
    }
    fn enrolments(&self, after: u64) -> Pending<'_, EnrolmentPage> {
        self.read(move |c| enrolments::page(c, after))
    }
    fn put_control(&self, device: DeviceId, counter: u64, bytes: Vec<u8>) -> Pending<'_, PutControl> {
        self.write(move |c| control::put(c, device, counter, &bytes))
    }
    fn control(&self, device: DeviceId, after: u64) -> Pending<'_, ControlPage> {
        self.read(move |c| control::page(c, device, after))
    }
    fn revoke(&self, device: DeviceId) -> Pending<'_, bool> {
        self.write(move |c| {
            uploads::forget_all(c, device)?;
            devices::revoke(c, device)
        })
    }
    fn put_directory(&self, bytes: Vec<u8>) -> Pending<'_, ()> {
        self.write(move |c| published::put_directory(c, &bytes))
    }
    fn directory(&self) -> Pending<'_, Option<Vec<u8>>> {
        self.read(published::directory)
    }
}
