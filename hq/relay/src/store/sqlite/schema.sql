-- Everything a relay knows. No times and no addresses: when and from where a device sent is nobody's business later.

-- One-time enrolment tokens, by hash. A token that was used names the request that used it, so that a device which lost
-- the answer may repeat the very same request.
CREATE TABLE token (
    sha256 BLOB PRIMARY KEY CHECK (length(sha256) = 32),
    expires INTEGER NOT NULL,          -- milliseconds since 1970
    used_by BLOB                       -- SHA-256 of the enrolment request
) STRICT, WITHOUT ROWID;

CREATE TABLE device (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    token_sha256 BLOB NOT NULL UNIQUE CHECK (length(token_sha256) = 32),
    revoked INTEGER NOT NULL DEFAULT 0,
    held INTEGER NOT NULL DEFAULT 0,   -- bytes of its items and unfinished uploads
    carried INTEGER NOT NULL DEFAULT 0 -- bytes of other devices' items that it carried here
) STRICT, WITHOUT ROWID;

-- AUTOINCREMENT: a cursor is never given twice, whatever happens to rows later.
CREATE TABLE enrolment (
    cursor INTEGER PRIMARY KEY AUTOINCREMENT,
    request BLOB NOT NULL
) STRICT;

-- A deleted item keeps its id and hash: what comes late of it is known and not kept again. What a carrier brings has a name
-- made of the carrier and its hash, so that it stands in nobody's way.
CREATE TABLE item (
    cursor INTEGER PRIMARY KEY AUTOINCREMENT,
    id BLOB NOT NULL CHECK (length(id) = 16),
    device BLOB NOT NULL REFERENCES device (id),
    sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
    len INTEGER NOT NULL,
    bytes BLOB,                        -- NULL: in the blob store under its hash, or deleted
    in_blobs INTEGER NOT NULL,
    deleted INTEGER NOT NULL DEFAULT 0,
    carrier BLOB REFERENCES device (id), -- who brought it, where that is not the device
    UNIQUE (device, id)                -- no device can take the place of another's item
) STRICT;
CREATE INDEX item_in_blobs ON item (sha256) WHERE in_blobs;

-- Items that come in pieces, until the last one is there.
CREATE TABLE upload (
    cursor INTEGER PRIMARY KEY AUTOINCREMENT,
    device BLOB NOT NULL REFERENCES device (id),
    id BLOB NOT NULL CHECK (length(id) = 16),
    UNIQUE (device, id)
) STRICT;

CREATE TABLE part (
    upload INTEGER NOT NULL REFERENCES upload (cursor) ON DELETE CASCADE,
    start INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (upload, start)
) STRICT;

CREATE TABLE control (
    device BLOB NOT NULL REFERENCES device (id),
    counter INTEGER NOT NULL CHECK (counter >= 1),
    bytes BLOB NOT NULL,
    PRIMARY KEY (device, counter)
) STRICT, WITHOUT ROWID;

-- What everybody may read, by name. The desk signs it; the relay only holds it.
CREATE TABLE published (
    name TEXT PRIMARY KEY,
    bytes BLOB NOT NULL
) STRICT, WITHOUT ROWID;
