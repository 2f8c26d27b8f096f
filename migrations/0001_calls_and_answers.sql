-- Calls as they happen, and the published answers with their history.
-- Times are RFC 3339 in UTC; columns named after lists or structures hold JSON.

CREATE TABLE call (
    id             TEXT PRIMARY KEY,
    started_at     TEXT NOT NULL,
    channel        TEXT NOT NULL,
    caller         TEXT NOT NULL,
    callee         TEXT NOT NULL,
    signalling_id  TEXT NOT NULL,
    handover_token TEXT NOT NULL UNIQUE,
    -- The four below stay empty until the call is over.
    ended_at       TEXT,
    how            TEXT,
    handed_over    TEXT,
    destination    TEXT
) STRICT;

CREATE INDEX call_by_start ON call (started_at);
CREATE INDEX call_not_ended ON call (id) WHERE ended_at IS NULL;

CREATE TABLE turn (
    call               TEXT NOT NULL REFERENCES call (id) ON DELETE CASCADE,
    turn               INTEGER NOT NULL,
    at                 TEXT NOT NULL,
    heard              TEXT NOT NULL,
    word_probabilities TEXT NOT NULL,
    hearing_confidence REAL,
    decision           TEXT NOT NULL,
    reason             TEXT NOT NULL,
    entry              TEXT,
    version            INTEGER,
    service_public     TEXT NOT NULL,
    probability        REAL,
    candidates         TEXT NOT NULL,
    said               TEXT NOT NULL,
    interrupted        INTEGER NOT NULL,
    voice_to_voice_ms  INTEGER,
    stages             TEXT NOT NULL,
    PRIMARY KEY (call, turn)
) STRICT, WITHOUT ROWID;

CREATE TABLE message (
    id     INTEGER PRIMARY KEY,
    -- No reference: a message outlives its call, for somebody is to be called back.
    call   TEXT NOT NULL,
    at     TEXT NOT NULL,
    number TEXT NOT NULL,
    text   TEXT NOT NULL
) STRICT;

CREATE INDEX message_by_call ON message (call);

-- One row for each time that the base was published with a change.
CREATE TABLE publication (
    generation INTEGER PRIMARY KEY,
    at         TEXT NOT NULL
) STRICT;

-- The base as it is now.
CREATE TABLE entry (
    id       TEXT PRIMARY KEY,
    version  INTEGER NOT NULL,
    status   TEXT NOT NULL,
    title    TEXT NOT NULL,
    author   TEXT NOT NULL,
    approver TEXT NOT NULL,
    FOREIGN KEY (id, version) REFERENCES entry_version (entry, version)
) STRICT;

-- Every text that an entry ever had: a transcript names a version, and a version never changes.
CREATE TABLE entry_version (
    entry      TEXT NOT NULL,
    version    INTEGER NOT NULL,
    generation INTEGER NOT NULL REFERENCES publication (generation),
    title      TEXT NOT NULL,
    author     TEXT NOT NULL,
    approver   TEXT NOT NULL,
    document   TEXT NOT NULL,
    PRIMARY KEY (entry, version)
) STRICT, WITHOUT ROWID;
