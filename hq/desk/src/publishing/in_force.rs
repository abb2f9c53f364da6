//! What is in force, and which devices have it.

use std::collections::BTreeMap;

use rusqlite::Connection;
use serde::Serialize;
use wayside_model::{DeviceId, FormTerms};
use wayside_seal::content::{Content, ContentKind};
use wayside_seal::{ControlEntry, ControlKind};

use super::{PublishedKind, others_in, terms};
use crate::views::DeviceState;
use crate::{Desk, DeskError};

/// Something in force, and who has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InForce {
    /// What it is, in a word: `services`, `form`, `rule_set`, `pack` or `bundle`.
    pub kind: String,
    /// Its id.
    pub id: String,
    /// Its version.
    pub version: String,
    /// What was decided of each form of others in it, by the form's id.
    pub terms: Vec<(String, FormTerms)>,
    /// Devices that were heard of after it was at the relay.
    pub have: u64,
    /// Devices it is for and that were not heard of since, with the version they had before.
    pub behind: Vec<(DeviceId, Option<String>)>,
}

impl Desk {
    /// What is in force, and which devices have it, as far as HQ has heard of them.
    pub fn in_force(&self) -> Result<Vec<InForce>, DeskError> {
        let contents = self.store.read(|c| {
            let select = "SELECT kind, id, version, site, CASE WHEN kind IN (0, 6) THEN whole END FROM content
                WHERE kind <> 5 ORDER BY kind, id";
            let mut statement = c.prepare_cached(select)?;
            let rows = statement.query_map([], |row| {
                let texts: (String, String, String) = (row.get(1)?, row.get(2)?, row.get(3)?);
                Ok((row.get(0)?, texts, row.get::<_, Option<Vec<u8>>>(4)?))
            })?;
            let mut contents = Vec::new();
            for row in rows {
                let (kind, (id, version, site), whole) = row?;
                let terms = terms_in(c, kind, &id, whole.as_deref())?;
                contents.push((kind, id, version, site, terms));
            }
            Ok(contents)
        })?;
        let devices: Vec<_> = self
            .devices()?
            .into_iter()
            .filter(|row| row.state == DeviceState::Confirmed && row.role != crate::SERVICE_ROLE)
            .collect();
        let heard = devices.iter().map(|row| self.heard(row.id)).collect::<Result<Vec<_>, _>>()?;
        let of = |(kind, id, version, site, terms): (i64, String, String, String, _)| {
            let mut row = InForce { kind: kind_word(kind), id, version, terms, have: 0, behind: Vec::new() };
            for (device, heard) in devices.iter().zip(&heard) {
                if !site.is_empty() && device.site != site {
                    continue;
                }
                match heard.get(&(kind, row.id.clone())) {
                    Some(version) if *version == row.version => row.have += 1,
                    other => row.behind.push((device.id, other.cloned())),
                }
            }
            row
        };
        Ok(contents.into_iter().map(of).collect())
    }

    /// The newest version of each content that was at the relay when this device was last heard of.
    fn heard(&self, device: DeviceId) -> Result<BTreeMap<(i64, String), String>, DeskError> {
        let entries: Vec<Vec<u8>> = self.store.read(|c| {
            let mut statement = c.prepare_cached(
                "SELECT c.bytes FROM control c JOIN device d ON d.id = c.device
                 WHERE c.device = ?1 AND c.counter <= d.said_before AND c.posted = 1
                   AND NOT EXISTS (SELECT 1 FROM receipt r WHERE r.device = c.device AND r.counter = c.counter)
                 ORDER BY c.counter",
            )?;
            let rows = statement.query_map([device.as_bytes()], |row| row.get(0))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })?;
        let mut heard = BTreeMap::new();
        for bytes in entries {
            if let ControlKind::Content(bytes) = ControlEntry::verify(&bytes, &self.signing.public(), device)?.kind {
                let content = Content::from_bytes(&bytes)?;
                heard.insert((content.kind as i64, content.id), content.version);
            }
        }
        Ok(heard)
    }
}

/// What was decided of the forms of others in a content.
fn terms_in(c: &Connection, kind: i64, id: &str, whole: Option<&[u8]>) -> Result<Vec<(String, FormTerms)>, DeskError> {
    let kinds = [ContentKind::Form, ContentKind::Bundle];
    let (Some(kind), Some(whole)) = (kinds.into_iter().find(|known| *known as i64 == kind), whole) else {
        return Ok(Vec::new());
    };
    let mut all = Vec::new();
    for (form, xml) in others_in(kind, id, &String::from_utf8_lossy(whole))? {
        if let Some(terms) = terms(c, &form, &xml)? {
            all.push((form, terms));
        }
    }
    Ok(all)
}

/// Dictionaries are not handed out by people.
fn kind_word(kind: i64) -> String {
    let known = PublishedKind::ALL.into_iter().find(|known| known.content() as i64 == kind);
    known.map_or("dictionary", PublishedKind::word).to_owned()
}
