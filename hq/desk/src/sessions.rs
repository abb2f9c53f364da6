//! Who is signed in. Sessions live in memory only, end by themselves, and are found by the hash of a random token that the
//! browser holds.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use wayside_model::{Sensitive, Timestamp};
use wayside_seal::{SigningKey, random, sha256};

use crate::keys::Keyring;
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

/// A person who is signed in, with everything their slot unwraps; all of it is wiped with the last use after the session is
/// over. No `Debug`: it holds keys.
pub(crate) struct Session {
    pub(crate) person: Person,
    pub(crate) key: SigningKey,
    pub(crate) keys: Keyring,
    /// The slot does not unwrap all keys of the role yet.
    pub(crate) keys_missing: bool,
    since: Instant,
    seen: Mutex<Instant>,
}

impl Session {
    pub(crate) fn of(person: Person, key: SigningKey, keys: Keyring, keys_missing: bool) -> Self {
        Self { person, key, keys, keys_missing, since: Instant::now(), seen: Mutex::new(Instant::now()) }
    }

    fn is_over(&self) -> bool {
        let seen = *self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        self.since.elapsed() >= WHOLE || seen.elapsed() >= IDLE
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
        let session = match desk.unlock_slot(name, passphrase) {
            Ok(opened) => opened,
            Err(DeskError::Locked) => {
                self.note_wrong(name);
                let told = desk.write_sealed(|sealer| audit::append(sealer, None, "sign_in_refused", "", "", now));
                return Err(told.map_or_else(NotSignedIn::Trouble, |()| NotSignedIn::Wrong));
            }
            Err(other) => return Err(NotSignedIn::Trouble(other)),
        };
        self.wrong.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
        let token = random::bytes::<32>().map_err(|error| NotSignedIn::Trouble(error.into()))?;
        desk.write_sealed(|sealer| audit::append(sealer, Some(&session), "signed_in", "", &session.person.site, now))
            .map_err(NotSignedIn::Trouble)?;
        self.open.lock().unwrap_or_else(PoisonError::into_inner).insert(sha256(&token), Arc::new(session));
        Ok(token)
    }

    /// The session of a token, if it is not over.
    pub(crate) fn find(&self, token: &[u8; 32]) -> Option<Arc<Session>> {
        self.end_those_over();
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let session = open.get(&sha256(token)).map(Arc::clone)?;
        *session.seen.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        Some(session)
    }

    pub(crate) fn end(&self, token: &[u8; 32]) {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).remove(&sha256(token));
    }

    /// Lets go of every session that is over, and of its keys, also where nobody asks for a page any more.
    pub(crate) fn end_those_over(&self) {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).retain(|_, session| !session.is_over());
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::people::PersonRole;

    fn session(at: Instant) -> Arc<Session> {
        let person = Person {
            id: [7; 16],
            name: "cm-1".to_owned(),
            role: PersonRole::CaseManager,
            site: String::new(),
            added_at: Timestamp::from_millis(0),
            ended_at: None,
        };
        let key = SigningKey::generate().unwrap();
        let mut session = Session::of(person, key, Keyring::default(), false);
        session.since = at;
        session.seen = Mutex::new(at);
        Arc::new(session)
    }

    /// What a session holds is freed, and by that wiped, when it is over: also where nobody asks for a page any more.
    #[test]
    fn the_keys_of_a_session_that_is_over_are_let_go_of() {
        let sessions = Sessions::default();
        let idle = Instant::now().checked_sub(IDLE).unwrap();
        let put = |token: [u8; 32], at| {
            let session = session(at);
            let weak = Arc::downgrade(&session);
            sessions.open.lock().unwrap().insert(sha256(&token), session);
            weak
        };
        let (over, open, left) = (put([1; 32], idle), put([2; 32], Instant::now()), put([3; 32], Instant::now()));
        assert!(over.upgrade().is_some(), "it is there before");
        sessions.end_those_over();
        assert!(over.upgrade().is_none() && open.upgrade().is_some());
        sessions.end(&[3; 32]);
        assert!(left.upgrade().is_none() && sessions.find(&[2; 32]).is_some());
    }
}
