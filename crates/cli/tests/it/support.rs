//! Runs the binary in a folder of its own, with nothing of the caller's environment.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

/// Far more than anything here takes.
const LIMIT: Duration = Duration::from_secs(30);

/// A folder in which the binary runs.
pub struct Place {
    folder: Arc<TempDir>,
    inside: PathBuf,
    variables: Vec<(String, String)>,
}

/// How a command ended.
pub struct Ended {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Place {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { inside: folder.path().to_owned(), folder: Arc::new(folder), variables: Vec::new() }
    }

    /// A folder of this one; it lives as long as either.
    pub fn inside(&self, name: &str) -> Self {
        let folder = Arc::clone(&self.folder);
        Self { inside: self.path(name), folder, variables: self.variables.clone() }
    }

    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.inside.join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    /// A command, to be run in some other way than those below.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bowline"));
        command.args(arguments).current_dir(&self.inside).env_clear();
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs a command to its end.
    pub fn run(&self, arguments: &[&str]) -> Ended {
        ended(self.command(arguments).stdin(Stdio::null()).output().unwrap())
    }

    /// Runs a command with a text on its standard input.
    pub fn run_with_input(&self, arguments: &[&str], input: &str) -> Ended {
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        ended(child.wait_with_output().unwrap())
    }

    /// Runs a command that must succeed and print JSON.
    #[track_caller]
    pub fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.run(arguments).succeeded().stdout).unwrap()
    }

    /// Starts a server and waits for the line with its URL.
    pub fn serve(&self, more: &[&str]) -> Service {
        self.start(&[&["serve", "--listen", "127.0.0.1:0"], more].concat())
    }

    /// Starts a long-running command and waits for the line with its URL.
    pub fn start(&self, arguments: &[&str]) -> Service {
        let mut child =
            self.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let url = line.split_whitespace().find(|word| word.starts_with("http://")).map(str::to_owned);
        Service {
            child,
            stdout: Some(stdout),
            url: url.unwrap_or_else(|| panic!("no URL in `{line}`")),
            line,
        }
    }
}

fn ended(output: Output) -> Ended {
    Ended {
        code: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

impl Ended {
    #[track_caller]
    pub fn succeeded(self) -> Self {
        assert_eq!(self.code, 0, "{}", self.stderr);
        self
    }

    /// Failed with this code, an `error:` line and nothing on standard output.
    #[track_caller]
    pub fn failed(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}{}", self.stdout, self.stderr);
        assert!(self.stderr.contains("error:"), "{}", self.stderr);
        self
    }

    /// The error's text holds this.
    #[track_caller]
    pub fn says(self, text: &str) -> Self {
        assert!(self.stderr.contains(text), "`{text}` is not in: {}", self.stderr);
        self
    }
}

/// A running server or simulator; dropping it ends it.
pub struct Service {
    child: Child,
    stdout: Option<BufReader<ChildStdout>>,
    pub url: String,
    pub line: String,
}

impl Service {
    /// `GET path` with an optional key: status and body.
    pub fn get(&self, path: &str, key: Option<&str>) -> (u16, String) {
        let bearer = key.map(|key| format!("authorization: Bearer {key}\r\n")).unwrap_or_default();
        let mut stream = self.connect();
        write!(stream, "GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{bearer}\r\n").unwrap();
        read_answer(stream)
    }

    /// `POST path` of JSON with a key: status and body.
    pub fn post(&self, path: &str, key: &str, json: &str) -> (u16, String) {
        let mut stream = self.connect();
        let head = format!("authorization: Bearer {key}\r\ncontent-type: application/json\r\n");
        let length = json.len();
        write!(stream, "POST {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{head}content-length: {length}\r\n\r\n{json}")
            .unwrap();
        read_answer(stream)
    }

    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.url.strip_prefix("http://").unwrap()).unwrap();
        stream.set_read_timeout(Some(LIMIT)).unwrap();
        stream
    }

    /// Asks it to stop.
    pub fn terminate(&self) {
        let kill = format!("kill -TERM {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    }

    /// Waits for its end: the exit code, and what else it printed.
    pub fn end(mut self) -> (i32, String) {
        let mut stdout = self.stdout.take().unwrap();
        let (sender, receiver) = mpsc::sync_channel(1);
        std::thread::spawn(move || {
            let mut rest = String::new();
            stdout.read_to_string(&mut rest).unwrap();
            // Nobody listens any more when the limit has passed.
            let _ = sender.send(rest);
        });
        let rest = receiver.recv_timeout(LIMIT).expect("it ends within the limit");
        (self.child.wait().unwrap().code().unwrap(), rest)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Status and body of a whole response.
pub fn read_answer(mut stream: TcpStream) -> (u16, String) {
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, body.to_owned())
}

/// The permission bits of a file.
pub fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}
