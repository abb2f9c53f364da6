//! Devices come in: a record handed out, a request that answers it, two people who compare words, a certificate.

use rusqlite::{Connection, OptionalExtension};
use wayside_model::{DeviceId, ErrorCode, Timestamp};
use wayside_seal::hpke::PublicKey;
use wayside_seal::{
    ControlKind, DeviceCertificate, EnrolmentRecord, EnrolmentRequest, VerifyingKey, enrol, random, sha256,
};
use wayside_sync::wire;

use crate::sessions::Session;
use crate::{Delivery, Desk, DeskError, audit, contents, control_log, directory};

/// The role a referral partner's desk is enrolled with; its worker is the code of the service.
pub const SERVICE_ROLE: &str = "service";
/// How long a certificate holds, in milliseconds: a year.
pub(crate) const CERTIFICATE_LIFETIME_MS: i64 = 365 * 24 * 60 * 60 * 1000;

impl Desk {
    /// An enrolment record for one device: holds for 15 minutes, once. `worker` is a pseudonym.
    /// The relay has to be reached, because it is the relay that admits the device. Fails with `sync.*` and `storage.*`.
    pub fn enrol(&self, role: &str, site: &str, worker: &str, now: Timestamp) -> Result<EnrolmentRecord, DeskError> {
        self.publish_directory()?;
        let token = random::bytes::<16>()?;
        let ticket = wire::TokenTicket { sha256: sha256(&token), expires: now.plus_millis(enrol::LIFETIME_MS) };
        self.write_sealed(|sealer| {
            let tx = sealer.tx;
            tx.execute(
                "INSERT INTO enrolment (token_sha256, role, site, worker, expires) VALUES (?1, ?2, ?3, ?4, ?5)",
                (ticket.sha256, role, site, worker, ticket.expires.as_millis()),
            )?;
            audit::append(sealer, None, "enrolment_made", &format!("{role} {worker}"), site, now)
        })?;
        self.client.write("POST", wire::desk_tokens(), &wire::encode(&ticket))?;
        Ok(EnrolmentRecord {
            relay: self.relay.clone(),
            org: self.org.clone(),
            root_fingerprint: self.root_fingerprint,
            token,
            expires: ticket.expires,
        })
    }

    /// The key that is sealed to, of a device or a service desk. Fails with `desk.unknown_device`.
    pub fn seal_key(&self, id: DeviceId) -> Result<PublicKey, DeskError> {
        let found = self.store.read(|c| Enrolled::load(c, id))?;
        found.map(|device| device.seal).ok_or(DeskError::UnknownDevice)
    }

    /// Says that the words of this device were compared and are equal: it gets its certificate, and the next pull opens
    /// what it sent. Fails with `desk.unknown_device` and `desk.not_waiting`.
    pub fn confirm(&self, id: DeviceId, now: Timestamp) -> Result<Delivery, DeskError> {
        self.confirm_by(None, id, now)
    }

    pub(crate) fn confirm_by(&self, by: Option<&Session>, id: DeviceId, now: Timestamp) -> Result<Delivery, DeskError> {
        self.write_sealed(|sealer| {
            let tx = sealer.tx;
            let device = Enrolled::load(tx, id)?.ok_or(DeskError::UnknownDevice)?;
            if device.confirmed_at.is_some() || device.revoked_at.is_some() {
                return Err(DeskError::NotWaiting);
            }
            let certificate = DeviceCertificate {
                device: id,
                sign: device.sign,
                seal: device.seal,
                role: device.role,
                site: device.site.clone(),
                worker: device.worker,
                not_before: now,
                not_after: now.plus_millis(CERTIFICATE_LIFETIME_MS),
            };
            audit::append(sealer, by, "device_confirmed", &id.to_string(), &certificate.site, now)?;
            let is_service = certificate.role == SERVICE_ROLE;
            let certificate = certificate.sign(&self.signing)?;
            let site = device.site;
            control_log::append(tx, &self.signing, id, ControlKind::Certificate(certificate))?;
            // A partner's desk reads letters sealed to it, and nothing of HQ's own.
            if !is_service {
                directory::catch_up(tx, &self.signing, &self.root_fingerprint, id)?;
                contents::catch_up(tx, &self.signing, id, &site)?;
            }
            tx.execute("UPDATE device SET confirmed_at = ?2 WHERE id = ?1", (id.as_bytes(), now.as_millis()))?;
            Ok(())
        })?;
        self.deliver(id)
    }

    /// Ends a device: what comes from it later does not count as verified, and the relay takes nothing more from it.
    /// What it sent before stays. Fails with `desk.unknown_device`; revoking twice has one effect.
    pub fn revoke(&self, id: DeviceId, now: Timestamp) -> Result<Delivery, DeskError> {
        self.revoke_by(None, id, now)
    }

    pub(crate) fn revoke_by(&self, by: Option<&Session>, id: DeviceId, now: Timestamp) -> Result<Delivery, DeskError> {
        self.write_sealed(|sealer| {
            let tx = sealer.tx;
            let device = Enrolled::load(tx, id)?.ok_or(DeskError::UnknownDevice)?;
            if device.revoked_at.is_none() {
                tx.execute("UPDATE device SET revoked_at = ?2 WHERE id = ?1", (id.as_bytes(), now.as_millis()))?;
                control_log::append(tx, &self.signing, id, ControlKind::Revoked)?;
                audit::append(sealer, by, "device_revoked", &id.to_string(), &device.site, now)?;
            }
            Ok(())
        })?;
        let refused = Delivery::of(self.post_revocations())?;
        let told = self.deliver(id)?;
        Ok(if refused == Delivery::Sent { told } else { refused })
    }

    pub(crate) fn deliver(&self, id: DeviceId) -> Result<Delivery, DeskError> {
        let posted = self.post_control()?;
        let failed = posted.failed.iter().find(|(device, _)| *device == id);
        Ok(failed.map_or(Delivery::Sent, |(_, code)| Delivery::later(*code)))
    }

    /// Tells the relay of revoked devices until it said that it knows.
    pub(crate) fn post_revocations(&self) -> Result<(), DeskError> {
        let waiting: Vec<DeviceId> = self.store.read(|c| {
            let mut statement =
                c.prepare_cached("SELECT id FROM device WHERE revoked_at IS NOT NULL AND revoke_sent = 0")?;
            let rows = statement.query_map([], |row| row.get(0).map(DeviceId::from_bytes))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })?;
        for id in waiting {
            self.client.write("POST", &wire::desk_revoke(id), &[])?;
            self.store
                .write(|tx| Ok(tx.execute("UPDATE device SET revoke_sent = 1 WHERE id = ?1", [id.as_bytes()])?))?;
        }
        Ok(())
    }
}

/// What came of an enrolment request.
pub(crate) enum Admitted {
    /// A device that waits for confirmation now.
    New,
    /// It was admitted before.
    Known,
    /// Nobody here made its token.
    Unknown(EnrolmentRequest),
    /// It was not admitted: a bad signature, a token that another device used.
    Refused(ErrorCode),
}

/// Takes a request in, as a device that waits for confirmation.
pub(crate) fn admit(connection: &Connection, bytes: &[u8], now: Timestamp) -> Result<Admitted, DeskError> {
    let Ok(request) = EnrolmentRequest::verify(bytes) else {
        return Ok(Admitted::Refused(ErrorCode::SignatureWrong));
    };
    let token = sha256(&request.token);
    let found: Option<(String, String, String, Option<[u8; 16]>)> = connection
        .query_row("SELECT role, site, worker, device FROM enrolment WHERE token_sha256 = ?1", [token], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        })
        .optional()?;
    let Some((role, site, worker, used_by)) = found else {
        return Ok(Admitted::Unknown(request));
    };
    let id = *request.device.as_bytes();
    match used_by {
        Some(device) if device == id => return Ok(Admitted::Known),
        Some(_) => return Ok(Admitted::Refused(ErrorCode::EnrolUsed)),
        None if Enrolled::load(connection, request.device)?.is_some() => {
            return Ok(Admitted::Refused(ErrorCode::EnrolUsed));
        }
        None => {}
    }
    connection.execute("UPDATE enrolment SET device = ?2 WHERE token_sha256 = ?1", (token, id))?;
    keep(connection, &request, (&role, &site, &worker), now)?;
    Ok(Admitted::New)
}

/// Keeps a device as one that waits; `place` is role, site and worker.
pub(crate) fn keep(
    connection: &Connection,
    request: &EnrolmentRequest,
    place: (&str, &str, &str),
    now: Timestamp,
) -> Result<(), DeskError> {
    connection.execute(
        "INSERT INTO device (id, sign, seal, words, role, site, worker, asked_at, heard_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        (
            request.device.as_bytes(),
            request.sign.as_bytes(),
            request.seal.as_bytes(),
            request.comparison_words(),
            place.0,
            place.1,
            place.2,
            request.at.as_millis(),
            now.as_millis(),
        ),
    )?;
    Ok(())
}

/// A device as the desk knows it.
pub(crate) struct Enrolled {
    pub(crate) sign: VerifyingKey,
    pub(crate) seal: PublicKey,
    pub(crate) role: String,
    pub(crate) site: String,
    pub(crate) worker: String,
    pub(crate) confirmed_at: Option<i64>,
    pub(crate) revoked_at: Option<i64>,
}

impl Enrolled {
    pub(crate) fn load(connection: &Connection, id: DeviceId) -> Result<Option<Self>, DeskError> {
        Ok(connection
            .prepare_cached(
                "SELECT sign, seal, role, site, worker, confirmed_at, revoked_at FROM device WHERE id = ?1",
            )?
            .query_row([id.as_bytes()], |row| {
                Ok(Self {
                    sign: VerifyingKey::from_bytes(row.get(0)?),
                    seal: PublicKey::from_bytes(row.get(1)?),
                    role: row.get(2)?,
                    site: row.get(3)?,
                    worker: row.get(4)?,
                    confirmed_at: row.get(5)?,
                    revoked_at: row.get(6)?,
                })
            })
            .optional()?)
    }
}
