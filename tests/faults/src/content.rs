//! Everything a vault holds, as its users see it.

use wayside_vault::{TextSource, Vault, VaultError};

use crate::place::case_id;

/// Reads everything. An error of any read is the result.
pub(crate) fn of(vault: &Vault) -> Result<Vec<Vec<u8>>, VaultError> {
    let mut all = Vec::new();
    for name in ["chain", "long", "small"] {
        all.push(vault.setting(name)?.unwrap_or_default().to_vec());
    }
    for form in vault.forms()? {
        all.extend([form.id.into_bytes(), form.version.into_bytes(), form.xml.into_bytes()]);
    }
    for summary in vault.drafts()? {
        let draft = vault.draft(summary.id)?.ok_or(VaultError::UnknownDraft)?;
        all.push(summary.id.as_bytes().to_vec());
        all.extend([draft.header].into_iter().chain(draft.steps).map(|bytes| bytes.to_vec()));
    }
    for row in vault.queue()? {
        all.push(format!("{row:?}").into_bytes());
    }
    for summary in vault.records(None, 1000)? {
        let record = vault.record(summary.id)?.ok_or(VaultError::UnknownItem)?;
        all.extend([format!("{summary:?}").into_bytes(), record.body.to_vec()]);
    }
    for n in 1..=9 {
        for file in vault.attachments(case_id(n))? {
            all.push(format!("{file:?}").into_bytes());
            if file.sha256.is_some() {
                vault.read_attachment(file.id, &mut |piece| all.push(piece.to_vec()))?;
            }
        }
    }
    for words in ["harbour", "shelter", "clinic"] {
        for hit in vault.search_texts(TextSource::Directory, words, 50)? {
            all.extend([hit.owner.into_bytes(), hit.name.into_bytes(), hit.body.into_bytes()]);
        }
    }
    if vault.list("villages")?.is_some() {
        for filter in [&[][..], &[("district", "d1")][..]] {
            vault.list_rows("villages", filter, &mut |n, cells| {
                all.push(format!("{n} {cells:?}").into_bytes());
                true
            })?;
        }
    }
    all.extend(vault.audit()?.iter().map(|entry| format!("{entry:?}").into_bytes()));
    Ok(all)
}

/// Fills a vault with something of every kind, so that rows lie in overflow pages too.
pub(crate) fn fill(vault: &Vault, canary: &str) {
    use crate::place::{at, draft_id, event_id};
    use wayside_model::EventId;
    use wayside_vault::{AuditAction, FinishRequest, NewList, NewRecord, RecordClass};

    vault.put_setting("long", &[7; 9_000]).unwrap();
    vault.put_setting("small", canary.as_bytes()).unwrap();
    let xml = format!("<form>{canary}{}</form>", "<q/>".repeat(2000));
    vault.put_form("f", "1", &wayside_seal::sha256(xml.as_bytes()), &xml).unwrap();
    for n in 1..=3 {
        vault.start_draft(draft_id(n), case_id(n), canary.as_bytes()).unwrap();
        vault.append_steps(draft_id(n), &[canary.as_bytes(), &[n; 6000], b"third"]).unwrap();
    }
    for n in 4..=6 {
        let body = [canary.as_bytes(), &[n; 5000]].concat();
        let (id, class) = (event_id(n), RecordClass::Assigned);
        vault.put_record(&NewRecord { id, case: case_id(n), class, at: at(i64::from(n)), body: &body }).unwrap();
    }
    let (ended, begun) = (EventId::from_bytes([0x41; 16]), EventId::from_bytes([0x42; 16]));
    for file in [ended, begun] {
        vault.start_attachment(file, case_id(4)).unwrap();
        vault.append_attachment(file, canary.as_bytes()).unwrap();
        vault.append_attachment(file, &[5; 70_000]).unwrap();
    }
    vault.end_attachment(ended).unwrap();
    let finished = FinishRequest {
        draft: Some(draft_id(3)),
        event: event_id(3),
        seq: 1,
        envelope_sha256: [3; 32],
        chain: &vault.setting("chain").unwrap().unwrap(),
        at: at(1),
        kept: &[],
    };
    vault.finish(&finished).unwrap();
    let texts = [("name", "Night shelter near the harbour"), ("hours", "Clinic hours by the harbour")];
    vault.put_texts(TextSource::Directory, "a", &texts).unwrap();
    let list = NewList { name: "villages", sha256: [4; 32], columns: &["name", "district"], indexed: &["district"] };
    vault.put_list(&list, &mut (0..60).map(|n| vec![format!("Village {n}"), format!("d{}", n % 5)])).unwrap();
    for n in 0..3_u8 {
        vault.note(AuditAction::View, &[n]).unwrap();
    }
}
