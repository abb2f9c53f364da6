-- People at the desk: each with a slot of their own, which holds their signing key under their own passphrase.
CREATE TABLE person (
    id       BLOB    NOT NULL PRIMARY KEY,
    name     TEXT    NOT NULL UNIQUE,         -- a staff code, never a name
    role     TEXT    NOT NULL,
    site     TEXT    NOT NULL,                -- of a site focal point; else empty
    sign     BLOB    NOT NULL,                -- Ed25519
    slot     BLOB    NOT NULL,
    added_at INTEGER NOT NULL,
    ended_at INTEGER
) STRICT, WITHOUT ROWID;

-- Who did what. Each entry holds the hash of the one before; a person's entries carry that person's signature.
CREATE TABLE audit (
    seq       INTEGER NOT NULL PRIMARY KEY,
    at        INTEGER NOT NULL,
    person    BLOB,                           -- empty: the desk's owner at the command line
    action    TEXT    NOT NULL,
    object    TEXT    NOT NULL,               -- an id or a month, never content
    site      TEXT    NOT NULL,
    hash      BLOB    NOT NULL,
    signature BLOB
) STRICT;

-- Why a person needs to read a record. Without it answers stay shut.
CREATE TABLE reason (
    person BLOB    NOT NULL,
    event  BLOB    NOT NULL,
    text   TEXT    NOT NULL,
    at     INTEGER NOT NULL,
    PRIMARY KEY (person, event)
) STRICT, WITHOUT ROWID;

-- Published tables. Frozen: a second publication of a month could be compared with the first.
CREATE TABLE aggregate (
    month TEXT    NOT NULL PRIMARY KEY,       -- 2026-03
    json  TEXT    NOT NULL,
    at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Devices reported lost: what was on them as far as HQ knows, written down at that moment.
CREATE TABLE loss (
    device BLOB    NOT NULL PRIMARY KEY,
    at     INTEGER NOT NULL,
    json   TEXT    NOT NULL
) STRICT, WITHOUT ROWID;
