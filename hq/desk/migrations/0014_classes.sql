-- Contents are sealed by class of data (keys/mod.rs): what a person can open follows from the keys that their slot unwraps.
-- Between this step and the next, what is here is sealed (keys/move_over.rs), in the same transaction.

CREATE TABLE class_key (
    id      BLOB    NOT NULL PRIMARY KEY,     -- first eight bytes of the hash of the public half
    name    TEXT    NOT NULL,                 -- class, and how far: answers, answers@children, answers@site/CODE
    public  BLOB    NOT NULL,
    to_team BLOB    NOT NULL,                 -- the private half, sealed to the case-team key
    vouch   BLOB    NOT NULL,                 -- made under the case-team key over all of the above
    retired INTEGER NOT NULL DEFAULT 0        -- 1: opens what was sealed to it; nothing more is
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX class_key_in_use ON class_key (name) WHERE retired = 0;

-- Which class keys a person's slot unwraps: private halves, sealed to the person.
CREATE TABLE slot_key (
    person BLOB NOT NULL,
    key    BLOB NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (person, key)
) STRICT, WITHOUT ROWID;
ALTER TABLE person ADD COLUMN seal BLOB;      -- X25519; empty until somebody of an older desk signs in
ALTER TABLE person ADD COLUMN seal_signature BLOB; -- the person's own, over that key
ALTER TABLE person ADD COLUMN vouch BLOB;     -- made under the case-team key over who it is and in which role

ALTER TABLE record ADD COLUMN site TEXT;      -- how far it reaches: by these two it is found and shown
ALTER TABLE record ADD COLUMN child INTEGER;
ALTER TABLE record ADD COLUMN summary BLOB;
ALTER TABLE record ADD COLUMN results BLOB;
ALTER TABLE record ADD COLUMN consent BLOB;
ALTER TABLE record ADD COLUMN whole BLOB;     -- empty where it did not open
ALTER TABLE referral ADD COLUMN details BLOB NOT NULL DEFAULT x'';
ALTER TABLE referral ADD COLUMN field_names BLOB NOT NULL DEFAULT x''; -- emptied when the case is erased
ALTER TABLE request ADD COLUMN said BLOB NOT NULL DEFAULT x'';
ALTER TABLE aggregate ADD COLUMN sealed BLOB NOT NULL DEFAULT x'';
ALTER TABLE audit ADD COLUMN sealed BLOB NOT NULL DEFAULT x'';

-- By which codes of cases an event was added, so that it goes with them.
CREATE TABLE by_code (
    event BLOB NOT NULL,
    code  TEXT NOT NULL,
    PRIMARY KEY (event, code)
) STRICT, WITHOUT ROWID;
CREATE INDEX by_code_code ON by_code (code);
