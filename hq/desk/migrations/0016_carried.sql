-- Envelopes that another device carried to the relay.
CREATE TABLE carried (
    carrier BLOB    NOT NULL,
    device  BLOB    NOT NULL,                 -- whose it is
    sha256  BLOB    NOT NULL,
    told    INTEGER NOT NULL DEFAULT 0,       -- 1: the carrier was told of the receipt
    PRIMARY KEY (carrier, device, sha256)
) STRICT, WITHOUT ROWID;
CREATE INDEX carried_not_told ON carried (device, sha256) WHERE told = 0;
CREATE INDEX carried_by_item ON carried (device, sha256);

-- Receipts of a device's log that a carrier was told of, each once.
CREATE TABLE carried_told (
    carrier BLOB    NOT NULL,
    device  BLOB    NOT NULL,
    counter INTEGER NOT NULL,
    PRIMARY KEY (carrier, device, counter)
) STRICT, WITHOUT ROWID;
