-- What each purge erased, kind by kind: `transcript`, `message` or `sound`. A run that erases nothing is written once a day.
CREATE TABLE purge (
    id     INTEGER PRIMARY KEY,
    at     TEXT NOT NULL,
    kind   TEXT NOT NULL,
    days   INTEGER NOT NULL,
    erased INTEGER NOT NULL,
    -- The oldest that was left, empty when nothing was.
    oldest TEXT
) STRICT;

CREATE INDEX purge_by_time ON purge (at);
