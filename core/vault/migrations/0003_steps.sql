-- Schema 3: a durable answer writes one page. Steps are in the order in which they are written, so that a new one goes to the
-- end of the last page and no other page has to be balanced with it; and the mark of a commit that did nothing but add
-- steps stands in the last of them and not in `state`.

DROP TRIGGER draft_in;
DROP TRIGGER step_in;
DROP INDEX draft_by_case;
ALTER TABLE draft RENAME TO old_draft;
ALTER TABLE draft_step RENAME TO old_step;

-- Interviews that are not finished. `header` is sealed under the key of the case.
CREATE TABLE draft (
    number  INTEGER PRIMARY KEY NOT NULL,
    id      BLOB UNIQUE NOT NULL CHECK (length(id) = 16),
    case_id BLOB NOT NULL CHECK (length(case_id) = 16),
    header  BLOB NOT NULL
) STRICT;
CREATE INDEX draft_by_case ON draft (case_id);

-- The journals of the drafts, each from 1, without gaps. Sealed under the key of the case.
CREATE TABLE step (
    place  INTEGER PRIMARY KEY NOT NULL,  -- number of the draft * 2^32 + number of the step
    sealed BLOB NOT NULL,
    -- Generation 8, that of the row in `state` 8, digest 32, little-endian; in a step that no commit ended with, nothing.
    mark   BLOB CHECK (length(mark) = 48)
) STRICT;

-- The rows move, and what they give to the digest goes out and comes in with them: an old row stays one that does not fit.
CREATE TRIGGER draft_in AFTER INSERT ON draft BEGIN SELECT fold('draft', new.number, new.id, new.case_id, new.header); END;
CREATE TRIGGER step_in AFTER INSERT ON step BEGIN SELECT fold('step', new.place, new.sealed); END;
INSERT INTO draft (id, case_id, header) SELECT id, case_id, header FROM old_draft ORDER BY id;
INSERT INTO step (place, sealed)
    SELECT number * 4294967296 + n, sealed FROM old_step JOIN draft ON draft.id = old_step.draft ORDER BY 1;
DELETE FROM old_step;
DELETE FROM old_draft;
DROP TABLE old_step;
DROP TABLE old_draft;

CREATE TRIGGER draft_out AFTER DELETE ON draft BEGIN
    SELECT fold('draft', old.number, old.id, old.case_id, old.header);
    DELETE FROM step WHERE place BETWEEN old.number * 4294967296 AND old.number * 4294967296 + 4294967295;
END;
CREATE TRIGGER step_out AFTER DELETE ON step BEGIN SELECT fold('step', old.place, old.sealed); END;
