-- What lay open on a device besides the record that told of it.
ALTER TABLE device_log ADD COLUMN drafts INTEGER;
ALTER TABLE device_log ADD COLUMN cases INTEGER;
