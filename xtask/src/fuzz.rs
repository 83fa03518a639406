//! Fuzzes the API: starts the binary and lets Schemathesis make requests from the OpenAPI document.

use std::fs;
use std::io::{self, BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::command::{self, free_port};
use crate::setup::python;
use crate::steps::Steps;
use crate::workspace::Workspace;

const SECONDS_MAX: &str = "60";
const CHECKS: &str = "not_a_server_error,content_type_conformance,response_schema_conformance";
const NAME: &str = "fuzzing";

/// Fuzzes the API where Python is installed.
pub fn run(workspace: &Workspace, steps: &mut Steps) {
    match python::schemathesis(workspace) {
        Ok(None) => steps.skip(NAME, python::MISSING),
        Ok(Some(tool)) => {
            steps.run(NAME, || fuzz_openapi(workspace, &tool));
        }
        Err(error) => {
            steps.run(NAME, || Err::<(), _>(error));
        }
    }
}

fn fuzz_openapi(workspace: &Workspace, tool: &Path) -> Result<()> {
    let folder = workspace.target.join("fuzz");
    let _ = fs::remove_dir_all(&folder);
    let data = folder.join("data");
    fs::create_dir_all(&data)?;
    let document = folder.join("openapi.json");
    fs::write(&document, command::output(Command::new(workspace.binary()).arg("openapi"))?)?;

    let mut server = Server::start(&workspace.binary(), &data)?;
    let key = dev_key(&workspace.binary(), &data)?;
    let mut schemathesis = Command::new(tool);
    schemathesis.arg("run").arg(&document).args([
        "--url",
        &server.url,
        "--checks",
        CHECKS,
        "--max-time",
        SECONDS_MAX,
    ]);
    schemathesis.args([
        "--seed",
        "1",
        "--suppress-health-check",
        "all",
        "--warnings",
        "off",
        // Python 3.11 parses its own syntax wrongly in several threads at once, which the tool does for its reports.
        "--workers",
        "1",
    ]);
    schemathesis.arg("--header").arg(format!("Authorization: Bearer {key}")).current_dir(&folder);
    let outcome = command::run(&mut schemathesis);
    ensure!(server.child.try_wait()?.is_none(), "the server ended while it was fuzzed");
    outcome
}

/// The secret key of the environment `dev`.
fn dev_key(binary: &Path, data: &Path) -> Result<String> {
    let listed =
        command::output(Command::new(binary).args(["env", "list", "--json", "--data-dir"]).arg(data))?;
    let environments: Value =
        serde_json::from_str(&listed).context("`bowline env list --json` wrote no JSON")?;
    let environments = environments.as_array().map(Vec::as_slice).unwrap_or_default();
    let dev = environments.iter().find(|environment| environment["name"] == "dev");
    dev.and_then(|dev| dev["secret_key"].as_str()).map(str::to_owned).context("there is no environment `dev`")
}

/// A started server, killed when dropped.
struct Server {
    child: Child,
    url: String,
}

impl Server {
    fn start(binary: &Path, data: &Path) -> Result<Self> {
        let mut command = Command::new(binary);
        let listen = format!("127.0.0.1:{}", free_port()?);
        command.args(["serve", "--listen", &listen, "--data-dir"]).arg(data);
        command.env("BOWLINE_RATE_LIMIT_PER_MINUTE", "0").stdout(Stdio::piped());
        let log = fs::File::create(data.with_file_name("server-log"))?;
        // In its own folder, where no bowline.toml of a developer is found.
        let child = command.current_dir(data).stderr(log).spawn().context("the server cannot be started")?;
        let mut server = Self { child, url: String::new() };
        let output = server.child.stdout.take().context("the server has no output")?;
        let mut output = BufReader::new(output);
        server.url = first_url(&mut output).context("the server ended before it was ready")?;
        // Whatever else it prints must not fill the pipe.
        std::thread::spawn(move || io::copy(&mut output, &mut io::sink()));
        Ok(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The URL in the line that a server prints when it is ready.
fn first_url(output: &mut impl BufRead) -> Option<String> {
    output.lines().map_while(Result::ok).find_map(|line| {
        let url = &line[line.find("http://")?..];
        let end = url.find(|character: char| character.is_whitespace() || "\"',".contains(character));
        Some(url[..end.unwrap_or(url.len())].trim_end_matches(['/', '.']).to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::first_url;

    #[test]
    fn the_url_is_found_in_the_line_of_readiness() {
        let found = |text: &str| first_url(&mut text.as_bytes());
        assert_eq!(
            found("starting\nready: http://127.0.0.1:3003/ now\n"),
            Some("http://127.0.0.1:3003".into())
        );
        assert_eq!(
            found("{\"url\":\"http://127.0.0.1:3003\",\"at\":1}"),
            Some("http://127.0.0.1:3003".into())
        );
        assert_eq!(found("nothing\n"), None);
    }
}
