-- The tables of the SQLite store (schema.sql there says why each is as it is). No times and no addresses.

CREATE TABLE token (
    sha256 bytea PRIMARY KEY CHECK (length(sha256) = 32),
    expires bigint NOT NULL,
    used_by bytea
);

CREATE TABLE device (
    id bytea PRIMARY KEY CHECK (length(id) = 16),
    token_sha256 bytea NOT NULL UNIQUE CHECK (length(token_sha256) = 32),
    revoked boolean NOT NULL DEFAULT false,
    held bigint NOT NULL DEFAULT 0,
    carried bigint NOT NULL DEFAULT 0
);

-- A number is taken by updating its row, whose lock lasts until the commit: cursors rise in the order of commits, so a
-- reader that goes on after the last one it saw misses nothing, whichever relay wrote. A sequence would not do that.
CREATE TABLE counter (
    name text PRIMARY KEY,
    next bigint NOT NULL
);
INSERT INTO counter VALUES ('item', 1), ('enrolment', 1), ('upload', 1);

CREATE TABLE enrolment (
    cursor bigint PRIMARY KEY,
    request bytea NOT NULL
);

-- Parted by the id, because a device's id is kept once whenever it comes; parts by month could not promise that. Known by
-- device and id: no device can take the place of another's item.
CREATE TABLE item (
    id bytea NOT NULL CHECK (length(id) = 16),
    cursor bigint NOT NULL,
    device bytea NOT NULL,
    sha256 bytea NOT NULL CHECK (length(sha256) = 32),
    len bigint NOT NULL,
    bytes bytea,
    in_blobs boolean NOT NULL,
    deleted boolean NOT NULL DEFAULT false,
    carrier bytea,
    PRIMARY KEY (device, id)
) PARTITION BY HASH (id);
DO $$ BEGIN
    FOR n IN 0..15 LOOP
        EXECUTE format('CREATE TABLE item_%s PARTITION OF item FOR VALUES WITH (MODULUS 16, REMAINDER %s)', n, n);
        -- Sealed bytes do not get smaller.
        EXECUTE format('ALTER TABLE item_%s ALTER COLUMN bytes SET STORAGE EXTERNAL', n);
    END LOOP;
END $$;
CREATE INDEX item_cursor ON item (cursor);
CREATE INDEX item_in_blobs ON item (sha256) WHERE in_blobs;

CREATE TABLE upload (
    cursor bigint PRIMARY KEY,
    device bytea NOT NULL REFERENCES device (id),
    id bytea NOT NULL CHECK (length(id) = 16),
    UNIQUE (device, id)
);

CREATE TABLE part (
    upload bigint NOT NULL REFERENCES upload (cursor) ON DELETE CASCADE,
    start bigint NOT NULL,
    bytes bytea NOT NULL,
    PRIMARY KEY (upload, start)
);

CREATE TABLE control (
    device bytea NOT NULL REFERENCES device (id),
    counter bigint NOT NULL CHECK (counter >= 1),
    bytes bytea NOT NULL,
    PRIMARY KEY (device, counter)
);

CREATE TABLE published (
    name text PRIMARY KEY,
    bytes bytea NOT NULL
);
