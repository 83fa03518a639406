//! Checks that need no test: Cargo's own, and the rules of this project.

mod edges;
mod layers;
mod licences;
mod policy;
pub mod public_api;
mod sources;
mod unused;

use anyhow::{Result, bail};

use crate::command;
use crate::steps::Steps;
use crate::workspace::{FEATURES, Workspace};

/// Runs every check.
pub fn run(workspace: &Workspace, steps: &mut Steps) {
    steps.run("format", || {
        command::run(&mut workspace.cargo(&["fmt", "--all", "--", "--check", "--files-with-diff"]))
    });
    steps.run("house rules", || report(house_rules(workspace)?));
    steps.run("licences and bans", || licences_and_bans(workspace));
    steps.run("clippy", || clippy(workspace));
    steps.run("rustdoc", || rustdoc(workspace));
    steps.run("public API of the client", || report(public_api::check(workspace)?));
}

fn house_rules(workspace: &Workspace) -> Result<Vec<String>> {
    let mut problems = layers::check(workspace);
    problems.extend(unused::check(workspace));
    problems.extend(sources::check(workspace)?);
    Ok(problems)
}

/// With cargo-deny where it is installed; otherwise the part of it that needs no network.
fn licences_and_bans(workspace: &Workspace) -> Result<()> {
    if command::probe("cargo-deny", &["--version"]).is_some() {
        return command::run(&mut workspace.cargo(&["deny", "--all-features", "check"]));
    }
    println!("cargo-deny is not installed: advisories are not checked");
    let policy = policy::Policy::load(workspace)?;
    let mut problems = licences::check(workspace, &policy);
    problems.extend(edges::check(workspace, &policy));
    report(problems)
}

fn clippy(workspace: &Workspace) -> Result<()> {
    let arguments = ["clippy", "--workspace", "--all-targets", "--quiet"];
    let denied = ["--", "--deny", "warnings"];
    command::run(workspace.cargo(&arguments).args(FEATURES).args(denied))
}

fn rustdoc(workspace: &Workspace) -> Result<()> {
    let mut doc = workspace.cargo(&["doc", "--workspace", "--no-deps", "--quiet"]);
    command::run(doc.args(FEATURES).env("RUSTDOCFLAGS", "--deny warnings"))
}

fn report(problems: Vec<String>) -> Result<()> {
    if problems.is_empty() {
        return Ok(());
    }
    for problem in &problems {
        println!("- {problem}");
    }
    bail!("{} problems, listed above", problems.len())
}
