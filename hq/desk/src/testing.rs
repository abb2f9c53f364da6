//! A founded desk for tests within the crate, and people who sign in at it.

use wayside_model::{Sensitive, Timestamp};
use wayside_seal::StretchParams;

use crate::people::PersonRole;
use crate::sessions::Session;
use crate::{Desk, Founding};

pub(crate) struct Office {
    pub(crate) desk: Desk,
    words: Sensitive<String>,
    _folder: tempfile::TempDir,
}

impl Office {
    pub(crate) fn new(now: Timestamp) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let secret = |text: &str| Sensitive::new(text.to_owned());
        let (words, token) = (secret("quiet river stone lamp winter field"), secret("00"));
        let founding = Founding {
            org: "Example Aid",
            relay: "http://127.0.0.1:1",
            relay_token: &token,
            relay_roots: None,
            stretch: StretchParams::FLOOR,
        };
        let desk = Desk::init(&folder.path().join("desk"), &founding, &words, now).unwrap().desk;
        Self { desk, words, _folder: folder }
    }

    /// Somebody new, signed in.
    pub(crate) fn session(&self, name: &str, role: PersonRole, now: Timestamp) -> Session {
        self.desk.add_person(name, role, "", &self.words, StretchParams::FLOOR, now).unwrap();
        self.desk.unlock_slot(name, &self.words).unwrap()
    }
}
