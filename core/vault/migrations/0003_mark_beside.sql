-- Schema 3: the mark of a commit that did nothing but add steps stands in the last of them and not in `state`, so that a
-- durable answer writes one page and not two: generation 8, that of the row in `state` 8, digest 32, little-endian.
ALTER TABLE draft_step ADD COLUMN mark BLOB CHECK (length(mark) = 48);
