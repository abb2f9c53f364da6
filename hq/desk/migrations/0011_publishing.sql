-- What somebody brought to be handed out. It is checked when it comes and again when it is signed; who signs it hands it out.
CREATE TABLE proposal (
    number      INTEGER PRIMARY KEY AUTOINCREMENT,
    kind        TEXT    NOT NULL,             -- services, form
    id          TEXT    NOT NULL,             -- site of a directory, id of a form
    version     TEXT    NOT NULL,
    whole       TEXT    NOT NULL,
    purpose     TEXT    NOT NULL,             -- of a form of others, for fields that do not say so themselves; else empty
    sensitivity TEXT    NOT NULL,
    days        INTEGER,                      -- its records are kept so long; empty: as their class
    brought_at  INTEGER NOT NULL,
    brought_by  BLOB    NOT NULL,
    state       TEXT    NOT NULL DEFAULT 'waits', -- waits, published, dropped
    ended_at    INTEGER,
    ended_by    BLOB,
    signature   BLOB                          -- of who published it
) STRICT;

-- What was decided of a form of others when it was signed.
CREATE TABLE form_terms (
    id          TEXT    NOT NULL PRIMARY KEY,
    purpose     TEXT    NOT NULL,
    sensitivity TEXT    NOT NULL,
    days        INTEGER
) STRICT, WITHOUT ROWID;
