//! Starts the benchmarks in `bench/`.

use std::process::Command;

use anyhow::Result;

use crate::command;
use crate::workspace::Workspace;

/// Builds the release binary and hands it to `bench/run`.
pub fn run(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    command::run(&mut workspace.cargo(&["build", "--release", "--package", "bowline-cli"]))?;
    let binary = workspace.target.join("release").join(format!("bowline{}", std::env::consts::EXE_SUFFIX));
    let mut bench = Command::new(workspace.root.join("bench").join("run"));
    command::run(bench.arg("--bin").arg(binary).args(arguments))
}
