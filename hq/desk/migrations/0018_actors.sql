-- Where the forms that were handed out ask about alleged actors: paths of questions and groups, by the hash of the form. Versions
-- that were replaced stay, for records that were made with them.
CREATE TABLE actor_question (
    form      BLOB NOT NULL,
    reference TEXT NOT NULL,
    PRIMARY KEY (form, reference)
) STRICT, WITHOUT ROWID;

-- Who asked to read what a record says of alleged actors, and the second person who agreed. Both signed.
CREATE TABLE actor_release (
    event     BLOB    NOT NULL,
    person    BLOB    NOT NULL,
    reason    TEXT    NOT NULL,
    asked_at  INTEGER NOT NULL,
    asked     BLOB    NOT NULL,
    agreed_by BLOB,                           -- empty until somebody agreed
    agreed_at INTEGER,
    agreed    BLOB,
    PRIMARY KEY (event, person)
) STRICT, WITHOUT ROWID;
