-- Whether a form of others asks about a person. HQ says so when it signs, of exactly these bytes; everything before was about one.
ALTER TABLE proposal ADD COLUMN about_person INTEGER NOT NULL DEFAULT 1;
ALTER TABLE form_terms ADD COLUMN about_nobody BLOB; -- SHA-256 of the form that is not about a person; empty: none is
