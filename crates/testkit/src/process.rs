//! Servers as processes of their own, to be killed.
//!
//! The binary is the one in `BOWLINE_TEST_BINARY`, or the one that `cargo build --package bowline-cli` has made
//! beside the tests.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;

use tempfile::TempDir;

use crate::http_client::HttpClient;

/// Names the binary to test.
pub const BINARY_VARIABLE: &str = "BOWLINE_TEST_BINARY";
/// The key of the environment `dev` on every started server.
pub const SECRET_KEY: &str = "11111111-1111-4111-8111-111111111111";
/// Base64 of 32 bytes; nodes of one database need the same.
const ENCRYPTION_KEY: &str = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";

/// Where a server keeps its data and what it is told. The folder is removed with this value.
pub struct ServerPlace {
    directory: TempDir,
    database_url: Option<String>,
    variables: Vec<(String, String)>,
}

impl ServerPlace {
    /// On an embedded database.
    pub fn sqlite() -> Self {
        Self::new(None)
    }

    /// On a PostgreSQL database.
    pub fn postgres(url: &str) -> Self {
        Self::new(Some(url.to_owned()))
    }

    fn new(database_url: Option<String>) -> Self {
        let directory = tempfile::tempdir().expect("the temporary directory is writable");
        Self { directory, database_url, variables: Vec::new() }
    }

    /// Sets a variable of the server's environment.
    #[must_use]
    pub fn set(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    fn command(&self) -> Command {
        let mut command = Command::new(binary());
        // Settings of whoever runs the tests are not for this server.
        command.env_clear();
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--data-dir"])
            .arg(self.directory.path().join("data"));
        if let Some(url) = &self.database_url {
            command.args(["--database-url", url]);
        }
        command
            .env("BOWLINE_SECRET_KEY_DEV", SECRET_KEY)
            .env("BOWLINE_ENCRYPTION_KEY", ENCRYPTION_KEY)
            .env("BOWLINE_OUTBOUND_ALLOW", "127.0.0.1")
            .env("BOWLINE_RATE_LIMIT_PER_MINUTE", "0")
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .current_dir(self.directory.path());
        command
    }

    fn log(&self) -> PathBuf {
        self.directory.path().join("log")
    }
}

/// A running server, killed when dropped.
pub struct Server {
    child: Child,
    url: String,
}

impl Server {
    /// Starts a server and waits until it answers.
    pub fn start(place: &ServerPlace) -> Self {
        let log =
            File::options().create(true).append(true).open(place.log()).expect("the folder is writable");
        let mut command = place.command();
        let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log).spawn();
        let mut child = child.unwrap_or_else(|error| panic!("the server cannot be started: {error}"));
        let mut output = BufReader::new(child.stdout.take().expect("the output is a pipe"));
        let mut server = Self { child, url: String::new() };
        server.url = first_url(&mut output)
            .unwrap_or_else(|| panic!("the server ended early:\n{}", tail(&place.log())));
        // Whatever else it prints must not fill the pipe.
        thread::spawn(move || io::copy(&mut output, &mut io::sink()));
        server
    }

    /// Where it is reached.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A client with the key of the environment `dev`.
    pub fn client(&self) -> HttpClient {
        HttpClient::new(&self.url, SECRET_KEY)
    }

    /// Ends it with `SIGKILL`, and waits until it is gone.
    pub fn kill(mut self) {
        self.stop_now();
    }

    fn stop_now(&mut self) {
        // It may have ended by itself, which the test then sees elsewhere.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop_now();
    }
}

fn binary() -> PathBuf {
    if let Some(path) = std::env::var_os(BINARY_VARIABLE) {
        return path.into();
    }
    let test = std::env::current_exe().expect("the system names this program");
    let name = format!("bowline{}", std::env::consts::EXE_SUFFIX);
    // target/<profile>/deps/<test>
    let found = test.ancestors().skip(1).map(|folder| folder.join(&name)).find(|path| path.is_file());
    found.unwrap_or_else(|| {
        panic!("there is no `{name}`: run `cargo build --package bowline-cli` first, or name it in {BINARY_VARIABLE}")
    })
}

fn first_url(output: &mut impl BufRead) -> Option<String> {
    output.lines().map_while(Result::ok).find_map(|line| {
        let url = &line[line.find("http://")?..];
        Some(url.split_whitespace().next()?.trim_end_matches('/').to_owned())
    })
}

fn tail(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(20)..].join("\n")
}
