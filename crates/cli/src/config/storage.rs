//! `[storage]`

use std::path::PathBuf;
use std::time::Duration;

use bowline_domain::Secret;

use super::section::section;

section! {
    /// Where everything is kept, and the key that seals it.
    pub struct StorageConfig = "storage" {
        /// Folder of the embedded database and of `master.key`. It is made when absent.
        data_dir: PathBuf = "bowline-data", "BOWLINE_DATA_DIR";
        /// `postgres://user:password@host/database`: PostgreSQL 15 or newer instead of the embedded database.
        database_url: Option<Secret> = "", "BOWLINE_DATABASE_URL";
        /// Most connections this node opens to PostgreSQL.
        database_pool_max: u32 = "16", "BOWLINE_DATABASE_POOL_MAX";
        /// How long a call waits for a free connection to PostgreSQL before it fails.
        database_acquire_timeout: Duration = "10s", "BOWLINE_DATABASE_ACQUIRE_TIMEOUT";
        /// Whether the database URL is that of a transaction pooler, such as PgBouncer.
        database_pooled: bool = "false", "BOWLINE_DATABASE_POOLED";
        /// Master key: 32 bytes in base64. All nodes of an installation need the same one.
        /// Without it: the file `master.key` in the data directory, made on first start.
        encryption_key: Option<Secret> = "", "BOWLINE_ENCRYPTION_KEY";
    }
}
