-- What the desk has and cannot use, as it told the device. A thing is told once; the record itself is kept.
CREATE TABLE set_aside (
    device  BLOB    NOT NULL,
    id      BLOB    NOT NULL,                 -- of the envelope
    code    TEXT    NOT NULL,                 -- error code
    counter INTEGER NOT NULL,                 -- the control entry that says so
    PRIMARY KEY (device, id)
) STRICT, WITHOUT ROWID;
