//! What a record says of alleged actors: who is said to have recruited, moved or used somebody, by role and never by name. These
//! answers are released apart from the others (domain.md 5 and 6). A site's focal point and the child-protection specialist read
//! them with a reason; a case manager needs a second person, who signs, for each record and for a day. Which questions they are
//! says the form, by `wayside:about="alleged_actor"` on a question or a group.
//!
//! Reading them is the pages' rule, as the reason is: no key of its own stands behind it.

use std::sync::LazyLock;

use roxmltree::Document;
use rusqlite::{Connection, OptionalExtension};
use serde::Serialize;
use wayside_model::{EventId, FormRef, Sensitive, Timestamp, to_canonical};
use wayside_screening::bundle::Bundle;
use wayside_screening::forms::{BUILT_IN, NAMESPACE};
use wayside_seal::content::ContentKind;
use wayside_seal::{Signature, VerifyingKey, sha256};

use crate::access::{Right, Viewer};
use crate::contents::Held;
use crate::decisions::reason;
use crate::people::PersonRole;
use crate::sessions::Session;
use crate::views::{RecordRow, RecordView};
use crate::{Desk, DeskError, audit, lists};

/// How long the answers stay open after the second person agreed, in milliseconds: a day. Ours (docs/needs-review.md).
pub const RELEASE_MS: i64 = 24 * 60 * 60 * 1000;
/// How long somebody may agree after it was asked for, in milliseconds: a week. Ours (docs/needs-review.md).
pub const AGREE_WITHIN_MS: i64 = 7 * RELEASE_MS;

const ASKED: &str = "wayside/desk/actors-asked/1";
const AGREED: &str = "wayside/desk/actors-agreed/1";

static BUILT_IN_PLACES: LazyLock<Vec<([u8; 32], Vec<String>)>> =
    LazyLock::new(|| BUILT_IN.iter().map(|form| (sha256(form.xml().as_bytes()), places_in(form.xml()))).collect());

/// Somebody who asked to read what a record says of alleged actors. Lapsed ones are not listed.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct ReleaseRow {
    /// The record.
    pub id: EventId,
    /// Code of its case.
    pub case_code: String,
    /// Staff code of who asked.
    pub asked_by: String,
    /// Why.
    pub reason: String,
    /// When.
    pub asked_at: Timestamp,
    /// Staff code of who agreed; `None`: nobody yet.
    pub agreed_by: Option<String>,
    /// The first moment at which it does not count any more, neither to agree to nor to read by.
    pub until: Timestamp,
}

/// How far somebody is with the answers about alleged actors of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Release {
    /// Not theirs to read.
    Never,
    /// Nobody was asked.
    Shut,
    /// A second person has to agree before this moment.
    Asked(Timestamp),
    /// Open until this moment.
    Open(Timestamp),
    /// Open to this role without a second person.
    OfRole,
}

impl Release {
    pub(crate) const fn is_open(self) -> bool {
        matches!(self, Self::Open(_) | Self::OfRole)
    }
}

/// Who can be the second person: another case manager, or who guards the data and reads none of it. Ours (docs/needs-review.md).
pub(crate) const fn agrees(role: PersonRole) -> bool {
    matches!(role, PersonRole::CaseManager | PersonRole::KeyOfficer)
}

/// The paths in a form under which everything is about alleged actors.
pub(crate) struct Places(Vec<String>);

impl Places {
    pub(crate) fn of(c: &Connection, form: &FormRef) -> Result<Self, DeskError> {
        if let Some((_, places)) = BUILT_IN_PLACES.iter().find(|(hash, _)| *hash == form.sha256) {
            return Ok(Self(places.clone()));
        }
        let mut statement = c.prepare_cached("SELECT reference FROM actor_question WHERE form = ?1")?;
        Ok(Self(statement.query_map([form.sha256], |row| row.get(0))?.collect::<Result<_, _>>()?))
    }

    pub(crate) fn cover(&self, reference: &str) -> bool {
        let path: Vec<&str> = reference.split('/').map(|step| step.split('[').next().unwrap_or(step)).collect();
        let path = path.join("/");
        self.0
            .iter()
            .any(|place| path.strip_prefix(place.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
    }
}

/// Remembers where the forms in a content ask about alleged actors. To be called in the transaction that hands it out.
pub(crate) fn note(tx: &Connection, content: &Held) -> Result<(), DeskError> {
    let text = String::from_utf8_lossy(&content.whole);
    let forms = match content.kind {
        ContentKind::Form => vec![text.into_owned()],
        ContentKind::Bundle => Bundle::from_json(&text)?.forms.into_values().collect(),
        _ => return Ok(()),
    };
    let mut put = tx.prepare_cached("INSERT OR IGNORE INTO actor_question (form, reference) VALUES (?1, ?2)")?;
    for xml in forms {
        for place in places_in(&xml) {
            put.execute((sha256(xml.as_bytes()), place))?;
        }
    }
    Ok(())
}

fn places_in(xml: &str) -> Vec<String> {
    let Ok(form) = Document::parse(xml) else { return Vec::new() };
    let binds = form.descendants().filter(|node| node.is_element() && node.tag_name().name() == "bind");
    let about = binds.filter(|bind| bind.attribute((NAMESPACE, "about")) == Some("alleged_actor"));
    about.filter_map(|bind| bind.attribute("nodeset")).map(|path| path.trim().to_owned()).collect()
}

impl Desk {
    /// How far the viewer is with these answers of a record that they reach.
    pub(crate) fn release_for(&self, viewer: &Viewer, row: &RecordRow, now: Timestamp) -> Result<Release, DeskError> {
        // Whoever has no slot is nobody in particular, so there is no second person beside them.
        let Some(session) = viewer.session() else { return Ok(Release::Never) };
        if !viewer.may_see(Right::Actors, row) {
            return Ok(Release::Never);
        }
        if session.person.role != PersonRole::CaseManager {
            return Ok(Release::OfRole);
        }
        self.store
            .read(|c| Ok(standing(c, row.id, &session.person.id, now)?.map_or(Release::Shut, |row| row.release())))
    }

    /// Asks that a second person agree. Fails with `desk.unknown_record` where this is not theirs to read, `session.reason`
    /// without a reason for the record or for this, `desk.not_waiting` where it is asked already or open.
    pub(crate) fn ask_release(&self, viewer: &Viewer, id: EventId, why: &str, now: Timestamp) -> Result<(), DeskError> {
        let why = reason(why)?;
        let row = self.row_for(viewer, id)?;
        let by = viewer.session().ok_or(DeskError::NotAllowed)?;
        match self.release_for(viewer, &row, now)? {
            Release::Never | Release::OfRole => return Err(DeskError::UnknownRecord),
            Release::Asked(_) | Release::Open(_) => return Err(DeskError::NotWaiting),
            Release::Shut if row.restricted || !self.has_reason(viewer, id)? => return Err(DeskError::NoReason),
            Release::Shut => {}
        }
        let asked = by.key.sign(ASKED, &asked_part(id, &by.person.id, why, now.as_millis()))?;
        self.write_sealed(|sealer| {
            sealer.tx.execute(
                "INSERT INTO actor_release (event, person, reason, asked_at, asked) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (event, person) DO UPDATE
                 SET reason = ?3, asked_at = ?4, asked = ?5, agreed_by = NULL, agreed_at = NULL, agreed = NULL",
                (id.as_bytes(), by.person.id, why, now.as_millis(), asked.as_bytes()),
            )?;
            audit::append(sealer, Some(by), "actors_asked", &id.to_string(), &row.site, now)
        })
    }

    /// Agrees, as the second person and with their own passphrase, that somebody reads what a record says of alleged actors.
    /// It counts for [`RELEASE_MS`]. Whoever agrees reads nothing of it by that.
    ///
    /// Fails with `desk.locked` on a wrong passphrase or staff code, `desk.not_allowed` for a role that does not agree,
    /// `desk.same_person` for who asked, `desk.not_waiting` where nobody of this code asked for it, it lapsed or is open.
    pub fn agree_release(
        &self,
        name: &str,
        passphrase: &Sensitive<String>,
        id: EventId,
        asked_by: &str,
        now: Timestamp,
    ) -> Result<(), DeskError> {
        self.agree_release_by(&self.unlock_slot(name, passphrase)?, id, asked_by, now)
    }

    pub(crate) fn agree_release_by(
        &self,
        by: &Session,
        id: EventId,
        asked_by: &str,
        now: Timestamp,
    ) -> Result<(), DeskError> {
        if !agrees(by.person.role) {
            return Err(DeskError::NotAllowed);
        }
        self.write_sealed(|sealer| {
            let tx = sealer.tx;
            let waiting = all(tx, now)?.into_iter().find(|it| it.row.id == id && it.row.asked_by == asked_by);
            let waiting = waiting.filter(|it| it.row.agreed_by.is_none()).ok_or(DeskError::NotWaiting)?;
            if waiting.person == by.person.id {
                return Err(DeskError::SamePerson);
            }
            let at = now.as_millis();
            let signature = by.key.sign(AGREED, &agreed_part(&waiting.asked, at))?;
            tx.execute(
                "UPDATE actor_release SET agreed_by = ?3, agreed_at = ?4, agreed = ?5 WHERE event = ?1 AND person = ?2",
                (id.as_bytes(), waiting.person, by.person.id, at, signature.as_bytes()),
            )?;
            audit::append(sealer, Some(by), "actors_agreed", &format!("{id} {asked_by}"), &waiting.site, now)
        })
    }

    /// Writes down that what these records say of alleged actors is about to be shown, where it is.
    pub(crate) fn note_actors_read<'a>(
        &self,
        viewer: &Viewer,
        views: impl IntoIterator<Item = &'a RecordView>,
        now: Timestamp,
    ) -> Result<(), DeskError> {
        let shows = |view: &&RecordView| view.screening.as_ref().is_some_and(|it| !it.actors.is_empty());
        for row in views.into_iter().filter(shows).map(|view| &view.row) {
            let (object, site) = (row.id.to_string(), &row.site);
            self.write_sealed(|sealer| audit::append(sealer, viewer.session(), "actors_read", &object, site, now))?;
        }
        Ok(())
    }

    /// What was asked for and has not lapsed: what waits for a second person first, then what is open.
    pub fn releases(&self, now: Timestamp) -> Result<Vec<ReleaseRow>, DeskError> {
        let mut rows: Vec<ReleaseRow> = self.store.read(|c| Ok(all(c, now)?.into_iter().map(|it| it.row).collect()))?;
        rows.sort_by_key(|row| (row.agreed_by.is_some(), row.asked_at));
        Ok(rows)
    }
}

/// One that stands: its signatures hold, and its time is not over.
struct Standing {
    row: ReleaseRow,
    person: [u8; 16],
    asked: Vec<u8>,
    site: String,
}

impl Standing {
    const fn release(&self) -> Release {
        if self.row.agreed_by.is_some() { Release::Open(self.row.until) } else { Release::Asked(self.row.until) }
    }
}

fn standing(c: &Connection, id: EventId, person: &[u8; 16], now: Timestamp) -> Result<Option<Standing>, DeskError> {
    Ok(all(c, now)?.into_iter().find(|it| it.row.id == id && it.person == *person))
}

/// Signatures are looked at each time: whoever can write into the database opens nothing by that.
fn all(c: &Connection, now: Timestamp) -> Result<Vec<Standing>, DeskError> {
    let mut statement = c.prepare_cached(
        "SELECT r.event, r.person, r.reason, r.asked_at, r.asked, p.name, p.sign, r.agreed_at, r.agreed,
                s.id, s.name, s.sign, s.role, s.ended_at
         FROM actor_release r JOIN person p ON p.id = r.person LEFT JOIN person s ON s.id = r.agreed_by
         WHERE p.ended_at IS NULL ORDER BY r.asked_at, r.event",
    )?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let (id, person): (EventId, [u8; 16]) = (EventId::from_bytes(row.get(0)?), row.get(1)?);
        let (reason, asked_at): (String, i64) = (row.get(2)?, row.get(3)?);
        let asked = asked_part(id, &person, &reason, asked_at);
        let holds = |key: [u8; 32], context, part: &[u8], signature: [u8; 64]| {
            VerifyingKey::from_bytes(key).verify(context, part, &Signature::from_bytes(signature)).is_ok()
        };
        if !holds(row.get(6)?, ASKED, &asked, row.get(4)?) {
            continue;
        }
        let (mut until, mut agreed_by) = (asked_at + AGREE_WITHIN_MS, None);
        if let Some(agreed_at) = row.get::<_, Option<i64>>(7)? {
            let second: [u8; 16] = row.get(9)?;
            let role = PersonRole::of(&row.get::<_, String>(12)?);
            let is_here = row.get::<_, Option<i64>>(13)?.is_none() && role.is_some_and(agrees);
            let part = agreed_part(&asked, agreed_at);
            if second == person || !is_here || !holds(row.get(11)?, AGREED, &part, row.get(8)?) {
                continue;
            }
            (until, agreed_by) = (agreed_at + RELEASE_MS, Some(row.get(10)?));
        }
        let Some((case_code, site)) = place(c, id)?.filter(|_| now.as_millis() < until) else { continue };
        let (asked_by, asked_at, until) =
            (row.get(5)?, Timestamp::from_millis(asked_at), Timestamp::from_millis(until));
        let row = ReleaseRow { id, case_code, asked_by, reason, asked_at, agreed_by, until };
        found.push(Standing { row, person, asked, site });
    }
    Ok(found)
}

/// Case and site of a record; `None` where it is erased.
fn place(c: &Connection, id: EventId) -> Result<Option<(String, String)>, DeskError> {
    let select =
        "SELECT case_id, site FROM record WHERE event = ?1 AND kind = 0 AND case_id IS NOT NULL ORDER BY state <> 1";
    let read = |row: &rusqlite::Row<'_>| Ok((row.get::<_, [u8; 16]>(0)?, row.get::<_, Option<String>>(1)?));
    let found = c.prepare_cached(select)?.query_row([id.as_bytes()], read).optional()?;
    let code = |case| lists::case_code(wayside_model::CaseId::from_bytes(case));
    Ok(found.map(|(case, site)| (code(case), site.unwrap_or_default())))
}

fn asked_part(id: EventId, person: &[u8; 16], reason: &str, at: i64) -> Vec<u8> {
    to_canonical(&(id.as_bytes().to_vec(), person.to_vec(), reason, at))
}

fn agreed_part(asked: &[u8], at: i64) -> Vec<u8> {
    to_canonical(&(sha256(asked).to_vec(), at))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(binds: &str) -> String {
        format!(r#"<html xmlns="http://www.w3.org/2002/xforms" xmlns:w="{NAMESPACE}"><model>{binds}</model></html>"#)
    }

    #[test]
    fn a_question_and_everything_in_a_group_are_covered() {
        let marked = form(
            r#"<bind nodeset="/data/by" w:about="alleged_actor"/><bind nodeset="/data/leg/who" w:about="alleged_actor"/><bind nodeset="/data/pay"/>"#,
        );
        let places = Places(places_in(&marked));
        let covered = ["/data/by", "/data/leg[2]/who/role", "/data/leg[1]/who"];
        assert!(covered.iter().all(|reference| places.cover(reference)));
        assert!(["/data/bypass", "/data/leg[2]/whom", "/data/pay"].iter().all(|reference| !places.cover(reference)));
        // Another namespace means something else.
        let other = marked.replace(NAMESPACE, "urn:other");
        assert!(places_in(&other).is_empty());
    }

    /// Each change of what the two signed shuts it again.
    #[test]
    fn who_writes_into_the_database_opens_nothing() {
        let (now, id) = (Timestamp::from_millis(1_000), EventId::from_bytes([7; 16]));
        let office = crate::testing::Office::new(now);
        let (desk, session) = (&office.desk, |name, role| office.session(name, role, now));
        let (first, second) = (session("cm-1", PersonRole::CaseManager), session("ko-1", PersonRole::KeyOfficer));
        let analyst = session("an-1", PersonRole::Analyst);
        let (one, why) = (first.person.id, "the person fears them");
        let asked = first.key.sign(ASKED, &asked_part(id, &one, why, 1_000)).unwrap();
        let put = |tx: &rusqlite::Transaction<'_>| {
            tx.execute(
                "INSERT INTO record (device, sha256, epoch, seq, event, state, at, case_id, site)
                 VALUES (x'01', x'02', 1, 1, ?1, 1, 0, x'00112233445566778899aabbccddeeff', 'north')",
                [id.as_bytes()],
            )?;
            let sql =
                "INSERT INTO actor_release (event, person, reason, asked_at, asked) VALUES (?1, ?2, ?3, 1000, ?4)";
            Ok(tx.execute(sql, (id.as_bytes(), one, why, asked.as_bytes())).map(drop)?)
        };
        desk.store.write(put).unwrap();
        let is_open = |at: i64| {
            let found = desk.store.read(|c| standing(c, id, &one, Timestamp::from_millis(at))).unwrap();
            found.is_some_and(|it| it.release().is_open())
        };
        assert!(!is_open(1_000));
        assert!(matches!(desk.agree_release_by(&analyst, id, "cm-1", now), Err(DeskError::NotAllowed)));
        assert!(matches!(desk.agree_release_by(&first, id, "cm-1", now), Err(DeskError::SamePerson)));
        desk.agree_release_by(&second, id, "cm-1", now).unwrap();
        assert!(is_open(1_000) && is_open(999 + RELEASE_MS) && !is_open(1_000 + RELEASE_MS));
        for change in [
            "UPDATE actor_release SET agreed_at = agreed_at + 1",
            "UPDATE actor_release SET reason = 'another reason'",
            "UPDATE actor_release SET asked_at = asked_at + 1",
            "UPDATE actor_release SET agreed_by = person",
            "UPDATE actor_release SET agreed_by = (SELECT id FROM person WHERE name = 'an-1')",
            "UPDATE actor_release SET event = x'08080808080808080808080808080808'",
            "UPDATE person SET ended_at = 1 WHERE name = 'ko-1'",
            "UPDATE person SET ended_at = 1 WHERE name = 'cm-1'",
            "UPDATE person SET role = 'analyst' WHERE name = 'ko-1'",
            "UPDATE record SET kind = 4",
        ] {
            let tried: Result<(), DeskError> = desk.store.write(|tx| {
                assert!(tx.execute(change, [])? > 0);
                let found = standing(tx, id, &one, now)?;
                assert!(!found.is_some_and(|it| it.release().is_open()), "{change}");
                // Taken back.
                Err(DeskError::Bug)
            });
            assert!(matches!(tried, Err(DeskError::Bug)) && is_open(1_000), "{change}");
        }
    }
}
