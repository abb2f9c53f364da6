//! Texts that can be searched word by word: of the directory and of forms. Never anything about a person (settled.md 7).

use rusqlite::Connection;
use wayside_model::LogSafe;

use crate::{Vault, VaultError};

/// Where a text comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TextSource {
    /// The directory of services and recipients.
    Directory,
    /// A form's questions and hints.
    Form,
}

impl LogSafe for TextSource {}

impl TextSource {
    const fn number(self) -> i64 {
        match self {
            Self::Directory => 0,
            Self::Form => 1,
        }
    }
}

/// A text that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextHit {
    /// Whose it is: an entry of the directory, or a form.
    pub owner: String,
    /// Its name there.
    pub name: String,
    /// All of it.
    pub body: String,
}

impl Vault {
    /// Keeps the texts of one owner, in place of those before. What is replaced is gone from the index too.
    pub fn put_texts(&self, source: TextSource, owner: &str, texts: &[(&str, &str)]) -> Result<(), VaultError> {
        self.with(|open| {
            open.write(|writing| {
                delete(writing.connection, source, owner)?;
                let sql = "INSERT INTO text (source, owner, name, body) VALUES (?1, ?2, ?3, ?4)";
                let mut insert = writing.connection.prepare_cached(sql)?;
                for (name, body) in texts {
                    insert.execute((source.number(), owner, name, body))?;
                }
                Ok(())
            })?;
            crate::database::truncate_log(&open.connection)
        })
    }

    /// Erases the texts of one owner, from the index and the log too.
    pub fn erase_texts(&self, source: TextSource, owner: &str) -> Result<(), VaultError> {
        self.put_texts(source, owner, &[])
    }

    /// The texts that hold all the words, a word also as the beginning of a longer one; the best first, at most `limit`.
    /// No words, no texts.
    pub fn search_texts(&self, source: TextSource, words: &str, limit: u32) -> Result<Vec<TextHit>, VaultError> {
        let words: Vec<String> = words
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(|word| format!("\"{word}\"*"))
            .collect();
        if words.is_empty() {
            return Ok(Vec::new());
        }
        let select = "SELECT owner, name, t.body FROM text_index JOIN text AS t ON t.number = text_index.rowid
            WHERE text_index MATCH ?1 AND source = ?2 ORDER BY bm25(text_index), number LIMIT ?3";
        self.with(|open| {
            let mut select = open.connection.prepare_cached(select)?;
            let hits = select.query_map((words.join(" "), source.number(), limit), |row| {
                Ok(TextHit { owner: row.get(0)?, name: row.get(1)?, body: row.get(2)? })
            })?;
            Ok(hits.collect::<Result<_, _>>()?)
        })
    }
}

fn delete(connection: &Connection, source: TextSource, owner: &str) -> Result<(), VaultError> {
    connection.execute("DELETE FROM text WHERE source = ?1 AND owner = ?2", (source.number(), owner))?;
    Ok(())
}
