//! The small file `trust` of the outbox: what an order from HQ is checked against while the vault is locked, opaque here.
//!
//! Who can write it can destroy the vault; who can write it can delete the vault's files, too. It holds no secret.

use std::path::Path;

use crate::durable;
use crate::outbox::{Outbox, earlier_folder};
use crate::outbox_state::{CAP, frame, unframe};
use crate::{Part, VaultError};

const MAGIC: &[u8; 8] = b"WAYOUTTR";

impl Outbox {
    /// What was kept with [`Outbox::put_trust`]; `None` where nothing was.
    ///
    /// Errors: `vault.damaged` where it is not whole; `storage.*`.
    pub fn trust(&self) -> Result<Option<Vec<u8>>, VaultError> {
        let _held = self.hold()?;
        let Some(kept) = durable::read(&self.trust_path(), CAP)? else { return Ok(None) };
        let body = unframe(MAGIC, &kept).map(<[u8]>::to_vec);
        body.map(Some).ok_or(VaultError::Damaged(Part::OutboxState))
    }

    /// Keeps it, in place of what was there. It is on the disk when this returns.
    ///
    /// Errors: `storage.*`.
    pub fn put_trust(&self, bytes: &[u8]) -> Result<(), VaultError> {
        let _held = self.hold()?;
        Ok(durable::replace(&self.trust_path(), &frame(MAGIC, bytes))?)
    }

    /// Removes the outbox of the folder and those of earlier enrolments, with everything that was not sent: for an order that
    /// says so, and for nothing else. None is needed where there is none.
    ///
    /// Errors: `storage.*`; called again, it goes on.
    pub fn destroy(dir: &Path) -> Result<(), VaultError> {
        let own = crate::layout::Layout::new(dir).outbox();
        let earlier = (1..).map(|n| earlier_folder(dir, n)).take_while(|folder| folder.exists());
        // The highest number first, for they are found by counting up; the own one last, for the order came in through it.
        for folder in earlier.collect::<Vec<_>>().into_iter().rev().chain([own]).filter(|folder| folder.exists()) {
            // The config is what says that an outbox is there, so it goes first.
            durable::remove(&folder.join("config"))?;
            match std::fs::remove_dir_all(&folder) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
                _ => durable::sync_folder(&folder)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outbox::OutboxConfig;
    use wayside_model::DeviceId;
    use wayside_seal::Key;

    #[test]
    fn kept_until_it_is_replaced_and_gone_with_everything() {
        let folder = tempfile::tempdir().unwrap();
        let config = OutboxConfig {
            relay: "https://relay.example".to_owned(),
            device: DeviceId::from_bytes([1; 16]),
            upload_token: Key::from_bytes([2; 32]),
        };
        let outbox = Outbox::create(folder.path(), config.clone()).unwrap();
        assert_eq!(outbox.trust().unwrap(), None);
        outbox.put_trust(b"first").unwrap();
        outbox.put_trust(b"second").unwrap();
        assert_eq!(Outbox::open(folder.path()).unwrap().trust().unwrap().as_deref(), Some(&b"second"[..]));
        let mut bytes = std::fs::read(folder.path().join("outbox/trust")).unwrap();
        bytes[13] ^= 1;
        std::fs::write(folder.path().join("outbox/trust"), bytes).unwrap();
        assert_eq!(outbox.trust().err(), Some(VaultError::Damaged(Part::OutboxState)));
        // An earlier enrolment's outbox goes as well.
        Outbox::create(folder.path(), config.clone()).unwrap();
        Outbox::create(folder.path(), config).unwrap();
        assert_eq!(Outbox::earlier(folder.path()).unwrap().len(), 2);
        // One of them cannot go: nothing is left behind that is not found again.
        let (second, aside) = (folder.path().join("outbox.2"), folder.path().join("aside"));
        std::fs::rename(&second, &aside).unwrap();
        std::fs::write(&second, b"no folder").unwrap();
        assert!(Outbox::destroy(folder.path()).is_err());
        assert!(Outbox::open(folder.path()).is_ok(), "the order counts again");
        std::fs::remove_file(&second).unwrap();
        std::fs::rename(&aside, &second).unwrap();
        Outbox::destroy(folder.path()).unwrap();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        Outbox::destroy(folder.path()).unwrap();
    }
}
