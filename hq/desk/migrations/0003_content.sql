-- What HQ hands out to devices, in the version in force. A device that is confirmed later gets it too.
CREATE TABLE content (
    kind    INTEGER NOT NULL,                 -- 0 form, 3 services; numbers of the control log's contents
    id      TEXT    NOT NULL,
    site    TEXT    NOT NULL,                 -- of a services directory; else empty: for every site
    version TEXT    NOT NULL,
    whole   BLOB    NOT NULL,
    PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;
