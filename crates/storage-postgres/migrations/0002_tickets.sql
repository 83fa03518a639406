-- Short-lived rows found by the digest of a secret text. They are deleted for good: nobody asks for old ones.
CREATE TABLE tickets (
    uid            UUID PRIMARY KEY,
    environment_id BIGINT NOT NULL REFERENCES environments,
    kind           TEXT NOT NULL,
    digest         BYTEA NOT NULL,
    content        BYTEA NOT NULL,
    expires_at     BIGINT NOT NULL,
    created_at     BIGINT NOT NULL
);

CREATE UNIQUE INDEX tickets_digest ON tickets (kind, digest);
CREATE INDEX tickets_expired ON tickets (expires_at);
CREATE INDEX tickets_environment ON tickets (environment_id);
