-- What supervisors look for and judge. Everything derived is kept by triggers, so that whoever writes a turn need not know.

-- A number for each turn, its call's number × 65,536 + the turn: the search finds the calls of its matches by a division,
-- without reading a row of each. And its place in the queue of what is worth listening to again.
CREATE TABLE turn_rank (
    id       INTEGER PRIMARY KEY,
    call     TEXT NOT NULL,
    turn     INTEGER NOT NULL,
    at       TEXT NOT NULL,
    -- 4 repeated failure or fault, 3 handed over for want of understanding, 2 answered without being sure, 1 asked back,
    -- 0 nothing special; none: a command, a silence, a key, which nobody judges.
    interest INTEGER,
    -- Uniform, drawn once: the random sample is taken in its order, whatever the interest.
    draw     INTEGER NOT NULL DEFAULT (abs(random() / 2)),
    judged   INTEGER NOT NULL DEFAULT 0,
    UNIQUE (call, turn),
    FOREIGN KEY (call, turn) REFERENCES turn (call, turn) ON DELETE CASCADE
) STRICT;

CREATE INDEX turn_rank_by_interest ON turn_rank (judged, interest, at);
CREATE INDEX turn_rank_by_draw ON turn_rank (judged, draw);

-- A person's word on one turn; the last one stands, the audit log has the former ones.
CREATE TABLE verdict (
    call    TEXT NOT NULL,
    turn    INTEGER NOT NULL,
    -- 'right', 'wrong', 'should_have_answered', 'should_have_handed_over'.
    verdict TEXT NOT NULL,
    -- The entry that should have been said, when it was named.
    entry   TEXT,
    -- 'interest', 'sample' or 'chosen': a rate may only be reckoned on the sample.
    drawn   TEXT NOT NULL,
    who     TEXT NOT NULL,
    at      TEXT NOT NULL,
    PRIMARY KEY (call, turn),
    FOREIGN KEY (call, turn) REFERENCES turn (call, turn) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX verdict_by_who ON verdict (who, at);

-- One line of the list of calls.
CREATE TABLE call_digest (
    started_at TEXT NOT NULL,
    call       TEXT NOT NULL UNIQUE REFERENCES call (id) ON DELETE CASCADE,
    -- Ours: a rowid that nobody declared changes at VACUUM.
    number     INTEGER NOT NULL UNIQUE,
    channel    TEXT NOT NULL,
    -- The last two digits are all that a list shows.
    caller     TEXT NOT NULL,
    seconds    INTEGER,
    how        TEXT,
    turns      INTEGER NOT NULL DEFAULT 0,
    question   TEXT NOT NULL DEFAULT '',
    -- The lowest probability of what was found; none when nothing was looked for.
    confidence REAL,
    -- Each between spaces, so that one is found with instr().
    entries    TEXT NOT NULL DEFAULT ' ',
    decisions  TEXT NOT NULL DEFAULT ' ',
    reasons    TEXT NOT NULL DEFAULT ' ',
    judged     INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (started_at, call)
) STRICT, WITHOUT ROWID;

CREATE INDEX call_digest_by_confidence ON call_digest (confidence, started_at, call) WHERE confidence IS NOT NULL;

-- The words of both sides. The text stays in `turn`: erased there, it is erased here, to the last byte.
CREATE VIEW turn_text AS
    SELECT turn_rank.id AS id, turn.heard AS heard, turn.said AS said
    FROM turn_rank JOIN turn ON turn.call = turn_rank.call AND turn.turn = turn_rank.turn;

CREATE VIRTUAL TABLE turn_search USING fts5 (
    heard, said, content = 'turn_text', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2'
);
INSERT INTO turn_search (turn_search, rank) VALUES ('secure-delete', 1);

CREATE TRIGGER call_begins AFTER INSERT ON call BEGIN
    INSERT INTO call_digest (started_at, call, number, channel, caller)
        SELECT new.started_at, new.id, coalesce(max(number), 0) + 1, new.channel, new.caller FROM call_digest;
END;

CREATE TRIGGER call_changes AFTER UPDATE ON call BEGIN
    UPDATE call_digest SET channel = new.channel, caller = new.caller, how = new.how,
        seconds = CAST(round((julianday(new.ended_at) - julianday(new.started_at)) * 86400) AS INTEGER)
    WHERE call = new.id;
END;

-- What a turn says of itself. A view, so that the three who need it say the same.
CREATE VIEW turn_interest AS
    SELECT call, turn, CASE
        WHEN heard = '' OR heard LIKE 'touche %' THEN NULL
        WHEN reason IN ('repeated_failure', 'engine_fault') THEN 4
        WHEN decision = 'escalate' AND reason IN ('low_confidence', 'half_sure', 'ambiguous', 'no') THEN 3
        WHEN decision = 'answer' AND reason = 'sure' AND probability < 0.95 THEN 2
        WHEN decision IN ('confirm', 'clarify', 'reprompt') THEN 1
        WHEN decision IN ('answer', 'escalate') THEN 0
    END AS interest FROM turn;

CREATE VIEW call_sum AS
    SELECT call, count(*) AS turns,
        min(CASE WHEN reason NOT IN ('confirmed', 'chosen') THEN probability END) AS confidence,
        ' ' || replace(coalesce(group_concat(DISTINCT entry), ''), ',', ' ') || ' ' AS entries,
        ' ' || replace(group_concat(DISTINCT decision), ',', ' ') || ' ' AS decisions,
        ' ' || replace(group_concat(DISTINCT reason), ',', ' ') || ' ' AS reasons
    FROM turn GROUP BY call;

CREATE TRIGGER turn_is_written AFTER INSERT ON turn BEGIN
    INSERT INTO turn_rank (id, call, turn, at, interest)
        SELECT (SELECT number FROM call_digest WHERE call = new.call) * 65536 + new.turn, new.call, new.turn, new.at, interest
        FROM turn_interest WHERE call = new.call AND turn = new.turn;
    INSERT INTO turn_search (rowid, heard, said)
        SELECT id, new.heard, new.said FROM turn_rank WHERE call = new.call AND turn = new.turn;
    UPDATE call_digest SET
        (turns, confidence, entries, decisions, reasons) =
            (SELECT turns, confidence, entries, decisions, reasons FROM call_sum WHERE call = new.call),
        question = CASE WHEN question = '' THEN new.heard ELSE question END
    WHERE call = new.call;
END;

CREATE TRIGGER turn_is_rewritten AFTER UPDATE ON turn BEGIN
    UPDATE turn_rank SET at = new.at,
        interest = (SELECT interest FROM turn_interest WHERE call = new.call AND turn = new.turn)
    WHERE call = new.call AND turn = new.turn;
    INSERT INTO turn_search (turn_search, rowid, heard, said)
        SELECT 'delete', id, old.heard, old.said FROM turn_rank
        WHERE call = new.call AND turn = new.turn AND (old.heard, old.said) <> (new.heard, new.said);
    INSERT INTO turn_search (rowid, heard, said)
        SELECT id, new.heard, new.said FROM turn_rank
        WHERE call = new.call AND turn = new.turn AND (old.heard, old.said) <> (new.heard, new.said);
    UPDATE call_digest SET
        (turns, confidence, entries, decisions, reasons) =
            (SELECT turns, confidence, entries, decisions, reasons FROM call_sum WHERE call = new.call),
        question = CASE WHEN question = old.heard THEN new.heard ELSE question END
    WHERE call = new.call;
END;

-- Before, while the number of the turn is still known.
CREATE TRIGGER turn_is_erased BEFORE DELETE ON turn BEGIN
    INSERT INTO turn_search (turn_search, rowid, heard, said)
        SELECT 'delete', id, old.heard, old.said FROM turn_rank WHERE call = old.call AND turn = old.turn;
    DELETE FROM turn_rank WHERE call = old.call AND turn = old.turn;
END;

CREATE TRIGGER verdict_is_given AFTER INSERT ON verdict BEGIN
    UPDATE turn_rank SET judged = 1 WHERE call = new.call AND turn = new.turn;
    UPDATE call_digest SET judged = 1 WHERE call = new.call;
END;

-- Messages: who sees to it, and since when it is done.
ALTER TABLE message ADD COLUMN assigned_to TEXT;
ALTER TABLE message ADD COLUMN done_at TEXT;
ALTER TABLE message ADD COLUMN done_by TEXT;
CREATE INDEX message_by_state ON message (done_at, id);

-- What was kept before this version.
INSERT INTO call_digest (started_at, call, number, channel, caller, seconds, how, turns, confidence, entries, decisions, reasons, question)
    SELECT started_at, id, row_number() OVER (ORDER BY started_at, id), channel, caller,
        CAST(round((julianday(ended_at) - julianday(started_at)) * 86400) AS INTEGER), how,
        coalesce(turns, 0), confidence, coalesce(entries, ' '), coalesce(decisions, ' '), coalesce(reasons, ' '),
        coalesce((SELECT heard FROM turn WHERE turn.call = id AND heard <> '' ORDER BY turn LIMIT 1), '')
    FROM call LEFT JOIN call_sum ON call_sum.call = id;
INSERT INTO turn_rank (id, call, turn, at, interest)
    SELECT number * 65536 + turn.turn, turn.call, turn.turn, at, interest
    FROM turn JOIN turn_interest USING (call, turn) JOIN call_digest USING (call);
INSERT INTO turn_search (rowid, heard, said) SELECT id, heard, said FROM turn_text;
