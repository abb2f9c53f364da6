-- How long HQ keeps what it has, by class. A person decides at the end of the time; nothing goes by itself.

CREATE TABLE retention (
    class TEXT    NOT NULL PRIMARY KEY,       -- adult, child
    days  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Longer for one case, with the reason.
CREATE TABLE extension (
    case_code TEXT    NOT NULL PRIMARY KEY,
    until     INTEGER NOT NULL,
    reason    TEXT    NOT NULL,
    at        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
