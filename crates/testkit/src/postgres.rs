//! A PostgreSQL for tests: each test gets a database of its own, dropped at the end.
//!
//! With `BOWLINE_TEST_POSTGRES_URL` set, databases are made on that server (its user must be allowed to). Else a
//! private server is started from the programs found on this machine: without network, in the directory for
//! temporary files, not caring for power failures, and shared by all test processes of the same user. It stops
//! by itself once no test has asked for it for ten minutes.
//!
//! Without PostgreSQL, tests fail and say what to install.

mod cluster;
mod programs;

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use uuid::Uuid;

pub use cluster::start_private_server;
pub use programs::{Programs, find_psql};

/// The variable that names a server to use instead of a private one.
pub const URL_VARIABLE: &str = "BOWLINE_TEST_POSTGRES_URL";

const WAIT_TRIES: u32 = 1_000;
const WAIT_STEP: Duration = Duration::from_millis(10);

/// An empty database that is dropped with this value.
pub struct TestDatabase {
    psql: PathBuf,
    server_url: String,
    name: String,
}

impl TestDatabase {
    /// Makes a database with a unique name.
    pub fn create() -> Self {
        let psql = find_psql();
        let server_url = match std::env::var(URL_VARIABLE) {
            Ok(url) => url,
            Err(_) => start_private_server(&Programs::find()),
        };
        let name = format!("bowline_test_{}", Uuid::new_v4().simple());
        let database = Self { psql, server_url, name };
        // Copying the template's files is the quick way where nothing must reach the disk.
        let sql = format!(
            "CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' STRATEGY file_copy",
            database.name
        );
        run_sql(&database.psql, &database.server_url, &sql);
        database
    }

    /// The address of the database.
    pub fn url(&self) -> String {
        with_database(&self.server_url, &self.name)
    }

    /// Runs SQL as someone outside the storage would; the rows as text, one per line, columns split by `|`.
    pub fn sql(&self, sql: &str) -> String {
        run_sql(&self.psql, &self.url(), sql)
    }

    /// Runs SQL in a session that stays open, and its locks held, until the SQL ends or the session is killed.
    pub fn start_sql(&self, sql: &str) -> Child {
        let mut command = psql_command(&self.psql, &self.url(), sql);
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("psql can be started")
    }

    /// Waits until a query returns `expected`; panics when it never does.
    pub async fn wait_for(&self, sql: &str, expected: &str) {
        for _ in 0..WAIT_TRIES {
            if self.sql(sql) == expected {
                return;
            }
            tokio::time::sleep(WAIT_STEP).await;
        }
        panic!("`{sql}` never returned `{expected}`");
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        // A second panic while a test fails would hide the first, so a failure here is only printed by psql.
        let drop = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        let _ = psql_command(&self.psql, &self.server_url, &drop).status();
    }
}

fn run_sql(psql: &PathBuf, url: &str, sql: &str) -> String {
    let output = psql_command(psql, url, sql).output().expect("psql can be started");
    let problem = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "psql refused `{sql}`: {problem}");
    String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
}

fn psql_command(psql: &PathBuf, url: &str, sql: &str) -> Command {
    let mut command = Command::new(psql);
    let quiet = ["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set", "ON_ERROR_STOP=1"];
    command.args(quiet).args(["--dbname", url, "--command", sql]);
    command
}

/// The URL with another database in its path.
fn with_database(url: &str, name: &str) -> String {
    let (address, parameters) = url.split_once('?').map_or((url, ""), |(address, rest)| (address, rest));
    let authority_at = address.find("://").map_or(0, |at| at + 3);
    let path_at = address[authority_at..].find('/').map_or(address.len(), |at| authority_at + at);
    let question = if parameters.is_empty() { "" } else { "?" };
    format!("{}/{name}{question}{parameters}", &address[..path_at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_keeps_everything_but_its_database() {
        let cases = [
            ("postgres://u:p@h:1/old?host=/tmp/x", "postgres://u:p@h:1/new?host=/tmp/x"),
            ("postgres://u@h", "postgres://u@h/new"),
            ("postgres:///old", "postgres:///new"),
        ];
        for (url, expected) in cases {
            assert_eq!(with_database(url, "new"), expected);
        }
    }
}
