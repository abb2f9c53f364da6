//! Practice with the words of the real talk, and with nothing of any person.

use std::path::Path;
use std::sync::Arc;

use wayside_forms::{EntityAction, EntityChange};
use wayside_model::{CaseId, ErrorCode, Sensitive};
use wayside_screening::packs::Pack;
use wayside_seal::stretch::StretchParams;

use crate::after_finish::Planned;
use crate::finish_tests::{say, screened};
use crate::installed::{self, PACKS, audio_setting, pack_setting};
use crate::lists::{self, last_saved_setting};
use crate::lists_tests::{Keys, hits};
use crate::site::SERVICES;
use crate::testing::Phone;
use crate::{FieldError, TrainingOptions, Vault};

const CANARY: &str = "she sold the two goats in Kassala";

fn options(phone: &Phone, directory: &Path) -> TrainingOptions {
    let clock = Arc::clone(&phone.inner().clock);
    TrainingOptions { directory: directory.to_owned(), clock, stretch: StretchParams::FLOOR }
}

fn words() -> Sensitive<String> {
    Sensitive::new("503918".to_owned())
}

fn beside(phone: &Phone, directory: &Path, keys: &Keys) -> Result<Vault, FieldError> {
    phone.vault.train_beside(options(phone, directory), &words(), keys)
}

/// The French pack in this version, with this one sound.
fn put_pack(phone: &Phone, version: u32, sound: &[u8]) -> String {
    let sha256 = wayside_sync::wire::hex(&wayside_seal::sha256(sound));
    let mut pack = Pack::from_json(include_str!("../../screening/packs/fr/pack.json")).unwrap();
    pack.version = version;
    pack.strings.values_mut().for_each(|string| string.audio = None);
    pack.strings.values_mut().next().unwrap().audio = Some(sha256.clone());
    let store = &phone.inner().store;
    store.put_setting(&pack_setting("fr"), &serde_json::to_vec(&pack).unwrap()).unwrap();
    store.put_setting(PACKS, b"[\"fr\"]").unwrap();
    store.put_setting(&audio_setting(&sha256), sound).unwrap();
    sha256
}

#[test]
fn practice_has_what_hq_handed_out_and_nothing_of_a_case() {
    let (phone, folder, keys) = (Phone::new(), tempfile::tempdir().unwrap(), Keys::default());
    let own = phone.inner();
    let sound = put_pack(&phone, 1, b"goats");
    // A draft, a record, what the form saved last and an entity, each of a person.
    let mut session = screened(&phone);
    session.open_form("wayside-b4").unwrap();
    say(&mut session, r#"[{"ref": "/data/individual/individual_rating", "value": "low"}]"#);
    say(&mut session, &format!(r#"[{{"ref": "/data/individual/individual_why", "value": "{CANARY}"}}]"#));
    own.store.put_setting(&last_saved_setting("wayside-b2"), CANARY.as_bytes()).unwrap();
    let change = EntityChange {
        list: "goats".into(),
        id: "g".into(),
        action: EntityAction::Create,
        label: CANARY.into(),
        properties: Vec::new(),
        base_version: String::new(),
        trunk_version: String::new(),
        branch_id: String::new(),
    };
    let mut planned = Planned::new(own);
    change.apply(&mut planned, "b").unwrap();
    planned.put_all(Some(CaseId::from_bytes([3; 16]))).unwrap();
    assert!(hits(own, CANARY) >= 3, "the search finds each of them");

    let training = beside(&phone, folder.path(), &keys).unwrap();
    let status = training.status().unwrap();
    assert!(status.training && training.readiness().unwrap().is_empty());
    assert_eq!(status.site, "TRAINING");
    let packs = installed::packs(&training.inner).unwrap();
    assert_eq!(packs.languages().collect::<Vec<_>>(), ["fr"]);
    assert_eq!(installed::audio(&training.inner, &sound).unwrap().as_deref(), Some(b"goats".as_slice()));
    let decoy = training.open_decoy().unwrap();
    for inner in [&training.inner, &decoy.inner] {
        assert_eq!(hits(inner, CANARY), 0);
        assert!(lists::last_saved(inner, "wayside-b2").unwrap().is_none());
    }
    assert!(training.drafts().unwrap().is_empty() && training.work_list().unwrap().is_empty());
    assert!(training.queue().unwrap().is_empty());
    let (mine, theirs) = (own.settings().identity().unwrap(), training.inner.settings().identity().unwrap());
    assert!(
        mine.device != theirs.device && mine.sign_seed != theirs.sign_seed && mine.seal_secret != theirs.seal_secret
    );
    assert!(mine.root_fingerprint != theirs.root_fingerprint, "it belongs to nobody");
    // Nothing of it goes back.
    drop(decoy);
    screened_in(&training);
    assert_eq!(phone.vault.queue().unwrap().len(), 1);
    assert!(training.queue().unwrap().is_empty());
}

fn screened_in(vault: &Vault) {
    let mut session = vault.start_session("wayside-b2", "fr", crate::SessionMode::Interview).unwrap();
    say(&mut session, r#"[{"gate": "setting", "pass": true}, {"gate": "interpreter", "pass": true}]"#);
    session.discard().unwrap();
}

#[test]
fn it_is_brought_up_to_date_where_it_is_and_follows_the_site() {
    let (phone, folder, keys) = (Phone::new(), tempfile::tempdir().unwrap(), Keys::default());
    let own = phone.inner();
    let services = own.store.setting(SERVICES).unwrap().unwrap();
    let services = String::from_utf8(services.to_vec()).unwrap();
    // HQ's directory for this site ran out: the invented one takes its place.
    own.store.put_setting(SERVICES, services.replace("2099-01-01", "2026-02-01").as_bytes()).unwrap();
    let old = put_pack(&phone, 1, b"one");
    let training = beside(&phone, folder.path(), &keys).unwrap();
    assert!(training.readiness().unwrap().is_empty());
    let device = training.status().unwrap().device;
    training.lock();

    let theirs = services.replace("Clinic for training", "Blue house");
    own.store.put_setting(SERVICES, theirs.as_bytes()).unwrap();
    let new = put_pack(&phone, 2, b"two");
    let training = beside(&phone, folder.path(), &keys).unwrap();
    assert_eq!(training.status().unwrap().device, device, "the same site");
    assert_eq!(training.inner.store.setting(SERVICES).unwrap().unwrap().as_slice(), theirs.as_bytes());
    assert_eq!(installed::packs(&training.inner).unwrap().iter().next().unwrap().version, 2);
    let held = |sound| installed::audio(&training.inner, sound).unwrap().is_some();
    assert_eq!((held(&old), held(&new)), (false, true), "a sound that no pack names is gone");
    training.lock();

    phone.work_at("SITE-7");
    let elsewhere = theirs.replace("\"TRAINING\"", "\"SITE-7\"");
    own.store.put_setting(SERVICES, elsewhere.as_bytes()).unwrap();
    let training = beside(&phone, folder.path(), &keys).unwrap();
    assert_eq!(training.status().unwrap().site, "SITE-7");
    assert!(training.readiness().unwrap().is_empty());
    assert_eq!(training.open_decoy().unwrap().status().unwrap().site, "SITE-7", "its decoy too");
}

#[test]
fn a_vault_that_is_not_for_training_is_left_alone() {
    let (phone, folder, keys) = (Phone::new(), tempfile::tempdir().unwrap(), Keys::default());
    let refused = |directory: &Path| beside(&phone, directory, &keys).err().map(|error| error.code);
    assert_eq!(refused(&phone.inner().directory), Some(ErrorCode::VaultExists));
    assert!(phone.vault.readiness().unwrap().is_empty(), "it stays open");
    let own = beside(&phone, folder.path(), &keys).unwrap();
    own.lock();
    let wrong = Sensitive::new("119288".to_owned());
    let refused = phone.vault.train_beside(options(&phone, folder.path()), &wrong, &keys);
    assert_eq!(refused.err().map(|error| error.code), Some(ErrorCode::VaultWrongSecret));
}
