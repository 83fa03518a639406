//! `bowline dev`, which only ends when it is told to.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;
use std::time::Duration;

use serde_json::json;

use super::fake::FakeServer;
use super::project;
use crate::support::Place;

/// Far more than anything here takes.
const LIMIT: Duration = Duration::from_secs(60);
const ACTION: &str = "github/actions/create-issue.ts";

/// A running `bowline dev`, with all that it prints.
struct Dev {
    child: Child,
    lines: Receiver<String>,
}

impl Dev {
    fn start(place: &Place, more: &[&str]) -> Self {
        let mut command = place.command(&[&["dev"], more].concat());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (sender, lines) = sync_channel(1000);
        let errors = sender.clone();
        let (stdout, stderr) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        thread::spawn(move || {
            BufReader::new(stdout).lines().for_each(|line| drop(sender.send(line.unwrap())))
        });
        thread::spawn(move || {
            BufReader::new(stderr).lines().for_each(|line| drop(errors.send(line.unwrap())))
        });
        Self { child, lines }
    }

    /// What it prints until it watches again and has said all of this, in any order.
    fn says(&self, expected: &[&str]) -> String {
        let mut text = String::new();
        while !expected.iter().chain(&["Watching"]).all(|expected| text.contains(expected)) {
            let line = self.lines.recv_timeout(LIMIT);
            text.push_str(&line.unwrap_or_else(|_| panic!("{expected:?} is not all in:\n{text}")));
            text.push('\n');
        }
        text
    }

    /// Presses Ctrl-C; gives the exit code.
    fn interrupt(mut self) -> Option<i32> {
        let kill = format!("kill -INT {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
        self.child.wait().unwrap().code()
    }
}

impl Drop for Dev {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn replace(place: &Place, file: &str, from: &str, to: &str) {
    let text = std::fs::read_to_string(place.path(file)).unwrap();
    assert!(text.contains(from));
    place.write(file, &text.replace(from, to));
}

#[test]
fn each_change_is_compiled_and_only_what_it_concerns_is_tested_again() {
    let place = project("good");
    let dev = Dev::start(&place, &[]);
    dev.says(&["Compiled 3 functions", "3 passed, 0 failed"]);

    replace(&place, ACTION, "return toIssue(response.data)", "return toIssue(response.data");
    dev.says(&[&format!("Changed: {ACTION}"), &format!("{ACTION}:24:37"), "found"]);
    replace(&place, ACTION, "return toIssue(response.data;", "return { id: 'other', title: 'x' };");
    dev.says(&["Compiled 3 functions", "0 passed, 2 failed", "expected \"7\", got \"other\""]);
    let fixture = "github/tests/issues.test.json";
    replace(&place, fixture, "\"title\": \"c\" }]", "\"title\": \"d\" }]");
    dev.says(&[&format!("Changed: {fixture}"), "0 passed, 1 failed"]);
    assert_eq!(dev.interrupt(), Some(0));
}

#[test]
fn what_changes_is_deployed_alone_if_that_is_wanted() {
    let deployed = json!([{ "name": "create-issue", "version": "1.2.1", "providerConfigKey": "github", "type": "action" }]);
    let server = FakeServer::start(vec![
        ("/sync/deploy/confirmation", 200, json!({})),
        ("/sync/deploy", 200, deployed),
    ]);
    let place = project("good").with("NANGO_HOSTPORT", &server.url).with("NANGO_SECRET_KEY_DEV", "key");
    let dev = Dev::start(&place, &["--deploy", "dev"]);
    dev.says(&["3 passed"]);
    assert!(server.asked().is_empty());
    replace(&place, ACTION, "retries: 3", "retries: 4");
    dev.says(&["2 passed, 0 failed", "Deployed github/create-issue@1.2.1"]);
    let asked = server.asked();
    assert_eq!(
        [&asked[1].body["deployMode"], &asked[1].body["flowConfigs"][0]["syncName"]],
        ["single", "create-issue"]
    );
    assert_eq!(asked[1].body["flowConfigs"].as_array().unwrap().len(), 1);
    assert_eq!(dev.interrupt(), Some(0));
}
