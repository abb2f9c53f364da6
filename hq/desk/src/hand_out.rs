//! What HQ hands out: services directories and forms, signed into the control log of every device they are for.

use rusqlite::Connection;
use wayside_model::DeviceId;
use wayside_screening::services::Services;
use wayside_seal::content::{Content, ContentKind};
use wayside_seal::{ControlKind, SigningKey};
use wayside_sync::wire::hex;

use crate::enrolment::SERVICE_ROLE;
use crate::{Delivery, Desk, DeskError, control_log};

/// A form, as its XML says.
#[derive(Debug, Clone, Copy)]
pub struct HandedForm<'a> {
    /// Its id.
    pub id: &'a str,
    /// Its version.
    pub version: &'a str,
    /// The XForm. Whoever calls has parsed it.
    pub xml: &'a str,
}

/// One content in the version in force.
struct Held {
    kind: ContentKind,
    id: String,
    version: String,
    whole: Vec<u8>,
}

impl Desk {
    /// Hands a site's services directory to its devices, now and to those that are confirmed later. Without one no device of
    /// the site is ready for an interview. Returns the site's code.
    ///
    /// # Errors
    /// `services.malformed` with the place, `bundle.downgrade` for a version that is not newer than the one handed out.
    pub fn hand_out_services(&self, json: &str) -> Result<(String, Delivery), DeskError> {
        let json = self.with_keys(json)?;
        let services = match self.handed_out_services(&json)? {
            Some(before) => before.successor(&json)?,
            None => Services::from_json(&json)?,
        };
        let content = Held {
            kind: ContentKind::Services,
            id: format!("services/{}", services.site),
            version: services.version.to_string(),
            whole: json.into_bytes(),
        };
        self.hand_out(&content, &services.site)?;
        Ok((services.site, self.deliver_all()?))
    }

    /// Hands a form to every device. It can be used there from then on, behind the same gates and consent as those that come
    /// with the program.
    ///
    /// # Errors
    /// `form.forbidden` for the id of a form that comes with the program.
    pub fn hand_out_form(&self, form: &HandedForm<'_>) -> Result<Delivery, DeskError> {
        if wayside_screening::forms::built_in(form.id).is_some() {
            return Err(DeskError::FormForbidden);
        }
        let content = Held {
            kind: ContentKind::Form,
            id: form.id.to_owned(),
            version: form.version.to_owned(),
            whole: form.xml.as_bytes().to_vec(),
        };
        self.hand_out(&content, "")?;
        self.deliver_all()
    }

    /// The directory with the keys of the services that have a desk of their own, so that phones can seal to them. A key that
    /// stands there already is somebody's own entry and stays.
    fn with_keys(&self, json: &str) -> Result<String, DeskError> {
        let (mut services, keys) = (Services::from_json(json)?, self.service_keys()?);
        for service in &mut services.services {
            if let (None, Some(key)) = (&service.key, keys.get(&service.code)) {
                service.key = Some(hex(key.as_bytes()));
            }
        }
        serde_json::to_string(&services).map_err(|_| DeskError::Bug)
    }

    fn handed_out_services(&self, json: &str) -> Result<Option<Services>, DeskError> {
        let id = format!("services/{}", Services::from_json(json)?.site);
        let held = self.store.read(|c| {
            let select = "SELECT kind, id, version, whole FROM content WHERE kind = ?1 AND id = ?2";
            contents(c, select, (number(ContentKind::Services), id))
        })?;
        let held = held.first().map(|held| String::from_utf8_lossy(&held.whole).into_owned());
        Ok(held.map(|text| Services::from_json(&text)).transpose()?)
    }

    /// To each device a patch from the version before, which stands in its log as this one will; the whole where that is
    /// shorter, or where there is none before.
    fn hand_out(&self, content: &Held, site: &str) -> Result<(), DeskError> {
        self.store.write(|tx| {
            let select = "SELECT kind, id, version, whole FROM content WHERE kind = ?1 AND id = ?2";
            let before = contents(tx, select, (number(content.kind), &content.id))?.pop();
            let packed = pack(content, before.as_ref().map(|before| before.whole.as_slice()))?;
            let sql = "INSERT INTO content (kind, id, site, version, whole) VALUES (?1, ?2, ?3, ?4, ?5)
                ON CONFLICT (kind, id) DO UPDATE SET site = ?3, version = ?4, whole = ?5";
            tx.execute(sql, (number(content.kind), &content.id, site, &content.version, &content.whole))?;
            let devices: Vec<DeviceId> = tx
                .prepare_cached(
                    "SELECT id FROM device WHERE confirmed_at IS NOT NULL AND revoked_at IS NULL
                        AND role <> ?2 AND (?1 = '' OR site = ?1)",
                )?
                .query_map([site, SERVICE_ROLE], |row| row.get(0).map(DeviceId::from_bytes))?
                .collect::<Result<_, _>>()?;
            devices.into_iter().try_for_each(|device| append(tx, &self.signing, device, &packed))
        })
    }

    fn deliver_all(&self) -> Result<Delivery, DeskError> {
        let posted = self.post_control()?;
        Ok(posted.failed.first().map_or(Delivery::Sent, |(_, code)| Delivery::later(*code)))
    }
}

/// Everything in force for the site of a device that was just confirmed. To be called inside that transaction.
pub(crate) fn catch_up(
    connection: &Connection,
    signing: &SigningKey,
    device: DeviceId,
    site: &str,
) -> Result<(), DeskError> {
    let select = "SELECT kind, id, version, whole FROM content WHERE site IN ('', ?1) ORDER BY kind, id";
    let whole = |content: &Held| append(connection, signing, device, &pack(content, None)?);
    contents(connection, select, [site])?.iter().try_for_each(whole)
}

fn append(connection: &Connection, signing: &SigningKey, device: DeviceId, packed: &[u8]) -> Result<(), DeskError> {
    control_log::append(connection, signing, device, ControlKind::Content(packed.to_vec())).map(drop)
}

/// The content for a control entry, as a patch where that is shorter.
fn pack(held: &Held, base: Option<&[u8]>) -> Result<Vec<u8>, DeskError> {
    let pack =
        |base| Ok::<_, DeskError>(Content::pack(held.kind, &held.id, &held.version, &held.whole, base)?.to_bytes());
    let whole = pack(None)?;
    let patch = base.map(|base| pack(Some(base))).transpose()?;
    Ok(patch.filter(|patch| patch.len() < whole.len()).unwrap_or(whole))
}

fn contents(connection: &Connection, select: &str, parameters: impl rusqlite::Params) -> Result<Vec<Held>, DeskError> {
    let mut statement = connection.prepare_cached(select)?;
    let rows =
        statement.query_map(parameters, |row| Ok((row.get::<_, i64>(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
    rows.map(|row| {
        let (kind, id, version, whole) = row?;
        let kind = match kind {
            0 => ContentKind::Form,
            3 => ContentKind::Services,
            _ => return Err(DeskError::Damaged),
        };
        Ok(Held { kind, id, version, whole })
    })
    .collect()
}

const fn number(kind: ContentKind) -> i64 {
    kind as i64
}
