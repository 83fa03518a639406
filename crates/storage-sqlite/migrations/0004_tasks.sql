-- Runs that wait, run under a lease, or are over. `due_at` is when a task may be claimed: while it waits, its time; while
-- it is started, its lease's end if it may run again after that. In every other case it is NULL. Finished tasks stay a
-- few days; tasks of a deleted connection go at once.
CREATE TABLE tasks (
    seq INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    environment_id INTEGER NOT NULL REFERENCES environments (id),
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    integration_id INTEGER NOT NULL REFERENCES integrations (id),
    connection_id INTEGER NOT NULL REFERENCES connections (id),
    state TEXT NOT NULL,
    payload BLOB NOT NULL,
    output BLOB,
    error BLOB,
    retries_max INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    lost_lease TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    holder BLOB,
    lease_until INTEGER,
    due_at INTEGER,
    start_by INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    started_at INTEGER,
    finished_at INTEGER
) STRICT;

CREATE INDEX tasks_due ON tasks (environment_id, kind, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX tasks_waiting ON tasks (environment_id, kind) WHERE state = 'created';
-- Of an environment's actions, one at a time runs.
CREATE UNIQUE INDEX tasks_running_action ON tasks (environment_id) WHERE state = 'started' AND kind = 'action';
CREATE INDEX tasks_unstarted ON tasks (start_by) WHERE state = 'created' AND attempts = 0;
CREATE INDEX tasks_leased ON tasks (lease_until) WHERE state = 'started';
CREATE INDEX tasks_finished ON tasks (finished_at) WHERE finished_at IS NOT NULL;
CREATE INDEX tasks_connection ON tasks (connection_id);

-- Whose turn it is: environments by the number of their last claim, 0 before the first.
CREATE TABLE task_turns (
    environment_id INTEGER PRIMARY KEY REFERENCES environments (id),
    last_claim INTEGER NOT NULL
) STRICT;

CREATE INDEX task_turns_last_claim ON task_turns (last_claim);

-- No row, or one that ran out: the lock is free.
CREATE TABLE function_locks (
    environment_id INTEGER NOT NULL REFERENCES environments (id),
    key TEXT NOT NULL,
    owner BLOB NOT NULL,
    locked_until INTEGER NOT NULL,
    PRIMARY KEY (environment_id, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX function_locks_owner ON function_locks (environment_id, owner);
CREATE INDEX function_locks_expired ON function_locks (locked_until);

-- `value` NULL means that there is none. Versions never fall back, so rows stay when their value is deleted.
CREATE TABLE checkpoints (
    connection_id INTEGER NOT NULL REFERENCES connections (id),
    key TEXT NOT NULL,
    environment_id INTEGER NOT NULL REFERENCES environments (id),
    value BLOB,
    version INTEGER NOT NULL,
    saved_at INTEGER NOT NULL,
    PRIMARY KEY (connection_id, key)
) STRICT, WITHOUT ROWID;
