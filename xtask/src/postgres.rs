//! A private, throw-away PostgreSQL for one test run.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail, ensure};

use crate::{command, setup};

const SCRIPT: &str = include_str!("postgres/cluster.sh");
/// The variable through which tests learn of the server.
pub const URL_VARIABLE: &str = "BOWLINE_TEST_POSTGRES_URL";

/// A running server, stopped and removed when dropped or when this process ends in any other way.
pub struct TestCluster {
    keeper: Child,
    port: u16,
    programs: PathBuf,
    folder: PathBuf,
}

impl TestCluster {
    /// Sets up and starts a server on a free port.
    pub fn start() -> Result<Self> {
        let programs = setup::postgres::find_or_install()?;
        let port = command::free_port()?;
        // Not in the target folder: the user it runs as must be able to get there.
        let folder = std::env::temp_dir().join(format!("bowline-postgres-{}-{port}", std::process::id()));
        fs::create_dir(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
        let mut keeper = Command::new("sh");
        keeper.args(["-c", SCRIPT, "cluster"]).arg(&programs).arg(&folder).arg(port.to_string());
        keeper.args(other_user(&folder)?).stdin(Stdio::piped()).stdout(Stdio::piped());
        let keeper = keeper.spawn().context("cannot start `sh`")?;
        let mut cluster = Self { keeper, port, programs, folder };
        cluster.wait_until_ready()?;
        println!("PostgreSQL for this run: {}", cluster.url("postgres"));
        Ok(cluster)
    }

    /// The URL of one of its databases.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://bowline@127.0.0.1:{}/{database}", self.port)
    }

    /// Makes an empty database and gives its URL.
    pub fn create_database(&self, name: &str) -> Result<String> {
        let port = self.port.to_string();
        let server = ["--host", "127.0.0.1", "--port", &port, "--username", "bowline"];
        command::run(Command::new(self.client("createdb")).args(server).arg(name))?;
        Ok(self.url(name))
    }

    /// A client program: beside the server's, or on the `PATH` where it is packaged apart.
    fn client(&self, name: &str) -> PathBuf {
        let beside = self.programs.join(name);
        if beside.is_file() { beside } else { PathBuf::from(name) }
    }

    fn wait_until_ready(&mut self) -> Result<()> {
        let output = self.keeper.stdout.take().context("the cluster's script has no output")?;
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        ensure!(line.trim() == "ready", "PostgreSQL did not start; its messages are above");
        Ok(())
    }
}

impl Drop for TestCluster {
    fn drop(&mut self) {
        if let Some(mut input) = self.keeper.stdin.take() {
            // The script ends with its input, and removes the folder.
            let _ = input.write_all(b"\n");
        }
        let _ = self.keeper.wait();
        if self.folder.exists() {
            println!("{} could not be removed", self.folder.display());
        }
    }
}

/// PostgreSQL refuses to run as root: then the words that make another user run it, who owns `folder`.
fn other_user(folder: &Path) -> Result<Vec<String>> {
    if command::probe("id", &["-u"]).as_deref() != Some("0") {
        return Ok(Vec::new());
    }
    for user in ["postgres", "nobody"] {
        let id = |what: &str| command::probe("id", &[what, user]).and_then(|id| id.parse::<u32>().ok());
        if let (Some(uid), Some(gid)) = (id("-u"), id("-g")) {
            std::os::unix::fs::chown(folder, Some(uid), Some(gid))?;
            let words = [
                "setpriv".into(),
                format!("--reuid={uid}"),
                format!("--regid={gid}"),
                "--clear-groups".into(),
            ];
            return Ok(words.into());
        }
    }
    bail!("PostgreSQL does not run as root, and there is neither a user `postgres` nor `nobody` to run it as")
}

#[cfg(test)]
mod tests {
    use super::{TestCluster, command};

    #[test]
    fn a_cluster_serves_new_databases_and_is_gone_when_dropped() {
        let cluster = TestCluster::start().unwrap();
        let url = cluster.create_database("fresh").unwrap();
        let answer = command::probe(
            &cluster.client("psql").to_string_lossy(),
            &["--no-psqlrc", "-Atc", "SELECT current_database()", &url],
        );
        assert_eq!(answer.as_deref(), Some("fresh"));
        let folder = cluster.folder.clone();
        assert!(folder.exists());
        drop(cluster);
        assert!(!folder.exists());
    }
}
