//! `wayside bench vault`: the price of the vault against plain SQLite.

mod plain;
mod timing;
pub(crate) mod vault;
