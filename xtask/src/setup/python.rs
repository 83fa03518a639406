//! Schemathesis, in a virtual environment under the target folder.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::command;
use crate::workspace::Workspace;

const PINNED: &str = "schemathesis==4.32.5";
/// Why there may be none.
pub const MISSING: &str = "python3 with its module venv is not installed, so the API is not fuzzed";

/// The `schemathesis` command, installed if need be; `None` without Python.
pub fn schemathesis(workspace: &Workspace) -> Result<Option<PathBuf>> {
    if command::probe("python3", &["-c", "import ensurepip, venv"]).is_none() {
        return Ok(None);
    }
    let environment = workspace.target.join("python");
    let programs = environment.join("bin");
    let tool = programs.join("schemathesis");
    let installed = command::probe(&tool.to_string_lossy(), &["--version"]).unwrap_or_default();
    if installed.rsplit(' ').next() == PINNED.rsplit('=').next() {
        return Ok(Some(tool));
    }
    command::run(Command::new("python3").args(["-m", "venv"]).arg(&environment))
        .context("no virtual environment for Python could be made")?;
    command::run(Command::new(programs.join("python")).args(["-m", "pip", "install", "--quiet", PINNED]))
        .context("schemathesis could not be installed")?;
    Ok(Some(tool))
}
