-- Runs that wait, run under a lease, or are over. due_at is when a task may be claimed: while it waits, its time; while
-- it is started, its lease's end if it may run again after that. In every other case it is NULL. Finished tasks stay a
-- few days; tasks of a deleted connection go at once.
CREATE TABLE tasks (
    seq            BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id             UUID NOT NULL UNIQUE,
    environment_id BIGINT NOT NULL REFERENCES environments,
    kind           TEXT NOT NULL,
    name           TEXT NOT NULL,
    integration_id BIGINT NOT NULL REFERENCES integrations,
    connection_id  BIGINT NOT NULL REFERENCES connections,
    state          TEXT NOT NULL,
    payload        BYTEA NOT NULL,
    output         BYTEA,
    error          BYTEA,
    retries_max    INTEGER NOT NULL,
    attempts       INTEGER NOT NULL,
    lost_lease     TEXT NOT NULL,
    epoch          BIGINT NOT NULL,
    holder         UUID,
    lease_until    BIGINT,
    due_at         BIGINT,
    start_by       BIGINT NOT NULL,
    created_at     BIGINT NOT NULL,
    started_at     BIGINT,
    finished_at    BIGINT
);

CREATE INDEX tasks_due ON tasks (environment_id, kind, due_at, seq) WHERE due_at IS NOT NULL;
CREATE INDEX tasks_waiting ON tasks (environment_id, kind) WHERE state = 'created';
-- Of an environment's actions, one at a time runs.
CREATE UNIQUE INDEX tasks_running_action ON tasks (environment_id) WHERE state = 'started' AND kind = 'action';
CREATE INDEX tasks_unstarted ON tasks (start_by) WHERE state = 'created' AND attempts = 0;
CREATE INDEX tasks_leased ON tasks (lease_until) WHERE state = 'started';
CREATE INDEX tasks_finished ON tasks (finished_at) WHERE finished_at IS NOT NULL;
CREATE INDEX tasks_connection ON tasks (connection_id);

-- Whose turn it is: environments by the number of their last claim, 0 before the first. A claim holds its row's lock.
CREATE TABLE task_turns (
    environment_id BIGINT PRIMARY KEY REFERENCES environments,
    last_claim     BIGINT NOT NULL
) WITH (fillfactor = 50);

CREATE SEQUENCE task_claims;

-- No row, or one that ran out: the lock is free.
CREATE TABLE function_locks (
    environment_id BIGINT NOT NULL REFERENCES environments,
    key            TEXT NOT NULL,
    owner          UUID NOT NULL,
    locked_until   BIGINT NOT NULL,
    PRIMARY KEY (environment_id, key)
);

CREATE INDEX function_locks_owner ON function_locks (environment_id, owner);
CREATE INDEX function_locks_expired ON function_locks (locked_until);

-- value NULL means that there is none. Versions never fall back, so rows stay when their value is deleted.
CREATE TABLE checkpoints (
    connection_id  BIGINT NOT NULL REFERENCES connections,
    key            TEXT NOT NULL,
    environment_id BIGINT NOT NULL REFERENCES environments,
    value          BYTEA,
    version        BIGINT NOT NULL,
    saved_at       BIGINT NOT NULL,
    PRIMARY KEY (connection_id, key)
);
