//! Everything the vault's keys can read, for searches that must find nothing. The file format is SQLCipher's: each page of
//! 4096 bytes ends in an IV of 16 and a MAC of 64; the first page begins with a salt of 16 instead of ciphertext.
//! (zetetic.net/sqlcipher/design, "Database Encryption Features".)

use std::path::Path;

use aes::Aes256;
use aes::cipher::{Array, BlockCipherDecrypt, KeyInit};
use rusqlite::config::DbConfig;
use wayside_model::{DraftId, EventId, Sensitive, VaultId};
use wayside_seal::{Key, KeyStore};
use zeroize::Zeroizing;

use crate::identity::Identity;
use crate::keyring::Keyring;
use crate::keys::VaultKeys;
use crate::layout::Layout;
use crate::opened::{Access, Opened};
use crate::slots::Slots;
use crate::vault::{check_database_file, hold};
use crate::{Part, Vault, VaultError, attachments, drafts, records, settings, unlock};

pub use crate::boot_clock::advance as advance_boot_clock;

const PAGE: usize = 4096;
const IV_AT: usize = PAGE - 80;
const SALT: usize = 16;
const LOG_HEAD: usize = 32;
const FRAME_HEAD: usize = 24;

impl Vault {
    /// Calls `see` with each piece of plain bytes and where it is: every page of the database, free ones too; every frame
    /// of the log, overwritten ones too; and once more unsealed, what is sealed inside: settings, drafts, records, attachments,
    /// the keys of cases.
    pub fn scan_pages(&self, see: &mut dyn FnMut(&str, &[u8])) -> Result<(), VaultError> {
        let layout = self.layout().clone();
        self.with(|open| {
            // Closing a file of ours drops SQLite's lock on it. The lock on vault.id keeps others out all the same.
            let database = std::fs::read(layout.database())?;
            let log = if layout.log().exists() { std::fs::read(layout.log())? } else { Vec::new() };
            let cipher = Aes256::new(&Array::from(*open.access.keys.database().expose()));
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

impl Vault {
    /// Every key that an open vault has in memory, for a search that must not find them after a lock: the vault key and what
    /// is derived from it, and the keys of cases.
    pub fn keys_in_memory(&self) -> Result<Vec<Zeroizing<[u8; 32]>>, VaultError> {
        self.with(|open| {
            let keys = &open.access.keys;
            let derived = [keys.database(), keys.rows(), keys.head(), keys.audit(), keys.tombstones(), keys.settings()];
            let of_cases = open.keyring.cases().filter_map(|case| open.keyring.key(case));
            let all = [keys.vault_key()].into_iter().chain(&derived).chain(of_cases);
            Ok(all.map(|key| Zeroizing::new(*key.expose())).collect())
        })
    }
}

/// Drops every page from the cache of an open vault, so that the next read goes to the file.
pub fn forget_reads(vault: &Vault) {
    // A vault that is not open has no cache.
    let _ = vault.with(|open| {
        open.connection.flush_prepared_statement_cache();
        Ok(open.connection.execute_batch("PRAGMA shrink_memory")?)
    });
}

/// A value that has a seal of its own inside the database.
pub struct SealedValue {
    table: &'static str,
    column: &'static str,
    key: &'static str,
    row: rusqlite::types::Value,
    /// As it is stored.
    pub sealed: Vec<u8>,
}

impl SealedValue {
    /// Of which table.
    pub const fn table(&self) -> &'static str {
        self.table
    }
}

/// Every value that has a seal of its own: settings, drafts and their steps, records, attachments.
pub fn sealed_values(vault: &Vault) -> Result<Vec<SealedValue>, VaultError> {
    const SEALED: [(&str, &str, &str); 5] = [
        ("setting", "name", "sealed"),
        ("draft", "number", "header"),
        ("step", "place", "sealed"),
        ("record", "id", "sealed"),
        ("attachment", "id", "sealed"),
    ];
    vault.with(|open| {
        let mut all = Vec::new();
        for (table, key, column) in SEALED {
            let select = format!("SELECT {key}, {column} FROM {table} WHERE {column} IS NOT NULL ORDER BY {key}");
            let mut select = open.connection.prepare(&select)?;
            let of_row =
                |row: &rusqlite::Row<'_>| Ok(SealedValue { table, column, key, row: row.get(0)?, sealed: row.get(1)? });
            for value in select.query_map([], of_row)? {
                all.push(value?);
            }
        }
        Ok(all)
    })
}

/// Puts `bytes` where the value is, below the cipher of the pages and beside everything that counts changes: what somebody
/// could do who has the key of the database, and what a page that was deciphered wrongly would look like.
pub fn replace_sealed(vault: &Vault, value: &SealedValue, bytes: &[u8]) -> Result<(), VaultError> {
    let SealedValue { table, column, key, row, .. } = value;
    vault.with(|open| {
        open.connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
        let update = format!("UPDATE {table} SET {column} = ?2 WHERE {key} = ?1");
        let changed = open.connection.prepare_cached(&update)?.execute((row, bytes));
        open.connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, true)?;
        if changed? == 1 { Ok(()) } else { Err(VaultError::UnknownItem) }
    })
}

/// Opens a copy of an open vault's files in another folder with the keys of that vault, so that a search can look at many
/// copies without stretching a secret for each.
pub fn open_copy(of: &Vault, dir: &Path) -> Result<Vault, VaultError> {
    let layout = Layout::new(dir);
    let access = of.with(|open| {
        let keys = VaultKeys::new(open.access.keys.vault_key().clone(), open.access.keys.vault());
        Ok(Access {
            keys,
            slots_epoch: open.access.slots_epoch,
            decoy_key: None,
            training: open.access.training,
            owes_epoch: false,
        })
    })?;
    let identity = Identity::read(&layout.vault_id())?.ok_or(VaultError::Damaged(Part::VaultId))?;
    identity.confirm(&access.keys)?;
    check_database_file(&layout)?;
    let held = hold(&layout)?;
    let opened = Opened::open(&layout, access, held).map_err(|(error, _)| error)?;
    Ok(Vault::of(layout.clone(), layout, opened))
}

/// The unlock alone, without the database behind it, so that the work of its paths can be compared. Whether a slot opened.
pub fn unlock_only(dir: &Path, secret: &Sensitive<String>, keys: &dyn KeyStore) -> Result<bool, VaultError> {
    let home = Layout::new(dir);
    let slots = Slots::read(&home.slots(), &home.slots_copy())?;
    match unlock::open(&home, slots, secret, keys) {
        Ok(_) => Ok(true),
        Err(VaultError::WrongSecret) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Whether the bytes are a slot file, as far as that can be seen without a key.
pub fn reads_slots(bytes: &[u8]) -> bool {
    Slots::parse(bytes.to_vec()).is_some()
}

/// Whether the bytes are a `vault.id`.
pub fn reads_identity(bytes: &[u8]) -> bool {
    Identity::parse(bytes).is_some()
}

/// Whether the bytes are a keyring of this vault under this vault key; the number of keys in it.
pub fn reads_keyring(bytes: &[u8], vault: VaultId, vault_key: Key) -> Option<usize> {
    let keys = VaultKeys::new(vault_key, vault);
    Some(Keyring::open(std::path::PathBuf::new(), bytes, &keys, 0).ok()?.cases().count())
}

fn inner_seals(open: &Opened, see: &mut dyn FnMut(&str, &[u8])) -> Result<(), VaultError> {
    let mut names = open.connection.prepare("SELECT name FROM setting")?;
    for name in names.query_map([], |row| row.get::<_, String>(0))? {
        let name = name?;
        if let Some(value) = settings::get(&open.connection, &open.access.keys, &name)? {
            see(&format!("setting {name}"), &value);
        }
    }
    let mut ids = open.connection.prepare("SELECT id FROM draft")?;
    for id in ids.query_map([], |row| row.get(0).map(DraftId::from_bytes))? {
        let Some(draft) = drafts::read(open, id?)? else { continue };
        see("draft header", &draft.header);
        draft.steps.iter().for_each(|step| see("draft step", step));
    }
    let mut ids = open.connection.prepare("SELECT id FROM record")?;
    for id in ids.query_map([], |row| row.get(0).map(EventId::from_bytes))? {
        if let Some(record) = records::read(open, id?)? {
            see("record", &record.body);
        }
    }
    let mut ids = open.connection.prepare("SELECT id FROM attachment")?;
    for id in ids.query_map([], |row| row.get(0).map(EventId::from_bytes))? {
        attachments::read_so_far(open, id?, &mut |piece| see("attachment", piece))?;
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
