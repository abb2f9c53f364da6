-- Everything the desk keeps. The whole file is encrypted; the key is in desk.keys.
-- Items are what came from the relay and are never changed. Records and gaps are made from them and can be made again.

CREATE TABLE setting (
    name  TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- One row for each enrolment record handed out. The token itself is not kept, only its hash.
CREATE TABLE enrolment (
    token_sha256 BLOB    NOT NULL PRIMARY KEY,
    role         TEXT    NOT NULL,
    site         TEXT    NOT NULL,
    worker       TEXT    NOT NULL,
    expires      INTEGER NOT NULL,            -- ms since 1970
    device       BLOB                         -- which device used it; empty until then
) STRICT, WITHOUT ROWID;

CREATE TABLE device (
    id           BLOB    NOT NULL PRIMARY KEY,
    sign         BLOB    NOT NULL,            -- Ed25519
    seal         BLOB    NOT NULL,            -- X25519
    words        TEXT    NOT NULL,            -- compared by two people before it is confirmed
    role         TEXT    NOT NULL,
    site         TEXT    NOT NULL,
    worker       TEXT    NOT NULL,
    asked_at     INTEGER NOT NULL,
    confirmed_at INTEGER,                     -- empty: nothing of it is opened
    revoked_at   INTEGER,
    revoke_sent  INTEGER NOT NULL DEFAULT 0,  -- 1: the relay said that it refuses its uploads now
    heard_at     INTEGER NOT NULL             -- last time a pull brought something from it
) STRICT, WITHOUT ROWID;

-- Sealed items as the relay gave them. `device` is the relay's word until a signature or seal shows it.
CREATE TABLE item (
    device BLOB    NOT NULL,
    sha256 BLOB    NOT NULL,
    kind   INTEGER NOT NULL,                  -- 0 not readable, 1 epoch header, 2 envelope, 3 checkpoint
    epoch  INTEGER NOT NULL,
    seq    INTEGER NOT NULL,                  -- envelopes: own number; checkpoints: last number covered; else 0
    id     BLOB    NOT NULL,
    bytes  BLOB    NOT NULL,
    at     INTEGER NOT NULL,                  -- when the desk stored it
    done   INTEGER NOT NULL DEFAULT 0,        -- 1: looked at since it came
    problem TEXT,                             -- error code of an item that is not an envelope and does not fit
    PRIMARY KEY (device, sha256)
) STRICT, WITHOUT ROWID;
CREATE INDEX item_by_epoch ON item (device, epoch, kind, seq);
CREATE INDEX item_with_problem ON item (device) WHERE problem IS NOT NULL;
CREATE INDEX item_not_done ON item (device, epoch) WHERE done = 0;

-- One row for each envelope of a confirmed device, opened or not.
CREATE TABLE record (
    device   BLOB    NOT NULL,
    sha256   BLOB    NOT NULL,                -- of the envelope's bytes
    epoch    INTEGER NOT NULL,
    seq      INTEGER NOT NULL,
    event    BLOB    NOT NULL,
    state    INTEGER NOT NULL,                -- 0 not covered by a checkpoint yet, 1 verified, 2 problem
    problem  TEXT,                            -- error code, with state 2
    content  BLOB,                            -- canonical event; empty where it did not open
    at       INTEGER NOT NULL,                -- end of the interview, or when it came where it did not open
    PRIMARY KEY (device, sha256)
) STRICT, WITHOUT ROWID;
CREATE INDEX record_by_event ON record (event);
CREATE INDEX record_by_time ON record (at);

CREATE TABLE gap (
    device BLOB    NOT NULL,
    epoch  INTEGER NOT NULL,
    first  INTEGER NOT NULL,
    last   INTEGER NOT NULL,
    PRIMARY KEY (device, epoch, first)
) STRICT, WITHOUT ROWID;

-- Which envelopes a receipt was made for. Not made again from items: a receipt is given once.
CREATE TABLE receipt (
    device  BLOB    NOT NULL,
    epoch   INTEGER NOT NULL,
    seq     INTEGER NOT NULL,
    sha256  BLOB    NOT NULL,
    counter INTEGER NOT NULL,                 -- the control entry that carries it
    PRIMARY KEY (device, sha256)
) STRICT, WITHOUT ROWID;

-- The signed control log of each device. A number is used once.
CREATE TABLE control (
    device  BLOB    NOT NULL,
    counter INTEGER NOT NULL,
    bytes   BLOB    NOT NULL,
    posted  INTEGER NOT NULL DEFAULT 0,       -- 1: the relay said that it is stored
    PRIMARY KEY (device, counter)
) STRICT, WITHOUT ROWID;
CREATE INDEX control_not_posted ON control (device, counter) WHERE posted = 0;
