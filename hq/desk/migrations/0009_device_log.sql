-- How each device's audit log stood, as its records tell it in their order, and where one did not go on from the one before.

CREATE TABLE device_log (
    device BLOB    NOT NULL,
    n      INTEGER NOT NULL,   -- counted from 1 in the order in which it was told
    event  BLOB    NOT NULL,
    seq    INTEGER NOT NULL,
    head   BLOB    NOT NULL,
    at     INTEGER NOT NULL,   -- end of the interview, milliseconds
    break  INTEGER,            -- number of the entry that HQ had seen and the log no longer goes on from
    PRIMARY KEY (device, n)
) STRICT;
CREATE UNIQUE INDEX device_log_event ON device_log (device, event);
