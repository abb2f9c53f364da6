-- Schema 1. A released schema file is never changed; the next change is a file of its own.

-- One value per name: device keys, certificate, chain step and the like. Sealed once more; the name is authenticated.
CREATE TABLE setting (
    name   TEXT PRIMARY KEY NOT NULL,
    sealed BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Form definitions. Every version that was installed stays, because a draft goes on with the version it began with.
CREATE TABLE form (
    number   INTEGER PRIMARY KEY,  -- the highest of an id is the one in use
    id       TEXT NOT NULL,
    version  TEXT NOT NULL,
    sha256   BLOB NOT NULL CHECK (length(sha256) = 32),
    xml      TEXT NOT NULL,
    UNIQUE (id, sha256)
) STRICT;

-- Interviews that are not finished. `header` is sealed under the key of the case.
CREATE TABLE draft (
    id        BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    case_id   BLOB NOT NULL CHECK (length(case_id) = 16),
    header    BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- The journal of a draft, from 1, without gaps. Sealed under the key of the case.
CREATE TABLE draft_step (
    draft  BLOB NOT NULL REFERENCES draft (id),
    n      INTEGER NOT NULL CHECK (n > 0),
    sealed BLOB NOT NULL,
    PRIMARY KEY (draft, n)
) STRICT, WITHOUT ROWID;

-- What became of each finished event. The envelopes themselves are in the outbox.
CREATE TABLE queue (
    event  BLOB PRIMARY KEY NOT NULL CHECK (length(event) = 16),
    seq    INTEGER NOT NULL,
    sha256 BLOB NOT NULL CHECK (length(sha256) = 32),  -- of the envelope
    state  INTEGER NOT NULL CHECK (state BETWEEN 0 AND 3),  -- sealed, handed over, HQ has it, quarantined
    at     INTEGER NOT NULL  -- of the state, milliseconds
) STRICT, WITHOUT ROWID;

-- One row. A keyring older than this epoch is an old copy.
CREATE TABLE keyring_epoch (
    one   INTEGER PRIMARY KEY CHECK (one = 1),
    epoch INTEGER NOT NULL
) STRICT;
INSERT INTO keyring_epoch VALUES (1, 1);
