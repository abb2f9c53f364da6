-- Audio files that wait with a language pack or a bundle for its signature. They go when it is decided: what is published is in
-- `content`, and the text that was signed names each by its hash.
CREATE TABLE proposal_file (
    proposal INTEGER NOT NULL REFERENCES proposal (number),
    bytes    BLOB    NOT NULL
) STRICT;
CREATE INDEX proposal_file_proposal ON proposal_file (proposal);
