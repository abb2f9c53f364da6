-- The order in which contents were handed out: whoever is confirmed later gets them in the same one, audio before the pack that
-- names it and a bundle before what came after it.
ALTER TABLE content ADD COLUMN turn INTEGER NOT NULL DEFAULT 0;

-- Devices that got another version of a content as a trial: the next one comes to them whole, not as a patch.
CREATE TABLE trial (
    device BLOB    NOT NULL,
    kind   INTEGER NOT NULL,
    id     TEXT    NOT NULL,
    PRIMARY KEY (device, kind, id)
) STRICT, WITHOUT ROWID;
