-- From version 1: items are known by device and id, no longer by the id alone.

CREATE TABLE item_2 (
    cursor INTEGER PRIMARY KEY AUTOINCREMENT,
    id BLOB NOT NULL CHECK (length(id) = 16),
    device BLOB NOT NULL REFERENCES device (id),
    sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
    len INTEGER NOT NULL,
    bytes BLOB,
    in_blobs INTEGER NOT NULL,
    deleted INTEGER NOT NULL DEFAULT 0,
    UNIQUE (device, id)
) STRICT;
INSERT INTO item_2 SELECT cursor, id, device, sha256, len, bytes, in_blobs, deleted FROM item;
-- A cursor is never given twice, also where the last items were deleted for good.
UPDATE sqlite_sequence SET seq = (SELECT seq FROM sqlite_sequence WHERE name = 'item') WHERE name = 'item_2';
DROP TABLE item;
ALTER TABLE item_2 RENAME TO item;
CREATE INDEX item_in_blobs ON item (sha256) WHERE in_blobs;
