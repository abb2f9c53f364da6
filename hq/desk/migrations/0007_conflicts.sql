-- What somebody decided where two talks with one person contradict each other. An event of the merge: it names what it saw.
CREATE TABLE conflict_decision (
    event     BLOB    NOT NULL PRIMARY KEY,
    case_code TEXT    NOT NULL,
    field     TEXT    NOT NULL,
    value     TEXT    NOT NULL,
    seen      BLOB    NOT NULL,               -- heads, eight bytes each
    reason    TEXT    NOT NULL,
    at        INTEGER NOT NULL,
    by        BLOB
) STRICT, WITHOUT ROWID;
