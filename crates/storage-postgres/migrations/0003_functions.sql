-- One row for each deployed version of a function; one of a function's versions is active. They are deleted for good,
-- with their sources: what an application removed is kept nowhere. event is '' but for functions of events.
CREATE TABLE functions (
    id             BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    environment_id BIGINT NOT NULL REFERENCES environments,
    integration_id BIGINT NOT NULL REFERENCES integrations,
    kind           TEXT NOT NULL,
    name           TEXT NOT NULL,
    event          TEXT NOT NULL,
    version        TEXT NOT NULL,
    active         BOOLEAN NOT NULL,
    enabled        BOOLEAN NOT NULL,
    source         TEXT NOT NULL,
    sdk_version    TEXT,
    js_digest      BYTEA NOT NULL,
    ts_digest      BYTEA NOT NULL,
    definition     TEXT NOT NULL,
    created_at     BIGINT NOT NULL,
    deployed_at    BIGINT NOT NULL
);

CREATE UNIQUE INDEX functions_active ON functions (integration_id, name, kind, event) WHERE active;
CREATE INDEX functions_versions ON functions (integration_id, name, kind, event, id);
CREATE INDEX functions_environment ON functions (environment_id);

CREATE TABLE function_endpoints (
    integration_id BIGINT NOT NULL,
    method         TEXT NOT NULL,
    path           TEXT NOT NULL,
    function_id    BIGINT NOT NULL REFERENCES functions ON DELETE CASCADE,
    PRIMARY KEY (integration_id, method, path, function_id)
);

CREATE INDEX function_endpoints_function ON function_endpoints (function_id);

-- Texts under their SHA-256, deflated.
CREATE TABLE function_sources (
    integration_id BIGINT NOT NULL REFERENCES integrations,
    digest         BYTEA NOT NULL,
    environment_id BIGINT NOT NULL REFERENCES environments,
    deflated       BYTEA NOT NULL,
    PRIMARY KEY (integration_id, digest)
);

CREATE INDEX function_sources_environment ON function_sources (environment_id);
-- They are compressed already.
ALTER TABLE function_sources ALTER COLUMN deflated SET STORAGE EXTERNAL;

-- No row, or one that ran out: nobody deploys.
CREATE TABLE deploy_locks (
    environment_id BIGINT PRIMARY KEY REFERENCES environments,
    holder         UUID NOT NULL,
    locked_until   BIGINT NOT NULL
);
