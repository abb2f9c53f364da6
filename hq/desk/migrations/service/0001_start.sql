-- What the desk of a referral partner keeps. The whole file is encrypted; the key is in service.keys.

CREATE TABLE setting (
    name  TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- A referral that came. The letter is emptied when it is erased; that it was here stays.
CREATE TABLE letter (
    id          BLOB    NOT NULL PRIMARY KEY, -- the event that made it
    content     BLOB,                         -- canonical letter
    received_at INTEGER NOT NULL,
    taken_back  INTEGER,                      -- when the person's withdrawal came
    erased_at   INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE step (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    letter BLOB    NOT NULL,
    state  TEXT    NOT NULL,
    at     INTEGER NOT NULL
) STRICT;

-- Sealed answers for HQ, until HQ's receipt.
CREATE TABLE outbox (
    number   INTEGER PRIMARY KEY AUTOINCREMENT,
    id       BLOB    NOT NULL,
    sha256   BLOB    NOT NULL,
    bytes    BLOB    NOT NULL,
    sent     INTEGER NOT NULL DEFAULT 0,
    receipted INTEGER NOT NULL DEFAULT 0
) STRICT;
