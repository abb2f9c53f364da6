//! Who is signed in. Sessions live in memory only, end by themselves, and are found by the hash of a random token that the
//! browser holds.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use wayside_model::{Sensitive, Timestamp};
use wayside_seal::{SigningKey, random, sha256};

use crate::people::Person;
use crate::{Desk, DeskError, audit};

/// Without a request for so long, a session is over: somebody walked away.
const IDLE: Duration = Duration::from_secs(15 * 60);
/// A working day; then everybody signs in again.
const WHOLE: Duration = Duration::from_secs(10 * 60 * 60);
/// Wrong passphrases in a row for one staff code before it has to wait.
const FREE_GUESSES: u32 = 5;
/// The wait after each further one.
const WAIT: Duration = Duration::from_secs(60);
/// Staff codes whose wrong guesses are remembered.
const MOST_GUESSED: usize = 1_000;

/// A person who is signed in. No `Debug`: it holds a key.
pub(crate) struct Session {
    pub(crate) person: Person,
    pub(crate) key: SigningKey,
    since: Instant,
    seen: Mutex<Instant>,
}

impl Session {
    /// Of somebody who gave their passphrase for one command.
    pub(crate) fn at_command_line(person: Person, key: SigningKey) -> Self {
        Self { person, key, since: Instant::now(), seen: Mutex::new(Instant::now()) }
    }
}

/// Why nobody was signed in.
pub(crate) enum NotSignedIn {
    /// Code and passphrase do not fit.
    Wrong,
    /// Too many wrong ones; later.
    Wait,
    /// The desk has another trouble.
    Trouble(DeskError),
}

#[derive(Default)]
pub(crate) struct Sessions {
    open: Mutex<HashMap<[u8; 32], Arc<Session>>>,
    wrong: Mutex<HashMap<String, (u32, Instant)>>,
}

impl Sessions {
    /// Opens the person's slot and a session. Returns the token for the browser.
    pub(crate) fn sign_in(
        &self,
        desk: &Desk,
        name: &str,
        passphrase: &Sensitive<String>,
        now: Timestamp,
    ) -> Result<[u8; 32], NotSignedIn> {
        if self.must_wait(name) {
            return Err(NotSignedIn::Wait);
        }
        let (person, key) = match desk.unlock_slot(name, passphrase) {
            Ok(opened) => opened,
            Err(DeskError::Locked) => {
                self.note_wrong(name);
                let told = desk.store.write(|tx| audit::append(tx, None, "sign_in_refused", "", "", now));
                return Err(told.map_or_else(NotSignedIn::Trouble, |()| NotSignedIn::Wrong));
            }
            Err(other) => return Err(NotSignedIn::Trouble(other)),
        };
        self.wrong.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
        let token = random::bytes::<32>().map_err(|error| NotSignedIn::Trouble(error.into()))?;
        let session = Session { person, key, since: Instant::now(), seen: Mutex::new(Instant::now()) };
        desk.store
            .write(|tx| audit::append(tx, Some(&session), "signed_in", "", &session.person.site, now))
            .map_err(NotSignedIn::Trouble)?;
        self.open.lock().unwrap_or_else(PoisonError::into_inner).insert(sha256(&token), Arc::new(session));
        Ok(token)
    }

    /// The session of a token, if it is not over.
    pub(crate) fn find(&self, token: &[u8; 32]) -> Option<Arc<Session>> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.retain(|_, session| {
            let seen = *session.seen.lock().unwrap_or_else(PoisonError::into_inner);
            session.since.elapsed() < WHOLE && seen.elapsed() < IDLE
        });
        let session = open.get(&sha256(token)).map(Arc::clone)?;
        *session.seen.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        Some(session)
    }

    pub(crate) fn end(&self, token: &[u8; 32]) {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).remove(&sha256(token));
    }

    fn must_wait(&self, name: &str) -> bool {
        let wrong = self.wrong.lock().unwrap_or_else(PoisonError::into_inner);
        wrong.get(name).is_some_and(|(times, last)| *times >= FREE_GUESSES && last.elapsed() < WAIT)
    }

    fn note_wrong(&self, name: &str) {
        let mut wrong = self.wrong.lock().unwrap_or_else(PoisonError::into_inner);
        if wrong.len() >= MOST_GUESSED {
            wrong.retain(|_, (_, last)| last.elapsed() < WAIT);
        }
        let entry = wrong.entry(name.to_owned()).or_insert((0, Instant::now()));
        *entry = (entry.0 + 1, Instant::now());
    }
}
