//! What was handed out, as the desk keeps it: for devices that are confirmed later, and signed into the logs of those that are.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension};
use wayside_model::{DeviceId, from_canonical, to_canonical};
use wayside_screening::RuleSet;
use wayside_screening::bundle::Bundle;
use wayside_screening::packs::Pack;
use wayside_screening::services::Services;
use wayside_seal::content::{Content, ContentKind, FileBytes, Files};
use wayside_seal::{ControlKind, SigningKey, sha256};
use wayside_sync::wire::hex;

use crate::{DeskError, actors, control_log, publishing};

/// Bytes of audio that go into one entry of a control log; what is above it goes into the next. A phone on a slow link gets
/// each entry whole or again.
const AUDIO_IN_ONE: usize = 192 * 1024;

/// One content in the version in force.
pub(crate) struct Held {
    pub(crate) kind: ContentKind,
    pub(crate) id: String,
    pub(crate) version: String,
    pub(crate) whole: Vec<u8>,
}

pub(crate) fn audio_file(bytes: &[u8]) -> Held {
    let id = format!("audio/{}", hex(&sha256(bytes)));
    Held { kind: ContentKind::Audio, id, version: "1".to_owned(), whole: bytes.to_vec() }
}

pub(crate) fn keep(tx: &Connection, content: &Held, site: &str) -> Result<(), DeskError> {
    let sql = "INSERT INTO content (kind, id, site, version, whole, turn)
            SELECT ?1, ?2, ?3, ?4, ?5, coalesce(max(turn), 0) + 1 FROM content WHERE true
        ON CONFLICT (kind, id) DO UPDATE SET site = ?3, version = ?4, whole = ?5, turn = excluded.turn";
    tx.execute(sql, (number(content.kind), &content.id, site, &content.version, &content.whole))?;
    Ok(())
}

/// What is kept under a kind and id.
pub(crate) fn kept(c: &Connection, kind: ContentKind, id: &str) -> Result<Option<Vec<u8>>, DeskError> {
    let select = "SELECT whole FROM content WHERE kind = ?1 AND id = ?2";
    Ok(c.query_row(select, (number(kind), id), |row| row.get(0)).optional()?)
}

/// The site whose devices have an audio file, empty for all; `None` where nobody has it.
pub(crate) fn audio_site(c: &Connection, file: &Held) -> Result<Option<String>, DeskError> {
    let select = "SELECT site FROM content WHERE kind = ?1 AND id = ?2";
    Ok(c.query_row(select, (number(file.kind), &file.id), |row| row.get(0)).optional()?)
}

/// An audio file that one site had is for every site.
pub(crate) fn audio_for_all(tx: &Connection, file: &Held) -> Result<(), DeskError> {
    tx.execute("UPDATE content SET site = '' WHERE kind = ?1 AND id = ?2", (number(file.kind), &file.id))?;
    Ok(())
}

/// A device that has tried something else has no longer what the next patch would start from.
pub(crate) fn note_trial(tx: &Connection, device: DeviceId, content: &Held) -> Result<(), DeskError> {
    let sql = "INSERT OR IGNORE INTO trial (device, kind, id) VALUES (?1, ?2, ?3)";
    tx.execute(sql, (device.as_bytes(), number(content.kind), &content.id))?;
    Ok(())
}

/// Whether the device has tried another version; from now on it has this one.
pub(crate) fn end_trial(tx: &Connection, device: DeviceId, content: &Held) -> Result<bool, DeskError> {
    let sql = "DELETE FROM trial WHERE device = ?1 AND kind = ?2 AND id = ?3";
    Ok(tx.execute(sql, (device.as_bytes(), number(content.kind), &content.id))? > 0)
}

/// Devices let go of audio that no pack names any more, and so does the desk.
pub(crate) fn forget_audio(tx: &Connection) -> Result<(), DeskError> {
    let mut named = BTreeSet::new();
    for held in contents(tx, "SELECT kind, id, version, whole FROM content WHERE kind IN (2, 6)", ())? {
        let text = String::from_utf8_lossy(&held.whole);
        let packs = match held.kind {
            ContentKind::Bundle => Bundle::from_json(&text)?.packs,
            _ => vec![text.into_owned()],
        };
        for pack in packs {
            named.extend(Pack::from_json(&pack)?.audio().map(|sha256| format!("audio/{sha256}")));
        }
    }
    let mut statement = tx.prepare_cached("SELECT id FROM content WHERE kind = 5")?;
    let held: Vec<String> = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    for id in held.iter().filter(|id| !named.contains(*id)) {
        tx.execute("DELETE FROM content WHERE kind = 5 AND id = ?1", [id])?;
    }
    Ok(())
}

/// Everything in force for the site of a device that was just confirmed, in the order it was handed out. To be called inside
/// that transaction.
pub(crate) fn catch_up(
    connection: &Connection,
    signing: &SigningKey,
    device: DeviceId,
    site: &str,
) -> Result<(), DeskError> {
    let select = "SELECT kind, id, version, whole FROM content WHERE site IN ('', ?1) ORDER BY turn, kind, id";
    let mut files = Vec::new();
    for held in contents(connection, select, [site])? {
        if held.kind == ContentKind::Audio {
            files.push(held);
            continue;
        }
        let terms = publishing::signed_terms(connection, &held)?;
        append_all(connection, signing, device, &entries(&std::mem::take(&mut files), &held, None, terms)?)?;
    }
    Ok(())
}

/// What the desk itself handed out after a copy of it was made is in force again, where it is newer than what is in force. To
/// be called for each device in the order it was said in. A trial cannot be told from what went to everybody.
pub(crate) fn take_back_in(tx: &Connection, device: DeviceId, bytes: &[u8]) -> Result<(), DeskError> {
    let said = Content::from_bytes(bytes)?;
    if said.kind == ContentKind::Audio {
        let Files(files) = from_canonical(&said.unpack(None)?)?;
        // One that is here already keeps its turn, before the pack that names it.
        return files.iter().map(|file| audio_file(&file.0)).try_for_each(|file| {
            match kept(tx, file.kind, &file.id)? {
                Some(_) => Ok(()),
                None => keep(tx, &file, ""),
            }
        });
    }
    let mut next = Held { kind: said.kind, id: said.id.clone(), version: said.version.clone(), whole: Vec::new() };
    let held = kept(tx, next.kind, &next.id)?;
    // A patch of something else than what is in force brings nothing newer.
    let Ok(whole) = said.unpack(held.as_deref()) else { return Ok(()) };
    next.whole = whole;
    actors::note(tx, &next)?;
    let is_taken = match &held {
        None => true,
        Some(held) if said.kind == ContentKind::Form => {
            said.base.is_some() || (*held != next.whole && is_in_use(tx, device)?)
        }
        Some(held) => version(said.kind, held) < version(said.kind, &next.whole),
    };
    let site =
        next.id.strip_prefix("services/").or_else(|| next.id.strip_prefix("bundle/")).unwrap_or_default().to_owned();
    if !is_taken {
        return Ok(());
    }
    if let Some(terms) = &said.terms {
        publishing::take_terms_back(tx, &next, &terms.0)?;
    }
    keep(tx, &next, &site)
}

/// Forms have no order among their versions; a device that was revoked has none of the newest.
fn is_in_use(tx: &Connection, device: DeviceId) -> Result<bool, DeskError> {
    let mut statement = tx.prepare_cached("SELECT 1 FROM device WHERE id = ?1 AND revoked_at IS NULL")?;
    Ok(statement.exists([device.as_bytes()])?)
}

/// The version that a document names; `None` where it cannot be read.
fn version(kind: ContentKind, whole: &[u8]) -> Option<u64> {
    let text = String::from_utf8_lossy(whole);
    match kind {
        ContentKind::RuleSet => RuleSet::from_json(&text).ok().map(|rules| u64::from(rules.version())),
        ContentKind::LanguagePack => Pack::from_json(&text).ok().map(|pack| u64::from(pack.version)),
        ContentKind::Services => Services::from_json(&text).ok().map(|services| u64::from(services.version)),
        ContentKind::Bundle => Bundle::from_json(&text).ok().map(|bundle| u64::from(bundle.version)),
        ContentKind::Form | ContentKind::Dictionary | ContentKind::Audio => None,
    }
}

/// The entries of a log that bring a content, with the audio files before it that it needs; several share an entry. `base` is
/// what devices have of the content, `terms` what was decided of the forms of others in it.
pub(crate) fn entries<'a>(
    files: impl IntoIterator<Item = &'a Held>,
    content: &Held,
    base: Option<&[u8]>,
    terms: Option<Vec<u8>>,
) -> Result<Vec<Vec<u8>>, DeskError> {
    let mut all = Vec::new();
    let mut batch: Vec<FileBytes> = Vec::new();
    let mut flush = |batch: &mut Vec<FileBytes>| {
        if !batch.is_empty() {
            let whole = to_canonical(&Files(std::mem::take(batch)));
            all.push(Content::pack(ContentKind::Audio, "audio", "1", &whole, None)?.to_bytes());
        }
        Ok::<(), DeskError>(())
    };
    for file in files {
        let waiting: usize = batch.iter().map(|file| file.0.len()).sum();
        if waiting + file.whole.len() > AUDIO_IN_ONE {
            flush(&mut batch)?;
        }
        batch.push(FileBytes(file.whole.clone()));
    }
    flush(&mut batch)?;
    let packed = Content::pack(content.kind, &content.id, &content.version, &content.whole, base)?;
    all.push(packed.with_terms(terms).to_bytes());
    Ok(all)
}

/// Bytes of entries together.
pub(crate) fn length(entries: &[Vec<u8>]) -> usize {
    entries.iter().map(Vec::len).sum()
}

/// Signs entries into a device's log.
pub(crate) fn append_all(
    connection: &Connection,
    signing: &SigningKey,
    device: DeviceId,
    entries: &[Vec<u8>],
) -> Result<(), DeskError> {
    let mut append = |content: &Vec<u8>| {
        control_log::append(connection, signing, device, ControlKind::Content(content.clone())).map(drop)
    };
    entries.iter().try_for_each(&mut append)
}

pub(crate) fn contents(
    connection: &Connection,
    select: &str,
    parameters: impl rusqlite::Params,
) -> Result<Vec<Held>, DeskError> {
    let mut statement = connection.prepare_cached(select)?;
    let rows =
        statement.query_map(parameters, |row| Ok((row.get::<_, i64>(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
    rows.map(|row| {
        let (kind, id, version, whole) = row?;
        let kind = match kind {
            0 => ContentKind::Form,
            1 => ContentKind::RuleSet,
            2 => ContentKind::LanguagePack,
            3 => ContentKind::Services,
            5 => ContentKind::Audio,
            6 => ContentKind::Bundle,
            _ => return Err(DeskError::Damaged),
        };
        Ok(Held { kind, id, version, whole })
    })
    .collect()
}

const fn number(kind: ContentKind) -> i64 {
    kind as i64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{DESK, Store};
    use wayside_model::FormTerms;
    use wayside_seal::{ControlEntry, Key};

    fn device(n: u8) -> DeviceId {
        DeviceId::from_bytes([n; 16])
    }

    /// What a desk that was put back hears of two devices that had this of it, it hands out to a third.
    fn put_back(content: &Held, files: &[Held], terms: Option<Vec<u8>>) -> Vec<Content> {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::create(&folder.path().join("desk.db"), &Key::from_bytes([7; 32]), DESK, None).unwrap();
        let signing = SigningKey::generate().unwrap();
        store
            .write(|tx| {
                let said = entries(files, content, None, terms)?;
                for n in [1, 2] {
                    said.iter().try_for_each(|bytes| take_back_in(tx, device(n), bytes))?;
                }
                catch_up(tx, &signing, device(3), "north")?;
                let logs: Vec<Vec<u8>> = tx
                    .prepare("SELECT bytes FROM control WHERE device = ?1 ORDER BY counter")?
                    .query_map([device(3).as_bytes()], |row| row.get(0))?
                    .collect::<Result<_, _>>()?;
                let content = |bytes: Vec<u8>| match ControlEntry::verify(&bytes, &signing.public(), device(3))?.kind {
                    ControlKind::Content(bytes) => Ok(Content::from_bytes(&bytes)?),
                    _ => Err(DeskError::Bug),
                };
                logs.into_iter().map(content).collect()
            })
            .unwrap()
    }

    /// Two devices heard the same audio and pack; who is confirmed after a restore gets both, the audio first.
    #[test]
    fn audio_that_came_back_twice_stays_before_its_pack() {
        let pack = Held {
            kind: ContentKind::LanguagePack,
            id: "pack/fr".to_owned(),
            version: "2".to_owned(),
            whole: include_bytes!("../../../core/screening/packs/fr/pack.json").to_vec(),
        };
        let files = [audio_file(b"OggS one"), audio_file(b"OggS two")];
        let kinds: Vec<ContentKind> = put_back(&pack, &files, None).iter().map(|content| content.kind).collect();
        assert_eq!(kinds, [ContentKind::Audio, ContentKind::LanguagePack]);
    }

    #[test]
    fn what_was_decided_of_a_form_comes_back_with_it() {
        let form = Held {
            kind: ContentKind::Form,
            id: "shelters".to_owned(),
            version: "1".to_owned(),
            whole: include_bytes!("../../../tests/scenarios/forms/shelters.xml").to_vec(),
        };
        let terms =
            FormTerms { purpose: "beds".to_owned(), days: Some(30), about_person: false, ..FormTerms::default() };
        let again = |terms| {
            let came = put_back(&form, &[], terms);
            let signed = came[0].terms.as_ref().map(|terms| terms.0.clone());
            FormTerms::in_signed(signed.as_deref(), "shelters")
        };
        assert_eq!(again(Some(FormTerms::to_signed([("shelters", terms.clone())]))), terms);
        assert_eq!(again(None), FormTerms::default(), "nothing was decided: about a person");
    }
}
