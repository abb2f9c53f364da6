//! Everything the vault's keys can read, for searches that must find nothing. The file format is SQLCipher's: each page of
//! 4096 bytes ends in an IV of 16 and a MAC of 64; the first page begins with a salt of 16 instead of ciphertext.
//! (zetetic.net/sqlcipher/design, "Database Encryption Features".)

use aes::Aes256;
use aes::cipher::{Array, BlockCipherDecrypt, KeyInit};
use wayside_model::DraftId;
use zeroize::Zeroizing;

use crate::vault::Opened;
use crate::{Vault, VaultError, drafts, settings};

const PAGE: usize = 4096;
const IV_AT: usize = PAGE - 80;
const SALT: usize = 16;
const LOG_HEAD: usize = 32;
const FRAME_HEAD: usize = 24;

impl Vault {
    /// Calls `see` with each piece of plain bytes and where it is: every page of the database, free ones too; every frame
    /// of the log, overwritten ones too; and once more unsealed, what is sealed inside: settings, drafts, the keys of cases.
    pub fn scan_pages(&self, see: &mut dyn FnMut(&str, &[u8])) -> Result<(), VaultError> {
        let layout = self.layout().clone();
        self.with(|open| {
            // Closing a file of ours drops SQLite's lock on it. The lock on vault.id keeps others out all the same.
            let database = std::fs::read(layout.database())?;
            let log = if layout.log().exists() { std::fs::read(layout.log())? } else { Vec::new() };
            let cipher = Aes256::new(&Array::from(*open.keys.database().expose()));
            for (number, page) in (1..).zip(database.chunks_exact(PAGE)) {
                see(&format!("page {number}"), &decrypt(&cipher, page, number));
            }
            for (n, frame) in log.get(LOG_HEAD..).unwrap_or_default().chunks_exact(FRAME_HEAD + PAGE).enumerate() {
                let Some((number, _)) = frame.split_first_chunk() else { continue };
                let page = frame.get(FRAME_HEAD..).unwrap_or_default();
                see(&format!("log frame {n}"), &decrypt(&cipher, page, u32::from_be_bytes(*number)));
            }
            inner_seals(open, see)
        })
    }
}

fn inner_seals(open: &Opened, see: &mut dyn FnMut(&str, &[u8])) -> Result<(), VaultError> {
    let mut names = open.connection.prepare("SELECT name FROM setting")?;
    for name in names.query_map([], |row| row.get::<_, String>(0))? {
        let name = name?;
        if let Some(value) = settings::get(&open.connection, &open.keys, &name)? {
            see(&format!("setting {name}"), &value);
        }
    }
    let mut ids = open.connection.prepare("SELECT id FROM draft")?;
    for id in ids.query_map([], |row| row.get(0).map(DraftId::from_bytes))? {
        let Some(draft) = drafts::read(open, id?)? else { continue };
        see("draft header", &draft.header);
        draft.steps.iter().for_each(|step| see("draft step", step));
    }
    for case in open.keyring.cases() {
        see("keyring case", case.as_bytes());
        if let Some(key) = open.keyring.key(case) {
            see("keyring key", key.expose());
        }
    }
    Ok(())
}

/// The plain bytes of a page. CBC by hand: one block back, and exclusive-or.
fn decrypt(cipher: &Aes256, page: &[u8], number: u32) -> Zeroizing<Vec<u8>> {
    let from = if number == 1 { SALT } else { 0 };
    let (Some(body), Some(iv)) = (page.get(from..IV_AT), page.get(IV_AT..IV_AT + 16)) else {
        return Zeroizing::default();
    };
    let mut plain = Zeroizing::new(Vec::with_capacity(body.len()));
    let mut before = iv;
    for sealed in body.chunks_exact(16) {
        let mut block = Array::try_from(sealed).unwrap_or_default();
        cipher.decrypt_block(&mut block);
        plain.extend(block.iter().zip(before).map(|(a, b)| a ^ b));
        before = sealed;
    }
    plain
}
