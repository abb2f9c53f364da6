-- From version 2: items that another device carried here, and what each carrier takes of the room for them.

ALTER TABLE item ADD COLUMN carrier BLOB REFERENCES device (id);
ALTER TABLE device ADD COLUMN carried INTEGER NOT NULL DEFAULT 0;
