//! Which protection each search has to miss.

#[cfg(feature = "planted")]
use wayside_vault::planted::{Weakness, plant};

/// Takes away the protection that the search of this name is for.
#[cfg(feature = "planted")]
pub(crate) fn plant_for(name: &str) {
    plant(Some(match name {
        "scan" => Weakness::Unkeyed,
        "tamper" => Weakness::NoRecordSeal,
        "rollback" => Weakness::HeadIgnored,
        "kill" => Weakness::EarlyAcknowledge,
        "powercut" => Weakness::NormalSync,
        "iofault" => Weakness::WriteErrorSwallowed,
        "erase" => Weakness::SearchKeepsDeleted,
        "keystore" => Weakness::KeyStoreErrorIsWrongSecret,
        "memory" => Weakness::KeyKeptAfterLock,
        _ => Weakness::CaseKeyKept,
    }));
    *PLANTED.lock().unwrap() = Some(name.to_owned());
}

#[cfg(feature = "planted")]
static PLANTED: std::sync::Mutex<Option<String>> = std::sync::Mutex::new(None);

/// Puts the protection back.
pub(crate) fn give_back() {
    #[cfg(feature = "planted")]
    {
        plant(None);
        *PLANTED.lock().unwrap() = None;
    }
}

/// Arguments that take the same protection away in a process that is started now.
pub(crate) fn arguments() -> Vec<String> {
    #[cfg(feature = "planted")]
    if let Some(name) = &*PLANTED.lock().unwrap() {
        return vec!["--plant".to_owned(), name.clone()];
    }
    Vec::new()
}

#[cfg(not(feature = "planted"))]
pub(crate) fn plant_for(_: &str) {
    panic!("this build has no weaknesses to plant: use `cargo xtask faults … --planted`");
}
