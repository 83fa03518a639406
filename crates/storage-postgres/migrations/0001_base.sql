-- Times are microseconds since 1970-01-01 UTC. A row with deleted_at is dead: no query sees it, and the partial
-- unique indexes leave its keys free. Sealed values are ciphertexts; of deleted rows they are empty.

-- The database's own clock, which judges leases and windows for all nodes.
CREATE FUNCTION now_micros() RETURNS BIGINT LANGUAGE sql VOLATILE PARALLEL SAFE
    RETURN (EXTRACT(EPOCH FROM clock_timestamp()) * 1000000)::BIGINT;

CREATE TABLE accounts (
    id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    uuid       UUID NOT NULL UNIQUE,
    name       TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE environments (
    id            BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    uuid          UUID NOT NULL UNIQUE,
    account_id    BIGINT NOT NULL REFERENCES accounts,
    name          TEXT NOT NULL,
    is_production BOOLEAN NOT NULL,
    public_key    UUID NOT NULL,
    settings      TEXT NOT NULL,
    secrets       BYTEA NOT NULL,
    created_at    BIGINT NOT NULL,
    deleted_at    BIGINT
);
CREATE UNIQUE INDEX environments_name ON environments (account_id, name) WHERE deleted_at IS NULL;

CREATE TABLE environment_variables (
    environment_id BIGINT NOT NULL REFERENCES environments,
    name           TEXT NOT NULL,
    uid            UUID NOT NULL UNIQUE,
    value          BYTEA NOT NULL,
    PRIMARY KEY (environment_id, name)
);

CREATE TABLE api_keys (
    id             BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    uid            UUID NOT NULL UNIQUE,
    account_id     BIGINT NOT NULL REFERENCES accounts,
    environment_id BIGINT REFERENCES environments,
    display_name   TEXT NOT NULL,
    scopes         TEXT NOT NULL,
    digest         BYTEA NOT NULL,
    secret         BYTEA NOT NULL,
    last_used_at   BIGINT,
    created_at     BIGINT NOT NULL,
    deleted_at     BIGINT
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX api_keys_digest ON api_keys (digest) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX api_keys_environment_name ON api_keys (environment_id, display_name) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX api_keys_account_name ON api_keys (account_id, display_name)
    WHERE environment_id IS NULL AND deleted_at IS NULL;

CREATE TABLE data_keys (
    id         BIGINT PRIMARY KEY,
    wrapped    BYTEA NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE integrations (
    id               BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    uid              UUID NOT NULL UNIQUE,
    environment_id   BIGINT NOT NULL REFERENCES environments,
    key              TEXT NOT NULL,
    provider         TEXT NOT NULL,
    display_name     TEXT,
    credentials      BYTEA NOT NULL,
    forward_webhooks BOOLEAN NOT NULL,
    version          BIGINT NOT NULL DEFAULT 1,
    created_at       BIGINT NOT NULL,
    updated_at       BIGINT NOT NULL,
    deleted_at       BIGINT
);
CREATE UNIQUE INDEX integrations_key ON integrations (environment_id, key) WHERE deleted_at IS NULL;

-- Metadata is text and not JSONB: the order of keys and the digits of numbers are the user's.
CREATE TABLE connections (
    id                    BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    uid                   UUID NOT NULL UNIQUE,
    environment_id        BIGINT NOT NULL REFERENCES environments,
    integration_id        BIGINT NOT NULL REFERENCES integrations,
    key                   TEXT NOT NULL,
    credentials           BYTEA NOT NULL,
    credentials_version   BIGINT NOT NULL DEFAULT 1,
    credentials_expire_at BIGINT,
    config                BYTEA NOT NULL,
    metadata              TEXT,
    tags                  JSONB NOT NULL,
    end_user              TEXT,
    end_user_id           TEXT,
    end_user_email        TEXT,
    end_user_display_name TEXT,
    organization_id       TEXT,
    webhook_url_override  TEXT,
    last_success_at       BIGINT,
    last_failure_at       BIGINT,
    attempts              INTEGER NOT NULL DEFAULT 0,
    exhausted             BOOLEAN NOT NULL DEFAULT FALSE,
    failure               TEXT,
    last_fetched_at       BIGINT,
    created_at            BIGINT NOT NULL,
    updated_at            BIGINT NOT NULL,
    deleted_at            BIGINT
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX connections_key ON connections (integration_id, key) WHERE deleted_at IS NULL;
CREATE INDEX connections_newest ON connections (environment_id, created_at DESC, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX connections_due ON connections (credentials_expire_at, id)
    WHERE deleted_at IS NULL AND NOT exhausted AND credentials_expire_at IS NOT NULL;

-- holder NULL = free. A lease row outlives its lease, so that the epoch never falls back. abandoned_at is the
-- intent of the holder before, when that one's time ran out without an outcome.
CREATE TABLE refresh_leases (
    connection_id       BIGINT PRIMARY KEY REFERENCES connections,
    epoch               BIGINT NOT NULL,
    holder              TEXT,
    lease_until         BIGINT NOT NULL,
    intent_at           BIGINT,
    abandoned_at        BIGINT,
    credentials_version BIGINT NOT NULL
) WITH (fillfactor = 80);
CREATE INDEX refresh_leases_held ON refresh_leases (lease_until) WHERE holder IS NOT NULL;

-- Counters may be lost in a crash, so they need no write-ahead log.
CREATE UNLOGGED TABLE rate_limits (
    key            TEXT PRIMARY KEY,
    used           BIGINT NOT NULL,
    window_ends_at BIGINT NOT NULL
) WITH (fillfactor = 50);

-- One row that a health check writes.
CREATE TABLE health (
    id         BIGINT PRIMARY KEY CHECK (id = 1),
    checked_at BIGINT NOT NULL
);
INSERT INTO health (id, checked_at) VALUES (1, 0);
