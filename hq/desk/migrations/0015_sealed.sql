-- What is sealed now goes from where it stood open; not before everything is.
CREATE TABLE not_sealed (n INTEGER NOT NULL CHECK (n = 0)) STRICT;
INSERT INTO not_sealed SELECT count(*) FROM record WHERE content IS NOT NULL AND whole IS NULL;
INSERT INTO not_sealed SELECT count(*) FROM referral WHERE details = x'';
INSERT INTO not_sealed SELECT count(*) FROM request WHERE text <> '' AND said = x'';
INSERT INTO not_sealed SELECT count(*) FROM aggregate WHERE sealed = x'';
INSERT INTO not_sealed SELECT count(*) FROM audit WHERE sealed = x'';
DROP TABLE not_sealed;

ALTER TABLE record DROP COLUMN content;
ALTER TABLE referral DROP COLUMN recipient;
ALTER TABLE referral DROP COLUMN urgency;
ALTER TABLE referral DROP COLUMN fields;
ALTER TABLE request DROP COLUMN text;
ALTER TABLE aggregate DROP COLUMN json;
ALTER TABLE audit DROP COLUMN action;
ALTER TABLE audit DROP COLUMN object;
ALTER TABLE audit DROP COLUMN site;
