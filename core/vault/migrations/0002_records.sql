-- Schema 2: records and attachments per case, audit, tombstones, texts to search, rows of choice lists, and a digest over
-- all rows, so that an old page or a lost log shows.

-- Records about a person that the device may read: what HQ assigned, and copies that stay until HQ has them.
CREATE TABLE record (
    id      BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),  -- of a copy: the event's
    case_id BLOB NOT NULL CHECK (length(case_id) = 16),
    version INTEGER NOT NULL CHECK (version > 0),
    class   INTEGER NOT NULL CHECK (class IN (0, 1)),  -- copy of a finished event, assigned by HQ
    at      INTEGER NOT NULL,  -- of the version, milliseconds
    ended   INTEGER,  -- acknowledged by HQ, or closed; milliseconds
    sealed  BLOB NOT NULL
) STRICT, WITHOUT ROWID;
-- A list reads this index alone.
CREATE INDEX record_by_time ON record (at DESC, id, case_id, version, class, ended);
CREATE INDEX record_by_case ON record (case_id);

-- Files that belong to a case. The bytes are in blobs/, in chunks sealed under the key of the case.
CREATE TABLE attachment (
    id      BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    case_id BLOB NOT NULL CHECK (length(case_id) = 16),
    sealed  BLOB  -- length and hash; NULL while it is being captured
) STRICT, WITHOUT ROWID;
CREATE INDEX attachment_by_case ON attachment (case_id);

CREATE INDEX draft_by_case ON draft (case_id);

-- What was erased: a keyed hash of the id, so that the id itself is gone.
CREATE TABLE tombstone (
    object BLOB PRIMARY KEY NOT NULL CHECK (length(object) = 32),
    reason INTEGER NOT NULL,
    day    INTEGER NOT NULL  -- whole days since 1970
) STRICT, WITHOUT ROWID;

-- Who did what, hash-chained. Object and actor are keyed hashes.
CREATE TABLE audit (
    seq    INTEGER PRIMARY KEY NOT NULL CHECK (seq > 0),
    hour   INTEGER NOT NULL,  -- whole hours since 1970
    actor  BLOB NOT NULL CHECK (length(actor) = 16),
    action INTEGER NOT NULL,
    object BLOB NOT NULL CHECK (length(object) = 16),
    before BLOB NOT NULL CHECK (length(before) = 32),
    mac    BLOB NOT NULL CHECK (length(mac) = 32)
) STRICT;

-- Heads of the audit log that the device has signed.
CREATE TABLE audit_checkpoint (
    seq       INTEGER PRIMARY KEY NOT NULL,
    head      BLOB NOT NULL CHECK (length(head) = 32),
    signature BLOB NOT NULL CHECK (length(signature) = 64)
) STRICT;

-- Directory and form texts, never anything about a person.
CREATE TABLE text (
    number INTEGER PRIMARY KEY NOT NULL,
    source INTEGER NOT NULL CHECK (source IN (0, 1)),  -- directory, form
    owner  TEXT NOT NULL,
    name   TEXT NOT NULL,
    body   TEXT NOT NULL,
    UNIQUE (source, owner, name)
) STRICT;
CREATE VIRTUAL TABLE text_index USING fts5 (body, content = 'text', content_rowid = 'number');
-- Without it a deleted word stays in the index, also after VACUUM.
INSERT INTO text_index (text_index, rank) VALUES ('secure-delete', 1);
-- SQLCipher leaves 4016 bytes of a page; the default of 4050 would need two pages for each.
INSERT INTO text_index (text_index, rank) VALUES ('pgsz', 3900);
CREATE TRIGGER text_in AFTER INSERT ON text BEGIN
    INSERT INTO text_index (rowid, body) VALUES (new.number, new.body);
    SELECT fold('text', new.number, new.source, new.owner, new.name, digest(new.body));
END;
CREATE TRIGGER text_out AFTER DELETE ON text BEGIN
    INSERT INTO text_index (text_index, rowid, body) VALUES ('delete', old.number, old.body);
    SELECT fold('text', old.number, old.source, old.owner, old.name, digest(old.body));
END;

-- Choice lists too big for memory. A list is replaced whole.
CREATE TABLE list (
    number  INTEGER PRIMARY KEY NOT NULL,
    name    TEXT UNIQUE NOT NULL,
    sha256  BLOB NOT NULL CHECK (length(sha256) = 32),  -- of the file it came from
    columns BLOB NOT NULL,  -- names, canonical CBOR
    indexed BLOB NOT NULL   -- numbers of the columns that can be searched, canonical CBOR
) STRICT;
CREATE TABLE list_row (
    list  INTEGER NOT NULL REFERENCES list (number),
    n     INTEGER NOT NULL,
    cells BLOB NOT NULL,  -- texts in the order of the columns, canonical CBOR
    PRIMARY KEY (list, n)
) STRICT, WITHOUT ROWID;
CREATE TABLE list_cell (
    list     INTEGER NOT NULL,
    position INTEGER NOT NULL,  -- of the column
    value    TEXT NOT NULL,
    n        INTEGER NOT NULL,
    PRIMARY KEY (list, position, value, n),
    FOREIGN KEY (list, n) REFERENCES list_row (list, n)
) STRICT, WITHOUT ROWID;

-- One row: where the vault stands. The same is in the file `head`; the younger of the two must not be the file.
CREATE TABLE state (
    one           INTEGER PRIMARY KEY CHECK (one = 1),
    generation    INTEGER NOT NULL,  -- commits so far
    digest        BLOB NOT NULL CHECK (length(digest) = 32),  -- over all rows
    keyring_epoch INTEGER NOT NULL,  -- a keyring older than this is an old copy
    shred_due     INTEGER NOT NULL CHECK (shred_due IN (0, 1)),  -- rows of a case are gone, its key may not be
    latest        INTEGER NOT NULL,  -- the latest time seen, milliseconds
    contact       INTEGER NOT NULL   -- last contact with HQ, milliseconds; 0 if there was none
) STRICT;
INSERT INTO state SELECT 1, 0, zeroblob(32), epoch, 1, 0, 0 FROM keyring_epoch;
DROP TABLE keyring_epoch;

-- Each change of a row goes into the digest. `fold` is ours; a row that comes and goes again leaves no trace in it.
CREATE TRIGGER setting_in AFTER INSERT ON setting BEGIN SELECT fold('setting', new.name, new.sealed); END;
CREATE TRIGGER setting_on AFTER UPDATE ON setting BEGIN
    SELECT fold('setting', old.name, old.sealed); SELECT fold('setting', new.name, new.sealed); END;
CREATE TRIGGER setting_out AFTER DELETE ON setting BEGIN SELECT fold('setting', old.name, old.sealed); END;

CREATE TRIGGER form_in AFTER INSERT ON form BEGIN SELECT fold('form', new.number, new.id, new.version, new.sha256); END;
CREATE TRIGGER form_out AFTER DELETE ON form BEGIN SELECT fold('form', old.number, old.id, old.version, old.sha256); END;

CREATE TRIGGER draft_in AFTER INSERT ON draft BEGIN SELECT fold('draft', new.id, new.case_id, new.header); END;
CREATE TRIGGER draft_out AFTER DELETE ON draft BEGIN SELECT fold('draft', old.id, old.case_id, old.header); END;

CREATE TRIGGER step_in AFTER INSERT ON draft_step BEGIN SELECT fold('step', new.draft, new.n, new.sealed); END;
CREATE TRIGGER step_out AFTER DELETE ON draft_step BEGIN SELECT fold('step', old.draft, old.n, old.sealed); END;

CREATE TRIGGER queue_in AFTER INSERT ON queue BEGIN
    SELECT fold('queue', new.event, new.seq, new.sha256, new.state, new.at); END;
CREATE TRIGGER queue_on AFTER UPDATE ON queue BEGIN
    SELECT fold('queue', old.event, old.seq, old.sha256, old.state, old.at);
    SELECT fold('queue', new.event, new.seq, new.sha256, new.state, new.at); END;
CREATE TRIGGER queue_out AFTER DELETE ON queue BEGIN
    SELECT fold('queue', old.event, old.seq, old.sha256, old.state, old.at); END;

CREATE TRIGGER record_in AFTER INSERT ON record BEGIN
    SELECT fold('record', new.id, new.case_id, new.version, new.class, new.at, new.ended, new.sealed); END;
CREATE TRIGGER record_on AFTER UPDATE ON record BEGIN
    SELECT fold('record', old.id, old.case_id, old.version, old.class, old.at, old.ended, old.sealed);
    SELECT fold('record', new.id, new.case_id, new.version, new.class, new.at, new.ended, new.sealed); END;
CREATE TRIGGER record_out AFTER DELETE ON record BEGIN
    SELECT fold('record', old.id, old.case_id, old.version, old.class, old.at, old.ended, old.sealed); END;

CREATE TRIGGER attachment_in AFTER INSERT ON attachment BEGIN
    SELECT fold('attachment', new.id, new.case_id, new.sealed); END;
CREATE TRIGGER attachment_on AFTER UPDATE ON attachment BEGIN
    SELECT fold('attachment', old.id, old.case_id, old.sealed); SELECT fold('attachment', new.id, new.case_id, new.sealed); END;
CREATE TRIGGER attachment_out AFTER DELETE ON attachment BEGIN
    SELECT fold('attachment', old.id, old.case_id, old.sealed); END;

CREATE TRIGGER tombstone_in AFTER INSERT ON tombstone BEGIN SELECT fold('tombstone', new.object, new.reason, new.day); END;

CREATE TRIGGER audit_in AFTER INSERT ON audit BEGIN SELECT fold('audit', new.seq, new.mac); END;
CREATE TRIGGER audit_out AFTER DELETE ON audit BEGIN SELECT fold('audit', old.seq, old.mac); END;

CREATE TRIGGER list_in AFTER INSERT ON list BEGIN
    SELECT fold('list', new.number, new.name, new.sha256, digest(new.columns), digest(new.indexed)); END;
CREATE TRIGGER list_out AFTER DELETE ON list BEGIN
    SELECT fold('list', old.number, old.name, old.sha256, digest(old.columns), digest(old.indexed)); END;
CREATE TRIGGER list_row_in AFTER INSERT ON list_row BEGIN SELECT fold('list_row', new.list, new.n, digest(new.cells)); END;
CREATE TRIGGER list_row_out AFTER DELETE ON list_row BEGIN SELECT fold('list_row', old.list, old.n, digest(old.cells)); END;
CREATE TRIGGER list_cell_in AFTER INSERT ON list_cell BEGIN
    SELECT fold('list_cell', new.list, new.position, digest(new.value), new.n); END;
CREATE TRIGGER list_cell_out AFTER DELETE ON list_cell BEGIN
    SELECT fold('list_cell', old.list, old.position, digest(old.value), old.n); END;
