-- What a restart must not lose. The columns `sealed`, `body`, `reply` and `reply_body` hold originals.

CREATE TABLE IF NOT EXISTS messages (
    seq         INTEGER PRIMARY KEY,
    id          TEXT    NOT NULL UNIQUE,
    sealed      TEXT    NOT NULL,
    body        BLOB    NOT NULL,
    settings    TEXT    NOT NULL,
    state       TEXT    NOT NULL DEFAULT 'PENDING',
    queue       TEXT,
    schedule_id TEXT,
    created_at  INTEGER NOT NULL,
    not_before  INTEGER NOT NULL,
    -- When the next attempt is due, and how many were made.
    due_at      INTEGER NOT NULL,
    attempts    INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX IF NOT EXISTS messages_due ON messages (due_at, seq)
    WHERE state = 'PENDING' AND queue IS NULL;
CREATE INDEX IF NOT EXISTS messages_queue ON messages (queue, seq)
    WHERE state = 'PENDING' AND queue IS NOT NULL;

-- The first message of each queue. It is found by as many steps as there are queues, however long they are.
CREATE VIEW IF NOT EXISTS heads AS
    WITH RECURSIVE queues (queue) AS (
        SELECT min(queue) FROM messages WHERE state = 'PENDING' AND queue IS NOT NULL
        UNION ALL
        SELECT (SELECT min(m.queue) FROM messages m WHERE m.state = 'PENDING' AND m.queue > queues.queue)
        FROM queues WHERE queue IS NOT NULL
    )
    SELECT (SELECT min(m.seq) FROM messages m WHERE m.state = 'PENDING' AND m.queue = queues.queue) AS seq
    FROM queues WHERE queue IS NOT NULL;

CREATE TABLE IF NOT EXISTS events (
    seq        INTEGER PRIMARY KEY,
    message_id TEXT    NOT NULL REFERENCES messages (id),
    time       INTEGER NOT NULL,
    state      TEXT    NOT NULL,
    next_at    INTEGER,
    error      TEXT,
    reply      TEXT,
    reply_body BLOB
) STRICT;
CREATE INDEX IF NOT EXISTS events_message ON events (message_id);

CREATE TABLE IF NOT EXISTS dlq (
    seq        INTEGER PRIMARY KEY,
    id         TEXT    NOT NULL UNIQUE,
    message_id TEXT    NOT NULL REFERENCES messages (id),
    -- The last attempt.
    event      INTEGER NOT NULL REFERENCES events (seq)
) STRICT;

CREATE TABLE IF NOT EXISTS schedules (
    seq        INTEGER PRIMARY KEY,
    id         TEXT    NOT NULL UNIQUE,
    sealed     TEXT    NOT NULL,
    body       BLOB    NOT NULL,
    settings   TEXT    NOT NULL,
    queue      TEXT,
    cron       TEXT    NOT NULL,
    is_paused  INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    fired_at   INTEGER
) STRICT;
