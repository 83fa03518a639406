//! Everything that must pass, in one run.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result};
use clap::ValueEnum;

use crate::postgres::{TestCluster, URL_VARIABLE};
use crate::steps::Steps;
use crate::workspace::{FEATURES, Workspace};
use crate::{browser, command, compat, fuzz, generated, lint, setup, ui};

/// A part that can be run alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// Formatting, lints, documentation, licences, dependencies
    Lint,
    /// Tests of the crates on SQLite and PostgreSQL, crash tests and doc tests among them
    Unit,
    /// Types and tests of the pages, and their committed build
    Ui,
    /// Generated files are as committed
    Generated,
    /// The calls that `bowline demo` prints
    Demo,
    /// The official clients against the binary
    Compat,
    /// The official frontend and the Connect UI in a browser
    Browser,
    /// Random requests made from the OpenAPI document
    Fuzz,
}

/// Runs the chosen parts (all when none is chosen) and prints a summary.
pub fn run(workspace: &Workspace, only: &[Part]) -> Result<()> {
    let wanted = |part: Part| only.is_empty() || only.contains(&part);
    let mut steps = Steps::default();
    if wanted(Part::Lint) {
        lint::run(workspace, &mut steps);
    }
    if wanted(Part::Ui) {
        steps.run("pages", || ui::check(workspace));
    }
    if wanted(Part::Unit) {
        steps.run("JavaScript of functions", || javascript(workspace));
    }
    let needs_build = [Part::Unit, Part::Generated, Part::Demo, Part::Compat, Part::Browser, Part::Fuzz]
        .into_iter()
        .any(wanted);
    if needs_build && steps.run("build", || build(workspace)).is_some() {
        run_built(workspace, &wanted, &mut steps);
    }
    steps.finish()
}

/// The parts that need what the build step made.
fn run_built(workspace: &Workspace, wanted: &dyn Fn(Part) -> bool, steps: &mut Steps) {
    if wanted(Part::Generated) {
        steps.run("generated files", || generated::check(workspace));
    }
    if wanted(Part::Demo) {
        steps.run("demo", || demo(workspace));
    }
    let needs_clients = wanted(Part::Unit) || wanted(Part::Compat);
    if needs_clients && steps.run("pinned clients", || setup::install_packages(workspace, "compat")).is_none()
    {
        return;
    }
    let needs_postgres = wanted(Part::Unit) || wanted(Part::Compat);
    let cluster = if needs_postgres { steps.run("PostgreSQL", TestCluster::start) } else { None };
    if let Some(cluster) = &cluster {
        if wanted(Part::Unit) {
            steps.run("tests", || unit(workspace, cluster));
            steps.run("doc tests", || doc(workspace, cluster));
        }
        if wanted(Part::Compat) {
            compat::run(workspace, cluster, steps);
        }
    }
    if wanted(Part::Browser) {
        steps.run("browser", || browser::run(workspace, &[]));
    }
    if wanted(Part::Fuzz) {
        fuzz::run(workspace, steps);
    }
}

/// Builds the tests and the binary in one go and one profile, so that nothing is compiled twice.
pub fn build(workspace: &Workspace) -> Result<()> {
    command::run(workspace.cargo(&["build", "--workspace", "--tests", "--bins", "--examples"]).args(FEATURES))
}

fn demo(workspace: &Workspace) -> Result<()> {
    let mut demo = Command::new(workspace.binary());
    command::run(demo.args(["demo", "--listen", "127.0.0.1:0", "--check"]).current_dir(&workspace.target))
}

/// What functions see, compared with Node's own on many inputs.
fn javascript(workspace: &Workspace) -> Result<()> {
    let tests = fs::read_dir(workspace.root.join("crates/runtime/js/tests"))?;
    let tests = tests.filter_map(|entry| Some(entry.ok()?.path()));
    let tests: Vec<_> = tests.filter(|path| path.to_string_lossy().ends_with(".test.mjs")).collect();
    command::run(Command::new("node").arg("--test").args(tests).current_dir(&workspace.root))
}

fn unit(workspace: &Workspace, cluster: &TestCluster) -> Result<()> {
    let mut tests = if setup::has_nextest(workspace) {
        workspace.cargo(&["nextest", "run", "--workspace", "--no-fail-fast"])
    } else {
        workspace.cargo(&["test", "--workspace", "--tests", "--bins", "--no-fail-fast"])
    };
    tests.args(FEATURES).env(URL_VARIABLE, cluster.url("postgres")).env("INSTA_UPDATE", "no");
    command::run(&mut tests).context("tests failed")
}

/// Writes the pages that tests compare: the client's requests beside the official one's, and the catalogue.
pub fn bless_pages(workspace: &Workspace) -> Result<()> {
    for tests in [
        &["--package", "bowline-sdk", "--test", "wire"][..],
        &["--package", "bowline-server", "--test", "it", "catalogue"],
    ] {
        let mut command = workspace.cargo(&[&["test"], tests].concat());
        command::run(command.env("BOWLINE_BLESS", "1"))?;
    }
    Ok(())
}

fn doc(workspace: &Workspace, cluster: &TestCluster) -> Result<()> {
    let mut tests = workspace.cargo(&["test", "--workspace", "--doc", "--quiet"]);
    command::run(tests.args(FEATURES).env(URL_VARIABLE, cluster.url("postgres")))
}
