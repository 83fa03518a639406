-- Short-lived rows found by the digest of a secret text. They are deleted for good: nobody asks for old ones.
CREATE TABLE tickets (
    uid BLOB PRIMARY KEY,
    environment_id INTEGER NOT NULL REFERENCES environments (id),
    kind TEXT NOT NULL,
    digest BLOB NOT NULL,
    content BLOB NOT NULL,
    expires_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX tickets_digest ON tickets (kind, digest);
CREATE INDEX tickets_expired ON tickets (expires_at);
CREATE INDEX tickets_environment ON tickets (environment_id);
