//! A content tried on one phone, and what everybody gets after it: a phone that tried something else has no longer what a
//! patch starts from.

use crate::device::Device;
use crate::hq::Hq;
use crate::scenario::Link;
use serde_json::Value;
use std::path::{Path, PathBuf};
use wayside_field::{Gate, SessionMode};

const LIFE: &str = "wayside-b1/data/now/now_1/life:label";

fn tree() -> PathBuf {
    crate::root().join("core/screening/packs/fr")
}

/// The French pack with this version and this text.
fn pack(folder: &Path, version: u32, text: &str) -> PathBuf {
    let mut pack: Value = serde_json::from_slice(&std::fs::read(tree().join("pack.json")).unwrap()).unwrap();
    pack["version"] = version.into();
    pack["strings"][LIFE]["text"] = text.into();
    let file = folder.join("pack.json");
    std::fs::write(&file, pack.to_string()).unwrap();
    file
}

fn to_everybody(hq: &Hq, file: &Path) {
    let (file, audio) = (file.to_string_lossy(), tree().join("audio"));
    hq.desk(&["hand-out", "pack", &file, "--audio", &audio.to_string_lossy()]).unwrap();
}

/// Version in use, why a newer one was refused, and what is said at the danger gate.
fn says(device: &mut Device) -> (String, Option<&'static str>, String) {
    device.sync(Link::Relay).unwrap();
    let content = device.vault.content().unwrap();
    let pack = content.into_iter().find(|content| content.id == "pack/fr").unwrap();
    let mut session = device.vault.start_session("wayside-b2", "fr", SessionMode::Interview).unwrap();
    session.pass_gate(Gate::Setting, true).unwrap();
    let page = session.pass_gate(Gate::Interpreter, true).unwrap();
    let text = page.prompts.into_iter().find(|prompt| prompt.key == LIFE).unwrap().text;
    session.discard().unwrap();
    (pack.version, pack.refused.map(|refused| refused.code.as_str()), text)
}

#[test]
fn after_a_trial_a_phone_has_what_everybody_has() {
    let (hq, folder) = (Hq::start().unwrap(), tempfile::tempdir().unwrap());
    let (mut tried, mut other) = (Device::ready(&hq), Device::ready(&hq));
    let id = tried.id().unwrap();
    to_everybody(&hq, &pack(folder.path(), 3, "Un"));
    let is = |version: &str, text: &str| (version.to_owned(), None, text.to_owned());
    assert_eq!((says(&mut tried), says(&mut other)), (is("3", "Un"), is("3", "Un")));
    hq.hand_out("pack", &pack(folder.path(), 4, "À l'essai"), &[], &id, &[]).unwrap();
    assert_eq!((says(&mut tried), says(&mut other)), (is("4", "À l'essai"), is("3", "Un")), "one phone alone");
    // The desk's own is still version 3, so that another 4 may follow; the phone that tried one keeps what it tried.
    to_everybody(&hq, &pack(folder.path(), 5, "Deux"));
    assert_eq!((says(&mut tried), says(&mut other)), (is("5", "Deux"), is("5", "Deux")));
    // From here on it is a patch for both again, and a trial that was refused changes nothing.
    to_everybody(&hq, &pack(folder.path(), 6, "Trois"));
    hq.hand_out("pack", &pack(folder.path(), 7, "Une victime"), &[], &id, &[]).unwrap();
    let (version, refused, text) = says(&mut tried);
    assert_eq!((version.as_str(), refused, text.as_str()), ("6", Some("pack.malformed"), "Trois"));
    to_everybody(&hq, &pack(folder.path(), 8, "Quatre"));
    assert_eq!((says(&mut tried), says(&mut other)), (is("8", "Quatre"), is("8", "Quatre")));
}
