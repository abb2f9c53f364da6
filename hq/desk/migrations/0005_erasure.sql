-- Erasure, restriction, wipe orders, and what a restored desk has to ask for.

-- What is left of an erased case: its hash, so that it stays erased when a copy of it comes late.
CREATE TABLE erasure (
    case_hash BLOB    NOT NULL PRIMARY KEY,
    at        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

ALTER TABLE item ADD COLUMN erased INTEGER NOT NULL DEFAULT 0;      -- 1: its bytes are gone, its hash stays in the chain

-- The last entry of its log that was at the relay when the device was last heard of: what came later it may not have seen.
ALTER TABLE device ADD COLUMN said_before INTEGER NOT NULL DEFAULT 0;

-- Items the relay has to delete.
CREATE TABLE relay_delete (
    device BLOB NOT NULL,
    id     BLOB NOT NULL,
    PRIMARY KEY (device, id)
) STRICT, WITHOUT ROWID;

-- Items the relay named without their bytes: asked for again until they are there.
CREATE TABLE absent (
    cursor INTEGER NOT NULL PRIMARY KEY,
    device BLOB    NOT NULL
) STRICT;

-- Cases that are kept and not used.
CREATE TABLE restriction (
    case_code TEXT    NOT NULL PRIMARY KEY,
    reason    TEXT    NOT NULL,
    since     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Orders to wipe a device. Two people sign each.
CREATE TABLE wipe (
    device     BLOB    NOT NULL,
    number     INTEGER NOT NULL,
    everything INTEGER NOT NULL,
    expires    INTEGER NOT NULL,
    asked_at   INTEGER NOT NULL,
    asked_by   BLOB,
    sent       INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (device, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE wipe_approval (
    device    BLOB    NOT NULL,
    number    INTEGER NOT NULL,
    person    BLOB    NOT NULL,
    signature BLOB    NOT NULL,
    at        INTEGER NOT NULL,
    PRIMARY KEY (device, number, person)
) STRICT, WITHOUT ROWID;
