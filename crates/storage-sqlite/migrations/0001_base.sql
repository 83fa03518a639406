-- Times are microseconds since 1970 (UTC). `uid`s are 16 bytes. Sealed values are ciphertexts.
-- A row is live while `deleted_at` is NULL; unique keys hold among live rows only.

CREATE TABLE accounts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    uuid BLOB NOT NULL UNIQUE,
    name TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE environments (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    uuid BLOB NOT NULL UNIQUE,
    account_id INTEGER NOT NULL REFERENCES accounts (id),
    name TEXT NOT NULL,
    is_production INTEGER NOT NULL,
    public_key BLOB NOT NULL UNIQUE,
    settings TEXT NOT NULL,
    secrets BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    deleted_at INTEGER
) STRICT;

CREATE UNIQUE INDEX environments_name ON environments (account_id, name) WHERE deleted_at IS NULL;

CREATE TABLE environment_variables (
    environment_id INTEGER NOT NULL REFERENCES environments (id),
    name TEXT NOT NULL,
    uid BLOB NOT NULL,
    value BLOB NOT NULL,
    PRIMARY KEY (environment_id, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE api_keys (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    uid BLOB NOT NULL UNIQUE,
    account_id INTEGER NOT NULL REFERENCES accounts (id),
    environment_id INTEGER REFERENCES environments (id),
    display_name TEXT NOT NULL,
    scopes TEXT NOT NULL,
    digest BLOB NOT NULL,
    secret BLOB NOT NULL,
    last_used_at INTEGER,
    created_at INTEGER NOT NULL,
    deleted_at INTEGER
) STRICT;

CREATE UNIQUE INDEX api_keys_digest ON api_keys (digest) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX api_keys_environment_name ON api_keys (environment_id, display_name)
    WHERE deleted_at IS NULL AND environment_id IS NOT NULL;
CREATE UNIQUE INDEX api_keys_account_name ON api_keys (account_id, display_name)
    WHERE deleted_at IS NULL AND environment_id IS NULL;

CREATE TABLE data_keys (
    id INTEGER PRIMARY KEY,
    wrapped BLOB NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE integrations (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    uid BLOB NOT NULL UNIQUE,
    environment_id INTEGER NOT NULL REFERENCES environments (id),
    key TEXT NOT NULL,
    provider TEXT NOT NULL,
    display_name TEXT,
    credentials BLOB NOT NULL,
    forward_webhooks INTEGER NOT NULL,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    deleted_at INTEGER
) STRICT;

CREATE UNIQUE INDEX integrations_key ON integrations (environment_id, key) WHERE deleted_at IS NULL;

CREATE TABLE connections (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    uid BLOB NOT NULL UNIQUE,
    environment_id INTEGER NOT NULL REFERENCES environments (id),
    integration_id INTEGER NOT NULL REFERENCES integrations (id),
    key TEXT NOT NULL,
    credentials BLOB NOT NULL,
    credentials_version INTEGER NOT NULL,
    credentials_expire_at INTEGER,
    config BLOB NOT NULL,
    metadata TEXT,
    tags TEXT NOT NULL,
    end_user TEXT,
    end_user_id TEXT,
    end_user_email TEXT,
    end_user_display_name TEXT,
    organization_id TEXT,
    -- What a list searches in, in lower case: SQLite's own LIKE and lower() know ASCII only.
    search_text TEXT NOT NULL,
    webhook_url_override TEXT,
    last_success_at INTEGER,
    last_failure_at INTEGER,
    attempts INTEGER NOT NULL DEFAULT 0,
    exhausted INTEGER NOT NULL DEFAULT 0,
    failure TEXT,
    last_fetched_at INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    deleted_at INTEGER
) STRICT;

CREATE UNIQUE INDEX connections_key ON connections (integration_id, key) WHERE deleted_at IS NULL;
CREATE INDEX connections_newest ON connections (environment_id, created_at DESC, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX connections_by_key ON connections (environment_id, key) WHERE deleted_at IS NULL;
CREATE INDEX connections_due ON connections (credentials_expire_at, id)
    WHERE deleted_at IS NULL AND exhausted = 0 AND credentials_expire_at IS NOT NULL;

-- `holder` NULL means free. Epochs never fall back, so rows stay when their connection is deleted.
CREATE TABLE refresh_leases (
    connection_id INTEGER PRIMARY KEY REFERENCES connections (id),
    epoch INTEGER NOT NULL,
    holder TEXT,
    lease_until INTEGER NOT NULL,
    intent_at INTEGER,
    credentials_version INTEGER NOT NULL
) STRICT;

CREATE INDEX refresh_leases_held ON refresh_leases (lease_until) WHERE holder IS NOT NULL;

-- One row that a health check writes.
CREATE TABLE health (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    checked_at INTEGER NOT NULL
) STRICT;

INSERT INTO health (id, checked_at) VALUES (1, 0);
