-- One row for each deployed version of a function; one of a function's versions is active. They are deleted for good,
-- with their sources: what an application removed is kept nowhere. `event` is '' but for functions of events.
CREATE TABLE functions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    environment_id INTEGER NOT NULL REFERENCES environments (id),
    integration_id INTEGER NOT NULL REFERENCES integrations (id),
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    event TEXT NOT NULL,
    version TEXT NOT NULL,
    active INTEGER NOT NULL,
    enabled INTEGER NOT NULL,
    source TEXT NOT NULL,
    sdk_version TEXT,
    js_digest BLOB NOT NULL,
    ts_digest BLOB NOT NULL,
    definition TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    deployed_at INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX functions_active ON functions (integration_id, name, kind, event) WHERE active = 1;
CREATE INDEX functions_versions ON functions (integration_id, name, kind, event, id);
CREATE INDEX functions_environment ON functions (environment_id);

CREATE TABLE function_endpoints (
    integration_id INTEGER NOT NULL,
    method TEXT NOT NULL,
    path TEXT NOT NULL,
    function_id INTEGER NOT NULL REFERENCES functions (id) ON DELETE CASCADE,
    PRIMARY KEY (integration_id, method, path, function_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX function_endpoints_function ON function_endpoints (function_id);

-- Texts under their SHA-256, deflated.
CREATE TABLE function_sources (
    integration_id INTEGER NOT NULL REFERENCES integrations (id),
    digest BLOB NOT NULL,
    environment_id INTEGER NOT NULL REFERENCES environments (id),
    deflated BLOB NOT NULL,
    PRIMARY KEY (integration_id, digest)
) STRICT;

CREATE INDEX function_sources_environment ON function_sources (environment_id);

-- No row, or one that ran out: nobody deploys.
CREATE TABLE deploy_locks (
    environment_id INTEGER PRIMARY KEY REFERENCES environments (id),
    holder BLOB NOT NULL,
    locked_until INTEGER NOT NULL
) STRICT;
