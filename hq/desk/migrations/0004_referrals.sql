-- Events of other kinds than interviews, and what they come to. What stands here is kept once, by its event: making the
-- records again from the items changes nothing of it.

-- Records are made again from the items by the next pull, because each gets its kind and case.
DELETE FROM record;
DELETE FROM gap;
UPDATE item SET done = 0 WHERE kind <> 0;
ALTER TABLE record ADD COLUMN kind INTEGER NOT NULL DEFAULT 0;      -- 0 interview, 1 another event
ALTER TABLE record ADD COLUMN case_id BLOB;                         -- empty where it did not open
ALTER TABLE record ADD COLUMN applied INTEGER NOT NULL DEFAULT 0;   -- 1: a verified event of another kind had its effect
CREATE INDEX record_by_case ON record (case_id);
CREATE INDEX record_not_applied ON record (device, epoch) WHERE kind = 1 AND state = 1 AND applied = 0;

-- A referral. The letter inside is sealed to the service; HQ hands it on.
CREATE TABLE referral (
    event     BLOB    NOT NULL PRIMARY KEY,
    device    BLOB    NOT NULL,               -- the phone that sent it
    case_id   BLOB    NOT NULL,
    recipient TEXT    NOT NULL,               -- code of the service
    urgency   TEXT    NOT NULL,
    fields    TEXT    NOT NULL,               -- names, with spaces between
    sealed    BLOB    NOT NULL,               -- emptied when the case is erased
    follow_up INTEGER NOT NULL,
    at        INTEGER NOT NULL,
    service   BLOB,                           -- the service desk it was handed to; empty until then
    problem   TEXT                            -- why it cannot be handed on
) STRICT, WITHOUT ROWID;

CREATE TABLE referral_step (
    number   INTEGER PRIMARY KEY AUTOINCREMENT,
    referral BLOB    NOT NULL,
    event    BLOB    NOT NULL UNIQUE,         -- what says so
    state    TEXT    NOT NULL,
    at       INTEGER NOT NULL
) STRICT;
CREATE INDEX referral_step_by_referral ON referral_step (referral, number);

-- Lines of consent that were taken back after the record was sealed.
CREATE TABLE withdrawal (
    event     BLOB    NOT NULL PRIMARY KEY,
    case_code TEXT    NOT NULL,
    line      TEXT    NOT NULL,
    recipient TEXT,
    at        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX withdrawal_by_case ON withdrawal (case_code);

-- What somebody has to decide: erasure, correction, restriction.
CREATE TABLE request (
    id         BLOB    NOT NULL PRIMARY KEY,
    kind       TEXT    NOT NULL,
    case_code  TEXT    NOT NULL,
    text       TEXT    NOT NULL,              -- emptied when the case is erased
    asked_at   INTEGER NOT NULL,
    decision   TEXT,                          -- empty until somebody decides
    reason     TEXT,
    decided_at INTEGER,
    decided_by BLOB
) STRICT, WITHOUT ROWID;

-- Sessions that belong to one pseudonym.
CREATE TABLE case_link (
    event BLOB NOT NULL PRIMARY KEY,
    code  TEXT NOT NULL,
    again TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Workers who ask for help, and interviews that were hard.
CREATE TABLE help (
    event   BLOB    NOT NULL PRIMARY KEY,
    worker  TEXT    NOT NULL,
    site    TEXT    NOT NULL,
    asked   INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    seen_at INTEGER,
    seen_by BLOB
) STRICT, WITHOUT ROWID;
