-- A less urgent next step than the one that counts, which one person asked for: it holds when a second person says the same of
-- what the first one saw.
CREATE TABLE downward (
    case_code TEXT    NOT NULL PRIMARY KEY,
    value     TEXT    NOT NULL,
    seen      BLOB    NOT NULL,               -- heads, eight bytes each
    reason    TEXT    NOT NULL,
    at        INTEGER NOT NULL,
    by        BLOB    NOT NULL
) STRICT, WITHOUT ROWID;
