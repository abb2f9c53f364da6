//! Sealing to class keys, and opening what a keyring has a key for. A data key seals the bytes; it is wrapped to every class
//! key the bytes are for, and may seal several things of one transaction, so that a list costs one unwrapping and not hundreds.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use minicbor::{Decode, Encode};
use rusqlite::Connection;
use wayside_model::{from_canonical, to_canonical};
use wayside_seal::hpke::{self, PrivateKey};
use wayside_seal::{Key, aead, sha256};
use zeroize::Zeroizing;

use super::class_keys;
use super::{Class, Owner, Scope};
use crate::DeskError;

const INFO: &[u8] = b"wayside/desk/class/1";
/// Data keys a keyring remembers.
const REMEMBERED: usize = 4096;

#[derive(Encode, Decode)]
struct Sealed {
    #[n(0)]
    wraps: Vec<Wrap>,
    #[cbor(n(1), with = "minicbor::bytes")]
    body: Vec<u8>,
}

#[derive(Clone, Encode, Decode)]
struct Wrap {
    #[cbor(n(0), with = "minicbor::bytes")]
    key: [u8; 8],
    #[cbor(n(1), with = "minicbor::bytes")]
    bytes: Vec<u8>,
}

/// Seals, in one transaction. Needs public keys alone.
pub(crate) struct Sealer<'a> {
    pub(crate) tx: &'a Connection,
    owner: Option<&'a Owner>,
    ready: RefCell<Ready>,
}

/// Data keys with their wraps, by the names of the class keys.
type Ready = HashMap<Vec<String>, (Key, Vec<Wrap>)>;

impl<'a> Sealer<'a> {
    /// With the owner, a key that is not there yet is made: for a site nobody has heard of. Without, it is left out, because
    /// nobody has it.
    pub(crate) fn new(tx: &'a Connection, owner: Option<&'a Owner>) -> Self {
        Self { tx, owner, ready: RefCell::default() }
    }

    /// Seals `plain`. `place` says where it belongs and is needed to open it.
    pub(crate) fn seal(&self, class: Class, scope: &Scope, place: &[u8], plain: &[u8]) -> Result<Vec<u8>, DeskError> {
        let names = class.names(scope);
        let mut ready = self.ready.borrow_mut();
        if !ready.contains_key(&names) {
            ready.insert(names.clone(), self.data_key(&names)?);
        }
        let (key, wraps) = ready.get(&names).ok_or(DeskError::Bug)?;
        let body = aead::seal(key, &bound(class, place), plain)?;
        Ok(to_canonical(&Sealed { wraps: wraps.clone(), body }))
    }

    fn data_key(&self, names: &[String]) -> Result<(Key, Vec<Wrap>), DeskError> {
        let key = Key::random()?;
        let mut wraps = Vec::with_capacity(names.len());
        for (n, name) in names.iter().enumerate() {
            let public = match (class_keys::in_use(self.tx, name)?, self.owner) {
                (Some(public), _) => public,
                (None, Some(owner)) => class_keys::make(self.tx, owner, name)?,
                // What nobody could ever open is not kept.
                (None, None) if n == 0 => return Err(DeskError::Damaged),
                (None, None) => continue,
            };
            let bytes = hpke::seal_to(&public, INFO, &[], key.expose())?;
            wraps.push(Wrap { key: public.key_id(), bytes });
        }
        Ok((key, wraps))
    }
}

fn bound(class: Class, place: &[u8]) -> Vec<u8> {
    [class.word().as_bytes(), b"/", place].concat()
}

/// Keys that open. Wiped when it is dropped. No `Debug`: it holds keys.
#[derive(Default)]
pub(crate) struct Keyring(Mutex<Held>);

#[derive(Default)]
struct Held {
    keys: HashMap<[u8; 8], PrivateKey>,
    data: HashMap<[u8; 32], Key>,
}

impl Keyring {
    pub(crate) fn take_in(&self, id: [u8; 8], key: PrivateKey) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).keys.insert(id, key);
    }

    pub(crate) fn has(&self, id: &[u8; 8]) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).keys.contains_key(id)
    }

    /// Opens what [`Sealer::seal`] made; `None` where no key here is for it. Fails with `desk.damaged` where the bytes do not
    /// belong to this place.
    pub(crate) fn open(
        &self,
        class: Class,
        place: &[u8],
        sealed: &[u8],
    ) -> Result<Option<Zeroizing<Vec<u8>>>, DeskError> {
        let Sealed { wraps, body } = from_canonical(sealed)?;
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(wrap) = wraps.iter().find(|wrap| held.keys.contains_key(&wrap.key)) else { return Ok(None) };
        let name = sha256(&wrap.bytes);
        if !held.data.contains_key(&name) {
            let private = held.keys.get(&wrap.key).ok_or(DeskError::Bug)?;
            let plain = hpke::open(private, INFO, &[], &wrap.bytes).map_err(|_| DeskError::Damaged)?;
            let key = Key::from_bytes(plain.as_slice().try_into().map_err(|_| DeskError::Damaged)?);
            if held.data.len() >= REMEMBERED {
                held.data.clear();
            }
            held.data.insert(name, key);
        }
        let key = held.data.get(&name).ok_or(DeskError::Bug)?;
        aead::open(key, &bound(class, place), &body).map(Some).map_err(|_| DeskError::Damaged)
    }
}
