//! Orders to wipe a device. One person asks; two key officers sign, each under their own passphrase; then it goes out.

use rusqlite::{Connection, OptionalExtension};
use serde::Serialize;
use wayside_model::{DeviceId, Timestamp};
use wayside_seal::{ControlKind, Signature, WipeOrder};

use crate::enrolment::Enrolled;
use crate::people::PersonRole;
use crate::sessions::Session;
use crate::{Delivery, Desk, DeskError, audit, control_log};

/// How long an order counts, in milliseconds: 90 days. A phone that comes back later needs a new one.
const LIFETIME_MS: i64 = 90 * 24 * 60 * 60 * 1000;

/// An order, signed or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WipeRow {
    /// Which device.
    pub device: DeviceId,
    /// Counts from 1 for each device.
    pub number: u64,
    /// Also what was not sent. Otherwise the sealed outbox stays and can be sent.
    pub everything: bool,
    /// The first moment at which it does not count any more.
    pub expires: Timestamp,
    /// When it was asked for.
    pub asked_at: Timestamp,
    /// Staff codes of who signed.
    pub approved_by: Vec<String>,
    /// Whether it went out.
    pub sent: bool,
}

impl Desk {
    /// Asks for a wipe of a device. Returns the order's number. Fails with `desk.unknown_device`.
    pub fn ask_wipe(&self, device: DeviceId, everything: bool, now: Timestamp) -> Result<u64, DeskError> {
        self.ask_wipe_by(None, device, everything, now)
    }

    pub(crate) fn ask_wipe_by(
        &self,
        by: Option<&Session>,
        device: DeviceId,
        everything: bool,
        now: Timestamp,
    ) -> Result<u64, DeskError> {
        self.write_sealed(|sealer| {
            let tx = sealer.tx;
            let enrolled = Enrolled::load(tx, device)?.filter(|device| device.confirmed_at.is_some());
            let site = enrolled.ok_or(DeskError::UnknownDevice)?.site;
            let number: u64 = tx.query_row(
                "SELECT coalesce(max(number), 0) + 1 FROM wipe WHERE device = ?1",
                [device.as_bytes()],
                |row| row.get(0),
            )?;
            tx.execute(
                "INSERT INTO wipe (device, number, everything, expires, asked_at, asked_by) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                (
                    device.as_bytes(),
                    number,
                    everything,
                    now.plus_millis(LIFETIME_MS).as_millis(),
                    now.as_millis(),
                    by.map(|session| session.person.id),
                ),
            )?;
            audit::append(sealer, by, "wipe_asked", &device.to_string(), &site, now)?;
            Ok(number)
        })
    }

    /// Signs an order as a key officer, with their own passphrase. The second signature sends it.
    ///
    /// Fails with `desk.locked` on a wrong passphrase or staff code, `desk.not_allowed` for another role,
    /// `desk.same_person` for a second signature of one person, `desk.directory_due` while devices do not know the officer,
    /// `desk.unknown_device` without such an order, `seal.order` after its time.
    pub fn approve_wipe(
        &self,
        name: &str,
        passphrase: &wayside_model::Sensitive<String>,
        device: DeviceId,
        number: u64,
        now: Timestamp,
    ) -> Result<Delivery, DeskError> {
        self.approve_wipe_by(&self.unlock_slot(name, passphrase)?, device, number, now)
    }

    pub(crate) fn approve_wipe_by(
        &self,
        by: &Session,
        device: DeviceId,
        number: u64,
        now: Timestamp,
    ) -> Result<Delivery, DeskError> {
        if by.person.role != PersonRole::KeyOfficer {
            return Err(DeskError::NotAllowed);
        }
        if !self.is_named_officer(&by.key.public(), now)? {
            return Err(DeskError::DirectoryDue);
        }
        self.write_sealed(|sealer| {
            let tx = sealer.tx;
            let order = order(tx, device, number)?;
            if now >= order.expires {
                return Err(DeskError::Seal(wayside_seal::SealError::OutOfOrder));
            }
            let signature = order.sign_one(&by.key)?;
            let place = (device.as_bytes(), number);
            let new = tx.execute(
                "INSERT INTO wipe_approval (device, number, person, signature, at) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT DO NOTHING",
                (device.as_bytes(), number, by.person.id, signature.as_bytes(), now.as_millis()),
            )?;
            if new == 0 {
                return Err(DeskError::SamePerson);
            }
            audit::append(sealer, Some(by), "wipe_approved", &device.to_string(), "", now)?;
            let signatures: Vec<[u8; 64]> = tx
                .prepare_cached(
                    "SELECT a.signature FROM wipe_approval a JOIN person p ON p.id = a.person
                     WHERE a.device = ?1 AND a.number = ?2 AND p.ended_at IS NULL ORDER BY a.at",
                )?
                .query_map(place, |row| row.get(0))?
                .collect::<Result<_, _>>()?;
            let sent = tx.query_row("SELECT sent FROM wipe WHERE device = ?1 AND number = ?2", place, |row| {
                row.get::<_, bool>(0)
            })?;
            if let ([one, two, ..], false) = (signatures.as_slice(), sent) {
                let bytes = order.assemble([Signature::from_bytes(*one), Signature::from_bytes(*two)]);
                control_log::append(tx, &self.signing, device, ControlKind::Wipe(bytes))?;
                tx.execute("UPDATE wipe SET sent = 1 WHERE device = ?1 AND number = ?2", place)?;
            }
            Ok(())
        })?;
        self.deliver(device)
    }

    /// All orders: the ones that wait for signatures first, then the newest.
    pub fn wipes(&self) -> Result<Vec<WipeRow>, DeskError> {
        self.store.read(|c| {
            let mut names = c.prepare_cached(
                "SELECT p.name FROM wipe_approval a JOIN person p ON p.id = a.person
                 WHERE a.device = ?1 AND a.number = ?2 ORDER BY a.at",
            )?;
            let mut statement = c.prepare_cached(
                "SELECT device, number, everything, expires, asked_at, sent FROM wipe ORDER BY sent, asked_at DESC, device",
            )?;
            let mut rows = statement.query([])?;
            let mut wipes = Vec::new();
            while let Some(row) = rows.next()? {
                let (device, number): ([u8; 16], u64) = (row.get(0)?, row.get(1)?);
                let approved = names.query_map((device, number), |row| row.get(0))?;
                wipes.push(WipeRow {
                    device: DeviceId::from_bytes(device),
                    number,
                    everything: row.get(2)?,
                    expires: Timestamp::from_millis(row.get(3)?),
                    asked_at: Timestamp::from_millis(row.get(4)?),
                    approved_by: approved.collect::<Result<_, _>>()?,
                    sent: row.get(5)?,
                });
            }
            Ok(wipes)
        })
    }
}

/// An order that the desk itself gave after a copy of it was made: its number is used.
pub(crate) fn take_back_in(tx: &Connection, order: &WipeOrder, now: Timestamp) -> Result<(), DeskError> {
    tx.execute(
        "INSERT INTO wipe (device, number, everything, expires, asked_at, sent) VALUES (?1, ?2, ?3, ?4, ?5, 1)
         ON CONFLICT (device, number) DO UPDATE SET everything = ?3, expires = ?4, sent = 1",
        (order.device.as_bytes(), order.number, order.everything, order.expires.as_millis(), now.as_millis()),
    )?;
    Ok(())
}

fn order(tx: &Connection, device: DeviceId, number: u64) -> Result<WipeOrder, DeskError> {
    let sql = "SELECT everything, expires FROM wipe WHERE device = ?1 AND number = ?2";
    let found: Option<(bool, i64)> =
        tx.query_row(sql, (device.as_bytes(), number), |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    let (everything, expires) = found.ok_or(DeskError::UnknownDevice)?;
    Ok(WipeOrder { device, number, expires: Timestamp::from_millis(expires), everything })
}
