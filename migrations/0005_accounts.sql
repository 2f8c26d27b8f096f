-- Who may enter the console, and what was seen and changed there.

CREATE TABLE account (
    login       TEXT PRIMARY KEY,
    name        TEXT NOT NULL,
    -- Words separated by spaces, in the order of the rights table.
    roles       TEXT NOT NULL,
    -- argon2id in PHC form; none until the person has chosen a password through an invitation.
    password    TEXT,
    -- One-key shortcuts, which WCAG 2.1.4 wants to be able to be turned off.
    shortcuts   INTEGER NOT NULL DEFAULT 1,
    created_at  TEXT NOT NULL,
    seen_at     TEXT,
    disabled_at TEXT
) STRICT, WITHOUT ROWID;

-- The token itself is in the browser alone.
CREATE TABLE session (
    token_hash  BLOB PRIMARY KEY,
    login       TEXT NOT NULL REFERENCES account (login) ON DELETE CASCADE,
    begun_at    TEXT NOT NULL,
    seen_at     TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX session_by_login ON session (login);

-- A link that lets one person choose a password, once.
CREATE TABLE invitation (
    token_hash BLOB PRIMARY KEY,
    -- Empty for the first administrator, who chooses it.
    login      TEXT NOT NULL,
    roles      TEXT NOT NULL,
    made_by    TEXT NOT NULL,
    made_at    TEXT NOT NULL,
    expires_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
    id      INTEGER PRIMARY KEY,
    at      TEXT NOT NULL,
    -- A login; empty for somebody who has not proven who they are, 'console' for the command line.
    who     TEXT NOT NULL,
    address TEXT NOT NULL,
    action  TEXT NOT NULL,
    object  TEXT NOT NULL,
    detail  TEXT NOT NULL
) STRICT;

CREATE INDEX audit_by_who ON audit (who, id);

CREATE TRIGGER audit_is_not_rewritten BEFORE UPDATE ON audit BEGIN
    SELECT raise(ABORT, 'the audit log is append-only');
END;

-- A year is the longest that the CNIL recommends for such a log (délibération n° 2021-122 du 14 octobre 2021).
CREATE TRIGGER audit_is_not_shortened BEFORE DELETE ON audit
WHEN julianday(old.at) > julianday('now') - 365 BEGIN
    SELECT raise(ABORT, 'the audit log is append-only');
END;
