//! Starts the benchmarks in `bench/`.

use std::process::Command;

use anyhow::Result;

use crate::command;
use crate::workspace::Workspace;

/// Builds the release binary and hands it to `bench/run`.
pub fn run(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    command::run(&mut workspace.cargo(&["build", "--release", "--package", "bowline-cli"]))?;
    let mut bench = Command::new(workspace.root.join("bench").join("run"));
    command::run(bench.arg("--bin").arg(workspace.release_binary()).args(arguments))
}
