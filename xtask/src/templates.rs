//! Runs the recorded fixtures of the public templates repository, a checkout of which is named by the caller.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use clap::Args;
use regex_lite::Regex;
use serde_json::Value;

use crate::command;
use crate::workspace::Workspace;

/// The folder of the checkout that is a project.
const PROJECT: &str = "integrations";
/// Fixtures in ten thousand that may fail, beside the known ones.
const FAILED_PER_TEN_THOUSAND_MAX: usize = 10;
/// Fixtures that cannot pass, and why. Whatever else fails counts.
const KNOWN: [(&str, &str); 5] = [
    ("bamboohr-basic/tests/list-dataset-fields.test.json", "no test of the repository uses it"),
    ("connectsecure/tests/create-user.test.json", "the script replaces the official test double's own fetch"),
    ("gorgias/mocks/create-ticket", "no test of the repository uses it"),
    ("gorgias/mocks/tickets", "no test of the repository uses it"),
    ("metabase/mocks/create-user", "no test of the repository uses it"),
];
/// What the binary ends with when fixtures do not pass.
const TESTS_FAILED: i32 = 13;

/// What to run.
#[derive(Args)]
pub struct Options {
    /// A checkout of the templates repository
    #[arg(long, value_name = "FOLDER")]
    repo: PathBuf,
    /// Only integrations whose folder matches; a folder that is a link runs only under its exact name
    #[arg(long, value_name = "REGEX")]
    only: Option<String>,
    /// Write every result to this file
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Use the debug build, which is slower
    #[arg(long)]
    debug: bool,
}

/// Runs the fixtures, tells what fails by integration and by cause, and ends with `N passed, M failed`.
pub fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let project = options.repo.join(PROJECT);
    let integrations = integrations(&project, options.only.as_deref())?;
    let binary = build(workspace, options.debug)?;
    let start = Instant::now();
    let report = fixtures(&binary, &project, &integrations)?;
    let seconds = start.elapsed().as_secs_f64();
    if let Some(path) = &options.json {
        fs::write(path, &report).with_context(|| format!("{} cannot be written", path.display()))?;
    }
    let report: Value = serde_json::from_str(&report).context("`bowline test` wrote no JSON")?;
    let count = |key: &str| report[key].as_u64().and_then(|count| usize::try_from(count).ok()).unwrap_or(0);
    let (passed, failed) = (count("passed"), count("failed"));
    let results = report["results"].as_array().map_or(&[][..], Vec::as_slice);
    show(results);
    let known = results.iter().filter(|result| result["passed"] == false && known(result).is_some()).count();
    println!("{seconds:.1} s");
    println!("{passed} passed, {failed} failed");
    if (failed - known) * 10_000 > (passed + failed) * FAILED_PER_TEN_THOUSAND_MAX {
        bail!("{} fixtures fail for no known reason", failed - known);
    }
    Ok(())
}

/// Why a fixture cannot pass, where that is known.
fn known(result: &Value) -> Option<&'static str> {
    let fixture = result["fixture"].as_str()?;
    KNOWN.iter().find(|(name, _)| *name == fixture).map(|(_, reason)| *reason)
}

fn build(workspace: &Workspace, debug: bool) -> Result<PathBuf> {
    if debug {
        command::run(&mut workspace.cargo(&["build", "--package", "bowline-cli"]))?;
        return Ok(workspace.binary());
    }
    command::run(&mut workspace.cargo(&["build", "--release", "--package", "bowline-cli"]))?;
    Ok(workspace.release_binary())
}

/// The folders with fixtures that the expression chooses.
fn integrations(project: &Path, only: Option<&str>) -> Result<Vec<String>> {
    let expression = only.map(Regex::new).transpose().context("--only is no regular expression")?;
    let mut names = Vec::new();
    let children =
        fs::read_dir(project).with_context(|| format!("there is no folder {}", project.display()))?;
    for child in children {
        let child = child?;
        let Ok(name) = child.file_name().into_string() else { continue };
        let is_chosen = expression.as_ref().is_none_or(|expression| expression.is_match(&name));
        let is_duplicate = child.file_type()?.is_symlink() && only != Some(&name);
        let has_fixtures = ["tests", "mocks"].iter().any(|folder| child.path().join(folder).is_dir());
        if is_chosen && !is_duplicate && has_fixtures {
            names.push(name);
        }
    }
    if names.is_empty() {
        bail!("no integration in {} has fixtures and is chosen", project.display());
    }
    names.sort();
    Ok(names)
}

/// The results of all fixtures, in one process.
fn fixtures(binary: &Path, project: &Path, integrations: &[String]) -> Result<String> {
    let mut bowline = Command::new(binary);
    bowline.args(["test", "--json"]).current_dir(project).stderr(Stdio::piped());
    bowline.args(integrations.iter().flat_map(|name| ["--integration", name]));
    let output = bowline.output().with_context(|| format!("{} cannot be started", binary.display()))?;
    if !output.status.success() && output.status.code() != Some(TESTS_FAILED) {
        bail!("`bowline test` failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    String::from_utf8(output.stdout).context("`bowline test` wrote something else than UTF-8")
}

/// Each failing fixture, and counts by integration and by cause.
fn show(results: &[Value]) {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut integrations: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let mut causes: BTreeMap<String, usize> = BTreeMap::new();
    for result in results {
        let counts = integrations.entry(text(&result["integration"])).or_default();
        if result["passed"] == true {
            counts.0 += 1;
            continue;
        }
        counts.1 += 1;
        let cause = text(&result["failure"]["cause"]);
        let message = text(&result["failure"]["message"]);
        let message = message.lines().next().unwrap_or_default();
        let reason = known(result).map(|reason| format!("known: {reason}; ")).unwrap_or_default();
        println!("FAIL {} ({reason}{cause}): {message}", text(&result["fixture"]));
        *causes.entry(cause).or_default() += 1;
    }
    println!();
    for (name, (passed, failed)) in &integrations {
        println!("{name:<40} {passed:>5} passed {failed:>4} failed");
    }
    println!();
    for (cause, count) in &causes {
        println!("{cause:<40} {count:>5}");
    }
}
