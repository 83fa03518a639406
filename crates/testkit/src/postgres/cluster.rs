//! The private server: made when first asked for, then shared by all test processes of this user.

use std::env;
use std::fs::{self, File};
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use super::Programs;

/// PostgreSQL refuses to run as root; Debian's package brings this user.
const UNPRIVILEGED_USER: &str = "postgres";
/// Much is left out that only matters when data must survive.
const SETTINGS: &str = "-c listen_addresses= -c fsync=off -c full_page_writes=off -c max_connections=300 \
    -c shared_buffers=64MB -c wal_level=minimal -c max_wal_senders=0 -c autovacuum_naptime=10s";
/// Stops the server when nobody has touched the file `used` for ten minutes; runs in the background.
const WATCH: &str = r#"(while sleep 30 && [ -f "$1/postmaster.pid" ]; do
    [ -n "$(find "$2" -mmin -10)" ] || exec "$3" -D "$1" -m immediate stop
done) &"#;

/// Starts the server unless it runs, and returns the address of its database `postgres`.
pub fn start_private_server(programs: &Programs) -> String {
    let home = Home::of_this_user();
    let lock = File::create(home.path.with_extension("lock")).expect("the temporary directory is writable");
    lock.lock().expect("a file can be locked");
    if !home.is_running(programs) {
        home.start(programs);
    }
    File::create(home.used()).expect("the server's folder is writable");
    format!("postgres://{UNPRIVILEGED_USER}@localhost/postgres?host={}", home.path.display())
}

/// The server's folder: its data, its socket, its log.
struct Home {
    path: PathBuf,
    is_root: bool,
}

impl Home {
    fn of_this_user() -> Self {
        let probe = tempfile::tempfile().expect("the temporary directory is writable");
        let uid = probe.metadata().expect("an open file has metadata").uid();
        Self { path: env::temp_dir().join(format!("bowline-test-postgres-{uid}")), is_root: uid == 0 }
    }

    fn data(&self) -> PathBuf {
        self.path.join("data")
    }

    /// Touched by each test that makes a database.
    fn used(&self) -> PathBuf {
        self.path.join("used")
    }

    fn is_running(&self, programs: &Programs) -> bool {
        let mut status = self.as_server_user(&programs.pg_ctl);
        status.arg("-D").arg(self.data()).arg("status");
        status.output().is_ok_and(|output| output.status.success())
    }

    /// What an earlier server left is thrown away: its databases belong to tests that were killed.
    fn start(&self, programs: &Programs) {
        let _ = fs::remove_dir_all(&self.path);
        fs::create_dir(&self.path).expect("the temporary directory is writable");
        if self.is_root {
            check(Command::new("chown").arg(UNPRIVILEGED_USER).arg(&self.path).output(), "chown");
        }
        let mut initdb = self.as_server_user(&programs.initdb);
        initdb.args(["--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync", "--username"]);
        check(initdb.arg(UNPRIVILEGED_USER).arg("-D").arg(self.data()).output(), "initdb");
        self.keep_others_out();
        let mut start = self.as_server_user(&programs.pg_ctl);
        start.arg("-D").arg(self.data()).arg("-l").arg(self.path.join("log"));
        start.arg("-o").arg(format!("{SETTINGS} -k {}", self.path.display())).args(["-w", "start"]);
        // The server inherits these handles, so reading them to their end would never finish.
        let started = start.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
        let log = self.path.join("log");
        assert!(
            started.is_ok_and(|status| status.success()),
            "PostgreSQL did not start, see {}",
            log.display()
        );
        self.watch(programs);
    }

    /// Whoever can reach the socket may do everything.
    fn keep_others_out(&self) {
        check(Command::new("chmod").arg("700").arg(&self.path).output(), "chmod");
    }

    fn watch(&self, programs: &Programs) {
        File::create(self.used()).expect("the server's folder is writable");
        let mut watch = self.as_server_user(Path::new("sh"));
        watch.args(["-c", WATCH, "sh"]).arg(self.data()).arg(self.used()).arg(&programs.pg_ctl);
        watch.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        // In a group of its own it outlives an interrupted test run.
        let started = watch.process_group(0).status();
        assert!(started.is_ok_and(|status| status.success()), "sh cannot be started");
    }

    /// A command as this user or, for root, as the one the server runs as.
    fn as_server_user(&self, program: &Path) -> Command {
        let mut command = match self.is_root {
            false => Command::new(program),
            true => {
                let mut command = Command::new("setpriv");
                command.args([
                    "--reuid",
                    UNPRIVILEGED_USER,
                    "--regid",
                    UNPRIVILEGED_USER,
                    "--init-groups",
                    "--",
                ]);
                command.arg(program);
                command
            }
        };
        command.current_dir("/");
        command
    }
}

fn check(output: std::io::Result<Output>, program: &str) {
    let output = output.unwrap_or_else(|error| panic!("{program} cannot be started: {error}"));
    let problem = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} failed: {problem}");
}
